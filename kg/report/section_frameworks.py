"""Framework coverage: what each framework asks for, and what of it cases show in practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.projection.filters import MATCHES
from kg.report.document import Cell, Column, Figure, Heading, Section, Table, paragraph
from kg.report.matchgrid import match_grid

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings


def frameworks(found: Findings) -> Section:
    """The frameworks against the common principles, and against practice."""
    say, walk = found.say, found.crosswalk
    title = say("Framework coverage")
    if not walk.frameworks:
        return Section("frameworks", title, (paragraph(say("The graph holds no framework.")),))
    consensus = walk.consensus()
    first, last = consensus[0], consensus[-1]
    outlier = walk.outliers()[0]
    blocks: list[Block] = [
        paragraph(
            say(
                "{frameworks} frameworks are mapped to {principles} common principles. Most widely "
                "shared is {most} ({most_frameworks} frameworks), least {least} "
                "({least_frameworks}). The one least like the others is {outlier}.",
                frameworks=len(walk.frameworks),
                principles=len(walk.pivots),
                most=first["principle"]["label"],
                most_frameworks=first["frameworks"],
                least=last["principle"]["label"],
                least_frameworks=last["frameworks"],
                outlier=outlier["framework"]["label"],
            )
        ),
        Figure(
            "crosswalk",
            match_grid(
                say("Frameworks and common principles"),
                [member.label for member in walk.frameworks],
                [member.name for member in walk.pivots],
                [
                    [MATCHES[place] if place >= 0 else "" for place in line]
                    for line in walk.strength.tolist()
                ],
                say,
            ),
            say(
                "Strongest mapping of each framework to each common principle: E exact, C close, N "
                "narrower, B broader, R related. Broader and related ones do not count as having "
                "it."
            ),
            say(
                "Grid of {frameworks} frameworks by {principles} principles with the letter of the "
                "strongest mapping.",
                frameworks=len(walk.frameworks), principles=len(walk.pivots),
            ),
        ),
        consensus_table(found),
        framework_table(found),
    ]
    gaps = [
        gap
        for gap in found.gaps.of_kind("framework-principle-without-practice")
        if not found.options.framework or gap.subject["id"] in found.framework_principles
    ]
    if gaps:
        blocks += [
            Heading(say("Principles that no case shows in practice"), "unpractised"),
            paragraph(
                say.count(
                    "{number:,} principle of frameworks is upheld by no case, directly or through "
                    "the common principle it maps to.",
                    "{number:,} principles of frameworks are upheld by no case, directly or "
                    "through the common principle they map to.",
                    len(gaps),
                )
            ),
            Table(
                "unpractised-table",
                say("Framework principles without a case that upholds them"),
                (
                    Column("principle", say("Principle"), width=2,
                           description=say("Label in the framework")),
                    Column("framework", say("Framework"), width=3,
                           description=say("Which states it")),
                    Column("violated", say("Cases that violate it"), "int",
                           say("Violating cases"), 1.2),
                ),
                tuple(
                    (
                        Cell(gap.subject["label"]),
                        Cell(found.framework_of(gap.subject["id"])),
                        Cell(int(gap.details.get("violating_cases", 0))),
                    )
                    for gap in gaps
                ),
                appendix=True,
            ),
        ]
    return Section("frameworks", title, tuple(blocks))


def consensus_table(found: Findings) -> Table:
    """Common principles: how many frameworks have them, how many cases show them."""
    say = found.say
    return Table(
        "consensus-table",
        say("Common principles in frameworks and in practice"),
        (
            Column("principle", say("Principle"), width=2.4, description=say("Common principle")),
            Column("frameworks", say("Frameworks"), "int", say("Frameworks that have it")),
            Column("share", say("Share"), "share", say("Of all frameworks")),
            Column("low", say("95 % from"), "share", say("Lower limit, 95 %, Wilson"), 0.8),
            Column("high", say("95 % to"), "share", say("Upper limit, 95 %, Wilson"), 0.8),
            Column("cases", say("Upholding cases"), "int", say("Cases that uphold it"), 1.2),
        ),
        tuple(
            (
                Cell(item["principle"]["label"]),
                Cell(item["frameworks"]),
                Cell(item["share"]),
                Cell(item["interval"][0]),
                Cell(item["interval"][1]),
                Cell(item["cases"]),
            )
            for item in found.crosswalk.consensus()
        ),
        shade=("frameworks", "cases"),
    )


def framework_table(found: Findings) -> Table:
    """Each framework: breadth, likeness, and how much of it practice shows."""
    say, walk = found.say, found.crosswalk
    shown = walk.cases > 0
    rows = []
    for item in sorted(walk.outliers(), key=lambda item: item["framework"]["label"].casefold()):
        iri = item["framework"]["id"]
        place = next(i for i, member in enumerate(walk.frameworks) if member.id == iri)
        has = walk.has[place]
        rows.append(
            (
                Cell(item["framework"]["label"], iri),
                Cell(item["principles"]),
                Cell(int((has & shown).sum())),
                Cell(item["mean_jaccard"]),
                Cell(item["closest"]["label"] if item["closest"] else None),
            )
        )
    return Table(
        "frameworks-table",
        say("Frameworks"),
        (
            Column("framework", say("Framework"), width=3.4, description=say("Framework")),
            Column("principles", say("Common principles"), "int",
                   say("How many of them it has"), 1.1),
            Column("shown", say("of these shown"), "int", say("Upheld by at least one case"), 1),
            Column("likeness", say("Mean overlap"), "number",
                   say("Mean Jaccard overlap with the others"), 1),
            Column("closest", say("Most like"), width=3,
                   description=say("Framework with the most overlap")),
        ),
        tuple(rows),
    )
