"""Summary: the five findings that matter most, in plain sentences, and how sure we are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kg.analysis.triage import Triage
from kg.report.document import Items, Section, Span, paragraph
from kg.report.findings import anchor

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.document import Block, Inline
    from kg.report.findings import Findings

MOST_FINDINGS: Final = 5
_FAMILIES: Final = {
    "target": "members",
    "goal": "members",
    "principle": "members",
    "technology": "technology",
    "pair": "pairs",
    "region": "region",
    "link": "evidence",
    "case": "evidence",
    "framework": "framework",
}


def summary(found: Findings) -> Section:
    """The first section."""
    gaps = found.gaps
    counts = gaps.class_counts
    looked = sum(counts.values())
    supporting = int((found.positive.row_totals > 0).sum())
    rows = len(found.positive.rows)
    blocks: list[Block] = [
        paragraph(
            f"This report looks at {_count(gaps.total_units, 'case')} of AI use and asks what they "
            "do for the Sustainable Development Goals and for the principles of responsible AI, "
            f"and what is missing. {supporting} of {rows} {found.options.level}s have at least "
            "one case that supports them. "
            f"Of {looked:,} empty or thin places in the tables, "
            f"{counts[Triage.SIGNIFICANT.value]:,} are gaps that chance does not explain; "
            f"for {counts[Triage.UNTESTABLE.value]:,} there is too little data to say."
        ),
        paragraph("The findings that matter most:"),
        Items(tuple(_finding(gap) for gap in main_findings(found)), ordered=True),
        paragraph(
            "Read these with one caution: ",
            Span("no link means that no evidence was found, not that there is no relation.",
                 strong=True),
            " How each verdict is reached stands under ",
            Span("Methods", "#methods"),
            ".",
        ),
    ]
    if not gaps.total_units:
        blocks = [paragraph("No case fits the limits of this report, so there is nothing to tell.")]
    return Section("summary", "Summary", tuple(blocks))


def main_findings(found: Findings) -> list[Gap]:
    """The most important gaps, at most two of one kind and at most one of each family first.

    Ranked lists alone would name five of the same kind; a reader is served by five that differ.
    """
    chosen: list[Gap] = []
    for allowed in (1, 2, MOST_FINDINGS):
        for gap in found.gaps.gaps:
            if len(chosen) == MOST_FINDINGS:
                break
            if gap.triage is Triage.OUT_OF_SCOPE or gap in chosen:
                continue
            same = sum(_family(other) == _family(gap) for other in chosen)
            if same < allowed:
                chosen.append(gap)
    return sorted(chosen, key=lambda gap: gap.order())


def _family(gap: Gap) -> str:
    if gap.kind.endswith(("contested", "more-negative")):
        return "contested"
    return _FAMILIES.get(gap.kind.split("-", 1)[0], gap.kind)


def _finding(gap: Gap) -> Inline:
    return (
        Span(gap.explanation, strong=True),
        Span(f" {''.join(_sureness(gap))}"),
        *_cases(gap),
    )


def _sureness(gap: Gap) -> Iterator[str]:
    """How sure we are, in words that a reader without statistics can use."""
    if gap.triage is Triage.FACT:
        yield "This is read off the data, not estimated."
        return
    if gap.triage is Triage.SIGNIFICANT:
        grade = "Very sure" if (gap.q or 1) < 0.001 else "Sure" if (gap.q or 1) < 0.01 else (
            "Fairly sure"
        )
        yield f"{grade}: "
        yield (
            f"after correction for all comparisons the chance of a false alarm is q = "
            f"{gap.q:.2g}." if gap.q and gap.q >= 1e-4 else "q is below 0.0001."
        )
    elif gap.triage is Triage.CHANCE:
        yield "Not sure: chance can explain it."
    elif gap.triage is Triage.RELEVANT:
        yield "No verdict by numbers; it was marked as relevant beforehand."
    else:
        yield "Too little data for a verdict."
    if gap.interval and gap.observed:
        low, high = gap.interval
        yield f" The share lies between {low * 100:.1f} % and {high * 100:.1f} % (95 %)."


def _cases(gap: Gap) -> Inline:
    shown = [item for item in gap.evidence if "/id/case/" in item["id"]][:3]
    if not shown:
        return ()
    spans = [Span(" Cases: ")]
    for place, item in enumerate(shown):
        if place:
            spans.append(Span("; "))
        spans.append(Span(item["label"], f"#{anchor('case', item['id'])}"))
    spans.append(Span("."))
    return tuple(spans)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
