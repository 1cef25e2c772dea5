"""The report as PDF, set by Typst: tagged for screen readers, fonts inside, no network."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.errors import MissingExtra
from kg.export.characters import printable
from kg.export.drawing import FONTS
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
from kg.report.foreign import DATA_LANGUAGE, bare, pieces
from kg.report.language import language

if TYPE_CHECKING:
    from kg.report.document import Block, Cell, Column, Inline, ReportModel

FONT: Final = "Libertinus Serif"
"""Comes with Typst, so a page looks the same on every machine."""
_MANY_COLUMNS: Final = 10
_FULL_WIDTH: Final = 960
"""Width of a picture, in its own units, that fills the line."""
_PREAMBLE: Final = """
#set page(paper: "a4", margin: (x: 17mm, top: 18mm, bottom: 20mm), numbering: "1",
  footer: context [#set text(8pt, fill: luma(90)); #TITLE #h(1fr) #counter(page).display()])
#set text(font: "Libertinus Serif", size: 10.5pt, lang: LANG, fill: rgb("#1B2733"))
#set par(leading: 0.62em, spacing: 0.95em, justify: false)
#set heading(numbering: (..n) => if n.pos().len() == 1 { numbering("1", ..n) })
#show heading.where(level: 1): it => block(above: 1.9em, below: 0.9em, sticky: true, {
  line(length: 100%, stroke: 1.2pt)
  v(-0.5em)
  text(16pt, it)
})
#show heading.where(level: 2): it => block(above: 1.5em, below: 0.7em, sticky: true,
  text(12pt, it))
#show link: set text(fill: rgb("#0B5394"))
#show raw: set text(font: "DejaVu Sans Mono", size: 7.5pt)
#set table(stroke: (_, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt + luma(200) }),
  inset: (x: 3.5pt, y: 2.6pt))
