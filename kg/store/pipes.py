"""Feeding Oxigraph's bulk loader through pipes while the statements are still being made.

Two lanes take turns: while one sorts and writes what it was given, the other reads. That keeps
two cores busy, and memory bounded by the size of a turn whatever the size of the table.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from io import FileIO

    import pyoxigraph as ox

    from kg.store.protocol import GraphName

FEW: Final = 8_000_000
"""Characters up to which statements go in as one transaction, without the bulk loader."""
TURN: Final = 450_000
"""Statements in a turn; the loader holds about 1 kB each until they are written."""
_PIPE: Final = 1 << 20


@contextlib.contextmanager
def loading(store: ox.Store, graph: GraphName) -> Iterator[Callable[[str], None]]:
    """A function that takes whole lines of N-Triples and has them loaded meanwhile.

    Everything is in the store when the block ends; a block left by an exception leaves part of it.

    Raises:
        SyntaxError: A line is no N-Triples.
        OSError: The store cannot take more.
    """
    with contextlib.ExitStack() as closing:
        kept: list[str] = []
        size = 0
        write_on: Callable[[str], None] | None = None

        def write(lines: str) -> None:
            nonlocal size, write_on
            if write_on is not None:
                write_on(lines)
                return
            kept.append(lines)
            size += len(lines)
            if size > FEW:
                write_on = closing.enter_context(_lanes(store, graph))
                write_on("".join(kept))
                kept.clear()

        yield write
        if write_on is None and kept:
            _load_few(store, graph, "".join(kept))


def _load_few(store: ox.Store, graph: GraphName, lines: str) -> None:
    import pyoxigraph as ox

    store.load(
        lines.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True
    )


@contextlib.contextmanager
def _lanes(store: ox.Store, graph: GraphName) -> Iterator[Callable[[str], None]]:
    with tempfile.TemporaryDirectory(prefix="kg-") as directory:
        lanes = [_Lane(store, graph, Path(directory) / name) for name in ("left", "right")]
        written = turn = 0

        def write(lines: str) -> None:
            nonlocal written, turn
            lanes[turn].write(lines.encode())
            written += lines.count("\n")
            if written >= TURN:
                lanes[turn].end()
                turn, written = 1 - turn, 0

        try:
            yield write
        finally:
            for lane in lanes:
                lane.end()
            for lane in lanes:
                lane.wait()
        for lane in lanes:
            lane.check()


class _Lane:
    """One pipe with a bulk loader at its end."""

    def __init__(self, store: ox.Store, graph: GraphName, path: Path) -> None:
        self._store, self._graph, self._path = store, graph, path
        os.mkfifo(path)
        self._thread: threading.Thread | None = None
        self._stream: FileIO | None = None
        self._failure: BaseException | None = None

    def write(self, data: bytes) -> None:
        """Hand bytes over, starting a loader when none reads."""
        if self._stream is None:
            self.wait()
            self.check()
            self._thread = threading.Thread(target=self._load, name="bulk-load", daemon=True)
            self._thread.start()
            self._stream = self._path.open("wb", buffering=0)
            with contextlib.suppress(OSError, AttributeError):  # Linux only, and only faster
                fcntl.fcntl(self._stream, fcntl.F_SETPIPE_SZ, _PIPE)
        view = memoryview(data)
        try:
            while view:
                view = view[self._stream.write(view) :]
        except BrokenPipeError:
            self.wait()
            self.check()
            raise

    def end(self) -> None:
        """Nothing more comes for now; the loader goes on with what it has."""
        if self._stream is not None:
            with contextlib.suppress(BrokenPipeError):
                self._stream.close()
            self._stream = None

    def wait(self) -> None:
        """Wait until the loader is through."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def check(self) -> None:
        """Raise what the loader raised."""
        if self._failure is not None:
            raise self._failure

    def _load(self) -> None:
        import pyoxigraph as ox

        try:
            self._store.bulk_load(
                path=str(self._path),
                format=ox.RdfFormat.N_TRIPLES,
                to_graph=self._graph,
                lenient=True,
            )
        except BaseException as error:  # noqa: BLE001 - raised again by check()
            self._failure = error
            # Whoever still waits to open the other end must not wait for ever.
            with contextlib.suppress(OSError):
                os.close(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK))
