"""Suggestions: where to look next, with the record of the methods beside every suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.report.document import Cell, Column, Heading, Section, Span, Table, paragraph

if TYPE_CHECKING:
    from kg.analysis.suggest import CoverPlan
    from kg.report.document import Block
    from kg.report.findings import Findings
    from kg.report.language import Language

_STEPS: Final = 25


def suggestions(found: Findings) -> Section:
    """What could close gaps."""
    say = found.say
    blocks: list[Block] = [
        paragraph(
            say("Suggestions are places to look."),
            " ",
            Span(say("They are candidates, never evidence"), strong=True),
            say(", and they are not counted anywhere in this report."),
        )
    ]
    if found.plan is not None:
        blocks += cover_blocks(found.plan, say)
    if found.candidates is not None:
        blocks += candidate_blocks(found)
    if len(blocks) == 1:
        blocks.append(paragraph(say("There are too few links here to learn suggestions from.")))
    return Section("suggestions", say("Suggestions"), tuple(blocks))


def cover_blocks(plan: CoverPlan, say: Language) -> list[Block]:
    """Known cases elsewhere that would close the gaps of the portfolio."""
    steps = plan.steps[:_STEPS]
    beyond = len(plan.uncoverable)
    return [
        Heading(say("Known cases that would close gaps of this portfolio"), "cover"),
        paragraph(
            say.count(
                "{number:,} target has no supporting case within the limits of this report.",
                "{number:,} targets have no supporting case within the limits of this report.",
                len(plan.missing),
            ),
            " ",
            say(
                "{steps:,} known cases from outside would show {shown:,} of them ({choice}); "
                "{beyond:,} are touched by no case in the graph.",
                steps=len(plan.steps), shown=len(plan.missing) - beyond, beyond=beyond,
                choice=_choice(plan, say),
            ),
        ),
        Table(
            "cover-table",
            say(
                "Known cases in the order of what they would add, the first {number}",
                number=len(steps),
            )
            if len(plan.steps) > len(steps)
            else say("Known cases in the order of what they would add"),
            (
                Column("case", say("Case"), width=3, description=say("Title")),
                Column("gain", say("Targets"), "int", say("Targets it adds"), 0.6),
                Column("covers", say("Which"), width=4,
                       description=say("Targets shown for the first time")),
            ),
            tuple(
                (
                    Cell(step.label, step.id),
                    Cell(step.gain),
                    Cell(say.joint.join(member.name for member in step.covers)),
                )
                for step in steps
            ),
        ),
    ]


def _choice(plan: CoverPlan, say: Language) -> str:
    """How the cases were chosen, and how far from the best that may be."""
    if plan.method == "exact":
        return say("exact choice, the best possible")
    most = max((step.gain for step in plan.steps), default=0)
    return say(
        "greedy choice, at most {bound:.2f} times as many sets as the smallest full cover",
        bound=sum(1.0 / step for step in range(1, most + 1)),
    )


def candidate_blocks(found: Findings) -> list[Block]:
    """Pairs that the structure of the graph makes likely."""
    say, candidates = found.say, found.candidates
    assert candidates is not None
    record = {item.method: item for item in candidates.record}
    mine, plain = record[candidates.method], record.get("degree")
    told = {"method": found.quoted(candidates.method), "auc": mine.auc}
    if plain is None:
        how = say(
            "Method: {method}. When known links are hidden, it ranks a hidden one above a missing "
            "one with probability {auc:.2f} (AUC)",
            **told,
        )
    else:
        how = say(
            "Method: {method}. When known links are hidden, it ranks a hidden one above a missing "
            "one with probability {auc:.2f} (AUC), against {plain:.2f} for ranking by popularity "
            "alone.",
            plain=plain.auc, **told,
        )
        better = (
            say("The interval of the difference excludes zero.")
            if mine.gain_low > 0
            else say(
                "The interval of the difference includes zero, so read this list with care."
            )
        )
        how = f"{how} {better}"
    return [
        Heading(
            say("Technologies that could serve goals where no case shows it yet"), "candidates"
        ),
        paragraph(how),
        Table(
            "candidates-table",
            say("Candidates, most likely first"),
            (
                Column("subject", say("Technology"), width=2.5, description=say("Technology")),
                Column("object", say("Goal"), width=3, description=say("Goal")),
                Column("score", say("Score"), "number", say("Score of the method"), 0.8),
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
            say("Record of the methods on hidden links"),
            (
                Column("method", say("Method"), width=2,
                       description=say("Method of link prediction")),
                Column("auc", say("AUC"), "number",
                       say("Chance to rank a hidden link above a missing one")),
                Column("precision", say("Precision"), "number",
                       say("Share of hidden links among as many first places")),
                Column("gain", say("Gain in AUC"), "number", say("Over the degree baseline")),
                Column("low", say("95 % from"), "number", say("Lower limit, 95 %"), 0.8),
                Column("high", say("95 % to"), "number", say("Upper limit, 95 %"), 0.8),
            ),
            tuple(
                (
                    Cell(found.quoted(item.method)),
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
