"""Types and properties that reconciliation offers, and their values in the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kg import vocabulary as v
from kg.errors import InputError
from kg.identifiers import expand
from kg.linking.concepts import Queryable
from kg.linking.search import KINDS, folded

TYPE_NAMES: Final = {
    v.GOAL: "SDG goal",
    v.TARGET: "SDG target",
    v.INDICATOR: "SDG indicator",
    v.PRINCIPLE: "Principle",
    v.TECHNOLOGY: "Technology",
    v.PRINCIPLE_FRAMEWORK: "Principle framework",
    v.CASE: "Case",
    v.ORGANISATION: "Organisation",
    v.COUNTRY_CLASS: "Country",
    v.REGION_CLASS: "Region",
}
"""Types offered, by IRI."""
PROPERTIES: Final = {
    v.NOTATION: "code",
    v.BROADER: "broader concept",
    v.DEFINITION: "definition",
    v.COUNTRY: "country",
    v.REGION: "region",
    v.ORGANISATION_TYPE: "organisation type",
    v.STATUS: "status",
    v.START_YEAR: "start year",
    v.END_YEAR: "end year",
    v.USES_TECHNOLOGY: "technology",
    v.SUPPORTS: "supports",
    v.UNDERMINES: "undermines",
    v.UPHOLDS: "upholds",
    v.VIOLATES: "violates",
    v.PUBLISHER: "publisher",
    v.YEAR: "year",
    v.IN_SCHEME: "scheme",
    v.URL: "web address",
    v.ALT_LABEL: "other name",
}
"""Properties offered for matching and extension, by IRI."""


def type_of(kind: str) -> dict[str, str]:
    """The type of a kind, as ``{"id", "name"}``."""
    iri = next(iri for iri, name in KINDS.items() if name == kind)
    return {"id": iri, "name": TYPE_NAMES.get(iri, kind.capitalize())}


def suggest_types(prefix: str) -> list[dict[str, str]]:
    """Types whose name has a word that begins so."""
    return _suggested(TYPE_NAMES, prefix)


def suggest_properties(prefix: str) -> list[dict[str, str]]:
    """Properties whose name has a word that begins so."""
    return _suggested(PROPERTIES, prefix)


def _suggested(names: Mapping[str, str], prefix: str) -> list[dict[str, str]]:
    start = folded(prefix)
    return [
        {"id": iri, "name": name}
        for iri, name in names.items()
        if not start
        or folded(name).startswith(start)
        or any(word.startswith(start) for word in folded(name).split(" "))
        or start in iri.lower()
    ]


def propose_properties(kind: str | None) -> list[dict[str, str]]:
    """Properties worth fetching for things of a type."""
    by_kind = {
        "case": (
            v.START_YEAR,
            v.END_YEAR,
            v.STATUS,
            v.COUNTRY,
            v.USES_TECHNOLOGY,
            v.SUPPORTS,
            v.UNDERMINES,
            v.UPHOLDS,
            v.VIOLATES,
        ),
        "organisation": (v.ORGANISATION_TYPE, v.COUNTRY, v.ALT_LABEL),
        "country": (v.NOTATION, v.REGION),
        "framework": (v.PUBLISHER, v.YEAR, v.COUNTRY, v.URL),
    }
    chosen = by_kind.get(kind or "", (v.NOTATION, v.DEFINITION, v.BROADER, v.ALT_LABEL))
    return [{"id": iri, "name": PROPERTIES[iri]} for iri in chosen]


def property_iri(name: str) -> str:
    """IRI of a property given by IRI, prefixed name or label.

    Raises:
        InputError: It is none of these.
    """
    iri = expand(name) or next((i for i, label in PROPERTIES.items() if label == name), name)
    if any(char in iri for char in '<>"{}|^`\\ \n\t') or ":" not in iri:
        raise InputError(f"{name!r} is no property; known are {', '.join(PROPERTIES.values())}")
    return iri


def describe(store: Queryable, iris: Sequence[str]) -> dict[str, str]:
    """One line about each thing, where the graph has one."""
    if not iris:
        return {}
    rows: Any = store.query(
        f"SELECT ?s (SAMPLE(?t) AS ?text) {{ VALUES ?s {{ {_nodes(iris)} }} "
        "?s skos:definition|dcterms:description ?t FILTER(lang(?t) IN ('en', '')) } GROUP BY ?s"
    )
    return {row[0].value: _short(row[1].value) for row in rows}


def values_of(
    store: Queryable, iris: Sequence[str], properties: Sequence[str]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """``(IRI or empty, label or literal)`` of each value, by thing and property."""
    if not iris or not properties:
        return {}
    rows: Any = store.query(
        f"SELECT DISTINCT ?s ?p ?o ?l {{ VALUES ?s {{ {_nodes(iris)} }} VALUES ?p "
        f"{{ {_nodes(properties)} }} ?s ?p ?o . OPTIONAL {{ ?o skos:prefLabel|rdfs:label ?l "
        "FILTER(lang(?l) IN ('en', '')) } } ORDER BY ?s ?p ?l ?o"
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value, label in rows:
        is_literal = hasattr(value, "language")
        pair = (
            ("", value.value)
            if is_literal
            else (value.value, label.value if label else value.value)
        )
        if pair not in found[(subject.value, predicate.value)]:
            found[(subject.value, predicate.value)].append(pair)
    return found


def _short(text: str, size: int = 200) -> str:
    return text if len(text) <= size else text[: size - 1].rsplit(" ", 1)[0] + "…"


def _nodes(iris: Sequence[str]) -> str:
    return " ".join(
        f"<{iri}>" for iri in iris if iri and not any(char in iri for char in '<>"{}|^`\\ \n\t')
    )
