"""How much has not been seen yet: coverage of a sample, unseen members, rarefaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analysis.hypergeometric import log_factorials
from kg.analysis.results import plain

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Unseen:
    """What a sample says about what it has missed.

    Attributes:
        links: Links counted (n).
        units: Units sampled.
        seen: Members seen.
        once: Members seen exactly once (f₁).
        twice: Members seen exactly twice (f₂).
        good_turing: Estimated share of all links that fall on members already seen, 1 − f₁/n
            (Good 1953).
        chao1: Estimated lower bound of members there are (Chao 1984, bias-corrected where f₂ = 0).
        rarefaction: Expected members seen among so many random units: pairs (units, members).
    """

    links: int
    units: int
    seen: int
    once: int
    twice: int
    good_turing: float
    chao1: float
    rarefaction: tuple[tuple[int, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


def unseen(totals: ArrayLike, units: int, *, points: int = 10) -> Unseen:
    """Estimate what a sample has missed.

    Args:
        totals: Units per member, shape (members,).
        units: All units sampled.
        points: Points of the rarefaction curve.

    Example:
        >>> unseen([1, 1, 2, 0], 4).chao1
        5.0
    """
    counts = np.asarray(totals, dtype=np.int64)
    links, seen = int(counts.sum()), int((counts > 0).sum())
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    missing = once * once / (2 * twice) if twice else once * (once - 1) / 2
    sizes = sorted({round(units * step / points) for step in range(1, points + 1)} - {0})
    return Unseen(
        links=links,
        units=units,
        seen=seen,
        once=once,
        twice=twice,
        good_turing=1.0 - once / links if links else 0.0,
        chao1=float(seen + missing),
        rarefaction=tuple((size, rarefied(counts, units, size)) for size in sizes),
    )


def rarefied(totals: NDArray[np.int64], units: int, size: int) -> float:
    """Expected number of members among ``size`` random units: Σ_j 1 − C(n−h_j, k)/C(n, k).

    Source: Chao & Jost 2012, Ecology 93:2533. Lets samples of different size be compared.

    Example:
        >>> rarefied(np.array([4, 1]), 4, 2)
        1.5
    """
    logs = log_factorials(units)
    rest = units - np.asarray(totals, dtype=np.int64)
    possible = rest >= size
    missed = np.zeros(len(rest))
    fits = rest[possible]
    missed[possible] = np.exp(logs[fits] - logs[fits - size] - logs[units] + logs[units - size])
    return float(np.round((1.0 - missed).sum(), 9))
