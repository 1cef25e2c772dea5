"""Every writer tells the same report, keeps awkward texts, and gives the same bytes twice."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError, UnknownTermError
from kg.export.characters import printable
from kg.report.document import Figure, ReportModel, Table
from kg.report.formats import REPORT_FORMATS, report_format, report_format_of

_LIBRARIES = {"pdf": "typst", "docx": "docx", "xlsx": "openpyxl"}


def written(name: str, model: ReportModel) -> bytes:
    if name in _LIBRARIES:
        pytest.importorskip(_LIBRARIES[name], reason=f"the library for {name} is not installed")
    out = io.BytesIO()
    REPORT_FORMATS[name].write(model, out)
    return out.getvalue()


@pytest.fixture
def html(model: ReportModel) -> str:
    return written("html", model).decode()


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_same_model_same_bytes(awkward: ReportModel, name: str) -> None:
    assert written(name, awkward) == written(name, awkward)


@pytest.mark.parametrize("fixture", ["model", "awkward"])
def test_html_is_valid(request: pytest.FixtureRequest, fixture: str) -> None:
    html5 = pytest.importorskip("html5rdf")
    page = written("html", request.getfixturevalue(fixture)).decode()
    html5.HTMLParser(strict=True).parse(page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) - {""} <= set(ids)


def test_html_fetches_nothing(html: str) -> None:
    assert not re.search(r"<script|\bsrc=|@import|url\((?!#)", html)


def test_html_keeps_texts_and_drops_dangerous_links(awkward: ReportModel) -> None:
    page = written("html", awkward).decode()
    assert "javascript:" not in page
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_matrix_numbers_lead_to_their_cases(html: str, model: ReportModel) -> None:
    from lxml import etree

    root = etree.fromstring(html.split("\n", 1)[1].encode(), etree.HTMLParser())
    behind = {
        row.get("id"): row.findall("td")
        for row in root.iter("tr")
        if (row.get("id") or "").startswith("behind-")
    }
    links = [
        (link.get("href")[1:], link.text)
        for table in root.iter("table")
        if (table.get("id") or "").startswith("matrix-")
        for link in table.iter("a")
    ]
    assert len(links) > 100
    assert len(links) == len(behind)
    for target, number in links:
        cells = behind[target]
        assert int(cells[1].text) == int(number) == len(cells[2].findall("a"))


def test_markdown_holds_every_table(model: ReportModel) -> None:
    from markdown_it import MarkdownIt

    text = written("md", model).decode()
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    shown = [table for table in model.tables() if not table.workbook_only]
    assert sum(token.type == "table_open" for token in parsed) == len(shown)
    rows = sum(token.type == "tr_open" for token in parsed)
    assert rows == sum(len(table.rows) + 1 for table in shown)


def test_markdown_cannot_be_broken_out_of(awkward: ReportModel) -> None:
    from markdown_it import MarkdownIt

    page = MarkdownIt("commonmark").enable("table").render(written("md", awkward).decode())
    assert "<b>" not in page
    assert "javascript:" not in page
    assert page.count("<table>") == 1


def test_json_is_the_document_as_data(model: ReportModel) -> None:
    document = json.loads(written("json", model))
    tables = {
        block["id"]: block
        for section in document["sections"]
        for block in section["blocks"]
        if block["type"] == "table"
    }
    assert set(tables) == {table.id for table in model.tables()}
    for table in model.tables():
        keys = [column["key"] for column in tables[table.id]["columns"]]
        assert all(list(row) == keys for row in tables[table.id]["rows"])
    assert document["findings"]["gaps"]["gaps"]


def sheets(data: bytes) -> Any:
    openpyxl = pytest.importorskip("openpyxl")
    return openpyxl.load_workbook(io.BytesIO(data))


def test_workbook_has_a_sheet_per_table(model: ReportModel) -> None:
    book = sheets(written("xlsx", model))
    assert book.sheetnames[:2] == ["About", "Columns"]
    assert len(book.sheetnames) == len(model.tables()) + 2
    described = {(row[0].value, row[2].value) for row in book["Columns"].iter_rows(min_row=2)}
    for name, table in zip(book.sheetnames[2:], model.tables(), strict=True):
        sheet = book[name]
        head = [cell.value for cell in sheet[1]]
        assert head == [column.label for column in table.columns]
        assert sheet.max_row == len(table.rows) + 1
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert {(name, label) for label in head} <= described
        assert bool(sheet.conditional_formatting) == bool(table.shade and table.rows)


@pytest.mark.parametrize("fixture", ["model", "awkward"])
def test_workbook_texts_are_never_formulas(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    data = written("xlsx", request.getfixturevalue(fixture))
    book = sheets(data)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@"):
                    assert cell.data_type == "s"
                    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name)


def test_workbook_keeps_texts(awkward: ReportModel) -> None:
    table = next(table for table in awkward.tables() if isinstance(table, Table))
    sheet = sheets(written("xlsx", awkward))["Texts"]
    found = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert found == [printable(str(row[0].value)) for row in table.rows]


def test_word_document_keeps_texts_and_tables(awkward: ReportModel, model: ReportModel) -> None:
    docx = pytest.importorskip("docx")
    read = docx.Document(io.BytesIO(written("docx", awkward)))
    assert [row.cells[0].text for row in read.tables[0].rows[1:]] == [
        printable(str(row[0].value)) for row in awkward.tables()[0].rows
    ]
    assert len(read.inline_shapes) == 1
    whole = docx.Document(io.BytesIO(written("docx", model)))
    shown = [table for table in model.tables() if not table.workbook_only]
    assert len(whole.tables) == len(shown)
    titles = [part.text for part in whole.paragraphs if part.style.name == "Heading 1"]
    assert [title.split("  ", 1)[1] for title in titles[1:]] == [
        section.title for section in model.sections
    ]
    alts = [shape._inline.docPr.get("descr") for shape in whole.inline_shapes]
    assert all(alts)


def test_pictures_of_word_documents_are_vectors_too(model: ReportModel) -> None:
    etree = pytest.importorskip("lxml.etree")
    figures = [b for part in model.sections for b in part.blocks if isinstance(b, Figure)]
    with zipfile.ZipFile(io.BytesIO(written("docx", model))) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
        related = {
            item.get("Id"): item.get("Target")
            for item in etree.fromstring(archive.read("word/_rels/document.xml.rels"))
        }
        types = etree.fromstring(archive.read("[Content_Types].xml"))
        named = {item.get("PartName"): item.get("ContentType") for item in types}
        office = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
        drawings = [related[item.get(office)] for item in body.iter("{*}svgBlip")]
        assert len(drawings) == len(figures)
        for figure, target in zip(figures, drawings, strict=True):
            assert archive.read(f"word/{target}").decode() == printable(figure.svg)
            assert named[f"/word/{target}"] == "image/svg+xml"
        # Programs that know no vectors find pixels in the same place.
        pixels = [related[item.get(office)] for item in body.iter("{*}blip")]
        assert [Path(name).suffix for name in pixels] == [".png"] * len(figures)


def test_matrices_are_shaded_on_one_scale(model: ReportModel) -> None:
    table = next(table for table in model.tables() if table.id == "matrix-positive-table")
    numbers = [float(cell.value) for row in table.rows for cell in row[1:]]  # type: ignore[arg-type]
    assert set(table.highest().values()) == {max(numbers)}
    sheet = sheets(written("xlsx", model))["Matrix positive"]
    (scale,) = sheet.conditional_formatting
    assert str(scale.sqref) == f"B2:R{len(table.rows) + 1}"


def test_rows_of_a_workbook_have_room_for_their_texts(awkward: ReportModel) -> None:
    sheet = sheets(written("xlsx", awkward))["Texts"]
    heights = {
        row: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)
    }
    texts = {row: str(sheet.cell(row, 1).value) for row in heights}
    longest = max(texts, key=lambda row: len(texts[row]))
    assert heights[longest] == 409.0
    assert all(height is None or height <= 409.0 for height in heights.values())


def test_pdf_holds_every_section_and_no_empty_page(model: ReportModel) -> None:
    pypdf = pytest.importorskip("pypdf")
    read = pypdf.PdfReader(io.BytesIO(written("pdf", model)))
    texts = [page.extract_text() for page in read.pages]
    assert all(len(text) > 150 for text in texts)
    whole = "\n".join(texts)
    for section in model.sections:
        assert section.title in whole
    assert read.metadata is not None
    assert read.metadata.title == model.title
    assert read.metadata.creation_date.isoformat()[:10] == model.date
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_pdf_of_awkward_texts_is_set(awkward: ReportModel) -> None:
    assert written("pdf", awkward)[:5] == b"%PDF-"


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_title_author_and_command_stand_in_every_format(awkward: ReportModel, name: str) -> None:
    signed = replace(
        awkward, title="Gaps of our ministry", author="A. Reader",
        meta={"Command": "kg report --level target -o report.html"},
    )
    data = written(name, signed)
    if name in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = "\n".join(
                archive.read(part).decode() for part in archive.namelist() if part.endswith(".xml")
            )
    elif name == "pdf":
        pypdf = pytest.importorskip("pypdf")
        read = pypdf.PdfReader(io.BytesIO(data))
        assert read.metadata.title == "Gaps of our ministry"
        assert read.metadata.author == "A. Reader"
        text = "\n".join(page.extract_text() for page in read.pages)
    else:
        text = data.decode()
    for words in ("Gaps of our ministry", "A. Reader", "kg report --level target"):
        assert words in text


def test_formats_are_known_by_name_and_ending() -> None:
    assert report_format("markdown").name == "md"
    assert report_format_of(Path("x.DOCX")).name == "docx"
    with pytest.raises(UnknownTermError, match="html"):
        report_format("htlm")
    with pytest.raises(InputError):
        report_format_of(Path("report"))
