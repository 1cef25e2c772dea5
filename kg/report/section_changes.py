"""Changes since an earlier revision: what appeared, what vanished, which gaps closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.report.document import Cell, Column, Heading, Section, Table, paragraph
from kg.report.language import message, plural
from kg.report.terms import TERMS

if TYPE_CHECKING:
    from kg.analysis.compare import Comparison
    from kg.report.document import Block
    from kg.report.findings import Findings
    from kg.report.language import Language

_LISTED: Final = 200


_HEADINGS: Final = {
    "goal": message("Goals"), "target": message("Targets"), "principle": message("Principles"),
}
_MEMBERS: Final = {
    "goal": message("Goal"), "target": message("Target"), "principle": message("Principle"),
}
_CLOSED: Final = {
    "goal": plural(
        "{number:,} goal has its first supporting case, {lost:,} lost their last one.",
        "{number:,} goals have their first supporting case, {lost:,} lost their last one.",
    ),
    "target": plural(
        "{number:,} target has its first supporting case, {lost:,} lost their last one.",
        "{number:,} targets have their first supporting case, {lost:,} lost their last one.",
    ),
    "principle": plural(
        "{number:,} principle has its first supporting case, {lost:,} lost their last one.",
        "{number:,} principles have their first supporting case, {lost:,} lost their last one.",
    ),
}
_TABLES: Final = {
    "goal": message("Goals with more or fewer supporting cases"),
    "target": message("Targets with more or fewer supporting cases"),
    "principle": message("Principles with more or fewer supporting cases"),
}


def changes(found: Findings) -> Section | None:
    """What changed; nothing when no earlier revision was named."""
    if not found.since:
        return None
    say = found.say
    blocks: list[Block] = []
    for comparison in found.since:
        before, now = comparison.units
        name = comparison.dimension
        closed = [item for item in comparison.differences if item.change == "appeared"]
        opened = [item for item in comparison.differences if item.change == "vanished"]
        if not blocks:
            blocks.append(
                paragraph(
                    say(
                        "Between revision {first} and {second} the number of cases went from "
                        "{before:,} to {now:,}: {came:,} came, {went:,} went.",
                        first=comparison.first_name,
                        second=comparison.second_name,
                        before=before,
                        now=now,
                        came=len(comparison.new_units),
                        went=len(comparison.lost_units),
                    )
                )
            )
        blocks += [
            Heading(say(_HEADINGS[name]), f"changes-{name}"),
            paragraph(say.count(*_CLOSED[name], len(closed), lost=len(opened))),
        ]
        if (table := moved(comparison, say)).rows:
            blocks.append(table)
    return Section("changes", say("Changes since the earlier revision"), tuple(blocks))


def moved(comparison: Comparison, say: Language) -> Table:
    """Members whose number of cases changed."""
    rows = [
        (
            Cell(item.member.name),
            Cell(item.first),
            Cell(item.second),
            Cell(item.second - item.first),
            Cell(say(TERMS[item.change])),
        )
        for item in comparison.differences
        if item.first != item.second
    ]
    note = (
        say("The first {listed} of {rows}.", listed=_LISTED, rows=len(rows))
        if len(rows) > _LISTED
        else ""
    )
    name = comparison.dimension
    return Table(
        f"changes-{name}-table",
        say(_TABLES[name]),
        (
            Column("member", say(_MEMBERS[name]), width=3, description=say("Member")),
            Column("before", comparison.first_name, "int", say("Cases before")),
            Column("now", comparison.second_name, "int", say("Cases now")),
            Column("difference", say("Difference"), "int", say("Now minus before")),
            Column("change", say("Change"),
                   description=say("appeared, vanished, more, fewer (of shares)")),
        ),
        tuple(rows[:_LISTED]),
        note=note,
    )
