"""Statement tables: every link and attribute of every unit, as integer arrays.

Built once per revision from the segments of all graphs. The codes of units follow the sorted
order of their IRIs, so the same content gives the same tables in whatever order it was imported.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from kg import vocabulary as v
from kg.projection.incidence import contained, distinct
from kg.projection.segment import Segment, column_widths, literal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kg.projection.segment import Codes

    Ints: TypeAlias = NDArray[np.int64]

DIRECTNESS_CODES: Final = {v.DIRECT: 1, v.INDIRECT: 2}
REVIEW_CODES: Final = {v.ACCEPTED: 0, v.PROPOSED: 1, v.REJECTED: 2}
EVIDENCE_CODES: Final = {v.CONFIRMED: 1, v.SELF_REPORTED: 2, v.ALLEGED: 3, v.UNVERIFIED: 4}
LINK_TABLES: Final = {
    "sdg": (("supports", 1), ("undermines", -1)),
    "principle": (("upholds", 1), ("violates", -1)),
    "technology": (("uses-technology", 1),),
}
_PREDICATES: Final = {
    "supports": v.SUPPORTS,
    "undermines": v.UNDERMINES,
    "upholds": v.UPHOLDS,
    "violates": v.VIOLATES,
    "uses-technology": v.USES_TECHNOLOGY,
}


@dataclass(frozen=True)
class Pool:
    """All segments under one table of terms.

    Attributes:
        terms: Every term once.
        graphs: Graph IRIs in the order of their codes.
        columns: Per column the graph, subject and (where it has one) object codes.
        codes: The code of every term.
    """

    terms: list[bytes]
    graphs: list[str]
    columns: dict[str, tuple[Codes, ...]]
    codes: Mapping[bytes, int]

    def code(self, iri: str) -> int:
        """Code of an IRI, or −1."""
        return self.codes.get(iri.encode(), -1)

    def text(self, code: int) -> str:
        """The term behind a code."""
        return self.terms[code].decode()

    def column(self, name: str) -> tuple[Ints, ...]:
        """A column in codes wide enough to be multiplied; the narrow ones are what is kept."""
        return tuple(part.astype(np.int64) for part in self.columns[name])

    def pairs(self, name: str) -> tuple[Ints, Ints]:
        """Subjects and objects of a column, whatever the graph."""
        _, subjects, objects = self.column(name)
        return subjects, objects

    def members(self, name: str) -> set[int]:
        """Subjects of a class column."""
        return set(distinct(self.columns[name][1]).tolist())


def pool(segments: Sequence[Segment]) -> Pool:
    """Bring segments under one table of terms.

    Cost: one dictionary access per term of every segment (0.3 µs each).
    """
    index: defaultdict[bytes, int] = defaultdict(count().__next__)
    parts: dict[str, list[tuple[Codes, ...]]] = {name: [] for name, _ in column_widths()}
    for position, segment in enumerate(segments):
        many = len(segment.terms)
        mapping = np.fromiter(map(index.__getitem__, segment.terms), dtype=np.int32, count=many)
        for name, _ in column_widths():
            coded = [mapping[part] for part in segment.columns[name]]
            graph = np.full(len(coded[0]), position, dtype=np.int32)
            parts[name].append((graph, *coded))
    columns = {
        name: tuple(
            np.concatenate([part[place] for part in parts[name]])
            if parts[name]
            else np.empty(0, dtype=np.int32)
            for place in range(width + 1)
        )
        for name, width in column_widths()
    }
    return Pool(list(index), [segment.graph for segment in segments], columns, index)


def join(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Positions of all equal pairs, ordered by the left position.

    Example:
        >>> [part.tolist() for part in join(np.array([5, 7]), np.array([7, 5, 5]))]
        [[0, 0, 1], [1, 2, 0]]
    """
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    first = np.searchsorted(ordered, left, side="left")
    count = np.searchsorted(ordered, left, side="right") - first
    lefts = np.repeat(np.arange(len(left)), count)
    offsets = np.arange(len(lefts)) - np.repeat(np.cumsum(count) - count, count)
    return lefts, order[np.repeat(first, count) + offsets]


