"""Reviewing proposals: who decided what, when and why, and how far reviewers agree.

A verdict is a ``prov:Activity`` beside the link: what it looked at, who made it, when it ended and
the reason. A link is accepted or rejected as soon as all who judged it agree; while they differ
it waits again, and ``disagreements`` lists it. Accepting derives the plain triple in the same
transaction, because the store does so on every write.
"""

from __future__ import annotations

import getpass
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.errors import InputError
from kg.identifiers import expand, link_iri, slugify
from kg.linking.concepts import Queryable
from kg.linking.queue import STATUSES, QueueItem, item, items_of

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import GraphStore

_ACTIVITY: Final = f"{v.PROV}Activity"
_USED: Final = f"{v.PROV}used"
_BY: Final = f"{v.PROV}wasAssociatedWith"
_ENDED: Final = f"{v.PROV}endedAtTime"
_WHY: Final = f"{v.RDFS}comment"
_DERIVED: Final = f"{v.PROV}wasDerivedFrom"
_PREDICATES: Final = {iri.removeprefix(v.EQ): iri for iri in v.LINK_PREDICATES}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision.

    Args:
        link: IRI of the link.
        reviewer: Who, as a name.
        verdict: ``accepted`` or ``rejected``.
        when: UTC, ISO 8601.
        reason: Why, or empty.
    """

    link: str
    reviewer: str
    verdict: str
    when: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """The JSON of one verdict."""
        return {
            "link": self.link,
            "reviewer": self.reviewer,
            "verdict": self.verdict,
            "when": self.when,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree.

    Args:
        reviewers: Their names.
        both: Links that both judged.
        agreed: Of those, how many alike.
        kappa: Cohen's kappa; ``None`` when chance alone would make them agree.
    """

    reviewers: tuple[str, str]
    both: int
    agreed: int
    kappa: float | None

    def to_dict(self) -> dict[str, object]:
        """The JSON of one pair."""
        return {
            "reviewers": list(self.reviewers),
            "both": self.both,
            "agreed": self.agreed,
            "kappa": None if self.kappa is None else round(self.kappa, 4),
        }


def decide(
    store: GraphStore, links: Sequence[str], verdict: str, *, reviewer: str = "", reason: str = ""
) -> list[QueueItem]:
    """Accept or reject links, in one transaction.

    Args:
        store: The store.
        links: IRIs of links, or the part after ``link/``.
        verdict: ``accepted`` or ``rejected``.
        reviewer: Name; the system's user when left out.
        reason: Why.

    Returns:
        The links as they are afterwards.

    Raises:
        NotFound: There is no such link; nothing is changed.
        InputError: Another verdict than the two.
    """
    if verdict not in ("accepted", "rejected"):
        raise InputError(f"no verdict {verdict!r}; there are accepted and rejected")
    name = _reviewer(reviewer)
    chosen = items_of(store, list(dict.fromkeys(links)))
    earlier = verdicts(store)
    with store.writer(f"{name}: {len(chosen)} {verdict}") as write:
        for entry in chosen:
            made = Verdict(entry.id, name, verdict, _now(), reason)
            write.store.extend(_activity(made, entry.graph))
            opinions = {old.reviewer: old.verdict for old in earlier if old.link == entry.id}
            opinions[name] = verdict
            agreed = set(opinions.values()) == {verdict}
            write.store.update(_status_update(entry, verdict if agreed else "proposed"))
            write.touch_links(entry.graph, [entry.id])
    store.refresh()
    return items_of(store, [entry.id for entry in chosen])


def edit(
    store: GraphStore,
    link: str,
    *,
    concept: str = "",
    predicate: str = "",
    reviewer: str = "",
    reason: str = "",
) -> QueueItem:
    """Put a corrected link in place of a proposed one, accepted.

    The proposal is rejected and kept; the new link says what it was derived from.

    Args:
        store: The store.
        link: IRI of the proposal.
        concept: IRI or short form of the right concept; unchanged when left out.
        predicate: ``supports``, ``undermines`` …; unchanged when left out.
        reviewer: Name; the system's user when left out.
        reason: Why.

    Returns:
        The new link.

    Raises:
        NotFound: There is no such link.
        InputError: Nothing to change, an unknown concept or predicate.
    """
    import pyoxigraph as ox

    old = item(store, link)
    name = _reviewer(reviewer)
    target = (expand(concept) or concept) if concept else old.concept
    if predicate and predicate not in _PREDICATES:
        raise InputError(f"no predicate {predicate!r}; there are {', '.join(_PREDICATES)}")
    verb = _PREDICATES[predicate] if predicate else old.predicate
    if (target, verb) == (old.concept, old.predicate):
        raise InputError("nothing to change: give another concept or another predicate")
    rows: Any = store.query(
        f"SELECT ?l {{ {ox.NamedNode(target)} skos:prefLabel|rdfs:label ?l "
        "BIND(LANG(?l) AS ?said) } ORDER BY (?said != 'en') ?said ?l LIMIT 1"
    )
    label = next((row[0].value for row in rows), None)
    if label is None:
        raise InputError(f"there is no concept {concept} in the graph")
    new = link_iri(old.case, verb, target, old.graph)
    graph = ox.NamedNode(old.graph)
    node = ox.NamedNode(new)
    statements: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (v.TYPE, ox.NamedNode(v.LINK)),
        (v.LABEL, ox.Literal(f"{old.case_label} {verb.removeprefix(v.EQ)} {label}", language="en")),
        (v.SUBJECT, ox.NamedNode(old.case)),
        (v.PREDICATE, ox.NamedNode(verb)),
        (v.OBJECT, ox.NamedNode(target)),
        (v.REVIEW_STATUS, ox.NamedNode(v.ACCEPTED)),
        (v.ATTRIBUTED_TO, ox.NamedNode(_person(name))),
        (_DERIVED, ox.NamedNode(old.id)),
        (v.CREATED, _time(_now())),
    ]
    if old.rationale:
        statements.append((v.RATIONALE, ox.Literal(old.rationale, language="en")))
    with store.writer(f"{name}: corrected a proposal") as write:
        write.store.extend(
            [
                *(ox.Quad(node, ox.NamedNode(p), o, graph) for p, o in statements),
                *_activity(Verdict(new, name, "accepted", _now(), reason), old.graph),
                *_activity(Verdict(old.id, name, "rejected", _now(), reason), old.graph),
            ]
        )
        write.store.update(_status_update(old, "rejected"))
        write.touch_links(old.graph, [old.id, new])
    store.refresh()
    return item(store, new)


