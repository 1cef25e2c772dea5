"""Contested members: at least as much is said against them as for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.analysis.gap import Gap, counted, fact_score, inflected, node
from kg.analysis.gap_evidence import statements
from kg.analysis.intervals import wilson
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.poisson_binomial import tails
from kg.analysis.triage import triage
from kg.projection.questions import link_count_query

if TYPE_CHECKING:
    from kg.analysis.gap_context import Context

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
    distinct = np.unique(np.stack([rows["unit"], rows["object"], rows["sign"]], axis=1), axis=0)
    members = context.projection.members(dimension)
    place, member = context.projection.expanded(f"case.{dimension}", distinct[:, 1])
    sign = distinct[place, 2]
    negative = np.bincount(member[sign < 0], minlength=len(members))
    positive = np.bincount(member[sign > 0], minlength=len(members))
    total = negative + positive
    p = np.full(len(members), np.nan)
    for number in np.flatnonzero(total).tolist():
        p[number] = tails(int(negative[number]), [int(total[number])], [0.5])[1]
    q = benjamini_hochberg(p)
    tests = int((total > 0).sum())
    low, high = wilson(negative, total)
    gaps: list[Gap] = []
    for number in np.flatnonzero((negative >= positive) & (negative > 0)).tolist():
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
        units = np.unique(distinct[place[(member == number) & (sign < 0)], 0])
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
                evidence=context.cases(units),
                details={"negative": bad, "positive": good},
            )
        )
    return gaps, Counter(gap.kind for gap in gaps)
