"""Many texts from a table: streaming, resumable, one row per proposal.

Rows go out as soon as their text is linked, and a small file beside the output remembers how far
the work came. Interrupted work goes on where it stopped; a finished file leaves no such trace.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from kg.errors import InputError
from kg.linking.polarity import SENTENCES
from kg.linking.proposals import COLUMNS
from kg.linking.together import link_together

if TYPE_CHECKING:
    from kg.linking.linker import Linker

CELL_LIMIT: Final = 5_000_000
"""Characters a cell of a CSV file may have."""


def read_texts(
    path: Path, text_column: str, id_column: str | None = None
) -> Iterator[tuple[str, str]]:
    """``(id, text)`` of each row of a CSV, TSV or XLSX table, streaming.

    Args:
        path: The table; its first row holds the headings.
        text_column: Heading of the texts.
        id_column: Heading of the identifiers; row numbers when left out.

    Raises:
        InputError: No such file or column, or a cell that is not text.
    """
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    heading = next(rows, None)
    if heading is None:
        raise InputError("is empty", file=str(path))
    text_at = _column(path, heading, text_column)
    id_at = _column(path, heading, id_column) if id_column else None
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue
        text = row[text_at] if text_at < len(row) else ""
        name = row[id_at] if id_at is not None and id_at < len(row) else str(number)
        yield name, text


def _column(path: Path, heading: Sequence[str], name: str) -> int:
    folded = [cell.strip().lower() for cell in heading]
    if name.strip().lower() not in folded:
        raise InputError(
            f"has no column {name!r}; its columns are {', '.join(heading)}", file=str(path)
        )
    return folded.index(name.strip().lower())


def _csv_rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(CELL_LIMIT)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            sample = stream.read(8_192)
            stream.seek(0)
            delimiter = max(",;\t", key=sample.split("\n", 1)[0].count)
            yield from csv.reader(stream, delimiter=delimiter)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", file=str(path)) from error
    except csv.Error as error:
        raise InputError(f"is not a CSV table: {error}", file=str(path)) from error


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise InputError(f"is not a workbook that can be read: {error}", file=str(path)) from error
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in row]
    finally:
        book.close()


def link_table(
    linker: Linker,
    source: Path,
    output: Path,
    *,
    text_column: str,
    id_column: str | None = None,
    options: dict[str, Any],
    progress: Callable[[int], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> tuple[int, int]:
    """Link every row of a table into a CSV of proposals.

    Args:
        linker: The linker.
        source: Table with a column of texts.
        output: CSV to write; continued when an earlier run of the same work was interrupted.
        text_column: Heading of the texts.
        id_column: Heading of the identifiers.
        options: As :meth:`kg.linking.linker.Linker.link`.
        progress: Called with the number of rows done.
        warn: Called with a message for each row that could not be linked.

    Returns:
        Rows read and proposals written, in this run.
    """
    mark = output.with_name(f"{output.name}.progress")
    job = _fingerprint(source, text_column, id_column, options)
    done, size = _resume(mark, job, output)
    written = rows = 0
    with (
        output.open("r+" if size else "w", encoding="utf-8", newline="") as stream,
        ExitStack() as marks,
    ):
        if size:
            stream.seek(size)
            stream.truncate()
        writer = csv.writer(stream, lineterminator="\n")
        if not size:
            writer.writerow(COLUMNS)
        remembered: TextIO | None = None
        waiting: deque[tuple[int, str]] = deque()

        def texts() -> Iterator[str]:
            for number, (name, text) in enumerate(read_texts(source, text_column, id_column), 1):
                if number > done:
                    waiting.append((number, name))
                    yield text

        for found in link_together(linker, texts(), spans=SENTENCES, **options):
            number, name = waiting.popleft()
            if isinstance(found, InputError):
                warn(f"{name}: {found}")
            else:
                writer.writerows([proposal.cells(name) for proposal in found])
                written += len(found)
            rows += 1
            if rows % 20 == 0:
                stream.flush()
                remembered = remembered or marks.enter_context(mark.open("w", encoding="utf-8"))
                remembered.seek(0)  # each is as long as the one before, or longer
                remembered.write(json.dumps({"job": job, "done": number, "size": stream.tell()}))
                remembered.flush()
            progress(number)
    mark.unlink(missing_ok=True)
    return rows, written


def _fingerprint(
    source: Path, text_column: str, id_column: str | None, options: dict[str, Any]
) -> str:
    try:
        state = source.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(source)) from error
    told = [str(source), state.st_size, state.st_mtime_ns, text_column, id_column, options]
    return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def _resume(mark: Path, job: str, output: Path) -> tuple[int, int]:
    try:
        kept = json.loads(mark.read_text())
        if kept["job"] == job and output.stat().st_size >= kept["size"]:
            return int(kept["done"]), int(kept["size"])
    except (OSError, ValueError, KeyError):
        pass
    return 0, 0
