"""Entity tags, Vary and compression agree, on every kind of address."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import Server, running

WHOLE = quote("SELECT ?s ?p ?o { ?s ?p ?o FILTER(true) } LIMIT 300")
LOOKUP = quote("SELECT ?p ?o { <http://metadata.un.org/sdg/7> ?p ?o }")
ADDRESSES = {
    "query": f"/sparql?query={WHOLE}",
    "look-up": f"/sparql?query={LOOKUP}",
    "graph": "/graphs?graph=" + quote("https://w3id.org/equipoise/dataset/controlled", safe=""),
    "thing": "/sdg/7?format=turtle",
    "ontology": "/ontology?format=turtle",
    "void": "/.well-known/void?format=turtle",
    "coverage": "/api/v1/coverage",
    "coverage as CSV": "/api/v1/coverage?format=csv",
    "gaps": "/api/v1/gaps?limit=20",
    "question": "/api/v1/questions/cases-by-year",
    "report": "/api/v1/report?format=md",
    "export": "/api/v1/export?format=graphml&graph=concepts",
    "picture": "/api/v1/export?format=png&graph=concepts",
    "style": "/static/equipoise.css",
}


@pytest.fixture(scope="module")
def server(shipped_store: Path) -> Iterator[Server]:
    with running(shipped_store) as found:
        yield found


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_tags_with_and_without_compression(server: Server, name: str) -> None:
    path = ADDRESSES[name]
    plain, squeezed = server.get(path), server.get(path, accept_encoding="gzip")
    assert (plain.status, squeezed.status) == (200, 200), plain.text
    assert "content-encoding" not in plain.headers
    if "content-encoding" in squeezed.headers:
        assert gzip.decompress(squeezed.body) == plain.body
        for answer in (plain, squeezed):
            assert "accept-encoding" in answer.headers["vary"].lower()
            # One tag for two encodings is a weak one (RFC 9110 section 8.8.3).
            assert answer.headers["etag"].startswith('W/"')
    tag = plain.headers["etag"]
    assert squeezed.headers["etag"] == tag
    strong = tag.removeprefix("W/")
    for known in (tag, strong, f'"other", {tag}', "*"):
        for encoding in ("identity", "gzip"):
            again = server.get(path, if_none_match=known, accept_encoding=encoding)
            assert (again.status, again.body) == (304, b""), known
            assert "content-encoding" not in again.headers
        if known == tag:
            assert again.headers["etag"] == tag
            assert again.headers.get("vary") == plain.headers.get("vary")
    assert server.get(path, if_none_match='"other"').status == 200


@pytest.mark.parametrize("name", ["query", "look-up", "coverage", "thing"])
@pytest.mark.parametrize(
    ("accepted", "squeezed"),
    [("gzip", True), ("gzip;q=0.5", True), ("br, gzip", True), ("*", False), ("gzip;q=0", False),
     ("identity", False), ("identity, gzip;q=0.0", False), ("x-gzip-not", False)],
)
def test_who_gets_compression(server: Server, name: str, accepted: str, squeezed: bool) -> None:
    answer = server.get(ADDRESSES[name], accept_encoding=accepted)
    assert answer.status == 200
    assert ("content-encoding" in answer.headers) is squeezed


def test_the_service_description_has_a_validator(server: Server) -> None:
    first = server.get("/sparql", accept="text/turtle")
    again = server.get("/sparql", accept="text/turtle", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert "accept" in first.headers["vary"].lower()


@pytest.mark.parametrize("text", ["ASK {}", "SELECT ?p { <http://metadata.un.org/sdg/7> ?p ?o }"])
@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_answers_to_post_have_none(server: Server, text: str, kind: str) -> None:
    """The address of a POST does not say what was asked: a tag would be another query's, too."""
    body = text if kind.endswith("query") else f"query={quote(text)}"
    tag = server.query(text).headers["etag"]
    answer = server.post("/sparql", body, kind, if_none_match=tag)
    assert answer.status == 200
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
