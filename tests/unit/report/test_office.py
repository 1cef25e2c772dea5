"""LibreOffice opens what we write: an independent reader of workbooks and Word documents.

By hand only (``-m slow``): LibreOffice is half a gigabyte to install, too much for every change.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from kg.export.characters import printable
from kg.report.document import ReportModel, Table
from kg.report.formats import report_format

pytestmark = pytest.mark.slow
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1"


def converted(model: ReportModel, name: str, into: str, directory: Path) -> Path:
    office = shutil.which("soffice")
    assert office, "install libreoffice-calc and libreoffice-writer"
    path = directory / f"report.{name}"
    with path.open("wb") as out:
        report_format(name).write(model, out)
    made = directory / "made"
    subprocess.run(
        [office, f"-env:UserInstallation={(directory / 'profile').as_uri()}", "--headless",
         "--convert-to", into, "--outdir", str(made), str(path)],
        check=True, capture_output=True, timeout=300,
    )
    return made


def test_libreoffice_reads_every_cell_as_written(awkward: ReportModel, tmp_path: Path) -> None:
    made = converted(awkward, "xlsx", _EVERY_SHEET, tmp_path)
    (path,) = made.glob("*-Texts.csv")
    read = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    table = next(table for table in awkward.tables() if isinstance(table, Table))
    assert [row[0] for row in read[1:]] == [
        printable(str(row[0].value)).replace("\r\n", "\n") for row in table.rows
    ]


def test_libreoffice_writes_the_same_workbook_again(model: ReportModel, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made = converted(model, "xlsx", "xlsx", tmp_path)
    again = openpyxl.load_workbook(made / "report.xlsx")
    first = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert again.sheetnames == first.sheetnames
    for sheet in first:
        other = again[sheet.title]  # frozen panes belong to a window, and there is none here
        for mine, theirs in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            for cell, twin in zip(mine, theirs, strict=True):
                assert twin.data_type != "f"
                assert twin.value == cell.value, (sheet.title, cell.coordinate)


def test_libreoffice_sets_every_page_of_the_word_document(
    model: ReportModel, tmp_path: Path
) -> None:
    pypdf = pytest.importorskip("pypdf")
    made = converted(model, "docx", "pdf", tmp_path)
    texts = [page.extract_text() for page in pypdf.PdfReader(made / "report.pdf").pages]
    assert all(len(text) > 150 for text in texts)
    whole = " ".join(" ".join(texts).split())
    for section in model.sections:
        assert section.title in whole
    for table in model.tables():
        if not table.workbook_only and table.rows:
            words = str(table.rows[-1][0].value).split()[0]
            assert words in whole, table.id
