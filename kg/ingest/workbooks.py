"""Reading Excel workbooks as a stream, after a look at whether the archive is safe to open."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import InputError
from kg.ingest.findings import Finding, Findings

EXPANDED: Final = 2_000_000_000
"""Bytes a workbook may have unpacked."""
TEXTS: Final = 256_000_000
"""Bytes its table of shared texts may have unpacked, since it is held in memory."""
RATIO: Final = 200
"""How many times larger than packed a large part may be; ordinary sheets reach 5 to 40."""
SMALL_PART: Final = 20_000_000
"""Bytes below which a part's ratio does not matter."""
_MERGED: Final = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_PIECE: Final = 1 << 20


class Workbook:
    """An opened workbook.

    Args:
        path: The file.
        findings: Receives what is noticed on the way (formulas, merged cells).

    Raises:
        InputError: A zip bomb, an entity, an encrypted or broken workbook.
    """

    def __init__(self, path: Path, findings: Findings) -> None:
        self._path, self._findings = path, findings
        self._formulas, self._merged = _inspect(path)
        self._values = _open(path, values=True)

    def sheets(self) -> list[str]:
        """Names of the sheets that can hold a table."""
        return [sheet.title for sheet in self._values.worksheets]

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        """Rows of a sheet with their numbers; formulas as their last computed value."""
        values = self._values[sheet]
        values.reset_dimensions()
        stream = values.iter_rows()
        formulas = None
        if self._formulas:
            formulas = _open(self._path, values=False)
            twin = formulas[sheet]
            twin.reset_dimensions()
            pairs = zip(stream, twin.iter_rows(), strict=False)
            for number, (cells, written) in enumerate(pairs, start=1):
                yield number, [
                    self._computed(cell, formula)
                    for cell, formula in zip(cells, written, strict=False)
                ]
            formulas.close()
            return
        for number, cells in enumerate(stream, start=1):
            yield number, [self._plain(cell) for cell in cells]

    def merged_below(self, sheet: str, header: int, read: Container[int]) -> list[str]:
        """Ranges merged among the data that leave a cell without its value, as ``B3:B5``.

        Args:
            sheet: Name of the sheet.
            header: Row of the header; what is merged there reaches into no data.
            read: Positions of the columns that are read, from 0.
        """
        from openpyxl.utils import range_boundaries

        # Sheets lie in the archive under names that need not follow their order.
        part = str(getattr(self._values[sheet], "_worksheet_path", "")).removeprefix("/")
        found = []
        for name in self._merged.get(part, ()):
            left, top, right, bottom = range_boundaries(name)
            beside = any(column - 1 in read for column in range(left + 1, right + 1))
            below = bottom > top and (beside or left - 1 in read)
            if top > header and (beside or below):
                found.append(name)
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._values.close()

    def _plain(self, cell: Any) -> Any:
        value = cell.value
        if isinstance(value, str) and value.startswith("#") and value in _ERRORS:
            return CellError(value, cell.coordinate)
        return value

    def _computed(self, cell: Any, written: Any) -> Any:
        formula = written.value
        is_formula = getattr(written, "data_type", "") == "f"
        if is_formula and cell.value is None:
            text = getattr(formula, "text", formula)
            return CellError(f"formula {str(text)[:60]} without a computed value", cell.coordinate)
        return self._plain(cell)


class CellError:
    """A cell that cannot be read: an Excel error, or a formula never computed."""

    def __init__(self, what: str, coordinate: str) -> None:
        self.what, self.coordinate = what, coordinate

    def __str__(self) -> str:
        return f"{self.what} in cell {self.coordinate}"


_ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


def _open(path: Path, *, values: bool) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=values, keep_links=False)
    except Exception as error:
        raise InputError(
            f"the workbook cannot be read ({type(error).__name__}: {error}); open it in a "
            "spreadsheet program and save it again",
            file=path.name,
        ) from error


def _inspect(path: Path) -> tuple[bool, dict[str, list[str]]]:
    """Refuse what is dangerous; say whether there are formulas, and what is merged per part."""
    formulas = False
    merged: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bombs(path, members)
            for member in members:
                if not member.filename.endswith((".xml", ".rels")):
                    continue
                sheet = re.fullmatch(r"xl/worksheets/\w+\.xml", member.filename)
                with archive.open(member) as stream:
                    tail, read = b"", 0
                    while piece := stream.read(_PIECE):
                        read += len(piece)
                        if read > member.file_size:
                            raise InputError("a part is larger than it says: refused",
                                             file=path.name)
                        window = tail + piece
                        if read <= 2 * _PIECE and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
                            raise InputError(
                                f"{member.filename} declares XML entities: refused", file=path.name
                            )
                        if sheet:
                            formulas = formulas or b"<f>" in window or b"<f " in window
                            for left, top, right, bottom in _MERGED.findall(window):
                                name = b"%s%s:%s%s" % (left, top, right, bottom)
                                place = merged.setdefault(member.filename, [])
                                if name.decode() not in place:
                                    place.append(name.decode())
                        tail = window[-200:]
                        if not sheet and read > 2 * _PIECE:
                            break
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"a broken or encrypted workbook: {error}", file=path.name) from error
    return formulas, merged


def _refuse_bombs(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if total > EXPANDED:
        raise InputError(
            f"it unpacks to {total / 1e9:.1f} GB, more than {EXPANDED / 1e9:.0f} GB: refused",
            file=path.name,
        )
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > SMALL_PART and ratio > RATIO:
            raise InputError(
                f"{member.filename} unpacks to {ratio:.0f} times its size (a zip bomb?): refused",
                file=path.name,
            )
        if member.filename.endswith("sharedStrings.xml") and member.file_size > TEXTS:
            raise InputError(
                f"its texts unpack to {member.file_size / 1e6:.0f} MB: refused; save it as CSV",
                file=path.name,
            )
        if member.flag_bits & 0x1:
            raise InputError("the workbook is encrypted; save it without a password",
                             file=path.name)
    if len(members) > 10_000:
        raise InputError(f"it has {len(members):,} parts: refused", file=path.name)


def merged_finding(file: str, ranges: list[str]) -> Finding:
    """The finding about cells merged among the data."""
    return Finding(
        f"cells {', '.join(ranges[:5])} are merged: only the first of them has a value",
        file=file,
        suggestion="unmerge them and fill every row",
        check="Merged",
    )
