"""Nestedness: whether the narrow do a part of what the broad do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analysis.curveball import curveball
from kg.analysis.results import plain

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def nodf(table: ArrayLike) -> float:
    """NODF of a 0/1 table, 0 … 100 (Almeida-Neto et al. 2008, Oikos 117:1227).

    Mean over all pairs of rows and of columns of the share of the smaller one's entries that the
    larger one has too; pairs of equal size count 0. Empty rows and columns are left out.

    Example:
        >>> nodf([[1, 1, 1], [1, 1, 0], [1, 0, 0]])
        100.0
    """
    full = np.asarray(table) != 0
    full = full[full.any(axis=1)][:, full.any(axis=0)]
    total, pairs = 0.0, 0
    for side in (full, full.T):
        part, many = _paired(side)
        total += part
        pairs += many
    return round(100.0 * total / pairs, 9) if pairs else 0.0


def _paired(rows: NDArray[np.bool_]) -> tuple[float, int]:
    values = rows.astype(np.float64)
    shared = values @ values.T
    size = values.sum(axis=1)
    smaller = np.minimum.outer(size, size)
    nested = np.where(size[:, None] != size[None, :], shared / np.maximum(smaller, 1.0), 0.0)
    many = len(rows)
    return float(np.triu(nested, k=1).sum()), many * (many - 1) // 2


@dataclass(frozen=True)
class Nestedness:
    """Nestedness beside what tables with the same margins have.

    Attributes:
        observed: NODF of the table.
        expected: Mean NODF of random tables with its margins (curveball).
        z: Difference in standard deviations.
        p: Share of random tables at least as nested (one-sided).
        draws: Number of random tables.
    """

    observed: float
    expected: float
    z: float
    p: float
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


def nestedness(table: ArrayLike, *, draws: int = 200, seed: int = 0) -> Nestedness:
    """Test the nestedness of a 0/1 table, shape (groups, members), against its margins."""
    full = np.asarray(table) != 0
    full = full[full.any(axis=1)][:, full.any(axis=0)]
    if full.size:
        full = full[np.lexsort(full.T[::-1])]
    seen = nodf(full)
    values = np.array(
        [
            nodf(one.T)
            for drawn in curveball(full.astype(np.uint8), draws, seed=seed)
            for one in drawn
        ]
        if full.size
        else [seen]
    )
    spread = float(values.std())
    return Nestedness(
        observed=seen,
        expected=float(values.mean()),
        z=(seen - float(values.mean())) / spread if spread > 0 else 0.0,
        p=float((1 + (values >= seen - 1e-9).sum()) / (1 + len(values))),
        draws=draws,
    )
