"""The store: the only owner of the RDF dataset.

One writer, many readers, across processes. Every write publishes an immutable revision; readers
pin the revision they read. See :mod:`kg.store.layout` for what lies on disk.
"""

from __future__ import annotations

from kg.store.opening import is_remote, open_store
from kg.store.protocol import GraphStore, Revision, Snapshot, Writer

__all__ = ["GraphStore", "Revision", "Snapshot", "Writer", "is_remote", "open_store"]
