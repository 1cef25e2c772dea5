"""Finding the header of a table among the first rows, and which table it belongs to."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final, TypeAlias

from kg.errors import InputError
from kg.ingest.cells import text_of
from kg.ingest.columns import TABLES, Table, folded, table_named
from kg.ingest.findings import Finding, Findings

RawRows: TypeAlias = Iterator[tuple[int, list[Any]]]
"""Row numbers and cells, as a reader gives them."""
_SEARCHED: Final = 25
REJECTED: Final = ("problem", "row")
"""Columns that are added to rows left out; in the corrected file they are not read."""


class OpenTable:
    """A table found in a file: which it is, where its header stands, its rows.

    Args:
        file: Name of the file.
        sheet: Name of the sheet, for workbooks.
        table: Which table.
        header: Row number of the header.
        names: Column name per position; ``None`` for columns that are not read.
        headings: The header's cells as written.
        rows: The rows below the header.
    """

    def __init__(
        self,
        file: str,
        sheet: str,
        table: Table,
        header: int,
        names: list[str | None],
        headings: list[str],
        rows: RawRows,
    ) -> None:
        self.file, self.sheet, self.table = file, sheet, table
        self.header, self.names, self.headings, self.rows = header, names, headings, rows

    @property
    def place(self) -> str:
        """File, and sheet where there is one."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


def with_header(
    file: str, sheet: str, rows: RawRows, table: str, findings: Findings
) -> OpenTable:
    """Find the header among the first rows, and which table it belongs to.

    Raises:
        InputError: No row looks like a header of ours.
    """
    place = f"{file} [{sheet}]" if sheet else file
    first = list(islice(rows, _SEARCHED))
    tables = [table_named(table)] if table else list(TABLES.values())
    scores = [
        (_score(raw, item), -position, item)
        for position, (_, raw) in enumerate(first)
        for item in tables
    ]
    best = max(scores, key=lambda item: (item[0], item[1]), default=None)
    if best is None or best[0] < (1 if table else 2):
        raise _no_header(place, first, tables)
    position, chosen = -best[1], best[2]
    number = first[position][0]
    headings, end = _two_rows(first, position, chosen)
    while headings and not headings[-1]:
        headings.pop()
    names = _names(place, number, headings, chosen, findings)
    missing = [
        column.name for column in chosen.columns if column.required and column.name not in names
    ]
    if missing and not (chosen.name != "links" and "id" in names and not table and len(names) < 2):
        known = {folded(heading): heading for heading in headings}
        hints = [
            f"is {known[close[0]]!r} meant for {name!r}?"
            for name in missing
            if (close := difflib.get_close_matches(name, known, n=1, cutoff=0.5))
        ]
        raise InputError(
            f"the table of {chosen.name} needs the column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}; there are {', '.join(headings)}"
            + (f" ({'; '.join(hints)})" if hints else ""),
            file=place,
            row=number,
        )
    return OpenTable(
        file, sheet, chosen, first[end][0], names, headings, chain(first[end + 1 :], rows)
    )


def _two_rows(
    first: list[tuple[int, list[Any]]], position: int, table: Table
) -> tuple[list[str], int]:
    """The headings of a header that takes one row or two, and where it ends.

    In a header of two rows some headings stand in the upper row (over both, when merged) and the
    others in the lower one, below the name of a group.
    """
    headings = [text_of(cell) for cell in first[position][1]]
    known = table.headings()
    for other in (position + 1, position - 1):
        if not 0 <= other < len(first):
            continue
        cells = [text_of(cell) for cell in first[other][1]]
        named = {index for index, cell in enumerate(cells) if folded(cell) in known}
        said = {index for index, cell in enumerate(cells) if cell}
        taken = {index for index, cell in enumerate(headings) if folded(cell) in known}
        meant = {known[folded(headings[index])] for index in taken}
        fits = (
            named == said  # below: nothing but headings, so that no data are taken for them
            if other > position
            else not any(headings[index : index + 1] != [""] for index in named)
        )
        if (
            named
            and fits
            and not named & taken
            and not meant & {known[folded(cells[index])] for index in named}
        ):
            width = max(len(headings), len(cells))
            headings += [""] * (width - len(headings))
            for index in named:
                headings[index] = cells[index]
            return headings, max(position, other)
    return headings, position


