"""Making an incidence: which statements count, for which units, towards which members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.projection.filters import DEFAULT_ROLLUPS, Filters, Links, Polarity, Rollups
from kg.projection.incidence import Incidence, from_pairs
from kg.projection.membership import VIA, VIA_BROADER, VIA_SELF
from kg.projection.unit_names import UnitNames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection.cache import Tables
    from kg.projection.dimensions import Dimension
    from kg.projection.projection import Projection

_INDIRECT: Final = 0.5


def made_incidence(
    projection: Projection,
    dimension: Dimension,
    layer: Polarity,
    filters: Filters,
    links: Links,
    rollups: Rollups,
    *,
    weighted: bool = False,
) -> Incidence:
    """The incidence of a dimension, from kept arrays where nothing special is asked.

    Args:
        projection: Of the store.
        dimension: What is counted along.
        layer: Which links of a signed dimension count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        rollups: How mappings and broader technologies count.
        weighted: Whether entries carry directness × confidence.
    """
    unit, tables = dimension.unit, projection.tables
    name = f"{unit}.{dimension.name}"
    kept = f"kept.{name}.{layer}"
    members = projection.members_of(dimension)
    units = UnitNames(tables, unit)
    plain = links == "accepted" and rollups == DEFAULT_ROLLUPS and not weighted
    if plain and filters.is_empty and tables.has(f"{kept}.indptr"):
        return Incidence(
            tables.array(f"{kept}.indptr"),
            tables.array(f"{kept}.indices"),
            members,
            units=units,
        )
    shape = (projection.unit_count(unit), len(members))
    table = f"{unit}.{dimension.table}"
    rows = tables.array(f"{table}.unit")
    keep = _statements(tables, dimension, layer, filters, links)
    mask = _unit_mask(projection, dimension, filters)
    if mask is not None:
        keep = mask[rows] if keep is None else keep & mask[rows]
    targets = tables.array(f"{table}.object")
    weights = _weights(tables, table) if weighted and tables.has(f"{table}.directness") else None
    if keep is not None:
        rows, targets = rows[keep], targets[keep]
        weights = None if weights is None else weights[keep]
    place, member = expanded(tables, name, targets, rollups)
    weights = None if weights is None else weights[place]
    indptr, indices, strongest = from_pairs(rows[place], member, shape, weights)
    return Incidence(indptr, indices, members, strongest, units)


def _statements(
    tables: Tables, dimension: Dimension, layer: Polarity, filters: Filters, links: Links
) -> NDArray[np.bool_] | None:
    """Which statements of a link table count; ``None`` for all."""
    table = f"{dimension.unit}.{dimension.table}"
    conditions = []
    if tables.has(f"{table}.review") and links == "accepted":
        conditions.append(tables.array(f"{table}.review") == 0)
    if layer != "both":
        sign = 1 if layer == "positive" else -1
        conditions.append(tables.array(f"{table}.sign") == sign)
    if dimension.link and filters.datasets and not filters.inverse:
        graphs = tables.document("graphs")
        codes = [place for place, graph in enumerate(graphs) if graph in filters.datasets]
        conditions.append(np.isin(tables.array(f"{table}.graph"), codes))
    if not conditions:
        return None
    return np.asarray(np.logical_and.reduce(conditions), dtype=np.bool_)


def _unit_mask(
    projection: Projection, dimension: Dimension, filters: Filters
) -> NDArray[np.bool_] | None:
    if dimension.link and filters.datasets and not filters.inverse:
        # The statements are limited already; their cases need not be described there.
        filters = replace(filters, datasets=())
    return projection.mask(dimension.unit, filters)


def _weights(tables: Tables, table: str) -> NDArray[np.float64]:
    directness = tables.array(f"{table}.directness")
    confidence = np.nan_to_num(tables.array(f"{table}.confidence"), nan=1.0)
    return np.asarray(np.where(directness == 2, _INDIRECT, 1.0) * confidence)


def expanded(
    tables: Tables, name: str, targets: NDArray[Any], rollups: Rollups = DEFAULT_ROLLUPS
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Statements expanded to the members they count for.

    Args:
        tables: Of the projection.
        name: Unit and dimension, such as ``case.goal``.
        targets: Object of each statement (term codes).
        rollups: How mappings and broader technologies count.

    Returns:
        Positions in ``targets``, repeated as needed, and member numbers.
    """
    via = tables.array(f"rollup.{name}.via")
    allowed = [VIA_SELF, *(VIA[match] for match in rollups.matches)]
    if rollups.technology:
        allowed.append(VIA_BROADER)
    keep = np.isin(via, allowed)
    keys = tables.array(f"rollup.{name}.object")[keep]
    members = tables.array(f"rollup.{name}.member")[keep]
    first = np.searchsorted(keys, targets, side="left")
    count = np.searchsorted(keys, targets, side="right") - first
    place = np.repeat(np.arange(len(targets)), count)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, members[np.repeat(first, count) + offset]
