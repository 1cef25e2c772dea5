"""Gaps of single members: a target, goal, principle or technology with too few units.

Such a verdict needs a yardstick from outside: a null model that keeps how common each member is
can never call one uncommon. The yardstick is even attention to all members in scope (uniform), or
the shares in a reference dataset.

Sources: Poisson–binomial tails (Hong 2013, CSDA 59:41) for the uniform yardstick, the
hypergeometric test of two samples for a reference dataset; Benjamini & Hochberg 1995.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.analysis.bicm import grouped
from kg.analysis.gap import Gap, inflected, node, score
from kg.analysis.hypergeometric import hypergeometric_tails, none_at_all
from kg.analysis.intervals import wilson
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.poisson_binomial import tails
from kg.analysis.triage import Triage, thin, triage
from kg.projection.filters import Filters
from kg.projection.incidence import fractional

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.analysis.gap_context import Context
    from kg.projection import Incidence

_KINDS: Final = {
    "target": ("target-without-case", "target-under-covered", "target"),
    "goal": ("goal-without-case", "goal-under-covered", "goal"),
    "principle": ("principle-without-case", "principle-under-covered", "principle"),
    "technology": ("technology-without-case", "technology-under-covered", "technology"),
}
_VERBS: Final = {
    "positive": {"principle": "uphold", "technology": "use", "": "support"},
    "negative": {"principle": "violate", "technology": "use", "": "undermine"},
    "both": {"principle": "uphold or violate", "technology": "use", "": "support or undermine"},
}


@dataclass(frozen=True)
class _Baseline:
    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    none: NDArray[np.float64]
    words: str


def member_gaps(context: Context, dimension: str) -> tuple[list[Gap], Counter[str]]:
    """Members that no unit touches, or significantly fewer than the baseline says.

    Returns:
        The gaps, and how many empty or thin members fell into each class.
    """
    choices = context.choices
    incidence = context.incidence(dimension)
    units = context.units()
    out = np.array([choices.scope.is_out(member.id) for member in incidence.members], np.bool_)
    baseline = _baseline(context, dimension, incidence, units, out)
    baseline.lower[out] = np.nan
    q = benjamini_hochberg(baseline.lower)
    tests = int((~out).sum())
    low, high = wilson(incidence.totals, units)
    shared = np.bincount(incidence.indices, fractional(incidence), minlength=len(incidence.members))
    layers = context.layer_totals(dimension)
    empty_kind, thin_kind, noun = _KINDS[dimension]
    verb = _VERBS[choices.polarity].get(dimension, _VERBS[choices.polarity][""])
    gaps: list[Gap] = []
    classes: Counter[str] = Counter()
    for place in np.flatnonzero(thin(incidence.totals, baseline.expected)).tolist():
        member, seen = incidence.members[place], int(incidence.totals[place])
        expected = float(baseline.expected[place])
        verdict = triage(
            seen,
            float(q[place]),
            float(baseline.none[place]),
            tests=tests,
            alpha=choices.alpha,
            relevant=choices.scope.is_relevant(member.id),
            out_of_scope=bool(out[place]),
        )
        classes[verdict.value] += 1
        if seen and verdict is not Triage.SIGNIFICANT:
            continue
        gaps.append(
            Gap(
                kind=thin_kind if seen else empty_kind,
                triage=verdict,
                subject=node(member),
                object=None,
                observed=seen,
                expected=expected,
                score=score(verdict, expected, float(q[place]), member=True),
                explanation=(
                    f"{_of(seen, units)} {inflected(verb, seen)} the {noun} {member.name}; "
                    f"{baseline.words} {expected:.1f} would be expected"
                    f"{_verdict_words(verdict)}."
                ),
                sparql=context.query((dimension, member.id)),
                interval=(float(low[place]), float(high[place])),
                p=float(baseline.lower[place]),
                q=float(q[place]),
                evidence=context.cases(incidence.first_units(place)) if seen else (),
                details={
                    "units": units,
                    "baseline": choices.baseline,
                    "fractional": float(shared[place]),
                    **{name: int(counts[place]) for name, counts in layers.items()},
                },
            )
        )
    return gaps, classes


def _of(seen: int, units: int) -> str:
    """Write ``None of the 226 cases``, ``1 of the 226 cases`` and so on."""
    return f"{f'{seen:,}' if seen else 'None'} of the {units:,} cases"


def _verdict_words(verdict: Triage) -> str:
    return {
        Triage.SIGNIFICANT: ", and chance does not explain so few",
        Triage.RELEVANT: "; the scope file calls it relevant",
        Triage.CHANCE: ", which chance can explain",
        Triage.UNTESTABLE: ", too few for a verdict",
        Triage.OUT_OF_SCOPE: "; the scope file leaves it out",
    }.get(verdict, "")


def _baseline(
    context: Context,
    dimension: str,
    incidence: Incidence,
    units: int,
    out: NDArray[np.bool_],
) -> _Baseline:
    seen = incidence.totals
    if context.choices.baseline != "uniform":
        return _reference(context, dimension, incidence, units)
    # Every unit spreads as many links as it has evenly over the members in scope.
    inside = max(int((~out).sum()), 1)
    kept = incidence.breadth[context.mask()]
    scoped = kept if not out.any() else _breadth_inside(incidence, out)[context.mask()]
    breadths, _, counts = grouped(np.minimum(scoped, inside))
    chances = breadths / inside
    expected = np.where(out, 0.0, float(counts @ chances))
    lower = np.array([tails(int(value), counts, chances)[0] for value in seen.tolist()])
    with np.errstate(divide="ignore"):
        none = float(np.exp(counts @ np.log1p(-np.minimum(chances, 1.0))))
    return _Baseline(expected, lower, np.full(len(seen), none), "with even attention")


def _breadth_inside(incidence: Incidence, out: NDArray[np.bool_]) -> NDArray[np.int64]:
    kept = ~out[incidence.indices]
    return np.bincount(incidence.rows[kept], minlength=incidence.shape[0])


def _reference(context: Context, dimension: str, incidence: Incidence, units: int) -> _Baseline:
    """Shares of a reference dataset; the test allows for the reference being a sample too."""
    choices = context.choices
    filters = Filters(datasets=(choices.baseline,))
    reference = context.projection.incidence(
        "case", dimension, choices.polarity, filters, links=choices.links
    )
    others = context.projection.total_units("case", filters)
    total = reference.totals + incidence.totals
    expected = units * reference.totals / max(others, 1)
    lower, _ = hypergeometric_tails(
        incidence.totals, np.full(len(total), units), total, units + others
    )
    none = none_at_all(np.full(len(total), units), total, units + others)
    return _Baseline(expected, lower, none, "from the reference dataset")
