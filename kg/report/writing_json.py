"""The report as JSON: the numbers behind it, and the document itself block by block."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.report.document import Code, Figure, Heading, Items, Paragraph, Table
from kg.report.foreign import bare

if TYPE_CHECKING:
    from kg.report.document import Block, Inline, ReportModel


def write_json(model: ReportModel, out: BinaryIO) -> None:
    """Write a report as JSON.

    Tables are lists of objects under the column keys, with their column dictionary beside.
    """
    document = {
        "title": model.title,
        "subtitle": model.subtitle,
        "author": model.author,
        "lang": model.lang,
        "date": model.date,
        "meta": dict(model.meta),
        "findings": model.findings,
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in model.sections
        ],
    }
    out.write(bare(json.dumps(document, ensure_ascii=False, indent=1)).encode() + b"\n")


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(spans):
            return {"type": "paragraph", "text": _plain(spans)}
        case Heading(text, id_):
            return {"type": "heading", "text": text, "id": id_}
        case Items(items, ordered):
            return {"type": "list", "ordered": ordered, "items": [_plain(item) for item in items]}
        case Code(text):
            return {"type": "code", "text": text}
        case Figure():
            return {"type": "figure", **asdict(block)}
        case Table():
            return _table(block)


def _table(table: Table) -> dict[str, Any]:
    return {
        "type": "table",
        "id": table.id,
        "caption": table.caption,
        "note": table.note,
        "columns": [
            {"key": c.key, "label": c.label, "kind": c.kind, "description": c.description}
            for c in table.columns
        ],
        "rows": [
            {column.key: cell.value for column, cell in zip(table.columns, row, strict=True)}
            for row in table.rows
        ],
    }



def _plain(spans: Inline) -> str:
    return "".join(span.text for span in spans)
