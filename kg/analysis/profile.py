"""Profiles: what an organisation, country or technology does more of, and what lies next to it.

Sources: Balassa 1965 (advantage); Hidalgo et al. 2007, Science 317:482 (relatedness, density);
Tacchella et al. 2012, Sci. Rep. 2:723 (fitness); Jost 2006, Oikos 113:363 (diversity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.diversity import Diversity, diversity
from kg.analysis.nestedness import Nestedness, nestedness
from kg.analysis.results import Tabular, plain
from kg.analysis.specialisation import (
    fitness_complexity,
    relatedness_density,
    revealed_advantage,
)
from kg.analysis.unseen import Unseen, unseen
from kg.errors import NotFound
from kg.projection import Incidence, Member, Projection, cooccurrence
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_NESTED: Final = 500
_MANY: Final = 150


@dataclass(frozen=True)
class Profile(Tabular):
    """Groups of one dimension described by the members of another.

    Attributes:
        dimension: Of the groups.
        over: Dimension of the members.
        polarity: Which links count.
        groups: Described groups, the largest first.
        members: Of ``over``.
        counts: Units per group and member.
        units: Units per group.
        rca: Revealed comparative advantage, among all groups of the dimension.
        rca_shrunk: The same, shrunk for small counts.
        density: Relatedness density.
        fitness: Of each group (fitness–complexity).
        complexity: Of each member.
        diversity: Per group.
        unseen: What the whole corpus says about members not seen.
        nestedness: Of the groups × members table of advantages; ``None`` for huge tables.
        revision: Of the store.
    """

    dimension: str
    over: str
    polarity: Polarity
    groups: tuple[Member, ...]
    members: tuple[Member, ...]
    counts: NDArray[np.int64]
    units: NDArray[np.int64]
    rca: NDArray[np.float64]
    rca_shrunk: NDArray[np.float64]
    density: NDArray[np.float64]
    fitness: NDArray[np.float64]
    complexity: NDArray[np.float64]
    diversity: tuple[Diversity, ...]
    unseen: Unseen
    nestedness: Nestedness | None
    revision: str

    def adjacent(self, group: int, at_most: int = 5) -> list[dict[str, Any]]:
        """Members without advantage that lie closest to what a group already does."""
        order = np.argsort(-self.density[group], kind="stable")
        return [
            {
                "member": self.members[place].to_dict(),
                "density": plain(float(self.density[group, place])),
                "units": int(self.counts[group, place]),
            }
            for place in order.tolist()
            if self.rca[group, place] < 1
        ][:at_most]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "dimension": self.dimension,
            "over": self.over,
            "polarity": self.polarity,
            "members": [member.to_dict() for member in self.members],
            "complexity": plain(self.complexity),
            "groups": [
                {
                    **group.to_dict(),
                    "units": int(self.units[place]),
                    "counts": self.counts[place].tolist(),
                    "rca": plain(self.rca[place]),
                    "rca_shrunk": plain(self.rca_shrunk[place]),
                    "density": plain(self.density[place]),
                    "fitness": plain(float(self.fitness[place])),
                    "diversity": self.diversity[place].to_dict(),
                    "adjacent": self.adjacent(place),
                }
                for place, group in enumerate(self.groups)
            ],
            "unseen": self.unseen.to_dict(),
            "nestedness": None if self.nestedness is None else self.nestedness.to_dict(),
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per group and member it touches or could turn to."""
        return [
            {
                "group": group.label,
                "group_id": group.id,
                "member": member.name,
                "member_id": member.id,
                "units": int(self.counts[i, j]),
                "rca": float(self.rca[i, j]),
                "rca_shrunk": float(self.rca_shrunk[i, j]),
                "density": float(self.density[i, j]),
            }
            for i, group in enumerate(self.groups)
            for j, member in enumerate(self.members)
        ]


