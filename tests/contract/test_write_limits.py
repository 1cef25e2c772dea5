"""Limits on writing: what passes one is answered, changes nothing, and is in nobody's way."""

from __future__ import annotations

import http.client
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import FORM, QUERY, UPDATE, Answer, Server, running

GRAPH = "/graphs?graph=http%3A%2F%2Fe%2Fg"
NUMBERS = "VALUES ?x { " + " ".join(map(str, range(1200))) + " }"
RUNAWAY = (f"INSERT {{ GRAPH <http://e/g> {{ ?a ?p ?x . ?x2 ?p ?b }} }} "
           f"WHERE {{ GRAPH ?h {{ ?a ?p ?b }} {NUMBERS} "
           "BIND(IRI(CONCAT('urn:', STR(?x))) AS ?x2) }")
ALONE = (f"INSERT {{ ?s <urn:p> ?y }} WHERE {{ {NUMBERS} {NUMBERS.replace('?x', '?y')} "
         f"{NUMBERS.replace('?x', '?z')} BIND(IRI(CONCAT('urn:', STR(?x), '-', STR(?z))) AS ?s) }}")
# Short to send, long to hold: as many statements as numbers.
WIDE = "<urn:s> <urn:p> " + ",".join(map(str, range(800_000))) + " ."


@pytest.fixture(scope="module")
def server(shipped_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("writes") / "store"
    shutil.copytree(shipped_store, root)
    with running(
        root, "--open-writes", "--update-memory", "400", "--update-timeout", "20",
        request_bytes="12000000", query_text="100000",
    ) as found:
        yield found


@pytest.fixture
def unchanged(server: Server) -> Iterator[Server]:
    """A server that must be in the same state afterwards, and take a write."""
    before = server.get("/readyz").json()["revision"]
    yield server
    assert server.get("/readyz").json()["revision"] == before
    assert server.get(GRAPH).status == 404
    assert server.update("INSERT DATA { <urn:after> <urn:a> 1 }").status == 204
    assert server.update("DELETE DATA { <urn:after> <urn:a> 1 }").status == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        pytest.param("POST", "/sparql", RUNAWAY, UPDATE, id="update"),
        pytest.param("PUT", GRAPH, WIDE, "text/turtle", id="put"),
        pytest.param("POST", GRAPH, WIDE, "text/turtle", id="post"),
        pytest.param("PATCH", GRAPH, ALONE, UPDATE, id="patch"),
    ],
)
def test_memory(unchanged: Server, method: str, path: str, body: str, kind: str) -> None:
    answer = unchanged.request(method, path, body, {"Content-Type": kind})
    assert answer.status == 413, answer.text
    assert answer.json()["type"].endswith("/query-too-large")
    assert "memory" in answer.json()["detail"]


def test_time(shipped_store: Path, tmp_path: Path) -> None:
    shutil.copytree(shipped_store, tmp_path / "store")
    with running(tmp_path / "store", "--open-writes", "--update-timeout", "1.5") as hasty:
        for _ in range(2):
            began = time.monotonic()
            answer = hasty.update(RUNAWAY)
            assert answer.status == 504
            assert answer.json()["type"].endswith("/query-timeout")
            assert time.monotonic() - began < 4
            assert hasty.get("/readyz").json()["revision"] == "r000001"
        assert hasty.update("INSERT DATA { <urn:after> <urn:a> 1 }").status == 204


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [("PUT", GRAPH, "text/turtle"), ("POST", GRAPH, "text/turtle"), ("POST", "/sparql", UPDATE),
     ("POST", "/sparql", FORM), ("PATCH", GRAPH, UPDATE)],
)
def test_size(unchanged: Server, method: str, path: str, kind: str) -> None:
    answer = unchanged.request(method, path, b"#" * 12_000_001, {"Content-Type": kind})
    assert (answer.status, answer.type) == (413, "application/problem+json")


LINES = "".join(f"<urn:s> <urn:p> {number} .\n" for number in range(2_000)).encode()


