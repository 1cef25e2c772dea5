"""A coverage matrix: as pictures of at most two dozen rows, then as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.report.document import Cell, Column, Figure, Table
from kg.report.findings import anchor
from kg.report.heatmap import heat_map
from kg.report.language import message

if TYPE_CHECKING:
    from kg.analysis.coverage import CoverageTable
    from kg.report.document import Block
    from kg.report.findings import Findings

_ROWS_PER_PICTURE: Final = 24
LEVELS: Final = {"goal": message("Goal"), "target": message("Target")}
"""Headings of rows."""
_TITLES: Final = {
    "positive": message("Positive coverage matrix{part}"),
    "negative": message("Negative coverage matrix{part}"),
}
_CAPTIONS: Final = {
    ("positive", "goal"): message(
        "Cases that support it and uphold the principle, goal by principle{part}. Darker means "
        "more; hatched means none."
    ),
    ("positive", "target"): message(
        "Cases that support it and uphold the principle, target by principle{part}. Darker means "
        "more; hatched means none."
    ),
    ("negative", "goal"): message(
        "Cases that undermine it and violate the principle, goal by principle{part}. Darker means "
        "more; hatched means none."
    ),
    ("negative", "target"): message(
        "Cases that undermine it and violate the principle, target by principle{part}. Darker "
        "means more; hatched means none."
    ),
}
_ALTS: Final = {
    ("positive", "goal"): message(
        "Heat map of {rows} goals by {cols} principles, supporting and upholding cases."
    ),
    ("positive", "target"): message(
        "Heat map of {rows} targets by {cols} principles, supporting and upholding cases."
    ),
    ("negative", "goal"): message(
        "Heat map of {rows} goals by {cols} principles, undermining and violating cases."
    ),
    ("negative", "target"): message(
        "Heat map of {rows} targets by {cols} principles, undermining and violating cases."
    ),
}
_COLUMNS: Final = {
    "positive": message("Cases that support it and uphold the principle: {principle}"),
    "negative": message("Cases that undermine it and violate the principle: {principle}"),
}
_TABLES: Final = {
    ("positive", False): message(
        "Number of cases that support it and uphold the principle. Numbers lead to the cases "
        "behind them."
    ),
    ("positive", True): message(
        "Number of cases that support it and uphold the principle, every case counted once in "
        "all. Numbers lead to the cases behind them."
    ),
    ("negative", False): message(
        "Number of cases that undermine it and violate the principle. Numbers lead to the cases "
        "behind them."
    ),
    ("negative", True): message(
        "Number of cases that undermine it and violate the principle, every case counted once in "
        "all. Numbers lead to the cases behind them."
    ),
}


def matrix(found: Findings, table: CoverageTable, layer: str) -> list[Block]:
    """A coverage matrix: pictures of at most two dozen rows, then the table."""
    pieces = max(1, -(-len(table.rows) // _ROWS_PER_PICTURE))
    size = -(-len(table.rows) // pieces) if table.rows else 1
    blocks: list[Block] = [
        _picture(found, table, layer, slice(piece * size, (piece + 1) * size), piece, pieces)
        for piece in range(pieces)
    ]
    blocks.append(_table(found, table, layer))
    return blocks


def _picture(
    found: Findings, table: CoverageTable, layer: str, chosen: slice, piece: int, pieces: int
) -> Figure:
    say, level = found.say, found.options.level
    rows, cells = table.rows[chosen], table.cells[chosen].tolist()
    names, cols = [member.name for member in rows], [member.name for member in table.cols]
    part = say(", part {part} of {parts}", part=piece + 1, parts=pieces) if pieces > 1 else ""
    svg = heat_map(
        say(_TITLES[layer], part=part),
        names,
        cols,
        cells,
        row_colors=[found.color(member.id) for member in rows],
        negative=layer == "negative",
        empty=say("no case"),
        cell_title=lambda i, j: say(
            "{row} × {col}: {number}", row=names[i], col=cols[j], number=cells[i][j]
        ),
        say=say,
    )
    return Figure(
        f"matrix-{layer}{f'-{piece + 1}' if pieces > 1 else ''}",
        svg,
        say(_CAPTIONS[layer, level], part=part),
        say(_ALTS[layer, level], rows=len(rows), cols=len(cols)),
    )


def _table(found: Findings, table: CoverageTable, layer: str) -> Table:
    say, level = found.say, found.options.level
    fractional = found.options.counting == "fractional" and table.fractional is not None
    columns = [Column("row", say(LEVELS[level]), width=4.8, description=say("Row"))]
    columns += [
        Column(
            _key(member.id), member.name, "number" if fractional else "int",
            say(_COLUMNS[layer], principle=member.name), 0.8,
        )
        for member in table.cols
    ]
    values = table.fractional if fractional and table.fractional is not None else table.cells
    rows: list[tuple[Cell, ...]] = []
    for i, member in enumerate(table.rows):
        line = [Cell(member.name)]
        for j, other in enumerate(table.cols):
            value = values[i, j].item()
            href = f"#{cell_anchor(layer, member.id, other.id)}" if table.cells[i, j] else ""
            line.append(Cell(round(value, 4) if fractional else value, href))
        rows.append(tuple(line))
    return Table(
        f"matrix-{layer}-table",
        say(_TABLES[layer, fractional]),
        tuple(columns),
        tuple(rows),
        shade=tuple(column.key for column in columns[1:]),
        one_scale=True,
    )


def cell_anchor(layer: str, row: str, col: str) -> str:
    """The place that lists the cases behind a cell."""
    return f"behind-{layer}-{anchor('goal', row)}-{anchor('principle', col)}"


def _key(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].replace("-", "_").replace(".", "_")
