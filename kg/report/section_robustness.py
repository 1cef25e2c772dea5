"""Robustness: do the headline ranks survive other defensible choices?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kg.report.document import Cell, Column, Figure, Heading, Section, Table, paragraph
from kg.report.language import message
from kg.report.speccurve import Spread, spec_curve

if TYPE_CHECKING:
    from kg.analysis.robustness import Robustness
    from kg.report.document import Block
    from kg.report.findings import Findings
    from kg.report.language import Language


_MEMBERS: Final = {"goal": message("Goal"), "principle": message("Principle")}
_HEADINGS: Final = {"goal": message("Goals"), "principle": message("Principles")}
_RANKED: Final = {
    "goal": message(
        "{specifications} specifications rank the goals by coverage: full or fractional counting, "
        "links of any weight or only strong ones, accepted links or proposed ones too, positive "
        "links or all, cases per goal or links to its targets."
    ),
    "principle": message(
        "{specifications} specifications rank the principles by coverage: full or fractional "
        "counting, links of any weight or only strong ones, accepted links or proposed ones too, "
        "positive links or all."
    ),
}
_UNSTEADY: Final = {
    "goal": message(
        "No goal is among the {top} least covered under nine in ten of them, so the order at the "
        "low end depends on the choices."
    ),
    "principle": message(
        "No principle is among the {top} least covered under nine in ten of them, so the order at "
        "the low end depends on the choices."
    ),
}
_TITLES: Final = {
    "goal": message("Ranks of goals under all specifications"),
    "principle": message("Ranks of principles under all specifications"),
}
_CAPTIONS: Final = {
    "goal": message(
        "Rank of each goal by coverage under {specifications} specifications, least covered first."
    ),
    "principle": message(
        "Rank of each principle by coverage under {specifications} specifications, least covered "
        "first."
    ),
}
_ALTS: Final = {
    "goal": message("Ranks of {members} goals; the table below holds medians and spreads."),
    "principle": message(
        "Ranks of {members} principles; the table below holds medians and spreads."
    ),
}
_TABLES: Final = {
    "goal": message(
        "Ranks of goals over {specifications} specifications; rank 1 is the least covered"
    ),
    "principle": message(
        "Ranks of principles over {specifications} specifications; rank 1 is the least covered"
    ),
}


def robustness_section(found: Findings) -> Section:
    """Specification curves of goals and principles."""
    say = found.say
    blocks: list[Block] = []
    for curve in found.robustness:
        name = curve.dimension
        steady = [row for row in curve.summary() if row["share_in_top"] >= 0.9]
        listed = ", ".join(str(row["member"]["label"]) for row in steady)
        low_end = (
            say(
                "Among the {top} least covered under at least nine in ten of them: {members}.",
                top=curve.top, members=listed,
            )
            if listed
            else say(_UNSTEADY[name], top=curve.top)
        )
        blocks += [
            Heading(say(_HEADINGS[name]), f"robustness-{name}"),
            paragraph(
                say(_RANKED[name], specifications=len(curve.specifications)), " ", low_end
            ),
            picture(curve, say),
            ranks(curve, say),
        ]
    return Section("robustness", say("Robustness"), tuple(blocks))


def picture(curve: Robustness, say: Language) -> Figure:
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
        spec_curve(say(_TITLES[curve.dimension]), spreads, curve.top, say),
        say(_CAPTIONS[curve.dimension], specifications=len(curve.specifications)),
        say(_ALTS[curve.dimension], members=len(spreads)),
    )


def ranks(curve: Robustness, say: Language) -> Table:
    """Median rank, spread and share of specifications in the headline."""
    return Table(
        f"ranks-{curve.dimension}",
        say(_TABLES[curve.dimension], specifications=len(curve.specifications)),
        (
            Column("member", say(_MEMBERS[curve.dimension]), width=3, description=say("Member")),
            Column("median", say("Median rank"), "number", say("1 is the least covered")),
            Column("spread", say("Spread"), "number",
                   say("Width of the middle half of the ranks")),
            Column("best", say("Lowest"), "number", say("Least covered rank it ever takes")),
            Column("worst", say("Highest"), "number", say("Best covered rank it ever takes")),
            Column("top", say("Among the {top} least", top=curve.top), "share",
                   say("Share of specifications that put it among the least covered"), 1.3),
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
