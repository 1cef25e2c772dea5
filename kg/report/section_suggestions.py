"""Suggestions: where to look next, with the record of the methods beside every suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.report.document import Cell, Column, Heading, Section, Span, Table, paragraph

if TYPE_CHECKING:
    from kg.analysis.suggest import CoverPlan, Predictions
    from kg.report.document import Block
    from kg.report.findings import Findings

_STEPS: Final = 25


def suggestions(found: Findings) -> Section:
    """What could close gaps."""
    blocks: list[Block] = [
        paragraph(
            "Suggestions are places to look. ",
            Span("They are candidates, never evidence", strong=True),
            ", and they are not counted anywhere in this report.",
        )
    ]
    if found.plan is not None:
        blocks += cover_blocks(found.plan)
    if found.candidates is not None:
        blocks += candidate_blocks(found.candidates)
    if len(blocks) == 1:
        blocks.append(paragraph("There are too few links here to learn suggestions from."))
    return Section("suggestions", "Suggestions", tuple(blocks))


def cover_blocks(plan: CoverPlan) -> list[Block]:
    """Known cases elsewhere that would close the gaps of the portfolio."""
    steps = plan.steps[:_STEPS]
    beyond = len(plan.uncoverable)
    return [
        Heading("Known cases that would close gaps of this portfolio", "cover"),
        paragraph(
            f"{len(plan.missing):,} targets have no supporting case within the limits of this "
            f"report. {len(plan.steps):,} known cases from outside would show "
            f"{len(plan.missing) - beyond:,} of them ({plan.method} choice, {plan.guarantee}); "
            f"{beyond:,} are touched by no case in the graph."
        ),
        Table(
            "cover-table",
            "Known cases in the order of what they would add"
            + (f", the first {len(steps)}" if len(plan.steps) > len(steps) else ""),
            (
                Column("case", "Case", width=3, description="Title"),
                Column("gain", "Targets", "int", "Targets it adds", 0.6),
                Column("covers", "Which", width=4, description="Targets shown for the first time"),
            ),
            tuple(
                (
                    Cell(step.label, step.id),
                    Cell(step.gain),
                    Cell("; ".join(member.name for member in step.covers)),
                )
                for step in steps
            ),
        ),
    ]


def candidate_blocks(candidates: Predictions) -> list[Block]:
    """Pairs that the structure of the graph makes likely."""
    record = {item.method: item for item in candidates.record}
    mine, plain = record[candidates.method], record.get("degree")
    better = ""
    if plain is not None:
        better = (
            f", against {plain.auc:.2f} for ranking by popularity alone. "
            + (
                "The interval of the difference excludes zero."
                if mine.gain_low > 0
                else "The interval of the difference includes zero, so read this list with care."
            )
        )
    return [
        Heading("Technologies that could serve goals where no case shows it yet", "candidates"),
        paragraph(
            f"Method: {candidates.method}. When known links are hidden, it ranks a hidden one "
            f"above a missing one with probability {mine.auc:.2f} (AUC){better}"
        ),
        Table(
            "candidates-table",
            "Candidates, most likely first",
            (
                Column("subject", "Technology", width=2.5, description="Technology"),
                Column("object", "Goal", width=3, description="Goal"),
                Column("score", "Score", "number", "Score of the method", 0.8),
            ),
            tuple(
                (
                    Cell(item.subject_label),
                    Cell(item.object.name),
                    Cell(round(float(item.score), 4)),
                )
                for item in candidates.candidates
            ),
        ),
        Table(
            "record-table",
            "Record of the methods on hidden links",
            (
                Column("method", "Method", width=2, description="Method of link prediction"),
                Column("auc", "AUC", "number", "Chance to rank a hidden link above a missing one"),
                Column("precision", "Precision", "number",
                       "Share of hidden links among as many first places"),
                Column("gain", "Gain in AUC", "number", "Over the degree baseline"),
                Column("low", "95 % from", "number", "Lower limit, 95 %", 0.8),
                Column("high", "95 % to", "number", "Upper limit, 95 %", 0.8),
            ),
            tuple(
                (
                    Cell(item.method),
                    Cell(round(item.auc, 4)),
                    Cell(round(item.precision, 4)),
                    Cell(round(item.gain, 4)),
                    Cell(round(item.gain_low, 4)),
                    Cell(round(item.gain_high, 4)),
                )
                for item in candidates.record
            ),
        ),
    ]