def _score(raw: list[Any], table: Table) -> float:
    """How many cells of a row are headings of a table; names count more than aliases."""
    known = table.headings()
    required = {column.name for column in table.columns if column.required}
    found: dict[str, float] = {}
    for cell in raw:
        heading = folded(cell) if isinstance(cell, str) else ""
        if heading in known:
            name = known[heading]
            weight = 1.0 if heading == name else 0.8
            found[name] = max(found.get(name, 0.0), weight)
    filled = sum(1 for cell in raw if cell not in (None, ""))
    if len(found) * 4 < filled and not (len(found) > 4 and required <= found.keys()):
        return 0.0  # a row of data in which a word or two happens to be a heading
    return sum(found.values()) + (0.5 if required <= found.keys() else 0.0)


def _names(
    place: str, number: int, headings: list[str], table: Table, findings: Findings
) -> list[str | None]:
    known = table.headings()
    names: list[str | None] = [known.get(folded(heading)) for heading in headings]
    exact = {name: index for index, name in enumerate(names) if name == folded(headings[index])}
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name is None:
            continue
        if name in exact and exact[name] != index and folded(headings[index]) != name:
            names[index] = None  # an alias beside the name itself: the name goes first
            _unread(place, number, headings[index], f"{headings[exact[name]]!r} is read", findings)
        elif name in seen and folded(headings[index]) != folded(headings[seen[name]]) and (
            table.column(name).type == "text" and not table.column(name).required
        ):
            names[index] = None
            _unread(place, number, headings[index], f"{headings[seen[name]]!r} is read", findings)
        elif name in seen:
            raise InputError(
                f"two columns mean {name}: {headings[seen[name]]!r} and {headings[index]!r}",
                file=place, row=number,
            )
        else:
            seen[name] = index
    free = [column.name for column in table.columns if column.name not in seen]
    ours = REJECTED if tuple(map(folded, headings[-len(REJECTED) :])) == REJECTED else ()
    for heading, name in zip(headings, names, strict=True):
        if name is None and heading and folded(heading) not in (*known, *ours):
            close = difflib.get_close_matches(folded(heading), free, n=1, cutoff=0.8)
            if close and _is_more_than(folded(heading), close[0]):
                _unread(place, number, heading, f"is {close[0]!r} meant?", findings)
            elif close:
                findings.add(
                    Finding(f"unknown column {heading!r}", file=place, row=number,
                            column=heading, suggestion=f"did you mean {close[0]!r}?")
                )
            else:
                _unread(place, number, heading, "", findings)
    return names


def _is_more_than(heading: str, name: str) -> bool:
    """Whether a heading is a column's name with something added, as in ``summary_en``."""
    words = {word.rstrip("0123456789").rstrip("s") for word in heading.split("_")}
    return all(word.rstrip("s") in words for word in name.split("_"))


def _unread(place: str, number: int, heading: str, why: str, findings: Findings) -> None:
    findings.add(
        Finding(f"column {heading!r} is not read", "warning", file=place, row=number,
                column=heading, suggestion=why)
    )


def _no_header(place: str, first: list[tuple[int, list[Any]]], tables: list[Table]) -> InputError:
    shown = next(
        ([text_of(cell) for cell in raw if text_of(cell)] for _, raw in first
         if any(text_of(cell) for cell in raw)),
        [],
    )
    number = next((number for number, raw in first if any(text_of(cell) for cell in raw)), 1)
    known = sorted({name for table in tables for name in table.headings()})
    hints = [
        f"{heading!r}: did you mean {close[0]!r}?"
        for heading in shown[:30]
        if (close := difflib.get_close_matches(folded(heading), known, n=1, cutoff=0.7))
        and folded(heading) not in known
    ]
    return InputError(
        f"no header of a table of {' or '.join(table.name for table in tables)} in the first "
        f"{_SEARCHED} rows; found {', '.join(shown[:12]) or 'nothing'}"
        + (f" ({'; '.join(hints[:5])})" if hints else "")
        + "; kg template writes a table to fill in",
        file=place,
        row=number,
    )
