"""Query processes: as many as allowed, each killable, with a queue before them.

A query that runs longer than a second makes room for a younger one by moving to a second set of
places, so that a few runaways do not hold up everybody else. The deadline counts from the moment
the request came in, waiting included.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kg.errors import QueryTimeout, QueueFull
from kg.sparql.failures import death, unpacked
from kg.sparql.framing import (
    BODY,
    CHUNK,
    DATA,
    END,
    ERROR,
    HEAD,
    JOB,
    Closed,
    Overdue,
    record,
)
from kg.sparql.framing import frame as framed
from kg.sparql.process import Process

_PATIENCE: Final = 1.0
_DEATH: Final = 30.0
"""Seconds that the end of a killed process may take; it takes long where a disk hangs."""


@dataclass(slots=True)
class Statistics:
    """What a job took, as its process saw it."""

    rows: int | None = None
    bytes: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Place:
    """A running job's claim on the pool."""

    began: float
    end: float
    old: bool = False
    process: Process | None = None


@dataclass(slots=True)
class Reply:
    """What a job answered: a head, then data as they come.

    Args:
        head: What the process said was coming.
        first: The first data (all of them when ``complete``).
        complete: Whether nothing more comes.
        statistics: Filled when the data have ended.
    """

    head: Mapping[str, Any]
    first: bytes
    complete: bool
    statistics: Statistics = field(default_factory=Statistics)
    _rest: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def __iter__(self) -> Iterator[bytes]:
        """All data; raises mid-way when the process is stopped."""
        if self.first:
            yield self.first
        yield from self._rest

    def close(self) -> None:
        """Stop early: the process is ended if it is still sending."""
        close = getattr(self._rest, "close", None)
        if close is not None:
            close()


