"""Tables of a framework page and of a principle page: what maps to what, and how closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.model import Node
from kg.web.tallies import NOTHING, Tally, tallies

if TYPE_CHECKING:
    from kg.store import GraphStore, Snapshot

WORDS: Final = {
    v.EXACT_MATCH: "same as",
    v.CLOSE_MATCH: "close to",
    v.NARROW_MATCH: "wider than",
    v.BROAD_MATCH: "part of",
    v.RELATED_MATCH: "related to",
}
"""How a framework's principle stands to the pivot principle it is mapped to."""
_ENGLISH: Final = 'FILTER(LANG(?{0}) IN ("en", ""))'


@dataclass(frozen=True, slots=True)
class Row:
    """One principle of a framework: its place, what it asks, its mappings, its cases."""

    principle: Node
    definition: str
    parent: str
    mappings: tuple[tuple[str, Node], ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Match:
    """A framework's principle that is mapped to a pivot principle."""

    word: str
    principle: Node
    framework: Node
    year: str


def principles_of(store: GraphStore, snapshot: Snapshot, framework: str) -> list[Row]:
    """A framework's principles, sub-attributes behind the principle they belong to."""
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?x ?label ?definition ?parent ?how ?pivot ?name {{
        <{framework}> eq:includesPrinciple ?x
        OPTIONAL {{ ?x skos:prefLabel ?label {_ENGLISH.format("label")} }}
        OPTIONAL {{ ?x skos:definition ?definition {_ENGLISH.format("definition")} }}
        OPTIONAL {{ ?x skos:broader ?parent . <{framework}> eq:includesPrinciple ?parent }}
        OPTIONAL {{ VALUES ?how {{ {" ".join(f"<{iri}>" for iri in WORDS)} }} ?x ?how ?pivot .
          ?pivot skos:prefLabel ?name {_ENGLISH.format("name")} }} }} ORDER BY ?label ?x ?name"""
    )
    counts = tallies(store, "framework-principle") | tallies(store, "principle")
    items: dict[str, dict[str, Any]] = {}
    for row in rows:
        iri = row["x"].value
        item = items.setdefault(iri, {"label": iri, "definition": "", "parent": "", "mappings": {}})
        for name in ("label", "definition", "parent"):
            if row[name] is not None:
                item[name] = row[name].value
        if row["pivot"] is not None:
            item["mappings"][row["how"].value, row["pivot"].value] = row["name"].value
    strength = list(WORDS)
    listed = [
        Row(
            Node(iri, item["label"]),
            item["definition"],
            item["parent"],
            tuple(
                (WORDS[how], Node(pivot, name))
                for (how, pivot), name in sorted(
                    item["mappings"].items(), key=lambda pair: (strength.index(pair[0][0]), pair[1])
                )
            ),
            counts.get(iri, NOTHING),
        )
        for iri, item in items.items()
    ]
    inner: dict[str, list[Row]] = {}
    for line in listed:
        inner.setdefault(line.parent, []).append(line)
    ordered = []
    for top in inner.get("", []):
        ordered += [top, *inner.get(top.principle.id, [])]
    return ordered + [line for line in listed if line not in ordered]


def pivot_principles_missing(snapshot: Snapshot, framework: str) -> list[Node]:
    """Pivot principles to which no principle of the framework amounts."""
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?x ?label {{ ?x skos:inScheme <{v.PIVOT_FRAMEWORK}> ; a eq:Principle ;
        skos:prefLabel ?label {_ENGLISH.format("label")} FILTER NOT EXISTS {{
        <{framework}> eq:includesPrinciple/(skos:exactMatch|skos:closeMatch|skos:narrowMatch)? ?x
        }} }} ORDER BY ?label"""
    )
    return [Node(row["x"].value, row["label"].value) for row in rows]


def matches_of(snapshot: Snapshot, principle: str) -> list[Match]:
    """Principles of frameworks mapped to a pivot principle, the closest first."""
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?how ?x ?label ?framework ?title ?year {{
        VALUES ?how {{ {" ".join(f"<{iri}>" for iri in WORDS)} }} ?x ?how <{principle}> ;
        skos:prefLabel ?label {_ENGLISH.format("label")}
        ?framework eq:includesPrinciple ?x ; skos:prefLabel ?title {_ENGLISH.format("title")}
        OPTIONAL {{ ?framework eq:year ?year }} }} ORDER BY ?year ?title ?label"""
    )
    found = [
        (
            list(WORDS).index(row["how"].value),
            Match(
                WORDS[row["how"].value],
                Node(row["x"].value, row["label"].value),
                Node(row["framework"].value, row["title"].value),
                row["year"].value if row["year"] else "",
            ),
        )
        for row in rows
    ]
    return [match for _, match in sorted(found, key=lambda pair: pair[0])]
