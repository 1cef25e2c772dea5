"""The store on disk or behind an address."""

from __future__ import annotations

from kg.errors.root import KGError


class StoreError(KGError):
    """The store on disk or behind an address."""

    exit_code = 6
    status = 503
    title = "Store unavailable"
    slug = "store-error"


class StoreMissing(StoreError):
    """There is no store at the place named."""

    slug = "store-missing"


class StoreLocked(StoreError):
    """Another process is writing and did not finish within the waiting time."""

    exit_code = 7
    title = "Store is being written"
    slug = "store-locked"


class StoreLayoutError(StoreError):
    """The store was written by a version with another layout."""

    slug = "store-layout"


class StoreCorrupt(StoreError):
    """The store cannot be read."""

    slug = "store-corrupt"


class DiskFull(StoreError):
    """No room left on the disk that holds the store."""

    status = 507
    title = "No room left"
    slug = "disk-full"


class ReadOnlyStore(StoreError):
    """The store cannot be written (permissions, read-only disk, remote engine)."""

    status = 403
    title = "Store is read-only"
    slug = "read-only-store"


class RemoteStoreError(StoreError):
    """A remote engine did not answer as the protocol says it should."""

    status = 502
    title = "Remote engine failed"
    slug = "remote-store"
