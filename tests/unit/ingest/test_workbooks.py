"""Excel workbooks: values, formulas, errors, merged cells, and everything hostile."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kg.errors import InputError
from kg.ingest.findings import Findings
from kg.ingest.workbooks import CellError, Workbook


def _saved(path: Path, rows: list[list[Any]], merged: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    book.save(path)
    return path


def _rewritten(path: Path, member: str, change: Any) -> Path:
    """The workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts.get(member, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path


def test_values(tmp_path: Path) -> None:
    path = _saved(
        tmp_path / "a.xlsx",
        [["id", "year"], ["x", 2021], [None, None], ["y", dt.datetime(2020, 1, 2)]],
    )
    book = Workbook(path, Findings())
    rows = dict(book.rows("Sheet"))
    assert rows[1] == ["id", "year"]
    assert rows[2] == ["x", 2021]
    assert rows[4] == ["y", dt.datetime(2020, 1, 2)]


def test_formulas_give_their_value_or_name_the_cell(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.xlsx", [["id", "year"], ["x", "=2000+21"], ["y", "=1+1"]])
    sheet = "xl/worksheets/sheet1.xml"
    _rewritten(
        path,
        sheet,
        lambda body: body.replace(b"<f>2000+21</f><v/>", b"<f>2000+21</f><v>2021</v>").replace(
            b"<f>2000+21</f><v></v>", b"<f>2000+21</f><v>2021</v>"
        ),
    )
    rows = dict(Workbook(path, Findings()).rows("Sheet"))
    assert rows[2] == ["x", 2021]
    assert isinstance(rows[3][1], CellError)
    assert str(rows[3][1]) == "formula =1+1 without a computed value in cell B3"


def test_excel_errors_name_the_cell(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.xlsx", [["id"], ["#REF!"]])
    rows = dict(Workbook(path, Findings()).rows("Sheet"))
    assert str(rows[2][0]) == "#REF! in cell A2"


def test_merged_cells_below_the_header_are_told(tmp_path: Path) -> None:
    path = _saved(
        tmp_path / "a.xlsx",
        [["Title over all", None], ["id", "title"], ["x", "a"], ["y", None]],
        merged="B3:B4",
    )
    book = Workbook(path, Findings())
    assert book.merged_below("Sheet", header=2, read={0, 1}) == ["B3:B4"]
    assert book.merged_below("Sheet", header=4, read={0, 1}) == []


def test_merged_cells_that_hide_nothing_are_no_fault(tmp_path: Path) -> None:
    """Over the header and the row below, or over columns that are not read."""
    rows = [["id", "title", None, "ours"], [None] * 4, ["x", "a", None, "n"], ["y", "b", None, "n"]]
    for merged in ("A1:A2", "B3:C3", "D3:D4"):
        book = Workbook(_saved(tmp_path / "a.xlsx", rows, merged=merged), Findings())
        assert book.merged_below("Sheet", header=1, read={0, 1}) == [], merged
    for merged in ("A3:B3", "A3:A4", "B3:C4"):
        book = Workbook(_saved(tmp_path / "a.xlsx", rows, merged=merged), Findings())
        assert book.merged_below("Sheet", header=1, read={0, 1}) == [merged]


def test_merged_cells_belong_to_their_sheet_whatever_its_part_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    notes = book.create_sheet("notes")
    notes.merge_cells("A2:B3")
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    one, two = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
    parts[one], parts[two] = parts[two], parts[one]
    relations = "xl/_rels/workbook.xml.rels"
    swapped = parts[relations].replace(b"sheet1.xml", b"sheet3.xml")
    parts[relations] = swapped.replace(b"sheet2.xml", b"sheet1.xml").replace(
        b"sheet3.xml", b"sheet2.xml"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    opened = Workbook(path, Findings())
    assert opened.sheets() == ["Sheet", "notes"]
    assert opened.merged_below("Sheet", header=1, read={0, 1}) == []
    assert opened.merged_below("notes", header=1, read={0, 1}) == ["A2:B3"]


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = _saved(tmp_path / "bomb.xlsx", [["id"]])
    _rewritten(path, "xl/worksheets/sheet1.xml", lambda _: b"<worksheet>" + b" " * 60_000_000)
    with pytest.raises(InputError, match="zip bomb"):
        Workbook(path, Findings())


def test_a_lie_about_the_size_is_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path / "lie.xlsx", [["id"]])
    body = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    real = info.file_size.to_bytes(4, "little")
    assert body.count(real) >= 1
    with zipfile.ZipFile(path) as archive:
        archive.getinfo("xl/worksheets/sheet1.xml").file_size = 10
    path.write_bytes(bytes(body).replace(real, (10).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"lie\.xlsx"):
        Workbook(path, Findings())


@pytest.mark.parametrize(
    "member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
def test_entities_are_refused(tmp_path: Path, member: str) -> None:
    path = _saved(tmp_path / "e.xlsx", [["id"]])
    _rewritten(path, member, lambda body: b'<!DOCTYPE x [<!ENTITY a "b">]>' + body)
    with pytest.raises(InputError, match="entities"):
        Workbook(path, Findings())


def test_broken_workbooks_are_refused(tmp_path: Path) -> None:
    path = _saved(tmp_path / "b.xlsx", [["id"]])
    _rewritten(path, "xl/workbook.xml", lambda _: b"<workbook")
    with pytest.raises(InputError, match=r"b\.xlsx"):
        Workbook(path, Findings())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"b\.xlsx"):
        Workbook(path, Findings())
