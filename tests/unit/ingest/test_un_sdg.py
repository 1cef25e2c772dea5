"""The UN's own SDG vocabulary, from a file and from an address."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import ask

from kg.errors import InputError
from kg.ingest.carrying import ImportOptions, import_files
from kg.ingest.un_sdg import un_sdg_files
from kg.ingest.validation import validate_data
from kg.store import GraphStore

Writes = Callable[..., Path]
# The structure of the UN's file, with sentences of our own.
KOS = """
@prefix sdg: <http://metadata.un.org/sdg/> .
@prefix sdgo: <http://metadata.un.org/sdg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
sdg:Goals a skos:OrderedCollection ; skos:memberList ( sdg:1 sdg:2 ) .
sdg:1 a sdgo:Goal , skos:Concept ; skos:prefLabel "An official sentence about goal one"@en ;
  skos:notation "01"^^sdgo:SDGCodeCompact ; sdgo:hasTarget sdg:1.1 .
sdg:1.1 a sdgo:Target , skos:Concept ; skos:prefLabel "An official sentence about 1.1"@en ;
  sdgo:isTargetOf sdg:1 ; skos:broader sdg:1 .
"""


@pytest.fixture
def address() -> Iterator[str]:
    """A web server that publishes the file."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/kos.ttl" else 404)
            self.end_headers()
            if self.path == "/kos.ttl":
                self.wfile.write(KOS.encode())

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_sentences_are_added_and_nothing_is_contradicted(store: GraphStore, write: Writes) -> None:
    with un_sdg_files([write("kos.ttl", KOS)]) as files:
        report = import_files(store, files.paths, files.options(ImportOptions()))
    assert report.graphs == ("https://w3id.org/equipoise/dataset/un-sdg",)
    assert ask(store, 'sdg:1 skos:altLabel "An official sentence about goal one"@en', "un-sdg")
    assert ask(store, "sdg:1.1 skos:broader sdg:1", "un-sdg")
    assert not ask(store, "sdg:1 skos:prefLabel ?l", "un-sdg")
    assert not ask(store, "sdg:1 skos:notation ?l", "un-sdg")
    assert list(validate_data(store, dataset="sdg")) == []


def test_a_target_is_found_by_its_official_sentence(store: GraphStore, write: Writes) -> None:
    with un_sdg_files([write("kos.ttl", KOS)]) as files:
        import_files(store, files.paths, files.options(ImportOptions()))
    table = "id,title,supports\nx,X,An official sentence about 1.1\n"
    import_files(store, [write("c.csv", table)])
    assert ask(store, "?c eq:supports sdg:1.1", "c")


def test_fetching(store: GraphStore, address: str) -> None:
    with un_sdg_files([], fetch=True, address=f"{address}/kos.ttl") as files:
        options = files.options(ImportOptions())
        import_files(store, files.paths, options)
    assert options.details.source == f"{address}/kos.ttl"
    assert ask(store, "sdg:1 skos:altLabel ?l", "un-sdg")
    with (
        pytest.raises(InputError, match="cannot be fetched"),
        un_sdg_files([], fetch=True, address=f"{address}/none"),
    ):
        pass


def test_what_is_refused(write: Writes) -> None:
    with pytest.raises(InputError, match="--fetch"), un_sdg_files([]):
        pass
    with pytest.raises(InputError, match="not both"), un_sdg_files([Path("a")], fetch=True):
        pass
    with (
        pytest.raises(InputError, match="right file"),
        un_sdg_files(
            [write("other.ttl", "<https://e.org/a> <https://e.org/b> <https://e.org/c> .")]
        ),
    ):
        pass
    with pytest.raises(InputError, match="RDF"), un_sdg_files([write("t.csv", "a,b\n1,2\n")]):
        pass
    with (
        pytest.raises(InputError, match="no web address"),
        un_sdg_files([], fetch=True, address="file:///etc/hostname"),
    ):
        pass
