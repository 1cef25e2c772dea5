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
from kg.report.language import message
from kg.report.naming import coded, natural
from kg.report.nearest import Nearest

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.document import Block
    from kg.report.findings import Findings

CLASS_NAMES: Final = {
    Triage.SIGNIFICANT: message("Significant gaps"),
    Triage.UNTESTABLE: message("Untestable"),
    Triage.CHANCE: message("Consistent with chance"),
    Triage.OUT_OF_SCOPE: message("Out of scope"),
    Triage.RELEVANT: message("Relevant but unobserved"),
}
"""In the order in which the report tells them."""
_MEANINGS: Final = {
    Triage.SIGNIFICANT: message(
        "Fewer cases than chance explains, after correction for all comparisons "
        "(Benjamini–Hochberg, 5 %)."
    ),
    Triage.UNTESTABLE: message(
        "So little was expected that even an empty place would be no surprise. Whether something "
        "is missing here cannot be told from these data."
    ),
    Triage.CHANCE: message(
        "Enough was expected for a gap to show, and chance can explain what was found."
    ),
    Triage.OUT_OF_SCOPE: message("The scope file leaves these out, so they are not tested."),
    Triage.RELEVANT: message(
        "No case, no verdict by numbers, but the scope file calls them relevant."
    ),
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
TABLE_NAMES: Final = {
    "target": message("target"),
    "goal": message("goal"),
    "principle": message("principle"),
    "technology": message("technology"),
    "goal × principle": message("goal × principle"),
    "region × goal": message("region × goal"),
    "technology × goal": message("technology × goal"),
    "framework × principle": message("framework × principle"),
}
"""The tables of counts that the analysis looks through."""


def gaps_section(found: Findings) -> Section:
    """Every class of the triage in turn."""
    say, report = found.say, found.gaps
    blocks: list[Block] = [
        paragraph(
            say(
                "Every empty or thin place in the tables has exactly one class. The counts of all "
                "classes are always shown, so that nobody takes the list of significant gaps for "
                "the list of everything that is missing."
            )
        ),
        class_table(found),
    ]
    listed = {kind: cell_gaps(found, kind) for kind in CLASS_NAMES}
    if figure := gap_plot(found, [gap for some in listed.values() for gap in some]):
        blocks.append(figure)
    nearest = Nearest(found)
    for kind, title in CLASS_NAMES.items():
        total = report.class_counts.get(kind.value, 0)
        heading = say("{title} ({number:,})", title=say(title), number=total)
        blocks.append(Heading(heading, f"gaps-{kind.value}"))
        blocks.append(paragraph(say(_MEANINGS[kind])))
        gaps = listed[kind][: _LISTED[kind]]
        if not gaps:
            blocks.append(
                paragraph(
                    say("None.")
                    if not total
                    else say("These hold some cases, though fewer than expected; they are counted "
                             "and not named one by one.")
                )
            )
            continue
        if len(gaps) < total:
            cut = say.count(
                "The most important one is listed here.",
                "The {number:,} most important are listed here.",
                len(gaps),
            )
            more = "" if kind is Triage.CHANCE else f" {say('The command kg gaps names more.')}"
            blocks.append(paragraph(f"{cut}{more}"))
        blocks.append(gap_table(found, kind, gaps, nearest))
    return Section("gaps", say("Gaps"), tuple(blocks))


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
    say = found.say
    classes = [kind for kind in CLASS_NAMES if kind in CELL_CLASSES]
    columns = (
        Column("table", say("Table"), width=2, description=say("Table of counts looked at")),
        *(
            Column(
                kind.value.replace("-", "_"), say(CLASS_NAMES[kind]), "int", say(_MEANINGS[kind])
            )
            for kind in classes
        ),
    )
    rows = [
        (Cell(say(TABLE_NAMES[name])), *(Cell(counts.get(kind.value, 0)) for kind in classes))
        for name, counts in found.gaps.classes.items()
    ]
    totals = found.gaps.class_counts
    rows.append((Cell(say("all")), *(Cell(totals.get(kind.value, 0)) for kind in classes)))
    return Table("classes", say("Empty and thin places by class"), columns, tuple(rows))


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
    say, units = found.say, max(found.gaps.total_units, 1)
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
        dot_plot(say("Found and expected cases of the main gaps"), marks, say=say),
        say.count(
            "The most important gap: cases found, with the 95 % interval, and cases expected.",
            "The {number} most important gaps: cases found, with the 95 % interval, and cases "
            "expected.",
            len(marks),
        ),
        say.count(
            "Dot plot of {number} gap with its interval; the table below holds the numbers.",
            "Dot plot of {number} gaps with intervals; the table below holds the numbers.",
            len(marks),
        ),
    )


def gap_table(found: Findings, kind: Triage, gaps: list[Gap], nearest: Nearest) -> Table:
    """One line per gap."""
    say, units = found.say, max(found.gaps.total_units, 1)
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
        say(CLASS_NAMES[kind]),
        (
            Column("gap", say("What"), width=2.0, description=say("Member or pair")),
            Column("found", say("Found"), "int", say("Cases found"), 0.75),
            Column("expected", say("Expected"), "number",
                   say("Cases expected by baseline or model"), 0.95),
            Column("low", say("95 % from"), "number", say("Found: lower limit, 95 %"), 0.75),
            Column("high", say("95 % to"), "number", say("Found: upper limit, 95 %"), 0.75),
            Column("q", "q", "p", say("Chance of so few, corrected for all comparisons"), 0.8),
            Column("explanation", say("In a sentence"), width=4.4,
                   description=say("What the numbers say")),
            Column("nearest", say("Nearest cases"), width=1.2,
                   description=say("Cases nearest to filling the gap; numbers as in the "
                                   "appendix")),
        ),
        tuple(rows),
        note=say(
            "Nearest cases touch what goes together with the missing member; they are places to "
            "look, not evidence."
        ),
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
