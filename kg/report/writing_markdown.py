"""The report as Markdown (CommonMark with pipe tables), pictures inside as data addresses."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.export.characters import printable
from kg.report.document import NUMERIC, Code, Figure, Heading, Items, Paragraph, Table, shown
from kg.report.foreign import bare
from kg.report.language import Language, language

if TYPE_CHECKING:
    from kg.report.document import Block, Cell, Column, Inline, ReportModel

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~#])")


def write_markdown(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as Markdown."""
    say = language(model.lang)
    by = " · ".join(part for part in (model.author, say.date(model.date)) if part)
    parts = [f"# {_text(model.title)}\n", f"{_text(model.subtitle)}\n", f"{_text(by)}\n"]
    figures = tables = 0
    for number, section in enumerate(model.sections, start=1):
        parts.append(f"## {number} {_text(section.title)}\n")
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
    meta = "\n".join(f"- {_text(line)}" for line in model.told(say))
    parts.append(f"---\n\n{meta}\n")
    out.write("\n".join(parts).encode())


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return f"{_inline(spans)}\n"
        case Heading(text, _):
            return f"### {_text(text)}\n"
        case Items(items, ordered):
            return "".join(
                f"{f'{place}.' if ordered else '-'} {_inline(item)}\n"
                for place, item in enumerate(items, start=1)
            )
        case Code(text):
            fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
            return f"{fence}\n{printable(text)}\n{fence}\n"
        case _:
            raise TypeError(f"no way to write {type(block).__name__}")


def _figure(figure: Figure, name: str) -> str:
    data = base64.b64encode(figure.svg.encode()).decode()
    alt = _text(figure.alt).replace("\n", " ")
    return f"![{alt}](data:image/svg+xml;base64,{data})\n\n*{name}.* {_text(figure.caption)}\n"


def _table(table: Table, name: str, say: Language) -> str:
    rule = "|".join("---:" if column.kind in NUMERIC else "---" for column in table.columns)
    lines = [
        f"*{name}.* {_text(table.caption)}\n",
        "| " + " | ".join(_text(column.label) for column in table.columns) + " |",
        f"|{rule}|",
    ]
    for row in table.rows:
        cells = [_cell(cell, column, say) for cell, column in zip(row, table.columns, strict=True)]
        lines.append("| " + " | ".join(cells) + " |")
    if table.note:
        lines.append(f"\n{_text(table.note)}")
    return "\n".join(lines) + "\n"


def _cell(cell: Cell, column: Column, say: Language) -> str:
    if cell.spans:
        return " ".join(_inline(cell.spans).split())
    text = " ".join(_text(shown(cell.value, column.kind, say)).split())
    return f"[{text}](<{_address(cell.href)}>)" if _outside(cell.href) else text


def _inline(spans: Inline) -> str:
    parts = []
    for span in spans:
        text = _text(span.text)
        if span.strong:
            text = f"**{text}**"
        parts.append(f"[{text}](<{_address(span.href)}>)" if _outside(span.href) else text)
    return "".join(parts)


def _outside(href: str) -> bool:
    return href.startswith(("http://", "https://"))


def _address(href: str) -> str:
    return printable(href).replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _text(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", printable(bare(value))).replace("\n", " ")
