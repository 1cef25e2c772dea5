"""Receipts: what a write published, for those who ordered it and did not hear its end.

A writer may be killed after it has published and before it has said so. Each revision's record
therefore holds the receipts of the last writes that were ordered under a name, and hands them on to
the next: a later write, even one that removes the revision, does not take them away.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.errors import StoreCorrupt
from kg.store.layout import sync_directory, translated

if TYPE_CHECKING:
    from kg.store.layout import Layout

_KEPT: Final = 32
"""Many more than are published while somebody waits for the end of a killed process."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one write published.

    Args:
        revision: Id of the revision.
        created: When it was published.
        existed: Whether what was written to was there before.
    """

    revision: str
    created: str
    existed: bool


def carried(layout: Layout, order: str, receipt: Receipt) -> dict[str, Any]:
    """Receipts for the record of a new revision: those of the current one, and its own."""
    try:
        before = _of_current(layout)
    except (StoreCorrupt, FileNotFoundError):  # what is being replaced
        before = {}
    found = dict(list(before.items())[1 - _KEPT :])
    if order:
        found[order] = asdict(receipt)
    return found


def find(layout: Layout, order: str) -> Receipt | None:
    """The receipt of a write that was published; it then survives a loss of power, too.

    Args:
        layout: The store.
        order: Name the write was ordered under. Its process must have ended.

    Raises:
        StoreError: The store cannot be read.
    """
    with translated(layout.root):
        found = _of_current(layout).get(order)
        if found is None:
            return None
        sync_directory(layout.root)  # the writer may have been killed right before it did
    return Receipt(**found)


def _of_current(layout: Layout) -> dict[str, Any]:
    for _ in range(200):
        name = layout.current_name()
        if name is None:
            break
        try:
            return dict(layout.record(name).get("receipts", {}))
        except FileNotFoundError:
            if name == layout.current_name():
                raise  # otherwise a writer removed the revision between the two looks
    return {}
