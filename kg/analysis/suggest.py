"""Suggestions: what would close a gap with least effort, and which links may be missing.

Predicted links live in :mod:`kg.analysis.predictions`; both kinds are offered from here.

Sources: Chvátal 1979 (greedy cover); Nemhauser, Wolsey & Fisher 1978 (greedy maximum coverage).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.predictions import Candidate, Predictions, suggest_links
from kg.analysis.results import Tabular
from kg.analysis.set_cover import Cover, cover
from kg.errors import InputError
from kg.projection import cooccurrence
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Incidence, Member, Projection

__all__ = [
    "Candidate",
    "CoverPlan",
    "Predictions",
    "Suggestion",
    "suggest_cover",
    "suggest_links",
]

_MOST_SETS: Final = 100_000


@dataclass(frozen=True)
class Suggestion:
    """One thing to take up: a case or member, and which missing members it brings."""

    id: str
    label: str
    gain: int
    covers: tuple[Member, ...]


@dataclass(frozen=True)
class CoverPlan(Tabular):
    """The smallest set of known cases (or members) that closes the gaps of a dimension.

    Attributes:
        dimension: Whose members were missing.
        by: What was chosen: ``case`` or a dimension.
        missing: Members missing under the filters.
        steps: What to take up, most useful first.
        uncoverable: Missing members nothing known touches.
        method: ``exact`` or ``greedy``.
        guarantee: How far from the best it may be.
        greedy_size: How many the greedy choice needs.
        revision: Of the store.
    """

    dimension: str
    by: str
    missing: tuple[Member, ...]
    steps: tuple[Suggestion, ...]
    uncoverable: tuple[Member, ...]
    method: str
    guarantee: str
    greedy_size: int
    revision: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "suggestion": "cover",
            "dimension": self.dimension,
            "by": self.by,
            "missing": [member.to_dict() for member in self.missing],
            "steps": [
                {
                    "id": step.id,
                    "label": step.label,
                    "gain": step.gain,
                    "covers": [member.to_dict() for member in step.covers],
                }
                for step in self.steps
            ],
            "uncoverable": [member.to_dict() for member in self.uncoverable],
            "method": self.method,
            "guarantee": self.guarantee,
            "greedy_size": self.greedy_size,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per step."""
        return [
            {
                "step": number,
                "label": step.label,
                "id": step.id,
                "gain": step.gain,
                "covers": "; ".join(member.name for member in step.covers),
            }
            for number, step in enumerate(self.steps, start=1)
        ]


def suggest_cover(
    projection: Projection,
    dimension: str = "target",
    *,
    by: str = "case",
    within: Filters = NO_FILTERS,
    polarity: Polarity = "positive",
    links: Links = "accepted",
    members: tuple[str, ...] = (),
    most: int | None = None,
    exact: bool = True,
) -> CoverPlan:
    """Close the gaps of a portfolio with as few known cases, or members, as possible.

    Args:
        projection: Of the store.
        dimension: Whose missing members are to be covered.
        by: ``case``: choose among the cases outside the portfolio. A dimension (target,
            technology …): choose members; each brings what its cases touch.
        within: The portfolio. Left empty, everything counts as missing, so the plan is the
            smallest set that shows every member.
        polarity: Which links count.
        links: Accepted ones or proposed ones too.
        members: Only these members are to be covered (names or IRIs).
        most: At most so many steps.
        exact: Solve exactly where the problem is small enough.

    Returns:
        The plan. Cost: about 0.1 s on the shipped graph.
    """
    whole = projection.incidence("case", dimension, polarity, links=links)
    covered = np.zeros(len(whole.members), dtype=np.bool_)
    candidates = np.ones(whole.shape[0], dtype=np.bool_)
    if not within.is_empty:
        own = projection.incidence("case", dimension, polarity, within, links=links)
        covered = own.totals > 0
        mask = projection.mask("case", within)
        candidates = ~mask if mask is not None else candidates
    wanted = ~covered
    if members:
        chosen = {projection.resolve(dimension, name) for name in members}
        wanted &= np.array([member.id in chosen for member in whole.members], dtype=np.bool_)
    columns = np.flatnonzero(wanted)
    kept = whole.select(candidates)
    sets, names = (
        _case_sets(projection, kept, columns)
        if by == "case"
        else _member_sets(projection, kept, by, columns, polarity, links)
    )
    result = cover(sets, most=most, exact=exact)
    covers = _first_time(sets, result, columns, whole.members)
    labels = projection.labels([names[number] for number in result.chosen])
    return CoverPlan(
        dimension=dimension,
        by=by,
        missing=tuple(whole.members[place] for place in columns),
        steps=tuple(
            Suggestion(names[number], labels[names[number]], gain, gained)
            for number, gain, gained in zip(result.chosen, result.gains, covers, strict=True)
        ),
        uncoverable=tuple(
            whole.members[place]
            for place, any_ in zip(columns, np.atleast_1d(sets.any(axis=0)), strict=True)
            if not any_
        ),
        method=result.method,
        guarantee=result.guarantee,
        greedy_size=result.greedy_size,
        revision=projection.revision,
    )


def _case_sets(
    projection: Projection, kept: Incidence, columns: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], list[str]]:
    """What each case covers; of cases that cover the same, the first."""
    number = np.full(len(kept.members), -1)
    number[columns] = np.arange(len(columns))
    useful = number[kept.indices] >= 0
    rows, places = kept.rows[useful], number[kept.indices[useful]]
    cases, row = np.unique(rows, return_inverse=True)
    if len(cases) * max(len(columns), 1) > _MOST_SETS * 200:
        raise InputError("Too many cases to choose from; narrow the members to cover.")
    table = np.zeros((len(cases), len(columns)), dtype=np.bool_)
    table[row, places] = True
    table, first = np.unique(table, axis=0, return_index=True)
    order = np.argsort(first)
    iris = [projection.unit_iri("case", int(cases[first[place]])) for place in order]
    return table[order], iris


def _member_sets(
    projection: Projection,
    kept: Incidence,
    by: str,
    columns: NDArray[np.int64],
    polarity: Polarity,
    links: Links,
) -> tuple[NDArray[np.bool_], list[str]]:
    groups = projection.incidence("case", by, polarity, links=links)
    together = cooccurrence(groups, kept)[:, columns] > 0
    return together, [member.id for member in groups.members]


def _first_time(
    sets: NDArray[np.bool_],
    result: Cover,
    columns: NDArray[np.int64],
    members: tuple[Member, ...],
) -> list[tuple[Member, ...]]:
    done = np.zeros(sets.shape[1], dtype=np.bool_)
    gained = []
    for number in result.chosen:
        fresh = sets[number] & ~done
        done |= sets[number]
        gained.append(tuple(members[place] for place in columns[fresh]))
    return gained
