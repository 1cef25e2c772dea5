"""The embedded store: Oxigraph on disk, copy-on-write revisions."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import NotFound, StoreCorrupt, StoreMissing
from kg.store import receipts
from kg.store.layout import Layout, revision_number, translate
from kg.store.locks import exclusive, remove_unless_held
from kg.store.protocol import Revision
from kg.store.snapshot import EmbeddedSnapshot
from kg.store.writer import EmbeddedWriter

if TYPE_CHECKING:
    from kg.store.protocol import QueryResults
    from kg.store.receipts import Receipt


class EmbeddedStore:
    """A store in a directory; any number of processes may read while one writes.

    Args:
        root: The store's directory.
        lock_timeout: Seconds a writer waits for another writer.
        keep: Published revisions kept for comparison, besides those that readers hold.

    Raises:
        StoreMissing: There is no store in the directory.
        StoreLayoutError: It was written by a version with another layout.
    """

    def __init__(self, root: Path, *, lock_timeout: float = 60.0, keep: int = 10) -> None:
        self._layout = Layout(root)
        self._lock_timeout, self._keep = lock_timeout, max(1, keep)
        self._guard = threading.Lock()
        self._snapshot: EmbeddedSnapshot | None = None
        self._seen: tuple[int, int] | None = None
        if not self._layout.exists():
            raise StoreMissing(f"there is no store in {root}: make one with kg init --store DIR")
        self._layout.check()

    @classmethod
    def create(cls, root: Path, *, lock_timeout: float = 60.0, keep: int = 10) -> EmbeddedStore:
        """Make the directories of a new store (revision 1 comes with the first write)."""
        layout = Layout(root)
        if layout.exists():
            layout.check()
        layout.create()
        return cls(root, lock_timeout=lock_timeout, keep=keep)

    @property
    def location(self) -> str:
        """The directory."""
        return str(self._layout.root)

    @property
    def root(self) -> Path:
        """The directory, as a path."""
        return self._layout.root

    @property
    def revision(self) -> Revision:
        """The revision that reads see now."""
        return self.snapshot().revision

    def snapshot(self) -> EmbeddedSnapshot:
        """The snapshot in use; it stays readable for as long as somebody refers to it."""
        if self._snapshot is None:
            self.refresh()
        snapshot = self._snapshot
        assert snapshot is not None
        return snapshot

    def refresh(self) -> bool:
        """Move to the newest published revision. Cost: one look at a file when nothing moved."""
        # CURRENT is replaced by rename: the same file is the same revision.
        seen = self._layout.current_mark()
        if seen is not None and seen == self._seen:
            return False
        with self._guard:
            name = self._layout.current_name()
            held = self._snapshot
            if held is not None and held.revision.id == name:
                self._seen = seen
                return False
            self._snapshot = self._open_current()
            self._seen = seen if self._snapshot.revision.id == name else None
            return True

    def _open_current(self) -> EmbeddedSnapshot:
        failed = ""
        for _ in range(200):  # a writer may remove the revision between the look and the lease
            name = self._layout.current_name()
            if name is None:
                raise StoreMissing(
                    f"the store in {self._layout.root} holds no revision yet: "
                    "kg init --store DIR builds one"
                )
            try:
                return EmbeddedSnapshot(self._layout, name)
            except FileNotFoundError:
                if name == failed:
                    break
                failed = name
            except OSError as error:
                raise translate(error, self._layout.root) from error
        raise StoreCorrupt(
            f"{self._layout.current} names {failed}, which is not there; {self._layout.choice()}"
        )

    @contextlib.contextmanager
    def reader(self) -> Iterator[EmbeddedSnapshot]:
        """Pin the newest revision for the length of a block."""
        self.refresh()
        yield self.snapshot()

    @contextlib.contextmanager
    def at(self, revision: str) -> Iterator[EmbeddedSnapshot]:
        """Pin an older revision that is still kept.

        Raises:
            NotFound: It is not kept (any more); names those that are.
        """
        if not re.fullmatch(r"r[0-9]{6,18}", revision):
            raise NotFound(f"{revision[:40]!r} names no revision; they look like r000003")
        try:
            snapshot = EmbeddedSnapshot(self._layout, revision)
        except FileNotFoundError:
            kept = ", ".join(self._layout.published())
            raise NotFound(f"revision {revision} is not kept; there are {kept}") from None
        yield snapshot

    def revisions(self) -> list[Revision]:
        """All revisions kept, oldest first."""
        found = []
        current = revision_number(self._layout.current_name())
        for name in self._layout.published():
            if revision_number(name) > current:
                continue
            with contextlib.suppress(FileNotFoundError):
                found.append(self._layout.read_revision(name))
        return found

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Run a trusted query on the current revision, in this process, without limits."""
        return self.snapshot().query(
            sparql, union=union, default_graphs=default_graphs, named_graphs=named_graphs
        )

    def content_hash(self) -> str:
        """Content hash of the current revision."""
        return self.snapshot().content_hash()

    @contextlib.contextmanager
    def writer(
        self,
        message: str = "",
        *,
        start: str | None = None,
        empty: bool = False,
        order: str = "",
    ) -> Iterator[EmbeddedWriter]:
        """Write: all or nothing.

        The block sees a private working copy. When it ends, plain triples are derived and the
        copy becomes the next revision; an exception inside leaves everything as it was. Cost:
        about 50 ms besides what is written and the derivation of the graphs touched.

        Args:
            message: What the write does, kept with the revision.
            start: Revision to begin from; the current one when left out.
            empty: Begin from nothing; works on a store whose revisions cannot be read, too.
            order: What :meth:`receipt` is asked by, should the write's end not be heard of.

        Raises:
            StoreLocked: Another process writes and does not finish in time.
            NotFound: The revision to begin from is not kept.
            DiskFull: No room left.
            ReadOnlyStore: The directory cannot be written.
        """
        root = self._layout.root
        with exclusive(self._layout.lock, timeout=self._lock_timeout):
            try:
                base = None if empty else self._base(start)
                write = EmbeddedWriter(
                    self._layout, base, message, number=self._next_number(), order=order
                )
                if start is not None:
                    write.touch()
                try:
                    yield write
                    write.publish()
                except BaseException:
                    write.abandon()
                    raise
            except (OSError, RuntimeError) as error:
                raise translate(error, root) from error
            self._remove_old()
        self.refresh()

    def receipt(self, order: str) -> Receipt | None:
        """What a write published, if it did; ask once its process has ended."""
        return receipts.find(self._layout, order)

    def _base(self, start: str | None) -> EmbeddedSnapshot | None:
        if start is None:
            return None if self._layout.current_name() is None else self._open_current()
        with self.at(start) as snapshot:
            return snapshot

    def _next_number(self) -> int:
        """One more than the newest revision, also when ``CURRENT`` cannot be read."""
        try:
            name = self._layout.current_name()
        except StoreCorrupt:
            name = next(reversed(self._layout.published()), None)
        return revision_number(name) + 1

    def _remove_old(self) -> None:
        current = revision_number(self._layout.current_name())
        kept = [name for name in self._layout.published() if revision_number(name) <= current]
        for name in kept[: -self._keep]:
            if revision_number(name) != current:
                remove_unless_held(self._layout.revision_dir(name))

    def close(self) -> None:
        """Let go of the snapshot in use."""
        with self._guard:
            self._snapshot = None
            self._seen = None
