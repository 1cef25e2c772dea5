"""Carrying tables in: find the header, read rows as a stream, write what is right.

Rows become N-Triples on a pipe that Oxigraph's bulk loader reads in a second thread, so that a
table of any size takes little memory and both cores work.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.errors import InputError
from kg.ingest.case_rows import CaseRows
from kg.ingest.cells import is_nothing, text_of
from kg.ingest.columns import folded
from kg.ingest.delimited import read_rows, sniff
from kg.ingest.findings import Finding, Findings
from kg.ingest.formats import FileFormat
from kg.ingest.framework_rows import FrameworkRows
from kg.ingest.headers import REJECTED, OpenTable, with_header
from kg.ingest.link_rows import LinkRows
from kg.ingest.reports import FileReport, Progress
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import Statements
from kg.ingest.workbooks import CellError, Workbook, merged_finding
from kg.store.pipes import loading

if TYPE_CHECKING:
    import pyoxigraph as ox


ORDER: Final = ("frameworks", "cases", "links")
"""Tables later in this order may name what earlier ones bring."""
_NOT_TABLES: Final = frozenset({"help", "lists"})
"""Sheets of our own templates that hold no rows."""
_LITERAL: Final = frozenset({"country", "countries", "polarity"})
"""Columns where a minus means something, or NA is Namibia."""
_TOLD: Final = 1_000


class ReadsRows(Protocol):
    """Turns a row into statements, noting what is wrong in the row."""

    def read(self, row: Row) -> Statements:
        """The statements of a row."""


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
    import pyoxigraph as ox

    with contextlib.ExitStack() as closing:
        opened: list[tuple[OpenTable, Path]] = []
        for path, form in files:
            tables = _open(path, form, table, findings, closing)
            opened += [(found, path) for found in tables]
        opened.sort(key=lambda item: ORDER.index(item[0].table.name))
        around = Surroundings(store, graph, language)
        reports = []
        with loading(store, ox.NamedNode(graph)) as write:
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
        return [with_header(path.name, "", read_rows(path, dialect), table, findings)]
    book = Workbook(path, findings)
    closing.callback(book.close)
    found: list[OpenTable] = []
    failures: list[InputError] = []
    for sheet in book.sheets():
        if sheet in _NOT_TABLES:
            continue
        noticed_here = Findings()
        try:
            opened = with_header(path.name, sheet, book.rows(sheet), table, noticed_here)
        except InputError as error:
            failures.append(error)
            continue
        findings.extend(noticed_here)
        read = {index for index, name in enumerate(opened.names) if name}
        if merged := book.merged_below(sheet, opened.header, read):
            findings.add(merged_finding(opened.place, merged))
        found.append(opened)
    if not found:
        raise failures[0] if failures else InputError("it has no sheets", file=path.name)
    return found


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
            self._writer.writerow([*self._found.headings, *REJECTED])
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