def units_of(pool: Pool, column: str, leave_out: Iterable[int] = ()) -> Ints:
    """Codes of the members of a class, in the sorted order of their IRIs."""
    codes = pool.members(column) - set(leave_out)
    return np.array(sorted(codes, key=pool.terms.__getitem__), dtype=np.int64)


def positions(pool: Pool, units: Ints) -> Ints:
    """Unit number per term, −1 for terms that are no units."""
    found = np.full(len(pool.terms), -1, dtype=np.int64)
    found[units] = np.arange(len(units))
    return found


def link_tables(pool: Pool, unit_of: Ints) -> dict[str, NDArray[Any]]:
    """Link statements of cases with what is known about each.

    Returns:
        Arrays ``<table>.<column>`` for the tables sdg, principle and technology. Columns: unit,
        object (term code), sign, graph, record (term code of the link record or −1), review,
        directness, confidence (NaN when unstated), evidence, sources, independent, disputed.
        Rows are sorted by unit, then object.
    """
    records = _Records(pool)
    out: dict[str, NDArray[Any]] = {}
    for table, layers in LINK_TABLES.items():
        pieces = [_layer(pool, unit_of, name, sign, records) for name, sign in layers]
        merged = {key: np.concatenate([piece[key] for piece in pieces]) for key in pieces[0]}
        key = (merged["unit"].astype(np.int64) * len(pool.terms) + merged["object"]) * len(
            pool.graphs
        ) + merged["graph"]
        order = np.argsort(key, kind="stable")
        for key, values in merged.items():
            out[f"{table}.{key}"] = values[order]
    return out


def _layer(
    pool: Pool, unit_of: Ints, name: str, sign: int, records: _Records
) -> dict[str, NDArray[Any]]:
    graph, subject, target = pool.column(name)
    keep = unit_of[subject] >= 0
    graph, subject, target = graph[keep], subject[keep], target[keep]
    predicate = pool.code(_PREDICATES[name])
    record = records.find(graph, subject, predicate, target)
    proposed = records.proposed(predicate, unit_of)
    taken = records.find_plain(proposed, graph, subject, target)
    proposed = proposed[~taken]
    every = np.concatenate([record, proposed])
    review = np.concatenate(
        [np.zeros(len(record), np.int8), np.full(len(proposed), REVIEW_CODES[v.PROPOSED], np.int8)]
    )
    return {
        "unit": unit_of[np.concatenate([subject, records.subject[proposed]])].astype(np.int32),
        "object": np.concatenate([target, records.object[proposed]]).astype(np.int32),
        "sign": np.full(len(every), sign, np.int8),
        "graph": np.concatenate([graph, records.graph[proposed]]).astype(np.int32),
        "review": review,
        **records.attributes(every),
    }


