"""Intervals: Wilson's for shares, percentile bootstrap for everything else."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray


def wilson(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score interval of a share (Wilson 1927, JASA 22:209).

    Args:
        successes: Counts; any shape.
        trials: Counts, of a shape that broadcasts; 0 gives the interval 0 … 1.
        confidence: Coverage of the interval.

    Returns:
        Lower and upper limits, 0 … 1.

    Example:
        >>> low, high = wilson(0, 10)
        >>> float(low), round(float(high), 3)
        (0.0, 0.278)
    """
    count = np.asarray(successes, dtype=np.float64)
    of = np.asarray(trials, dtype=np.float64)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    safe = np.maximum(of, 1.0)
    share = count / safe
    centre = share + z * z / (2 * safe)
    spread = z * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe))
    scale = 1 + z * z / safe
    low = np.where(of > 0, (centre - spread) / scale, 0.0)
    high = np.where(of > 0, (centre + spread) / scale, 1.0)
    low = np.where(count == 0, 0.0, np.clip(low, 0.0, 1.0))
    high = np.where(count == of, 1.0, np.clip(high, 0.0, 1.0))
    return low, high


def bootstrap(
    units: int,
    statistic: Callable[[NDArray[np.int64]], ArrayLike],
    *,
    draws: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile interval of a statistic, resampling units (Efron 1979).

    Args:
        units: Number of units.
        statistic: From how often each unit was drawn, shape (units,), to a number or array.
        draws: Resamples.
        confidence: Coverage of the interval.
        seed: Of the random generator.

    Returns:
        Lower and upper limits, in the statistic's shape.
    """
    rng = np.random.default_rng(seed)
    values: list[Any] = []
    for _ in range(draws):
        picks = rng.integers(0, units, units) if units else np.empty(0, dtype=np.int64)
        values.append(np.asarray(statistic(np.bincount(picks, minlength=units))))
    stacked = np.stack(values).astype(np.float64)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(stacked, [tail, 1 - tail], axis=0)
    return low, high
