"""Diversity and concentration of a distribution over members, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analysis.results import plain

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def hill_number(counts: ArrayLike, order: float) -> Floats:
    """Effective number of members (Hill 1973; Jost 2006, Oikos 113:363).

    Order 0 counts members present, 1 is the exponential of Shannon's entropy, 2 the inverse of
    Simpson's concentration.

    Args:
        counts: Not negative, shape (…, members).
        order: q ≥ 0.

    Returns:
        Shape (…); 0 where all counts are 0.

    Example:
        >>> hill_number([1, 1, 2], 0).item(), hill_number([1, 1], 1).item()
        (3.0, 2.0)
    """
    table = np.asarray(counts, dtype=np.float64)
    total = table.sum(axis=-1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    present = share > 0
    some = present.any(axis=-1)
    if order == 1:
        logs = np.log(share, out=np.zeros_like(share), where=present)
        return np.asarray(np.where(some, np.exp(-(share * logs).sum(axis=-1)), 0.0))
    powers = np.where(present, np.where(present, share, 1.0) ** order, 0.0).sum(axis=-1)
    return np.asarray(np.where(some, np.where(some, powers, 1.0) ** (1.0 / (1.0 - order)), 0.0))


def herfindahl(counts: ArrayLike, *, normalised: bool = False) -> Floats:
    """Herfindahl–Hirschman index Σp², or (HHI − 1/m)/(1 − 1/m).

    Example:
        >>> herfindahl([1, 1]).item(), herfindahl([1, 1], normalised=True).item()
        (0.5, 0.0)
    """
    table = np.asarray(counts, dtype=np.float64)
    total = table.sum(axis=-1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    index = (share**2).sum(axis=-1)
    members = table.shape[-1]
    if normalised and members > 1:
        index = (index - 1.0 / members) / (1.0 - 1.0 / members)
    return np.asarray(index)


def rao_stirling(counts: ArrayLike, distance: ArrayLike) -> Floats:
    """Mean distance of two draws, Σ d_jk p_j p_k (Rao 1982; Stirling 2007).

    Args:
        counts: Shape (…, members).
        distance: Symmetric, 0 on the diagonal, shape (members, members).
    """
    table = np.asarray(counts, dtype=np.float64)
    total = table.sum(axis=-1, keepdims=True)
    share = np.divide(table, total, out=np.zeros_like(table), where=total > 0)
    apart = np.asarray(distance, dtype=np.float64)
    return np.asarray(((share @ apart) * share).sum(axis=-1))


@dataclass(frozen=True)
class Diversity:
    """Diversity of one group, each value with its limits.

    Limits are at 95 %, from a bootstrap over units, corrected for its bias.

    Attributes:
        units: Units of the group.
        values: Per measure (value, low, high): hill_0, hill_1, hill_2, herfindahl,
            herfindahl_normalised, rao_stirling.
    """

    units: int
    values: dict[str, tuple[float, float, float]]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "units": self.units,
            **{
                name: {"value": plain(value), "low": plain(low), "high": plain(high)}
                for name, (value, low, high) in self.values.items()
            },
        }


def diversity(
    patterns: NDArray[Any],
    counts: NDArray[np.int64],
    distance: NDArray[np.float64],
    *,
    draws: int = 500,
    seed: int = 0,
) -> Diversity:
    """Diversity of the members that a group's units touch.

    Args:
        patterns: Distinct 0/1 rows of the units, shape (patterns, members).
        counts: How many units have each, shape (patterns,).
        distance: Between members, for Rao–Stirling.
        draws: Bootstrap resamples of units.
        seed: Of the resamples.

    Cost: independent of the number of units, since equal units are resampled together.
    """
    units = int(counts.sum())
    table = np.asarray(patterns, dtype=np.float64)
    seen = counts @ table
    rng = np.random.default_rng(seed)
    chance = counts / max(units, 1)
    samples = (
        rng.multinomial(units, chance, size=draws) @ table if units else np.zeros((1, len(seen)))
    )
    measures: dict[str, Callable[[Floats], Floats]] = {
        "hill_0": lambda values: hill_number(values, 0),
        "hill_1": lambda values: hill_number(values, 1),
        "hill_2": lambda values: hill_number(values, 2),
        "herfindahl": herfindahl,
        "herfindahl_normalised": lambda values: herfindahl(values, normalised=True),
        "rao_stirling": lambda values: rao_stirling(values, distance),
    }
    values = {}
    for name, measure in measures.items():
        value, drawn = float(measure(seen)), measure(samples)
        # Resamples see fewer members than the sample did; the limits are moved by that bias.
        low, high = np.quantile(drawn, [0.025, 0.975]) - (float(drawn.mean()) - value)
        values[name] = (value, min(float(low), value), max(float(high), value))
    return Diversity(units, values)
