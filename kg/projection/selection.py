"""Which units a set of filters leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kg.errors import InputError
from kg.projection.filters import Filters, Rollups, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection.projection import Projection


def selected(projection: Projection, unit: Unit, filters: Filters) -> NDArray[np.bool_] | None:
    """A mask over all units; ``None`` where nothing is filtered.

    Raises:
        InputError: Frameworks have no status or technology.
    """
    if filters.is_empty:
        return None
    if filters.inverse:
        left = selected(projection, unit, replace(filters, inverse=False))
        return np.zeros(projection.unit_count(unit), np.bool_) if left is None else ~left
    keep = np.ones(projection.unit_count(unit), dtype=np.bool_)
    chosen = {
        "dataset": filters.datasets,
        "country": filters.countries,
        "region": filters.regions,
        "status": filters.statuses,
        "technology": filters.technologies,
        "organisation": filters.organisations,
    }
    for name, wanted in chosen.items():
        if wanted:
            keep &= _touching(projection, unit, name, frozenset(wanted))
    if filters.years is not None:
        first, last = filters.years
        years = frozenset(
            member.id
            for member in projection.members("year", unit)
            if member.id.lstrip("-").isdigit()
            and (first is None or int(member.id) >= first)
            and (last is None or int(member.id) <= last)
        )
        keep &= _touching(projection, unit, "year", years)
    return keep


def _touching(
    projection: Projection, unit: Unit, name: str, wanted: frozenset[str]
) -> NDArray[np.bool_]:
    if unit == "framework" and name in ("status", "technology"):
        raise InputError(f"Frameworks have no {name}; drop that filter.")
    if unit == "framework" and name == "organisation":
        made = projection.publishers()
    else:
        rollups = Rollups(technology=True)
        made = projection.incidence(unit, name, "both", rollups=rollups)
    numbers = [place for place, member in enumerate(made.members) if member.id in wanted]
    hit = np.zeros(made.shape[0], dtype=np.bool_)
    hit[made.rows[np.isin(made.indices, numbers)]] = True
    return hit
