"""Coverage: the matrix as a picture and a table, the goals as a wheel, the regions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kg.analysis.intervals import wilson
from kg.projection.incidence import fractional
from kg.report.document import Cell, Column, Figure, Heading, Section, Table, paragraph
from kg.report.language import message
from kg.report.matrix import LEVELS, matrix
from kg.report.multiples import Panel, small_multiples
from kg.report.naming import natural
from kg.report.wheel import Sector, wheel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Incidence
    from kg.report.document import Block
    from kg.report.findings import Findings

_INTRO: Final = {
    "goal": message(
        "Each square of the matrix counts the cases that do two things at once: support the goal "
        "of its row and uphold the principle of its column. {empty:,} of {squares:,} squares are "
        "empty. Positive and negative links are never set off against each other; the negative "
        "matrix stands under “Negative evidence”."
    ),
    "target": message(
        "Each square of the matrix counts the cases that do two things at once: support the target "
        "of its row and uphold the principle of its column. {empty:,} of {squares:,} squares are "
        "empty. Positive and negative links are never set off against each other; the negative "
        "matrix stands under “Negative evidence”."
    ),
}
_ONE_BY_ONE: Final = {
    "goal": message("Goals and principles one by one"),
    "target": message("Targets and principles one by one"),
}
_TOTALS: Final = {
    "goal": message("Cases per goal, full and fractional counting side by side"),
    "target": message("Cases per target, full and fractional counting side by side"),
}


def coverage_section(found: Findings) -> Section:
    """What the cases cover."""
    say, level = found.say, found.options.level
    table = found.positive
    blocks: list[Block] = [
        paragraph(
            say(_INTRO[level], empty=int((table.cells == 0).sum()), squares=table.cells.size)
        ),
        *matrix(found, table, "positive"),
        Heading(say(_ONE_BY_ONE[level]), "totals"),
        totals(found),
        principle_totals(found),
        Heading(say("The goals at a glance"), "wheel-heading"),
        goals_wheel(found),
        target_table(found),
    ]
    if figure := regions(found):
        blocks += [Heading(say("Regions"), "regions-heading"), figure, region_table(found)]
    return Section("coverage", say("Coverage"), tuple(blocks))


def totals(found: Findings) -> Table:
    """Per goal or target: cases for and against, share with interval, fractional count."""
    say, positive, negative = found.say, found.positive, found.negative
    units = max(positive.total_units, 1)
    incidence = found.incidence(found.options.level, "positive")
    spread = _spread(incidence)
    low, high = wilson(positive.row_totals, units)
    return Table(
        "row-totals",
        say(_TOTALS[found.options.level]),
        (
            Column("row", say(LEVELS[found.options.level]), width=3,
                   description=say("Goal or target")),
            Column("supporting", say("Supporting"), "int", say("Cases with a supporting link")),
            Column("share", say("Share"), "share", say("Supporting cases divided by all cases")),
            Column("low", say("95 % from"), "share",
                   say("Lower limit of the share, 95 %, Wilson"), 0.8),
            Column("high", say("95 % to"), "share",
                   say("Upper limit of the share, 95 %, Wilson"), 0.8),
            Column("fractional", say("Fractional"), "number",
                   say("Supporting cases, each counted once in all and spread evenly")),
            Column("undermining", say("Undermining"), "int",
                   say("Cases with an undermining link")),
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
    say, positive, negative = found.say, found.positive, found.negative
    return Table(
        "column-totals",
        say("Cases per principle"),
        (
            Column("principle", say("Principle"), width=3, description=say("Principle")),
            Column("upholding", say("Upholding"), "int", say("Cases with an upholding link")),
            Column("violating", say("Violating"), "int", say("Cases with a violating link")),
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
    say, totals = found.say, found.incidence("target").totals.tolist()
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
        say("Targets that no case touches, for or against, by goal"),
        (
            Column("goal", say("Goal"), width=3, description=say("Goal")),
            Column("targets", say("Targets"), "int", say("Number of targets of the goal"), 0.8),
            Column("touched", say("With cases"), "int",
                   say("Targets that at least one case touches"), 1),
            Column("without", say("Targets without a case"), width=4.4,
                   description=say("Codes of targets that no case touches, for or against")),
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
    say = found.say
    positive = found.incidence("goal", "positive").totals
    negative = found.incidence("goal", "negative").totals
    sectors = [
        Sector(goal.notation, goal.label, found.color(goal.id), int(p), int(n))
        for goal, p, n in zip(found.goals, positive, negative, strict=True)
    ]
    return Figure(
        "wheel",
        wheel(say("Cases per Sustainable Development Goal"), sectors, say),
        say(
            "Cases per goal. Coloured: supporting; hatched: undermining. The numbers outside are "
            "both counts."
        ),
        say(
            "Wheel of the seventeen goals: {goals}.",
            goals=say.joint.join(
                say("{code}: {positive} for, {negative} against", code=sector.code,
                    positive=sector.positive, negative=sector.negative)
                for sector in sectors
            ),
        ),
    )


def regions(found: Findings) -> Figure | None:
    """Goals per sub-region, as small multiples."""
    chosen = _chosen_regions(found)
    if not chosen:
        return None
    say, table = found.say, found.by_region
    panels = [
        Panel(table.rows[i].label, int(table.row_totals[i]), table.cells[i].tolist())
        for i in chosen
    ]
    return Figure(
        "regions",
        small_multiples(
            say("Goals by region"),
            panels,
            [goal.notation for goal in found.goals],
            [found.color(goal.id) for goal in found.goals],
            say,
        ),
        say(
            "Cases per goal and region, for or against. All panels share one scale; a case that "
            "took place in several regions counts in each."
        ),
        say.count(
            "{number} bar chart, one per region, with one bar per goal.",
            "{number} bar charts, one per region, with one bar per goal.",
            len(panels),
        ),
    )


def region_table(found: Findings) -> Table:
    """The numbers of the small multiples."""
    say, table = found.say, found.by_region
    columns = (
        Column("region", say("Region"), width=3, description=say("M49 region")),
        Column("cases", say("Cases"), "int", say("Distinct cases in the region")),
        *(
            Column(
                f"goal_{goal.notation}", goal.notation, "int",
                say("Cases that touch {goal}", goal=goal.name), 0.7,
            )
            for goal in found.goals
        ),
    )
    return Table(
        "regions-table",
        say("Cases per goal and region, for or against"),
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
