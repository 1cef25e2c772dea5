"""Robustness: does a rank survive other defensible choices? A specification curve.

Source: Simonsohn, Simmons & Nelson 2020, Nat. Hum. Behav. 4:1208.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.results import Tabular, plain
from kg.projection import Incidence, Member, Projection
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity
from kg.projection.incidence import fractional

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTING: Final = ("full", "fractional")
THRESHOLDS: Final = (0.0, 0.5, 0.8)
LINKS: Final[tuple[Links, ...]] = ("accepted", "all")
POLARITY: Final[tuple[Polarity, ...]] = ("positive", "both")


@dataclass(frozen=True)
class Specification:
    """One set of choices and the coverage it gives each member."""

    counting: str
    threshold: float
    links: Links
    polarity: Polarity
    level: str
    values: NDArray[np.float64]

    def choices(self) -> dict[str, Any]:
        """The choices by name."""
        return {
            "counting": self.counting,
            "threshold": self.threshold,
            "links": self.links,
            "polarity": self.polarity,
            "level": self.level,
        }


@dataclass(frozen=True)
class Robustness(Tabular):
    """Ranks of members, lowest coverage first, over all specifications.

    Attributes:
        dimension: Of the members.
        members: In order of display.
        specifications: All of them.
        ranks: Rank per specification and member, 1 for the least covered (ties share the mean).
        top: How many of the least covered count as the headline.
        revision: Of the store.
    """

    dimension: str
    members: tuple[Member, ...]
    specifications: tuple[Specification, ...]
    ranks: NDArray[np.float64]
    top: int
    revision: str

    def summary(self) -> list[dict[str, Any]]:
        """Per member its median rank, spread and share of specifications in the headline."""
        low, middle, high = np.quantile(self.ranks, [0.25, 0.5, 0.75], axis=0)
        inside = (self.ranks <= self.top).mean(axis=0)
        values = np.stack([item.values for item in self.specifications])
        rows = [
            {
                "member": member.to_dict(),
                "median_rank": plain(float(middle[place])),
                "rank_spread": plain(float(high[place] - low[place])),
                "best_rank": plain(float(self.ranks[:, place].min())),
                "worst_rank": plain(float(self.ranks[:, place].max())),
                "share_in_top": plain(float(inside[place])),
                "lowest": plain(float(values[:, place].min())),
                "highest": plain(float(values[:, place].max())),
            }
            for place, member in enumerate(self.members)
        ]
        return sorted(rows, key=lambda row: (row["median_rank"], row["member"]["id"]))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "dimension": self.dimension,
            "top": self.top,
            "specifications": [
                {**item.choices(), "values": plain(item.values)} for item in self.specifications
            ],
            "members": [member.to_dict() for member in self.members],
            "summary": self.summary(),
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per member."""
        return [
            {**row, "member": row["member"]["label"], "member_id": row["member"]["id"]}
            for row in self.summary()
        ]


def robustness(
    projection: Projection,
    dimension: str = "goal",
    *,
    filters: Filters = NO_FILTERS,
    top: int = 5,
) -> Robustness:
    """Rank the members of a dimension under every defensible choice.

    Choices: full or fractional counting; links of any weight, of at least ½, of at least 0.8;
    accepted links or proposed ones too; positive links or all; and for goals, cases per goal or
    links to its targets.

    Args:
        projection: Of the store.
        dimension: goal, target, principle or technology.
        filters: Limits on cases and links.
        top: Size of the headline.

    Returns:
        The curve. Cost: some milliseconds per specification on the shipped graph.
    """
    levels = ("case", "target-link") if dimension == "goal" else ("case",)
    specifications = []
    for counting, threshold, links, polarity, level in product(
        COUNTING, THRESHOLDS, LINKS, POLARITY, levels
    ):
        kept = _kept(projection, dimension, polarity, filters, links, threshold)
        values = (
            _by_target(projection, kept, polarity, filters, links, threshold, counting)
            if level == "target-link"
            else _counted(kept, counting)
        )
        specifications.append(Specification(counting, threshold, links, polarity, level, values))
    members = projection.members(dimension)
    ranks = np.stack([_ranks(item.values) for item in specifications])
    return Robustness(dimension, members, tuple(specifications), ranks, top, projection.revision)


def _kept(
    projection: Projection,
    dimension: str,
    polarity: Polarity,
    filters: Filters,
    links: Links,
    threshold: float,
) -> Incidence:
    if threshold <= 0:
        return projection.incidence("case", dimension, polarity, filters, links=links)
    weighted = projection.incidence(
        "case", dimension, polarity, filters, links=links, weighted=True
    )
    if weighted.weights is None:
        return weighted
    keep = weighted.weights >= threshold - 1e-9
    breadth = np.bincount(weighted.rows[keep], minlength=weighted.shape[0])
    return Incidence(
        np.concatenate([[0], np.cumsum(breadth)]).astype(np.int64),
        np.asarray(weighted.indices)[keep],
        weighted.members,
    )


def _counted(kept: Incidence, counting: str) -> NDArray[np.float64]:
    weights = fractional(kept) if counting == "fractional" else None
    counts = np.bincount(kept.indices, weights, minlength=len(kept.members))
    return np.asarray(counts, dtype=np.float64)


def _by_target(
    projection: Projection,
    goals: Incidence,
    polarity: Polarity,
    filters: Filters,
    links: Links,
    threshold: float,
    counting: str,
) -> NDArray[np.float64]:
    """Links to the targets of each goal instead of cases per goal."""
    targets = _kept(projection, "target", polarity, filters, links, threshold)
    values = _counted(targets, counting)
    column = {member.notation: place for place, member in enumerate(goals.members)}
    out = np.zeros(len(goals.members))
    for member, value in zip(targets.members, values.tolist(), strict=True):
        place = column.get(member.notation.split(".")[0])
        if place is not None:
            out[place] += value
    return out


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from the smallest, ties sharing their mean."""
    rounded = np.round(values, 9)
    _, inverse, counts = np.unique(rounded, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse])


def coverage_at(incidence: Incidence, depth: int) -> tuple[NDArray[np.float64], float]:
    """Coverage@k: share of members touched when every unit keeps only its k strongest links.

    Args:
        incidence: Weighted or not; equal weights keep the lower member numbers first.
        depth: Largest k.

    Returns:
        Coverage for k = 1 … depth, and the mean of it (area under the curve).

    Example:
        >>> from kg.analysis.association import incidence_of
        >>> coverage_at(incidence_of([[1, 1], [1, 0]]), 2)[0].tolist()
        [0.5, 1.0]
    """
    weights = np.ones(len(incidence.indices)) if incidence.weights is None else incidence.weights
    order = np.lexsort((incidence.indices, -weights, incidence.rows))
    rank = np.arange(len(order)) - np.repeat(incidence.indptr[:-1], incidence.breadth)
    members = np.asarray(incidence.indices)[order]
    many = max(len(incidence.members), 1)
    curve = np.array([len(np.unique(members[rank < k])) / many for k in range(1, depth + 1)])
    return curve, float(curve.mean()) if depth else 0.0
