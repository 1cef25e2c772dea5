"""The report as a workbook: a sheet per table, a column dictionary, filters, frozen headers.

Every text is written as text: a label that begins with ``=``, ``+``, ``-`` or ``@`` can never
become a formula.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg.errors import MissingExtra
from kg.export.characters import printable
from kg.report.archive import repeatable
from kg.report.document import Heading, Items, Paragraph, Table
from kg.report.foreign import bare
from kg.report.language import Language, language, message

if TYPE_CHECKING:
    from kg.report.document import Cell, Inline, ReportModel, Value

_FORMATS: Final = {"int": "#,##0", "number": "#,##0.00", "share": "0.0%", "p": "0.000"}
_LINE: Final = 14.4
_TALLEST: Final = 409.0
"""The greatest height of a row that the format allows, in points."""
_LONGEST: Final = 32_767
_FORMULA_SIGNS: Final = ("=", "+", "-", "@")
_SHEETS: Final = (
    message("Datasets"), message("Changes goal"), message("Changes target"),
    message("Changes principle"), message("Matrix positive"), message("Row totals"),
    message("Column totals"), message("Targets"), message("Regions"), message("Classes"),
    message("Gaps significant gap"), message("Gaps untestable"),
    message("Gaps consistent with chance"), message("Gaps out of scope"),
    message("Gaps no evidence but relevant"), message("Contested"), message("Matrix negative"),
    message("Disputed"), message("Evidence"), message("Target self reported only"),
    message("Link without independent source"), message("Case single source"),
    message("Case without outcome"), message("Consensus"), message("Frameworks"),
    message("Unpractised"), message("Ranks goal"), message("Ranks principle"), message("Cover"),
    message("Candidates"), message("Record"), message("Behind positive"),
    message("Behind negative"), message("Cases"), message("Links"), message("Sources"),
)
"""Names of sheets, as they follow from the names of tables."""
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")


def write_xlsx(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as an Excel workbook.

    Raises:
        MissingExtra: openpyxl is not installed.

    Cost: about 0.5 s for the shipped graph.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtra("XLSX reports", extra="xlsx") from error
    say = language(model.lang)
    book = openpyxl.Workbook()
    book.properties.creator = printable(model.author) or "Equipoise"
    book.properties.title = printable(model.title)
    book.properties.language = model.lang
    _about(book.active, model, say)
    names = _sheet_names(model.tables(), say)
    _dictionary(book.create_sheet(say("Columns")), model, names, say)
    for table in model.tables():
        _sheet(book.create_sheet(names[table.id]), table, say)
    buffer = io.BytesIO()
    book.save(buffer)
    out.write(repeatable(buffer.getvalue(), model.created))


def _about(sheet: Any, model: ReportModel, say: Language) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = say("About")
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 110
    lines = [(say("Title"), model.title), (say("About"), model.subtitle)]
    lines += [(say("Author"), model.author)] if model.author else []
    lines.append((say("Date"), say.date(model.date)))
    lines += [(say(name), value) for name, value in model.meta.items()]
    for section in model.sections:
        if section.id in ("summary", "data"):
            first = section.title
            for block in section.blocks:
                for text in _texts(block):
                    lines.append((first, text))
                    first = ""
    for row, (name, text) in enumerate(lines, start=1):
        _put(sheet.cell(row, 1), name)
        _put(sheet.cell(row, 2), text)
        sheet.cell(row, 1).font = Font(bold=True)
        for column in (1, 2):
            sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        _height(sheet, row, [(name, 22), (text, 110)])
    _page(sheet)


def _texts(block: object) -> list[str]:
    match block:
        case Paragraph(spans):
            return [_plain(spans)]
        case Items(items, _):
            return [f"• {_plain(item)}" for item in items]
        case Heading(text, _):
            return [text]
        case _:
            return []


def _dictionary(
    sheet: Any, model: ReportModel, names: dict[str, str], say: Language
) -> None:
    from openpyxl.styles import Alignment

    head = (
        say("Sheet"), say("Table"), say("Column"), say("Name for machines"), say("Kind"),
        say("What it holds"),
    )
    widths = [22, 50, 30, 26, 10, 70]
    rows = [
        (names[table.id], table.caption, column.label, column.key, column.kind, column.description)
        for table in model.tables()
        for column in table.columns
    ]
    for place, title in enumerate(head, start=1):
        _put(sheet.cell(1, place), title)
    for number, row in enumerate(rows, start=2):
        _height(sheet, number, list(zip(row, widths, strict=True)))
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            _put(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _dress(sheet, len(rows), widths)


def _sheet(sheet: Any, table: Table, say: Language) -> None:
    from openpyxl.formatting.rule import ColorScaleRule
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(table.columns, start=1):
        _put(sheet.cell(1, place), column.label)
    widths = [
        min(70, max(14, round(column.width * 16))) if column.kind == "text" else 13
        for column in table.columns
    ]
    for number, row in enumerate(table.rows, start=2):
        _height(
            sheet, number,
            [(cell.value, width) for cell, width in zip(row, widths, strict=True)],
        )
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            target = sheet.cell(number, place)
            _value(target, cell)
            if column.kind in _FORMATS:
                target.number_format = say.cell_format(_FORMATS[column.kind])
                target.alignment = Alignment(vertical="top")
            else:
                target.alignment = Alignment(wrap_text=True, vertical="top")
    _dress(sheet, len(table.rows), widths)
    last = len(table.rows) + 1
    shaded = [
        get_column_letter(place)
        for place, column in enumerate(table.columns, start=1)
        if column.key in table.shade
    ]
    spans = [(letter, letter) for letter in shaded]
    if table.one_scale and shaded:
        spans = [(shaded[0], shaded[-1])]
    for start, end in spans if table.rows else ():
        rule = ColorScaleRule(
            start_type="min", start_color="FFFFFF", end_type="max", end_color="6BA3CC"
        )
        sheet.conditional_formatting.add(f"{start}2:{end}{last}", rule)


def _dress(sheet: Any, rows: int, widths: list[int]) -> None:
    """Header in bold, frozen, with filters; column widths; printing on one page's width."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, start=1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E3ECF3")
        head.alignment = Alignment(wrap_text=True, vertical="bottom")
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{rows + 1}"
    sheet.print_title_rows = "1:1"
    _page(sheet)


