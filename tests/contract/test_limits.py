"""Limits of the SPARQL service, each with the answer it must give."""

from __future__ import annotations

import csv
import io
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from serving import JSON, Answer, Server, running

from kg.store.embedded import EmbeddedStore

RUNAWAYS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a (!<http://e/p>|^!<http://e/p>)* ?b . "
             "?c (!<http://e/p>)* ?d }",
    "concat": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?t) { ?a ?b ?c . ?d ?e ?f }",
    "regex": 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f '
             'FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a+)+b")) }',
}


@pytest.fixture(scope="module")
def server(shipped_store: Path) -> Iterator[Server]:
    with running(
        shipped_store, "--query-timeout", "2", "--query-memory", "400", "--query-processes", "1",
        "--query-queue", "1", "--query-rows", "0",
    ) as found:
        yield found


@pytest.mark.parametrize("name", list(RUNAWAYS))
def test_runaway_queries_are_stopped(server: Server, name: str) -> None:
    began = time.monotonic()
    answer = server.query(RUNAWAYS[name], accept=JSON)
    took = time.monotonic() - began
    assert answer.status in {413, 504}, answer.text
    assert took < 3
    problem = answer.json()
    assert problem["type"].rsplit("/", 1)[-1] in {"query-timeout", "query-too-large"}
    assert server.ask("ASK { ?s ?p ?o FILTER(true) }")


@pytest.mark.parametrize(
    "kind", ["text/csv", "text/tab-separated-values", JSON, "application/sparql-results+xml"]
)
def test_a_stream_that_is_stopped_cannot_be_taken_for_whole(server: Server, kind: str) -> None:
    answer = server.query("SELECT ?a ?f { ?a ?b ?c . ?d ?e ?f }", accept=kind)
    if answer.status == 504:
        return  # stopped before it began: the status says so
    assert answer.status == 200
    assert b"this result is incomplete: stopped after 2 s" in answer.body[-200:]
    form = ox.QueryResultsFormat.from_media_type(kind)
    if kind == "text/csv":
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(answer.text), strict=True))
    else:
        with pytest.raises(SyntaxError):
            list(ox.parse_query_results(answer.body, format=form))


def test_a_slow_reader_gets_everything(server: Server) -> None:
    import http.client
    from urllib.parse import urlencode

    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    text = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 20000"
    connection.request("GET", "/sparql?" + urlencode({"query": text, "format": "csv"}))
    answer = connection.getresponse()
    data = bytearray()
    while chunk := answer.read(100_000):
        data += chunk
        time.sleep(0.1)
    connection.close()
    assert data.count(b"\r\n") >= 20_001


@pytest.mark.parametrize(
    "text",
    [
        "ASK " + "{" * 10_000 + "}" * 10_000,
        "SELECT (" + "(" * 5_000 + "1" + ")" * 5_000 + " AS ?x) {}",
        "ASK { ?s " + "(" * 20_000 + "a" + ")" * 20_000 + " ?o }",
        "ASK { FILTER(" + "!" * 50_000 + "true) }",
        "SELECT (" + "+".join(["1"] * 20_000) + " AS ?x) {}",
        "ASK { " + " UNION ".join(["{ ?s ?p 1 }"] * 10_000) + " }",
    ],
    ids=["groups", "parentheses", "paths", "negations", "sum", "unions"],
)
def test_queries_that_would_crash_the_engine(server: Server, text: str) -> None:
    answer = server.request(
        "POST", "/sparql", text, {"Content-Type": "application/sparql-query"}
    )
    assert answer.status in {400, 413, 504}, answer.text
    assert "Traceback" not in answer.text
    assert server.ask("ASK {}")


