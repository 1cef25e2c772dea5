"""What is said of a write whose process ends before it can say anything itself.

The moment between publishing and answering is short. Here the writer has an old revision of many
files to remove in it, so that it can be stopped there with certainty.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import UPDATE, Answer, Server, running

from kg.store.embedded import EmbeddedStore

GRAPH = "/graphs?graph=http%3A%2F%2Fe%2Fg"
INSERT = "INSERT DATA { GRAPH <http://e/g> { <urn:s> <urn:p> 1 } }"
NUMBERS = " ".join(map(str, range(1200)))
RUNAWAY = (
    "INSERT { GRAPH <http://e/g> { ?s <urn:p> ?y } } "
    f"WHERE {{ VALUES ?x {{ {NUMBERS} }} VALUES ?y {{ {NUMBERS} }} VALUES ?z {{ {NUMBERS} }} "
    "BIND(IRI(CONCAT('urn:', STR(?x), '-', STR(?z))) AS ?s) }"
)
DEADLINE = 2.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    made = EmbeddedStore.create(tmp_path / "store")
    with made.writer() as write:
        write.update("INSERT DATA { <urn:s> <urn:p> 0 }")
    return made.root


@pytest.fixture
def server(store: Path) -> Iterator[Server]:
    with running(
        store, "--open-writes", "--update-timeout", str(DEADLINE), keep_revisions="1"
    ) as found:
        yield found


def much_to_remove(server: Server, store: Path) -> Path:
    """Leave a revision that the next write removes, slowly."""
    first = store / "revisions" / (store / "CURRENT").read_text().strip()
    assert server.update("INSERT DATA { <urn:s> <urn:p> 9 }").status == 204
    litter = first / "cache" / "litter"
    litter.mkdir(parents=True)
    for number in range(15_000):
        os.mknod(litter / str(number))
    return first


def stopped_after_publishing(
    server: Server, store: Path, old: Path, number: signal.Signals,
    request: tuple[str, str, str | None, dict[str, str]],
) -> Answer:
    """The answer to a request whose writer gets a signal when it has just published."""
    current = store / "CURRENT"
    before, answers = current.stat().st_ino, []
    asking = threading.Thread(target=lambda: answers.append(server.request(*request)))
    asking.start()
    while current.stat().st_ino == before:
        assert asking.is_alive(), answers
    os.kill(int((store / "LOCK").read_text()), number)
    assert not answers
    assert old.exists(), "the writer was through before it could be stopped"
    asking.join(60)
    return answers[0]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "deadline"])
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (("POST", "/sparql", INSERT, {"Content-Type": UPDATE}), 204),
        (("PUT", GRAPH, "<urn:s> <urn:p> 1 .", {"Content-Type": "text/turtle"}), 201),
        (("PATCH", GRAPH, "INSERT DATA { <urn:s> <urn:p> 1 }", {"Content-Type": UPDATE}), 201),
    ],
    ids=["update", "put", "patch"],
)
def test_published_and_not_heard_of(
    server: Server, store: Path, number: signal.Signals, status: int,
    request_: tuple[str, str, str | None, dict[str, str]],
) -> None:
    old = much_to_remove(server, store)
    began = time.monotonic()
    answer = stopped_after_publishing(server, store, old, number, request_)
    took = time.monotonic() - began
    assert answer.status == status, answer.text
    assert (took > DEADLINE - 0.5) == (number == signal.SIGSTOP)
    assert answer.headers["x-revision"] == (store / "CURRENT").read_text().strip()
    assert server.get("/readyz").json()["revision"] == answer.headers["x-revision"]
    assert server.ask("ASK { GRAPH <http://e/g> { <urn:s> <urn:p> 1 } }")
    after = server.update("INSERT DATA { <urn:after> <urn:a> 1 }")
    assert after.status == 204
    assert not old.exists()


def test_published_and_deleted(server: Server, store: Path) -> None:
    assert server.update(INSERT).status == 204
    old = much_to_remove(server, store)
    answer = stopped_after_publishing(
        server, store, old, signal.SIGKILL, ("DELETE", GRAPH, None, {})
    )
    assert answer.status == 204
    assert server.request("DELETE", GRAPH).status == 404


def test_killed_before_it_published(server: Server, store: Path) -> None:
    before = server.get("/readyz").json()["revision"]
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(server.update(RUNAWAY)))
    asking.start()
    while not (store / "incoming" / "db").exists():
        assert asking.is_alive(), answers
    os.kill(int((store / "LOCK").read_text()), signal.SIGKILL)
    asking.join(60)
    assert answers[0].status == 413
    assert "x-revision" not in answers[0].headers
    assert server.get("/readyz").json()["revision"] == before
    assert server.update(INSERT).status == 204


def test_a_receipt_outlives_its_revision(tmp_path: Path) -> None:
    store = EmbeddedStore.create(tmp_path / "store", keep=1)
    with store.writer(order="mine") as write:
        write.update(INSERT)
        write.existed = False
    revision = store.revision
    for number in range(6):
        with store.writer(order=f"other {number}" if number % 2 else "") as write:
            write.update(f"INSERT DATA {{ <urn:s> <urn:p> {number} }}")
    found = store.receipt("mine")
    assert found is not None
    assert (found.revision, found.created, found.existed) == (revision.id, revision.created, False)
    assert store.receipt("never given") is None
    for number in range(31):
        with store.writer(order=f"more {number}") as write:
            write.touch("http://e/g")
    record = json.loads((tmp_path / "store" / "revisions" / store.revision.id / "revision.json")
                        .read_text())
    assert len(record["receipts"]) == 32, "they are not kept for ever"
    assert store.receipt("mine") is None
