"""Covering things with as few sets as possible: greedy with its guarantee, exact where it is small.

Sources: Nemhauser, Wolsey & Fisher 1978 (greedy reaches 1 − 1/e of the best for a fixed number
of sets); Chvátal 1979 (greedy needs at most H(d) times as many sets as the best full cover).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EXACT_CELLS: Final = 200_000
_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Cover:
    """A choice of sets.

    Attributes:
        chosen: Numbers of the chosen sets, in the order of choice.
        gains: Items each adds that none before it covers.
        covered: Items covered in the end, shape (items,).
        coverable: Items that any set covers.
        method: ``exact`` or ``greedy``.
        greedy_size: Number of sets greedy needs for the same items.
        guarantee: How far from the best the choice may be, in words.
    """

    chosen: tuple[int, ...]
    gains: tuple[int, ...]
    covered: NDArray[np.bool_]
    coverable: int
    method: str
    greedy_size: int
    guarantee: str


def cover(sets: NDArray[Any], *, most: int | None = None, exact: bool = True) -> Cover:
    """Choose the fewest sets that cover all items that can be covered.

    Args:
        sets: 0/1, shape (sets, items).
        most: At most so many sets; then as many items as possible are covered.
        exact: Solve exactly where the table is small enough (about 200,000 cells).

    Returns:
        The choice. Greedy costs one pass over the table per set chosen.

    Example:
        >>> cover(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])).chosen
        (0, 1)
    """
    table = np.asarray(sets) != 0
    coverable = table.any(axis=0)
    order = _greedy(table, most)
    greedy = len(order)
    method, guarantee = "greedy", _guarantee(table, most)
    if exact and table.size <= _EXACT_CELLS and greedy > 1:
        best = _exact(table, coverable, most)
        if best is not None:
            order = _by_gain(table, best)
            method, guarantee = "exact", "the best possible"
    covered = np.zeros(table.shape[1], dtype=np.bool_)
    gains = []
    for number in order:
        gains.append(int((table[number] & ~covered).sum()))
        covered |= table[number]
    return Cover(
        tuple(order), tuple(gains), covered, int(coverable.sum()), method, greedy, guarantee
    )


def _greedy(table: NDArray[np.bool_], most: int | None) -> list[int]:
    open_ = table.any(axis=0)
    chosen: list[int] = []
    while open_.any() and (most is None or len(chosen) < most):
        gain = (table & open_).sum(axis=1)
        best = int(np.argmax(gain))
        if not gain[best]:
            break
        chosen.append(best)
        open_ = open_ & ~table[best]
    return chosen


def _by_gain(table: NDArray[np.bool_], chosen: list[int]) -> list[int]:
    """The chosen sets in the order in which each adds most."""
    inner = _greedy(table[chosen], None)
    rest = [place for place in range(len(chosen)) if place not in inner]
    return [chosen[place] for place in (*inner, *rest)]


def _guarantee(table: NDArray[np.bool_], most: int | None) -> str:
    if most is not None:
        return "at least 63 % (1 − 1/e) of the most items that so many sets can cover"
    largest = int(table.sum(axis=1).max(initial=0))
    bound = sum(1.0 / step for step in range(1, largest + 1))
    return f"at most {bound:.2f} times as many sets as the smallest full cover"


def _exact(
    table: NDArray[np.bool_], coverable: NDArray[np.bool_], most: int | None
) -> list[int] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    items = table[:, coverable].T.astype(np.float64)
    many, width = items.shape[1], items.shape[0]
    if most is None:
        cost = np.ones(many)
        constraints = [LinearConstraint(items, lb=1.0)]
    else:
        # One variable per set and one per item; an item counts when a chosen set holds it.
        cost = np.concatenate([np.full(many, 1e-6), -np.ones(width)])
        constraints = [
            LinearConstraint(np.hstack([items, -np.eye(width)]), lb=0.0),
            LinearConstraint(np.concatenate([np.ones(many), np.zeros(width)]), ub=float(most)),
        ]
    found = milp(
        cost,
        constraints=constraints,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        options={"time_limit": _SECONDS},
    )
    if found.x is None or found.status != 0:
        return None
    return [int(place) for place in np.flatnonzero(found.x[:many] > 0.5)]
