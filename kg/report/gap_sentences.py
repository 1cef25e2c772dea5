"""Every gap in one sentence of the report's language.

The analyses explain each gap in English. Here the same is said from the same numbers in any
language; a test holds the English of both together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.analysis.triage import Triage
from kg.report.language import message, plural
from kg.report.naming import coded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.analysis.gap import Gap
    from kg.analysis.gaps import GapReport
    from kg.report.language import Language

_NONE: Final = {
    "goal": message("None of the {units:,} cases supports or undermines the goal {name}"),
    "target": message("None of the {units:,} cases supports or undermines the target {name}"),
    "principle": message("None of the {units:,} cases upholds or violates the principle {name}"),
    "technology": message("None of the {units:,} cases uses the technology {name}"),
}
_SOME: Final = {
    "goal": plural(
        "{number:,} of the {units:,} cases supports or undermines the goal {name}",
        "{number:,} of the {units:,} cases support or undermine the goal {name}",
    ),
    "target": plural(
        "{number:,} of the {units:,} cases supports or undermines the target {name}",
        "{number:,} of the {units:,} cases support or undermine the target {name}",
    ),
    "principle": plural(
        "{number:,} of the {units:,} cases upholds or violates the principle {name}",
        "{number:,} of the {units:,} cases uphold or violate the principle {name}",
    ),
    "technology": plural(
        "{number:,} of the {units:,} cases uses the technology {name}",
        "{number:,} of the {units:,} cases use the technology {name}",
    ),
}
_MEMBER_VERDICTS: Final = {
    Triage.SIGNIFICANT: message(", and chance does not explain so few"),
    Triage.RELEVANT: message("; the scope file calls it relevant"),
    Triage.CHANCE: message(", which chance can explain"),
    Triage.UNTESTABLE: message(", too few for a verdict"),
    Triage.OUT_OF_SCOPE: message("; the scope file leaves it out"),
}
_PAIR_VERDICTS: Final = {
    Triage.SIGNIFICANT: _MEMBER_VERDICTS[Triage.SIGNIFICANT],
    Triage.RELEVANT: message("; the scope file calls the pair relevant"),
    Triage.CHANCE: _MEMBER_VERDICTS[Triage.CHANCE],
    Triage.UNTESTABLE: message(", too little for a verdict"),
    Triage.OUT_OF_SCOPE: message("; the scope file leaves the pair out"),
}
_STATEMENTS: Final = {
    v.SUPPORTS: message("{case} supports {object}"),
    v.UNDERMINES: message("{case} undermines {object}"),
    v.UPHOLDS: message("{case} upholds {object}"),
    v.VIOLATES: message("{case} violates {object}"),
    v.USES_TECHNOLOGY: message("{case} uses {object}"),
}


def retold(report: GapReport, frameworks: Mapping[str, str], say: Language) -> GapReport:
    """The gaps of a report, explained in a language.

    Args:
        report: As the analyses give it.
        frameworks: Label of the framework of each principle.
        say: The language.
    """
    if say.native:
        return report
    return replace(
        report,
        gaps=tuple(_retold(gap, frameworks, say) for gap in report.gaps),
        within_chance=tuple(_retold(gap, frameworks, say) for gap in report.within_chance),
    )


def _retold(gap: Gap, frameworks: Mapping[str, str], say: Language) -> Gap:
    subject = gap.subject
    if gap.kind.startswith("link-") and "/id/case/" not in subject["id"]:
        subject = {**subject, "label": _statement(gap, say)}
    return replace(gap, subject=subject, explanation=sentence(gap, frameworks, say))


def sentence(gap: Gap, frameworks: Mapping[str, str], say: Language) -> str:
    """One gap in one plain sentence."""
    kind = gap.kind
    if kind.startswith("link-"):
        return say("“{statement}”: {reason}.", statement=_statement(gap, say),
                   reason=_reason(gap, say))
    if kind.startswith("case-"):
        return _of_case(gap, say)
    if kind.startswith("framework-"):
        return _of_framework(gap, frameworks, say)
    if kind == "target-self-reported-only":
        return say.count(
            "All evidence on target {name} ({number:,} link) comes from those who run the cases.",
            "All evidence on target {name} ({number:,} links) comes from those who run the cases.",
            int(gap.expected or 0),
            name=coded(gap.subject),
        )
    if kind.endswith(("-contested", "-more-negative")):
        return _of_contested(gap, say)
    return _of_member(gap, say) if gap.object is None else _of_pair(gap, say)


def _of_member(gap: Gap, say: Language) -> str:
    noun, seen = gap.kind.split("-", 1)[0], gap.observed
    told = {"units": gap.details["units"], "name": coded(gap.subject)}
    what = say.count(*_SOME[noun], seen, **told) if seen else say(_NONE[noun], **told)
    verdict = say(_MEMBER_VERDICTS[gap.triage])
    if gap.details["baseline"] == "uniform":
        return say(
            "{what}; with even attention {expected:.1f} would be expected{verdict}.",
            what=what, expected=gap.expected, verdict=verdict,
        )
    return say(
        "{what}; from the reference dataset {expected:.1f} would be expected{verdict}.",
        what=what, expected=gap.expected, verdict=verdict,
    )


def _of_pair(gap: Gap, say: Language) -> str:
    assert gap.object is not None
    told = {"first": coded(gap.subject), "second": coded(gap.object)}
    what = (
        say.count(
            "{number:,} case brings {first} and {second} together",
            "{number:,} cases bring {first} and {second} together",
            gap.observed,
            **told,
        )
        if gap.observed
        else say("No case brings {first} and {second} together", **told)
    )
    return say(
        "{what}, though {first:,} touch the one and {second:,} the other; {expected:.1f} would be "
        "expected{verdict}.",
        what=what,
        first=gap.details["subject_units"],
        second=gap.details["object_units"],
        expected=gap.expected,
        verdict=say(_PAIR_VERDICTS[gap.triage]),
    )


def _of_contested(gap: Gap, say: Language) -> str:
    bad, good = int(gap.details["negative"]), int(gap.details["positive"])
    name = coded(gap.subject)
    if gap.kind.startswith("principle-"):
        against = say.count(
            "{number:,} link violates {name}", "{number:,} links violate {name}", bad, name=name
        )
        for_ = (
            say.count("{number:,} link upholds it", "{number:,} links uphold it", good)
            if good
            else say("no link upholds it")
        )
    else:
        against = say.count(
            "{number:,} link undermines {name}", "{number:,} links undermine {name}", bad, name=name
        )
        for_ = (
            say.count("{number:,} link supports it", "{number:,} links support it", good)
            if good
            else say("no link supports it")
        )
    return say("{against} and {for_}.", against=against, for_=for_)


def _statement(gap: Gap, say: Language) -> str:
    assert gap.object is not None
    thing = gap.object
    named = (
        f"{thing['id'].rsplit('/', 1)[-1]} ({thing['label']})"
        if thing["id"].startswith(v.SDG)
        else thing["label"]
    )
    return say(
        _STATEMENTS[gap.details["predicate"]], case=gap.evidence[0]["label"], object=named
    )


def _reason(gap: Gap, say: Language) -> str:
    sources = int(gap.details["sources"])
    if gap.kind == "link-self-reported":
        return say("only those who run it say so")
    if gap.kind == "link-unverified":
        return say("it is alleged or not verified")
    if not sources:
        return say("no source is given")
    return say.count(
        "its only source is published by a body that takes part in the case, or by nobody named",
        "all {number} sources are published by a body that takes part in the case, or by nobody "
        "named",
        sources,
    )


def _of_case(gap: Gap, say: Language) -> str:
    case = gap.subject["label"]
    if gap.kind == "case-without-outcome":
        return say("The case “{case}” states no outcome.", case=case)
    if not gap.observed:
        return say("The case “{case}” rests on no source.", case=case)
    return say.count(
        "The case “{case}” rests on {number:,} source.",
        "The case “{case}” rests on {number:,} sources.",
        gap.observed,
        case=case,
    )


def _of_framework(gap: Gap, frameworks: Mapping[str, str], say: Language) -> str:
    if gap.kind == "framework-without-principle":
        assert gap.object is not None
        return say(
            "{framework} has no principle that amounts to {principle}, which {others} of "
            "{frameworks} frameworks have.",
            framework=gap.subject["label"],
            principle=gap.object["label"],
            others=gap.details["frameworks_with"],
            frameworks=gap.details["frameworks"],
        )
    violated = int(gap.details["violating_cases"])
    return say(
        "No case upholds “{principle}” of {framework}; {violations}.",
        principle=gap.subject["label"],
        framework=frameworks.get(gap.subject["id"]) or say("its framework"),
        violations=say.count("{number:,} case violates it", "{number:,} cases violate it", violated)
        if violated
        else say("no case violates it"),
    )
