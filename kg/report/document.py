"""The report as a document: sections of blocks, without any file format.

Findings are written into this model once; every writer (HTML, PDF, DOCX, Markdown, XLSX, JSON)
only decides how a block looks. Values are plain and frozen, so a report can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from kg.report.language import ENGLISH, Language

Kind = Literal["text", "int", "number", "share", "p"]
NUMERIC: Final[tuple[Kind, ...]] = ("int", "number", "share", "p")
"""Kinds that are set to the right."""
_SHORT_TABLE: Final = 12
_FEW_LETTERS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text, perhaps with a link (``#id`` inside the report, or an address)."""

    text: str
    href: str = ""
    strong: bool = False


Inline: TypeAlias = tuple[Span, ...]
Value: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    spans: Inline


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; ``id`` makes it a place to link to."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``ordered`` numbers it."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be typed or read by a machine, as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: Name for machines.
        label: Heading.
        kind: How values are printed: text, int, number (3 digits), share (percent) or p.
        description: One line for the column dictionary.
        width: Share of the table's width, relative to the other columns.
    """

    key: str
    label: str
    kind: Kind = "text"
    description: str = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with what it links to.

    ``spans`` are shown instead of the value where a format can; workbooks take the value.
    """

    value: Value
    href: str = ""
    spans: Inline = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; ``shade`` colours number columns by value in formats that can.

    Attributes:
        id: Place to link to, and the sheet's name in a workbook.
        caption: What the table shows.
        columns: Its columns.
        rows: One tuple of cells per row, as many as columns.
        shade: Keys of columns to colour.
        one_scale: Whether the coloured columns share one scale, as in a matrix.
        note: A line below.
        appendix: Whether it is long reference matter, printed small.
        workbook_only: Whether only workbooks and JSON carry it.
        anchors: Per row an id to link to, or an empty string; empty when there are none.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shade: tuple[str, ...] = ()
    one_scale: bool = False
    note: str = ""
    appendix: bool = False
    workbook_only: bool = False
    anchors: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether it is so short that a page break inside it would be a nuisance."""
        letters = sum(len(str(cell.value or "")) for line in self.rows for cell in line)
        return len(self.rows) <= _SHORT_TABLE and letters <= _FEW_LETTERS

    def highest(self) -> dict[str, float]:
        """Highest number of each column to colour, 0 where there is none."""
        found: dict[str, float] = {}
        for place, column in enumerate(self.columns):
            if column.key in self.shade:
                values = [line[place].value for line in self.rows]
                numbers = [float(value) for value in values if isinstance(value, int | float)]
                found[column.key] = max(numbers, default=0.0)
        if self.one_scale:
            return dict.fromkeys(found, max(found.values(), default=0.0))
        return found

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.id}: {len(row)} cells in {len(self.columns)} columns"
                )


@dataclass(frozen=True, slots=True)
class Figure:
    """A vector picture with a caption and a text that stands for it."""

    id: str
    svg: str
    caption: str
    alt: str


Block: TypeAlias = Paragraph | Heading | Items | Code | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ReportModel:
    """A whole report.

    Attributes:
        title: Title.
        subtitle: What was looked at, in one line.
        author: Author, or empty.
        lang: Language of everything but the data, as a tag.
        date: Date of the revision, ``2026-11-22``.
        created: Moment of the revision, ISO 8601.
        meta: Facts about the making: revision, content hash, version, options; under English names.
        sections: In order.
        findings: The numbers behind the report as plain JSON values.
    """

    title: str
    subtitle: str
    author: str
    lang: str
    date: str
    created: str
    meta: Mapping[str, str]
    sections: tuple[Section, ...]
    findings: Mapping[str, Any] = field(default_factory=dict)

    def told(self, say: Language) -> list[str]:
        """The facts about the making, one line each, in a language."""
        return [
            say("{name}: {value}", name=say(name), value=value) for name, value in self.meta.items()
        ]

    def tables(self) -> list[Table]:
        """All tables in order."""
        return [
            block
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table)
        ]


    def anchors(self) -> tuple[str, ...]:
        """Every place inside the report that can be linked to, each once, in order."""
        found: dict[str, None] = {}
        for section in self.sections:
            found[section.id] = None
            for block in section.blocks:
                if isinstance(block, Table):
                    if not block.workbook_only:
                        found[block.id] = None
                        found.update(dict.fromkeys(name for name in block.anchors if name))
                elif isinstance(block, Figure | Heading) and block.id:
                    found[block.id] = None
        return tuple(found)


def text(value: str, *, strong: bool = False, href: str = "") -> Inline:
    """One span.

    Example:
        >>> text("a")
        (Span(text='a', href='', strong=False),)
    """
    return (Span(value, href, strong),)


def paragraph(*parts: str | Span) -> Paragraph:
    """A paragraph of strings and spans; strings side by side are one.

    Example:
        >>> paragraph("See ", Span("gaps", "#gaps"), ".").spans[1].href
        '#gaps'
    """
    spans: list[Span] = []
    plain = ""
    for part in parts:
        if isinstance(part, str):
            plain += part
            continue
        spans += [Span(plain), part] if plain else [part]
        plain = ""
    return Paragraph((*spans, Span(plain)) if plain else tuple(spans))


def linked(*spans: Span, joint: str = ", ") -> Cell:
    """A cell of several linked pieces.

    Example:
        >>> linked(Span("C1", "#c1"), Span("C2", "#c2")).value
        'C1, C2'
    """
    pieces: list[Span] = []
    for place, span in enumerate(spans):
        if place:
            pieces.append(Span(joint))
        pieces.append(span)
    return Cell("".join(piece.text for piece in pieces), spans=tuple(pieces))


def row(*values: Value | Cell) -> tuple[Cell, ...]:
    """A row of a table from plain values and cells."""
    return tuple(value if isinstance(value, Cell) else Cell(value) for value in values)


def shown(value: Value, kind: Kind, say: Language = ENGLISH) -> str:
    """A value as people read it in a language.

    Example:
        >>> shown(0.1234, "share"), shown(1234, "int"), shown(0.00004, "p"), shown(None, "text")
        ('12.3 %', '1,234', '< 0.001', '–')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value
    match kind:
        case "share":
            return f"{say.number(value * 100, '.1f')}\u00a0%"
        case "int":
            return say.number(value, ",.0f")
        case "p":
            if value < 0.001:
                return f"<\u00a0{say.number(0.001, '.3f')}"
            # A q just below the line must not look as if it lay on it.
            near = 0.0495 <= value < 0.05
            return f"<\u00a0{say.number(0.05, '.2f')}" if near else say.number(value, ".3f")
        case "number":
            return say.number(value, _precision(value))
        case _:
            return str(value)


def _precision(value: float) -> str:
    if isinstance(value, int) or abs(value) >= 100:
        return ",.0f"
    return ".2f" if abs(value) < 10 else ".1f"
