"""Reading a graph into a segment: what the engine decodes decides how long it takes.

Scanning costs the engine 0.4 µs per triple, writing a term out 4 µs and more. So a large graph is
read in two ways. Columns with few different objects (links, years, countries, review status) are
read together, one row per subject: the engine gets the objects with a short code each, groups by
subject and writes the subject once with all its codes. Columns with many different objects, and
small ones, are read triple by triple.
"""

from __future__ import annotations

import io
import tempfile
from collections import defaultdict
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.projection.segment import (
    PRESENCE,
    TRIPLES,
    TYPES,
    Segment,
    Source,
    column_widths,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.projection.segment import Codes

_CHUNK: Final = 1 << 22
_LARGE: Final = 20_000
"""Triples of a column from which grouping pays."""
_FEW: Final = 4_000
"""Different objects a grouped column may have."""
_MOST: Final = 2_000_000
"""Cases and link records up to which columns are grouped: each takes the engine 300 bytes."""
_DIGITS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Of the codes of objects: a few bytes each, which the engine keeps without a look-up."""


def graph_names(source: Source, *, remote: bool = False) -> list[str]:
    """IRIs of all graphs, sorted; the empty string stands for the default graph.

    Args:
        source: What is read.
        remote: Whether it is another engine. Some of those show the union of all graphs as their
            default graph, so it is read only where there are no named ones.
    """
    pattern = "?s ?p ?o" if remote else ""
    rows = source.query(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ {pattern} }} }}", union=False)
    names = sorted(str(row[0].value) for row in rows if hasattr(row[0], "value"))
    return names if remote and names else ["", *names]


def read_segment(source: Source, graph: str) -> Segment:
    """Read one graph.

    Cost: in a large graph about 2 µs per link and 4 µs per subject, nearly all of it the engine's.
    """
    return _Reading(source, graph).segment()


class _Reading:
    def __init__(self, source: Source, graph: str) -> None:
        self._source, self._graph = source, graph
        self._codes: defaultdict[bytes, int] = defaultdict(count().__next__)

    def segment(self) -> Segment:
        """All columns."""
        wanted = {name: f"?s <{iri}> ?o" for name, iri in (TRIPLES | PRESENCE).items()}
        wanted |= {name: f"?s a <{iri}>" for name, iri in TYPES.items()}
        columns = self._grouped(wanted)
        with tempfile.TemporaryFile(prefix="kg-") as rows:
            for name, width in column_widths():
                if name not in columns:
                    variables = "?s ?o" if width == 2 else "DISTINCT ?s"
                    solutions = self._ask(f"SELECT {variables}", wanted[name])
                    columns[name] = _coded(solutions, width, self._codes, rows)
        ordered = {name: columns[name] for name, _ in column_widths()}
        return Segment(self._graph, list(self._codes), ordered)

    def _ask(self, select: str, pattern: str, rest: str = "") -> Any:
        scoped = f"GRAPH <{self._graph}> {{ {pattern} }}" if self._graph else pattern
        return self._source.query(f"{select} WHERE {{ {scoped} }} {rest}", union=False)

    def _grouped(self, wanted: dict[str, str]) -> dict[str, tuple[Codes, ...]]:
        """The large columns with few different objects, by one query."""
        pairs: list[tuple[str, str, bytes]] = []
        if not self._groupable(wanted):
            return {}
        for name in (*TRIPLES, *TYPES):
            if not self._is_large(wanted[name]):
                continue
            predicate = TRIPLES.get(name, v.TYPE)
            objects = (
                [f"<{TYPES[name]}>".encode()] if name in TYPES else self._few_objects(wanted[name])
            )
            pairs += [(name, f"<{predicate}>", thing) for thing in objects]
        if not pairs:
            return {}
        width = _code_width(len(pairs))
        values = " ".join(
            f'({predicate} {thing.decode()} "{_code(place, width)}")'
            for place, (_, predicate, thing) in enumerate(pairs)
        )
        solutions = self._source.query(
            'SELECT ?s (GROUP_CONCAT(?code; separator="") AS ?codes) WHERE { '
            f"VALUES (?p ?o ?code) {{ {values} }} "
            + (f"GRAPH <{self._graph}> {{ ?s ?p ?o }}" if self._graph else "?s ?p ?o")
            + " } GROUP BY ?s",
            union=False,
        )
        return self._split(solutions, pairs)

    def _is_large(self, pattern: str) -> bool:
        beyond = self._ask("SELECT ?s", pattern, f"OFFSET {_LARGE} LIMIT 1")
        return next(iter(beyond), None) is not None

    def _groupable(self, wanted: dict[str, str]) -> bool:
        """Whether the engine is known to group well, and its groups fit into memory."""
        subjects = 0
        for name in ("Case", "link-predicate"):
            counted = self._ask("SELECT (COUNT(*) AS ?n)", wanted[name])
            if not hasattr(counted, "serialize"):
                return False
            subjects += int(next(iter(counted))[0].value)
        return _LARGE <= subjects <= _MOST

    def _few_objects(self, pattern: str) -> list[bytes]:
        """The objects as they stand in a query; none where there are too many or blank ones."""
        found = io.BytesIO()
        few = self._ask("SELECT DISTINCT ?o", pattern, f"LIMIT {_FEW + 1}")
        few.serialize(found, format=_tsv())
        objects = found.getvalue().splitlines()[1:]
        blank = any(thing.startswith(b"_:") for thing in objects)
        return [] if blank or len(objects) > _FEW else objects

    def _split(
        self, solutions: Any, pairs: list[tuple[str, str, bytes]]
    ) -> dict[str, tuple[Codes, ...]]:
        """Columns from rows of a subject and its codes."""
        import numpy as np

        names = list(dict.fromkeys(name for name, _, _ in pairs))
        lookup = self._codes.__getitem__
        width = _code_width(len(pairs))
        number = np.zeros(256, dtype=np.int32)
        number[np.frombuffer(_DIGITS, dtype=np.uint8)] = np.arange(len(_DIGITS))
        powers = len(_DIGITS) ** np.arange(width - 1, -1, -1, dtype=np.int32)
        column_of = np.array([names.index(name) for name, _, _ in pairs], dtype=np.int16)
        # A class is not among the terms: its column lists subjects only.
        things = [0 if name in TYPES else lookup(_bare(thing)) for name, _, thing in pairs]
        thing_of = np.array(things, dtype=np.int32)
        parts: list[list[tuple[Codes, ...]]] = [[] for _ in names]
        with tempfile.TemporaryFile(prefix="kg-") as rows:
            for cells in _cells(solutions, 2, rows):
                lengths = np.fromiter(map(len, cells[1::2]), dtype=np.int32)
                subject = np.fromiter(map(lookup, cells[::2]), dtype=np.int32)
                subject = np.repeat(subject, (lengths - 2) // width)
                text = b"".join(cells[1::2]).replace(b'"', b"")
                place = number[np.frombuffer(text, dtype=np.uint8)].reshape(-1, width) @ powers
                column = column_of[place]
                order = np.argsort(column, kind="stable")
                bounds = np.searchsorted(column[order], np.arange(len(names) + 1))
                for position, part in enumerate(parts):
                    mine = order[bounds[position] : bounds[position + 1]]
                    part.append((subject[mine], thing_of[place[mine]]))
        return {
            name: tuple(np.concatenate(some) for some in zip(*part, strict=True))[
                : 1 if name in TYPES else 2
            ]
            for name, part in zip(names, parts, strict=True)
        }


def _code_width(many: int) -> int:
    width = 1
    while len(_DIGITS) ** width < many:
        width += 1
    return width


def _code(place: int, width: int) -> str:
    digits = []
    for _ in range(width):
        place, digit = divmod(place, len(_DIGITS))
        digits.append(chr(_DIGITS[digit]))
    return "".join(reversed(digits))


def _coded(
    solutions: Any, width: int, codes: defaultdict[bytes, int], rows: IO[bytes]
) -> tuple[Codes, ...]:
    import numpy as np

    parts: list[list[Codes]] = [[] for _ in range(width)]
    lookup = codes.__getitem__
    for cells in _cells(solutions, width, rows):
        for position in range(width):
            coded = np.fromiter(map(lookup, cells[position::width]), dtype=np.int32)
            parts[position].append(coded)
    empty = np.empty(0, dtype=np.int32)
    return tuple(np.concatenate(part) if part else empty for part in parts)


def _cells(solutions: Any, width: int, rows: IO[bytes]) -> Iterator[list[bytes]]:
    """The cells of a result, row after row, in pieces of bounded size."""
    if not hasattr(solutions, "serialize"):
        yield from _cells_of_rows(solutions)
        return
    # Written by the engine itself: three times as fast as making Python objects, and a million
    # rows never lie in memory at once.
    rows.seek(0)
    rows.truncate()
    solutions.serialize(rows, format=_tsv())
    rows.seek(0)
    rows.readline()
    while piece := rows.read(_CHUNK):
        piece += rows.readline()
        cells = _bare(piece.replace(b"\n", b"\t")).split(b"\t")
        cells.pop()
        if len(cells) % width:
            raise ValueError("The engine wrote a table with broken rows.")
        yield cells


def _bare(text: bytes) -> bytes:
    """As terms are kept: without the brackets of IRIs."""
    return text.replace(b"<", b"").replace(b">", b"")


def _tsv() -> Any:
    import pyoxigraph as ox

    return ox.QueryResultsFormat.TSV


def _cells_of_rows(solutions: Any) -> Iterator[list[bytes]]:
    cells: list[bytes] = []
    for row in solutions:
        for term in row:
            text = str(term)
            cells.append((text[1:-1] if text.startswith("<") else text).encode())
        if len(cells) > 100_000:
            yield cells
            cells = []
    if cells:
        yield cells