#let cap(name, body) = block(above: 1.3em, below: 0.5em, sticky: true,
  text(9pt, fill: luma(70))[#strong(name) #body])
#let below(name, body) = block(above: 0.6em, below: 1.4em,
  text(9pt, fill: luma(70))[#strong(name) #body])
#let up(body) = rotate(-90deg, reflow: true, body)
"""


def write_pdf(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as PDF, A4, tagged; PDF/UA-1 wherever a font has every letter.

    The date inside is that of the revision, so the same revision and options give the same bytes.

    Raises:
        MissingExtra: Typst is not installed.

    Cost: about 1 s for the shipped graph.
    """
    try:
        import typst
    except ImportError as error:
        raise MissingExtra("PDF reports", extra="pdf") from error
    created = datetime.fromisoformat(model.created)
    source, moment = _Source(model).text().encode(), int(created.timestamp())
    try:
        data = typst.compile(source, format="pdf", pdf_standards=["ua-1"], timestamp=moment)
    except typst.TypstError:
        # PDF/UA forbids letters that no font at hand can draw; the report is worth more than
        # the label, so it is written as a tagged PDF with those letters as boxes.
        data = typst.compile(source, format="pdf", timestamp=moment)
    assert isinstance(data, bytes)
    out.write(data)


class _Source:
    """The report in Typst's language. All text goes in as string literals, never as markup."""

    def __init__(self, model: ReportModel) -> None:
        self._model = model
        self._say = language(model.lang)
        self._anchors = frozenset(model.anchors())
        self._tables = self._figures = 0

    def text(self) -> str:
        model = self._model
        by = " · ".join(part for part in (model.author, self._say.date(model.date)) if part)
        year, month, day = model.date.split("-")
        date = f"datetime(year: {int(year)}, month: {int(month)}, day: {int(day)})"
        authors = f"({_string(model.author)},)" if model.author else "()"
        parts = [
            f"#set document(title: {_string(model.title)}, author: {authors}, date: {date})\n",
            _PREAMBLE.replace("#TITLE", f"#{_string(model.title)}").replace(
                "LANG", _string(model.lang)
            ),
            f"#v(8mm)\n#title(text(24pt, {_string(model.title)}))\n",
            f"#text(13pt, fill: luma(70), {_string(model.subtitle)})\n\n",
            f"#text(10pt, fill: luma(70), {_string(by)})\n#v(6mm)\n",
            f"#outline(title: {_string(self._say('Contents'))}, depth: 1)\n",
        ]
        for section in model.sections:
            parts.append(f"\n#heading(level: 1, {_string(section.title)}) {_label(section.id)}\n")
            parts += [self._block(block) for block in section.blocks]
        meta = " · ".join(model.told(self._say))
        parts.append(f"\n#v(6mm)\n#text(8pt, fill: luma(90), {_string(meta)})\n")
        return "".join(parts)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(spans):
                return f"\n{self._inline(spans)}\n"
            case Heading(text, id_):
                return f"\n#heading(level: 2, {_spoken(text)}) {_label(id_) if id_ else ''}\n"
            case Items(items, ordered):
                kind = "enum" if ordered else "list"
                body = ", ".join(f"[{self._inline(item)}]" for item in items)
                return f"\n#{kind}({body})\n"
            case Code(text):
                return (
                    "\n#block(fill: luma(243), inset: 6pt, width: 100%, radius: 2pt, "
                    f"raw(block: true, {_string(text)}))\n"
                )
            case Figure():
                return self._figure(block)
            case Table():
                return "" if block.workbook_only else self._table(block)

    def _figure(self, figure: Figure) -> str:
        self._figures += 1
        name = f"{self._say('Figure')} {self._figures}."
        svg = printable(figure.svg).replace(FONTS, FONT)
        return (
            f"\n#block(breakable: false)[#image(bytes({_string(svg)}), format: {_string('svg')}, "
            f"width: {_width(svg)}%, alt: {_string(figure.alt)}) {_label(figure.id)}\n"
            f"#below({_string(name)}, {_spoken(figure.caption)})]\n"
        )

    def _table(self, table: Table) -> str:
        self._tables += 1
        name = f"{self._say('Table')} {self._tables}."
        many = len(table.columns) > _MANY_COLUMNS
        size = "6.8pt" if table.appendix or many else "8pt"
        columns = ", ".join(f"{column.width:g}fr" for column in table.columns)
        heads = ", ".join(self._head(column, many=many) for column in table.columns)
        aligns = ", ".join(
            "right + top" if column.kind in NUMERIC else "left + top" for column in table.columns
        )
        limits = table.highest()
        cells = []
        for position, row in enumerate(table.rows):
            anchor = table.anchors[position] if table.anchors else ""
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                mark = _mark(anchor) if anchor and place == 0 else ""
                cells.append(self._cell(cell, column, limits.get(column.key, 0.0), mark))
        note = (
            f"\n#block(below: 1.2em, text(8pt, fill: luma(70), {_spoken(table.note)}))\n"
            if table.note
            else ""
        )
        held = "#block(breakable: false)" if table.short else "#"
        return (
            f"\n#cap({_string(name)}, {_spoken(table.caption)}) {_label(table.id)}\n"
            f"{held}[#set text({size})\n#set par(leading: 0.45em)\n"
            f"#table(columns: ({columns},), align: ({aligns},), "
            f"table.header({heads}),\n{','.join(cells)})]\n{note}"
        )

    def _head(self, column: Column, *, many: bool) -> str:
        label = f"strong({_spoken(column.label)})"
        if not self._say.native:  # words of other languages are longer than the columns
            label = f"text(hyphenate: true, {label})"
        turned = many and len(bare(column.label)) > 5 and column.kind in NUMERIC
        return f"table.cell(align: bottom, up({label}))" if turned else (
            f"table.cell(align: {'right' if column.kind in NUMERIC else 'left'} + bottom, {label})"
        )

    def _cell(self, cell: Cell, column: Column, highest: float, mark: str) -> str:
        if cell.spans:
            body = self._inline(cell.spans)
        else:
            body = self._linked(f"#{_spoken(shown(cell.value, column.kind, self._say))}", cell.href)
        if highest > 0 and isinstance(cell.value, int | float) and cell.value > 0:
            share = round(34 * (float(cell.value) / highest) ** 0.5)
            return f'table.cell(fill: rgb("#2F6690").transparentize({100 - share}%))[{mark}{body}]'
        return f"[{mark}{body}]"

    def _inline(self, spans: Inline) -> str:
        parts = []
        for span in spans:
            text = f"#{_spoken(span.text)}"
            if span.strong:
                text = f"#strong[{text}]"
            parts.append(self._linked(text, span.href))
        return "".join(parts)

    def _linked(self, body: str, href: str) -> str:
        if href.startswith("#"):
            return (
                f"#link(label({_string(href[1:])}))[{body}]" if href[1:] in self._anchors else body
            )
        if href.startswith(("http://", "https://")):
            return f"#link({_string(href)})[{body}]"
        return body



def _width(svg: str) -> int:
    """Share of the line that a picture takes: small pictures are not blown up."""
    match = re.search(r'\bwidth="([\d.]+)"', svg)
    return min(100, round(float(match[1]) / _FULL_WIDTH * 100)) if match else 100


def _string(text: str) -> str:
    escaped = printable(bare(text)).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "").replace("\t", "\\t") + '"'


def _spoken(text: str) -> str:
    """Text as content: what is in the language of the data says so."""
    parts = [
        f'text(lang: "{DATA_LANGUAGE}", {_string(piece)})' if data else _string(piece)
        for piece, data in pieces(text)
    ]
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def _label(name: str) -> str:
    return f"#label({_string(name)})"


def _mark(name: str) -> str:
    return f"#metadata(none)#label({_string(name)})"
