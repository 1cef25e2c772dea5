"""Comparison: what appeared, vanished or moved, and whether the difference is more than noise.

Sources: Fisher 1935 (exact test of two shares); Benjamini & Hochberg 1995 (correction); Jaccard
1912 (overlap); Chao & Jost 2012, Ecology 93:2533 (rarefaction to the smaller side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.hypergeometric import hypergeometric_tails
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.results import Tabular, plain
from kg.analysis.unseen import rarefied
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Incidence, Member, Projection

_LISTED: Final = 1_000


@dataclass(frozen=True)
class Difference:
    """One member on both sides.

    Attributes:
        member: Goal, principle …
        first: Units on the first side.
        second: Units on the second side.
        first_share: Of that side's units.
        second_share: Of that side's units.
        change: ``appeared``, ``vanished``, ``more``, ``fewer``, ``same`` (of shares, from the
            first side to the second).
        p: Two-sided Fisher test of the shares; ``None`` when the sides overlap.
        q: Corrected over all members.
    """

    member: Member
    first: int
    second: int
    first_share: float
    second_share: float
    change: str
    p: float | None
    q: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "member": self.member.to_dict(),
            "first": self.first,
            "second": self.second,
            "first_share": plain(self.first_share),
            "second_share": plain(self.second_share),
            "change": self.change,
            "p": plain(self.p),
            "q": plain(self.q),
        }


@dataclass(frozen=True)
class Comparison(Tabular):
    """Two sides compared over one dimension.

    Attributes:
        dimension: What is compared.
        unit: What is counted.
        first_name: Of the first side.
        second_name: Of the second side.
        units: Units on each side.
        shared_units: Units on both sides; tests of independence need none.
        differences: Per member, the largest change of share first.
        seen: Members seen on each side, and on the larger one among as many units as the smaller
            one has (rarefaction).
        overlap: Jaccard overlap of the members seen.
        new_units: Units of the second side that the first lacks (revisions), at most 1,000.
        lost_units: Units of the first side that the second lacks.
        alpha: Level.
        revision: Of the store.
    """

    dimension: str
    unit: Unit
    first_name: str
    second_name: str
    units: tuple[int, int]
    shared_units: int
    differences: tuple[Difference, ...]
    seen: dict[str, float]
    overlap: float
    new_units: tuple[str, ...]
    lost_units: tuple[str, ...]
    alpha: float
    revision: str

    def significant(self) -> list[Difference]:
        """Differences that are more than noise."""
        return [item for item in self.differences if item.q is not None and item.q < self.alpha]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        changes = [item.change for item in self.differences]
        return {
            "dimension": self.dimension,
            "unit": self.unit,
            "first": {"name": self.first_name, "units": self.units[0]},
            "second": {"name": self.second_name, "units": self.units[1]},
            "shared_units": self.shared_units,
            "differences": [item.to_dict() for item in self.differences],
            "changes": {name: changes.count(name) for name in sorted(set(changes))},
            "significant": len(self.significant()),
            "seen": plain(self.seen),
            "overlap": plain(self.overlap),
            "new_units": list(self.new_units),
            "lost_units": list(self.lost_units),
            "alpha": self.alpha,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per member."""
        return [
            {
                "member": item.member.name,
                "member_id": item.member.id,
                "first": item.first,
                "second": item.second,
                "first_share": item.first_share,
                "second_share": item.second_share,
                "change": item.change,
                "p": item.p,
                "q": item.q,
            }
            for item in self.differences
        ]


