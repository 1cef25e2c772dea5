"""Lists of cases: narrowed by what they link to, a page at a time, with their links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.web.concepts import code_order
from kg.web.labels import labels_of

if TYPE_CHECKING:
    from kg.store import Snapshot

PAGE: Final = 100
"""Cases on one page of a list."""
SORTED: Final = 20_000
"""Longest list that is sorted by title."""
_POSITIVE: Final = {"sdg": v.SUPPORTS, "principle": v.UPHOLDS}
_NEGATIVE: Final = {"sdg": v.UNDERMINES, "principle": v.VIOLATES}
_VERBS: Final = {
    v.SUPPORTS: "supports",
    v.UNDERMINES: "undermines",
    v.UPHOLDS: "upholds",
    v.VIOLATES: "violates",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One narrowing of a list of cases: a dimension and a member of it."""

    dimension: str
    iri: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that a line links to: a short name to show, the whole one to hover over."""

    id: str
    short: str
    label: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of a list of cases: facts, and its signed links by verb."""

    id: str
    title: str
    summary: str
    status: str
    years: str
    countries: str
    links: tuple[tuple[str, tuple[Mention, ...]], ...]
    contested: bool


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of a list of cases, and how long the whole list is."""

    total: int
    lines: tuple[CaseLine, ...]
    page: int = 1

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // PAGE))


def cases_matching(
    snapshot: Snapshot,
    choices: Sequence[Choice],
    polarity: str = "both",
    *,
    page: int = 1,
    size: int = PAGE,
) -> CaseList:
    """Cases that link to every chosen thing, by title unless they are very many.

    Args:
        snapshot: What to read.
        choices: All must hold.
        polarity: Which links count: positive, negative or both.
        page: Which part of the list, from 1.
        size: Cases in a part.
    """
    patterns = _patterns(choices, polarity)
    counted: Any = snapshot.query(
        f"SELECT (COUNT(DISTINCT ?case) AS ?n) {{ ?case a eq:Case . {patterns} }}"
    )
    total = int(next(iter(counted))["n"].value)
    if not total:
        return CaseList(0, ())
    part = f"LIMIT {size} OFFSET {(page - 1) * size}"
    if total > SORTED:
        # Sorting would read every title for each page; the store's own order is steady and free.
        rows: Any = snapshot.query(
            f"SELECT DISTINCT ?case {{ ?case a eq:Case . {patterns} }} {part}"
        )
        titles = labels_of(snapshot, [row["case"].value for row in rows])
    else:
        rows = snapshot.query(
            f"""SELECT ?case (MIN(STR(?t)) AS ?title) {{ ?case a eq:Case . {patterns}
            OPTIONAL {{ ?case dcterms:title ?t }} }}
            GROUP BY ?case ORDER BY LCASE(?title) ?case {part}"""
        )
        titles = {row["case"].value: _value(row["title"]) or row["case"].value for row in rows}
    return CaseList(total, tuple(_lines(snapshot, titles)), page)


def _lines(snapshot: Snapshot, titles: dict[str, str]) -> list[CaseLine]:
    values = " ".join(f"<{iri}>" for iri in titles)
    rows: Any = snapshot.query(
        f"""SELECT ?case (SAMPLE(?d) AS ?summary) (SAMPLE(?s) AS ?status) (MIN(?start) AS ?from)
        (MAX(?end) AS ?to) (GROUP_CONCAT(DISTINCT ?c; separator="\t") AS ?countries) {{
        VALUES ?case {{ {values} }}
        OPTIONAL {{ ?case dcterms:description ?d }} OPTIONAL {{ ?case eq:status/skos:prefLabel ?s }}
        OPTIONAL {{ ?case eq:startYear ?start }} OPTIONAL {{ ?case eq:endYear ?end }}
        OPTIONAL {{ ?case eq:country/skos:prefLabel ?c }} }} GROUP BY ?case"""
    )
    facts = {row["case"].value: row for row in rows}
    linked: dict[str, dict[str, dict[str, Mention]]] = {}
    rows = snapshot.query(
        f"""SELECT DISTINCT ?case ?p ?o ?code ?label {{ VALUES ?case {{ {values} }}
        VALUES ?p {{ {" ".join(f"<{iri}>" for iri in _VERBS)} }} ?case ?p ?o .
        OPTIONAL {{ ?o skos:notation ?code }}
        OPTIONAL {{ ?o skos:prefLabel ?label FILTER(LANG(?label) IN ("en", "")) }} }}
        ORDER BY ?case ?p ?label ?o"""
    )
    for row in rows:
        iri, label = row["o"].value, _value(row["label"]) or row["o"].value
        name = _value(row["code"]) if iri.startswith(v.SDG) and row["code"] else label
        groups = linked.setdefault(row["case"].value, {})
        groups.setdefault(row["p"].value, {}).setdefault(iri, Mention(iri, name, label))
    rows = snapshot.query(
        f"SELECT DISTINCT ?case {{ VALUES ?case {{ {values} }} "
        "?link rdf:subject ?case ; eq:disputedBy ?who }"
    )
    contested = {row["case"].value for row in rows}
    return [
        CaseLine(
            id=iri,
            title=title,
            summary=_value(facts[iri]["summary"]),
            status=_value(facts[iri]["status"]),
            years=_years(_value(facts[iri]["from"]), _value(facts[iri]["to"])),
            countries=", ".join(sorted(_value(facts[iri]["countries"]).split("\t"))),
            links=tuple(
                (verb, tuple(sorted(linked[iri][predicate].values(), key=_by_code)))
                for predicate, verb in _VERBS.items()
                if predicate in linked.get(iri, {})
            ),
            contested=iri in contested,
        )
        for iri, title in titles.items()
    ]


def _patterns(choices: Sequence[Choice], polarity: str) -> str:
    """Graph patterns of the choices; datasets limit both the cases and the links that count."""
    graphs = sorted({choice.iri for choice in choices if choice.dimension == "dataset"})
    found = [
        _pattern(index, choice, polarity, graphs)
        for index, choice in enumerate(choices)
        if choice.dimension != "dataset"
    ]
    if graphs:
        links = "|".join(f"<{predicate}>" for predicate in (*_VERBS, v.USES_TECHNOLOGY))
        found.append(
            f"FILTER EXISTS {{ VALUES ?in {{ {_iris(graphs)} }} "
            "{ GRAPH ?in { ?case a eq:Case } }"
            f" UNION {{ GRAPH ?in {{ ?case {links} ?any }} }}"
            " UNION { GRAPH ?in { ?any rdf:subject ?case } } }"
        )
    return " ".join(found)


def _pattern(index: int, choice: Choice, polarity: str, graphs: Sequence[str]) -> str:
    iri, thing = f"<{choice.iri}>", f"?x{index}"
    matches = "skos:exactMatch|skos:closeMatch|skos:narrowMatch"
    sdg, principle = (_signed(family, polarity) for family in ("sdg", "principle"))
    match choice.dimension:
        case "goal":
            return f"{_linked(index, sdg, graphs)} {thing} skos:broader* {iri} ."
        case "target":
            return f"{_linked(index, sdg, graphs)} FILTER({thing} = {iri})"
        case "principle":
            return f"{_linked(index, principle, graphs)} {thing} ({matches})? {iri} ."
        case "framework-principle":
            # A framework's principle is touched through the pivot principles it amounts to, too.
            return f"{_linked(index, principle, graphs)} {iri} ({matches})? {thing} ."
        case "technology":
            return f"{_linked(index, 'eq:usesTechnology', graphs)} FILTER({thing} = {iri})"
        case "technology-family":
            return f"{_linked(index, 'eq:usesTechnology', graphs)} {thing} skos:broader* {iri} ."
        case "country":
            return f"?case eq:country {iri} ."
        case "region":
            return f"?case eq:country/eq:region/skos:broader* {iri} ."
        case "organisation":
            return f"?case eq:participation/eq:organisation {iri} ."
        case _:
            return f"?case eq:status {iri} ."


def _linked(index: int, predicates: str, graphs: Sequence[str]) -> str:
    triple = f"?case {predicates} ?x{index} ."
    if not graphs:
        return triple
    return f"VALUES ?g{index} {{ {_iris(graphs)} }} GRAPH ?g{index} {{ {triple} }}"


def _signed(family: str, polarity: str) -> str:
    return "|".join(
        f"<{predicates[family]}>"
        for name, predicates in (("positive", _POSITIVE), ("negative", _NEGATIVE))
        if polarity in {name, "both"}
    )


def _iris(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _by_code(thing: Mention) -> tuple[Any, ...]:
    return (*code_order(thing.short), thing.short, thing.id)


def _value(term: Any) -> str:
    return "" if term is None else str(term.value)


def _years(start: str, end: str) -> str:
    if start and end and start != end:
        return f"{start}–{end}"
    return start or end or ""
