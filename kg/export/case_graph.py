"""The graph of cases: each with all it touches, one edge per statement.

Nodes are cases, goals, targets, principles, technologies, organisations and countries.

Edges are read from the integer tables of the projection and made one at a time, so a million of
them never lie in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg import vocabulary as v
from kg.export.descriptions import Descriptions
from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph
from kg.export.palette import EDGE_COLORS, goal_colors, node_color, node_size
from kg.identifiers import dataset_name, link_iri, listed_iris
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Projection
    from kg.store import Snapshot

_RELATIONS: Final = {
    ("sdg", 1): (v.SUPPORTS, "supports"),
    ("sdg", -1): (v.UNDERMINES, "undermines"),
    ("principle", 1): (v.UPHOLDS, "upholds"),
    ("principle", -1): (v.VIOLATES, "violates"),
    ("technology", 1): (v.USES_TECHNOLOGY, "uses technology"),
}
_REVIEW: Final = ("accepted", "proposed", "rejected")
_DIRECTNESS: Final = ("", "direct", "indirect")
_EVIDENCE: Final = ("", "confirmed", "self-reported", "alleged", "unverified")
_MANY_CASES: Final = 2_000
_OWN: Final = "framework-principle"
_CONCEPTS: Final = ("goal", "target", "principle", "technology")


@dataclass(frozen=True)
class _Statements:
    """Rows of one link table that the limits leave."""

    table: str
    rows: NDArray[Any]


def case_graph(
    projection: Projection,
    snapshot: Snapshot,
    *,
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    polarity: Polarity = "both",
    texts: bool = False,
    frameworks: bool = False,
) -> PropertyGraph:
    """The graph of cases under some limits.

    Args:
        projection: Of the revision.
        snapshot: The same revision, asked for labels.
        filters: Limits on cases and links.
        links: Accepted ones, or proposed ones too.
        polarity: Keep positive or negative links only (technologies stay either way).
        texts: Carry summaries, definitions and rationales as well.
        frameworks: Also frameworks with their principles and the mappings of these.

    Returns:
        Every case that the limits leave; every goal, target, pivot principle and technology,
        linked or not, since those without an edge are the gaps; and what cases are linked to.

    Cost: about 1 s per 100,000 cases before the first edge, then 5 µs per edge.
    """
    reading = _Reading(projection, snapshot, filters, links, polarity, texts=texts)
    if frameworks:
        reading.add_frameworks()
    reading.count()
    limited = "" if filters.is_empty else f", limited to {filters}"
    return PropertyGraph(
        "cases",
        f"Cases of AI use and what they touch, revision {snapshot.revision.id}{limited}.",
        reading.nodes,
        reading.edges,
        len(reading.kinds),
        reading.edge_count,
        title="Cases of AI use and what they touch",
    )


class _Reading:
    def __init__(
        self,
        projection: Projection,
        snapshot: Snapshot,
        filters: Filters,
        links: Links,
        polarity: Polarity,
        *,
        texts: bool,
    ) -> None:
        self._projection, self._snapshot, self._texts = projection, snapshot, texts
        tables = projection.tables
        self._array = tables.array
        self._cases = self._array("case.units")
        mask = projection.mask("case", filters)
        self._kept = np.ones(len(self._cases), dtype=np.bool_) if mask is None else mask
        self._graphs: list[str] = tables.document("graphs")
        self._statements = [
            _Statements(table, self._rows(table, filters, links, polarity))
            for table in ("sdg", "principle", "technology")
        ]
        self._terms: dict[int, str] = {}
        self.kinds: dict[str, str] = {}
        self.edge_count = 0
        self._degrees: dict[str, int] = {}
        self._walk: list[tuple[str, str, str]] = []

    def add_frameworks(self) -> None:
        """Take in frameworks, their principles, and what these map to."""
        walk = self._projection.crosswalk()
        for entry in walk["frameworks"]:
            if not entry["pivot"]:
                self._walk += [(entry["id"], one, "includes") for one in entry["principles"]]
        self._walk += [(one, two, f"{match} match") for one, two, match in walk["mappings"]]

    def _rows(
        self, table: str, filters: Filters, links: Links, polarity: Polarity
    ) -> NDArray[Any]:
        keep = self._kept[self._array(f"case.{table}.unit")]
        if links == "accepted":
            keep &= self._array(f"case.{table}.review") == 0
        if polarity != "both" and table != "technology":
            keep &= self._array(f"case.{table}.sign") == (1 if polarity == "positive" else -1)
        if filters.datasets:
            codes = [code for code, graph in enumerate(self._graphs) if graph in filters.datasets]
            keep &= np.isin(self._array(f"case.{table}.graph"), codes)
        return np.flatnonzero(keep)

    def _term(self, code: int) -> str:
        found = self._terms.get(code)
        if found is None:
            found = self._terms[code] = self._projection.term(code)
        return found

    def count(self) -> None:
        """Go over the integers once: which nodes there are, and how many edges at each."""
        degrees: dict[int, int] = {}
        self.kinds = {
            self._term(code): "case" for code in self._cases[self._kept].tolist()
        }
        for dimension in _CONCEPTS:
            for member in self._projection.members(dimension):
                self.kinds.setdefault(member.id, dimension)
        for statements in self._statements:
            table = statements.table
            self._tally(self._cases[self._array(f"case.{table}.unit")[statements.rows]], degrees)
            objects = self._array(f"case.{table}.object")[statements.rows]
            self._tally(objects, degrees)
            kind = _OWN if table == "principle" else table
            self._name(objects, kind)
            self.edge_count += len(statements.rows)
        for table in ("organisation", "country"):
            units, objects = self._attribute(table)
            self._tally(self._cases[units], degrees)
            self._tally(objects, degrees)
            self._name(objects, table)
            self.edge_count += len(objects)
        for source, target, label in self._walk:
            self.kinds.setdefault(source, "framework" if label == "includes" else _OWN)
            self.kinds.setdefault(target, _OWN)
        self._degrees = {self._term(code): count for code, count in degrees.items()}
        for source, target, _ in self._between_concepts():
            self.edge_count += 1
            for end in (source, target):
                self._degrees[end] = self._degrees.get(end, 0) + 1

    def _tally(self, codes: NDArray[Any], degrees: dict[int, int]) -> None:
        found, counts = np.unique(codes, return_counts=True)
        for code, count in zip(found.tolist(), counts.tolist(), strict=True):
            degrees[code] = degrees.get(code, 0) + count

    def _name(self, codes: NDArray[Any], kind: str) -> None:
        for code in np.unique(codes).tolist():
            self.kinds.setdefault(self._term(code), kind)

    def _attribute(self, table: str) -> tuple[NDArray[Any], NDArray[Any]]:
        units = self._array(f"case.{table}.unit")
        keep = self._kept[units]
        return units[keep], self._array(f"case.{table}.object")[keep]

    def _between_concepts(self) -> Iterator[tuple[str, str, str]]:
        for name, label in (("broader", "part of"), ("relates", "relates to goal")):
            pairs = zip(
                self._array(f"edges.{name}.from").tolist(),
                self._array(f"edges.{name}.to").tolist(),
                strict=True,
            )
            for source, target in pairs:
                ends = self._term(source), self._term(target)
                if all(end in self.kinds for end in ends):
                    yield (*ends, label)
        yield from self._walk

    def nodes(self) -> Iterator[GraphNode]:
        """Cases in the order of their IRIs, then concepts, organisations and countries."""
        goals = goal_colors(self._snapshot)
        known = Descriptions(self._snapshot, texts=self._texts)
        if int(self._kept.sum()) > _MANY_CASES:
            known.keep()
        years = self._first("year")
        states = self._first("status")
        batch: list[tuple[str, str]] = []
        make = partial(self._nodes, goals=goals, known=known, years=years, states=states)
        for item in self.kinds.items():
            batch.append(item)
            if len(batch) == 20_000:
                yield from make(batch)
                batch = []
        yield from make(batch)

    def _nodes(
        self,
        batch: list[tuple[str, str]],
        *,
        goals: dict[str, str],
        known: Descriptions,
        years: dict[str, str],
        states: dict[str, str],
    ) -> Iterator[GraphNode]:
        known.read(iri for iri, _ in batch)
        for iri, kind in batch:
            degree = self._degrees.get(iri, 0)
            attributes: dict[str, str | float | int] = {
                "label": known.label(iri),
                "kind": kind,
                "color": node_color(iri, kind, goals),
                "size": node_size(degree),
                "degree": degree,
            }
            if code := known.notation(iri):
                attributes["code"] = code
            if (year := years.get(iri, ""))[:4].isdigit():
                attributes["year"] = int(year[:4])
            if state := states.get(iri):
                attributes["status"] = state.rsplit("/", 1)[-1]
            if text := known.text(iri):
                attributes["description"] = text
            yield GraphNode(iri, attributes)

    def _first(self, table: str) -> dict[str, str]:
        units, objects = self._attribute(table)
        found: dict[str, str] = {}
        for unit, value in zip(units.tolist(), objects.tolist(), strict=True):
            text = self._term(value)
            found.setdefault(
                self._term(int(self._cases[unit])), text.lstrip('"') if table == "year" else text
            )
        return found

    def edges(self) -> Iterator[GraphEdge]:
        """Links, then organisations and countries of cases, then edges between concepts."""
        for statements in self._statements:
            yield from self._links(statements)
        for table, label in (("organisation", "involves"), ("country", "takes place in")):
            units, objects = self._attribute(table)
            for unit, value in zip(units.tolist(), objects.tolist(), strict=True):
                case, other = self._term(int(self._cases[unit])), self._term(value)
                yield _plain_edge(case, other, label)
        for source, target, label in self._between_concepts():
            yield _plain_edge(source, target, label)

    def _links(self, statements: _Statements) -> Iterator[GraphEdge]:
        table, rows = statements.table, statements.rows
        names = ("unit", "object", "sign", "graph", "record", "review", "directness",
                 "confidence", "evidence")
        for start in range(0, len(rows), 50_000):
            chunk = rows[start : start + 50_000]
            columns = [self._array(f"case.{table}.{name}")[chunk].tolist() for name in names]
            records = [self._projection.term(code) if code >= 0 else "" for code in columns[4]]
            reasons = self._reasons(records) if self._texts else {}
            for record, (unit, other, sign, graph, _, review, direct, sure, evidence) in zip(
                records, zip(*columns, strict=True), strict=True
            ):
                predicate, label = _RELATIONS[table, 1 if table == "technology" else sign]
                case, end = self._term(int(self._cases[unit])), self._term(other)
                polarity = _polarity(table, sign)
                attributes: dict[str, str | float | int] = {
                    "label": label,
                    "kind": predicate.removeprefix(v.EQ),
                    "polarity": polarity,
                    "weight": 1.0 if sure != sure else round(sure, 4),  # noqa: PLR0124
                    "color": EDGE_COLORS[polarity],
                    "review": _REVIEW[review],
                    "dataset": dataset_name(self._graphs[graph]),
                }
                if direct:
                    attributes["directness"] = _DIRECTNESS[direct]
                if evidence:
                    attributes["evidence"] = _EVIDENCE[evidence]
                if reason := reasons.get(record):
                    attributes["rationale"] = reason
                identity = record or link_iri(case, predicate, end, self._graphs[graph])
                yield GraphEdge(identity, case, end, attributes)

    def _reasons(self, records: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        wanted = [record for record in records if record]
        for start in range(0, len(wanted), 500):
            values = listed_iris(wanted[start : start + 500])
            query = f"SELECT ?x ?o {{ VALUES ?x {{ {values} }} ?x <{v.RATIONALE}> ?o }}"
            results: Any = self._snapshot.query(query)
            for record, reason in results:
                found.setdefault(record.value, reason.value)
        return found


def _polarity(table: str, sign: int) -> str:
    if table == "technology":
        return "neutral"
    return "positive" if sign > 0 else "negative"


def _plain_edge(source: str, target: str, label: str) -> GraphEdge:
    attributes: dict[str, str | float | int] = {
        "label": label,
        "kind": label.replace(" ", "-"),
        "polarity": "neutral",
        "weight": 1.0,
        "color": EDGE_COLORS["neutral"],
    }
    return GraphEdge(link_iri(source, label, target, ""), source, target, attributes)
