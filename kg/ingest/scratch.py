"""A copy of the store to try things on."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg.store.shipped import shipped_files

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import GraphStore


@contextlib.contextmanager
def scratch_copy(store: GraphStore) -> Iterator[ox.Store]:
    """A writable copy of the current revision, thrown away at the end.

    An embedded store's tables are hard-linked (a few milliseconds); for a remote engine the
    shipped graph stands in.
    """
    import pyoxigraph as ox

    from kg.store.embedded import EmbeddedStore
    from kg.store.layout import clone_database

    if not isinstance(store, EmbeddedStore):
        working = ox.Store()
        for path, graph in shipped_files():
            working.load(path=str(path), to_graph=ox.NamedNode(graph))
        yield working
        return
    with store.reader() as snapshot:
        directory = Path(tempfile.mkdtemp(prefix="kg-"))
        try:
            clone_database(snapshot.database, directory / "db")
            yield ox.Store(str(directory / "db"))
        finally:
            # The engine's threads may still write; what comes back is taken away once more.
            for pause in (0.0, 0.05, 0.5):
                time.sleep(pause)
                shutil.rmtree(directory, ignore_errors=True)
                if not directory.exists():
                    break
