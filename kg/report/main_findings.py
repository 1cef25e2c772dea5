"""The few findings that matter most: one of each family, so that none drowns the others.

A ranked list alone would name five thin principles, or five unverified links. A reader is served
by five findings that differ; what belongs together is told together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.analysis.triage import Triage
from kg.report.findings import anchor
from kg.report.language import message
from kg.report.naming import coded
from kg.report.section_gaps import name
from kg.report.wording import capital, counted, listed, sureness_of

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.findings import Findings

MOST_FINDINGS: Final = 5
_NAMED: Final = 4
_CONTESTED: Final = ("-contested", "-more-negative")
_FACT_KINDS: Final = ("framework-", "link-", "case-")
_READ_OFF: Final = message("This is read off the data, not estimated.")


@dataclass(frozen=True, slots=True)
class MainFinding:
    """One finding of the summary.

    Attributes:
        family: What it is about: members, pairs, contested, relevant, targets, evidence,
            frameworks.
        statement: What was found, in a sentence.
        sureness: How sure that is, in a sentence or two.
        links: Labels and places of cases or tables to look at.
        number: The number behind the statement.
    """

    family: str
    statement: str
    sureness: str
    links: tuple[tuple[str, str], ...] = ()
    number: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "family": self.family,
            "statement": self.statement,
            "sureness": self.sureness,
            "number": self.number,
        }


def main_findings(found: Findings) -> list[MainFinding]:
    """At most five findings, the weightiest family first; families without any are left out."""
    makers: tuple[Callable[[Findings], MainFinding | None], ...] = (
        _relevant, _members, _pairs, _contested, _targets, _evidence, _frameworks,
    )
    made = (make(found) for make in makers)
    return [finding for finding in made if finding is not None][:MOST_FINDINGS]


def _cells(found: Findings, triage: Triage, *, pairs: bool) -> list[Gap]:
    return [
        gap
        for gap in found.gaps.gaps
        if gap.triage is triage
        and (gap.object is not None) is pairs
        and not gap.kind.startswith(_FACT_KINDS)
        and not gap.kind.endswith(_CONTESTED)
    ]


def _relevant(found: Findings) -> MainFinding | None:
    say = found.say
    gaps = [gap for pairs in (False, True) for gap in _cells(found, Triage.RELEVANT, pairs=pairs)]
    if not gaps:
        return None
    return MainFinding(
        "relevant",
        say(
            "No case touches {things} that the scope file calls relevant: {named}.",
            things=counted(len(gaps), "place", say),
            named=listed([name(gap) for gap in gaps[:_NAMED]], len(gaps), say),
        ),
        say(
            "That there is no case is read off the data. The judgement that there should be one "
            "comes from the scope file."
        ),
        ((say("Relevant but unobserved"), f"#gaps-{Triage.RELEVANT.value}"),),
        len(gaps),
    )


def _members(found: Findings) -> MainFinding | None:
    say = found.say
    gaps = _cells(found, Triage.SIGNIFICANT, pairs=False)
    if not gaps:
        return None
    links = _places(found, gaps)
    if len(gaps) == 1:
        return MainFinding("members", gaps[0].explanation, sureness_of(gaps, say), links, 1)
    named = [
        say("{name} ({found:,})", name=coded(gap.subject), found=gap.observed)
        for gap in gaps[:_NAMED]
    ]
    expected = sorted(gap.expected or 0.0 for gap in gaps)
    about = (
        say.number(expected[0], ".0f")
        if expected[-1] - expected[0] < 1
        else say("{low:.0f} to {high:.0f}", low=expected[0], high=expected[-1])
    )
    fewer = say(
        "{things} are touched by far fewer of the {units:,} cases than others: {named}.",
        things=counted(len(gaps), _noun(gaps), say),
        units=found.gaps.total_units,
        named=listed(named, len(gaps), say),
    )
    yardstick = (
        say("With even attention each would have about {about}.", about=about)
        if found.options.baseline == "uniform"
        else say("By the reference dataset each would have about {about}.", about=about)
    )
    return MainFinding(
        "members", f"{capital(fewer)} {yardstick}", sureness_of(gaps, say), links, len(gaps)
    )


def _pairs(found: Findings) -> MainFinding | None:
    say = found.say
    gaps = _cells(found, Triage.SIGNIFICANT, pairs=True)
    if not gaps:
        return None
    if len(gaps) == 1:
        said = gaps[0].explanation
    else:
        named = [
            say("{name} ({found:,} of {expected:.1f} expected)", name=name(gap),
                found=gap.observed, expected=gap.expected or 0.0)
            for gap in gaps[:_NAMED]
        ]
        said = capital(
            say(
                "{things} come together more rarely than chance: {named}.",
                things=counted(len(gaps), "pair", say),
                named=listed(named, len(gaps), say),
            )
        )
    return MainFinding("pairs", said, sureness_of(gaps, say), _places(found, gaps), len(gaps))


def _contested(found: Findings) -> MainFinding | None:
    say = found.say
    gaps = [gap for gap in found.gaps.gaps if gap.kind.endswith(_CONTESTED)]
    sure = sorted(
        (gap for gap in gaps if gap.triage is Triage.SIGNIFICANT), key=lambda gap: gap.q or 0.0
    )
    chosen = sure or gaps[:1]
    if not chosen or chosen[0].triage is Triage.OUT_OF_SCOPE:
        return None
    counts = [
        say("{name} ({against:,} against, {for_:,} for)", name=coded(gap.subject),
            against=int(gap.details["negative"]), for_=int(gap.details["positive"]))
        for gap in chosen[:_NAMED]
    ]
    return MainFinding(
        "contested",
        say("Most links speak of harm, not of help, for {named}.",
            named=listed(counts, len(chosen), say))
        if sure
        else chosen[0].explanation,
        sureness_of(chosen, say)
        if sure
        else say("Not sure: were harm and help equally likely, chance could give such numbers."),
        _places(found, chosen),
        len(chosen),
    )


def _targets(found: Findings) -> MainFinding | None:
    say = found.say
    totals = found.incidence("target").totals
    scope = found.options.scope
    members = [
        (member, int(total))
        for member, total in zip(found.projection.members("target"), totals, strict=True)
        if not scope.is_out(member.id)
    ]
    empty = [member for member, total in members if not total]
    if not empty:
        return None
    per_goal: dict[str, int] = {}
    for member in empty:
        goal = member.notation.split(".")[0]
        per_goal[goal] = per_goal.get(goal, 0) + 1
    most = sorted(per_goal, key=lambda goal: (-per_goal[goal], int(goal)))[:3]
    tested = found.gaps.of_kind("target-without-case")
    certain = [gap for gap in tested if gap.triage is Triage.SIGNIFICANT]
    sureness = (
        say("For {certain:,} of them chance does not explain it; for the others too little would "
            "be expected for a verdict.", certain=len(certain))
        if certain
        else say("Whether one should be expected cannot be told: with {units:,} cases, too few "
                 "would fall on each single target.", units=found.gaps.total_units)
    )
    largest = [say("goal {code} ({number})", code=goal, number=per_goal[goal]) for goal in most]
    return MainFinding(
        "targets",
        say(
            "{empty:,} of {targets:,} targets are touched by no case, the largest numbers under "
            "{goals}.",
            empty=len(empty), targets=len(members), goals=listed(largest, len(most), say),
        ),
        f"{say('That there is no case is read off the data.')} {sureness}",
        ((say("Targets without a case"), "#targets-table"),),
        len(empty),
    )


def _evidence(found: Findings) -> MainFinding | None:
    say = found.say
    states = [
        link.evidence.status
        for case in found.cases
        for link in case.links
        if link.evidence.review == "accepted"
    ]
    told = states.count("self-reported")
    doubtful = states.count("alleged") + states.count("unverified")
    if not told and not doubtful:
        return None
    return MainFinding(
        "evidence",
        say(
            "Of the {links:,} accepted links of these cases, {told:,} ({told_share:.0f} %) rest "
            "only on what those who run the case say of it, and {doubtful:,} "
            "({doubtful_share:.0f} %) are alleged or not verified.",
            links=len(states),
            told=told,
            told_share=100 * told / len(states),
            doubtful=doubtful,
            doubtful_share=100 * doubtful / len(states),
        ),
        say(_READ_OFF),
        ((say("Evidence quality"), "#evidence"),),
        told + doubtful,
    )


def _frameworks(found: Findings) -> MainFinding | None:
    say = found.say
    if not found.crosswalk.frameworks:
        return None
    fewest = found.crosswalk.consensus()[::-1][:3]
    named = [
        say("{name} ({number})", name=item["principle"]["label"], number=item["frameworks"])
        for item in fewest
    ]
    return MainFinding(
        "frameworks",
        say(
            "The common principles that fewest of the {frameworks:,} frameworks state are {named}.",
            frameworks=len(found.crosswalk.frameworks),
            named=listed(named, len(named), say),
        ),
        f"{say(_READ_OFF)} {say('It depends on how principles were mapped.')}",
        ((say("Framework coverage"), "#frameworks"),),
        len(fewest),
    )


def _places(found: Findings, gaps: Sequence[Gap]) -> tuple[tuple[str, str], ...]:
    """Up to three cases, one per gap in turn."""
    lists = [
        [item for item in gap.evidence if item["id"] in found.case_names] for gap in gaps
    ]
    places: dict[str, str] = {}
    for turn in range(3):
        for items in lists:
            if turn < len(items) and len(places) < 3:
                places.setdefault(items[turn]["label"], f"#{anchor('case', items[turn]['id'])}")
    return tuple(places.items())


def _noun(gaps: Sequence[Gap]) -> str:
    nouns = {gap.kind.split("-", 1)[0] for gap in gaps}
    return nouns.pop() if len(nouns) == 1 else "member"
