"""Specialisation: who does more of what than others, and what lies next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def revealed_advantage(counts: ArrayLike, *, shrink: bool = False) -> Floats:
    """Revealed comparative advantage (Balassa 1965).

    RCA_ij = (w_ij / Σ_j w_ij) / (Σ_i w_ij / Σ w): above 1 where group i does more of j than all
    groups together. Shrunk: (observed + ½) / (expected + ½), which small counts cannot inflate.

    Args:
        counts: Groups × members, not negative.
        shrink: Whether to shrink.

    Returns:
        Same shape; 0 where nothing was expected and ``shrink`` is off.

    Example:
        >>> revealed_advantage([[2, 0], [0, 2]]).tolist()
        [[2.0, 0.0], [0.0, 2.0]]
    """
    table = np.asarray(counts, dtype=np.float64)
    total = table.sum()
    if total == 0:
        return np.ones_like(table) if shrink else np.zeros_like(table)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    if shrink:
        return np.asarray((table + 0.5) / (expected + 0.5))
    return np.asarray(np.divide(table, expected, out=np.zeros_like(table), where=expected > 0))


def proximity(has: ArrayLike) -> Floats:
    """How often two members come together in the same groups (Hidalgo et al. 2007).

    φ_jk = Σ_i M_ij M_ik / max(h_j, h_k), the smaller of both conditional chances; diagonal 0.

    Args:
        has: Groups × members, 0/1.
    """
    table = np.asarray(has, dtype=np.float64)
    both = table.T @ table
    largest = np.maximum.outer(np.diag(both), np.diag(both))
    out = np.divide(both, largest, out=np.zeros_like(both), where=largest > 0)
    np.fill_diagonal(out, 0.0)
    return out


def relatedness_density(has: ArrayLike) -> Floats:
    """How much of a member's neighbourhood a group already has (Hidalgo et al. 2007).

    ω_ij = Σ_k M_ik φ_jk / Σ_k φ_jk, 0 … 1. High where M_ij = 0: the adjacent possible.

    Args:
        has: Groups × members, 0/1.
    """
    table = np.asarray(has, dtype=np.float64)
    near = proximity(table)
    total = near.sum(axis=0)
    return np.asarray(
        np.divide(table @ near, total[None, :], out=np.zeros_like(table), where=total[None, :] > 0)
    )


def fitness_complexity(has: ArrayLike, steps: int = 100) -> tuple[Floats, Floats]:
    """Fitness of groups and complexity of members (Tacchella et al. 2012, Sci. Rep. 2:723).

    Args:
        has: Groups × members, 0/1; empty rows and columns get 0.
        steps: Iterations.

    Returns:
        Fitness (groups,) and complexity (members,), each with mean 1 over those not empty.
    """
    table = np.asarray(has, dtype=np.float64)
    rows, columns = table.any(axis=1), table.any(axis=0)
    kept = table[np.ix_(rows, columns)]
    fitness, complexity = np.ones(kept.shape[0]), np.ones(kept.shape[1])
    for _ in range(steps if kept.size else 0):
        stronger = kept @ complexity
        # A floor keeps groups whose fitness falls to nothing from dividing by zero.
        scarcer = 1.0 / (kept.T @ (1.0 / np.maximum(fitness, 1e-12)))
        fitness, complexity = stronger / stronger.mean(), scarcer / scarcer.mean()
    whole = np.zeros(table.shape[0]), np.zeros(table.shape[1])
    whole[0][rows], whole[1][columns] = fitness, complexity
    return whole
