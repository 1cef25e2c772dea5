"""Gaps of frameworks: pivot principles a framework lacks, principles nobody shows in practice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from kg.analysis.bicm import fit_bicm
from kg.analysis.gap import Gap, counted, fact_score, inflected, node
from kg.analysis.triage import Triage
from kg.projection.filters import NO_FILTERS

if TYPE_CHECKING:
    from kg.analysis.gap_context import Context
from kg.analysis.gap_evidence import statements

if TYPE_CHECKING:
    from numpy.typing import NDArray


def framework_gaps(context: Context) -> tuple[list[Gap], Counter[str]]:
    """Pivot principles that a framework does not map to.

    The expected value is the chance, under the configuration model, that a framework of this
    breadth has a principle this common. One cell of one table cannot be tested.
    """
    incidence = context.projection.incidence("framework", "principle", "both", NO_FILTERS)
    frameworks = incidence.shape[0]
    if not frameworks or not len(incidence.indices):
        return [], Counter()
    model = fit_bicm(incidence.breadth, incidence.totals)
    chances = model.chances[model.class_of]
    have = incidence.dense()
    iris = list(incidence.units)
    context.look_up(iris)
    gaps = []
    for unit, number in np.argwhere(have == 0).tolist():
        principle = incidence.members[number]
        others = int(incidence.totals[number])
        label = context.labels[iris[unit]]
        gaps.append(
            Gap(
                kind="framework-without-principle",
                triage=(
                    Triage.OUT_OF_SCOPE
                    if context.choices.scope.is_out(iris[unit], principle.id)
                    else Triage.UNTESTABLE
                ),
                subject=context.node(iris[unit]),
                object=node(principle),
                observed=0,
                expected=float(chances[unit, number]),
                score=fact_score("framework-without-principle", chances[unit, number]),
                explanation=(
                    f"{label} has no principle that amounts to {principle.name}, which "
                    f"{others} of {frameworks} frameworks have."
                ),
                sparql=context.framework_query(iris[unit], principle.id),
                details={"frameworks_with": others, "frameworks": frameworks},
            )
        )
    return gaps, Counter(gap.triage.value for gap in gaps)


def unpractised_principles(context: Context) -> tuple[list[Gap], Counter[str]]:
    """Principles of frameworks that no case upholds, directly or through the pivot."""
    members = context.projection.members("framework-principle")
    upheld = _principles_reached(context, 1)
    of = {
        principle: entry["label"]
        for entry in context.projection.crosswalk()["frameworks"]
        for principle in entry["principles"]
    }
    gaps = []
    missing = np.flatnonzero(~upheld).tolist()
    violations = _violations(context, missing)
    for number in missing:
        member = members[number]
        violated = violations[number]
        gaps.append(
            Gap(
                kind="framework-principle-without-practice",
                triage=(
                    Triage.OUT_OF_SCOPE if context.choices.scope.is_out(member.id) else Triage.FACT
                ),
                subject=node(member),
                object=None,
                observed=0,
                expected=None,
                score=fact_score("framework-principle-without-practice", violated / 10),
                explanation=(
                    f"No case upholds “{member.label}” of {of.get(member.id, 'its framework')}; "
                    f"{counted(violated, 'case')} {inflected('violate', violated)} it."
                ),
                sparql=context.query(("framework-principle", member.id), polarity="positive"),
                details={"violating_cases": violated},
            )
        )
    return gaps, Counter({"framework-principle-without-practice": len(gaps)} if gaps else {})


def _principles_reached(context: Context, sign: int) -> NDArray[np.bool_]:
    """Which framework principles any link of one layer counts for."""
    rows = statements(context, "principle")
    things = np.unique(rows["object"][rows["sign"] == sign])
    _, member = context.projection.expanded("case.framework-principle", things)
    reached = np.zeros(len(context.projection.members("framework-principle")), dtype=np.bool_)
    reached[member] = True
    return reached


def _violations(context: Context, members: list[int]) -> dict[int, int]:
    """Cases that violate each of some framework principles; equal mappings are counted once."""
    rows = statements(context, "principle")
    negative = rows["sign"] < 0
    things, units = rows["object"][negative], rows["unit"][negative]
    distinct = np.unique(things)
    place, member = context.projection.expanded("case.framework-principle", distinct)
    counted_before: dict[bytes, int] = {}
    counts = {}
    for number in members:
        behind = distinct[place[member == number]]
        key = behind.tobytes()
        if key not in counted_before:
            touched = np.zeros(context.projection.unit_count("case"), dtype=np.bool_)
            touched[units[np.isin(things, behind)]] = True
            counted_before[key] = int(touched.sum())
        counts[number] = counted_before[key]
    return counts
