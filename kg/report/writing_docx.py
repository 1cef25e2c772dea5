"""The report as a Word document: headings, tables that repeat their header, vector pictures."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg.errors import MissingExtra
from kg.export.characters import printable, xml_attribute, xml_text
from kg.export.raster import picture_size, png_of
from kg.report.archive import repeatable
from kg.report.document import (
    NUMERIC,
    Code,
    Figure,
    Heading,
    Items,
    Paragraph,
    Table,
    shown,
)
from kg.report.foreign import bare, pieces
from kg.report.language import language

if TYPE_CHECKING:
    from kg.report.document import Block, Cell, Column, Inline, ReportModel

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SVG: Final = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_VECTOR: Final = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
"""The name of the extension that holds a vector drawing."""
_TEXT_WIDTH: Final = 9_900
"""Width of the text in twentieths of a point: A4 less margins of 18 mm."""
_LETTER: Final = 82
"""Room for a letter of a turned heading, in twentieths of a point."""
_MANY_COLUMNS: Final = 10
_FULL_WIDTH: Final = 860
_DATA: Final = '<w:lang w:val="en-US"/>'
"""The language of the data, as Word has it."""


def write_docx(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as a Word document (Office Open XML).

    Raises:
        MissingExtra: python-docx, or Typst for the pictures, is not installed.

    Cost: about 2 s for the shipped graph, most of it the pictures.
    """
    try:
        import docx
    except ImportError as error:
        raise MissingExtra("DOCX reports", extra="docx") from error
    writer = _Writer(docx.Document(), model)
    writer.write()
    buffer = io.BytesIO()
    writer.document.save(buffer)
    out.write(repeatable(buffer.getvalue(), model.created))


