"""Crosswalk: frameworks compared through the principles of the pivot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.intervals import wilson
from kg.analysis.results import Tabular, plain
from kg.projection import Member, Projection
from kg.projection.filters import COUNTING_MATCHES, MATCHES, NO_FILTERS, Filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRENGTHS: Final = {"exact": 1.0, "close": 0.8, "narrow": 0.6, "broad": 0.4, "related": 0.2}
"""Weight of a mapping in the weighted similarity; the order is what matters."""


@dataclass(frozen=True)
class Mapping:
    """A principle of a framework and how it maps to the pivot."""

    framework: str
    principle: str
    label: str
    pivot: str
    match: str


@dataclass(frozen=True)
class Crosswalk(Tabular):
    """Frameworks × pivot principles.

    Attributes:
        frameworks: In the order of their labels.
        pivots: Pivot principles in order of display.
        strength: Strongest mapping per cell as an index into the mapping strengths, −1 for
            none, shape (frameworks, pivots).
        jaccard: Shared pivot principles over all of either, shape (frameworks, frameworks).
        similarity: Cosine of the mapping weights, same shape.
        share: Share of frameworks that have each pivot principle, shape (pivots,).
        low: Wilson's lower limit of ``share``.
        high: Upper limit.
        cases: Cases that uphold each pivot principle, shape (pivots,).
        mappings: Every mapping.
        unmapped: Principles that no counting mapping ties to the pivot.
        matches: Mapping strengths that count.
        revision: Of the store.
    """

    frameworks: tuple[Member, ...]
    pivots: tuple[Member, ...]
    strength: NDArray[np.int64]
    jaccard: NDArray[np.float64]
    similarity: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cases: NDArray[np.int64]
    mappings: tuple[Mapping, ...]
    unmapped: tuple[Mapping, ...]
    matches: tuple[str, ...]
    revision: str

    @property
    def has(self) -> NDArray[np.bool_]:
        """Which frameworks have which pivot principle, by the mappings that count."""
        counting = [place for place, name in enumerate(MATCHES) if name in self.matches]
        return np.isin(self.strength, counting)

    def consensus(self) -> list[dict[str, Any]]:
        """Pivot principles, the most shared first."""
        has = self.has.sum(axis=0)
        rows = [
            {
                "principle": member.to_dict(),
                "frameworks": int(has[place]),
                "share": plain(float(self.share[place])),
                "interval": plain([float(self.low[place]), float(self.high[place])]),
                "cases": int(self.cases[place]),
            }
            for place, member in enumerate(self.pivots)
        ]
        return sorted(rows, key=lambda row: (-row["frameworks"], row["principle"]["label"]))

    def overlap(self) -> list[dict[str, Any]]:
        """Pairs of frameworks, those with most in common first."""
        has = self.has.astype(np.int64)
        shared = has @ has.T
        rows = [
            {
                "framework": one.label,
                "framework_id": one.id,
                "other": two.label,
                "other_id": two.id,
                "shared": int(shared[i, j]),
                "jaccard": plain(float(self.jaccard[i, j])),
                "similarity": plain(float(self.similarity[i, j])),
            }
            for i, one in enumerate(self.frameworks)
            for j, two in enumerate(self.frameworks)
            if i < j
        ]
        return sorted(rows, key=lambda row: (-row["jaccard"], row["framework"], row["other"]))

    def outliers(self) -> list[dict[str, Any]]:
        """Frameworks, the least like the others first (mean Jaccard)."""
        many = len(self.frameworks)
        mean = (self.jaccard.sum(axis=1) - 1.0) / max(many - 1, 1)
        rows = [
            {
                "framework": member.to_dict(),
                "mean_jaccard": plain(float(mean[place])),
                "principles": int(self.has[place].sum()),
                "closest": self._closest(place),
            }
            for place, member in enumerate(self.frameworks)
        ]
        return sorted(rows, key=lambda row: (row["mean_jaccard"], row["framework"]["label"]))

    def _closest(self, place: int) -> dict[str, str] | None:
        others = np.delete(np.arange(len(self.frameworks)), place)
        if not len(others):
            return None
        return self.frameworks[int(others[np.argmax(self.jaccard[place, others])])].to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        names = [*MATCHES, None]
        return {
            "unit": "framework",
            "rows": [member.to_dict() for member in self.frameworks],
            "cols": [member.to_dict() for member in self.pivots],
            "cells": [[names[place] for place in row] for row in self.strength.tolist()],
            "matches": list(self.matches),
            "jaccard": plain(self.jaccard),
            "similarity": plain(self.similarity),
            "consensus": self.consensus(),
            "outliers": self.outliers(),
            "unmapped": [
                {"framework": item.framework, "id": item.principle, "label": item.label}
                for item in self.unmapped
            ],
            "total_units": len(self.frameworks),
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per line."""
        labels = {member.id: member.label for member in (*self.frameworks, *self.pivots)}
        return [
            {
                "framework": labels[item.framework],
                "framework_id": item.framework,
                "principle": item.label,
                "principle_id": item.principle,
                "match": item.match,
                "pivot": labels.get(item.pivot, ""),
                "pivot_id": item.pivot,
            }
            for item in self.mappings
        ]


