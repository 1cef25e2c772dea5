"""The same product on somebody else's SPARQL server: commands and pages, byte for byte.

Against a real Oxigraph server and against our own endpoint. What must differ is the name of the
revision, which a remote engine does not count.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from serving import JSON, Server, environment, free_port, running

from kg.store.embedded import EmbeddedStore

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
REVISION = re.compile(rb"remote-[0-9a-f]{16}|r000001")


@pytest.fixture(scope="module", params=["oxigraph", "equipoise"])
def remote(
    request: pytest.FixtureRequest, shipped_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a server that holds the shipped graph."""
    if request.param == "equipoise":
        with running(shipped_store) as server:
            yield f"{server.url}/sparql"
        return
    folder = tmp_path_factory.mktemp("engine")
    EmbeddedStore(shipped_store).snapshot().store.dump(
        str(folder / "all.nq"), ox.RdfFormat.N_QUADS
    )
    subprocess.run([OXIGRAPH, "load", "-l", folder / "db", "-f", folder / "all.nq"], check=True,
                   capture_output=True)
    port = free_port()
    process = subprocess.Popen(
        [OXIGRAPH, "serve-read-only", "-l", folder / "db", "-b", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    engine = Server(port, process.pid)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                if engine.get("/query?query=ASK%7B%7D").status == 200:
                    break
        yield f"{engine.url}/query"
    finally:
        process.terminate()
        process.wait(20)


def said(place: str | Path, *words: str) -> bytes:
    """What a command prints, the revision's name and date left out."""
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", *words, "--store", str(place)],
        check=False, capture_output=True, env=environment() | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return REVISION.sub(b"REVISION", done.stdout)


@pytest.mark.parametrize(
    "words",
    ["gaps --format json", "query cases-by-year --format csv", "crosswalk --format json"],
)
def test_commands(remote: str, shipped_store: Path, words: str) -> None:
    here, there = (said(place, *words.split()) for place in (shipped_store, remote))
    assert len(here) > 100
    assert there == here


def test_report(remote: str, shipped_store: Path, tmp_path: Path) -> None:
    """Every line, but for the revision's name and day."""
    texts = []
    for place in (shipped_store, remote):
        said(place, "report", "-o", str(tmp_path / "report.md"))
        text = REVISION.sub(b"REVISION", (tmp_path / "report.md").read_bytes()).decode()
        texts.append(re.sub(r"(REVISION\*\* of |^)\d{4}-\d\d-\d\d(;|$)", r"\1DAY\2", text,
                            flags=re.MULTILINE))
    assert texts[1] == texts[0]
    assert texts[0].count("DAY") == 2


def test_documents(remote: str, tmp_path: Path) -> None:
    """Their dates are the data's own: a remote engine does not say when it was written."""
    path = tmp_path / "report.pdf"
    said(remote, "report", "-o", str(path))
    assert path.read_bytes().startswith(b"%PDF")


def test_serving(remote: str, shipped_store: Path) -> None:
    """``kg serve`` on the address: analyses, queries, things and pages."""
    queries = [
        "SELECT ?t (COUNT(?c) AS ?n) { ?c eq:supports ?t } GROUP BY ?t ORDER BY DESC(?n) ?t",
        "SELECT ?p ?o { <http://metadata.un.org/sdg/7.3> ?p ?o } ORDER BY ?p STR(?o)",
    ]
    paths = [
        "/api/v1/gaps?limit=50", "/api/v1/coverage?rows=region&cols=goal",
        "/api/v1/questions/cases-by-year?format=csv", "/api/v1/datasets",
        *(f"/sparql?query={quote(text)}&format=csv" for text in queries),
    ]
    with running(shipped_store) as local, running(remote) as far:
        for path in paths:
            here, there = (server.get(path) for server in (local, far))
            assert (here.status, there.status) == (200, 200), there.text
            assert REVISION.sub(b"", there.body) == REVISION.sub(b"", here.body), path
        for path in ("/sdg/7.3", "/ontology", "/id/technology/drones"):
            here, there = (server.get(path, accept="application/n-triples")
                           for server in (local, far))
            assert set(there.body.splitlines()) == set(here.body.splitlines()), path
        graph = quote("https://w3id.org/equipoise/dataset/sdg", safe="")
        for path in ("/graphs?format=nquads", f"/graphs?graph={graph}&format=ntriples"):
            here, there = (server.get(path) for server in (local, far))
            assert len(there.body) == len(here.body), path
            assert len(set(there.body.splitlines())) == len(set(here.body.splitlines())), path
        assert far.get("/graphs?graph=urn%3Anone").status == 404
        for path in ("/", "/gaps", "/sdg/7", "/readyz", "/metrics"):
            assert far.get(path, accept="text/html").status == 200, path
        assert far.query("ASK { ?s ?p ?o }", accept=JSON).json()["boolean"] is True
        assert far.update("CLEAR ALL").status == 403


def test_the_address_may_come_from_the_environment(remote: str, shipped_store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", "query", "cases-by-year", "--format", "csv"],
        check=True, capture_output=True, env=environment(store=remote),
    )
    assert done.stdout == said(shipped_store, "query", "cases-by-year", "--format", "csv")


def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", "coverage", "--store",
         f"http://127.0.0.1:{free_port()}/sparql"],
        check=False, capture_output=True, text=True,
        env=os.environ | environment(query_timeout="2"),
    )
    assert done.returncode == 6
    assert "reached" in done.stderr
    assert "Traceback" not in done.stderr
