"""Summary: the five findings that matter most, in plain sentences, and how sure we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analysis.triage import Triage
from kg.report.document import Items, Section, Span, paragraph
from kg.report.main_findings import MainFinding, main_findings

if TYPE_CHECKING:
    from kg.report.document import Block, Inline
    from kg.report.findings import Findings


def summary(found: Findings) -> Section:
    """The first section."""
    gaps = found.gaps
    if not gaps.total_units:
        nothing = "No case fits the limits of this report, so there is nothing to tell."
        return Section("summary", "Summary", (paragraph(nothing),))
    findings = main_findings(found)
    blocks: list[Block] = [
        paragraph(
            f"This report looks at {_count(gaps.total_units, 'case')} of AI use and asks what they "
            "do for the Sustainable Development Goals and for the principles of responsible AI, "
            f"and what is missing. {_supported(found)}"
        ),
        paragraph(_squares(found)),
        paragraph("The findings that matter most:"),
        Items(tuple(_finding(finding) for finding in findings), ordered=True),
        paragraph(
            "Read these with one caution: ",
            Span("no link means that no evidence was found, not that there is no relation.",
                 strong=True),
            " “q” is the share of false alarms to expect among all findings at least as clear as "
            "the one it stands beside; 0.05 is the most that we accept. How each verdict is "
            "reached stands under ",
            Span("Methods and limits", "#methods"),
            ".",
        ),
    ]
    return Section("summary", "Summary", tuple(blocks))


def _supported(found: Findings) -> str:
    parts = []
    for dimension in ("goal", "target"):
        totals = found.incidence(dimension, "positive").totals
        parts.append(f"{int((totals > 0).sum()):,} of {len(totals):,} {dimension}s")
    return f"{' and '.join(parts)} have at least one case that supports them."


def _squares(found: Findings) -> str:
    """What became of the empty and thin squares of all tables, in words."""
    counts = found.gaps.class_counts
    looked = sum(counts.values())
    said = (
        f"In the tables of counts, {looked:,} squares are empty or hold fewer cases than expected. "
        f"For {counts[Triage.SIGNIFICANT.value]:,} chance does not explain it; for "
        f"{counts[Triage.CHANCE.value]:,} it can; for {counts[Triage.UNTESTABLE.value]:,} so "
        "little was expected that nothing can be said."
    )
    for kind, words in (
        (Triage.OUT_OF_SCOPE, "are out of scope"),
        (Triage.RELEVANT, "were called relevant beforehand and hold no case"),
    ):
        if counts[kind.value]:
            said += f" {counts[kind.value]:,} {words}."
    return said


def _finding(finding: MainFinding) -> Inline:
    spans = [Span(finding.statement, strong=True), Span(f" {finding.sureness}")]
    for place, (label, href) in enumerate(finding.links):
        spans.append(Span(" See " if not place else "; "))
        spans.append(Span(label, href))
    if finding.links:
        spans.append(Span("."))
    return tuple(spans)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
