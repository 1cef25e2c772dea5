"""A linker on the shipped graph, made once."""

from __future__ import annotations

import pytest

from kg.linking.linker import Linker
from kg.store import GraphStore


@pytest.fixture(scope="session")
def linker(shipped: GraphStore) -> Linker:
    """The default linker; sentence embeddings off, whatever is installed."""
    return Linker.load(shipped, embeddings=False)
