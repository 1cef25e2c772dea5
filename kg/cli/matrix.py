"""A table of counts for a terminal: letters for heads where names do not fit, and a legend."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from kg.cli.output import destination, table

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def emit_matrix(
    corner: str,
    rows: Sequence[str],
    cols: Sequence[tuple[str, str]],
    cells: Sequence[Sequence[str]],
    *,
    last: str,
    output: Path | None = None,
) -> None:
    """Print a table.

    Args:
        corner: Head of the first column.
        rows: Names of the rows.
        cols: A short and a full name per column.
        cells: Texts, one more per row than there are columns: the last is a total.
        last: Head of the totals.
        output: File instead of standard output, as wide as it needs to be.
    """
    narrow = output is None and sys.stdout.isatty()
    room = shutil.get_terminal_size((120, 24)).columns if narrow else 100_000
    heads, legend = [short for short, _ in cols], ""
    text = _written(corner, rows, heads, cells, last, "0")
    if max(map(len, text.splitlines()), default=0) > room:
        heads = [_letters(place) for place in range(len(cols))]
        legend = _legend(heads, [full for _, full in cols], room)
        text = _written(corner, rows, heads, cells, last, "·")
    with destination(output) as stream:
        stream.write(text)
        if legend:
            stream.write(f"\n{legend}")


def _written(
    corner: str,
    rows: Sequence[str],
    heads: Sequence[str],
    cells: Sequence[Sequence[str]],
    last: str,
    nothing: str,
) -> str:
    body = [
        [name, *(nothing if cell == "0" else cell for cell in line)]
        for name, line in zip(rows, cells, strict=True)
    ]
    return table([corner, *heads, last], body)


def _letters(place: int) -> str:
    """A to Z, then AA, AB and so on."""
    text = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, len(_LETTERS))
        text = _LETTERS[digit] + text
    return text


def _legend(heads: Sequence[str], names: Sequence[str], room: int) -> str:
    entries = [f"{head} {name}" for head, name in zip(heads, names, strict=True)]
    width = max(map(len, entries)) + 3
    across = max(1, room // width)
    lines = [
        "".join(entry.ljust(width) for entry in entries[start : start + across]).rstrip()
        for start in range(0, len(entries), across)
    ]
    return "\n".join(lines) + "\n"
