"""Whole case records, read from the store for pages, reports and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.errors import NotFound
from kg.identifiers import listed_iris
from kg.model import Evidence, Link, Node, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.store import GraphStore, Snapshot

_KIND_OF: Final = {
    v.SUPPORTS: "sdg",
    v.UNDERMINES: "sdg",
    v.UPHOLDS: "principle",
    v.VIOLATES: "principle",
    v.USES_TECHNOLOGY: "technology",
}
_WORDS: Final = {
    v.DIRECT: "direct",
    v.INDIRECT: "indirect",
    v.CONFIRMED: "confirmed",
    v.SELF_REPORTED: "self-reported",
    v.ALLEGED: "alleged",
    v.UNVERIFIED: "unverified",
    v.ACCEPTED: "accepted",
    v.PROPOSED: "proposed",
    v.REJECTED: "rejected",
}
_BATCH: Final = 500

Properties = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case with everything the graph says about it.

    Years are ``None`` where nobody knows; ``links`` are in the order predicate, object.
    """

    id: str
    title: str
    summary: str
    outcome: str
    note: str
    verified: bool | None
    start_year: int | None
    end_year: int | None
    status: Node | None
    countries: tuple[Node, ...]
    participants: tuple[tuple[Node, Node | None], ...]
    links: tuple[Link, ...]
    sources: tuple[Source, ...]
    datasets: tuple[str, ...]

    def links_by(self, *predicates: str) -> list[Link]:
        """Links with one of these predicates."""
        return [link for link in self.links if link.predicate in predicates]


def case_records(
    snapshot: Snapshot | GraphStore, cases: Sequence[str] | None = None
) -> list[CaseRecord]:
    """Read cases, in the order of their IRIs.

    Args:
        snapshot: What to read.
        cases: IRIs; all cases when left out.

    Returns:
        One record per case that exists.

    Cost: some milliseconds for one case, about 0.3 s for 200.
    """
    only = "" if cases is None else f"VALUES ?case {{ {listed_iris(cases)} }}"
    described = _describe(snapshot, f"{only} ?x a <{v.CASE}>", "case")
    graphs = _graphs(snapshot, only)
    parts = _describe(snapshot, f"{only} ?case a <{v.CASE}> ; eq:participation ?x")
    links = case_links(snapshot, cases)
    sources = {
        source.id: source
        for listed in links.values()
        for link in listed
        for source in link.evidence.sources
    }
    named = {iri for item in described.values() for iri in item.get(v.DCT_SOURCE, ())}
    sources.update(_sources(snapshot, named - set(sources)))
    names = _labels(
        snapshot,
        {
            iri
            for item in [*described.values(), *parts.values()]
            for predicate in (v.COUNTRY, v.STATUS, v.ORGANISATION_PROPERTY, v.ROLE)
            for iri in item.get(predicate, ())
        },
    )
    found = []
    for iri in sorted(described):
        item = described[iri]
        participants = sorted(
            {
                (
                    names[organisation],
                    names[role] if (role := _one(parts[part], v.ROLE)) in names else None,
                )
                for part in item.get(v.PARTICIPATION_PROPERTY, ())
                for organisation in parts.get(part, {}).get(v.ORGANISATION_PROPERTY, ())
            },
            key=lambda pair: (pair[1].label if pair[1] else "", pair[0].label, pair[0].id),
        )
        countries = {names[place] for place in item.get(v.COUNTRY, ())}
        found.append(
            CaseRecord(
                id=iri,
                title=_one(item, v.TITLE) or _one(item, v.LABEL) or iri,
                summary=_one(item, v.DESCRIPTION),
                outcome=_one(item, v.OUTCOME),
                note=_one(item, v.EDITORIAL_NOTE),
                verified={"true": True, "false": False}.get(_one(item, v.VERIFIED)),
                start_year=_year(_one(item, v.START_YEAR)),
                end_year=_year(_one(item, v.END_YEAR)),
                status=names.get(_one(item, v.STATUS)),
                countries=tuple(sorted(countries, key=lambda node: (node.label, node.id))),
                participants=tuple(participants),
                links=tuple(links.get(iri, ())),
                sources=_ordered(sources[source] for source in set(item.get(v.DCT_SOURCE, ()))),
                datasets=tuple(sorted(graphs.get(iri, ()))),
            )
        )
    return found