def profile(
    projection: Projection,
    dimension: str = "organisation",
    over: str = "goal",
    *,
    subject: str | None = None,
    polarity: Polarity = "positive",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    top: int = 20,
    seed: int = 0,
) -> Profile:
    """Describe groups of cases by what they touch.

    Args:
        projection: Of the store.
        dimension: Of the groups: organisation, country, region, technology, year …
        over: What they are described by: goal, target, principle.
        subject: One group only (name or IRI).
        polarity: Which links count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        top: Most groups described, the largest first.
        seed: Of bootstrap and random tables.

    Returns:
        The profile. Cost: about 0.1 s on the shipped graph.

    Raises:
        UnknownTermError: No such dimension or subject.
        NotFound: The subject has no case here.
    """
    groups = projection.incidence("case", dimension, polarity, filters, links=links)
    members = projection.incidence("case", over, polarity, filters, links=links)
    counts = cooccurrence(groups, members)
    rca = revealed_advantage(counts)
    has = rca >= 1
    fitness, complexity = fitness_complexity(has)
    density = relatedness_density(has)
    chosen = _chosen(projection, groups, dimension, subject, top)
    distance = _distance(projection, members, over)
    described = tuple(_diversity_of(groups, members, number, distance, seed) for number in chosen)
    table = has[has.any(axis=1)]
    return Profile(
        dimension=dimension,
        over=over,
        polarity=polarity,
        groups=tuple(groups.members[number] for number in chosen),
        members=members.members,
        counts=counts[chosen],
        units=groups.totals[chosen],
        rca=rca[chosen],
        rca_shrunk=revealed_advantage(counts, shrink=True)[chosen],
        density=density[chosen],
        fitness=fitness[chosen],
        complexity=complexity,
        diversity=described,
        unseen=unseen(members.totals, projection.total_units("case", filters)),
        nestedness=(
            nestedness(table, draws=200 if len(table) <= _MANY else 50, seed=seed)
            if len(table) <= _MOST_NESTED
            else None
        ),
        revision=projection.revision,
    )


def _chosen(
    projection: Projection, groups: Incidence, dimension: str, subject: str | None, top: int
) -> list[int]:
    if subject is None:
        order = np.argsort(-groups.totals, kind="stable")
        return [number for number in order.tolist() if groups.totals[number]][:top]
    iri = projection.resolve(dimension, subject)
    for number, member in enumerate(groups.members):
        if member.id == iri and groups.totals[number]:
            return [number]
    raise NotFound(f"No case here has the {dimension} {subject!r}.")


def _distance(projection: Projection, members: Incidence, over: str) -> NDArray[np.float64]:
    """Distance of members for Rao–Stirling.

    Targets: 0.5 within a goal and 1 across goals (tree distance); all others: 1 − proximity in
    the cases, so members that often come together count as near.
    """
    many = members.shape[1]
    if over == "target":
        goal = [member.notation.split(".")[0] for member in members.members]
        distance = np.array([[0.5 if a == b else 1.0 for b in goal] for a in goal])
    else:
        whole = projection.incidence("case", over, "both")
        together = cooccurrence(whole, whole).astype(np.float64)
        largest = np.maximum.outer(np.diag(together), np.diag(together))
        near = np.divide(together, largest, out=np.zeros_like(together), where=largest > 0)
        distance = 1.0 - near
    np.fill_diagonal(distance, 0.0)
    return distance.reshape(many, many)


def _diversity_of(
    groups: Incidence,
    members: Incidence,
    number: int,
    distance: NDArray[np.float64],
    seed: int,
) -> Diversity:
    units = groups.units_with(number)
    keep = np.zeros(groups.shape[0], dtype=np.bool_)
    keep[units] = True
    chosen = members.select(keep)
    place = np.cumsum(keep) - 1
    table = np.zeros((len(units), members.shape[1]), dtype=np.uint8)
    table[place[chosen.rows], chosen.indices] = 1
    patterns, counts = np.unique(table, axis=0, return_counts=True)
    return diversity(patterns, counts, distance, seed=seed)