class _Records:
    """All link records, with their attributes worked out once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._size = max(len(pool.terms), 1)
        graph, link, self.subject = pool.column("link-subject")
        self.graph, self.link = graph, link
        key = graph * self._size + link
        self._key = key
        predicate = self._other("link-predicate")
        target = self._other("link-object")
        whole = (predicate >= 0) & (target >= 0)
        self.graph, self.link, self.subject = graph[whole], link[whole], self.subject[whole]
        self._key, self.predicate, self.object = key[whole], predicate[whole], target[whole]
        # Sorted by link IRI, so the first of two records of one statement is always the same.
        names = distinct(self.link)
        rank = {
            code: place
            for place, code in enumerate(sorted(names.tolist(), key=pool.terms.__getitem__))
        }
        order = np.argsort(
            np.fromiter((rank[code] for code in self.link.tolist()), np.int64, len(self.link)),
            kind="stable",
        )
        for name in ("graph", "link", "subject", "_key", "predicate", "object"):
            setattr(self, name, getattr(self, name)[order])
        self.review = self._coded("review-status", REVIEW_CODES)
        self._columns = self._describe()

    def _other(self, column: str) -> Ints:
        """For every record the (first) object it has in a column of the same graph, or −1."""
        graph, link, target = self._pool.column(column)
        key = graph * self._size + link
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        place = np.searchsorted(ordered, self._key)
        place = np.minimum(place, max(len(ordered) - 1, 0))
        found = np.full(len(self._key), -1, dtype=np.int64)
        if len(ordered):
            hit = ordered[place] == self._key
            found[hit] = target[order[place[hit]]]
        return found

    def _coded(self, column: str, codes: dict[str, int]) -> NDArray[np.int8]:
        table = np.zeros(self._size + 1, dtype=np.int8)
        for iri, code in codes.items():
            if (term := self._pool.code(iri)) >= 0:
                table[term] = code
        return table[self._other(column)]

    def _describe(self) -> dict[str, NDArray[Any]]:
        pool = self._pool
        confidence = np.full(len(self.link), np.nan, dtype=np.float32)
        stated = self._other("confidence")
        for place in np.flatnonzero(stated >= 0).tolist():
            text = literal_text(pool.terms[stated[place]])
            try:
                confidence[place] = float(text)
            except ValueError:
                continue
        sources, independent = self._sources()
        return {
            "record": self.link.astype(np.int32),
            "directness": self._coded("directness", DIRECTNESS_CODES),
            "confidence": confidence,
            "evidence": self._coded("evidence-status", EVIDENCE_CODES),
            "sources": sources,
            "independent": independent,
            "disputed": self._other("disputed-by") >= 0,
        }

    def _sources(self) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        """Number of sources per record, and whether one's publisher stands outside the case."""
        pool = self._pool
        graph, link, source = pool.column("source")
        mine, place = join(self._key, graph * self._size + link)
        source = source[place]
        count = np.bincount(mine, minlength=len(self.link))
        described, publisher = pool.pairs("publisher")
        hit, where = join(source, described)
        case = self.subject[mine[hit]]
        body = publisher[where]
        inside = contained(case * self._size + body, self._participants())
        independent = np.zeros(len(self.link), dtype=np.bool_)
        independent[mine[hit[~inside]]] = True
        return np.minimum(count, 32_000).astype(np.int16), independent

    def _participants(self) -> Ints:
        case, body = participants(self._pool)
        return case * self._size + body

    def find(self, graph: Ints, subject: Ints, predicate: int, target: Ints) -> Ints:
        """For every plain triple its record's position, or −1."""
        mine = np.flatnonzero(self.predicate == predicate)
        # Accepted records first: a statement may have a rejected proposal beside them.
        mine = mine[np.argsort(self.review[mine], kind="stable")]
        key = self._statement(self.graph[mine], self.subject[mine], self.object[mine])
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        wanted = self._statement(graph, subject, target)
        found = np.full(len(wanted), -1, dtype=np.int64)
        if len(ordered):
            place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
            hit = ordered[place] == wanted
            found[hit] = mine[order[place[hit]]]
        return found

    def proposed(self, predicate: int, unit_of: Ints) -> Ints:
        """Positions of proposed records about units."""
        return np.flatnonzero(
            (self.predicate == predicate)
            & (self.review == REVIEW_CODES[v.PROPOSED])
            & (unit_of[self.subject] >= 0)
        )

    def find_plain(self, records: Ints, graph: Ints, subject: Ints, target: Ints) -> NDArray[Any]:
        """Which of these records already stand as plain triples."""
        plain = self._statement(graph, subject, target)
        mine = self._statement(self.graph[records], self.subject[records], self.object[records])
        return contained(mine, plain)

    def _statement(self, graph: Ints, subject: Ints, target: Ints) -> Ints:
        return (graph * self._size + subject) * self._size + target

    def attributes(self, records: Ints) -> dict[str, NDArray[Any]]:
        """What is known about statements, given their records' positions (−1: no record)."""
        missing: dict[str, Any] = {"record": -1, "confidence": np.nan}
        out: dict[str, NDArray[Any]] = {}
        for name, values in self._columns.items():
            padded = np.append(values, np.array([missing.get(name, 0)], dtype=values.dtype))
            out[name] = padded[records]
        return out


def participants(pool: Pool) -> tuple[Ints, Ints]:
    """Cases and the organisations that take part in them (codes; repeated per role)."""
    case, node = pool.pairs("participation")
    named, body = pool.pairs("organisation")
    left, right = join(node, named)
    return case[left], body[right]
