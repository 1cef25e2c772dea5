"""Advisory file locks: one writer, and readers that keep their revision alive.

The kernel drops these locks when a process ends, however it ends, so a lock held by a dead
process cannot exist.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from kg.errors import StoreLocked
from kg.store.layout import translated


@contextlib.contextmanager
def exclusive(path: Path, *, timeout: float) -> Iterator[None]:
    """Hold ``path`` alone, waiting up to ``timeout`` seconds.

    Raises:
        StoreLocked: Another process holds it longer than that.
    """
    with translated(path.parent):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, path, timeout)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    pause = 0.002
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = path.read_text().strip() or "unknown"
                raise StoreLocked(
                    f"process {holder} is writing to {path.parent} and did not finish within "
                    f"{timeout:g} s: try again, or raise KG_LOCK_TIMEOUT"
                ) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.1)
        else:
            return


class Lease:
    """A shared lock that keeps a revision from being removed; dropped by :meth:`release`.

    Raises:
        FileNotFoundError: The revision is gone; look at ``CURRENT`` again.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = None
        self._descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if os.fstat(self._descriptor).st_nlink == 0:
                raise FileNotFoundError(path)
        except BlockingIOError:
            self.release()
            raise FileNotFoundError(path) from None
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let go; harmless when done already."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.release()


def remove_unless_held(directory: Path) -> bool:
    """Remove a revision's directory if no reader holds its lease; says whether it went."""
    path = directory / "lease"
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        shutil.rmtree(directory, ignore_errors=True)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        # Whoever opened the lease before this and locks it after sees that it has no name left.
        path.unlink(missing_ok=True)
        shutil.rmtree(directory, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)