class Pool:
    """Query processes of one service process.

    Args:
        processes: Jobs that run at once, besides as many that have run for over a second.
        queue: Jobs that may wait.
        memory: Megabytes each process may take on top of the store.
        niceness: How far processes step back for the CPU.
        offline: Whether they may open no internet connection.
    """

    def __init__(
        self,
        *,
        processes: int = 2,
        queue: int = 64,
        memory: int = 0,
        niceness: int = 5,
        offline: bool = True,
    ) -> None:
        self._processes, self._queue = max(1, processes), max(0, queue)
        self._memory, self._niceness, self._offline = memory, niceness, offline
        self._changed = threading.Condition()
        self._idle: list[Process] = []
        self._running: list[_Place] = []
        self._waiting = 0
        self._closed = False

    def warm(self) -> None:
        """Start one process ahead of the first job."""
        process = self._new()
        with self._changed:
            self._idle.append(process)

    def _new(self) -> Process:
        return Process(memory=self._memory, niceness=self._niceness, offline=self._offline)

    @property
    def load(self) -> tuple[int, int]:
        """Jobs running and waiting."""
        with self._changed:
            return len(self._running), self._waiting

    def run(
        self,
        job: Mapping[str, Any],
        *,
        timeout: float,
        body: bytes = b"",
        settled: bool = False,
    ) -> Reply:
        """Run a job.

        Args:
            job: What to do (see :class:`kg.sparql.worker.Worker`).
            timeout: Seconds from now, waiting included; time that a slow reader of the answer
                takes is not counted, up to ten times as much.
            body: Bytes that go with it.
            settled: On failure, wait until the process is gone, unless it has answered.

        Raises:
            QueueFull: Too many jobs wait, or this one waited until its deadline.
            QueryTimeout: It ran past the deadline and was stopped.
            QueryTooLarge: It asked for too much memory, or its result passed a limit.
            QueryRefused: It crashed the engine.
            KGError: Whatever the process answered.
        """
        began = time.monotonic()
        place = self._enter(began + timeout, began + 11 * timeout)
        try:
            return self._start(place, job, body, began, timeout)
        except BaseException as error:
            self._leave(place, keep=False)
            process = place.process
            if settled and process is not None and not process.gone(_DEATH):
                raise QueryTimeout(
                    f"{error}; its process has not ended yet, so what it did cannot be said: look"
                ) from error
            raise

    def close(self) -> None:
        """End all processes."""
        with self._changed:
            self._closed = True
            processes = [*self._idle, *(p.process for p in self._running if p.process)]
            self._idle.clear()
        for process in processes:
            process.kill()

    def _enter(self, deadline: float, end: float) -> _Place:
        with self._changed:
            if not self._has_room() and self._waiting >= self._queue:
                raise QueueFull(f"{self._waiting} queries are waiting already; try again soon")
            self._waiting += 1
            try:
                while not self._has_room():
                    now = time.monotonic()
                    if now >= deadline:
                        raise QueueFull(
                            "no query process became free in time; try again later", retry_after=5
                        )
                    self._changed.wait(min(deadline - now, self._until_promotion(now)))
            finally:
                self._waiting -= 1
            place = _Place(time.monotonic(), end)
            self._running.append(place)
            return place

    def _has_room(self) -> bool:
        young = [place for place in self._running if not place.old]
        if len(young) < self._processes:
            return True
        if len(self._running) - len(young) >= self._processes:
            self._stop_stalled()
            return False
        oldest = min(young, key=lambda place: place.began)
        now = time.monotonic()
        if now - oldest.began < _PATIENCE:
            return False
        oldest.old = True
        if oldest.process is not None:
            oldest.process.yield_cpu()
        return True

    def _stop_stalled(self) -> None:
        # Somebody who asked for a large answer and does not read it holds a place no longer.
        now = time.monotonic()
        for place in self._running:
            if now > place.end and place.process is not None:
                place.process.kill()

    def _until_promotion(self, now: float) -> float:
        oldest = min((p.began for p in self._running if not p.old), default=now)
        return max(0.005, oldest + _PATIENCE - now)

    def _start(
        self, place: _Place, job: Mapping[str, Any], body: bytes, began: float, timeout: float
    ) -> Reply:
        data = record(JOB, {**job, "body": bool(body), "timeout": timeout})
        if body:
            data += framed(BODY, body)
        fresh = False
        while True:
            with self._changed:
                process = self._idle.pop() if self._idle else None
            if process is None:
                fresh = True
                process = self._new()
            place.process = process
            try:
                process.channel.send(data)
            except Closed:  # an idle process that died meanwhile is nobody's fault
                process.kill()
                if fresh:
                    raise
                continue
            return self._reply(place, process, began + timeout, timeout)

    def _reply(
        self, place: _Place, process: Process, deadline: float, timeout: float
    ) -> Reply:
        kind, payload = self._receive(process, deadline, timeout)
        if kind == ERROR:
            error = unpacked(payload)
            self._finish(place, process, deadline, timeout)
            raise error
        assert kind == HEAD
        head = json.loads(payload)
        statistics = Statistics()
        kind, payload = self._receive(process, deadline, timeout)
        if kind == DATA:
            first = payload
            rest = self._rest(place, process, deadline, timeout, statistics)
            next(rest)
            if len(first) < CHUNK:  # a short first frame is the only one: see the end with it
                extra = b"".join(rest)
                return Reply(head, first + extra, complete=True, statistics=statistics)
            return Reply(head, first, complete=False, statistics=statistics, _rest=rest)
        if kind == ERROR:
            error = unpacked(payload)
            self._finish(place, process, deadline, timeout)
            raise error
        self._ended(place, process, payload, statistics)
        return Reply(head, b"", complete=True, statistics=statistics)

    def _rest(
        self,
        place: _Place,
        process: Process,
        deadline: float,
        timeout: float,
        statistics: Statistics,
    ) -> Iterator[bytes]:
        finished = False
        try:
            yield b""  # begun at once: only then does closing or dropping it give the place back
            while True:
                asked = time.monotonic()
                kind, payload = self._receive(process, min(deadline, place.end), timeout)
                if kind == DATA:
                    before = time.monotonic()
                    yield payload
                    deadline += time.monotonic() - before  # the reader's time, not the engine's
                elif kind == END:
                    finished = True
                    self._ended(place, process, payload, statistics)
                    return
                else:
                    error = unpacked(payload)
                    finished = True
                    self._finish(place, process, asked + timeout, timeout)
                    raise error
        finally:
            if not finished:
                process.kill()
                self._leave(place, keep=False)

    def _receive(self, process: Process, deadline: float, timeout: float) -> tuple[bytes, bytes]:
        try:
            return process.channel.receive(deadline)
        except Overdue:
            process.kill()
            raise QueryTimeout(f"stopped after {timeout:g} s") from None
        except Closed:
            raise death(process.ended()) from None

    def _finish(
        self, place: _Place, process: Process, deadline: float, timeout: float
    ) -> None:
        while True:
            kind, payload = self._receive(process, deadline, timeout)
            if kind == END:
                self._ended(place, process, payload, Statistics())
                return

    def _ended(
        self, place: _Place, process: Process, payload: bytes, statistics: Statistics
    ) -> None:
        found = json.loads(payload)
        statistics.rows, statistics.bytes = found["rows"], found["bytes"]
        statistics.seconds = found["seconds"]
        if found["retire"]:
            process.kill()
        self._leave(place, keep=not found["retire"])

    def _leave(self, place: _Place, *, keep: bool) -> None:
        surplus: Process | None = None
        with self._changed:
            if place not in self._running:
                return
            self._running.remove(place)
            process = place.process
            if process is not None and keep:
                # A process that stepped back for the CPU cannot step forward again.
                if self._closed or place.old or len(self._idle) >= self._processes:
                    surplus = process
                else:
                    self._idle.append(process)
            elif process is not None:
                surplus = process
            self._changed.notify_all()
        if surplus is not None:
            surplus.kill()
