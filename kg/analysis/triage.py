"""What an empty or thin cell means: five classes, so that nobody reads chance as a finding.

Source: a cell can only be called rarer than chance when P(0) under the null model lies below the
level that the correction leaves to one test (Tarone 1990, Biometrics 46:515, on testability).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Triage(StrEnum):
    """Classes of a gap. Every empty or thin cell has exactly one of the first five."""

    SIGNIFICANT = "significant-gap"
    """Rarer than the null model explains, after correction for all tests."""
    RELEVANT = "no-evidence-but-relevant"
    """Nothing there, no verdict possible, but the scope file calls it relevant."""
    CHANCE = "consistent-with-chance"
    """Could have been found rarer, and was not."""
    UNTESTABLE = "untestable"
    """Too little data: even an empty cell would not be surprising."""
    OUT_OF_SCOPE = "out-of-scope"
    """The scope file leaves it out."""
    FACT = "fact"
    """Not a matter of chance: stated in the graph or missing from it."""


CELL_CLASSES = (
    Triage.SIGNIFICANT,
    Triage.RELEVANT,
    Triage.CHANCE,
    Triage.UNTESTABLE,
    Triage.OUT_OF_SCOPE,
)


def triage(
    observed: int,
    q_lower: float,
    none: float,
    *,
    tests: int,
    alpha: float = 0.05,
    relevant: bool = False,
    out_of_scope: bool = False,
) -> Triage:
    """Class of one empty or thin cell.

    Args:
        observed: Units counted.
        q_lower: Corrected p-value of so few.
        none: Chance of no unit at all under the null model.
        tests: Number of tests corrected for.
        alpha: Level.
        relevant: Whether the scope file calls it relevant.
        out_of_scope: Whether the scope file leaves it out.

    Example:
        >>> triage(0, 1.0, none=0.4, tests=289).value
        'untestable'
    """
    if out_of_scope:
        return Triage.OUT_OF_SCOPE
    if q_lower < alpha:
        return Triage.SIGNIFICANT
    if observed == 0 and relevant:
        return Triage.RELEVANT
    if not none <= alpha / max(tests, 1):
        return Triage.UNTESTABLE
    return Triage.CHANCE


def thin(observed: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
    """Which cells count as empty or thin: none, or fewer than half of what was expected."""
    return np.asarray((observed == 0) | (observed < expected / 2))
