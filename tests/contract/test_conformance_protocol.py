"""SPARQL 1.1 Protocol, requirement by requirement, over HTTP.

Written from the recommendation (https://www.w3.org/TR/sparql11-protocol/). Section numbers are
given where a test stands for a sentence of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from serving import FORM, JSON, QUERY, UPDATE, XML, Server, running

from kg.store.embedded import EmbeddedStore

G = "http://example.org/g"
DATA = "".join(
    f"GRAPH <{G}{n}> {{ <{G}{n}> a <http://example.org/Document> ; "
    f"<http://example.org/number> {n} }} "
    for n in (1, 2, 3)
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("protocol") / "store"
    with EmbeddedStore.create(root).writer("empty"):
        pass
    with running(root, "--open-writes", "--default-graph", "strict") as found:
        yield found


@pytest.fixture
def loaded(server: Server) -> Server:
    assert server.update(f"CLEAR ALL ; INSERT DATA {{ {DATA} }}").status == 204
    return server


# 2.1 query


def test_query_by_get(server: Server) -> None:
    answer = server.query("ASK {}")
    assert answer.status == 200
    assert answer.type in {XML, JSON}
    assert answer.json()["boolean"] is True


def test_query_by_form(server: Server) -> None:
    answer = server.form([("query", "ASK {}")])
    assert (answer.status, answer.json()["boolean"]) == (200, True)


def test_query_directly(server: Server) -> None:
    answer = server.post("/sparql", "ASK {}", QUERY)
    assert (answer.status, answer.json()["boolean"]) == (200, True)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_query_directly_with_charset(server: Server, charset: str) -> None:
    answer = server.post("/sparql", "ASK { BIND('é' AS ?x) }", f"{QUERY}; charset={charset}")
    assert answer.status == 200


def test_a_trailing_slash_is_the_same_resource(server: Server) -> None:
    assert server.post("/sparql/", "ASK {}", QUERY).status == 200


@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_default_graphs_of_the_request(loaded: Server, how: str) -> None:
    text = f"ASK {{ <{G}1> a ?t . <{G}2> a ?t FILTER NOT EXISTS {{ <{G}3> a ?t }} }}"
    graphs = [("default-graph-uri", f"{G}1"), ("default-graph-uri", f"{G}2")]
    match how:
        case "get":
            answer = loaded.query(text, graphs)
        case "form":
            answer = loaded.form([("query", text), *graphs])
        case _:
            answer = loaded.post(f"/sparql?{urlencode(graphs)}", text, QUERY)
    assert answer.json()["boolean"] is True


def test_default_graphs_leave_no_named_graph(loaded: Server) -> None:
    answer = loaded.query("ASK { GRAPH ?g { ?s ?p ?o } }", [("default-graph-uri", f"{G}1")])
    assert answer.json()["boolean"] is False


@pytest.mark.parametrize("how", ["get", "direct"])
def test_named_graphs_of_the_request(loaded: Server, how: str) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    graphs = [("named-graph-uri", f"{G}1"), ("named-graph-uri", f"{G}2")]
    if how == "get":
        answer = loaded.query(text, graphs)
    else:
        answer = loaded.post(f"/sparql?{urlencode(graphs)}", text, QUERY)
    found = [row["g"]["value"] for row in answer.json()["results"]["bindings"]]
    assert found == [f"{G}1", f"{G}2"]


def test_named_graphs_alone_leave_the_default_graph_empty(loaded: Server) -> None:
    answer = loaded.query("ASK { ?s ?p ?o }", [("named-graph-uri", f"{G}1")])
    assert answer.json()["boolean"] is False


def test_full_dataset_of_the_request(loaded: Server) -> None:
    graphs = [("default-graph-uri", f"{G}3"), ("named-graph-uri", f"{G}1"),
              ("named-graph-uri", f"{G}2")]
    text = (f"ASK {{ <{G}3> a ?t . GRAPH ?a {{ <{G}1> a ?t }} GRAPH ?b {{ <{G}2> a ?t }} "
            f"FILTER NOT EXISTS {{ GRAPH ?c {{ <{G}3> a ?t }} }} }}")
    assert loaded.post(f"/sparql?{urlencode(graphs)}", text, QUERY).json()["boolean"] is True


def test_dataset_of_the_request_wins_over_the_query(loaded: Server) -> None:
    """Section 2.1.4: the dataset of the protocol is used."""
    text = f"ASK FROM <{G}1> {{ <{G}2> a ?t FILTER NOT EXISTS {{ <{G}1> a ?t }} }}"
    assert loaded.query(text, [("default-graph-uri", f"{G}2")]).json()["boolean"] is True


def test_dataset_of_the_query(loaded: Server) -> None:
    assert loaded.ask(f"ASK FROM <{G}2> {{ <{G}2> a ?t FILTER NOT EXISTS {{ <{G}1> a ?t }} }}")


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("SELECT (1 AS ?value) {}", {XML, JSON, "text/csv", "text/tab-separated-values"}),
        ("ASK {}", {XML, JSON}),
        ("DESCRIBE <http://example.org/>", {"application/rdf+xml", "text/turtle"}),
        ("CONSTRUCT { <s> <p> 1 } WHERE {}", {"application/rdf+xml", "text/turtle"}),
    ],
)
def test_content_type_fits_the_query_form(server: Server, text: str, types: set[str]) -> None:
    answer = server.post("/sparql", text, QUERY)
    assert answer.status == 200
    assert answer.type in types


def test_relative_iris_are_resolved_against_the_service(server: Server) -> None:
    answer = server.query("SELECT (IRI('x') AS ?x) (<y> AS ?y) {}")
    row = answer.json()["results"]["bindings"][0]
    assert row["y"]["value"].startswith("http://")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_query_by_other_methods_is_refused(server: Server, method: str) -> None:
    answer = server.request(method, "/sparql?query=ASK%20%7B%7D")
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


BAD_QUERIES = [
    pytest.param("GET", "/sparql?query=ASK%7B%7D&query=SELECT%20*%7B%7D", None, None,
                 id="two queries"),
    pytest.param("POST", "/sparql", "query=ASK%7B%7D&query=ASK%7B%7D", FORM, id="two in a form"),
    pytest.param("POST", "/sparql", "ASK {}", "text/plain", id="wrong media type"),
    pytest.param("POST", "/sparql", "query=ASK%20%7B%7D", None, id="form without a type"),
    pytest.param("POST", "/sparql", "ASK {}", None, id="direct without a type"),
    pytest.param("POST", "/sparql", "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16",
                 id="direct in UTF-16"),
    pytest.param("POST", "/sparql", b"ASK { ?s ?p '\xff' }", QUERY, id="not UTF-8"),
    pytest.param("POST", "/sparql", b"query=ASK%7B%7D%FF", FORM, id="form not UTF-8"),
    pytest.param("GET", "/sparql?query=ASK%20%7B", None, None, id="syntax"),
    pytest.param("GET", "/sparql?query=", None, None, id="empty"),
    pytest.param("POST", "/sparql", "", FORM, id="empty form"),
    pytest.param("POST", "/sparql", "query=ASK%7B%7D&update=CLEAR+ALL", FORM, id="both"),
    pytest.param("GET", "/sparql?query=ASK%7B%7D&using-graph-uri=http%3A%2F%2Fe%2F", None, None,
                 id="using of a query"),
    pytest.param("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri", None, None,
                 id="relative graph"),
    pytest.param("GET", "/sparql?default-graph-uri=http%3A%2F%2Fe%2F", None, None,
                 id="dataset without query"),
    pytest.param("POST", "/sparql?query=ASK%7B%7D", "query=ASK%7B%7D", FORM,
                 id="query in address and form"),
    pytest.param("POST", "/sparql", "query=CLEAR+ALL", FORM, id="update as query"),
    pytest.param("POST", "/sparql", "update=ASK%7B%7D", FORM, id="query as update"),
]


@pytest.mark.parametrize(("method", "path", "body", "kind"), BAD_QUERIES)
def test_wrong_requests_are_refused(
    server: Server, method: str, path: str, body: bytes | str | None, kind: str | None
) -> None:
    answer = server.request(method, path, body, {"Content-Type": kind} if kind else {})
    assert 400 <= answer.status < 500
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem["detail"]


# 2.2 update


def test_update_by_form(server: Server) -> None:
    assert server.form([("update", "CLEAR ALL")]).status == 204


def test_update_directly(server: Server) -> None:
    assert server.update("CLEAR ALL").status == 204


def test_update_by_get_is_refused(server: Server) -> None:
    assert server.get("/sparql?update=CLEAR%20ALL").status == 405


BAD_UPDATES = [
    pytest.param("update=CLEAR+NAMED&update=CLEAR+DEFAULT", FORM, id="two updates"),
    pytest.param("CLEAR NAMED", "text/plain", id="wrong media type"),
    pytest.param("update=CLEAR%20NAMED", None, id="form without a type"),
    pytest.param("CLEAR NAMED".encode("utf-16"), f"{UPDATE}; charset=UTF-16", id="UTF-16"),
    pytest.param("update=CLEAR%20XYZ", FORM, id="syntax"),
    pytest.param("update=CLEAR+ALL&default-graph-uri=http%3A%2F%2Fe%2F", FORM,
                 id="default-graph-uri of an update"),
    pytest.param(
        urlencode([("using-named-graph-uri", G), ("update",
                  f"WITH <{G}> DELETE {{ ?s ?p 1 }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p 1 }}")]),
        FORM, id="WITH and using-named-graph-uri"),
    pytest.param(
        urlencode([("using-graph-uri", G),
                   ("update", f"INSERT {{ ?s ?p 2 }} USING <{G}> WHERE {{ ?s ?p 1 }}")]),
        FORM, id="USING and using-graph-uri"),
]


@pytest.mark.parametrize(("body", "kind"), BAD_UPDATES)
def test_wrong_updates_are_refused_and_change_nothing(
    loaded: Server, body: bytes | str, kind: str | None
) -> None:
    answer = loaded.request("POST", "/sparql", body, {"Content-Type": kind} if kind else {})
    assert 400 <= answer.status < 500
    assert loaded.ask(f"ASK {{ GRAPH <{G}1> {{ ?s a ?t }} GRAPH <{G}3> {{ ?u a ?t }} }}")


NEW = "http://example.org/new"
INSERT = f"INSERT {{ GRAPH <{NEW}> {{ ?s a <http://example.org/Found> }} }} WHERE "


def _found(server: Server) -> set[str]:
    answer = server.query(f"SELECT ?s {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }}", accept=JSON)
    return {row["s"]["value"] for row in answer.json()["results"]["bindings"]}


@pytest.mark.parametrize("how", ["form", "direct"])
def test_using_graphs_of_the_request(loaded: Server, how: str) -> None:
    graphs = [("using-graph-uri", f"{G}1"), ("using-graph-uri", f"{G}2")]
    text = INSERT + "{ ?s a <http://example.org/Document> }"
    if how == "form":
        answer = loaded.form([("update", text), *graphs])
    else:
        answer = loaded.post(f"/sparql?{urlencode(graphs)}", text, UPDATE)
    assert answer.status == 204, answer.text
    assert _found(loaded) == {f"{G}1", f"{G}2"}


def test_using_named_graphs_of_the_request(loaded: Server) -> None:
    graphs = [("using-named-graph-uri", f"{G}2"), ("using-named-graph-uri", f"{G}3")]
    text = INSERT + "{ GRAPH ?g { ?s a <http://example.org/Document> } }"
    assert loaded.post(f"/sparql?{urlencode(graphs)}", text, UPDATE).status == 204
    assert _found(loaded) == {f"{G}2", f"{G}3"}


def test_full_using_dataset_of_the_request(loaded: Server) -> None:
    graphs = [("using-graph-uri", f"{G}1"), ("using-named-graph-uri", f"{G}2")]
    text = (INSERT + "{ { ?s a <http://example.org/Document> } "
            "UNION { GRAPH ?g { ?s a <http://example.org/Document> } } }")
    assert loaded.post(f"/sparql?{urlencode(graphs)}", text, UPDATE).status == 204
    assert _found(loaded) == {f"{G}1", f"{G}2"}


def test_using_graphs_hold_for_every_operation_and_for_delete_where(loaded: Server) -> None:
    text = ("INSERT DATA { <http://example.org/g1> <http://example.org/q> 1 } ; "
            "DELETE WHERE { <http://example.org/g1> ?p ?o }")
    graphs = urlencode([("using-graph-uri", f"{G}1")])
    assert loaded.post(f"/sparql?{graphs}", text, UPDATE).status == 204
    # Matched in the graph named, deleted from the default graph: which had another triple.
    assert loaded.ask("ASK { <http://example.org/g1> <http://example.org/q> 1 }")


def test_relative_iris_of_an_update(server: Server) -> None:
    text = (f"CLEAR GRAPH <{NEW}> ; INSERT DATA {{ GRAPH <{NEW}> {{ <http://example.org/s> "
            "<http://example.org/p> <test> } }")
    assert server.update(text).status == 204
    answer = server.query(f"SELECT ?o {{ GRAPH <{NEW}> {{ ?s ?p ?o }} }}", accept=XML)
    assert answer.type == XML
    assert b"<uri>http://" in answer.body
    assert answer.body.count(b"<result>") == 1


def test_an_update_that_fails_changes_nothing(loaded: Server) -> None:
    answer = loaded.update(f"INSERT DATA {{ <{G}1> <{G}p> 1 }} ; DROP GRAPH <{G}none>")
    assert answer.status == 422
    assert not loaded.ask(f"ASK {{ <{G}1> <{G}p> 1 }}")


def test_updates_are_seen_by_the_next_request(server: Server) -> None:
    for number in range(5):
        assert server.update(
            f"DELETE WHERE {{ <{G}> <{G}n> ?o }} ; INSERT DATA {{ <{G}> <{G}n> {number} }}"
        ).status == 204
        assert server.ask(f"ASK {{ <{G}> <{G}n> {number} }}")
