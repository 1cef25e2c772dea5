"""Corrections for testing many things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that control the false discovery rate (Benjamini & Hochberg 1995).

    Args:
        p_values: Any shape; not-a-number marks what was not tested and stays so.

    Returns:
        q-values in the same shape.

    Example:
        >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
        [0.03, 0.04, 0.04]
    """
    values = np.asarray(p_values, dtype=np.float64)
    flat = values.ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    adjusted = np.full(len(flat), np.nan)
    if len(tested):
        order = tested[np.argsort(flat[tested], kind="stable")]
        ranked = flat[order] * len(order) / np.arange(1, len(order) + 1)
        adjusted[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return adjusted.reshape(values.shape)


LEAST_DRAWS: Final = 10_000
_RESOLUTION: Final = 4
_ENDLESS: Final = 10.0**15


def draws_needed(tests: int, alpha: float = 0.05) -> int:
    """Fewest random draws with which the correction could reject a single test.

    The smallest p-value of R draws is 1/(R+1); Benjamini–Hochberg needs it below alpha/tests.

    Example:
        >>> draws_needed(136)
        2720
    """
    return int(min(np.ceil(tests / alpha), _ENDLESS))


def draws_wanted(tests: int, alpha: float = 0.05) -> int:
    """Random draws taken by default: 10,000, and at least four times the fewest that could do.

    With the fewest, a pair passes only if not one random table is as extreme, so a true p-value
    half as large as the threshold is missed two times in five. With four times as many it passes
    with up to three such tables. What remains uncertain is told: see
    :meth:`kg.analysis.association.Association.borderline`.

    Example:
        >>> draws_wanted(136), draws_wanted(289)
        (10880, 23120)
    """
    return max(LEAST_DRAWS, _RESOLUTION * draws_needed(max(tests, 1), alpha))
