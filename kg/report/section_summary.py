"""Summary: the five findings that matter most, in plain sentences, and how sure we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analysis.triage import Triage
from kg.report.document import Items, Section, Span, paragraph
from kg.report.main_findings import MainFinding, main_findings

if TYPE_CHECKING:
    from kg.report.document import Block, Inline
    from kg.report.findings import Findings
    from kg.report.language import Language


def summary(found: Findings) -> Section:
    """The first section."""
    say, gaps = found.say, found.gaps
    if not gaps.total_units:
        nothing = say("No case fits the limits of this report, so there is nothing to tell.")
        return Section("summary", say("Summary"), (paragraph(nothing),))
    findings = main_findings(found)
    looks = say.count(
        "This report looks at {number:,} case of AI use and asks what it does for the Sustainable "
        "Development Goals and for the principles of responsible AI, and what is missing.",
        "This report looks at {number:,} cases of AI use and asks what they do for the Sustainable "
        "Development Goals and for the principles of responsible AI, and what is missing.",
        gaps.total_units,
    )
    blocks: list[Block] = [
        paragraph(f"{looks} {_supported(found)}"),
        paragraph(_squares(found)),
        paragraph(say("The findings that matter most:")),
        Items(tuple(_finding(finding, say) for finding in findings), ordered=True),
        paragraph(
            say("Read these with one caution:"),
            " ",
            Span(
                say("no link means that no evidence was found, not that there is no relation."),
                strong=True,
            ),
            " ",
            say(
                "“q” is the share of false alarms to expect among all findings at least as clear "
                "as the one it stands beside; {alpha:.2f} is the most that we accept. How each "
                "verdict is reached stands under",
                alpha=0.05,
            ),
            " ",
            Span(say("Methods and limits"), "#methods"),
            ".",
        ),
    ]
    return Section("summary", say("Summary"), tuple(blocks))


def _supported(found: Findings) -> str:
    goals, targets = (found.incidence(name, "positive").totals for name in ("goal", "target"))
    return found.say(
        "{goals:,} of {all_goals:,} goals and {targets:,} of {all_targets:,} targets have at least "
        "one case that supports them.",
        goals=int((goals > 0).sum()),
        all_goals=len(goals),
        targets=int((targets > 0).sum()),
        all_targets=len(targets),
    )


def _squares(found: Findings) -> str:
    """What became of the empty and thin squares of all tables, in words."""
    say, counts = found.say, found.gaps.class_counts
    said = say(
        "In the tables of counts, {looked:,} squares are empty or hold fewer cases than expected. "
        "For {significant:,} chance does not explain it; for {chance:,} it can; for "
        "{untestable:,} so little was expected that nothing can be said.",
        looked=sum(counts.values()),
        significant=counts[Triage.SIGNIFICANT.value],
        chance=counts[Triage.CHANCE.value],
        untestable=counts[Triage.UNTESTABLE.value],
    )
    if out := counts[Triage.OUT_OF_SCOPE.value]:
        said += " " + say.count("{number:,} is out of scope.", "{number:,} are out of scope.", out)
    if relevant := counts[Triage.RELEVANT.value]:
        said += " " + say.count(
            "{number:,} was called relevant beforehand and holds no case.",
            "{number:,} were called relevant beforehand and hold no case.",
            relevant,
        )
    return said


def _finding(finding: MainFinding, say: Language) -> Inline:
    spans = [Span(finding.statement, strong=True), Span(f" {finding.sureness}")]
    for place, (label, href) in enumerate(finding.links):
        spans.append(Span(f" {say('See')} " if not place else say.joint))
        spans.append(Span(label, href))
    if finding.links:
        spans.append(Span("."))
    return tuple(spans)
