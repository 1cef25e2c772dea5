"""The report as one HTML file: nothing outside it is needed, and no script to read it."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.export.characters import printable
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
from kg.report.language import Language, language

if TYPE_CHECKING:
    from kg.report.document import Block, Cell, Column, Inline, ReportModel

_MANY_COLUMNS: Final = 10
_SHORT_LABEL: Final = 4
_STYLE: Final = Path(__file__).with_name("report.css")


def write_html(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as a self-contained page (HTML 5, print styles included)."""
    say = language(model.lang)
    contents = _text(say("Contents"))
    parts = [
        f'<!DOCTYPE html>\n<html lang="{escape(model.lang)}">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{_text(model.title)}</title>\n",
        '<meta name="generator" content="Equipoise">\n',
        f'<meta name="author" content="{_text(model.author)}">\n' if model.author else "",
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n",
        f'<a class="skip" href="#summary">{_text(say("Skip to the summary"))}</a>\n',
        f"<header>\n<h1>{_text(model.title)}</h1>\n",
        f'<p class="subtitle">{_text(model.subtitle)}</p>\n',
        f'<p class="by">{_text(_byline(model, say))}</p>\n</header>\n',
        f'<nav aria-label="{contents}">\n<h2>{contents}</h2>\n<ol>\n',
    ]
    parts += [
        f'<li><a href="#{section.id}">{_text(section.title)}</a></li>\n'
        for section in model.sections
    ]
    parts.append("</ol>\n</nav>\n<main>\n")
    figures = tables = 0
    for number, section in enumerate(model.sections, start=1):
        parts.append(
            f'<section aria-labelledby="{section.id}">\n'
            f'<h2 id="{section.id}"><span class="number">{number}</span> '
            f"{_text(section.title)}</h2>\n"
        )
        for block in section.blocks:
            if isinstance(block, Figure):
                figures += 1
                parts.append(_figure(block, f"{say('Figure')} {figures}"))
            elif isinstance(block, Table):
                if block.workbook_only:
                    continue
                tables += 1
                parts.append(_table(block, f"{say('Table')} {tables}", say))
            else:
                parts.append(_block(block))
        parts.append("</section>\n")
    colophon = _text(_colophon(model, say))
    parts.append(f"</main>\n<footer>\n<p>{colophon}</p>\n</footer>\n</body>\n</html>\n")
    out.write("".join(parts).encode())


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return f"<p>{_inline(spans)}</p>\n"
        case Heading(text, id_):
            anchor = f' id="{escape(id_)}"' if id_ else ""
            return f"<h3{anchor}>{_spoken(text)}</h3>\n"
        case Items(items, ordered):
            tag = "ol" if ordered else "ul"
            body = "".join(f"<li>{_inline(item)}</li>\n" for item in items)
            return f"<{tag}>\n{body}</{tag}>\n"
        case Code(text):
            return f'<pre tabindex="0"><code>{_text(text)}</code></pre>\n'
        case _:
            raise TypeError(f"no way to write {type(block).__name__}")


def _figure(figure: Figure, name: str) -> str:
    return (
        f'<figure id="{escape(figure.id)}">\n<div class="scroll" tabindex="0" role="group" '
        f'aria-label="{_text(name)}">{_scoped(figure)}</div>\n'
        f"<figcaption><b>{_text(name)}.</b> {_spoken(figure.caption)}</figcaption>\n</figure>\n"
    )


def _scoped(figure: Figure) -> str:
    """Ids inside a picture made its own, since all pictures share one page."""
    svg = re.sub(r'\bid="', f'id="{figure.id}-', figure.svg)
    svg = re.sub(r"url\(#", f"url(#{figure.id}-", svg)
    return re.sub(
        r'aria-labelledby="([^"]*)"',
        lambda match: 'aria-labelledby="{}"'.format(
            " ".join(f"{figure.id}-{part}" for part in match[1].split())
        ),
        svg,
    )


def _table(table: Table, name: str, say: Language) -> str:
    label = f"{name}. {table.caption}"
    many = len(table.columns) > _MANY_COLUMNS
    classes = (" appendix" if table.appendix else "") + (" many" if many else "")
    parts = [
        f'<div class="scroll{classes}" tabindex="0" role="group" aria-label="{_text(label)}">\n',
        f'<table id="{escape(table.id)}">\n',
        f"<caption><b>{_text(name)}.</b> {_spoken(table.caption)}</caption>\n<thead>\n<tr>",
    ]
    for column in table.columns:
        title = f' title="{_text(column.description)}"' if column.description else ""
        numeric = column.kind in NUMERIC
        label = _spoken(column.label)
        if many and numeric and len(bare(column.label)) > _SHORT_LABEL:
            parts.append(f'<th scope="col" class="n turn"{title}><span>{label}</span></th>')
        else:
            classes = ' class="n"' if numeric else ""
            parts.append(f'<th scope="col"{classes}{title}>{label}</th>')
    parts.append("</tr>\n</thead>\n<tbody>\n")
    limits = table.highest()
    for position, row in enumerate(table.rows):
        anchor = table.anchors[position] if table.anchors else ""
        parts.append(f'<tr id="{escape(anchor)}">' if anchor else "<tr>")
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            parts.append(_cell(cell, column, limits.get(column.key, 0.0), say, head=place == 0))
        parts.append("</tr>\n")
    parts.append("</tbody>\n</table>\n")
    if table.note:
        parts.append(f'<p class="note">{_spoken(table.note)}</p>\n')
    parts.append("</div>\n")
    return "".join(parts)



def _cell(cell: Cell, column: Column, highest: float, say: Language, *, head: bool) -> str:
    text = _inline(cell.spans) if cell.spans else _spoken(shown(cell.value, column.kind, say))
    if cell.href:
        text = f'<a href="{escape(_safe(cell.href))}">{text}</a>'
    if head:
        return f'<th scope="row">{text}</th>'
    attributes = ' class="n"' if column.kind in NUMERIC else ""
    if highest > 0 and isinstance(cell.value, int | float) and cell.value > 0:
        # A bar behind the number: readable without colour, and the number stays.
        attributes += f' style="--bar:{100 * float(cell.value) / highest:.0f}%"'
        attributes = attributes.replace('class="n"', 'class="n bar"')
    return f"<td{attributes}>{text}</td>"


def _inline(spans: Inline) -> str:
    parts = []
    for span in spans:
        text = _spoken(span.text)
        if span.strong:
            text = f"<strong>{text}</strong>"
        if span.href:
            text = f'<a href="{escape(_safe(span.href))}">{text}</a>'
        parts.append(text)
    return "".join(parts)


def _safe(href: str) -> str:
    """Addresses that a click may follow; anything else goes nowhere."""
    return printable(href) if href.startswith(("#", "http://", "https://")) else "#"


def _text(value: str) -> str:
    return escape(printable(bare(value)))


def _spoken(value: str) -> str:
    """Text as content: what is in the language of the data says so."""
    return "".join(
        f'<span lang="{DATA_LANGUAGE}">{_text(piece)}</span>' if data else _text(piece)
        for piece, data in pieces(value)
    )


def _byline(model: ReportModel, say: Language) -> str:
    return " · ".join(part for part in (model.author, say.date(model.date)) if part)


def _colophon(model: ReportModel, say: Language) -> str:
    return " · ".join(model.told(say))
