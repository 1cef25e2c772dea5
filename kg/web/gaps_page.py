"""Gaps as a page: ranked, classed, explained, each with the query that checks it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from flask import Blueprint, render_template, request

from kg.analysis.gap_context import Choices
from kg.analysis.gaps import SUBJECTS, GapReport, gaps
from kg.analysis.triage import Triage
from kg.projection import Projection
from kg.projection.filters import Polarity
from kg.projection.naming import filters_named
from kg.web import state
from kg.web.asking import one_of, page_number
from kg.web.choosing import datasets_of

if TYPE_CHECKING:
    from kg.analysis.gap import Gap

blueprint = Blueprint("gaps_page", __name__)

CLASSES: Final = {
    Triage.SIGNIFICANT: ("significant", "rarer than chance explains, after correction"),
    Triage.RELEVANT: ("relevant, unobserved", "nothing found, and the scope calls it relevant"),
    Triage.CHANCE: ("consistent with chance", "could have been found rarer, and was not"),
    Triage.UNTESTABLE: ("untestable", "too little data to say"),
    Triage.OUT_OF_SCOPE: ("out of scope", "left out by the scope"),
    Triage.FACT: ("fact", "stated in the graph or missing from it; not a matter of chance"),
}
"""What the page calls each class, and what it means."""
GROUPS: Final = {
    "members": "goals, targets, principles, technologies",
    "pairs": "goal × principle",
    "regional": "region × goal",
    "white": "technology × goal",
    "contested": "contested",
    "frameworks": "frameworks",
    "evidence": "evidence",
}
_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the dot plot, in percent of the widest: what was found, and what was expected."""

    observed: float
    expected: float
    low: float
    high: float


@blueprint.get("/gaps")
def page() -> str:
    """The ranked gaps, narrowed by dataset, polarity, group of kinds and class."""
    dataset = request.args.get("dataset", "")
    polarity = one_of("polarity", ("both", "positive", "negative"), "both")
    group = one_of("kind", ("", *SUBJECTS), "")
    wanted = one_of("class", ("", *(name.value for name in CLASSES)), "")
    number = page_number()
    store = state.store()
    with store.reader() as snapshot:
        projection = Projection.open(store)
        filters = filters_named(projection, datasets=[dataset] if dataset else [])
        choices = Choices(polarity=cast("Polarity", polarity), filters=filters)
        report = _report(projection, choices, (group,) if group else SUBJECTS)
        listed = [gap for gap in report.gaps if not wanted or gap.triage.value == wanted]
        shown = listed[(number - 1) * _PAGE : number * _PAGE]
        return render_template(
            "gaps.html",
            report=report,
            gaps=[(gap, _bar(gap)) for gap in shown],
            listed=len(listed),
            first=(number - 1) * _PAGE + 1,
            number=number,
            pages=max(1, -(-len(listed) // _PAGE)),
            counts=_class_counts(report),
            classes=CLASSES,
            groups=GROUPS,
            datasets=datasets_of(store),
            chosen={"dataset": dataset, "polarity": polarity, "kind": group, "class": wanted},
            revision=snapshot.revision,
        )


@lru_cache(maxsize=16)
def _report(projection: Projection, choices: Choices, subjects: tuple[str, ...]) -> GapReport:
    # One projection per revision, so a new revision is a new question; 16 answers are kept.
    return gaps(projection, choices, subjects=subjects)


def _class_counts(report: GapReport) -> dict[Triage, int]:
    facts = sum(gap.triage is Triage.FACT for gap in report.gaps)
    counts = report.class_counts
    return {name: facts if name is Triage.FACT else counts.get(name.value, 0) for name in CLASSES}


def _bar(gap: Gap) -> Bar | None:
    """Observed against expected on one scale, with the interval of the share in counts."""
    details = gap.details
    # Shares of contested things are of their signed links, all others of the cases looked at.
    base = details.get("negative", 0) + details.get("positive", 0) or details.get("units", 0)
    if gap.expected is None or gap.interval is None or not base:
        return None
    low, high = (limit * base for limit in gap.interval)
    widest = max(gap.observed, gap.expected, high, 1.0) * 1.05
    scaled = (round(100 * value / widest, 2) for value in (gap.observed, gap.expected, low, high))
    return Bar(*scaled)
