"""How many cases touch each member of a dimension, for and against: numbers beside names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def uses(store: GraphStore, parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Distinct cases by IRI that use a technology or one narrower than it.

    Args:
        store: Where the cases are.
        parents: The broader technologies of each that has any.
    """
    found = Projection.open(store).incidence("case", "technology", "both")
    numbers = {member.id: number for number, member in enumerate(found.members)}
    pairs: set[tuple[int, int]] = set()
    for iri, number in numbers.items():
        family = [iri]
        for name in family:
            family += [parent for parent in parents.get(name, ()) if parent not in family]
        pairs |= {(number, numbers[name]) for name in family if name in numbers}
    rows, columns = zip(*sorted(pairs), strict=True) if pairs else ((), ())
    from scipy.sparse import csr_matrix

    shape = (len(numbers), len(numbers))
    ancestors = csr_matrix(([1] * len(rows), (rows, columns)), shape=shape)
    totals = ((found.matrix @ ancestors) > 0).sum(axis=0).tolist()[0]
    return dict(zip(numbers, map(int, totals), strict=True))
