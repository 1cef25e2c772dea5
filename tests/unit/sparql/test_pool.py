"""Query processes: deadlines, limits, deaths, the queue and two sets of places."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import (
    KGError,
    NotAcceptable,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueueFull,
)
from kg.sparql.failures import death, packed, unpacked
from kg.sparql.pool import Pool
from kg.store.embedded import EmbeddedStore

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(processes=1, queue=1, memory=500)
    made.warm()
    yield made
    made.close()


@pytest.fixture(scope="module")
def job(shipped_store: Path) -> dict[str, Any]:
    revision = EmbeddedStore(shipped_store).revision.id
    return {
        "op": "query", "store": str(shipped_store), "revision": revision, "base": None,
        "union": True, "default_graphs": [], "named_graphs": None, "result": "csv",
        "graph": "ntriples", "asked": "", "text": "SELECT ?s { ?s a sdgo:Goal }",
    }


def test_an_answer(pool: Pool, job: dict[str, Any]) -> None:
    reply = pool.run(job, timeout=10)
    assert reply.complete
    assert reply.head == {"format": "csv"}
    assert reply.first.count(b"\r\n") == 18
    assert reply.statistics.rows == 17
    assert pool.load == (0, 0)


def test_a_long_answer_comes_in_pieces(pool: Pool, job: dict[str, Any]) -> None:
    reply = pool.run({**job, "text": "SELECT * { ?s ?p ?o }"}, timeout=30)
    assert not reply.complete
    sizes = [len(chunk) for chunk in reply]
    assert len(sizes) > 10
    assert max(sizes) < 300_000
    assert reply.statistics.bytes == sum(sizes)
    assert pool.load == (0, 0)


def test_a_long_answer_may_be_left(pool: Pool, job: dict[str, Any]) -> None:
    reply = pool.run({**job, "text": "SELECT * { ?s ?p ?o }"}, timeout=30)
    rest = iter(reply)
    next(rest)
    next(rest)
    rest.close()
    assert pool.load == (0, 0)
    assert pool.run(job, timeout=10).complete


def test_a_long_answer_that_nobody_begins_to_read(pool: Pool, job: dict[str, Any]) -> None:
    for _ in range(8):  # more than there are processes
        reply = pool.run({**job, "text": "SELECT * { ?s ?p ?o }"}, timeout=30)
        assert not reply.complete
        reply.close()
        assert pool.load == (0, 0)
    del reply
    assert pool.run(job, timeout=10).complete


def test_errors_come_back_as_they_were_raised(pool: Pool, job: dict[str, Any]) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run({**job, "text": "SELECT *\n{ ?s"}, timeout=10)
    assert caught.value.line == 2
    with pytest.raises(NotAcceptable) as refused:
        pool.run({**job, "result": None, "asked": "image/png"}, timeout=10)
    assert "text/csv" in refused.value.available


@pytest.mark.parametrize("kind", ["timeout", "memory", "crash", "rows", "bytes"])
def test_limits(pool: Pool, job: dict[str, Any], kind: str) -> None:
    began = time.monotonic()
    match kind:
        case "timeout":
            text = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(?f, "(a+)+b")) }'
            with pytest.raises((QueryTimeout, QueryTooLarge)):
                pool.run({**job, "text": text}, timeout=1)
            assert time.monotonic() - began < 2.5
        case "memory":
            with pytest.raises((QueryTooLarge, QueryTimeout)):
                pool.run({**job, "text": SLOW}, timeout=20)
        case "crash":
            text = "ASK " + "{" * 9_000 + "}" * 9_000
            with pytest.raises(QueryRefused):
                pool.run({**job, "text": text}, timeout=20)
        case _:
            with pytest.raises(QueryTooLarge, match=kind):
                pool.run({**job, "text": "SELECT * { ?s ?p ?o }", kind: 500}, timeout=20)
    assert pool.run(job, timeout=10).complete


def test_a_process_killed_from_outside_is_replaced(pool: Pool, job: dict[str, Any]) -> None:
    pool.run(job, timeout=10)
    for process in list(pool._idle):
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert pool.run(job, timeout=10).complete


def test_long_queries_leave_room_for_short_ones(shipped_store: Path, job: dict[str, Any]) -> None:
    slow = {**job, "text": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
                           "FILTER(STRLEN(CONCAT(STR(?c), STR(?f))) = 7) }"}
    pool = Pool(processes=1, queue=2, memory=0)
    outcomes: list[type[Exception] | None] = []

    def run() -> None:
        try:
            pool.run(slow, timeout=6)
            outcomes.append(None)
        except KGError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(1)]
    try:
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        began = time.monotonic()
        assert pool.run(job, timeout=6).complete  # waits a second, then the long one steps aside
        assert time.monotonic() - began < 4
        began = time.monotonic()
        assert pool.run(job, timeout=6).complete
        assert time.monotonic() - began < 1
        more = [threading.Thread(target=run) for _ in range(3)]
        for thread in more:
            thread.start()
        time.sleep(0.3)
        with pytest.raises(QueueFull):
            pool.run(job, timeout=0.5)
        for thread in [*threads, *more]:
            thread.join()
        assert set(outcomes) <= {QueryTimeout, QueueFull}
        assert pool.load == (0, 0)
    finally:
        pool.close()


def test_errors_keep_their_details_on_the_way() -> None:
    import json

    error = unpacked(json.dumps(packed(NotAcceptable("no", available=["a", "b"]))).encode())
    assert isinstance(error, NotAcceptable)
    assert list(error.available) == ["a", "b"]
    assert isinstance(death(-signal.SIGABRT), QueryTooLarge)
    assert isinstance(death(-signal.SIGSEGV), QueryRefused)
    assert death(1).status == 400
