"""Proposals waiting for review: stored as links with the status Proposed.

Proposals lie in a graph of their own (``<dataset>-proposals``), so an analysis sees them only when
it asks for unreviewed links. Whatever was once decided, for or against, is not proposed again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.errors import InputError, NotFound
from kg.identifiers import case_iri, dataset_iri, expand, link_iri
from kg.linking.concepts import Queryable
from kg.linking.proposals import Proposal

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import GraphStore

AGENT: Final = f"{v.ID}software/linker"
STATUSES: Final = {"proposed": v.PROPOSED, "accepted": v.ACCEPTED, "rejected": v.REJECTED}
_NAMES: Final = {iri: name for name, iri in STATUSES.items()}
_KINDS: Final = {
    v.GOAL: "goal",
    v.TARGET: "target",
    v.PRINCIPLE: "principle",
    v.TECHNOLOGY: "technology",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing proposals did: graph, and how many were new, waiting or decided before."""

    graph: str
    added: int
    known: int
    decided: int


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A link in the queue, or one that left it.

    Args:
        id: IRI of the link.
        graph: Its graph.
        case: IRI of the case, ``case_label`` its title.
        predicate: IRI.
        concept: IRI of what it links to, ``concept_label`` its label.
        kind: ``goal``, ``target``, ``principle`` or ``technology``.
        confidence: Probability it was proposed with, or ``None``.
        rationale: The evidence.
        status: ``proposed``, ``accepted`` or ``rejected``.
    """

    id: str
    graph: str
    case: str
    case_label: str
    predicate: str
    concept: str
    concept_label: str
    kind: str
    confidence: float | None
    rationale: str
    status: str

    def to_dict(self) -> dict[str, object]:
        """The JSON of one item."""
        return {
            "id": self.id,
            "dataset": self.graph.removeprefix(v.DATASET),
            "case": {"id": self.case, "label": self.case_label},
            "predicate": self.predicate.removeprefix(v.EQ),
            "concept": {"id": self.concept, "label": self.concept_label},
            "kind": self.kind,
            "confidence": self.confidence,
            "rationale": self.rationale,
            "status": self.status,
        }


def propose(store: GraphStore, case: str, proposals: Sequence[Proposal], *, dataset: str) -> Stored:
    """Store proposals about a case for review.

    Args:
        store: The store.
        case: IRI, prefixed name or identifier of a case in the store.
        proposals: What the linker found; organisations and countries are left out, since they
            are not links.
        dataset: The dataset the case belongs to; proposals go to ``<dataset>-proposals``.

    Raises:
        NotFound: There is no such case.
    """
    subject, title = find_case(store, case)
    name = dataset.removeprefix(v.DATASET)
    graph = dataset_iri(name if name.endswith("-proposals") else f"{name}-proposals")
    before = {item.concept: item for item in items(store, case=subject, status=None)}
    plain = _plain_objects(store, subject)
    fresh: list[Proposal] = []
    known = decided = 0
    for proposal in proposals:
        if not proposal.predicate:
            continue
        earlier = before.get(proposal.concept)
        if earlier is None and proposal.concept not in plain:
            fresh.append(proposal)
        elif earlier is not None and earlier.status == "proposed":
            known += 1
        else:
            decided += 1
    if fresh:
        quads = list(_quads(subject, title, fresh, graph))
        with store.writer(f"{len(fresh)} proposals about {title}") as write:
            write.add(quads)
    return Stored(graph, len(fresh), known, decided)


def find_case(store: Queryable, case: str) -> tuple[str, str]:
    """IRI and title of a case named by IRI, prefixed name or identifier.

    Raises:
        NotFound: There is no such case.
    """
    iri = expand(case) or case_iri(case)
    rows: Any = store.query(
        f"SELECT ?l {{ {_node(iri)} a eq:Case ; rdfs:label|dcterms:title ?l }} LIMIT 1"
    )
    for row in rows:
        return iri, row[0].value
    raise NotFound(f"there is no case {case} in the store: import it first")


def items(
    store: Queryable,
    *,
    status: str | None = "proposed",
    dataset: str | None = None,
    case: str | None = None,
    kind: str | None = None,
    links: Collection[str] = (),
    limit: int | None = None,
    offset: int = 0,
) -> list[QueueItem]:
    """Links by review status, most confident first.

    Args:
        store: The store.
        status: ``proposed``, ``accepted``, ``rejected``, or ``None`` for all.
        dataset: Only this dataset (name or IRI).
        case: Only this case (IRI).
        kind: Only this kind of concept.
        links: Only these links (IRIs).
        limit: At most so many.
        offset: Leave out so many first.

    Raises:
        InputError: Unknown status or kind.
    """
    if status is not None and status not in STATUSES:
        raise InputError(f"no status {status!r}; there are {', '.join(STATUSES)}")
    if kind is not None and kind not in _KINDS.values():
        raise InputError(
            f"no kind {kind!r} of reviewed links; there are goal, target, principle, technology"
        )
    # What is given stands first and inside: the engine begins with it, not with all links.
    given = "".join(
        f"VALUES ?{name} {{ {_nodes(iris)} }} "
        for name, iris in (("l", links), ("s", [case] if case else []))
        if iris
    )
    review = "OPTIONAL { ?l eq:reviewStatus ?r }"
    if status is not None and status != "accepted":
        given += f"VALUES ?r {{ <{STATUSES[status]}> }} ?l eq:reviewStatus ?r . "
        review = ""
    pattern = (
        f"{given} ?l a eq:Link ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . {review} "
        "OPTIONAL { ?l eq:confidence ?c } OPTIONAL { ?l eq:rationale ?w }"
    )
    graph = _node(dataset_iri(dataset)) if dataset else "?g"
    parts = [f"GRAPH {graph} {{ {pattern} }}"]
    if dataset:
        parts.append(f"BIND({graph} AS ?g)")
    if status == "accepted":
        parts.append("FILTER(!BOUND(?r) || ?r = eq:Accepted)")
    if kind is not None:
        wanted = next(iri for iri, name in _KINDS.items() if name == kind)
        parts.append(f"FILTER EXISTS {{ ?o a <{wanted}> }}")
    page = f" LIMIT {limit}" if limit is not None else ""
    rows: Any = store.query(
        "SELECT ?l ?g ?s ?p ?o (MAX(?c) AS ?conf) (SAMPLE(?w) AS ?why) (SAMPLE(?r) AS ?review) { "
        f"{' '.join(parts)} }} GROUP BY ?l ?g ?s ?p ?o ORDER BY DESC(?conf) ?s ?l{page} "
        f"OFFSET {offset}"
    )
    found = list(rows)
    things = {row[name].value for row in found for name in ("s", "o")}
    labels, kinds = _labels(store, things), _kinds(store, things)
    return [_item(row, labels, kinds) for row in found]


def _item(row: Any, labels: dict[str, str], kinds: dict[str, str]) -> QueueItem:
    status = row["review"].value if row["review"] else v.ACCEPTED
    case, concept = row["s"].value, row["o"].value
    return QueueItem(
        row["l"].value,
        row["g"].value,
        case,
        labels.get(case, case),
        row["p"].value,
        concept,
        labels.get(concept, concept),
        kinds.get(concept, ""),
        float(row["conf"].value) if row["conf"] else None,
        row["why"].value if row["why"] else "",
        _NAMES.get(status, "proposed"),
    )


def _labels(store: Queryable, things: Collection[str]) -> dict[str, str]:
    rows: Any = store.query(
        f"SELECT ?t ?l {{ VALUES ?t {{ {_nodes(things)} }} ?t rdfs:label|skos:prefLabel ?l "
        "FILTER(lang(?l) IN ('en', '')) } ORDER BY ?t DESC(?l)"
    )
    return {row[0].value: row[1].value for row in rows}


def _kinds(store: Queryable, things: Collection[str]) -> dict[str, str]:
    rows: Any = store.query(
        f"SELECT ?t ?k {{ VALUES ?t {{ {_nodes(things)} }} "
        f"VALUES ?k {{ {_nodes(_KINDS)} }} ?t a ?k }}"
    )
    return {row[0].value: _KINDS[row[1].value] for row in rows}


def item(store: Queryable, link: str) -> QueueItem:
    """One link.

    Raises:
        NotFound: There is no such link.
    """
    return items_of(store, [link])[0]


def items_of(store: Queryable, links: Sequence[str]) -> list[QueueItem]:
    """Certain links, in the order named.

    Args:
        store: The store.
        links: IRIs of links, or the part after ``link/``.

    Raises:
        NotFound: One of them does not exist; names it.
    """
    iris = [expand(link) or f"{v.ID}link/{link}" for link in links]
    found = {entry.id: entry for entry in items(store, status=None, links=iris)} if iris else {}
    for name, iri in zip(links, iris, strict=True):
        if iri not in found:
            raise NotFound(f"there is no link {name}")
    return [found[iri] for iri in iris]


def verdicts(store: Queryable) -> list[tuple[str, float, bool]]:
    """``(kind, probability, accepted)`` of every decided proposal of the linker."""
    rows: Any = store.query(
        f"SELECT ?l {{ ?l a eq:Link ; prov:wasAttributedTo <{AGENT}> ; eq:reviewStatus ?r "
        "FILTER(?r != eq:Proposed) }"
    )
    ours = {row[0].value for row in rows}
    decided = items(store, status=None, links=ours) if ours else []
    return [
        (entry.kind, entry.confidence, entry.status == "accepted")
        for entry in decided
        if entry.kind and entry.confidence is not None
    ]


def _plain_objects(store: Queryable, subject: str) -> set[str]:
    predicates = " ".join(_node(iri) for iri in v.LINK_PREDICATES)
    rows: Any = store.query(
        f"SELECT DISTINCT ?o {{ VALUES ?p {{ {predicates} }} {_node(subject)} ?p ?o }}"
    )
    return {row[0].value for row in rows}


def _quads(
    subject: str, title: str, proposals: Sequence[Proposal], graph: str
) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    at = ox.NamedNode(graph)
    now = datetime.now(UTC).replace(microsecond=0).isoformat()

    def state(node: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(ox.NamedNode(node), ox.NamedNode(predicate), value, at)

    yield state(AGENT, v.TYPE, ox.NamedNode(f"{v.PROV}SoftwareAgent"))
    yield state(AGENT, v.LABEL, ox.Literal("Equipoise linker", language="en"))
    for proposal in proposals:
        node = link_iri(subject, proposal.predicate, proposal.concept, graph)
        verb = proposal.predicate.removeprefix(v.EQ)
        what = proposal.notation or proposal.label
        yield state(node, v.TYPE, ox.NamedNode(v.LINK))
        yield state(node, v.LABEL, ox.Literal(f"{title} {verb} {what} (proposed)", language="en"))
        yield state(node, v.SUBJECT, ox.NamedNode(subject))
        yield state(node, v.PREDICATE, ox.NamedNode(proposal.predicate))
        yield state(node, v.OBJECT, ox.NamedNode(proposal.concept))
        yield state(node, v.REVIEW_STATUS, ox.NamedNode(v.PROPOSED))
        yield state(node, v.ATTRIBUTED_TO, ox.NamedNode(AGENT))
        yield state(
            node,
            v.CONFIDENCE,
            ox.Literal(f"{proposal.probability:.4f}", datatype=ox.NamedNode(f"{v.XSD}decimal")),
        )
        yield state(node, v.CREATED, ox.Literal(now, datatype=ox.NamedNode(f"{v.XSD}dateTime")))
        if proposal.evidence:
            yield state(node, v.RATIONALE, ox.Literal(_rationale(proposal), language="en"))


def _rationale(proposal: Proposal) -> str:
    shown = [
        f"“{span.quote[:300]}” (characters {span.start}–{span.end}, {span.method})"
        for span in proposal.evidence[:3]
    ]
    return "The text says: " + "; ".join(shown)


def _nodes(iris: Iterable[str]) -> str:
    return " ".join(map(_node, iris))


def _node(iri: str) -> str:
    """An IRI for a SPARQL text, refused when it could break out of its brackets."""
    if any(char in iri for char in '<>"{}|^`\\ \n\t'):
        raise InputError(f"{iri!r} is not an IRI")
    return f"<{iri}>"
