"""The situations of the W3C protocol suite, by the names it gives them.

Requests are written from the recommendation; the names say which situation of the suite each one
stands for. Every one is sent to a server as a harness starts it, on an empty store, with both
kinds of default graph, its graphs uploaded through the Graph Store Protocol.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from serving import FORM, JSON, QUERY, UPDATE, XML, Answer, Server, environment, running

D = "http://kasei.us/2009/09/sparql/data/data"
ABSENT = [("default-graph-uri", f"{D}0.rdf")]
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
FOUND = "http://example.org/found"
BOOLEANS = {XML, JSON}
TABLES = {XML, JSON, "text/csv", "text/tab-separated-values"}
GRAPHS = {"application/rdf+xml", "text/turtle", "application/n-triples"}


@pytest.fixture(scope="module", params=["strict", "union"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("suite") / "store"
    subprocess.run(
        [sys.executable, "-m", "kg.cli", "init", "--empty", "--store", str(root)],
        check=True, capture_output=True, env=environment(),
    )
    with running(root, "--open-writes", "--default-graph", request.param) as found:
        yield found


@pytest.fixture
def graphs(server: Server) -> Server:
    """Three documents, each the only subject of the graph that bears its name."""
    if is_true(Sent(THERE).to(server)):
        return server
    assert server.update("DROP ALL").status == 204
    for number in (1, 2, 3):
        name = f"{D}{number}.rdf"
        answer = server.request(
            "PUT", f"/graphs?graph={quote(name, safe='')}", f"<{name}> {TYPE} <{DOCUMENT}> .\n",
            {"Content-Type": "application/n-triples"},
        )
        assert answer.status == 201
    return server


@dataclass(frozen=True)
class Sent:
    """A request of the suite: parameters of the address, then how the text is sent."""

    text: str
    how: str = "direct"
    parameters: list[tuple[str, str]] = field(default_factory=list)

    def to(self, server: Server) -> Answer:
        path = "/sparql/"
        listed = [*self.parameters]
        if self.how == "get":
            listed.insert(0, ("query", self.text))
        if listed:
            path += f"?{urlencode(listed)}"
        match self.how:
            case "get":
                return server.get(path)
            case "form":
                return server.post(path, urlencode({"query": self.text}), FORM)
            case "update form":
                return server.post(path, urlencode({"update": self.text}), FORM)
            case "update":
                return server.post(path, self.text, UPDATE)
            case _:
                return server.post(path, self.text, QUERY)


def is_true(answer: Answer) -> bool:
    assert answer.status == 200, answer.text
    assert answer.type in BOOLEANS
    return answer.json()["boolean"] is True if answer.type == JSON else b"true" in answer.body


THERE = "ASK { " + " ".join(f"GRAPH <{D}{n}.rdf> {{ <{D}{n}.rdf> a ?t }}" for n in (1, 2, 3)) + " }"
BOTH = f"ASK {{ <{D}1.rdf> a ?type . <{D}2.rdf> a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ <{D}1.rdf> a ?type }} GRAPH ?g2 {{ <{D}2.rdf> a ?type }} }}"
FULL = (f"ASK {{ <{D}3.rdf> a ?type GRAPH ?g1 {{ <{D}1.rdf> a ?type }} "
        f"GRAPH ?g2 {{ <{D}2.rdf> a ?type }} }}")
DEFAULTS = [("default-graph-uri", f"{D}1.rdf"), ("default-graph-uri", f"{D}2.rdf")]
NAMES = [("named-graph-uri", f"{D}1.rdf"), ("named-graph-uri", f"{D}2.rdf")]
# The suite's newest manifest has the second parameter encoded into the value of the first.
ENCODED = [("named-graph-uri", f"{D}1.rdf&named-graph-uri={D}2.rdf")]

TRUE = {
    "query_get": Sent("ASK {}", "get", ABSENT),
    "query_post_form": Sent("ASK {}", "form", ABSENT),
    "query_post_direct": Sent("ASK {}"),
    "query_dataset_default_graph": Sent(f"ASK {{ <{D}1.rdf> ?p ?o }}", "form", DEFAULTS[:1]),
    "query_dataset_default_graphs_get": Sent(BOTH, "get", DEFAULTS),
    "query_dataset_default_graphs_post": Sent(BOTH, "direct", DEFAULTS),
    "query_dataset_named_graphs_get": Sent(NAMED, "get", NAMES),
    "query_dataset_named_graphs_post": Sent(NAMED, "direct", NAMES),
    "query_dataset_full": Sent(FULL, "direct", [("default-graph-uri", f"{D}3.rdf"), *NAMES]),
    "query_multiple_dataset": Sent(
        NAMED.replace("ASK", f"ASK FROM <{D}3.rdf>"), "direct", NAMES
    ),
    "query_multiple_dataset, as its manifest encodes it": Sent(
        NAMED.replace("ASK", f"ASK FROM <{D}3.rdf>"), "direct", ENCODED
    ),
}


@pytest.mark.parametrize("name", list(TRUE))
def test_queries_that_are_true(graphs: Server, name: str) -> None:
    assert is_true(TRUE[name].to(graphs))


def test_a_graph_of_that_very_name_comes_before_two_encoded_ones(graphs: Server) -> None:
    name = ENCODED[0][1]
    put = graphs.request("PUT", f"/graphs?graph={quote(name, safe='')}", "<urn:a> <urn:b> 1 .",
                         {"Content-Type": "text/turtle"})
    assert put.status == 201
    assert is_true(Sent("ASK { GRAPH ?g { <urn:a> <urn:b> 1 } }", "get", ENCODED).to(graphs))
    assert not is_true(Sent(NAMED, "get", ENCODED).to(graphs))


@pytest.mark.parametrize(
    ("text", "types"),
    [
        pytest.param("SELECT (1 AS ?value) {}", TABLES, id="query_content_type_select"),
        pytest.param("ASK {}", BOOLEANS, id="query_content_type_ask"),
        pytest.param("DESCRIBE <http://example.org/>", GRAPHS, id="query_content_type_describe"),
        pytest.param("CONSTRUCT { <s> <p> 1 } WHERE {}", GRAPHS, id="query_content_type_construct"),
    ],
)
def test_media_types_of_answers(server: Server, text: str, types: set[str]) -> None:
    answer = Sent(text, "direct", ABSENT).to(server)
    assert answer.status == 200
    assert answer.type in types


THREE = " ".join(f"GRAPH <{D}{n}.rdf> {{ <{D}{n}.rdf> a <{DOCUMENT}> }}" for n in (1, 2, 3))
PLAIN = f"{{ ?s a <{DOCUMENT}> BIND('default' AS ?in) }}"
INSIDE = f"{{ GRAPH ?g {{ ?s a <{DOCUMENT}> }} BIND(?g AS ?in) }}"
ONE_USING = [("using-graph-uri", f"{D}1.rdf")]
TWO_USING = [*ONE_USING, ("using-graph-uri", f"{D}2.rdf")]
USING_NAMED = [("using-named-graph-uri", f"{D}1.rdf"), ("using-named-graph-uri", f"{D}2.rdf")]
FULL_USING = [("using-graph-uri", f"{D}1.rdf"), ("using-named-graph-uri", f"{D}2.rdf")]


@pytest.mark.parametrize(("how", "emptied"), [("update", "DROP ALL"), ("update form", "CLEAR ALL")])
@pytest.mark.parametrize(
    ("parameters", "where", "expected"),
    [
        pytest.param(ONE_USING, PLAIN, {1: "default"}, id="update_dataset_default_graph"),
        pytest.param(TWO_USING, PLAIN, {1: "default", 2: "default"},
                     id="update_dataset_default_graphs"),
        pytest.param(USING_NAMED, INSIDE, {1: f"{D}1.rdf", 2: f"{D}2.rdf"},
                     id="update_dataset_named_graphs"),
        pytest.param(FULL_USING, f"{{ {INSIDE} UNION {PLAIN} }}",
                     {1: "default", 2: f"{D}2.rdf"}, id="update_dataset_full"),
    ],
)
def test_dataset_of_an_update(
    server: Server,
    how: str,
    emptied: str,
    parameters: list[tuple[str, str]],
    where: str,
    expected: dict[int, str],
) -> None:
    text = (f"{emptied} ; INSERT DATA {{ {THREE} }} ; "
            f"INSERT {{ GRAPH <{FOUND}> {{ ?s <{FOUND}> ?in }} }} WHERE {where}")
    answer = Sent(text, how, parameters).to(server)
    assert 200 <= answer.status < 400, answer.text
    rows = Sent(f"SELECT ?s ?in {{ GRAPH <{FOUND}> {{ ?s <{FOUND}> ?in }} }}").to(server)
    found = {row["s"]["value"]: row["in"]["value"] for row in rows.json()["results"]["bindings"]}
    assert found == {f"{D}{number}.rdf": value for number, value in expected.items()}


@pytest.mark.parametrize("how", ["update", "update form"])
def test_update_post_form_and_direct(server: Server, how: str) -> None:
    assert 200 <= Sent("CLEAR ALL", how).to(server).status < 400


@pytest.mark.parametrize("silent", ["", " SILENT"])
def test_update_base_uri(server: Server, silent: str) -> None:
    text = (f"CLEAR{silent} GRAPH <http://example.org/base-test/> ; INSERT DATA {{ "
            "GRAPH <http://example.org/base-test/> { <urn:s> <urn:p> <test> } }")
    assert 200 <= Sent(text, "update").to(server).status < 400
    rows = Sent("SELECT ?o { GRAPH <http://example.org/base-test/> { <urn:s> <urn:p> ?o } }")
    (row,) = rows.to(server).json()["results"]["bindings"]
    assert row["o"] == {"type": "uri", "value": f"{server.url}/test"}


CONFLICT = ("WITH <http://example/addresses> DELETE { ?p <urn:name> 'Bill' } "
            "INSERT { ?p <urn:name> 'William' } WHERE { ?p <urn:name> 'Bill' }")
BAD = {
    "bad_query_method": ("PUT", f"/sparql/?query=ASK%20%7B%7D&{urlencode(ABSENT)}", b"", FORM),
    "bad_multiple_queries": ("GET", "/sparql/?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D",
                             None, None),
    "bad_query_wrong_media_type": ("POST", "/sparql/", b"ASK {}", "text/plain"),
    "bad_query_missing_form_type": ("POST", "/sparql/", b"query=ASK%20%7B%7D", None),
    "bad_query_missing_direct_type": ("POST", "/sparql/", b"ASK {}", None),
    "bad_query_non_utf8": ("POST", "/sparql/", "ASK {}".encode("utf-16"),
                           f"{QUERY}; charset=UTF-16"),
    "bad_query_syntax": ("GET", "/sparql/?query=ASK%20%7B", None, None),
    "bad_update_get": ("GET", "/sparql/?update=CLEAR%20ALL", None, None),
    "bad_multiple_updates": ("POST", "/sparql/", b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
                             FORM),
    "bad_update_wrong_media_type": ("POST", "/sparql/", b"CLEAR NAMED", "text/plain"),
    "bad_update_missing_form_type": ("POST", "/sparql/", b"update=CLEAR%20NAMED", None),
    "bad_update_non_utf8": ("POST", "/sparql/", "CLEAR NAMED".encode("utf-16"),
                            f"{UPDATE}; charset=UTF-16"),
    "bad_update_syntax": ("POST", "/sparql/", b"update=CLEAR%20XYZ", FORM),
    "bad_update_dataset_conflict": (
        "POST", "/sparql/?using-named-graph-uri=http%3A%2F%2Fexample%2Fpeople",
        CONFLICT.encode(), UPDATE,
    ),
}


@pytest.mark.parametrize("name", list(BAD))
def test_requests_that_are_refused(graphs: Server, name: str) -> None:
    method, path, body, kind = BAD[name]
    answer = graphs.request(method, path, body, {"Content-Type": kind} if kind else {})
    assert 400 <= answer.status < 500
    assert answer.type == "application/problem+json"
    assert is_true(Sent(NAMED, "get", NAMES).to(graphs))