def crosswalk(
    projection: Projection,
    *,
    frameworks: tuple[str, ...] = (),
    matches: tuple[str, ...] = COUNTING_MATCHES,
    filters: Filters = NO_FILTERS,
) -> Crosswalk:
    """Compare frameworks through the pivot.

    Args:
        projection: Of the store.
        frameworks: Names or IRIs; all when empty.
        matches: Mapping strengths that count for shares, overlap and Jaccard.
        filters: Limits on the cases counted beside the principles.

    Returns:
        The crosswalk. Cost: a few milliseconds.
    """
    document = projection.crosswalk()
    chosen = {projection.resolve("framework", name) for name in frameworks}
    entries = sorted(
        (
            entry
            for entry in document["frameworks"]
            if not entry["pivot"] and (not chosen or entry["id"] in chosen)
        ),
        key=lambda entry: (entry["label"].casefold(), entry["id"]),
    )
    pivots = projection.members("principle")
    column = {member.id: place for place, member in enumerate(pivots)}
    strength = np.full((len(entries), len(pivots)), -1, dtype=np.int64)
    mappings: list[Mapping] = []
    unmapped: list[Mapping] = []
    of_principle: dict[str, list[tuple[str, str]]] = {}
    for principle, pivot, match in document["mappings"]:
        of_principle.setdefault(principle, []).append((pivot, match))
    for row, entry in enumerate(entries):
        for principle in entry["principles"]:
            label = document["principles"].get(principle, {}).get("label", principle)
            known = of_principle.get(principle, [])
            if principle in column:
                known = [(principle, "exact")]
            for pivot, match in known:
                mappings.append(Mapping(entry["id"], principle, label, pivot, match))
                place, rank = column[pivot], MATCHES.index(match)
                if strength[row, place] < 0 or rank < strength[row, place]:
                    strength[row, place] = rank
            if not any(match in matches for _, match in known):
                unmapped.append(Mapping(entry["id"], principle, label, "", ""))
    has = np.isin(strength, [place for place, name in enumerate(MATCHES) if name in matches])
    low, high = wilson(has.sum(axis=0), len(entries))
    upheld = projection.incidence("case", "principle", "positive", filters)
    return Crosswalk(
        frameworks=tuple(
            Member(entry["id"], entry["label"], entry["notation"]) for entry in entries
        ),
        pivots=pivots,
        strength=strength,
        jaccard=jaccard(has),
        similarity=cosine(np.array([*STRENGTHS.values(), 0.0])[strength]),
        share=has.sum(axis=0) / max(len(entries), 1),
        low=low,
        high=high,
        cases=upheld.totals.astype(np.int64),
        mappings=tuple(mappings),
        unmapped=tuple(unmapped),
        matches=matches,
        revision=projection.revision,
    )


def jaccard(has: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Overlap of rows: shared over either; 1 for two empty rows (Jaccard 1901).

    Example:
        >>> jaccard(np.array([[True, True], [True, False]]))[0, 1].item()
        0.5
    """
    table = has.astype(np.float64)
    shared = table @ table.T
    size = table.sum(axis=1)
    either = size[:, None] + size[None, :] - shared
    return np.where(either > 0, shared / np.maximum(either, 1.0), 1.0)


def cosine(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of the angles between rows; 0 where a row is empty."""
    norm = np.sqrt((table * table).sum(axis=1))
    scale = np.outer(norm, norm)
    return np.divide(table @ table.T, scale, out=np.zeros_like(scale), where=scale > 0)
