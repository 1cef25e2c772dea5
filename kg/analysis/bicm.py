"""The bipartite configuration model: as random as the margins allow.

The maximum-entropy ensemble of 0/1 tables whose expected row and column sums are the observed
ones: p_ij = x_i·y_j / (1 + x_i·y_j). Rows of equal breadth share one parameter, so the fit costs
the same for a thousand units and for a million. Sources: Saracco et al. 2015, Sci. Rep. 5:10595;
Saracco et al. 2017, New J. Phys. 19:053022; Vallarano et al. 2021, Sci. Rep. 11:15227.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_WARM_UP: Final = 50
_NEWTON: Final = 100


@dataclass(frozen=True)
class ConfigurationModel:
    """A fitted model.

    Attributes:
        breadths: Distinct row sums, ascending, shape (classes,).
        class_of: Class of every row, shape (rows,).
        class_counts: Rows per class, shape (classes,).
        chances: Chance that a row of a class touches a column, shape (classes, columns).
        residual: Largest difference between an expected and an observed margin.
    """

    breadths: NDArray[np.int64]
    class_of: NDArray[np.int64]
    class_counts: NDArray[np.int64]
    chances: Floats
    residual: float


def fit_bicm(row_sums: ArrayLike, column_sums: ArrayLike) -> ConfigurationModel:
    """Fit the model to margins.

    Args:
        row_sums: Members per unit, shape (rows,).
        column_sums: Units per member, shape (columns,); the same total.

    Returns:
        The fitted model; margins are met to about 1e-8.

    Cost: some milliseconds, growing with the number of distinct sums.

    Example:
        >>> fit_bicm([1, 1], [1, 1]).chances.round(6).tolist()
        [[0.5, 0.5]]
    """
    rows = np.asarray(row_sums, dtype=np.int64)
    columns = np.asarray(column_sums, dtype=np.int64)
    breadths, class_of, counts = grouped(rows)
    heights, column_class, column_counts = grouped(columns)
    small = _solve(
        breadths.astype(np.float64),
        counts.astype(np.float64),
        heights.astype(np.float64),
        column_counts.astype(np.float64),
    )
    chances = small[:, column_class] if len(heights) else np.zeros((len(breadths), 0))
    residual = 0.0
    if chances.size:
        residual = max(
            float(np.abs(chances.sum(axis=1) - breadths).max()),
            float(np.abs(counts @ chances - columns).max()),
        )
    return ConfigurationModel(breadths, class_of.ravel(), counts, chances, residual)


def grouped(
    values: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct small numbers, which one each value is, and how often; without sorting.

    Example:
        >>> [part.tolist() for part in grouped(np.array([3, 0, 3]))]
        [[0, 3], [1, 0, 1], [1, 2]]
    """
    counts = np.bincount(values)
    distinct = np.flatnonzero(counts)
    place = np.cumsum(counts > 0) - 1
    return distinct, place[values], counts[distinct]


def _solve(k: Floats, row_counts: Floats, h: Floats, column_counts: Floats) -> Floats:
    """Chances per class of rows and class of columns."""
    chances = np.zeros((len(k), len(h)))
    rows, columns = np.ones(len(k), dtype=np.bool_), np.ones(len(h), dtype=np.bool_)
    k, h = k.copy(), h.copy()
    # Empty and full rows and columns are settled first: their parameters would be 0 or infinite.
    changed = True
    while changed and rows.any() and columns.any():
        changed = False
        width, height = column_counts[columns].sum(), row_counts[rows].sum()
        for place in np.flatnonzero(rows & ((k <= 0) | (k >= width))):
            if k[place] >= width:
                chances[place, columns] = 1.0
                h[columns] -= row_counts[place]
            rows[place] = False
            changed = True
        height = row_counts[rows].sum()
        if not rows.any():
            break
        for place in np.flatnonzero(columns & ((h <= 0) | (h >= height))):
            if h[place] >= height:
                chances[rows, place] = 1.0
                k[rows] -= column_counts[place]
            columns[place] = False
            changed = True
    if rows.any() and columns.any():
        inner = _fit(k[rows], row_counts[rows], h[columns], column_counts[columns])
        chances[np.ix_(rows, columns)] = inner
    return chances


def _fit(k: Floats, c: Floats, h: Floats, d: Floats) -> Floats:
    total = float(k @ c)
    x, y = k / np.sqrt(total), h / np.sqrt(total)
    for _ in range(_WARM_UP):
        share = 1.0 / (1.0 + np.outer(x, y))
        x = k / (share @ (d * y))
        share = 1.0 / (1.0 + np.outer(x, y))
        y = h / ((c * x) @ share)
    u, w = np.log(x), np.log(y)
    p = _chances(u, w)
    for _ in range(_NEWTON):
        error = _errors(p, k, c, h, d)
        if np.abs(error).max() < max(1e-10, 1e-13 * float(h.max())):
            break
        step = _newton_step(p, c, d, error)
        size = 1.0
        best = _loss(error, c, d)
        while size > 1e-4:
            trial = _chances(u - size * step[: len(k)], w - size * step[len(k) :])
            if _loss(_errors(trial, k, c, h, d), c, d) < best:
                break
            size /= 2
        else:
            break
        u, w, p = u - size * step[: len(k)], w - size * step[len(k) :], trial
    return p


def _chances(u: Floats, w: Floats) -> Floats:
    exponent = np.clip(u[:, None] + w[None, :], -500.0, 500.0)
    return np.asarray(1.0 / (1.0 + np.exp(-exponent)))


def _errors(p: Floats, k: Floats, c: Floats, h: Floats, d: Floats) -> Floats:
    return np.concatenate([p @ d - k, c @ p - h])


def _loss(error: Floats, c: Floats, d: Floats) -> float:
    # Both kinds of margin on one scale: errors per entry of the row or column.
    scaled: Any = error / np.concatenate([np.full(len(c), d.sum()), np.full(len(d), c.sum())])
    return float(scaled @ scaled)


def _newton_step(p: Floats, c: Floats, d: Floats, error: Floats) -> Floats:
    spread = p * (1.0 - p)
    cross = c[:, None] * spread * d
    matrix = np.block([[np.diag(c * (spread @ d)), cross], [cross.T, np.diag(d * (c @ spread))]])
    gradient = error * np.concatenate([c, d])
    # (x·t, y/t) is the same model, so one parameter is held: the last one.
    step = np.zeros(len(error))
    try:
        step[:-1] = np.linalg.solve(matrix[:-1, :-1], gradient[:-1])
    except np.linalg.LinAlgError:
        step = np.asarray(np.linalg.lstsq(matrix, gradient, rcond=None)[0])
    return step
