"""What lies on disk, and how it changes without ever being torn.

::

    STORE/
      FORMAT            "equipoise-store 1"
      LOCK              held (flock) by the one writer
      CURRENT           name of the newest published revision, replaced by rename
      revisions/
        r000012/
          db/           an Oxigraph database, never written again
          cache/        what was computed from it (matrices, indexes); may be deleted
          revision.json number, time, message, graphs touched, receipts of late writes
          lease         readers hold it shared (flock); whoever gets it alone may delete the rest
      incoming/         a write in progress; rubbish after a crash

A write clones the newest ``db`` by hard links (Oxigraph's table files are never changed once
written), opens the clone, writes, closes, renames it to the next revision and moves ``CURRENT``.
Each step leaves either the old or the new state, so a writer may be killed between any two.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import DiskFull, ReadOnlyStore, StoreCorrupt, StoreError, StoreLayoutError
from kg.store.protocol import Revision

FORMAT: Final = "equipoise-store 1"
_RESTORE: Final = "restore a backup with: kg restore FILE"
_HINT: Final = f"start afresh with: kg init --store DIR, or {_RESTORE}"


class Layout:
    """Paths inside a store's directory, and the atomic steps on them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.format = root / "FORMAT"
        self.lock = root / "LOCK"
        self.current = root / "CURRENT"
        self.revisions = root / "revisions"
        self.incoming = root / "incoming"

    def exists(self) -> bool:
        """Whether a store was begun here (its format file is written first)."""
        return self.format.exists()

    def create(self) -> None:
        """Make the directories of an empty store; harmless when they are there."""
        with translated(self.root):
            self.revisions.mkdir(parents=True, exist_ok=True)
            if not self.format.exists():
                write_atomically(self.format, f"{FORMAT}\n")

    def check(self) -> None:
        """Refuse a store of another layout."""
        try:
            found = self.format.read_text().strip()
        except FileNotFoundError:
            found = ""
        except (OSError, UnicodeDecodeError) as error:
            raise StoreCorrupt(f"{self.format} cannot be read: {error}; {_HINT}") from error
        if found != FORMAT:
            raise StoreLayoutError(
                f"{self.root} holds the layout {found or 'unknown'!r}, this version reads "
                f"{FORMAT!r}; export it with the version that wrote it, then {_HINT}"
            )

    def current_name(self) -> str | None:
        """Name of the newest published revision; ``None`` before the first."""
        try:
            name = self.current.read_text().strip()
        except FileNotFoundError:
            return self._first_name()
        except (OSError, UnicodeDecodeError) as error:
            raise StoreCorrupt(f"{self.current} cannot be read: {error}; {_HINT}") from error
        if not (name.startswith("r") and name[1:].isdigit()):
            raise StoreCorrupt(
                f"{self.current} names no revision: {name[:40]!r}; {self.choice()}"
            )
        return name

    def _first_name(self) -> str | None:
        """The revision of a store without ``CURRENT``: none, or a first one that is whole.

        The writer of the first revision may have died right before it wrote ``CURRENT``. With
        others beside it, the file was lost: what goes on from nothing would replace them.
        """
        names = self.published()
        if names in ([], ["r000001"]):
            return names[0] if names else None
        raise StoreCorrupt(f"{self.current} is missing; {self.choice()}")

    def choice(self) -> str:
        """What to do when ``CURRENT`` does not say which revision is the newest."""
        names = ", ".join(self.published())
        return f"write the name of one of these into it: {names}; or {_RESTORE}" if names else _HINT

    def current_mark(self) -> tuple[int, int] | None:
        """What tells one state of ``CURRENT`` from the next without reading it."""
        try:
            found = self.current.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def revision_dir(self, name: str) -> Path:
        """Directory of a revision."""
        return self.revisions / name

    def record(self, name: str) -> dict[str, Any]:
        """What is written down about a revision."""
        path = self.revision_dir(name) / "revision.json"
        try:
            return dict(json.loads(path.read_text()))
        except FileNotFoundError:
            raise
        except (OSError, ValueError, TypeError) as error:
            raise StoreCorrupt(f"{path} cannot be read: {error}; {_HINT}") from error

    def read_revision(self, name: str) -> Revision:
        """A revision."""
        record = self.record(name)
        try:
            touched = record.get("touched")
            return Revision(
                number=int(record["number"]),
                id=str(record["id"]),
                created=str(record["created"]),
                message=str(record.get("message", "")),
                touched=None if touched is None else tuple(touched),
            )
        except (ValueError, KeyError, TypeError) as error:
            path = self.revision_dir(name) / "revision.json"
            raise StoreCorrupt(f"{path} cannot be read: {error!r}; {_HINT}") from error

    def published(self) -> list[str]:
        """Names of the revisions on disk, oldest first.

        The last may be newer than ``CURRENT``, left by a writer that died; the next one replaces
        it.
        """
        try:
            names = [entry.name for entry in os.scandir(self.revisions) if entry.is_dir()]
        except FileNotFoundError:
            return []
        found = (name for name in names if name[:1] == "r" and name[1:].isdigit())
        return sorted(found, key=revision_number)

    def clear_incoming(self) -> None:
        """Remove what a killed or abandoned write left behind.

        An abandoned database may still be closing and write its log while its directory goes, so
        what is left is looked at again.
        """
        for pause in (0.0, 0.005, 0.02, 0.1, 0.5):
            time.sleep(pause)
            shutil.rmtree(self.incoming, ignore_errors=True)
            if not self.incoming.exists():
                return

    def publish(self, name: str) -> None:
        """Make ``incoming/`` the revision ``name`` and the current one."""
        for directory in (self.incoming / "db", self.incoming):
            sync_directory(directory)
        target = self.revision_dir(name)
        if target.exists():  # a writer died after its rename, before CURRENT: nobody reads it
            shutil.rmtree(target)
        self.incoming.rename(target)
        sync_directory(self.revisions)
        write_atomically(self.current, f"{name}\n")


