"""Robustness: do the headline ranks survive other defensible choices?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kg.report.document import Cell, Column, Figure, Heading, Section, Table, paragraph
from kg.report.speccurve import Spread, spec_curve

if TYPE_CHECKING:
    from kg.analysis.robustness import Robustness
    from kg.report.document import Block
    from kg.report.findings import Findings


def robustness_section(found: Findings) -> Section:
    """Specification curves of goals and principles."""
    blocks: list[Block] = []
    for curve in found.robustness:
        name = curve.dimension
        summary = curve.summary()
        steady = [row for row in summary if row["share_in_top"] >= 0.9]
        listed = ", ".join(str(row["member"]["label"]) for row in steady)
        blocks += [
            Heading(f"{name.capitalize()}s", f"robustness-{name}"),
            paragraph(
                f"{len(curve.specifications)} specifications rank the {name}s by coverage: full or "
                "fractional counting, links of any weight or only strong ones, accepted links or "
                "proposed ones too, positive links or all"
                f"{', cases per goal or links to its targets' if name == 'goal' else ''}. "
                + (
                    f"Among the {curve.top} least covered under at least nine in ten of them: "
                    f"{listed}."
                    if listed
                    else f"No {name} is among the {curve.top} least covered under nine in ten of "
                    "them, so the order at the low end depends on the choices."
                )
            ),
            picture(curve),
            ranks(curve),
        ]
    return Section("robustness", "Robustness", tuple(blocks))


def picture(curve: Robustness) -> Figure:
    """The specification curve."""
    order = np.lexsort(
        (np.arange(len(curve.members)), np.round(np.median(curve.ranks, axis=0), 9))
    )
    low, middle, high = np.quantile(curve.ranks, [0.25, 0.5, 0.75], axis=0)
    spreads = [
        Spread(
            curve.members[place].name,
            curve.ranks[:, place].tolist(),
            float(middle[place]),
            float(low[place]),
            float(high[place]),
        )
        for place in order.tolist()
    ]
    return Figure(
        f"curve-{curve.dimension}",
        spec_curve(f"Ranks of {curve.dimension}s under all specifications", spreads, curve.top),
        f"Rank of each {curve.dimension} by coverage under {len(curve.specifications)} "
        "specifications, least covered first.",
        f"Ranks of {len(spreads)} {curve.dimension}s; the table below holds medians and spreads.",
    )


def ranks(curve: Robustness) -> Table:
    """Median rank, spread and share of specifications in the headline."""
    return Table(
        f"ranks-{curve.dimension}",
        f"Ranks of {curve.dimension}s over {len(curve.specifications)} specifications; rank 1 is "
        "the least covered",
        (
            Column("member", curve.dimension.capitalize(), width=3, description="Member"),
            Column("median", "Median rank", "number", "1 is the least covered"),
            Column("spread", "Spread", "number", "Width of the middle half of the ranks"),
            Column("best", "Lowest", "number", "Least covered rank it ever takes"),
            Column("worst", "Highest", "number", "Best covered rank it ever takes"),
            Column("top", f"Among the {curve.top} least", "share",
                   "Share of specifications that put it among the least covered", 1.3),
        ),
        tuple(
            (
                Cell(_name(row["member"])),
                Cell(row["median_rank"]),
                Cell(row["rank_spread"]),
                Cell(row["best_rank"]),
                Cell(row["worst_rank"]),
                Cell(row["share_in_top"]),
            )
            for row in curve.summary()
        ),
        shade=("top",),
    )


def _name(member: dict[str, str]) -> str:
    code = member.get("notation", "")
    return f"{code} {member['label']}" if code[:1].isdigit() else member["label"]
