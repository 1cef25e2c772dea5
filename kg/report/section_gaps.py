"""Gaps by the triage: what chance does not explain, what cannot be told, what it can explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.analysis.triage import CELL_CLASSES, Triage
from kg.report.document import (
    Cell,
    Column,
    Figure,
    Heading,
    Section,
    Span,
    Table,
    linked,
    paragraph,
)
from kg.report.dotplot import Mark, dot_plot
from kg.report.findings import anchor
from kg.report.naming import coded, natural
from kg.report.nearest import Nearest

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.document import Block
    from kg.report.findings import Findings

CLASS_NAMES: Final = {
    Triage.SIGNIFICANT: "Significant gaps",
    Triage.UNTESTABLE: "Untestable",
    Triage.CHANCE: "Consistent with chance",
    Triage.OUT_OF_SCOPE: "Out of scope",
    Triage.RELEVANT: "Relevant but unobserved",
}
"""In the order in which the report tells them."""
_MEANINGS: Final = {
    Triage.SIGNIFICANT: "Fewer cases than chance explains, after correction for all comparisons "
    "(Benjamini–Hochberg, 5 %).",
    Triage.UNTESTABLE: "So little was expected that even an empty place would be no surprise. "
    "Whether something is missing here cannot be told from these data.",
    Triage.CHANCE: "Enough was expected for a gap to show, and chance can explain what was found.",
    Triage.OUT_OF_SCOPE: "The scope file leaves these out, so they are not tested.",
    Triage.RELEVANT: "No case, no verdict by numbers, but the scope file calls them relevant.",
}
_LISTED: Final = {
    Triage.SIGNIFICANT: 400,
    Triage.UNTESTABLE: 40,
    Triage.CHANCE: 120,
    Triage.OUT_OF_SCOPE: 60,
    Triage.RELEVANT: 400,
}
_PLOTTED: Final = 24
_FACT_KINDS: Final = ("framework-", "link-", "case-")
_CONTESTED: Final = ("-contested", "-more-negative")


def gaps_section(found: Findings) -> Section:
    """Every class of the triage in turn."""
    report = found.gaps
    blocks: list[Block] = [
        paragraph(
            "Every empty or thin place in the tables has exactly one class. The counts of all "
            "classes are always shown, so that nobody takes the list of significant gaps for the "
            "list of everything that is missing."
        ),
        class_table(found),
    ]
    listed = {kind: cell_gaps(found, kind) for kind in CLASS_NAMES}
    if figure := gap_plot(found, [gap for some in listed.values() for gap in some]):
        blocks.append(figure)
    nearest = Nearest(found)
    for kind, title in CLASS_NAMES.items():
        total = report.class_counts.get(kind.value, 0)
        blocks.append(Heading(f"{title} ({total:,})", f"gaps-{kind.value}"))
        blocks.append(paragraph(_MEANINGS[kind]))
        gaps = listed[kind][: _LISTED[kind]]
        if not gaps:
            blocks.append(
                paragraph(
                    "None."
                    if not total
                    else "These hold some cases, though fewer than expected; they are counted "
                    "and not named one by one."
                )
            )
            continue
        if len(gaps) < total:
            blocks.append(
                paragraph(
                    f"The {len(gaps):,} most important are listed here."
                    + ("" if kind is Triage.CHANCE else " The command kg gaps names more."),
                )
            )
        blocks.append(gap_table(found, kind, gaps, nearest))
    return Section("gaps", "Gaps", tuple(blocks))


def cell_gaps(found: Findings, kind: Triage) -> list[Gap]:
    """Gaps of members and pairs in a class; contested ones and facts have their own sections."""
    gaps = [
        gap
        for gap in (*found.gaps.gaps, *found.gaps.within_chance)
        if gap.triage is kind
        and not gap.kind.startswith(_FACT_KINDS)
        and not gap.kind.endswith(_CONTESTED)
    ]
    # Equal scores come in the order of IRIs, which puts target 10.1 before 2.1.
    return sorted(
        gaps, key=lambda gap: (-round(gap.score, 9), gap.object is None, natural(name(gap)))
    )


def class_table(found: Findings) -> Table:
    """How many places of each table fell into each class."""
    classes = [kind for kind in CLASS_NAMES if kind in CELL_CLASSES]
    columns = (
        Column("table", "Table", width=2, description="Table of counts looked at"),
        *(
            Column(kind.value.replace("-", "_"), CLASS_NAMES[kind], "int", _MEANINGS[kind])
            for kind in classes
        ),
    )
    rows = [
        (Cell(name.replace("-", " ")), *(Cell(counts.get(kind.value, 0)) for kind in classes))
        for name, counts in found.gaps.classes.items()
    ]
    totals = found.gaps.class_counts
    rows.append((Cell("all"), *(Cell(totals.get(kind.value, 0)) for kind in classes)))
    return Table("classes", "Empty and thin places by class", columns, tuple(rows))


def gap_plot(found: Findings, gaps: list[Gap]) -> Figure | None:
    """Found against expected for the gaps where something was expected."""
    # Single members that no case touches would all be the same dot: the tables name them.
    chosen = [
        gap
        for gap in gaps
        if gap.expected is not None
        and gap.interval is not None
        and (gap.object is not None or gap.triage is not Triage.UNTESTABLE)
    ]
    chosen = sorted(chosen, key=lambda gap: gap.order())[:_PLOTTED]
    if not chosen:
        return None
    units = max(found.gaps.total_units, 1)
    marks = [
        Mark(
            name(gap),
            gap.observed,
            gap.expected,
            (gap.interval or (0, 0))[0] * units,
            (gap.interval or (0, 0))[1] * units,
            gap.triage is Triage.SIGNIFICANT,
        )
        for gap in chosen
    ]
    return Figure(
        "gap-plot",
        dot_plot("Found and expected cases of the main gaps", marks),
        f"The {len(marks)} most important gaps: cases found, with the 95 % interval, and cases "
        "expected.",
        f"Dot plot of {len(marks)} gaps with intervals; the table below holds the numbers.",
    )


def gap_table(found: Findings, kind: Triage, gaps: list[Gap], nearest: Nearest) -> Table:
    """One line per gap."""
    units = max(found.gaps.total_units, 1)
    rows = []
    for gap in gaps:
        low, high = gap.interval or (None, None)
        rows.append(
            (
                Cell(name(gap)),
                Cell(gap.observed),
                Cell(None if gap.expected is None else round(gap.expected, 3)),
                Cell(None if low is None else round(low * units, 2)),
                Cell(None if high is None else round(high * units, 2)),
                Cell(None if gap.q is None or gap.q != gap.q else round(gap.q, 6)),
                Cell(gap.explanation),
                _nearest(found, nearest.cases(gap)),
            )
        )
    return Table(
        f"gaps-{kind.value}-table",
        CLASS_NAMES[kind],
        (
            Column("gap", "What", width=2.0, description="Member or pair"),
            Column("found", "Found", "int", "Cases found", 0.75),
            Column("expected", "Expected", "number", "Cases expected by baseline or model", 0.95),
            Column("low", "95 % from", "number", "Found: lower limit, 95 %", 0.75),
            Column("high", "95 % to", "number", "Found: upper limit, 95 %", 0.75),
            Column("q", "q", "p", "Chance of so few, corrected for all comparisons", 0.8),
            Column("explanation", "In a sentence", width=4.4, description="What the numbers say"),
            Column("nearest", "Nearest cases", width=1.2,
                   description="Cases nearest to filling the gap; numbers as in the appendix"),
        ),
        tuple(rows),
        note="Nearest cases touch what goes together with the missing member; they are places to "
        "look, not evidence.",
    )


def name(gap: Gap) -> str:
    """A gap's subject, and object where there is one, with codes."""
    parts = [coded(gap.subject)]
    if gap.object:
        parts.append(coded(gap.object))
    return " × ".join(parts)


def _nearest(found: Findings, cases: list[str]) -> Cell:
    spans = [
        Span(found.case_names[iri], f"#{anchor('case', iri)}")
        for iri in cases
        if iri in found.case_names
    ]
    return linked(*spans) if spans else Cell(None)
