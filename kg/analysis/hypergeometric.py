"""The hypergeometric test of co-occurrence: a fast screen, not a verdict.

It fixes how many units touch each member and ignores how broad each unit is. Where breadth
varies it manufactures findings (52 of 136 pairs in a table in which models that fix both margins
find at most one), so its results say that they are a screen. Source: Tumminello et al. 2011,
PLoS ONE 6:e17994.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def hypergeometric_tails(
    observed: NDArray[Any], first: NDArray[Any], second: NDArray[Any], units: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both tails for arrays of pairs.

    Args:
        observed: Units that touch both members of a pair, shape (pairs,).
        first: Units that touch the first, shape (pairs,).
        second: Units that touch the second, shape (pairs,).
        units: All units.

    Returns:
        P(N ≤ observed) and P(N ≥ observed), shape (pairs,).

    Example:
        >>> low, high = hypergeometric_tails(np.array([2]), np.array([2]), np.array([2]), 4)
        >>> round(float(high[0]), 6), float(low[0])
        (0.166667, 1.0)
    """
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, units + 1)))])
    lower = np.empty(len(observed))
    upper = np.empty(len(observed))
    for place, (seen, a, b) in enumerate(
        zip(observed.tolist(), first.tolist(), second.tolist(), strict=True)
    ):
        least, most = max(0, a + b - units), min(a, b)
        value = np.arange(least, most + 1)
        log_chance = (
            logs[a]
            - logs[value]
            - logs[a - value]
            + logs[units - a]
            - logs[b - value]
            - logs[units - a - b + value]
            - logs[units]
            + logs[b]
            + logs[units - b]
        )
        chance = np.exp(log_chance)
        chance /= chance.sum()
        cut = seen - least
        lower[place] = min(float(chance[: max(cut + 1, 0)].sum()), 1.0)
        upper[place] = min(float(chance[max(cut, 0) :].sum()), 1.0)
    return lower, upper
