"""A query process: answers one job at a time on one revision, and may be killed at any moment.

Started by :mod:`kg.sparql.pool`. The engine cannot be cancelled, runs out of memory by aborting
and overflows its stack by crashing; here none of this hurts anybody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from kg.errors import (
    CallRefused,
    KGError,
    NotFound,
    QueryError,
    QueryFailed,
    QueryTooLarge,
    StoreError,
)
from kg.sparql.constructing import constructed
from kg.sparql.counting import RowCounter
from kg.sparql.failures import packed
from kg.sparql.formats import GRAPHS, RESULTS, Format, not_acceptable
from kg.sparql.framing import BODY, CHUNK, DATA, END, ERROR, HEAD, Channel, Closed, frame, record
from kg.sparql.memory import MEGABYTE, confine, taken
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from kg.store.protocol import QueryResults
    from kg.store.snapshot import EmbeddedSnapshot

_RETIRE_GROWTH: Final = 192 * MEGABYTE
_SPOOL: Final = 8 * MEGABYTE
_FORMATS: Final = {item.name: item for item in (*RESULTS, *GRAPHS)}


def main() -> None:
    """Serve jobs from the socket named on the command line until it closes."""
    job_socket, life, memory, niceness, offline = (int(text) for text in sys.argv[1:6])
    if offline:
        from kg.sparql.sandbox import go_offline

        go_offline()  # first of all: threads that run already would not be covered
    threading.Thread(target=_die_with_parent, args=(life,), daemon=True).start()
    with contextlib.suppress(OSError):
        os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = Channel(socket.socket(fileno=job_socket))
    worker = Worker(channel, memory=memory)
    with contextlib.suppress(Closed, KeyboardInterrupt):
        worker.serve()


def _die_with_parent(life: int) -> None:
    # The write end lives in the parent only: end of file means that it is gone, and that nobody
    # will ever read what a long query is computing here.
    with contextlib.suppress(OSError):
        os.read(life, 1)
    os._exit(0)


class Worker:
    """Answers jobs that come through a channel.

    Args:
        channel: To the service process.
        memory: Megabytes of address space that queries may take on top of what an opened store
            takes; 0 for no limit. Writes bring their own limit.
    """

    def __init__(self, channel: Channel, *, memory: int = 0) -> None:
        self._channel, self._memory = channel, memory
        self._snapshot: EmbeddedSnapshot | None = None
        self._held = ("", "")
        self._base = 0

    def serve(self) -> None:
        """Answer until the channel closes."""
        while True:
            kind, payload = self._channel.receive()
            job: dict[str, Any] = json.loads(payload)
            body = b""
            if job.get("body"):
                kind, body = self._channel.receive()
                assert kind == BODY
            self._answer(job, body)

    def _answer(self, job: Mapping[str, Any], body: bytes) -> None:
        began, exhausted = time.perf_counter(), False
        sender = Sender(self._channel, rows=int(job.get("rows", 0)), size=int(job.get("bytes", 0)))
        try:
            if job["op"] == "query":
                self._query(job, sender)
            elif job["op"] == "graph":
                self._graph(job, sender)
            else:
                self._write(job, body, sender)
        except KGError as error:
            sender.fail(error)
        except MemoryError:
            exhausted = True
            sender.fail(QueryTooLarge("the request needs more memory than it may take"))
        except RecursionError:
            sender.fail(QueryError("the request is too deeply nested"))
        except (OSError, RuntimeError, ValueError, SyntaxError) as error:
            called = isinstance(error, PermissionError) and job["op"] == "query"
            sender.fail(
                CallRefused("the query calls another machine, which is off on this service")
                if called and self._snapshot is not None  # the store's own files are open by then
                else _translated(error)
            )
        sender.end(time.perf_counter() - began, retire=exhausted or self._has_grown())

    def _query(self, job: Mapping[str, Any], sender: Sender) -> None:
        import pyoxigraph as ox

        from kg.store.snapshot import run_query

        snapshot = self._open(job["store"], job["revision"])

        def run(text: str) -> QueryResults:
            return run_query(
                snapshot.store,
                text,
                union=bool(job["union"]),
                default_graphs=job["default_graphs"],
                named_graphs=job["named_graphs"],
                base_iri=job["base"],
            )

        with _reaching(job) as text:
            results = constructed(text, run, job["base"]) or run(text)
            if isinstance(results, ox.QuerySolutions | ox.QueryBoolean):
                chosen = _chosen(job, "result", RESULTS)
                sender.begin(chosen)
                results.serialize(
                    sender.stream, format=ox.QueryResultsFormat.from_extension(chosen.extension)
                )
            else:
                chosen = _chosen(job, "graph", GRAPHS)
                sender.begin(chosen)
                form = ox.RdfFormat.from_extension(chosen.extension)
                ox.serialize(results, sender.stream, form, prefixes=dict(PREFIXES))

    def _write(self, job: Mapping[str, Any], body: bytes, sender: Sender) -> None:
        from kg.sparql.writing import run_write

        if not self._base:
            _, self._base = taken()
        sender.result(run_write(job, body))

    def _graph(self, job: Mapping[str, Any], sender: Sender) -> None:
        """Send a whole graph, or the whole dataset when none is named."""
        import pyoxigraph as ox

        store = self._open(job["store"], job["revision"]).store
        chosen = _FORMATS[job["graph_format"]]
        form = ox.RdfFormat.from_extension(chosen.extension)
        name: ox.NamedNode | ox.DefaultGraph | None = None
        if job["graph"] is not None:
            name = ox.NamedNode(job["graph"])
            if not store.contains_named_graph(name):
                raise NotFound(f"there is no graph <{job['graph']}>")
        elif not job["everything"]:
            name = ox.DefaultGraph()
        sender.begin(chosen)
        store.dump(sender.stream, form, from_graph=name, prefixes=dict(PREFIXES))

    def _open(self, root: str, revision: str) -> EmbeddedSnapshot:
        from kg.store.layout import Layout
        from kg.store.snapshot import EmbeddedSnapshot

        if self._snapshot is not None and self._held == (root, revision):
            return self._snapshot
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None
        try:
            snapshot = EmbeddedSnapshot(Layout(Path(root)), revision)
        except FileNotFoundError as error:
            raise StoreError(f"revision {revision} is gone") from error
        _ = snapshot.store
        self._snapshot, self._held = snapshot, (root, revision)
        _, self._base = taken()
        confine(self._memory)
        return snapshot

    def _has_grown(self) -> bool:
        # The peak costs nothing to know; what is taken now is looked at only where it matters.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        most = self._base + _RETIRE_GROWTH
        return self._base > 0 and peak > most and taken()[1] > most


class Sender:
    """A binary file that sends what is written to it as frames.

    Args:
        channel: Where to.
        rows: Rows a result may have; 0 for no limit.
        size: Bytes a result may have; 0 for no limit.

    With a limit, nothing is sent before the result is known to fit, so that a refusal can still
    be an answer; without one, data go out as they come.
    """

    def __init__(self, channel: Channel, *, rows: int = 0, size: int = 0) -> None:
        self._channel, self._rows, self._size = channel, rows, size
        self._buffer = bytearray()
        self._written = 0
        self._counter = RowCounter("")
        self._spool: IO[bytes] | None = None
        self._error: bytes = b""
        self._head = b""

    @property
    def stream(self) -> IO[bytes]:
        """Itself, as what serialisers write to: they only ever call write and flush."""
        return cast("IO[bytes]", self)

    def begin(self, chosen: Format) -> None:
        """Say what is coming."""
        self._counter = RowCounter(chosen.name)
        self._head = record(HEAD, {"format": chosen.name})
        if self._rows or self._size:
            self._spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115 - until end()

    def write(self, data: bytes) -> int:
        """Take serialised data; raises when a limit is passed."""
        self._buffer += data
        self._written += len(data)
        if len(self._buffer) >= CHUNK:
            self._flush()
        if self._size and self._written > self._size:
            raise QueryTooLarge(f"the result has more than the {self._size:,} bytes allowed here")
        return len(data)

    def flush(self) -> None:
        """Nothing to do: frames are cut by size."""

    def result(self, value: Mapping[str, Any]) -> None:
        """Send a small answer that is not a query result."""
        self._head = record(HEAD, value)

    def fail(self, error: KGError) -> None:
        """Remember an error; it goes out with the end."""
        self._error = record(ERROR, packed(error))
        self._buffer.clear()

    def end(self, seconds: float, *, retire: bool) -> None:
        """Send what is left, and the statistics; the process ends if it is to retire."""
        if not self._error and self._head:
            self._count(bytes(self._buffer))
            rows = self._counter.rows
            if self._rows and rows is not None and rows > self._rows:
                self.fail(self._too_many())
        data = b"" if self._error else self._rest()
        statistics = {
            "rows": self._counter.rows,
            "bytes": self._written,
            "seconds": round(seconds, 6),
            "retire": retire,
        }
        self._channel.send(self._error + data + record(END, statistics))

    def _rest(self) -> bytes:
        if self._spool is not None:
            self._spool.seek(0)
            while chunk := self._spool.read(CHUNK):
                self._channel.send(self._head + frame(DATA, chunk))
                self._head = b""
        last = frame(DATA, bytes(self._buffer)) if self._buffer else b""
        return self._head + last

    def _flush(self) -> None:
        chunk = bytes(self._buffer)
        self._buffer.clear()
        self._count(chunk)
        rows = self._counter.rows
        if self._rows and rows is not None and rows > self._rows:
            raise self._too_many()
        if self._spool is not None:
            self._spool.write(chunk)
        else:
            self._channel.send(self._head + frame(DATA, chunk))
            self._head = b""

    def _count(self, chunk: bytes) -> None:
        self._counter.feed(chunk)

    def _too_many(self) -> QueryTooLarge:
        return QueryTooLarge(f"the result has more than the {self._rows:,} rows allowed here")


def _chosen(job: Mapping[str, Any], kind: str, offered: Sequence[Format]) -> Format:
    name = job[kind]
    if name is None:
        raise not_acceptable(offered, job["asked"])
    return _FORMATS[name]


@contextlib.contextmanager
def _reaching(job: Mapping[str, Any]) -> Iterator[str]:
    """The query's text, its SERVICE addresses leading through a relay that checks them."""
    allowed = job.get("allow") or []
    if not allowed:
        yield job["text"]
        return
    from kg.sparql.relay import relayed

    with relayed(job["text"], allowed, timeout=float(job["service_timeout"])) as text:
        yield text


def _translated(error: Exception) -> KGError:
    text = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        from kg.store.snapshot import syntax_error

        return syntax_error(error)
    from kg.store.layout import translate

    found = translate(error, Path("the store"))
    if isinstance(found, KGError):
        return found
    return QueryFailed(f"the request cannot be evaluated: {text}")


if __name__ == "__main__":
    main()
