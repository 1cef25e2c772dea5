"""The few findings that matter most: one of each family, so that none drowns the others.

A ranked list alone would name five thin principles, or five unverified links. A reader is served
by five findings that differ; what belongs together is told together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.analysis.triage import Triage
from kg.report.findings import anchor
from kg.report.naming import coded
from kg.report.section_gaps import name

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.findings import Findings

MOST_FINDINGS: Final = 5
_NAMED: Final = 4
_CONTESTED: Final = ("-contested", "-more-negative")
_FACT_KINDS: Final = ("framework-", "link-", "case-")
_READ_OFF: Final = "This is read off the data, not estimated."


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
    gaps = [gap for pairs in (False, True) for gap in _cells(found, Triage.RELEVANT, pairs=pairs)]
    if not gaps:
        return None
    named = _list([name(gap) for gap in gaps[:_NAMED]], len(gaps))
    return MainFinding(
        "relevant",
        f"No case touches {_number(len(gaps), 'place')} that the scope file calls relevant: "
        f"{named}.",
        "That there is no case is read off the data. The judgement that there should be one comes "
        "from the scope file.",
        (("Relevant but unobserved", f"#gaps-{Triage.RELEVANT.value}"),),
        len(gaps),
    )


def _members(found: Findings) -> MainFinding | None:
    gaps = _cells(found, Triage.SIGNIFICANT, pairs=False)
    if not gaps:
        return None
    links = _places(found, gaps)
    if len(gaps) == 1:
        return MainFinding("members", gaps[0].explanation, _sure(gaps), links, 1)
    units = found.gaps.total_units
    named = _list([f"{coded(gap.subject)} ({gap.observed:,})" for gap in gaps[:_NAMED]], len(gaps))
    expected = sorted(gap.expected or 0.0 for gap in gaps)
    about = f"{expected[0]:.0f}" if expected[-1] - expected[0] < 1 else (
        f"{expected[0]:.0f} to {expected[-1]:.0f}"
    )
    yardstick = (
        "with even attention" if found.options.baseline == "uniform" else "by the reference dataset"
    )
    return MainFinding(
        "members",
        f"{_number(len(gaps), _noun(gaps)).capitalize()} are touched by far fewer of the {units:,} "
        f"cases than others: {named}. {yardstick.capitalize()} each would have about {about}.",
        _sure(gaps),
        links,
        len(gaps),
    )


def _pairs(found: Findings) -> MainFinding | None:
    gaps = _cells(found, Triage.SIGNIFICANT, pairs=True)
    if not gaps:
        return None
    if len(gaps) == 1:
        said = gaps[0].explanation
    else:
        named = _list(
            [f"{name(gap)} ({gap.observed:,} of {gap.expected or 0:.1f} expected)"
             for gap in gaps[:_NAMED]],
            len(gaps),
        )
        said = f"{_number(len(gaps), 'pair').capitalize()} come together more rarely than chance: "
        said += f"{named}."
    return MainFinding("pairs", said, _sure(gaps), _places(found, gaps), len(gaps))


def _contested(found: Findings) -> MainFinding | None:
    gaps = [gap for gap in found.gaps.gaps if gap.kind.endswith(_CONTESTED)]
    sure = sorted(
        (gap for gap in gaps if gap.triage is Triage.SIGNIFICANT), key=lambda gap: gap.q or 0.0
    )
    chosen = sure or gaps[:1]
    if not chosen or chosen[0].triage is Triage.OUT_OF_SCOPE:
        return None
    counts = [
        f"{coded(gap.subject)} ({int(gap.details['negative']):,} against, "
        f"{int(gap.details['positive']):,} for)"
        for gap in chosen[:_NAMED]
    ]
    return MainFinding(
        "contested",
        f"Most links speak of harm, not of help, for {_list(counts, len(chosen))}."
        if sure
        else chosen[0].explanation,
        _sure(chosen)
        if sure
        else "Not sure: were harm and help equally likely, chance could give such numbers.",
        _places(found, chosen),
        len(chosen),
    )


def _targets(found: Findings) -> MainFinding | None:
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
    sureness = "That there is no case is read off the data. "
    sureness += (
        f"For {len(certain):,} of them chance does not explain it; for the others too little "
        "would be expected for a verdict."
        if certain
        else "Whether one should be expected cannot be told: with "
        f"{found.gaps.total_units:,} cases, too few would fall on each single target."
    )
    return MainFinding(
        "targets",
        f"{len(empty):,} of {len(members):,} targets are touched by no case, the largest numbers "
        f"under {_list([f'goal {goal} ({per_goal[goal]})' for goal in most], len(most))}.",
        sureness,
        (("Targets without a case", "#targets-table"),),
        len(empty),
    )


def _evidence(found: Findings) -> MainFinding | None:
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
        f"Of the {len(states):,} accepted links of these cases, {told:,} "
        f"({_percent(told, len(states))}) rest only on what those who run the case say of it, and "
        f"{doubtful:,} ({_percent(doubtful, len(states))}) are alleged or not verified.",
        _READ_OFF,
        (("Evidence quality", "#evidence"),),
        told + doubtful,
    )


def _frameworks(found: Findings) -> MainFinding | None:
    if not found.crosswalk.frameworks:
        return None
    fewest = found.crosswalk.consensus()[::-1][:3]
    named = [f"{item['principle']['label']} ({item['frameworks']})" for item in fewest]
    return MainFinding(
        "frameworks",
        f"The common principles that fewest of the {len(found.crosswalk.frameworks):,} frameworks "
        f"state are {_list(named, len(named))}.",
        f"{_READ_OFF} It depends on how principles were mapped.",
        (("Framework coverage", "#frameworks"),),
        len(fewest),
    )


def _sure(gaps: Sequence[Gap]) -> str:
    """How sure we are of the least sure of these, and how far it reaches."""
    q = max(gap.q if gap.q is not None else 1.0 for gap in gaps)
    grade = "Very sure" if q < 0.001 else "Sure" if q < 0.01 else (
        "Fairly sure" if q < 0.04 else "Just beyond the line that we draw at q = 0.05"
    )
    value = "below 0.0001" if q < 0.0001 else f"{q:.2g}" if q < 0.0495 else f"{q:.3g}"
    several = " or less" if len(gaps) > 1 else ""
    return f"{grade}: q is {value}{several}.{''.join(_interval(gaps))}"


def _interval(gaps: Sequence[Gap]) -> Iterator[str]:
    if len(gaps) == 1 and (interval := gaps[0].interval) is not None:
        of = "negative links" if gaps[0].kind.endswith(_CONTESTED) else "cases"
        low, high = (f"{limit * 100:.1f} %" for limit in interval)
        yield f" The share of such {of} lies between {low} and {high} (95 % interval)."


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


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _noun(gaps: Sequence[Gap]) -> str:
    nouns = {gap.kind.split("-", 1)[0] for gap in gaps}
    return nouns.pop() if len(nouns) == 1 else "member"


def _list(parts: Sequence[str], total: int) -> str:
    """``a, b and c``, or ``a, b and 7 more``."""
    more = total - len(parts)
    shown = [*parts, f"{more:,} more"] if more > 0 else list(parts)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _number(count: int, noun: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    plural = noun if count == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{words[count] if count < len(words) else f'{count:,}'} {plural}"
