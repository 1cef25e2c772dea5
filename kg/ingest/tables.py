"""Carrying tables in: find the header, read rows as a stream, write what is right.

Rows become N-Triples on a pipe that Oxigraph's bulk loader reads in a second thread, so that a
table of any size takes little memory and both cores work.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.errors import InputError
from kg.ingest.carrying import FileReport, Progress
from kg.ingest.case_rows import CaseRows
from kg.ingest.cells import is_nothing, text_of
from kg.ingest.columns import TABLES, Table, folded, table_named
from kg.ingest.delimited import read_rows, sniff
from kg.ingest.findings import Finding, Findings
from kg.ingest.formats import FileFormat
from kg.ingest.framework_rows import FrameworkRows
from kg.ingest.link_rows import LinkRows
from kg.ingest.pipes import loading
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import Statements
from kg.ingest.workbooks import CellError, Workbook, merged_finding

if TYPE_CHECKING:
    import pyoxigraph as ox

    RawRows = Iterator[tuple[int, list[Any]]]

ORDER: Final = ("frameworks", "cases", "links")
"""Tables later in this order may name what earlier ones bring."""
_NOT_TABLES: Final = frozenset({"help", "lists"})
"""Sheets of our own templates that hold no rows."""
_SEARCHED: Final = 25
_LITERAL: Final = frozenset({"country", "countries", "polarity"})
"""Columns where a minus means something, or NA is Namibia."""
_TOLD: Final = 1_000


class ReadsRows(Protocol):
    """Turns a row into statements, noting what is wrong in the row."""

    def read(self, row: Row) -> Statements:
        """The statements of a row."""


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


def carry_tables(
    store: ox.Store,
    files: Sequence[tuple[Path, FileFormat]],
    graph: str,
    *,
    table: str,
    language: str,
    findings: Findings,
    skip_invalid: bool,
    rejected: Path | None,
    keep_bad: bool,
    progress: Progress,
) -> list[FileReport]:
    """Put tables into a store's graph.

    Raises:
        InputError: A file has no header that fits, or cannot be read.
    """
    with contextlib.ExitStack() as closing:
        opened: list[tuple[OpenTable, Path]] = []
        for path, form in files:
            tables = _open(path, form, table, findings, closing)
            opened += [(found, path) for found in tables]
        opened.sort(key=lambda item: ORDER.index(item[0].table.name))
        around = Surroundings(store, graph, language)
        reports = []
        with loading(store, graph) as write:
            for number, (found, path) in enumerate(opened):
                before = dict(around.made)
                bad = _BadRows(found, path, rejected, keep=skip_invalid and keep_bad)
                closing.callback(bad.close)

                def told(share: float, number: int = number, name: str = found.place) -> None:
                    progress(f"reading {name}", (number + share) / len(opened))

                report = _carry_one(found, path, around, write, findings, bad, told)
                report.made = {
                    kind: count - before.get(kind, 0)
                    for kind, count in around.made.items()
                    if count > before.get(kind, 0)
                }
                reports.append(report)
            progress("loading", 0.99)
    return reports


def _carry_one(
    found: OpenTable,
    path: Path,
    around: Surroundings,
    write: Callable[[str], object],
    findings: Findings,
    bad: _BadRows,
    told: Callable[[float], None],
) -> FileReport:
    around.place = found.place
    report = FileReport(found.place, f"table of {found.table.name}")
    reader = _reader(found, around)
    width = len(found.names)
    names = [(index, name) for index, name in enumerate(found.names) if name is not None]
    size = max(path.stat().st_size, 1)
    lines: list[str] = []
    for number, raw in found.rows:
        row = _row(number, raw, names)
        if row is None:
            continue
        report.rows += 1
        if len(raw) > width and any(text_of(cell) for cell in raw[width:]):
            row.wrong("", f"it has {len(raw)} cells, the header {width}",
                      "put cells that hold the delimiter in double quotes")
        out = reader.read(row)
        for column, message, suggestion, severity in row.problems:
            findings.add(
                Finding(
                    message, severity, file=found.place, row=number, column=column,
                    value=str(row.cells.get(column, ""))[:200], suggestion=suggestion,
                )
            )
        if row.failed:
            report.left_out += 1
            around.forget()
            bad.put(row, raw)
        else:
            report.taken += 1
            around.keep()
            lines += out.lines
        if report.rows % _TOLD == 0:
            write("".join(lines))
            lines = []
            length = sum(len(cell) for cell in raw if isinstance(cell, str)) + width
            told(min(report.rows * length / size, 1.0))
    write("".join(lines))
    if report.rows == 0:
        findings.add(Finding("there are no rows below the header", "warning", file=found.place,
                             row=found.header))
    report.rejected_file = bad.written
    return report


def _row(number: int, raw: list[Any], names: list[tuple[int, str]]) -> Row | None:
    cells: dict[str, str] = {}
    problems = []
    length = len(raw)
    for index, name in names:
        if index >= length:
            break
        value = raw[index]
        if value is None or value == "":
            continue
        if isinstance(value, CellError):
            problems.append((name, str(value)))
            continue
        if isinstance(value, str) and value.isascii() and value.isprintable():
            text = value.strip()
        else:
            text = text_of(value)
        if text and (name in _LITERAL or not is_nothing(text)):
            if not isinstance(value, str) and (doubt := _excel_doubt(name, value, text)):
                problems.append((name, doubt))
            else:
                cells[name] = text
    if not cells and not problems and not any(text_of(cell) for cell in raw):
        return None
    row = Row(number, cells)
    for name, message in problems:
        row.wrong(name, message, "write it as text, or save the file from Excel with values")
    return row


def _excel_doubt(name: str, value: Any, text: str) -> str:
    """Whether a spreadsheet has turned an SDG code into a date or a number on the way."""
    import datetime as dt

    if name not in ("supports", "undermines", "object"):
        return ""
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return f"the spreadsheet has turned a code into the date {text}"
    if isinstance(value, float) and text in ("8.1", "16.1", "17.1"):
        return f"the number {text} may have been the code {text}0"
    return ""


def _reader(found: OpenTable, around: Surroundings) -> ReadsRows:
    if found.table.name == "cases":
        return CaseRows(around)
    if found.table.name == "frameworks":
        return FrameworkRows(around)
    return LinkRows(around, proposals="method" in found.names)


def _open(
    path: Path,
    form: FileFormat,
    table: str,
    findings: Findings,
    closing: contextlib.ExitStack,
) -> list[OpenTable]:
    if form.kind == "csv":
        dialect, noticed = sniff(path)
        findings.extend(noticed)
        return [_with_header(path.name, "", read_rows(path, dialect), table, findings)]
    book = Workbook(path, findings)
    closing.callback(book.close)
    found: list[OpenTable] = []
    failures: list[InputError] = []
    for sheet in book.sheets():
        if sheet in _NOT_TABLES:
            continue
        noticed_here = Findings()
        try:
            opened = _with_header(path.name, sheet, book.rows(sheet), table, noticed_here)
        except InputError as error:
            failures.append(error)
            continue
        findings.extend(noticed_here)
        if merged := book.merged_below(sheet, opened.header):
            findings.add(merged_finding(opened.place, merged))
        found.append(opened)
    if not found:
        raise failures[0] if failures else InputError("it has no sheets", file=path.name)
    return found


def _with_header(
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
    number, raw = first[position]
    headings = [text_of(cell) for cell in raw]
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
        file, sheet, chosen, number, names, headings, chain(first[position + 1 :], rows)
    )


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
    if len(found) * 4 < filled:
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
        elif name in seen:
            raise InputError(
                f"two columns mean {name}: {headings[seen[name]]!r} and {headings[index]!r}",
                file=place, row=number,
            )
        else:
            seen[name] = index
    free = [column.name for column in table.columns if column.name not in seen]
    for heading, name in zip(headings, names, strict=True):
        if name is None and heading and folded(heading) not in known:
            close = difflib.get_close_matches(folded(heading), free, n=1, cutoff=0.8)
            if close:
                findings.add(
                    Finding(f"unknown column {heading!r}", file=place, row=number,
                            column=heading, suggestion=f"did you mean {close[0]!r}?")
                )
            else:
                _unread(place, number, heading, "", findings)
    return names


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


class _BadRows:
    """Writes rows that were left out to a CSV file, with the reasons."""

    def __init__(self, found: OpenTable, path: Path, target: Path | None, *, keep: bool) -> None:
        self._found, self._keep = found, keep
        sheet = f".{folded(found.sheet)}" if found.sheet else ""
        self._path = target or path.with_name(f"{path.stem}{sheet}.rejected.csv")
        self._stream: Any = None
        self._writer: Any = None
        self.written = ""

    def put(self, row: Row, raw: list[Any]) -> None:
        """Write one row."""
        if not self._keep:
            return
        if self._writer is None:
            try:
                fresh = not (self._path.exists() and self.written)
                self._stream = self._path.open("w" if fresh else "a", encoding="utf-8", newline="")
            except OSError as error:
                raise InputError(
                    f"rejected rows cannot be written: {error.strerror}; choose a place with "
                    "--rejected", file=str(self._path)
                ) from error
            self._writer = csv.writer(self._stream, lineterminator="\n")
            self._writer.writerow([*self._found.headings, "problem", "row"])
            self.written = str(self._path)
        width = len(self._found.headings)
        values = [text_of(cell) for cell in raw[:width]]
        values += [""] * (width - len(values))
        reasons = "; ".join(
            f"{column}: {message}" + (f" ({hint})" if hint else "") if column else message
            for column, message, hint, severity in row.problems
            if severity == "error"
        )
        self._writer.writerow([*values, reasons, row.number])

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()