@pytest.mark.parametrize("kind", ["text/turtle", UPDATE, "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_that_breaks_off_changes_nothing(
    unchanged: Server, kind: str, chunked: bool
) -> None:
    """Half an upload parses as well as all of it."""
    start = b""
    body = LINES
    path, method = GRAPH, "PUT"
    if kind == UPDATE:
        path, method = "/sparql", "POST"
        body = b"INSERT DATA { GRAPH <http://e/g> { <urn:s> <urn:p> 1 } } ; " + LINES
    elif kind.startswith("multipart"):
        start = (b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\n'
                 b"Content-Type: text/turtle\r\n\r\n")
    half = start + body[: body.index(b"\n", 10_000) + 1]
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n".encode()
    if chunked:
        sent = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(half), half)
    else:
        length = len(start) + len(body)
        sent = head + b"Content-Length: %d\r\n\r\n%b" % (length, half)
    with socket.create_connection(("127.0.0.1", unchanged.port)) as raw:
        raw.sendall(sent)
        time.sleep(0.2)
    time.sleep(0.5)


def pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + 10_000] for at in range(0, len(data), 10_000))


@pytest.mark.parametrize(
    ("method", "path", "kind", "data"),
    [("PUT", GRAPH, "text/turtle", LINES), ("POST", GRAPH, "application/n-triples", LINES),
     ("POST", "/graphs", "text/turtle", LINES), ("PATCH", GRAPH, UPDATE, b"CLEAR DEFAULT"),
     ("POST", "/sparql", UPDATE, b"CLEAR GRAPH <http://e/g>"),
     ("POST", "/sparql", FORM, b"update=CLEAR+ALL")],
)
def test_a_write_says_how_long_it_is(
    unchanged: Server, method: str, path: str, kind: str, data: bytes
) -> None:
    """What breaks off without a length cannot be told from what is whole."""
    connection = http.client.HTTPConnection("127.0.0.1", unchanged.port, timeout=60)
    connection.request(method, path, pieces(data), {"Content-Type": kind}, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 411
    assert b"Content-Length" in answer.read()
    connection.close()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    ("line", "kind"),
    [("POST /sparql", UPDATE), (f"PUT {GRAPH}", "text/turtle"), (f"PATCH {GRAPH}", UPDATE)],
)
def test_a_write_without_any_length(
    unchanged: Server, version: str, line: str, kind: str
) -> None:
    with socket.create_connection(("127.0.0.1", unchanged.port), timeout=60) as raw:
        raw.sendall(f"{line} HTTP/{version}\r\nHost: x\r\nContent-Type: {kind}\r\n\r\n".encode())
        assert b" 411 " in raw.recv(200)


def test_a_query_may_come_in_pieces_and_must_not_be_too_long(server: Server) -> None:
    for text, status in ((b"ASK {} #" + b"x" * 50_000, 200), (b"ASK {} #" + b"x" * 150_000, 413)):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", "/sparql", pieces(text), {"Content-Type": QUERY},
                           encode_chunked=True)
        assert connection.getresponse().status == status
        connection.close()


@pytest.mark.parametrize("kind", [QUERY, FORM])
def test_length_of_a_query(server: Server, kind: str) -> None:
    text = "ASK { VALUES ?x { " + "1 " * 60_000 + "} }"
    body = text if kind == QUERY else "query=" + text.replace(" ", "+")
    answer = server.post("/sparql", body, kind)
    assert (answer.status, answer.type) == (413, "application/problem+json")
    assert "100,000" in answer.json()["detail"] or "larger" in answer.json()["detail"]


def test_who_may_not_write_sends_no_large_form(shipped_store: Path) -> None:
    with running(shipped_store, query_text="10000") as reading:
        answer = reading.post("/sparql", "update=" + "x" * 200_000, FORM)
        assert answer.status == 413
        assert reading.post("/sparql", "x" * 200_000, UPDATE).status == 403


def test_large_bodies_are_few_at_a_time(server: Server) -> None:
    """What they take together is bounded; the rest is told to come again."""
    body = "<urn:s> <urn:p> " + ",".join(map(str, range(60_000))) + " ." + " " * 11_000_000
    found: list[Answer] = []

    def send(number: int) -> None:
        path = f"/graphs?graph=http%3A%2F%2Fe%2Fmany{number}"
        found.append(server.request("PUT", path, body, {"Content-Type": "text/turtle"}))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = {answer.status for answer in found}
    assert 201 in statuses
    assert statuses <= {201, 503}
    assert all("retry-after" in answer.headers for answer in found if answer.status == 503)
    made = sum(answer.status == 201 for answer in found)
    there = sum(
        server.request("HEAD", f"/graphs?graph=http%3A%2F%2Fe%2Fmany{n}").status == 200
        for n in range(10)
    )
    assert there == made