class _Writer:
    def __init__(self, document: Any, model: ReportModel) -> None:
        self.document = document
        self._model = model
        self._say = language(model.lang)
        self._bookmarks = {name: f"b{n}" for n, name in enumerate(model.anchors(), start=1)}
        self._outside: dict[str, str] = {}
        self._tables = self._figures = 0

    def write(self) -> None:
        """Everything, in order."""
        from docx.shared import Mm, Pt

        model, document = self._model, self.document
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin, section.bottom_margin = Mm(18), Mm(20)
        normal = document.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)
        if not self._say.native:
            for mark in document.styles.element.iter(f"{{{_W}}}lang"):
                mark.set(f"{{{_W}}}val", self._say.locale)
        properties = document.core_properties
        properties.title, properties.author = printable(model.title), printable(model.author)
        properties.language, properties.comments = model.lang, ""
        document.add_heading(printable(model.title), 0)
        document.add_paragraph(printable(model.subtitle))
        by = " · ".join(part for part in (model.author, self._say.date(model.date)) if part)
        document.add_paragraph(printable(by))
        document.add_heading(self._say("Contents"), 1)
        for number, part in enumerate(model.sections, start=1):
            link = self._link(_run(f"{number}  {part.title}"), f"#{part.id}")
            self._append(f"<w:p>{link}</w:p>")
        for number, part in enumerate(model.sections, start=1):
            self._heading(f"{number}  {part.title}", 1, part.id)
            for block in part.blocks:
                self._block(block)
        meta = " · ".join(model.told(self._say))
        self._append(f"<w:p>{_run(meta, size=16, color='52606D')}</w:p>")

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(spans):
                self._append(f"<w:p>{self._inline(spans)}</w:p>")
            case Heading(text, id_):
                self._heading(text, 2, id_)
            case Items(items, ordered):
                style = "ListNumber" if ordered else "ListBullet"
                for item in items:
                    self._append(
                        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{self._inline(item)}</w:p>'
                    )
            case Code(text):
                lines = printable(text).split("\n")
                self._append(
                    '<w:p><w:pPr><w:shd w:val="clear" w:color="auto" w:fill="F1F4F7"/></w:pPr>'
                    + "<w:r><w:br/></w:r>".join(_run(line, size=16, font="Courier New")
                                                for line in lines)
                    + "</w:p>"
                )
            case Figure():
                self._figure(block)
            case Table():
                if not block.workbook_only:
                    self._table(block)

    def _heading(self, text: str, level: int, anchor: str) -> None:
        self._append(
            f'<w:p><w:pPr><w:pStyle w:val="Heading{level}"/></w:pPr>'
            f"{self._mark(anchor)}{_run(text)}</w:p>"
        )

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Mm

        self._figures += 1
        width, _ = picture_size(figure.svg)
        share = min(1.0, width / _FULL_WIDTH)
        # Pixels for old readers; twice the size at which they are printed.
        picture = io.BytesIO(png_of(figure.svg, scale=2.0))
        shape = self.document.add_picture(picture, width=Mm(174 * share))
        self._vector(shape, figure.svg)
        described = shape._inline.docPr
        described.set("descr", printable(bare(figure.alt)))
        described.set("name", printable(figure.id))
        paragraph = self.document.paragraphs[-1]
        paragraph.paragraph_format.keep_with_next = True
        name = f"{self._say('Figure')} {self._figures}."
        self._caption(name, figure.caption, figure.id)

    def _vector(self, shape: Any, svg: str) -> None:
        """Put the drawing itself beside its pixels, as Word 2016 and LibreOffice read it."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.oxml import parse_xml

        document = self.document.part
        name = PackURI(f"/word/media/figure{self._figures}.svg")
        drawing = Part(name, "image/svg+xml", printable(svg).encode(), document.package)
        relation = document.relate_to(drawing, RELATIONSHIP_TYPE.IMAGE)
        shape._inline.graphic.graphicData.pic.blipFill.blip.append(
            parse_xml(
                f'<a:extLst xmlns:a="{_A}" xmlns:r="{_R}"><a:ext uri="{_VECTOR}">'
                f'<asvg:svgBlip xmlns:asvg="{_SVG}" r:embed="{relation}"/></a:ext></a:extLst>'
            )
        )

    def _caption(self, name: str, caption: str, anchor: str, *, before: bool = False) -> None:
        keep = "<w:keepNext/>" if before else ""
        self._append(
            f'<w:p><w:pPr>{keep}<w:spacing w:before="120" w:after="80"/></w:pPr>'
            f"{self._mark(anchor)}{_run(name + ' ', bold=True, size=18)}"
            f"{_run(caption, size=18, color='52606D')}</w:p>"
        )

    def _table(self, table: Table) -> None:
        self._tables += 1
        self._caption(f"{self._say('Table')} {self._tables}.", table.caption, table.id, before=True)
        many = len(table.columns) > _MANY_COLUMNS
        size = 13 if table.appendix or many else 16
        weights = [_weight(column, many=many) for column in table.columns]
        widths = [round(_TEXT_WIDTH * weight / sum(weights)) for weight in weights]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        head = "".join(
            self._head(column, width, size, many=many)
            for column, width in zip(table.columns, widths, strict=True)
        )
        turned = [len(bare(column.label)) for column in table.columns if many and _turned(column)]
        room = _LETTER * max(turned, default=0) + 120
        height = f'<w:trHeight w:val="{room}" w:hRule="atLeast"/>' if turned else ""
        limits = table.highest()
        rows = []
        for position, row in enumerate(table.rows):
            anchor = table.anchors[position] if table.anchors else ""
            cells = [
                self._cell(cell, column, width, size, limits.get(column.key, 0.0),
                           anchor if place == 0 else "",
                           keep=table.short and position + 1 < len(table.rows))
                for place, (cell, column, width) in enumerate(
                    zip(row, table.columns, widths, strict=True)
                )
            ]
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
        self._append(
            '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
            '<w:top w:val="single" w:sz="8" w:color="1B2733"/>'
            '<w:bottom w:val="single" w:sz="8" w:color="1B2733"/>'
            '<w:insideH w:val="single" w:sz="4" w:color="CFD6DD"/></w:tblBorders>'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/>'
            '<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
            f"<w:tr><w:trPr><w:cantSplit/>{height}<w:tblHeader/></w:trPr>{head}</w:tr>"
            f"{''.join(rows)}</w:tbl>"
        )
        note = _run(table.note, size=16, color="52606D") if table.note else ""
        self._append(f'<w:p><w:pPr><w:spacing w:after="160"/></w:pPr>{note}</w:p>')

    def _head(self, column: Column, width: int, size: int, *, many: bool) -> str:
        turned = many and _turned(column)
        direction = '<w:textDirection w:val="btLr"/>' if turned else ""
        align = "right" if column.kind in NUMERIC and not turned else "left"
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{direction}'
            '<w:vAlign w:val="bottom"/></w:tcPr>'
            f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/><w:jc w:val="{align}"/></w:pPr>'
            f"{_run(column.label, bold=True, size=size)}</w:p></w:tc>"
        )

    def _cell(
        self,
        cell: Cell,
        column: Column,
        width: int,
        size: int,
        highest: float,
        anchor: str,
        *,
        keep: bool,
    ) -> str:
        if cell.spans:
            body = self._inline(cell.spans, size)
        else:
            body = self._link(_run(shown(cell.value, column.kind, self._say), size=size), cell.href)
        fill = ""
        if highest > 0 and isinstance(cell.value, int | float) and cell.value > 0:
            fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{_tint(cell.value / highest)}"/>'
        align = "right" if column.kind in NUMERIC else "left"
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr>'
            f"<w:p><w:pPr>{'<w:keepNext/>' if keep else ''}"
            '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
            f'<w:jc w:val="{align}"/></w:pPr>'
            f"{self._mark(anchor)}{body}</w:p></w:tc>"
        )

    def _inline(self, spans: Inline, size: int = 0) -> str:
        return "".join(
            self._link(_run(span.text, bold=span.strong, size=size), span.href) for span in spans
        )

    def _link(self, run: str, href: str) -> str:
        if href.startswith("#") and href[1:] in self._bookmarks:
            run = run.replace("</w:rPr>", '<w:color w:val="0B5394"/></w:rPr>')
            return f'<w:hyperlink w:anchor="{self._bookmarks[href[1:]]}">{run}</w:hyperlink>'
        if href.startswith(("http://", "https://")):
            run = run.replace("</w:rPr>", '<w:color w:val="0B5394"/></w:rPr>')
            return f'<w:hyperlink r:id="{self._related(href)}">{run}</w:hyperlink>'
        return run

    def _related(self, href: str) -> str:
        if href not in self._outside:
            from docx.opc.constants import RELATIONSHIP_TYPE

            self._outside[href] = self.document.part.relate_to(
                printable(href), RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
        return xml_attribute(self._outside[href])

    def _mark(self, anchor: str) -> str:
        if anchor not in self._bookmarks:
            return ""
        name = self._bookmarks[anchor]
        return (
            f'<w:bookmarkStart w:id="{name[1:]}" w:name="{name}"/>'
            f'<w:bookmarkEnd w:id="{name[1:]}"/>'
        )

    def _append(self, xml: str) -> None:
        from docx.oxml import parse_xml

        tag = xml[1 : min(xml.index(">"), xml.index(" ") if " " in xml else len(xml))]
        named = xml.replace(f"<{tag}", f'<{tag} xmlns:w="{_W}" xmlns:r="{_R}"', 1)
        body = self.document.element.body
        body.insert(len(body) - 1, parse_xml(named))


def _run(
    text: str, *, bold: bool = False, size: int = 0, color: str = "", font: str = ""
) -> str:
    """Text as a run, or one per language; ``size`` in half points."""
    properties = (
        (f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>' if font else "")
        + ("<w:b/>" if bold else "")
        + (f'<w:color w:val="{color}"/>' if color else "")
        + (f'<w:sz w:val="{size}"/>' if size else "")
    )
    return "".join(
        f"<w:r><w:rPr>{properties}{_DATA if data else ''}</w:rPr>"
        f'<w:t xml:space="preserve">{xml_text(piece)}</w:t></w:r>'
        for piece, data in pieces(text)
    )


def _weight(column: Column, *, many: bool) -> float:
    """Relative width of a column, enough for the longest word of its heading."""
    if many:
        return column.width
    return max(column.width, 0.15 * max(map(len, re.split("[ -]", bare(column.label)))) + 0.2)


def _turned(column: Column) -> bool:
    return column.kind in NUMERIC and len(bare(column.label)) > 5


def _tint(share: float) -> str:
    light, dark = (0xFF, 0xFF, 0xFF), (0xB5, 0xD0, 0xE5)
    return "".join(
        f"{round(a + (b - a) * share**0.5):02X}" for a, b in zip(light, dark, strict=True)
    )
