"""Work done right after a write, so that the first question does not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import KGError
from kg.projection.projection import Projection

if TYPE_CHECKING:
    from kg.store.embedded import EmbeddedStore

MOST: Final = 500_000
"""Quads up to which a write prepares the analyses; with more, the first analysis does."""


def prepare(store: EmbeddedStore) -> bool:
    """Work out the tables and the content hash of the newest revision.

    Args:
        store: Just written to, by this process.

    Returns:
        Whether it was done; a large store is left to its first analysis, which may never come.

    Cost: on the shipped graph about a second after ``kg init``, less after a write to some graphs.
    """
    try:
        with store.reader() as snapshot:
            if snapshot.triple_count() > MOST:
                return False
            Projection.open(store)
            snapshot.content_hash()
    except (KGError, OSError, ValueError):
        # What was written is published all the same; who asks next is told what is wrong.
        return False
    return True
