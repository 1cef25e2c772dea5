"""Answers of ``/sparql`` and of resources: formats, negotiation, validators, descriptions."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from serving import JSON, XML, Answer, Server, running

SELECT = "SELECT ?label WHERE { sdg:7 skos:prefLabel ?label FILTER(lang(?label) = 'en') }"
CONSTRUCT = "CONSTRUCT WHERE { sdg:7 a ?type }"
RDF_TYPES = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json",
             "application/trig", "application/n-quads"]


@pytest.fixture(scope="module")
def server(shipped_store: Path) -> Iterator[Server]:
    with running(shipped_store) as found:
        yield found


@pytest.mark.parametrize("kind", [JSON, XML, "text/csv", "text/tab-separated-values"])
def test_select_formats(server: Server, kind: str) -> None:
    answer = server.query(SELECT, accept=kind)
    assert (answer.status, answer.type) == (200, kind)
    form = ox.QueryResultsFormat.from_media_type(kind)
    if kind != "text/csv":
        rows = list(ox.parse_query_results(answer.body, format=form))
        assert [row["label"].value for row in rows] == ["Affordable and clean energy"]
    else:
        assert answer.text == "label\r\nAffordable and clean energy\r\n"


@pytest.mark.parametrize("kind", [JSON, XML])
def test_ask_formats(server: Server, kind: str) -> None:
    answer = server.query("ASK { sdg:7 a sdgo:Goal }", accept=kind)
    form = ox.QueryResultsFormat.from_media_type(kind)
    assert bool(ox.parse_query_results(answer.body, format=form))


@pytest.mark.parametrize("kind", RDF_TYPES)
def test_construct_formats(server: Server, kind: str) -> None:
    answer = server.query(CONSTRUCT, accept=kind)
    assert (answer.status, answer.type) == (200, kind)
    assert list(ox.parse(answer.body, ox.RdfFormat.from_media_type(kind)))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.8", XML),
        (f"{JSON};q=0, */*", XML),
        ("text/*", "text/csv"),
        ("image/png, text/csv;q=0.1", "text/csv"),
        ("application/sparql-results+xml, */*;q=0.1", XML),
    ],
)
def test_quality_values(server: Server, accept: str, kind: str) -> None:
    assert server.query(SELECT, accept=accept).type == kind


@pytest.mark.parametrize(
    ("name", "kind"), [("csv", "text/csv"), ("xml", XML), ("json", JSON), ("srx", XML)]
)
def test_format_parameter_wins(server: Server, name: str, kind: str) -> None:
    assert server.query(SELECT, [("format", name)], accept="text/html").type == kind


def test_format_parameter_of_graphs(server: Server) -> None:
    assert server.query(CONSTRUCT, [("format", "nt")]).type == "application/n-triples"
    assert server.query(CONSTRUCT, [("format", "xml")]).type == "application/rdf+xml"


def test_formats_that_do_not_fit(server: Server) -> None:
    refused = server.query(SELECT, accept="image/png")
    assert refused.status == 406
    assert set(refused.json()["available"]) >= {JSON, XML, "text/csv"}
    assert server.query(SELECT, accept="text/turtle").status == 406
    assert server.query(SELECT, [("format", "docx")]).status == 400
    assert server.query(CONSTRUCT, [("format", "csv")]).status == 406


def test_a_browser_gets_a_table(server: Server) -> None:
    answer = server.query(SELECT, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.type == "text/html"
    assert "Affordable and clean energy" in answer.text
    assert "<textarea" in answer.text


@pytest.mark.parametrize(
    "query",
    ["ASK {}", "CONSTRUCT WHERE { ?s a sdgo:Goal }", "DESCRIBE <http://metadata.un.org/sdg/7>"],
)
def test_a_browser_gets_a_page_whatever_it_asks(server: Server, query: str) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert server.query(query, accept=accept).type == "text/html"


def test_a_table_escapes_what_it_shows(server: Server) -> None:
    answer = server.query("SELECT ('<script>alert(1)</script>' AS ?x) {}", accept="text/html")
    assert "<script>alert" not in answer.text.replace("&lt;", "")


def test_a_browser_sees_where_a_query_is_wrong(server: Server) -> None:
    answer = server.query("SELECT * { ?s ?p }", accept="text/html")
    assert answer.status == 400
    assert "line 1" in answer.text


def test_syntax_errors_have_a_position(server: Server) -> None:
    answer = server.query("SELECT * {\n  ?s ?p }")
    problem = answer.json()
    assert answer.type == "application/problem+json"
    assert (answer.status, problem["line"]) == (400, 2)
    assert problem["column"] > 1
    assert "expected" in problem["detail"]


@pytest.mark.parametrize("accept", [JSON, "text/csv"])
def test_validators_and_304(server: Server, accept: str) -> None:
    first = server.query(SELECT, accept=accept)
    assert "accept" in first.headers["vary"].lower()
    tag = first.headers["etag"]
    again = server.query(SELECT, accept=accept, if_none_match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert server.query(SELECT, accept=accept, if_none_match='"other"').status == 200


def test_answers_that_change_have_no_validator(server: Server) -> None:
    answer = server.query("SELECT (RAND() AS ?r) {}")
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body != server.query("SELECT (RAND() AS ?r) {}").body


def test_gzip(server: Server) -> None:
    text = "SELECT * { ?s ?p ?o } LIMIT 200"
    plain = server.query(text)
    squeezed = server.query(text, accept_encoding="gzip")
    assert squeezed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(squeezed.body) == plain.body
    assert "content-encoding" not in plain.headers


def test_a_long_answer_is_streamed_and_whole(server: Server) -> None:
    answer = server.query("SELECT * { ?s ?p ?o . ?s a ?t }", accept="text/csv")
    assert answer.headers.get("transfer-encoding") == "chunked"
    counted = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?s a ?t }", accept="text/csv")
    assert answer.body.count(b"\r\n") - 1 >= int(counted.text.split()[1])


def test_cors(server: Server) -> None:
    assert server.query("ASK {}").headers["access-control-allow-origin"] == "*"
    preflight = server.request(
        "OPTIONS", "/sparql",
        headers={"Origin": "http://e", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match", "If-None-Match"} <= set(allowed)
    assert server.query("nonsense").headers["access-control-allow-origin"] == "*"


def test_head(server: Server) -> None:
    answer = server.request("HEAD", "/sparql?query=ASK%7B%7D")
    assert (answer.status, answer.body, answer.type) == (200, b"", JSON)


def test_prefixes_need_not_be_declared(server: Server) -> None:
    assert server.ask("ASK { ?case a eq:Case ; eq:supports ?t . ?t a sdgo:Target }")


# Descriptions


def graph_of(answer: Answer) -> ox.Store:
    store = ox.Store()
    store.load(answer.body, ox.RdfFormat.from_media_type(answer.type), base_iri="http://base/")
    return store


@pytest.mark.parametrize("kind", RDF_TYPES)
def test_service_description(server: Server, kind: str) -> None:
    answer = server.get("/sparql", accept=kind)
    assert (answer.status, answer.type) == (200, kind)
    found = graph_of(answer).query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        "SELECT ?endpoint (COUNT(DISTINCT ?name) AS ?n) { ?s a sd:Service ; sd:endpoint ?endpoint ;"
        " sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ; "
        " sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON> ;"
        " sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [] ; "
        " sd:namedGraph [ sd:name ?name ; sd:graph [] ] ] } GROUP BY ?endpoint"
    )
    (row,) = list(found)
    assert row["endpoint"].value == f"{server.url}/sparql"
    assert int(row["n"].value) >= 5


def test_a_read_only_service_does_not_claim_updates(server: Server) -> None:
    text = server.get("/sparql", accept="application/n-triples").text
    assert "SPARQL11Query" in text
    assert "SPARQL11Update" not in text


def test_a_browser_gets_the_editor(server: Server) -> None:
    answer = server.get("/sparql", accept="text/html")
    assert answer.type == "text/html"
    assert "<textarea" in answer.text


def test_void(server: Server) -> None:
    answer = server.get("/.well-known/void", accept="text/turtle")
    store = graph_of(answer)
    assert bool(store.query(
        "PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcat: <http://www.w3.org/ns/dcat#> "
        "ASK { ?d a void:Dataset, dcat:Dataset ; void:sparqlEndpoint ?e ; void:triples ?n ; "
        "void:subset ?part . ?part void:triples ?m FILTER(?n > ?m) }"
    ))


# Linked data


def test_every_kind_of_minted_iri_resolves(server: Server) -> None:
    found = server.query(
        "SELECT ?kind (SAMPLE(?s) AS ?one) { ?s a ?type "
        'FILTER(STRSTARTS(STR(?s), "https://w3id.org/equipoise/id/")) '
        'BIND(STRBEFORE(STRAFTER(STR(?s), "/id/"), "/") AS ?kind) } GROUP BY ?kind',
        accept=JSON,
    ).json()["results"]["bindings"]
    assert len(found) >= 12
    for row in found:
        path = row["one"]["value"].removeprefix("https://w3id.org/equipoise")
        rdf = server.get(path, accept="text/turtle")
        assert (rdf.status, rdf.type) == (200, "text/turtle"), path
        assert row["one"]["value"] in {
            quad.subject.value for quad in ox.parse(rdf.body, ox.RdfFormat.TURTLE)
            if isinstance(quad.subject, ox.NamedNode)
        }
        page = server.get(path, accept="text/html")
        assert (page.status, page.type) == (200, "text/html"), path


@pytest.mark.parametrize("path", ["/ontology", "/sdg/7.3", "/sdg/7", "/dataset/cases",
                                  "/ontology/1.0.0"])
@pytest.mark.parametrize("kind", ["text/html", "text/turtle", "application/ld+json",
                                  "application/rdf+xml"])
def test_resources_in_each_format(server: Server, path: str, kind: str) -> None:
    answer = server.get(path, accept=kind)
    assert (answer.status, answer.type) == (200, kind)
    assert "accept" in answer.headers["vary"].lower()


def test_another_version_of_the_ontology_is_not_here(server: Server) -> None:
    assert server.get("/ontology/0.9.0", accept="text/turtle").status == 404


def test_the_rules_for_w3id_lead_where_things_are(server: Server) -> None:
    rules = re.findall(
        r"^RewriteRule (\S+) %\{ENV:SERVICE\}(\S+) \[R=303",
        (Path(__file__).parents[2] / "docs" / "w3id" / ".htaccess").read_text(), re.MULTILINE,
    )
    assert len(rules) >= 5
    for path in ("id/principle/privacy", "dataset/cases", "ontology", "ontology/1.0.0",
                 "problem/query-timeout", "", "id/", "dataset/"):
        target = next(
            re.sub(r"\$(\d)", lambda part, found=found: found[int(part[1])] or "", place)
            for rule, place in rules if (found := re.match(rule, path))
        )
        assert server.get(target, accept="text/html").status == 200, path


def test_resources_have_validators(server: Server) -> None:
    first = server.get("/sdg/7.3", accept="text/turtle")
    again = server.get("/sdg/7.3", accept="text/turtle", if_none_match=first.headers["etag"])
    assert again.status == 304


def test_resources_that_are_not_there(server: Server) -> None:
    for kind in ("text/html", "text/turtle", "application/json"):
        assert server.get("/id/case/no-such-case", accept=kind).status == 404
    assert server.get("/id/case/%3Cscript%3E", accept="text/turtle").status == 404
    assert server.get("/sdg/7.3", accept="image/png").status == 406


def test_a_dataset_can_be_had_whole(server: Server) -> None:
    answer = server.get("/dataset/controlled?content", accept="application/n-triples")
    assert len(answer.body.splitlines()) > 20