def compare(
    projection: Projection,
    dimension: str = "goal",
    *,
    first: Filters = NO_FILTERS,
    second: Filters = NO_FILTERS,
    names: tuple[str, str] = ("first", "second"),
    unit: Unit = "case",
    polarity: Polarity = "positive",
    links: Links = "accepted",
    other: Projection | None = None,
    alpha: float = 0.05,
) -> Comparison:
    """Compare two portfolios, two spans of years, or two revisions.

    Args:
        projection: Of the store.
        dimension: What is compared.
        first: Limits of the first side.
        second: Limits of the second side.
        names: How to call the sides.
        unit: What is counted.
        polarity: Which links count.
        links: Accepted ones or proposed ones too.
        other: The projection of the second side, when it is another revision or store.
        alpha: Level.

    Returns:
        The comparison. Where units lie on both sides no test of independence is right, so
        p-values are left out and only the counts are given.
    """
    after = other or projection
    left = projection.incidence(unit, dimension, polarity, first, links=links)
    right = after.incidence(unit, dimension, polarity, second, links=links)
    members = _members(left, right)
    counts = [_totals(side, members) for side in (left, right)]
    sizes = (
        projection.total_units(unit, first),
        after.total_units(unit, second),
    )
    mine, theirs = (
        _units(scope, unit, filters) for scope, filters in ((projection, first), (after, second))
    )
    shared = len(mine & theirs)
    p = q = None
    if not shared:
        p = fisher(counts[0], counts[1], *sizes)
        q = benjamini_hochberg(p)
    differences = [
        _difference(member, place, counts, sizes, p, q) for place, member in enumerate(members)
    ]
    differences.sort(key=lambda item: (-abs(item.second_share - item.first_share), item.member.id))
    seen = [count > 0 for count in counts]
    either = int((seen[0] | seen[1]).sum())
    smaller = min(sizes)
    return Comparison(
        dimension=dimension,
        unit=unit,
        first_name=names[0],
        second_name=names[1],
        units=sizes,
        shared_units=shared,
        differences=tuple(differences),
        seen={
            "first": int(seen[0].sum()),
            "second": int(seen[1].sum()),
            "first_rarefied": rarefied(counts[0], sizes[0], smaller) if smaller else 0.0,
            "second_rarefied": rarefied(counts[1], sizes[1], smaller) if smaller else 0.0,
            "rarefied_to": smaller,
        },
        overlap=int((seen[0] & seen[1]).sum()) / either if either else 1.0,
        new_units=tuple(sorted(theirs - mine)[:_LISTED]),
        lost_units=tuple(sorted(mine - theirs)[:_LISTED]),
        alpha=alpha,
        revision=after.revision,
    )


def fisher(
    first: NDArray[np.int64], second: NDArray[np.int64], units: int, others: int
) -> NDArray[np.float64]:
    """Two-sided Fisher tests of two shares (twice the smaller tail), one per member.

    Example:
        >>> fisher(np.array([0]), np.array([5]), 10, 10).round(4).tolist()
        [0.0325]
    """
    total = first + second
    size = np.full(len(total), units)
    lower, upper = hypergeometric_tails(first, size, total, units + others)
    return np.minimum(2.0 * np.minimum(lower, upper), 1.0)


def _difference(
    member: Member,
    place: int,
    counts: list[NDArray[np.int64]],
    sizes: tuple[int, int],
    p: NDArray[np.float64] | None,
    q: NDArray[np.float64] | None,
) -> Difference:
    a, b = int(counts[0][place]), int(counts[1][place])
    share = a / max(sizes[0], 1), b / max(sizes[1], 1)
    if a == b == 0 or share[0] == share[1]:
        change = "same"
    elif a == 0:
        change = "appeared"
    elif b == 0:
        change = "vanished"
    else:
        change = "more" if share[1] > share[0] else "fewer"
    return Difference(
        member,
        a,
        b,
        *share,
        change,
        None if p is None else float(p[place]),
        None if q is None else float(q[place]),
    )


def _members(left: Incidence, right: Incidence) -> list[Member]:
    known = {member.id for member in left.members}
    return [*left.members, *(member for member in right.members if member.id not in known)]


def _totals(side: Incidence, members: list[Member]) -> NDArray[np.int64]:
    of = {
        member.id: int(total)
        for member, total in zip(side.members, side.totals.tolist(), strict=True)
    }
    return np.array([of.get(member.id, 0) for member in members], dtype=np.int64)


def _units(projection: Projection, unit: Unit, filters: Filters) -> set[str]:
    mask = projection.mask(unit, filters)
    count = projection.unit_count(unit)
    numbers = range(count) if mask is None else np.flatnonzero(mask).tolist()
    return {projection.unit_iri(unit, number) for number in numbers}


def compare_frameworks(projection: Projection, first: str, second: str) -> Comparison:
    """Compare two frameworks: which pivot principles one has and the other lacks."""
    incidence = projection.incidence("framework", "principle", "both")
    iris = [projection.resolve("framework", name) for name in (first, second)]
    index = {iri: number for number, iri in enumerate(incidence.units)}
    table = incidence.dense()
    rows = [table[index[iri]].astype(np.int64) for iri in iris]
    labels = projection.labels(iris)
    differences = [
        _difference(member, place, rows, (1, 1), None, None)
        for place, member in enumerate(incidence.members)
    ]
    differences.sort(key=lambda item: (item.change, item.member.label))
    either = int((rows[0] | rows[1]).sum())
    return Comparison(
        dimension="principle",
        unit="framework",
        first_name=labels[iris[0]],
        second_name=labels[iris[1]],
        units=(1, 1),
        shared_units=0,
        differences=tuple(differences),
        seen={"first": int(rows[0].sum()), "second": int(rows[1].sum())},
        overlap=int((rows[0] & rows[1]).sum()) / either if either else 1.0,
        new_units=(),
        lost_units=(),
        alpha=0.05,
        revision=projection.revision,
    )
