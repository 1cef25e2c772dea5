"""Changing a store on behalf of others: one write at a time, each in a process of its own."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kg.errors import KGError, QueueFull, ReadOnlyStore
from kg.sparql import guard
from kg.sparql.pool import Pool
from kg.store.receipts import Receipt

if TYPE_CHECKING:
    from kg.settings import Settings
    from kg.store import GraphStore
    from kg.store.embedded import EmbeddedStore

_SMALL: Final = 65_536
_TOGETHER: Final = 4


def allowed_hosts(settings: Settings) -> list[str]:
    """Hosts that requests may reach."""
    return [host.strip() for host in settings.service_allow.split(",") if host.strip()]


class Changes:
    """The way of updates and uploads into a store.

    Args:
        store: What is changed.
        settings: Limits.
    """

    def __init__(self, store: GraphStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._pools: dict[bool, Pool] = {}
        self._guard = threading.Lock()
        self._held = 0

    def write(self, job: dict[str, Any], body: bytes = b"") -> Receipt:
        """Change the store, in a process of its own, within a deadline and a limit on memory.

        Args:
            job: See :func:`kg.sparql.writing.run_write`.
            body: RDF that goes with it.

        Returns:
            The write's receipt. It is published, and survives the end of any process, when this
            returns; also when its process was ended between publishing and saying so.

        Raises:
            ReadOnlyStore: The store is another machine's.
            QueryTimeout: It ran past the deadline; nothing was changed, unless the error says that
                this cannot be known.
            QueryTooLarge: It asked for too much memory; nothing was changed.
        """
        if not hasattr(self._store, "snapshot"):
            raise ReadOnlyStore("a remote store is read-only here: write to the engine itself")
        embedded: EmbeddedStore = self._store  # type: ignore[assignment]
        order = secrets.token_hex(16)
        try:
            reply = self._pool(calls=bool(guard.calls(job.get("text", "")))).run(
                {
                    "store": str(embedded.root),
                    "allow": allowed_hosts(self._settings),
                    "memory": self._settings.update_memory,
                    "order": order,
                    **job,
                },
                timeout=self._settings.update_timeout,
                body=body,
                settled=True,
            )
            receipt = Receipt(**reply.head)
        except KGError:
            # The process has answered or is gone: what it published, it published before that.
            found = embedded.receipt(order)
            if found is None:
                raise
            receipt = found
        with contextlib.suppress(KGError):  # readers will say what is wrong; the write is done
            embedded.refresh()
        return receipt

    @contextlib.contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Hold a request body of so many bytes in memory.

        Raises:
            QueueFull: Others hold too much already; a small body always finds room.
        """
        if size <= _SMALL:
            yield
            return
        with self._guard:
            if self._held and self._held + size > _TOGETHER * self._settings.request_bytes:
                raise QueueFull("too many large requests at once; try again soon", retry_after=5)
            self._held += size
        try:
            yield
        finally:
            with self._guard:
                self._held -= size

    def _pool(self, *, calls: bool) -> Pool:
        with self._guard:
            if calls not in self._pools:
                self._pools[calls] = Pool(
                    processes=1, queue=self._settings.query_queue, niceness=0, offline=not calls
                )
            return self._pools[calls]

    def close(self) -> None:
        """End all processes."""
        for pool in self._pools.values():
            pool.close()
