"""Templates: what is written reads back without an edit."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from kg.errors import InputError
from kg.ingest.carrying import ImportOptions, import_files, validate_files
from kg.ingest.templates import values, write_template
from kg.store import GraphStore


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_three_templates_import_together(
    store: GraphStore, tmp_path: Path, extension: str
) -> None:
    paths = [tmp_path / f"{name}.{extension}" for name in ("links", "cases", "frameworks")]
    for path in paths:
        write_template(path, store=store)
    report = import_files(store, paths, ImportOptions(dataset="examples"))
    assert [item.taken for item in report.files] == [3, 3, 3]
    assert list(report.findings) == []


def test_a_workbook_explains_and_offers(shipped: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    table = write_template(path, store=shipped)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["cases", "help", "lists"]
    sheet = book["cases"]
    assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
    assert sheet.max_row >= 4
    helped = {row[0].value: row[2].value for row in book["help"].iter_rows(min_row=4)}
    assert helped == {column.name: column.help for column in table.columns}
    offered = {
        str(item.sqref).rstrip("0123456789").split(":")[0]: item.formula1
        for item in sheet.data_validations.dataValidation
    }
    assert any(formula.startswith("lists!") for formula in offered.values())
    assert '"yes,no"' in offered.values()
    listed = [cell.value for cell in book["lists"]["A"]]
    assert listed[0] == "status id"
    assert "deployed" in listed


def test_known_values_are_those_of_the_graph(shipped: GraphStore) -> None:
    known = values(shipped)
    assert len(known["principle"]) == 17
    assert len(known["target"]) == 186
    assert [pair[0] for pair in known["target"][:3]] == ["1", "1.1", "1.2"]
    assert ("KE", "Kenya") in known["country"]


def test_names_and_places(tmp_path: Path, shipped: GraphStore) -> None:
    assert write_template(tmp_path / "my-framework-list.csv").name == "frameworks"
    with pytest.raises(InputError, match="tells no table"):
        write_template(tmp_path / "data.csv")
    assert write_template(tmp_path / "data.csv", table="links").name == "links"
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        write_template(tmp_path / "cases.ods")
    with pytest.raises(InputError, match="cannot be written"):
        write_template(tmp_path / "none" / "cases.csv")


def test_a_csv_template_is_read_as_utf_8_by_excel(tmp_path: Path, shipped: GraphStore) -> None:
    path = tmp_path / "cases.csv"
    write_template(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,title,")
    assert not validate_files(shipped, [path]).findings.failed


def test_every_row_of_a_workbook_is_text(shipped: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    write_template(path, store=shipped)
    sheet = openpyxl.load_workbook(path)["cases"]
    formats = {item.number_format for item in sheet.column_dimensions.values()}
    assert formats == {"@"}  # also where nobody has written yet
