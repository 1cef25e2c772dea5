"""What the tests of carrying in share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.settings import Settings
from kg.store import GraphStore, open_store


@pytest.fixture
def store(scratch_store: Path) -> GraphStore:
    """A shipped store to write in."""
    return open_store(scratch_store, settings=Settings())


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file into the test's directory."""

    def to_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


@pytest.fixture
def unchanged(store: GraphStore) -> Iterator[None]:
    """Fails when another revision is published (revisions never change) or work is left over."""
    revision = store.revision.id
    yield
    store.refresh()
    assert store.revision.id == revision
    assert not (Path(store.location) / "incoming").exists()