def case_record(snapshot: Snapshot | GraphStore, case: str) -> CaseRecord:
    """One case.

    Raises:
        NotFound: The graph holds no such case.
    """
    found = case_records(snapshot, [case])
    if not found:
        raise NotFound(f"the graph holds no case <{case}>")
    return found[0]


def case_links(
    snapshot: Snapshot | GraphStore, cases: Sequence[str] | None = None
) -> dict[str, list[Link]]:
    """Links of cases with their evidence, proposed and rejected ones included.

    A plain triple without a link record appears as an accepted link without evidence, whose
    ``id`` is empty.
    """
    only = "" if cases is None else f"VALUES ?case {{ {listed_iris(cases)} }}"
    described = _describe(snapshot, f"{only} ?x a eq:Link ; rdf:subject ?case", "link")
    placed = {
        row["x"]: row["g"]
        for row in _rows(
            snapshot, f"SELECT ?x ?g {{ {only} GRAPH ?g {{ ?x a eq:Link ; rdf:subject ?case }} }}"
        )
    }
    stated = {
        (_one(item, v.SUBJECT), _one(item, v.PREDICATE), _one(item, v.OBJECT))
        for item in described.values()
    }
    plain = [row for row in _plain(snapshot, only) if (row["s"], row["p"], row["o"]) not in stated]
    names = _labels(
        snapshot,
        {
            iri
            for item in described.values()
            for predicate in (v.OBJECT, v.ATTRIBUTED_TO, v.DISPUTED_BY)
            for iri in item.get(predicate, ())
        }
        | {row["o"] for row in plain},
    )
    sources = _sources(
        snapshot, {iri for item in described.values() for iri in item.get(v.DCT_SOURCE, ())}
    )
    found: dict[str, list[Link]] = {}
    for iri, item in described.items():
        if not all(_one(item, part) for part in (v.SUBJECT, v.PREDICATE, v.OBJECT)):
            continue
        evidence = _evidence(item, names, sources)
        row = {"s": _one(item, v.SUBJECT), "p": _one(item, v.PREDICATE), "g": placed.get(iri, "")}
        row["o"] = _one(item, v.OBJECT)
        found.setdefault(row["s"], []).append(_link(iri, row, names, evidence))
    for row in plain:
        found.setdefault(row["s"], []).append(_link("", row, names, Evidence()))
    for listed in found.values():
        listed.sort(key=lambda link: (link.predicate, link.object.id, link.id))
    return found


def predicate_word(predicate: str) -> str:
    """The last part of a link predicate, for people.

    Example:
        >>> predicate_word("https://w3id.org/equipoise/ontology#supports")
        'supports'
    """
    return predicate.removeprefix(v.EQ)


def _evidence(
    item: Properties, names: Mapping[str, Node], sources: Mapping[str, Source]
) -> Evidence:
    confidence = _one(item, v.CONFIDENCE)
    return Evidence(
        directness=_WORDS.get(_one(item, v.DIRECTNESS), ""),
        rationale=_one(item, v.RATIONALE),
        confidence=float(confidence) if confidence else None,
        status=_WORDS.get(_one(item, v.EVIDENCE_STATUS), ""),
        review=_WORDS.get(_one(item, v.REVIEW_STATUS), "accepted"),
        sources=_ordered(sources[iri] for iri in set(item.get(v.DCT_SOURCE, ()))),
        attributed_to=tuple(names[iri] for iri in sorted(set(item.get(v.ATTRIBUTED_TO, ())))),
        disputed_by=tuple(names[iri] for iri in sorted(set(item.get(v.DISPUTED_BY, ())))),
        dispute_note=_one(item, v.DISPUTE_NOTE),
    )


def _link(iri: str, row: Mapping[str, str], names: Mapping[str, Node], evidence: Evidence) -> Link:
    kind = _KIND_OF.get(row["p"], "")
    label = names[row["o"]].label
    code = row["o"].removeprefix(v.SDG)
    if kind == "sdg" and code != row["o"]:
        label = f"{code} {label}"
    return Link(
        id=iri,
        subject=Node(row["s"], "", "case"),
        predicate=row["p"],
        object=Node(row["o"], label, kind),
        dataset=row["g"],
        evidence=evidence,
    )


