"""Coverage: the matrix as a picture and a table, the goals as a wheel, the regions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kg.analysis.intervals import wilson
from kg.projection.incidence import fractional
from kg.report.document import Cell, Column, Figure, Heading, Section, Table, paragraph
from kg.report.findings import anchor
from kg.report.heatmap import heat_map
from kg.report.multiples import Panel, small_multiples
from kg.report.naming import natural
from kg.report.wheel import Sector, wheel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.analysis.coverage import CoverageTable
    from kg.projection import Incidence
    from kg.report.document import Block
    from kg.report.findings import Findings

_ROWS_PER_PICTURE: Final = 24
_WORDS: Final = {
    "positive": ("support it and uphold the principle", "supporting and upholding"),
    "negative": ("undermine it and violate the principle", "undermining and violating"),
}


def coverage_section(found: Findings) -> Section:
    """What the cases cover."""
    level = found.options.level
    table = found.positive
    empty = int((table.cells == 0).sum())
    blocks: list[Block] = [
        paragraph(
            f"Each square of the matrix counts the cases that do two things at once: support the "
            f"{level} of its row and uphold the principle of its column. {empty:,} of "
            f"{table.cells.size:,} squares are empty. Positive and negative links are never set "
            "off against each other; the negative matrix stands under “Negative evidence”."
        ),
        *matrix(found, table, "positive"),
        Heading(f"{level.capitalize()}s and principles one by one", "totals"),
        totals(found),
        principle_totals(found),
        Heading("The goals at a glance", "wheel-heading"),
        goals_wheel(found),
        target_table(found),
    ]
    if figure := regions(found):
        blocks += [Heading("Regions", "regions-heading"), figure, region_table(found)]
    return Section("coverage", "Coverage", tuple(blocks))


def matrix(found: Findings, table: CoverageTable, layer: str) -> list[Block]:
    """A coverage matrix: pictures of at most two dozen rows, then the table."""
    blocks: list[Block] = []
    does, layer_words = _WORDS[layer]
    fractional = found.options.counting == "fractional" and table.fractional is not None
    pieces = max(1, -(-len(table.rows) // _ROWS_PER_PICTURE))
    size = -(-len(table.rows) // pieces) if table.rows else 1
    cols = [member.name for member in table.cols]
    for piece in range(pieces):
        rows = table.rows[piece * size : (piece + 1) * size]
        cells = table.cells[piece * size : (piece + 1) * size].tolist()
        names = [member.name for member in rows]
        suffix = f", part {piece + 1} of {pieces}" if pieces > 1 else ""
        svg = heat_map(
            f"{layer.capitalize()} coverage matrix{suffix}",
            names,
            cols,
            cells,
            row_colors=[found.color(member.id) for member in rows],
            negative=layer == "negative",
            empty="no case",
            cell_title=lambda i, j, names=names, cells=cells: (  # type: ignore[misc]
                f"{names[i]} × {cols[j]}: {cells[i][j]}"
            ),
        )
        blocks.append(
            Figure(
                f"matrix-{layer}{f'-{piece + 1}' if pieces > 1 else ''}",
                svg,
                f"Cases that {does}, {found.options.level} by principle{suffix}. Darker means "
                "more; hatched means none.",
                f"Heat map of {len(rows)} {found.options.level}s by {len(cols)} principles, "
                f"{layer_words} cases.",
            )
        )
    columns = [Column("row", found.options.level.capitalize(), width=4.8, description="Row")]
    columns += [
        Column(
            _key(member.id), member.name, "number" if fractional else "int",
            f"Cases that {does}: {member.name}", 0.8,
        )
        for member in table.cols
    ]
    values = table.fractional if fractional and table.fractional is not None else table.cells
    rows_: list[tuple[Cell, ...]] = []
    for i, member in enumerate(table.rows):
        line = [Cell(member.name)]
        for j, other in enumerate(table.cols):
            value = values[i, j].item()
            href = f"#{cell_anchor(layer, member.id, other.id)}" if table.cells[i, j] else ""
            line.append(Cell(round(value, 4) if fractional else value, href))
        rows_.append(tuple(line))
    counting = ", every case counted once in all" if fractional else ""
    blocks.append(
        Table(
            f"matrix-{layer}-table",
            f"Number of cases that {does}{counting}. Numbers lead to the cases behind them.",
            tuple(columns),
            tuple(rows_),
            shade=tuple(column.key for column in columns[1:]),
            one_scale=True,
        )
    )
    return blocks


def cell_anchor(layer: str, row: str, col: str) -> str:
    """The place that lists the cases behind a cell."""
    return f"behind-{layer}-{anchor('goal', row)}-{anchor('principle', col)}"


def totals(found: Findings) -> Table:
    """Per goal or target: cases for and against, share with interval, fractional count."""
    positive, negative = found.positive, found.negative
    units = max(positive.total_units, 1)
    incidence = found.incidence(found.options.level, "positive")
    spread = _spread(incidence)
    low, high = wilson(positive.row_totals, units)
    return Table(
        "row-totals",
        f"Cases per {found.options.level}, full and fractional counting side by side",
        (
            Column("row", found.options.level.capitalize(), width=3, description="Goal or target"),
            Column("supporting", "Supporting", "int", "Cases with a supporting link"),
            Column("share", "Share", "share", "Supporting cases divided by all cases"),
            Column("low", "95 % from", "share", "Lower limit of the share, 95 %, Wilson", 0.8),
            Column("high", "95 % to", "share", "Upper limit of the share, 95 %, Wilson", 0.8),
            Column("fractional", "Fractional", "number",
                   "Supporting cases, each counted once in all and spread evenly"),
            Column("undermining", "Undermining", "int", "Cases with an undermining link"),
        ),
        tuple(
            (
                Cell(member.name),
                Cell(int(positive.row_totals[i])),
                Cell(round(int(positive.row_totals[i]) / units, 6)),
                Cell(round(float(low[i]), 6)),
                Cell(round(float(high[i]), 6)),
                Cell(round(float(spread[i]), 4)),
                Cell(int(negative.row_totals[i])),
            )
            for i, member in enumerate(positive.rows)
        ),
        shade=("supporting", "undermining"),
    )


def principle_totals(found: Findings) -> Table:
    """Per principle: cases that uphold and violate it."""
    positive, negative = found.positive, found.negative
    return Table(
        "column-totals",
        "Cases per principle",
        (
            Column("principle", "Principle", width=3, description="Principle"),
            Column("upholding", "Upholding", "int", "Cases with an upholding link"),
            Column("violating", "Violating", "int", "Cases with a violating link"),
        ),
        tuple(
            (
                Cell(member.name),
                Cell(int(positive.col_totals[j])),
                Cell(int(negative.col_totals[j])),
            )
            for j, member in enumerate(positive.cols)
        ),
        shade=("upholding", "violating"),
    )


def target_table(found: Findings) -> Table:
    """Per goal: which targets no case touches."""
    totals = found.incidence("target").totals.tolist()
    empty: dict[str, list[str]] = {goal.notation: [] for goal in found.goals}
    held: dict[str, int] = dict.fromkeys(empty, 0)
    for member, total in zip(found.projection.members("target"), totals, strict=True):
        goal = member.notation.split(".")[0]
        if goal in empty:
            held[goal] += 1
            if not total:
                empty[goal].append(member.notation)
    return Table(
        "targets-table",
        "Targets that no case touches, for or against, by goal",
        (
            Column("goal", "Goal", width=3, description="Goal"),
            Column("targets", "Targets", "int", "Number of targets of the goal", 0.8),
            Column("touched", "With cases", "int", "Targets that at least one case touches", 1),
            Column("without", "Targets without a case", width=4.4,
                   description="Codes of targets that no case touches, for or against"),
        ),
        tuple(
            (
                Cell(goal.name),
                Cell(held[goal.notation]),
                Cell(held[goal.notation] - len(empty[goal.notation])),
                Cell(", ".join(sorted(empty[goal.notation], key=natural)) or None),
            )
            for goal in found.goals
        ),
        shade=("touched",),
    )


def goals_wheel(found: Findings) -> Figure:
    """All goals as a wheel."""
    positive = found.incidence("goal", "positive").totals
    negative = found.incidence("goal", "negative").totals
    sectors = [
        Sector(goal.notation, goal.label, found.color(goal.id), int(p), int(n))
        for goal, p, n in zip(found.goals, positive, negative, strict=True)
    ]
    return Figure(
        "wheel",
        wheel("Cases per Sustainable Development Goal", sectors),
        "Cases per goal. Coloured: supporting; hatched: undermining. The numbers outside are both "
        "counts.",
        "Wheel of the seventeen goals: "
        + "; ".join(f"{s.code}: {s.positive} for, {s.negative} against" for s in sectors)
        + ".",
    )


def regions(found: Findings) -> Figure | None:
    """Goals per sub-region, as small multiples."""
    chosen = _chosen_regions(found)
    if not chosen:
        return None
    table = found.by_region
    panels = [
        Panel(table.rows[i].label, int(table.row_totals[i]), table.cells[i].tolist())
        for i in chosen
    ]
    return Figure(
        "regions",
        small_multiples(
            "Goals by region",
            panels,
            [goal.notation for goal in found.goals],
            [found.color(goal.id) for goal in found.goals],
        ),
        "Cases per goal and region, for or against. All panels share one scale; a case that took "
        "place in several regions counts in each.",
        f"{len(panels)} bar charts, one per region, with one bar per goal.",
    )


def region_table(found: Findings) -> Table:
    """The numbers of the small multiples."""
    table = found.by_region
    columns = (
        Column("region", "Region", width=3, description="M49 region"),
        Column("cases", "Cases", "int", "Distinct cases in the region"),
        *(
            Column(
                f"goal_{goal.notation}", goal.notation, "int", f"Cases that touch {goal.name}", 0.7
            )
            for goal in found.goals
        ),
    )
    return Table(
        "regions-table",
        "Cases per goal and region, for or against",
        columns,
        tuple(
            (
                Cell(table.rows[i].label),
                Cell(int(table.row_totals[i])),
                *(Cell(int(value)) for value in table.cells[i]),
            )
            for i in _chosen_regions(found)
        ),
        shade=tuple(column.key for column in columns[2:]),
        one_scale=True,
    )


def _chosen_regions(found: Findings) -> list[int]:
    """The finest regions that have cases, by number of cases."""
    table = found.by_region
    tables = found.projection.tables
    broader = {
        found.projection.term(code) for code in tables.array("edges.broader.to").tolist()
    }
    chosen = [
        i
        for i, member in enumerate(table.rows)
        if member.id not in broader and table.row_totals[i]
    ]
    return sorted(chosen, key=lambda i: (-int(table.row_totals[i]), table.rows[i].label))


def _spread(incidence: Incidence) -> NDArray[np.float64]:
    """Cases per member, each counted once in all and spread evenly over what it touches."""
    counts = np.bincount(
        incidence.indices, weights=fractional(incidence), minlength=len(incidence.members)
    )
    return counts.astype(np.float64)


def _key(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].replace("-", "_").replace(".", "_")
