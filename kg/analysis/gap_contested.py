"""Contested members: at least as much is said against them as for them.

Source: the sign test (Dixon & Mood 1946, JASA 41:557): of n links, half are
expected to be negative.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.analysis.gap import Gap, counted, fact_score, inflected, node
from kg.analysis.gap_evidence import Statements, statements
from kg.analysis.intervals import wilson
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.poisson_binomial import tails
from kg.analysis.triage import triage
from kg.projection.incidence import distinct
from kg.projection.questions import link_count_query

if TYPE_CHECKING:
    from kg.analysis.gap_context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS: Final = {
    "goal": ("undermine", "support", "sdg"),
    "target": ("undermine", "support", "sdg"),
    "principle": ("violate", "uphold", "principle"),
}


def contested_gaps(context: Context, dimension: str) -> tuple[list[Gap], Counter[str]]:
    """Members with at least as many negative as positive links.

    Links are counted once per case and thing, and the two layers are never netted. The p-value
    is that of a sign test against an even split, corrected over all members with links.
    """
    choices = context.choices
    against, for_, table = _WORDS[dimension]
    rows = statements(context, table)
    members = context.projection.members(dimension)
    negative, positive = (
        _links(context, dimension, rows, layer, len(members)) for layer in (-1, 1)
    )
    total = negative + positive
    p = np.full(len(members), np.nan)
    for number in np.flatnonzero(total).tolist():
        p[number] = tails(int(negative[number]), [int(total[number])], [0.5])[1]
    q = benjamini_hochberg(p)
    tests = int((total > 0).sum())
    low, high = wilson(negative, total)
    listed = np.flatnonzero((negative >= positive) & (negative > 0)).tolist()
    layer = context.incidence(dimension, "negative")
    gaps: list[Gap] = []
    for number in listed:
        bad, good = int(negative[number]), int(positive[number])
        more = dimension == "goal" and bad > good
        kind = "goal-more-negative" if more else f"{dimension}-contested"
        verdict = triage(
            1,
            float(q[number]),
            0.5 ** int(total[number]),
            tests=tests,
            alpha=choices.alpha,
            out_of_scope=choices.scope.is_out(members[number].id),
        )
        gaps.append(
            Gap(
                kind=kind,
                triage=verdict,
                subject=node(members[number]),
                object=None,
                observed=bad,
                expected=total[number] / 2,
                score=fact_score(kind, (bad - good) / 20),
                explanation=(
                    f"{counted(bad, 'link').capitalize()} {inflected(against, bad)} "
                    f"{members[number].name} and {counted(good, 'link')} "
                    f"{inflected(for_, good)} it."
                ),
                sparql=link_count_query(
                    dimension,
                    members[number].id,
                    polarity="negative",
                    filters=choices.filters,
                    links=choices.links,
                ),
                interval=(float(low[number]), float(high[number])),
                p=float(p[number]),
                q=float(q[number]),
                evidence=context.cases(layer.first_units(number)),
                details={"negative": bad, "positive": good},
            )
        )
    return gaps, Counter(gap.kind for gap in gaps)


def _links(
    context: Context, dimension: str, rows: Statements, layer: int, many: int
) -> NDArray[np.int64]:
    """Distinct links of one layer per member."""
    chosen = rows["sign"] == layer
    unit, thing = rows["unit"][chosen].astype(np.int64), rows["object"][chosen]
    span = int(thing.max(initial=0)) + 1
    # One graph may repeat another's link; counted by thing first, the roll-up is a small step.
    per_thing = np.bincount(distinct(unit * span + thing) % span, minlength=span)
    things = np.flatnonzero(per_thing)
    place, member = context.projection.expanded(f"case.{dimension}", things)
    counts = np.bincount(member, per_thing[things][place], minlength=many)
    return np.asarray(np.rint(counts), dtype=np.int64)
