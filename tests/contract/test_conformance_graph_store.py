"""SPARQL 1.1 Graph Store HTTP Protocol, over HTTP.

Written from the recommendation (https://www.w3.org/TR/sparql11-http-rdf-update/).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from serving import UPDATE, Answer, Server, running

from kg.store.embedded import EmbeddedStore

TURTLE = "text/turtle"
GRAPH = "http://example.org/people?x=1&y=ü"
ONE = '<http://e/a> <http://e/p> "one" .'
TWO = '<http://e/a> <http://e/p> "two" .'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("graphs") / "store"
    with EmbeddedStore.create(root).writer("empty"):
        pass
    with running(root, "--open-writes", "--default-graph", "strict") as found:
        yield found


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    assert server.update("DROP ALL").status == 204


def address(graph: str | None) -> str:
    return "/graphs?default" if graph is None else f"/graphs?graph={quote(graph, safe='')}"


def put(server: Server, graph: str | None, body: str, kind: str = TURTLE) -> Answer:
    return server.request("PUT", address(graph), body, {"Content-Type": kind})


def objects(server: Server, graph: str | None) -> set[str]:
    answer = server.get(address(graph), accept="application/n-triples")
    assert answer.status == 200, answer.text
    return {str(quad.object.value) for quad in ox.parse(answer.body, ox.RdfFormat.N_TRIPLES)}


@pytest.mark.parametrize("graph", [None, GRAPH])
def test_put_replaces(server: Server, graph: str | None) -> None:
    assert put(server, graph, ONE).status == (204 if graph is None else 201)
    assert put(server, graph, TWO).status == 204
    assert objects(server, graph) == {"two"}


@pytest.mark.parametrize("graph", [None, GRAPH])
def test_post_merges(server: Server, graph: str | None) -> None:
    put(server, graph, ONE)
    assert server.post(address(graph), TWO, TURTLE).status == 204
    assert objects(server, graph) == {"one", "two"}


def test_post_creates_the_graph_named(server: Server) -> None:
    assert server.post(address(GRAPH), ONE, TURTLE).status == 201
    assert objects(server, GRAPH) == {"one"}


def test_post_to_the_store_makes_a_graph_with_an_address(server: Server) -> None:
    answer = server.post("/graphs", ONE, TURTLE)
    assert answer.status == 201
    location = answer.headers["location"]
    assert location.startswith(server.url + "/graphs/")
    assert server.get(location.removeprefix(server.url), accept=TURTLE).status == 200
    assert objects(server, location) == {"one"}


def test_a_graph_named_directly_is_the_graph_of_that_iri(server: Server) -> None:
    answer = server.request("PUT", "/graphs/mine", ONE, {"Content-Type": TURTLE})
    assert answer.status == 201
    assert objects(server, f"{server.url}/graphs/mine") == {"one"}


@pytest.mark.parametrize("graph", [None, GRAPH])
def test_delete(server: Server, graph: str | None) -> None:
    put(server, graph, ONE)
    assert server.request("DELETE", address(graph)).status == 204
    if graph is None:
        assert objects(server, None) == set()
    else:
        assert server.get(address(graph)).status == 404


def test_a_graph_that_is_not_there(server: Server) -> None:
    for method in ("GET", "HEAD", "DELETE"):
        assert server.request(method, address("http://e/none")).status == 404


def test_an_empty_graph_is_there(server: Server) -> None:
    assert put(server, GRAPH, "").status == 201
    answer = server.get(address(GRAPH), accept=TURTLE)
    assert answer.status == 200
    assert not list(ox.parse(answer.body, ox.RdfFormat.TURTLE))


def test_head_is_get_without_the_body(server: Server) -> None:
    put(server, GRAPH, ONE)
    answer = server.request("HEAD", address(GRAPH), headers={"Accept": TURTLE})
    assert (answer.status, answer.type, answer.body) == (200, TURTLE, b"")


def test_patch_changes_one_graph_only(server: Server) -> None:
    put(server, GRAPH, ONE)
    put(server, "http://e/other", ONE)
    text = "DELETE { ?s ?p ?o } INSERT { ?s ?p 'patched' } WHERE { ?s ?p ?o }"
    answer = server.request("PATCH", address(GRAPH), text, {"Content-Type": UPDATE})
    assert answer.status == 204, answer.text
    assert objects(server, GRAPH) == {"patched"}
    assert objects(server, "http://e/other") == {"one"}


def test_patch_may_not_name_other_graphs(server: Server) -> None:
    put(server, GRAPH, ONE)
    text = "INSERT DATA { GRAPH <http://e/other> { <http://e/a> <http://e/p> 1 } }"
    answer = server.request("PATCH", address(GRAPH), text, {"Content-Type": UPDATE})
    assert answer.status == 400
    assert server.get(address("http://e/other")).status == 404


def test_relative_iris_are_resolved_against_the_graph(server: Server) -> None:
    put(server, "http://example.org/base/", "<a> <b> <c> .")
    assert objects(server, "http://example.org/base/") == {"http://example.org/base/c"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/n-triples", ONE),
        ("text/turtle; charset=utf-8", ONE),
        ("application/ld+json", '{"@id": "http://e/a", "http://e/p": "one"}'),
        ("application/trig", ONE),
        ("application/n-quads", ONE),
        (
            "application/rdf+xml",
            ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
            '<rdf:Description rdf:about="http://e/a"><e:p>one</e:p></rdf:Description></rdf:RDF>'),
        ),
    ],
)
def test_media_types_taken(server: Server, kind: str, body: str) -> None:
    assert put(server, GRAPH, body, kind).status == 201
    assert objects(server, GRAPH) == {"one"}


@pytest.mark.parametrize(
    "kind",
    ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json",
     "application/trig", "application/n-quads"],
)
def test_media_types_given(server: Server, kind: str) -> None:
    put(server, GRAPH, ONE)
    answer = server.get(address(GRAPH), accept=kind)
    assert answer.type == kind
    found = list(ox.parse(answer.body, ox.RdfFormat.from_media_type(kind)))
    assert [quad.object.value for quad in found] == ["one"]


def test_files_of_a_form_are_merged(server: Server) -> None:
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.ttl"\r\n'
        f"Content-Type: text/turtle\r\n\r\n{body}\r\n"
        for name, body in (("a", ONE), ("b", TWO))
    )
    answer = server.post(address(GRAPH), parts + "--x--\r\n", "multipart/form-data; boundary=x")
    assert answer.status == 201
    assert objects(server, GRAPH) == {"one", "two"}


@pytest.mark.parametrize(
    "name", ["a/b%20c", "%C3%A9%7Bx%7D", "50%25", "it's;(1),a=b&c@d:e!*+~"]
)
def test_a_direct_address_is_the_iri_as_it_was_sent(server: Server, name: str) -> None:
    path = f"/graphs/{name}"
    assert server.request("PUT", path, ONE, {"Content-Type": TURTLE}).status == 201
    assert objects(server, f"{server.url}{path}") == {"one"}
    assert server.get(path).status == 200
    assert server.request("DELETE", path).status == 204


def test_several_files_are_one_write(server: Server) -> None:
    put(server, GRAPH, ONE)
    before = server.get("/readyz").json()["revision"]
    part = ('--x\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\n'
            "Content-Type: text/turtle\r\n\r\n{}\r\n")
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    broken = part.format('<http://e/s> <http://e/p> "two" .') + part.format("<a> <b") + "--x--\r\n"
    assert server.request("PUT", address(GRAPH), broken, kind).status == 400
    assert objects(server, GRAPH) == {"one"}
    assert server.get("/readyz").json()["revision"] == before
    whole = broken.replace("<a> <b", '<http://e/s> <http://e/p> "three" .')
    answer = server.request("PUT", address(GRAPH), whole, kind)
    assert answer.status == 204
    assert objects(server, GRAPH) == {"two", "three"}
    assert int(answer.headers["x-revision"][1:]) == int(before[1:]) + 1


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("PUT", address(GRAPH), TURTLE, "<a> <b", 400),
        ("PUT", address(GRAPH), "image/png", "x", 415),
        ("PUT", address(GRAPH), f"{TURTLE}; charset=iso-8859-1", ONE, 415),
        ("PATCH", address(GRAPH), f"{UPDATE}; charset=utf-16", "CLEAR DEFAULT", 415),
        ("POST", address(GRAPH), "application/rdf+xml", ONE, 400),
        ("PUT", "/graphs?graph=relative", TURTLE, ONE, 400),
        ("PUT", "/graphs?default&graph=http%3A%2F%2Fe%2F", TURTLE, ONE, 400),
        ("PUT", "/graphs?graph=http%3A%2F%2Fe%2F&graph=http%3A%2F%2Ff%2F", TURTLE, ONE, 400),
        ("PUT", "/graphs", TURTLE, ONE, 405),
        ("DELETE", "/graphs", TURTLE, "", 405),
        ("PATCH", address(GRAPH), TURTLE, ONE, 415),
        ("PATCH", address(GRAPH), UPDATE, "ASK {}", 400),
        ("LINK", address(GRAPH), TURTLE, "", 405),
    ],
)
def test_wrong_requests(
    server: Server, method: str, path: str, kind: str, body: str, status: int
) -> None:
    answer = server.request(method, path, body, {"Content-Type": kind})
    assert answer.status == status
    assert server.get(address(GRAPH)).status == 404


def test_a_part_does_not_replace_the_whole(server: Server) -> None:
    put(server, GRAPH, ONE)
    headers = {"Content-Type": TURTLE, "Content-Range": "bytes 0-9/99"}
    assert server.request("PUT", address(GRAPH), TWO, headers).status == 400
    assert objects(server, GRAPH) == {"one"}


def test_a_body_that_does_not_parse_keeps_what_was_there(server: Server) -> None:
    put(server, GRAPH, ONE)
    answer = put(server, GRAPH, "<http://e/a> <http://e/p> 1 .\n<broken")
    assert answer.status == 400
    assert answer.json()["line"] == 2
    assert objects(server, GRAPH) == {"one"}


def test_no_acceptable_format(server: Server) -> None:
    put(server, GRAPH, ONE)
    answer = server.get(address(GRAPH), accept="image/png")
    assert answer.status == 406
    assert TURTLE in answer.json()["available"]


def test_validators(server: Server) -> None:
    put(server, GRAPH, ONE)
    first = server.get(address(GRAPH), accept=TURTLE)
    again = server.get(address(GRAPH), accept=TURTLE, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    put(server, GRAPH, TWO)
    changed = server.get(address(GRAPH), accept=TURTLE, if_none_match=first.headers["etag"])
    assert changed.status == 200


def test_the_whole_store_as_quads(server: Server) -> None:
    put(server, GRAPH, ONE)
    put(server, None, TWO)
    answer = server.get("/graphs", accept="application/n-quads")
    found = {quad.object.value for quad in ox.parse(answer.body, ox.RdfFormat.N_QUADS)}
    assert found == {"one", "two"}


# Preconditions, RFC 9110 section 13


def changed(server: Server, method: str, graph: str, body: str, **headers: str) -> int:
    kind = UPDATE if method == "PATCH" else TURTLE
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.request(method, address(graph), body, {"Content-Type": kind, **sent}).status


BODIES = {"PUT": TWO, "POST": TWO, "PATCH": "INSERT DATA { <urn:s> <urn:p> 'two' }", "DELETE": ""}


@pytest.mark.parametrize("method", list(BODIES))
def test_if_match(server: Server, method: str) -> None:
    """Two clients that read the same state: the second to write is told so."""
    put(server, GRAPH, ONE)
    old = server.get(address(GRAPH), accept=TURTLE).headers["etag"]
    put(server, GRAPH, ONE)
    assert changed(server, method, GRAPH, BODIES[method], if_match=old) == 412
    assert changed(server, method, GRAPH, BODIES[method], if_match='"x", "y"') == 412
    assert objects(server, GRAPH) == {"one"}
    new = server.get(address(GRAPH), accept=TURTLE).headers["etag"]
    assert changed(server, method, GRAPH, BODIES[method], if_match=f'"x", {new}') == 204


@pytest.mark.parametrize("method", list(BODIES))
def test_if_match_any(server: Server, method: str) -> None:
    missing = 404 if method == "DELETE" else 412
    assert changed(server, method, GRAPH, BODIES[method], if_match="*") in {412, missing}
    assert server.get(address(GRAPH)).status == 404
    put(server, GRAPH, ONE)
    assert changed(server, method, GRAPH, BODIES[method], if_match="*") == 204


def test_if_none_match_any_makes_and_never_replaces(server: Server) -> None:
    assert changed(server, "PUT", GRAPH, ONE, if_none_match="*") == 201
    assert changed(server, "PUT", GRAPH, TWO, if_none_match="*") == 412
    assert objects(server, GRAPH) == {"one"}


def test_allow_says_what_is_answered(server: Server) -> None:
    for path, wanted in (("/sparql", {"GET", "HEAD", "POST", "OPTIONS"}),
                         ("/graphs", {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"})):
        for method in ("TRACE", "LINK", "OPTIONS"):
            answer = server.request(method, path)
            assert answer.status == (204 if method == "OPTIONS" else 405)
            assert {item.strip() for item in answer.headers["allow"].split(",")} == wanted


@pytest.mark.parametrize("path", ["/sparql", "/graphs?default"])
def test_compressed_bodies_are_not_read(server: Server, path: str) -> None:
    kind = "application/sparql-query" if path == "/sparql" else TURTLE
    answer = server.post(path, "ASK {}", kind, content_encoding="gzip")
    assert answer.status == 415