def _plain(snapshot: Snapshot | GraphStore, only: str) -> list[dict[str, str]]:
    values = " ".join(f"<{iri}>" for iri in _KIND_OF)
    subject = only.replace("?case", "?s")
    return _rows(
        snapshot,
        f"SELECT DISTINCT ?s ?p ?o ?g {{ {subject} VALUES ?p {{ {values} }} "
        "GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?o)) } ORDER BY ?s ?p ?o ?g",
    )


def _describe(
    snapshot: Snapshot | GraphStore, pattern: str, subject: str = ""
) -> dict[str, Properties]:
    """Everything said about each ``?x`` of a pattern, English or untagged texts only."""
    pattern = pattern.replace("?case", "?x") if subject == "case" else pattern
    return _collected(snapshot, f"SELECT ?x ?p ?o {{ {pattern} . ?x ?p ?o }}")


def _collected(snapshot: Snapshot | GraphStore, query: str) -> dict[str, Properties]:
    # Languages are told apart here: in the query it would cost as much as the query itself.
    results: Any = snapshot.query(query)
    described: dict[str, Properties] = {}
    for subject, predicate, value in results:
        language = getattr(value, "language", None)
        if language is None or language.startswith("en"):
            item = described.setdefault(subject.value, {})
            item.setdefault(predicate.value, []).append(value.value)
    return described


def _graphs(snapshot: Snapshot | GraphStore, only: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in _rows(snapshot, f"SELECT ?case ?g {{ {only} GRAPH ?g {{ ?case a <{v.CASE}> }} }}"):
        found.setdefault(row["case"], set()).add(row["g"])
    return found


def _sources(snapshot: Snapshot | GraphStore, iris: Iterable[str]) -> dict[str, Source]:
    described = _described_iris(snapshot, iris)
    publishers = _labels(
        snapshot,
        {publisher for item in described.values() for publisher in item.get(v.PUBLISHER, ())},
    )
    return {
        iri: Source(
            id=iri,
            label=_one(item, v.LABEL) or iri,
            url=_one(item, v.URL),
            publisher=publishers.get(_one(item, v.PUBLISHER)),
            kind=_one(item, v.SOURCE_KIND).rsplit("/", 1)[-1],
            year=_year(_one(item, v.YEAR)),
        )
        for iri, item in described.items()
    }


def _labels(snapshot: Snapshot | GraphStore, iris: Iterable[str]) -> dict[str, Node]:
    described = _described_iris(
        snapshot,
        iris,
        "SELECT ?x ?p ?o {{ VALUES ?x {{ {values} }} {{ ?x skos:prefLabel ?o BIND(skos:prefLabel "
        "AS ?p) }} UNION {{ ?x rdfs:label ?o BIND(rdfs:label AS ?p) }} }}",
    )
    return {
        iri: Node(iri, _one(item, v.PREF_LABEL) or _one(item, v.LABEL) or iri)
        for iri, item in described.items()
    }


def _described_iris(
    snapshot: Snapshot | GraphStore,
    iris: Iterable[str],
    query: str = "SELECT ?x ?p ?o {{ VALUES ?x {{ {values} }} ?x ?p ?o }}",
) -> dict[str, Properties]:
    listed = sorted(set(iris))
    described: dict[str, Properties] = {iri: {} for iri in listed}
    for start in range(0, len(listed), _BATCH):
        values = listed_iris(listed[start : start + _BATCH])
        described.update(_collected(snapshot, query.format(values=values)))
    return described


def _rows(snapshot: Snapshot | GraphStore, query: str) -> list[dict[str, str]]:
    results: Any = snapshot.query(query)
    names = [variable.value for variable in results.variables]
    return [{name: row[name].value for name in names if row[name] is not None} for row in results]


def _one(item: Properties, predicate: str) -> str:
    """The value of a property; the smallest where data give several, so answers are stable."""
    values = item.get(predicate)
    return min(values) if values else ""


def _ordered(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(sorted(sources, key=lambda source: (source.year or 0, source.label, source.id)))


def _year(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None
