"""Printing: tables for a terminal, CSV and JSON for programs."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

import click


def emit_json(value: object, output: Path | None = None) -> None:
    """Print JSON, readable, keys in the order given."""
    with destination(output) as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def emit_rows(
    rows: Sequence[Mapping[str, object]],
    format_: str,
    *,
    columns: Sequence[str] | None = None,
    output: Path | None = None,
) -> None:
    """Print rows as ``table``, ``csv`` or ``json``.

    Args:
        rows: Mappings with the same keys.
        format_: How.
        columns: Which keys, in which order; those of the first row when left out.
        output: File instead of standard output.
    """
    names = list(columns or (rows[0].keys() if rows else []))
    if format_ == "json":
        emit_json([{name: row.get(name) for name in names} for row in rows], output)
        return
    with destination(output) as stream:
        if format_ == "csv":
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[cell(row.get(name), 10) for name in names] for row in rows])
        else:
            stream.write(table(names, [[cell(row.get(name)) for name in names] for row in rows]))


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a terminal, columns cut to fit its width.

    Example:
        >>> print(table(["goal", "cases"], [["SDG 7", "21"]]), end="")
        goal   cases
        SDG 7     21
    """
    if not names:
        return ""
    body = [[_one_line(value) for value in row] for row in rows]
    widths = [
        max([_width(name), *(_width(row[index]) for row in body)])
        for index, name in enumerate(names)
    ]
    numeric = [
        bool(body) and all(_is_number(row[index]) or not row[index] for row in body)
        for index in range(len(names))
    ]
    room = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 10_000
    while sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    stream = io.StringIO()
    for row in [list(names), *body]:
        cells = [
            _pad(_cut(value, width), width, right=number)
            for value, width, number in zip(row, widths, numeric, strict=True)
        ]
        stream.write("  ".join(cells).rstrip() + "\n")
    return stream.getvalue()


def cell(value: object, digits: int = 4) -> str:
    """A value as text: nothing for ``None``, few digits for numbers, labels for nodes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, Mapping):
        return str(value.get("label") or value.get("id") or "")
    if isinstance(value, list | tuple):
        return "; ".join(cell(item, digits) for item in value)
    return str(value)


@contextlib.contextmanager
def destination(output: Path | None) -> Iterator[TextIO]:
    """The file named, or standard output."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with writing(output) as out:
        stream = io.TextIOWrapper(out, encoding="utf-8", newline="")
        yield stream
        stream.detach()


@contextlib.contextmanager
def writing(output: Path) -> Iterator[BinaryIO]:
    """A file to write to, whole or not at all, and a line that says it is there."""
    from kg.export.whole_file import whole_file

    with whole_file(output) as out:
        yield out
    click.echo(f"Wrote {output}", err=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_number(text: str) -> bool:
    if text == "·":
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept = ""
    for char in text:
        if _width(kept + char) > width - 1:
            break
        kept += char
    return kept + "…"


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
