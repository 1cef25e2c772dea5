"""Negative evidence: harm by goal and principle, and where evidence points both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.analysis.triage import Triage
from kg.projection.records import predicate_word
from kg.report.document import Cell, Column, Heading, Section, Span, Table, linked, paragraph
from kg.report.findings import anchor
from kg.report.section_coverage import matrix
from kg.report.section_gaps import name

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_NEGATIVE: Final = ("undermines", "violates")


def negative(found: Findings) -> Section:
    """What the cases harm."""
    harmful = [
        case
        for case in found.cases
        if any(
            predicate_word(link.predicate) in _NEGATIVE and link.evidence.review == "accepted"
            for link in case.links
        )
    ]
    blocks: list[Block] = [
        paragraph(
            f"{len(harmful):,} of {len(found.cases):,} cases undermine a goal or violate a "
            "principle. These links are counted on their own."
        ),
        Heading("Where evidence points both ways", "contested"),
    ]
    gaps = [
        gap for gap in found.gaps.gaps if gap.kind.endswith(("-contested", "-more-negative"))
    ]
    if gaps:
        blocks.append(contested(found))
    else:
        blocks.append(paragraph("Nothing has as many negative links as positive ones."))
    blocks += [
        Heading("Harm by goal and principle", "harm"),
        *matrix(found, found.negative, "negative"),
    ]
    blocks.append(Heading("Links that somebody disputes", "disputed"))
    table = disputed(found)
    blocks.append(table if table.rows else paragraph("No link here is marked as disputed."))
    return Section("negative", "Negative evidence and contested cases", tuple(blocks))


def contested(found: Findings) -> Table:
    """Goals, targets and principles with at least as many negative links as positive ones."""
    rows = []
    for gap in found.gaps.gaps:
        if not gap.kind.endswith(("-contested", "-more-negative")):
            continue
        spans = [
            Span(found.case_names[item["id"]], f"#{anchor('case', item['id'])}")
            for item in gap.evidence
            if item["id"] in found.case_names
        ]
        rows.append(
            (
                Cell(name(gap)),
                Cell(int(gap.details.get("negative", 0))),
                Cell(int(gap.details.get("positive", 0))),
                Cell(None if gap.q is None else round(gap.q, 6)),
                Cell("yes" if gap.triage is Triage.SIGNIFICANT else "no"),
                linked(*spans) if spans else Cell(None),
            )
        )
    return Table(
        "contested-table",
        "Goals, targets and principles with at least as many negative links as positive ones",
        (
            Column("what", "What", width=3, description="Goal, target or principle"),
            Column("negative", "Negative links", "int", "Links that undermine or violate it"),
            Column("positive", "Positive links", "int", "Links that support or uphold it"),
            Column("q", "q", "p",
                   "Chance of so many negative links if both were as likely, corrected", 0.8),
            Column("sure", "Beyond chance", width=0.9, description="Whether q is below 5 %"),
            Column("cases", "Cases, first five", width=1.8,
                   description="Numbers as in the appendix"),
        ),
        tuple(rows),
    )


def disputed(found: Findings) -> Table:
    """Links with an objection."""
    rows = []
    for case in found.cases:
        grouped: dict[tuple[str, str], list[str]] = {}
        for link in case.links:
            if link.evidence.disputed_by or link.evidence.dispute_note:
                by = ", ".join(node.label for node in link.evidence.disputed_by)
                said = grouped.setdefault((by, link.evidence.dispute_note), [])
                word = predicate_word(link.predicate).removesuffix("Technology")
                said.append(f"{word} {link.object.label}")
        rows += [
            (
                Cell(case.title, f"#{anchor('case', case.id)}"),
                Cell("; ".join(links)),
                Cell(by),
                Cell(note),
            )
            for (by, note), links in grouped.items()
        ]
    return Table(
        "disputed-table",
        "Disputed links",
        (
            Column("case", "Case", width=2, description="Title of the case"),
            Column("links", "Links", width=3, description="What is stated"),
            Column("by", "Disputed by", width=1.2, description="Who objects"),
            Column("note", "Objection", width=3, description="What they say"),
        ),
        tuple(rows),
    )
