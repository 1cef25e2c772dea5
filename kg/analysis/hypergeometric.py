"""The hypergeometric test of co-occurrence: a fast screen, not a verdict.

It fixes how many units touch each member and ignores how broad each unit is. Where breadth
varies it manufactures findings (52 of 136 pairs in a table in which models that fix both margins
find at most one), so its results say that they are a screen. Source: Tumminello et al. 2011,
PLoS ONE 6:e17994.
"""

from __future__ import annotations

from functools import lru_cache
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
    logs = log_factorials(units)
    lower = np.empty(len(observed))
    upper = np.empty(len(observed))
    for place, (seen, a, b) in enumerate(
        zip(observed.tolist(), first.tolist(), second.tolist(), strict=True)
    ):
        least, most = max(0, a + b - units), min(a, b)
        mean = a * b / max(units, 1)
        spread = np.sqrt(mean * (1 - a / max(units, 1)) * (units - b) / max(units - 1, 1))
        # Beyond forty standard deviations nothing is left that a floating-point number holds.
        reach = int(40 * spread) + 60
        if seen >= min(most, mean + reach):
            lower[place] = 1.0
        else:
            value = np.arange(max(least, seen - 2 * reach), seen + 1)
            lower[place] = min(float(_chances(logs, value, a, b, units).sum()), 1.0)
        if seen <= max(least, mean - reach):
            upper[place] = 1.0
        else:
            value = np.arange(seen, min(most, seen + 2 * reach) + 1)
            upper[place] = min(float(_chances(logs, value, a, b, units).sum()), 1.0)
    return lower, upper


def none_at_all(first: NDArray[Any], second: NDArray[Any], units: int) -> NDArray[np.float64]:
    """Chance that no unit touches both members, for arrays of pairs."""
    logs = log_factorials(units)
    apart = first + second <= units
    a, b = np.where(apart, first, 0), np.where(apart, second, 0)
    chance = np.exp(logs[units - a] + logs[units - b] - logs[units - a - b] - logs[units])
    return np.asarray(np.where(apart, chance, 0.0))


@lru_cache(maxsize=4)
def log_factorials(units: int) -> NDArray[np.float64]:
    """Logarithms of 0! … units!."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, units + 1)))])


def _chances(
    logs: NDArray[np.float64], value: NDArray[Any], a: int, b: int, units: int
) -> NDArray[np.float64]:
    fixed = logs[a] + logs[units - a] + logs[b] + logs[units - b] - logs[units]
    varying = logs[value] + logs[a - value] + logs[b - value] + logs[units - a - b + value]
    return np.asarray(np.exp(fixed - varying))
