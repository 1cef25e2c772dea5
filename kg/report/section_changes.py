"""Changes since an earlier revision: what appeared, what vanished, which gaps closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.report.document import Cell, Column, Heading, Section, Table, paragraph

if TYPE_CHECKING:
    from kg.analysis.compare import Comparison
    from kg.report.document import Block
    from kg.report.findings import Findings

_LISTED: Final = 200


def changes(found: Findings) -> Section | None:
    """What changed; nothing when no earlier revision was named."""
    if not found.since:
        return None
    blocks: list[Block] = []
    for comparison in found.since:
        before, now = comparison.units
        closed = [item for item in comparison.differences if item.change == "appeared"]
        opened = [item for item in comparison.differences if item.change == "vanished"]
        if not blocks:
            blocks.append(
                paragraph(
                    f"Between revision {comparison.first_name} and {comparison.second_name} the "
                    f"number of cases went from {before:,} to {now:,}: "
                    f"{len(comparison.new_units):,} came, {len(comparison.lost_units):,} went."
                )
            )
        blocks += [
            Heading(f"{comparison.dimension.capitalize()}s", f"changes-{comparison.dimension}"),
            paragraph(
                f"{len(closed):,} {comparison.dimension}s have their first supporting case, "
                f"{len(opened):,} lost their last one."
            ),
        ]
        if (table := moved(comparison)).rows:
            blocks.append(table)
    return Section("changes", "Changes since the earlier revision", tuple(blocks))


def moved(comparison: Comparison) -> Table:
    """Members whose number of cases changed."""
    rows = [
        (
            Cell(item.member.name),
            Cell(item.first),
            Cell(item.second),
            Cell(item.second - item.first),
            Cell(item.change),
        )
        for item in comparison.differences
        if item.first != item.second
    ]
    note = f"The first {_LISTED} of {len(rows)}." if len(rows) > _LISTED else ""
    return Table(
        f"changes-{comparison.dimension}-table",
        f"{comparison.dimension.capitalize()}s with more or fewer supporting cases",
        (
            Column("member", comparison.dimension.capitalize(), width=3, description="Member"),
            Column("before", comparison.first_name, "int", "Cases before"),
            Column("now", comparison.second_name, "int", "Cases now"),
            Column("difference", "Difference", "int", "Now minus before"),
            Column("change", "Change", description="appeared, vanished, more, fewer (of shares)"),
        ),
        tuple(rows[:_LISTED]),
        note=note,
    )
