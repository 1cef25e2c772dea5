"""Reading CSV files as people really have them.

Byte order marks, UTF-16, Windows-1252, semicolons, tabs, Excel's ``sep=`` line. Rows are streamed;
a file of any size takes a few megabytes of memory.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.errors import ParseError
from kg.ingest.columns import TABLES, folded
from kg.ingest.findings import Finding
from kg.ingest.formats import refuse_nul

DELIMITERS: Final = (",", ";", "\t", "|")
FIELD_LIMIT: Final = 4_000_000
_PIECE: Final = 1 << 20
_TOP: Final = 25
"""Lines among which the header is looked for."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Args:
        encoding: Python's name of the encoding.
        delimiter: What stands between cells.
        skipped: Lines before the table (Excel's ``sep=``).
    """

    encoding: str
    delimiter: str
    skipped: int = 0


def sniff(path: Path) -> tuple[Dialect, list[Finding]]:
    """How a file is written, and what about that a person should know.

    Cost: one pass over the bytes (about 1 s per gigabyte).
    """
    encoding, findings = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        head = stream.read(65_536)
    lines = head.splitlines()
    skipped = 0
    if lines and lines[0].strip().strip('"').lower().startswith("sep="):
        mark = lines[0].strip().strip('"')[4:] or "\t"
        return Dialect(encoding, mark[0], 1), findings
    scores = {mark: _headings(lines, mark) + _score(head, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: scores[mark])
    if path.suffix.lower() in (".tsv", ".tab") and scores["\t"] > 0:
        best = "\t"
    return Dialect(encoding, best, skipped), findings


def read_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with their numbers, as a spreadsheet counts them.

    Raises:
        ParseError: A quoted cell never ends, or a cell is too long; names the row.
    """
    csv.field_size_limit(FIELD_LIMIT)
    number = 0
    with path.open(encoding=dialect.encoding, newline="") as stream:
        for _ in range(dialect.skipped):
            stream.readline()
        rows = csv.reader(stream, delimiter=dialect.delimiter, strict=True)
        number = dialect.skipped
        while True:
            number += 1
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                raise ParseError(
                    f"row {number}: {_explained(str(error))}",
                    file=path.name,
                    line=line,
                ) from error
            yield number, row


def _explained(message: str) -> str:
    if "unexpected end of data" in message:
        return "a cell that begins with a double quote never ends"
    if "field larger" in message:
        return f"a cell is longer than {FIELD_LIMIT:,} characters; is a double quote missing?"
    if "expected after" in message:
        return "text follows the closing double quote of a cell; write inner quotes twice"
    return message


def _encoding(path: Path) -> tuple[str, list[Finding]]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        piece = stream.read(_PIECE)
        for mark, name in _BOMS:
            if piece.startswith(mark):
                return name, []
        line = 1
        try:
            while piece:
                refuse_nul(piece, line, path.name)
                decoder.decode(piece)
                line += piece.count(b"\n")
                piece = stream.read(_PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _windows(path)
    return "utf-8", []


def _windows(path: Path) -> tuple[str, list[Finding]]:
    decoder = codecs.getincrementaldecoder("cp1252")()
    line = 1
    with path.open("rb") as stream:
        for piece in stream:
            refuse_nul(piece, line, path.name)
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                raise ParseError(
                    "neither UTF-8 nor Windows-1252; save it as UTF-8", file=path.name, line=line
                ) from None
            line += 1
    note = Finding(
        "this is not UTF-8; read as Windows-1252",
        "warning",
        file=path.name,
        suggestion="save it as UTF-8 if letters look wrong",
    )
    return "cp1252", [note]


def _headings(lines: list[str], delimiter: str) -> float:
    """How many cells of the best line at the top are headings of ours; weighs most when several."""
    best = 0
    for line in lines[:_TOP]:
        if delimiter in line:
            cells = next(csv.reader([line], delimiter=delimiter), [])
            best = max(best, len({folded(cell) for cell in cells} & _known_headings()))
    return 1_000.0 * best if best > 1 else 0.0


@lru_cache(maxsize=1)
def _known_headings() -> frozenset[str]:
    return frozenset(name for table in TABLES.values() for name in table.headings())


def _score(head: str, delimiter: str) -> float:
    """How much a delimiter makes the first rows look like a table: cells per row, steadiness."""
    try:
        rows = list(csv.reader(head.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        rows = []
    widths = [len(row) for row in rows[:30] if any(cell.strip() for cell in row)]
    if not widths or max(widths) == 1:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    if usual == 1:
        return max(widths) / 100
    return usual * widths.count(usual) / len(widths) + usual / 1000
