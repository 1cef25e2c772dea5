"""Trends: the share of cases per year that touch each member."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analysis.intervals import wilson
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.results import Tabular, plain
from kg.projection import cooccurrence
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Member, Projection


@dataclass(frozen=True)
class Trend(Tabular):
    """Share of units per year that touch each member, with Wilson's limits.

    Attributes:
        years: In order.
        members: Of the dimension.
        counts: Units per year and member.
        units: Units per year.
        trend: Standardised trend statistic per member; positive: more over time.
        p: Two-sided p-value of the trend (Cochran–Armitage), per member.
        q: Corrected.
    """

    dimension: str
    years: tuple[int, ...]
    members: tuple[Member, ...]
    counts: NDArray[np.int64]
    units: NDArray[np.int64]
    trend: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    revision: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        low, high = wilson(self.counts, self.units[:, None])
        return {
            "dimension": self.dimension,
            "years": list(self.years),
            "members": [member.to_dict() for member in self.members],
            "counts": self.counts.tolist(),
            "units": self.units.tolist(),
            "low": plain(low),
            "high": plain(high),
            "trend": plain(self.trend),
            "p": plain(self.p),
            "q": plain(self.q),
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per member and year."""
        return [
            {
                "member": member.name,
                "member_id": member.id,
                "year": year,
                "units": int(self.counts[i, j]),
                "of": int(self.units[i]),
            }
            for j, member in enumerate(self.members)
            for i, year in enumerate(self.years)
        ]


def trend(
    projection: Projection,
    dimension: str = "goal",
    *,
    polarity: Polarity = "positive",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
) -> Trend:
    """Follow a dimension over the years in which cases began.

    The p-value is that of the Cochran–Armitage test for a trend in shares (Armitage 1955).
    """
    years = projection.incidence("case", "year", "both", filters, links=links)
    incidence = projection.incidence("case", dimension, polarity, filters, links=links)
    numbered = [
        (int(member.id), place)
        for place, member in enumerate(years.members)
        if member.id.isdigit() and years.totals[place]
    ]
    numbered.sort()
    places = [place for _, place in numbered]
    counts = cooccurrence(years, incidence)[places]
    units = years.totals[places].astype(np.int64)
    z = cochran_armitage(np.array([year for year, _ in numbered]), counts, units)
    p = np.array([2.0 * NormalDist().cdf(-abs(value)) for value in z.tolist()])
    tested = np.where(counts.sum(axis=0) > 0, p, np.nan)
    return Trend(
        dimension=dimension,
        years=tuple(year for year, _ in numbered),
        members=incidence.members,
        counts=counts,
        units=units,
        trend=z,
        p=tested,
        q=benjamini_hochberg(tested),
        revision=projection.revision,
    )


def cochran_armitage(
    scores: NDArray[np.int64], counts: NDArray[np.int64], units: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Standardised trend statistic per column of ``counts`` (groups × members)."""
    total = float(units.sum())
    if not total:
        return np.zeros(counts.shape[1])
    share = counts.sum(axis=0) / total
    centred = scores - float(scores @ units) / total
    statistic = centred @ counts
    variance = share * (1 - share) * float(centred**2 @ units)
    return np.asarray(
        np.divide(statistic, np.sqrt(variance), out=np.zeros(len(share)), where=variance > 0)
    )