def verdicts(store: Queryable, link: str | None = None) -> list[Verdict]:
    """All verdicts, oldest first."""
    only = f"VALUES ?l {{ <{link}> }} " if link else ""
    rows: Any = store.query(
        f"SELECT ?l ?name ?r ?t ?why {{ {only}?a a prov:Activity ; prov:used ?l ; "
        "prov:wasAssociatedWith ?p ; prov:endedAtTime ?t ; eq:reviewStatus ?r . "
        "?p foaf:name ?name . OPTIONAL { ?a rdfs:comment ?why } } ORDER BY ?t ?a"
    )
    names = {iri: name for name, iri in STATUSES.items()}
    return [
        Verdict(
            row["l"].value,
            row["name"].value,
            names[row["r"].value],
            row["t"].value,
            row["why"].value if row["why"] else "",
        )
        for row in rows
    ]


def disagreements(store: Queryable) -> list[QueueItem]:
    """Links on which reviewers differ."""
    opinions: dict[str, dict[str, str]] = defaultdict(dict)
    for verdict in verdicts(store):
        opinions[verdict.link][verdict.reviewer] = verdict.verdict
    return items_of(store, [link for link, by in opinions.items() if len(set(by.values())) > 1])


def agreements(store: Queryable) -> list[Agreement]:
    """Cohen's kappa of every pair of reviewers who judged the same links."""
    opinions: dict[str, dict[str, str]] = defaultdict(dict)
    for verdict in verdicts(store):
        opinions[verdict.reviewer][verdict.link] = verdict.verdict
    names = sorted(opinions)
    found: list[Agreement] = []
    for position, first in enumerate(names):
        for second in names[position + 1 :]:
            shared = sorted(opinions[first].keys() & opinions[second].keys())
            if shared:
                a = [opinions[first][link] for link in shared]
                b = [opinions[second][link] for link in shared]
                agreed = sum(x == y for x, y in zip(a, b, strict=True))
                found.append(Agreement((first, second), len(shared), agreed, cohen_kappa(a, b)))
    return found


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Agreement of two raters beyond chance.

    Args:
        first: Verdicts of one rater.
        second: Verdicts of the other on the same things, in the same order.

    Returns:
        1 for full agreement, 0 for what chance gives; ``None`` when chance would always agree.

    Source: Cohen (1960), Educational and Psychological Measurement 20:37.

    Example:
        >>> cohen_kappa(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
        0.5
    """
    if len(first) != len(second) or not first:
        raise InputError("two raters must judge the same things, one at least")
    total = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / total
    left, right = Counter(first), Counter(second)
    expected = sum(left[label] * right[label] for label in left) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _reviewer(name: str) -> str:
    cleaned = " ".join(name.split()) or getpass.getuser()
    if len(cleaned) > 200:
        raise InputError("a reviewer's name may have 200 characters")
    return cleaned


def _person(name: str) -> str:
    return f"{v.ID}person/{slugify(name)}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _time(when: str) -> ox.Literal:
    import pyoxigraph as ox

    return ox.Literal(when, datatype=ox.NamedNode(f"{v.XSD}dateTime"))


def _activity(verdict: Verdict, graph: str) -> list[ox.Quad]:
    import pyoxigraph as ox

    told = f"{verdict.link}\n{verdict.reviewer}\n{verdict.when}"
    node = ox.NamedNode(f"{v.ID}review/{hashlib.sha256(told.encode()).hexdigest()[:24]}")
    person = ox.NamedNode(_person(verdict.reviewer))
    label = f"{verdict.reviewer} {verdict.verdict} a link"
    statements: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = [
        (node, v.TYPE, ox.NamedNode(_ACTIVITY)),
        (node, v.LABEL, ox.Literal(label, language="en")),
        (node, _USED, ox.NamedNode(verdict.link)),
        (node, _BY, person),
        (node, _ENDED, _time(verdict.when)),
        (node, v.REVIEW_STATUS, ox.NamedNode(STATUSES[verdict.verdict])),
        (person, v.TYPE, ox.NamedNode(f"{v.FOAF}Person")),
        (person, v.LABEL, ox.Literal(verdict.reviewer, language="en")),
        (person, f"{v.FOAF}name", ox.Literal(verdict.reviewer)),
    ]
    if verdict.reason:
        statements.append((node, _WHY, ox.Literal(verdict.reason, language="en")))
    at = ox.NamedNode(graph)
    return [ox.Quad(s, ox.NamedNode(p), o, at) for s, p, o in statements]


def _status_update(entry: QueueItem, status: str) -> str:
    return (
        f"PREFIX eq: <{v.EQ}> WITH <{entry.graph}> "
        f"DELETE {{ <{entry.id}> eq:reviewStatus ?old }} "
        f"INSERT {{ <{entry.id}> eq:reviewStatus <{STATUSES[status]}> }} "
        f"WHERE {{ OPTIONAL {{ <{entry.id}> eq:reviewStatus ?old }} }}"
    )