def revision_number(name: str | None) -> int:
    """Number in a revision's name; 0 for no revision.

    Example:
        >>> revision_number("r000012")
        12
    """
    return int(name[1:]) if name else 0


def clone_database(source: Path, target: Path) -> None:
    """A writable copy of an Oxigraph database that shares its table files.

    Cost: a few milliseconds whatever the size, since table files are hard-linked.
    """
    target.mkdir(parents=True)
    for entry in os.scandir(source):
        destination = target / entry.name
        if entry.name.endswith(".sst"):
            try:
                os.link(entry.path, destination)
            except OSError as error:
                if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
                    raise
                shutil.copyfile(entry.path, destination)
        elif entry.name != "LOCK" and not entry.name.startswith("LOG"):
            shutil.copyfile(entry.path, destination)


def write_atomically(path: Path, text: str) -> None:
    """Replace a small file: readers see the old text or the new, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and new names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def translated(place: Path) -> Iterator[None]:
    """Turn the operating system's refusals into errors that say what to do."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        raise translate(error, place) from error


def translate(error: Exception, place: Path) -> Exception:
    """The store error that a failure of the system or the engine means; the error itself if none.

    The engine reports damaged files as ``RuntimeError``, and a full disk sometimes, too.
    """
    if not isinstance(error, OSError | RuntimeError):
        return error
    text = str(error)
    number = getattr(error, "errno", None)
    full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if number in full or "No space left" in text or "File too large" in text:
        return DiskFull(f"no room left on the disk that holds {place}: free some and try again")
    if number in {errno.EROFS, errno.EACCES, errno.EPERM} or "Read-only file" in text:
        reason = getattr(error, "strerror", None) or text
        return ReadOnlyStore(
            f"{place} cannot be written ({reason}): check its permissions, or name another place "
            "with --store or KG_STORE"
        )
    if number == errno.ENOMEM or "Cannot allocate memory" in text:
        return MemoryError(f"no memory left to read or write {place}")
    named = getattr(error, "filename", None)
    if number == errno.ENOENT and named is not None and not str(named).startswith(str(place)):
        return error  # some other file, not the store's
    if "orrupt" in text or "checksum" in text or "No such file" in text or "IO error" in text:
        return StoreCorrupt(f"{place} cannot be read ({text}); {_HINT}")
    return error