def _page(sheet: Any) -> None:
    """A4 across, every column on the page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _height(sheet: Any, row: int, cells: list[tuple[Value, int]]) -> None:
    """Room for the longest text of a row; not every program makes it by itself."""
    lines = max(
        (
            sum(-(-max(len(line), 1) // max(width - 2, 1)) for line in value.split("\n"))
            for value, width in cells
            if isinstance(value, str)
        ),
        default=1,
    )
    if lines > 1:
        sheet.row_dimensions[row].height = min(_LINE * lines + 2, _TALLEST)


def _value(target: Any, cell: Cell) -> None:
    value = cell.value
    if value is None:
        return
    if isinstance(value, str):
        _put(target, value)
        if cell.href.startswith(("http://", "https://")):
            target.hyperlink = printable(cell.href)
            target.style = "Hyperlink"
            _put(target, value)  # again: both lines above touch the value or its marks
    elif isinstance(value, float) and not -1e308 < value < 1e308:
        _put(target, str(value))
    else:
        target.value = value


def _put(target: Any, text: str) -> None:
    """Write a text as text, whatever it looks like."""
    clean = printable(bare(text))
    if len(clean) > _LONGEST:
        clean = clean[: _LONGEST - 1] + "…"
    target.value = clean
    target.data_type = "s"
    if clean.startswith(_FORMULA_SIGNS):
        target.quotePrefix = True


def _sheet_names(tables: list[Table], say: Language) -> dict[str, str]:
    """A unique name of at most 31 characters per table."""
    names: dict[str, str] = {}
    taken = {say("About").lower(), say("Columns").lower()}
    for table in tables:
        base = table.id.removesuffix("-table").replace("-", " ").capitalize()
        base = _FORBIDDEN.sub(" ", say(base))
        name, number = base[:31], 1
        while name.lower() in taken:
            number += 1
            name = f"{base[:27]} {number}"
        taken.add(name.lower())
        names[table.id] = name
    return names


def _plain(spans: Inline) -> str:
    return "".join(span.text for span in spans)
