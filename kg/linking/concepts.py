"""What the graph says about every concept a text can be linked to.

Concepts are read from the store, never from a list in the code: a technology that a user adds is
linkable with the next revision. Read once per revision; see :mod:`kg.linking.index`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg import vocabulary as v

if TYPE_CHECKING:
    from kg.store.protocol import QueryResults

KINDS: Final = (
    "goal",
    "target",
    "principle",
    "framework-principle",
    "technology",
    "organisation",
    "country",
)
"""Kinds of concept, in the order they are proposed."""
DEFAULT_KINDS: Final = ("goal", "target", "principle", "technology", "organisation", "country")
_CLASSES: Final = {
    v.GOAL: "goal",
    v.TARGET: "target",
    v.PRINCIPLE: "principle",
    v.TECHNOLOGY: "technology",
    v.ORGANISATION: "organisation",
    v.COUNTRY_CLASS: "country",
}
_LABEL_WEIGHT: Final = {
    v.PREF_LABEL: 2.0,
    v.LABEL: 2.0,
    v.ALT_LABEL: 1.5,
    v.HIDDEN_LABEL: 1.0,
}
_TEXTS: Final = (v.DEFINITION, f"{v.SKOS}scopeNote", f"{v.SKOS}example")
_MATCHES: Final = {
    v.EXACT_MATCH: 1.0,
    v.CLOSE_MATCH: 0.9,
    v.BROAD_MATCH: 0.7,
    v.NARROW_MATCH: 0.6,
    v.RELATED_MATCH: 0.4,
}
CASE_LIMIT: Final = 5_000
"""Cases kept as examples; more would cost time per text and change little."""


class Queryable(Protocol):
    """Anything that answers trusted SPARQL: a store or a snapshot."""

    def query(self, sparql: str) -> QueryResults:
        """Evaluate a query with the common prefixes."""


@dataclass(slots=True)
class Concept:
    """One thing that a text can be linked to.

    Args:
        iri: Its IRI.
        kind: One of :data:`KINDS`.
        label: English label, or any label where there is none.
        parent: IRI of the goal of a target; empty for others.
        notation: Short code such as ``7.3``; empty where there is none.
        phrases: ``(phrase, language, weight)`` to look for in a text.
        texts: Sentences that describe it, English.
        matches: Pivot principles of a framework's principle, with the strength of the match.
    """

    iri: str
    kind: str
    label: str = ""
    parent: str = ""
    notation: str = ""
    phrases: list[tuple[str, str, float]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    matches: list[tuple[str, float]] = field(default_factory=list)


@dataclass(slots=True)
class Example:
    """An accepted case: what it says and what it is linked to."""

    iri: str
    text: str
    links: list[str] = field(default_factory=list)


def read_concepts(store: Queryable) -> list[Concept]:
    """All concepts, ordered by kind, then code, then IRI.

    Cost: one pass over the labels and descriptions, about 60 ms for the shipped graph.
    """
    concepts: dict[str, Concept] = {}
    for iri, kind in _rows(
        store, f"SELECT ?c ?k {{ VALUES ?k {{ {_values(_CLASSES)} }} ?c a ?k }}"
    ):
        concepts.setdefault(iri.value, Concept(iri.value, _CLASSES[kind.value]))
    properties = [*_LABEL_WEIGHT, *_TEXTS, *_MATCHES, v.BROADER, v.NOTATION, v.IN_SCHEME]
    for subject, predicate, value in _rows(
        store,
        f"SELECT ?c ?p ?o {{ VALUES ?k {{ {_values(_CLASSES)} }} VALUES ?p {{ "
        f"{_values(properties)} }} ?c a ?k ; ?p ?o }}",
    ):
        _describe(concepts[subject.value], predicate.value, value)
    pivots = {
        row[0].value
        for row in _rows(store, "SELECT ?c { ?f eq:isPivot true . ?c skos:inScheme ?f }")
    }
    for concept in concepts.values():
        if concept.kind == "principle" and pivots and concept.iri not in pivots:
            concept.kind = "framework-principle"
        _finish(concept)
    _add_indicators(store, concepts)
    _borrow(concepts)
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(
        (concept for concept in concepts.values() if concept.label),
        key=lambda c: (order[c.kind], _code(c.notation), c.iri),
    )


def read_examples(store: Queryable) -> list[Example]:
    """Accepted cases with their texts and links, at most :data:`CASE_LIMIT`."""
    examples: dict[str, Example] = {}
    for case, text in _rows(
        store,
        "SELECT ?c ?t { { SELECT DISTINCT ?c { ?c a eq:Case } ORDER BY ?c "
        f"LIMIT {CASE_LIMIT} }} ?c dcterms:title|dcterms:description ?t }} ORDER BY ?c ?t",
    ):
        example = examples.setdefault(case.value, Example(case.value, ""))
        example.text = f"{example.text} {text.value}".strip()
    for case, target in _rows(
        store,
        "SELECT DISTINCT ?c ?o { ?c a eq:Case ; eq:supports|eq:undermines|eq:upholds|eq:violates|"
        "eq:usesTechnology ?o }",
    ):
        if case.value in examples:
            examples[case.value].links.append(target.value)
    return [example for example in examples.values() if example.links]


def _describe(concept: Concept, predicate: str, value: Any) -> None:
    text = str(value.value)
    language = getattr(value, "language", None) or "en"
    language = language.split("-")[0].lower()
    if predicate in _LABEL_WEIGHT:
        concept.phrases.append((text, language, _LABEL_WEIGHT[predicate]))
        if _LABEL_WEIGHT[predicate] == 2.0 and (language == "en" or not concept.label):
            concept.label = text
    elif predicate in _TEXTS:
        if language == "en":
            concept.texts.append(text)
    elif predicate in _MATCHES:
        concept.matches.append((text, _MATCHES[predicate]))
    elif predicate == v.BROADER:
        concept.parent = text
    elif predicate == v.NOTATION:
        concept.notation = text


def _finish(concept: Concept) -> None:
    concept.phrases.sort()
    concept.texts.sort()
    if concept.kind == "country" and concept.notation:
        concept.phrases = [p for p in concept.phrases if len(p[0]) > 3]
    if concept.kind != "target":
        concept.parent = concept.parent if concept.kind == "technology" else ""
    if concept.kind != "framework-principle":
        concept.matches = []


def _add_indicators(store: Queryable, concepts: dict[str, Concept]) -> None:
    for target, label in _rows(
        store,
        "SELECT ?t ?l { ?i a sdgo:Indicator ; skos:broader ?t ; skos:prefLabel ?l "
        "FILTER(lang(?l) = 'en') } ORDER BY ?t ?i",
    ):
        if target.value in concepts:
            concepts[target.value].texts.append(label.value)


def _borrow(concepts: dict[str, Concept]) -> None:
    """A pivot principle is also described by the framework principles that match it closely."""
    described: dict[str, list[str]] = defaultdict(list)
    for concept in sorted(concepts.values(), key=lambda c: c.iri):
        for pivot, strength in concept.matches:
            if strength >= 0.9 and pivot in concepts:
                described[pivot] += [concept.label, *concept.texts]
    for pivot, texts in described.items():
        concepts[pivot].texts += texts


def _rows(store: Queryable, sparql: str) -> Iterable[Any]:
    results: Any = store.query(sparql)
    return results  # type: ignore[no-any-return]


def _values(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _code(notation: str) -> tuple[tuple[int, str], ...]:
    return tuple(
        (int(part), "") if part.isdigit() else (99, part) for part in notation.split(".") if part
    )
