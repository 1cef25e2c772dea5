"""Negative evidence: harm by goal and principle, and where evidence points both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.analysis.triage import Triage
from kg.projection.records import predicate_word
from kg.report.document import Cell, Column, Heading, Section, Span, Table, linked, paragraph
from kg.report.findings import anchor
from kg.report.matrix import matrix
from kg.report.section_gaps import name
from kg.report.terms import TERMS

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_NEGATIVE: Final = ("undermines", "violates")


def negative(found: Findings) -> Section:
    """What the cases harm."""
    say = found.say
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
            say.count(
                "{number:,} of {cases:,} cases undermines a goal or violates a principle. These "
                "links are counted on their own.",
                "{number:,} of {cases:,} cases undermine a goal or violate a principle. These "
                "links are counted on their own.",
                len(harmful), cases=len(found.cases),
            )
        ),
        Heading(say("Where evidence points both ways"), "contested"),
    ]
    gaps = [
        gap for gap in found.gaps.gaps if gap.kind.endswith(("-contested", "-more-negative"))
    ]
    if gaps:
        blocks.append(contested(found))
    else:
        blocks.append(paragraph(say("Nothing has as many negative links as positive ones.")))
    blocks += [
        Heading(say("Harm by goal and principle"), "harm"),
        *matrix(found, found.negative, "negative"),
    ]
    blocks.append(Heading(say("Links that somebody disputes"), "disputed"))
    table = disputed(found)
    blocks.append(
        table if table.rows else paragraph(say("No link here is marked as disputed."))
    )
    return Section("negative", say("Negative evidence and contested cases"), tuple(blocks))


def contested(found: Findings) -> Table:
    """Goals, targets and principles with at least as many negative links as positive ones."""
    say = found.say
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
                Cell(say("yes") if gap.triage is Triage.SIGNIFICANT else say("no")),
                linked(*spans) if spans else Cell(None),
            )
        )
    return Table(
        "contested-table",
        say("Goals, targets and principles with at least as many negative links as positive ones"),
        (
            Column("what", say("What"), width=3, description=say("Goal, target or principle")),
            Column("negative", say("Negative links"), "int",
                   say("Links that undermine or violate it")),
            Column("positive", say("Positive links"), "int",
                   say("Links that support or uphold it")),
            Column("q", "q", "p",
                   say("Chance of so many negative links if both were as likely, corrected"), 0.8),
            Column("sure", say("Beyond chance"), width=0.9,
                   description=say("Whether q is below 5 %")),
            Column("cases", say("Cases, first five"), width=1.8,
                   description=say("Numbers as in the appendix")),
        ),
        tuple(rows),
    )


def disputed(found: Findings) -> Table:
    """Links with an objection."""
    say = found.say
    rows = []
    for case in found.cases:
        grouped: dict[tuple[str, str], list[str]] = {}
        for link in case.links:
            if link.evidence.disputed_by or link.evidence.dispute_note:
                by = ", ".join(node.label for node in link.evidence.disputed_by)
                said = grouped.setdefault((by, link.evidence.dispute_note), [])
                word = predicate_word(link.predicate).removesuffix("Technology")
                said.append(
                    say("{relation} {thing}", relation=say(TERMS[word]), thing=link.object.label)
                )
        rows += [
            (
                Cell(case.title, f"#{anchor('case', case.id)}"),
                Cell(say.joint.join(links)),
                Cell(by),
                Cell(note),
            )
            for (by, note), links in grouped.items()
        ]
    return Table(
        "disputed-table",
        say("Disputed links"),
        (
            Column("case", say("Case"), width=2, description=say("Title of the case")),
            Column("links", say("Links"), width=3, description=say("What is stated")),
            Column("by", say("Disputed by"), width=1.2, description=say("Who objects")),
            Column("note", say("Objection"), width=3, description=say("What they say")),
        ),
        tuple(rows),
    )
