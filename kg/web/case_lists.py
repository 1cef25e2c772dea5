"""Lists of cases: narrowed by what they link to, a page at a time, with their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.identifiers import listed_iris
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
    patterns = f"{_patterns(snapshot, choices, polarity)} ?case a eq:Case ."
    counted: Any = snapshot.query(f"SELECT (COUNT(DISTINCT ?case) AS ?n) {{ {patterns} }}")
    total = int(next(iter(counted))["n"].value)
    if not total:
        return CaseList(0, ())
    part = f"LIMIT {size} OFFSET {(page - 1) * size}"
    if total > SORTED:
        # Sorting would read every title for each page; the store's own order is steady and free.
        rows: Any = snapshot.query(f"SELECT DISTINCT ?case {{ {patterns} }} {part}")
        titles = labels_of(snapshot, [row["case"].value for row in rows])
    else:
        rows = snapshot.query(
            f"""SELECT ?case (MIN(STR(?t)) AS ?title) {{ {patterns}
            OPTIONAL {{ ?case dcterms:title ?t }} }}
            GROUP BY ?case ORDER BY LCASE(?title) ?case {part}"""
        )
        titles = {row["case"].value: _value(row["title"]) or row["case"].value for row in rows}
    return CaseList(total, tuple(_lines(snapshot, titles)), page)


def _lines(snapshot: Snapshot, titles: dict[str, str]) -> list[CaseLine]:
    values = listed_iris(titles)
    rows: Any = snapshot.query(
        f"""SELECT ?case (SAMPLE(?d) AS ?summary) (SAMPLE(?s) AS ?status) (MIN(?start) AS ?from)
        (MAX(?end) AS ?to) (GROUP_CONCAT(DISTINCT ?c; separator="\t") AS ?countries) {{
        VALUES ?case {{ {values} }}
        OPTIONAL {{ ?case dcterms:description ?d }}
        OPTIONAL {{ ?case eq:status/skos:prefLabel ?s FILTER(LANG(?s) IN ("en", "")) }}
        OPTIONAL {{ ?case eq:startYear ?start }} OPTIONAL {{ ?case eq:endYear ?end }}
        OPTIONAL {{ ?case eq:country/skos:prefLabel ?c FILTER(LANG(?c) IN ("en", "")) }} }}
        GROUP BY ?case"""
    )
    facts = {row["case"].value: row for row in rows}
    linked: dict[str, dict[str, dict[str, Mention]]] = {}
    rows = snapshot.query(
        f"""SELECT DISTINCT ?case ?p ?o ?code ?label {{ VALUES ?case {{ {values} }}
        ?case ?p ?o FILTER(?p IN ({", ".join(f"<{iri}>" for iri in _VERBS)}))
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


def _patterns(snapshot: Snapshot, choices: Sequence[Choice], polarity: str) -> str:
    """Graph patterns of the choices; datasets limit both the cases and the links that count.

    They name what a choice takes in instead of asking for it: the engine would otherwise go
    through all cases first.
    """
    graphs = sorted({choice.iri for choice in choices if choice.dimension == "dataset"})
    found = [
        _pattern(index, choice, polarity, graphs, _members(snapshot, choice))
        for index, choice in enumerate(choices)
        if choice.dimension != "dataset"
    ]
    if graphs:
        links = "|".join(f"<{predicate}>" for predicate in (*_VERBS, v.USES_TECHNOLOGY))
        found.append(
            f"FILTER EXISTS {{ VALUES ?in {{ {listed_iris(graphs)} }} "
            "{ GRAPH ?in { ?case a eq:Case } }"
            f" UNION {{ GRAPH ?in {{ ?case {links} ?any }} }}"
            " UNION { GRAPH ?in { ?any rdf:subject ?case } } }"
        )
    return " ".join(found)


def _members(snapshot: Snapshot, choice: Choice) -> list[str]:
    """What a choice takes in: narrower concepts, the countries of a region, matching principles."""
    iri, matches = f"<{choice.iri}>", "skos:exactMatch|skos:closeMatch|skos:narrowMatch"
    paths = {
        "goal": f"?x skos:broader* {iri}",
        "technology-family": f"?x skos:broader* {iri}",
        "region": f"?x eq:region/skos:broader* {iri}",
        "principle": f"?x ({matches})? {iri}",
        # A framework's principle is touched through the pivot principles it amounts to, too.
        "framework-principle": f"{iri} ({matches})? ?x",
    }
    if choice.dimension not in paths:
        return [choice.iri]
    rows: Any = snapshot.query(f"SELECT DISTINCT ?x {{ {paths[choice.dimension]} }}")
    return sorted({row["x"].value for row in rows})


def _pattern(
    index: int, choice: Choice, polarity: str, graphs: Sequence[str], members: Sequence[str]
) -> str:
    among = f"VALUES ?x{index} {{ {listed_iris(members)} }}"
    match choice.dimension:
        case "goal" | "target":
            return f"{among} {_linked(index, _signed('sdg', polarity), graphs)}"
        case "principle" | "framework-principle":
            return f"{among} {_linked(index, _signed('principle', polarity), graphs)}"
        case "technology" | "technology-family":
            return f"{among} {_linked(index, 'eq:usesTechnology', graphs)}"
        case "country" | "region":
            return f"{among} ?case eq:country ?x{index} ."
        case "organisation":
            return f"{among} ?case eq:participation/eq:organisation ?x{index} ."
        case _:
            return f"{among} ?case eq:status ?x{index} ."


def _linked(index: int, predicates: str, graphs: Sequence[str]) -> str:
    triple = f"?case {predicates} ?x{index} ."
    if not graphs:
        return triple
    return f"VALUES ?g{index} {{ {listed_iris(graphs)} }} GRAPH ?g{index} {{ {triple} }}"


def _signed(family: str, polarity: str) -> str:
    return "|".join(
        f"<{predicates[family]}>"
        for name, predicates in (("positive", _POSITIVE), ("negative", _NEGATIVE))
        if polarity in {name, "both"}
    )


def _by_code(thing: Mention) -> tuple[Any, ...]:
    return (*code_order(thing.short), thing.short, thing.id)


def _value(term: Any) -> str:
    return "" if term is None else str(term.value)


def _years(start: str, end: str) -> str:
    if start and end and start != end:
        return f"{start}–{end}"
    return start or end or ""
