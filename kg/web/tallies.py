"""How many cases touch each member of a dimension, for and against: numbers beside names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.projection import Projection

if TYPE_CHECKING:
    from kg.store import GraphStore


@dataclass(frozen=True, slots=True)
class Tally:
    """Distinct cases that support or uphold a thing, and that undermine or violate it."""

    positive: int = 0
    negative: int = 0

    @property
    def total(self) -> int:
        """Both; a case that does both counts twice."""
        return self.positive + self.negative


NOTHING: Final = Tally()


def tallies(store: GraphStore, dimension: str) -> dict[str, Tally]:
    """Tallies by IRI of the members of a signed dimension."""
    projection = Projection.open(store)
    positive = projection.incidence("case", dimension, "positive")
    negative = projection.incidence("case", dimension, "negative")
    return {
        member.id: Tally(int(good), int(bad))
        for member, good, bad in zip(
            positive.members, positive.totals, negative.totals, strict=True
        )
    }


def uses(store: GraphStore, dimension: str) -> dict[str, int]:
    """Cases by IRI of the members of a dimension without polarity, such as technology."""
    found = Projection.open(store).incidence("case", dimension, "both")
    return {
        member.id: int(count) for member, count in zip(found.members, found.totals, strict=True)
    }
