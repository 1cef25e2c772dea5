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
    walk = found.crosswalk
    if not walk.frameworks:
        return Section(
            "frameworks", "Framework coverage", (paragraph("The graph holds no framework."),)
        )
    consensus = walk.consensus()
    first, last = consensus[0], consensus[-1]
    outlier = walk.outliers()[0]
    blocks: list[Block] = [
        paragraph(
            f"{len(walk.frameworks)} frameworks are mapped to {len(walk.pivots)} common "
            f"principles. Most widely shared is {first['principle']['label']} "
            f"({first['frameworks']} frameworks), least {last['principle']['label']} "
            f"({last['frameworks']}). The one least like the others is "
            f"{outlier['framework']['label']}."
        ),
        Figure(
            "crosswalk",
            match_grid(
                "Frameworks and common principles",
                [member.label for member in walk.frameworks],
                [member.name for member in walk.pivots],
                [
                    [MATCHES[place] if place >= 0 else "" for place in line]
                    for line in walk.strength.tolist()
                ],
            ),
            "Strongest mapping of each framework to each common principle: E exact, C close, "
            "N narrower, B broader, R related. Broader and related ones do not count as having it.",
            f"Grid of {len(walk.frameworks)} frameworks by {len(walk.pivots)} principles with the "
            "letter of the strongest mapping.",
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
            Heading("Principles that no case shows in practice", "unpractised"),
            paragraph(
                f"{len(gaps):,} principles of frameworks are upheld by no case, directly or "
                "through the common principle they map to."
            ),
            Table(
                "unpractised-table",
                "Framework principles without a case that upholds them",
                (
                    Column("principle", "Principle", width=2, description="Label in the framework"),
                    Column("framework", "Framework", width=3, description="Which states it"),
                    Column("violated", "Cases that violate it", "int", "Violating cases", 1.2),
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
    return Section("frameworks", "Framework coverage", tuple(blocks))


def consensus_table(found: Findings) -> Table:
    """Common principles: how many frameworks have them, how many cases show them."""
    return Table(
        "consensus-table",
        "Common principles in frameworks and in practice",
        (
            Column("principle", "Principle", width=2.4, description="Common principle"),
            Column("frameworks", "Frameworks", "int", "Frameworks that have it"),
            Column("share", "Share", "share", "Of all frameworks"),
            Column("low", "95 % from", "share", "Lower limit, 95 %, Wilson", 0.8),
            Column("high", "95 % to", "share", "Upper limit, 95 %, Wilson", 0.8),
            Column("cases", "Upholding cases", "int", "Cases that uphold it", 1.2),
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
    walk = found.crosswalk
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
        "Frameworks",
        (
            Column("framework", "Framework", width=3.4, description="Framework"),
            Column("principles", "Common principles", "int", "How many of them it has", 1.1),
            Column("shown", "of these shown", "int", "Upheld by at least one case", 1),
            Column("likeness", "Mean overlap", "number", "Mean Jaccard overlap with the others", 1),
            Column("closest", "Most like", width=3, description="Framework with the most overlap"),
        ),
        tuple(rows),
    )
