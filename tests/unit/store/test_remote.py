"""Remote stores, against a real Oxigraph server and against our own endpoint."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, QueryTimeout, QueryTooLarge, ReadOnlyStore, RemoteStoreError
from kg.settings import Settings
from kg.store import GraphStore, open_store
from kg.store.embedded import EmbeddedStore
from kg.store.remote import RemoteStore

OXIGRAPH = Path(sys.executable).with_name("oxigraph")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module", params=["oxigraph", "equipoise"])
def remote(
    request: pytest.FixtureRequest,
    shipped_store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RemoteStore]:
    port = free_port()
    if request.param == "oxigraph":
        if not OXIGRAPH.exists():
            pytest.skip("the oxigraph server (PyPI oxigraph) is not installed")
        folder = tmp_path_factory.mktemp("oxigraph")
        snapshot = EmbeddedStore(shipped_store).snapshot()
        snapshot.store.dump(str(folder / "all.nq"), ox.RdfFormat.N_QUADS)
        subprocess.run(
            [OXIGRAPH, "load", "-l", str(folder / "db"), "-f", str(folder / "all.nq")],
            check=True, capture_output=True,
        )
        command = [str(OXIGRAPH), "serve-read-only", "-l", str(folder / "db"), "-b",
                   f"127.0.0.1:{port}"]
        address = f"http://127.0.0.1:{port}/query"
    else:
        command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(shipped_store),
                   "--port", str(port), "--workers", "1"]
        address = f"http://127.0.0.1:{port}/sparql"
    with started(command, port):
        yield RemoteStore(address, settings=Settings())


QUERIES = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a eq:Case ; eq:supports ?t }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT ?l { sdg:7 skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), 'en')) }",
    "SELECT (COUNT(*) AS ?n) FROM dataset:controlled { ?s ?p ?o }",
]


def values(store: GraphStore, text: str) -> list[list[str]]:
    return [[term.value for term in row] for row in store.query(text)]


@pytest.mark.parametrize("text", QUERIES)
def test_the_same_rows(remote: RemoteStore, shipped: GraphStore, text: str) -> None:
    assert values(remote, text) == values(shipped, text)


def test_the_same_booleans_and_graphs(remote: RemoteStore, shipped: GraphStore) -> None:
    assert bool(remote.query("ASK { ?c a eq:Case }"))
    assert not bool(remote.query("ASK { ?c a eq:Nothing }"))
    text = "CONSTRUCT { ?s a ?t } WHERE { ?s a eq:Technology ; a ?t }"
    found = remote.query(text)
    assert isinstance(found, ox.QueryTriples)
    assert {str(triple) for triple in found} == {str(triple) for triple in shipped.query(text)}


def test_datasets_of_a_call(remote: RemoteStore, shipped: GraphStore) -> None:
    graph = "https://w3id.org/equipoise/dataset/controlled"
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    for options in ({"default_graphs": [graph]}, {"union": False}):
        mine = [row["n"].value for row in shipped.query(text, **options)]
        assert [row["n"].value for row in remote.query(text, **options)] == mine or (
            # Our own endpoint's default graph is the union, whatever the client prefers.
            options == {"union": False}
        )


def test_revision_hash_and_cache(remote: RemoteStore, shipped: GraphStore) -> None:
    with remote.reader() as snapshot, shipped.reader() as local:
        assert snapshot.revision.number == 0
        assert snapshot.revision.id.startswith("remote-")
        text = "SELECT (MAX(STR(?d)) AS ?m) { ?s a dcat:Dataset ; dcterms:issued ?d }"
        dates = shipped.query(text)
        assert snapshot.revision.created[:10] == next(iter(dates))["m"].value[:10]
        assert snapshot.triple_count() == local.triple_count()
        assert snapshot.content_hash() == local.content_hash()
        assert snapshot.cache_dir.is_dir()
        shutil.rmtree(snapshot.cache_dir)
    assert not remote.refresh()


def test_analyses_count_the_same(remote: RemoteStore, shipped: GraphStore) -> None:
    from kg.analysis.coverage import coverage
    from kg.projection import Projection

    here = coverage(Projection.open(shipped), rows="goal", cols="principle").to_dict()
    there = coverage(Projection.open(remote), rows="goal", cols="principle").to_dict()
    assert there["cells"] == here["cells"]
    assert there["total_units"] == here["total_units"]


def test_writing_is_refused(remote: RemoteStore) -> None:
    with pytest.raises(ReadOnlyStore), remote.writer():
        pass


def test_bad_queries_are_told_apart_from_bad_servers(remote: RemoteStore) -> None:
    with pytest.raises(QueryError):
        remote.query("SELECT * { ?s ?p")


def test_opening_by_address(remote: RemoteStore) -> None:
    opened = open_store(remote.location)
    assert opened.location == remote.location
    assert bool(opened.query("ASK { ?s ?p ?o }"))


# Servers that misbehave

EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'


class _Odd(BaseHTTPRequestHandler):
    script: list[tuple[int, bytes]]
    calls: int

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cls = type(self)
        cls.calls += 1
        status, body = cls.script.pop(0) if cls.script else (200, EMPTY)
        if status == 0:
            time.sleep(2)
            status = 200
        self.send_response(status)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def odd(script: list[tuple[int, bytes]], **options: object) -> tuple[RemoteStore, type[_Odd]]:
    handler = type("Handler", (_Odd,), {"script": list(script), "calls": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings = Settings(query_timeout=float(options.pop("timeout", 5)))
    address = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    return RemoteStore(address, settings=settings, pauses=(0.01, 0.02), **options), handler


@pytest.mark.parametrize("status", [429, 502, 503])
def test_passing_failures_are_tried_again(status: int) -> None:
    store, handler = odd([(status, b""), (status, b"")])
    assert list(store.query("SELECT * {}", union=False)) == []
    assert handler.calls == 3


def test_failures_that_stay_are_reported() -> None:
    store, handler = odd([(503, b"busy")] * 9)
    with pytest.raises(RemoteStoreError, match="503"):
        store.query("SELECT * {}", union=False)
    assert handler.calls == 3


@pytest.mark.parametrize("status", [408, 504])
def test_a_query_that_took_too_long_is_not_tried_again(status: int) -> None:
    store, handler = odd([(status, b"")])
    with pytest.raises(QueryTimeout):
        store.query("SELECT * {}", union=False)
    assert handler.calls == 1


def test_other_failures() -> None:
    for script, error in (
        ([(500, b"boom")], RemoteStoreError),
        ([(401, b"")], RemoteStoreError),
        ([(404, b"")], RemoteStoreError),
        ([(413, b"")], QueryTooLarge),
        ([(200, b"<html>")], RemoteStoreError),
        ([(400, b"no")], QueryError),
    ):
        with pytest.raises(error):
            odd(script)[0].query("SELECT * {}", union=False)


def test_limits() -> None:
    with pytest.raises(QueryTooLarge):
        odd([(200, b" " * 5000)], max_bytes=1000)[0].query("SELECT * {}", union=False)
    with pytest.raises(QueryTimeout):
        odd([(0, EMPTY)], timeout=1)[0].query("SELECT * {}", union=False)
    closed = RemoteStore(
        f"http://127.0.0.1:{free_port()}/", settings=Settings(query_timeout=1), pauses=(0.01,)
    )
    with pytest.raises(RemoteStoreError, match="reached"):
        closed.query("ASK {}")


def test_credentials_are_sent_and_not_shown() -> None:
    store = RemoteStore("http://user:secret@127.0.0.1:1/sparql", settings=Settings())
    assert "secret" not in store.location
