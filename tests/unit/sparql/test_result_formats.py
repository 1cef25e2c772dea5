"""Negotiation and row counting."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql.counting import RowCounter
from kg.sparql.formats import GRAPHS, RESULTS, TABLE, named, negotiate

FORMS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("text/csv;q=0.5,application/sparql-results+xml;q=0.6", "xml"),
        ("application/*;q=0.5, text/csv;q=0.4", "json"),
        ("application/sparql-results+json;q=0.1, */*;q=0.5", "xml"),
        ("text/csv;q=x", None),
        ("image/*", None),
        ("*/*;q=0", None),
        (",;,", None),
    ],
)
def test_negotiation(accept: str, name: str | None) -> None:
    chosen = negotiate(accept, RESULTS)
    assert (chosen.name if chosen else None) == name


def test_a_browser_prefers_a_page() -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    assert negotiate(accept, (*RESULTS, TABLE)) is TABLE
    assert negotiate(accept, (*GRAPHS, TABLE)) is TABLE


def test_names() -> None:
    assert named("SRX", RESULTS) is not None
    assert named("xml", GRAPHS).name == "rdfxml"
    assert named("application/ld+json", GRAPHS).name == "jsonld"
    assert named("json", GRAPHS).name == "jsonld"
    assert named("docx", GRAPHS) is None


@given(st.text(max_size=300))
def test_any_accept_header_is_read(accept: str) -> None:
    negotiate(accept, RESULTS)


@given(
    rows=st.lists(st.text(alphabet='"},{[]\\\n\r,<result>\'aé', max_size=8), max_size=12),
    size=st.integers(1, 40),
    form=st.sampled_from(sorted(FORMS)),
    shape=st.sampled_from(["?o", "?s ?o", "?none", "?o ?none", "*"]),
)
def test_rows_are_counted_exactly(rows: list[str], size: int, form: str, shape: str) -> None:
    store = ox.Store()
    for number, text in enumerate(rows):
        store.add(
            ox.Quad(ox.NamedNode(f"http://e/{number}"), ox.NamedNode("http://p"), ox.Literal(text))
        )
    data = store.query(f"SELECT {shape} {{ ?s ?p ?o }}").serialize(format=FORMS[form])
    counter = RowCounter(form)
    for start in range(0, len(data), size):
        counter.feed(data[start : start + size])
    assert counter.rows == len(rows)


def test_graphs_are_counted_where_lines_are_statements() -> None:
    counter = RowCounter("ntriples")
    counter.feed(b"<a> <b> <c> .\n<a> <b> <d> .\n")
    assert counter.rows == 2
    assert RowCounter("turtle").rows is None