def test_a_full_queue_is_answered_at_once_and_look_ups_go_on(server: Server) -> None:
    # One place for young queries, one for old ones, one may wait: with three, the next is refused.
    answers: list[tuple[int, float, dict[str, str]]] = []

    def run() -> None:
        began = time.monotonic()
        answer = server.query(RUNAWAYS["cross product"], accept=JSON)
        answers.append((answer.status, time.monotonic() - began, dict(answer.headers)))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    times = []
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        found = server.query("SELECT ?p ?o { <http://metadata.un.org/sdg/7> ?p ?o }", accept=JSON)
        assert found.status == 200
        times.append(time.monotonic() - began)
    for thread in threads:
        thread.join()
    statuses = sorted(status for status, _, _ in answers)
    assert set(statuses) <= {413, 503, 504}
    assert 503 in statuses
    assert all(took < 3.5 for _, took, _ in answers)
    refused = [headers for status, _, headers in answers if status == 503]
    assert all(int(headers["retry-after"]) >= 1 for headers in refused)
    assert sorted(times)[len(times) // 2] < 0.5


def test_service_and_load_are_off(server: Server) -> None:
    text = "SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }"
    answer = server.query(text)
    assert (answer.status, answer.json()["title"]) == (403, "Query refused")


def test_writing_is_off(server: Server) -> None:
    assert server.update("CLEAR ALL").status == 403
    assert server.form([("update", "CLEAR ALL")]).status == 403
    assert server.request("PUT", "/graphs?default", "", {"Content-Type": "text/turtle"}
                          ).status == 403
    assert server.request("DELETE", "/graphs?graph=http%3A%2F%2Fe%2F").status == 403


def test_rows_and_bytes(shipped_store: Path) -> None:
    with running(shipped_store, "--query-rows", "100", "--query-bytes", "20000") as limited:
        fits = limited.query("SELECT ?s { ?s ?p ?o } LIMIT 100", accept="text/csv")
        assert (fits.status, fits.body.count(b"\n")) == (200, 101)
        rows = limited.query("SELECT ?s { ?s ?p ?o FILTER(true) } LIMIT 101", accept="text/csv")
        assert (rows.status, "rows" in rows.json()["detail"]) == (413, True)
        size = limited.query("SELECT * { ?s ?p ?o . ?s ?q ?r } LIMIT 99", accept=JSON)
        assert (size.status, "bytes" in size.json()["detail"]) == (413, True)
        graph = limited.query("CONSTRUCT WHERE { ?s ?p ?o }", accept="application/n-triples")
        assert graph.status == 413


def test_request_size(shipped_store: Path) -> None:
    with running(shipped_store, request_bytes="10000") as limited:
        answer = limited.request(
            "POST", "/sparql", "ASK {} #" + "x" * 20_000,
            {"Content-Type": "application/sparql-query"},
        )
        assert answer.status == 413


WRITES = {
    "update": ("POST", "/sparql", "INSERT DATA { <http://e/a> <http://e/b> 1 }",
               "application/sparql-update"),
    "update by form": ("POST", "/sparql", "update=CLEAR+GRAPH+%3Chttp%3A%2F%2Fe%2Fnone%3E",
                       "application/x-www-form-urlencoded"),
    "put": ("PUT", "/graphs?graph=http%3A%2F%2Fe%2Fput", "<http://e/a> <http://e/b> 1 .",
            "text/turtle"),
    "post": ("POST", "/graphs?graph=http%3A%2F%2Fe%2Fpost", "<http://e/a> <http://e/b> 1 .",
             "text/turtle"),
    "patch": ("PATCH", "/graphs?default", "INSERT DATA { <http://e/a> <http://e/c> 1 }",
              "application/sparql-update"),
    "delete": ("DELETE", "/graphs?graph=http%3A%2F%2Fe%2Fpost", "", "text/plain"),
}


@pytest.fixture(scope="module")
def guarded(shipped_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("guarded") / "store"
    shutil.copytree(shipped_store, root)
    with running(root, token="s3cret") as found:
        yield found


@pytest.mark.parametrize("name", list(WRITES))
def test_a_token_opens_writing(guarded: Server, name: str) -> None:
    """RFC 6750 section 3.1: no token and a wrong one are 401, and only the wrong one is named."""
    method, path, body, kind = WRITES[name]

    def sent(authorization: str | None) -> Answer:
        headers = {"Content-Type": kind}
        if authorization is not None:
            headers["Authorization"] = authorization
        return guarded.request(method, path, body, headers)

    for unfit in (None, "Basic czNjcmV0", "Bearer", "Bearer  ", "s3cret", ""):
        answer = sent(unfit)
        assert (answer.status, answer.type) == (401, "application/problem+json"), unfit
        assert answer.headers["www-authenticate"] == 'Bearer realm="equipoise"'
    for wrong in ("Bearer wrong", "Bearer s3cret2", "Bearer s3cre", "bearer S3CRET"):
        answer = sent(wrong)
        assert answer.status == 401, wrong
        assert answer.headers["www-authenticate"] == (
            'Bearer realm="equipoise", error="invalid_token"'
        )
        assert "s3cret" not in answer.text
    assert sent("Bearer é").status == 401
    for fit in ("Bearer s3cret", "bearer   s3cret"):
        answer = sent(fit)
        assert answer.status in {200, 201, 204, 404}, answer.text  # a second DELETE finds nothing


def test_reading_needs_no_token(guarded: Server) -> None:
    assert guarded.query("ASK {}", authorization="Bearer wrong").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_open_writes_only_on_loopback(shipped_store: Path, host: str) -> None:
    with (
        pytest.raises(AssertionError, match="open-writes"),
        running(shipped_store, "--open-writes", "--host", host),
    ):
        pass


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Origin": "http://127.0.0.1:9"}, 204),
        ({"Origin": "http://localhost:3000"}, 204),
        ({"Origin": "https://graph.example.org"}, 204),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_open_writes_are_not_open_to_pages_of_elsewhere(
    opened: Server, headers: dict[str, str], status: int
) -> None:
    """A browser sends any page's form to this machine, without asking."""
    body = "update=INSERT+DATA+%7B+%3Curn%3Aa%3E+%3Curn%3Ab%3E+1+%7D"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert opened.request("POST", "/sparql", body, kind | headers).status == status
    assert opened.request("POST", "/sparql", "query=ASK+%7B%7D", kind | headers).status == 200


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("opened") / "store"
    with EmbeddedStore.create(root).writer("empty"):
        pass
    with running(root, "--open-writes", base_url="https://graph.example.org") as found:
        yield found


def test_metrics_count_over_workers(shipped_store: Path) -> None:
    with running(shipped_store, "--workers", "2") as server:
        for number in range(20):
            server.query(f"ASK {{ ?s ?p {number} }}")
        server.query("nonsense")
        text = server.get("/metrics").text
        assert 'kg_requests_total{operation="query"} 21' in text
        assert 'kg_failures_total{kind="query-syntax"} 1' in text
        assert "kg_store_revision 1" in text
