"""The shipped graph as a projection."""

from __future__ import annotations

import pytest

from kg.projection import Projection
from kg.store import GraphStore


@pytest.fixture(scope="session")
def projection(shipped: GraphStore) -> Projection:
    return Projection.open(shipped)
