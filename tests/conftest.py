"""Fixtures that several suites share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.settings import Settings
from kg.store import GraphStore, open_store
from kg.store.embedded import EmbeddedStore

TINY = Path(__file__).parent / "fixtures" / "tiny" / "tiny.ttl"


@pytest.fixture(scope="session")
def shipped_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a store with the shipped graph; read only."""
    root = tmp_path_factory.mktemp("shipped") / "store"
    open_store(root, settings=Settings()).refresh()
    return root


@pytest.fixture(scope="session")
def shipped(shipped_store: Path) -> GraphStore:
    """The shipped graph, open."""
    return open_store(shipped_store, settings=Settings())


@pytest.fixture
def scratch_store(shipped_store: Path, tmp_path: Path) -> Path:
    """A copy of the shipped store to write in."""
    root = tmp_path / "store"
    shutil.copytree(shipped_store, root)
    return root


@pytest.fixture
def empty_store(tmp_path: Path) -> EmbeddedStore:
    """A new store whose first revision holds nothing."""
    store = EmbeddedStore.create(tmp_path / "empty")
    with store.writer("empty"):
        pass
    return store


@pytest.fixture
def tiny_store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A store with the tiny fixture in the dataset ``tiny``."""
    store = EmbeddedStore.create(tmp_path / "tiny")
    with store.writer("tiny") as write:
        write.load(TINY, graph="https://w3id.org/equipoise/dataset/tiny")
    yield store
    store.close()
