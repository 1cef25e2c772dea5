"""Which cases lie nearest to filling a gap.

A case is near a missing member when it touches others that go together with it: the score is
the sum, over what the case touches, of the proximity min(P(a|b), P(b|a)) of Hidalgo et al. 2007
(Science 317:482) to the missing member. These are cases to look at, never evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kg.projection.incidence import cooccurrence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.analysis.gap import Gap
    from kg.projection import Incidence
    from kg.report.findings import Findings

SHOWN: Final = 3
_CONTEXT: Final = ("target", "principle", "technology")


class Nearest:
    """Proximities of one report, worked out once per dimension."""

    def __init__(self, found: Findings) -> None:
        self._found = found
        mask = found.projection.mask("case", found.options.filters)
        self._kept = mask
        self._sides = {name: found.incidence(name) for name in (*_CONTEXT, "goal")}
        self._scores: dict[str, NDArray[np.float64]] = {}

    def cases(self, gap: Gap) -> list[str]:
        """IRIs of the nearest cases that do not fill the gap yet, nearest first.

        A gap of a pair is nearest to being filled by cases that touch one side of it already.
        """
        sides = [self._place(item["id"]) for item in (gap.subject, gap.object) if item]
        known = [side for side in sides if side is not None]
        if not known or len(known) < len(sides):
            return []
        touched = [self._touches(name, number) for name, number in known]
        if len(known) == 1:
            score = self._score(*known[0])
            allowed = ~touched[0]
        else:
            first, second = (self._score(*side) for side in known)
            score = np.where(touched[0], second, 0.0) + np.where(touched[1], first, 0.0)
            allowed = touched[0] ^ touched[1]
        if self._kept is not None:
            allowed = allowed & self._kept
        numbers = np.flatnonzero(allowed & (score > 0))
        order = np.lexsort((numbers, -np.round(score[numbers], 9)))
        best = numbers[order][:SHOWN]
        return [self._found.projection.unit_iri("case", int(number)) for number in best]

    def _place(self, iri: str) -> tuple[str, int] | None:
        for name, incidence in self._sides.items():
            for number, member in enumerate(incidence.members):
                if member.id == iri:
                    return name, number
        return None

    def _touches(self, name: str, number: int) -> NDArray[np.bool_]:
        incidence = self._sides[name]
        hit = np.zeros(incidence.shape[0], dtype=np.bool_)
        hit[incidence.units_with(number)] = True
        return hit

    def _score(self, name: str, number: int) -> NDArray[np.float64]:
        """Per case, how near it is to one member."""
        incidence = self._sides[name]
        member = incidence.members[number]
        score = np.zeros(incidence.shape[0])
        for other_name in _CONTEXT:
            other = self._sides[other_name]
            weights = self._proximity(name, other_name)[number].copy()
            if name in ("target", "goal") and other_name == "target":
                # Targets of one goal go together by construction, also where nobody touched both.
                goal = member.notation.split(".", 1)[0]
                same = [item.notation.split(".", 1)[0] == goal for item in other.members]
                weights += np.where(same, 0.5, 0.0)
            if other_name == name:
                weights[number] = 0.0
            score += np.bincount(
                other.rows, weights=weights[other.indices], minlength=incidence.shape[0]
            )
        return score

    def _proximity(self, name: str, other_name: str) -> NDArray[np.float64]:
        key = f"{name} {other_name}"
        if key not in self._scores:
            first, second = self._sides[name], self._sides[other_name]
            together = _together(first, second)
            larger = np.maximum(first.totals[:, None], second.totals[None, :])
            self._scores[key] = together / np.maximum(larger, 1)
        return self._scores[key]


def _together(first: Incidence, second: Incidence) -> NDArray[np.float64]:
    return np.asarray(cooccurrence(first, second), dtype=np.float64)
