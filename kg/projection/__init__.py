"""Projection: from the store to incidence matrices and networkx graphs.

Statements are read once per revision, kept as integer arrays beside it and shared by all
processes through memory maps; everything above is counting.
"""

from __future__ import annotations

from kg.projection.dimensions import (
    CASE_DIMENSIONS,
    FRAMEWORK_DIMENSIONS,
    Dimension,
    dimension_named,
    dimension_names,
    unit_named,
)
from kg.projection.filters import Filters, Links, Polarity, Rollups, Unit
from kg.projection.incidence import Incidence, Member, cooccurrence
from kg.projection.projection import Projection

__all__ = [
    "CASE_DIMENSIONS",
    "FRAMEWORK_DIMENSIONS",
    "Dimension",
    "Filters",
    "Incidence",
    "Links",
    "Member",
    "Polarity",
    "Projection",
    "Rollups",
    "Unit",
    "cooccurrence",
    "dimension_named",
    "dimension_names",
    "unit_named",
]
