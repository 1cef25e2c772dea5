"""Reading SPARQL text: outline, guard, calls, written graphs, prepared updates."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.sparql.guard import MAX_DEPTH, calls, inspect
from kg.sparql.writing import prepared
from kg.store.lexing import outline, tokens, written_graphs
from kg.vocabulary import PREFIXES


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# SELECT\nPREFIX ask: <http://e/ASK> ask{}", "ASK"),
        ("BASE <http://e/> construct where {}", "CONSTRUCT"),
        ("DESCRIBE <http://e/>", "DESCRIBE"),
        ("PREFIX x: <y> INSERT DATA {}", "UPDATE"),
        ("WITH <g> DELETE {} WHERE {}", "UPDATE"),
        ("", ""),
        ("hello", ""),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert outline(text).form == form


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("ASK {}", 1),
        ("ASK { { ( [ ] ) } }", 4),
        ("ASK { ?s ?p '{{{{' }", 1),
        ('ASK { ?s ?p """{{ " {{""" }', 1),
        ("ASK { ?s ?p '''{{' '' {{''' }", 1),
        ("ASK { ?s ?p 'it\\'s {' }", 1),
        ("ASK { # {{{{\n }", 1),
        ("ASK { <http://e/a#{b> ?p ?o }", 1),
        ("ASK { <http://e/a#(b> ?p ?o }", 1),
        ("ASK { e:a\\#b ?p ( ) }", 2),
        ("ASK { FILTER(?a<?b && (?c>?d)) }", 3),
        ("ASK }}}}{", 1),
    ],
)
def test_depth(text: str, depth: int) -> None:
    assert outline(text).depth == depth
    padded = text + " " * 200_001  # read the other way, for long texts
    assert outline(padded).depth == depth
    assert outline(padded).form == outline(text).form


def test_depth_limit() -> None:
    inspect("ASK " + "{" * MAX_DEPTH + "}" * MAX_DEPTH)
    with pytest.raises(QueryRefused, match="nested"):
        inspect("ASK " + "{" * (MAX_DEPTH + 1))
    with pytest.raises(QueryRefused):
        inspect("ASK { FILTER(" + "(" * 3_000_000)


def test_forms_are_not_mixed_up() -> None:
    with pytest.raises(QuerySyntaxError, match="update"):
        inspect("CLEAR ALL")
    with pytest.raises(QuerySyntaxError, match="SELECT"):
        inspect("SELECT * {}", update=True)
    with pytest.raises(QuerySyntaxError, match="Unicode"):
        inspect("ASK { ?s ?p '\ud800' }")
    inspect("", update=True)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e/sparql> {} }",
        "SELECT * { service silent <http://e/sparql> {} }",
        "SELECT * { ?s ?p 1SERVICE <http://e/sparql> {} }",
        "SELECT * { ?s ?p 1.SERVICE<http://e/sparql>{} }",
        "SELECT * { ?s ?p ?o.SERVICE# comment\n<http://e/sparql> {} }",
        "SELECT * { ?s ?p 'x'SERVICE <http://e/sparql> {} }",
        "PREFIX e: <http://e/> SELECT * { SERVICE e:sparql {} }",
        "SELECT * { SERVICE <http://e/\\u0073parql> {} }",
        "PREFIX e: <http://e/sp> PREFIX e2: <x> SELECT * { SERVICE e:arql {} }",
    ],
)
def test_calls_are_found(text: str) -> None:
    (call,) = calls(text)
    assert (call.keyword, call.iri) == ("SERVICE", "http://e/sparql")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <http://e/>' }",
        "SELECT * { ?SERVICE ?p ?o }",
        "SELECT * { e:SERVICE ?p ?o } # SERVICE <x>",
        "SELECT * { <http://e/SERVICE> ?p 'x'@service }",
    ],
)
def test_words_that_are_no_calls(text: str) -> None:
    assert calls(text) == []


def test_calls_by_variable_and_load() -> None:
    assert [call.iri for call in calls("SELECT * { SERVICE ?where {} }")] == [None]
    (call,) = calls("LOAD SILENT <http://e/x> INTO GRAPH <http://g/>")
    assert (call.keyword, call.iri) == ("LOAD", "http://e/x")


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("INSERT DATA { <e:a> <e:b> 1 }", {None}),
        ("INSERT DATA { GRAPH <e:g> { <e:a> <e:b> 1 } }", {None, "e:g"}),
        ("INSERT DATA { GRAPH dataset:x { <e:a> <e:b> 1 } }", {None, PREFIXES["dataset"] + "x"}),
        ("PREFIX g: <e:x/> WITH g:y DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {None, "e:x/y"}),
        ("COPY <e:a> TO <e:b>", {None, "e:a", "e:b"}),
        ("MOVE SILENT GRAPH <e:a> TO DEFAULT", {None, "e:a"}),
        ("LOAD <e:doc> INTO GRAPH <e:g>", {None, "e:g"}),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("CLEAR NAMED", None),
        ("DROP ALL", None),
        ("BASE <e:x/> CLEAR GRAPH <y>", None),
        ("CLEAR GRAPH <y>", None),
        ("CLEAR GRAPH unknown:y", None),
    ],
)
def test_written_graphs(text: str, graphs: set[str | None] | None) -> None:
    found = written_graphs(text, PREFIXES)
    assert (None if found is None else set(found)) == graphs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
         "INSERT { ?s ?p 1 } USING <e:g> WHERE { ?s ?p ?o }"),
        ("DELETE { ?s ?p 'WHERE' } INSERT { } where { { SELECT * WHERE { ?s ?p ?o } } }",
         ("DELETE { ?s ?p 'WHERE' } INSERT { } USING <e:g> where "
         "{ { SELECT * WHERE { ?s ?p ?o } } }")),
        ("INSERT DATA { <e:s> <e:p> 1 } ; DELETE WHERE { ?s ?p ?o }",
         "INSERT DATA { <e:s> <e:p> 1 } ; DELETE { ?s ?p ?o } USING <e:g> WHERE { ?s ?p ?o }"),
    ],
)
def test_using_clauses_are_put_in(text: str, expected: str) -> None:
    assert prepared(text, using=("e:g",)) == expected


def test_using_twice_is_refused() -> None:
    with pytest.raises(QueryError, match="USING"):
        prepared("WITH <e:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", using=("e:h",))


def test_clearing_nothing_is_no_failure() -> None:
    assert prepared("CLEAR GRAPH <e:g>") == "CLEAR SILENT GRAPH <e:g>"
    unchanged = "CLEAR SILENT GRAPH <e:g> ; CLEAR ALL"
    assert prepared(unchanged) == unchanged


@given(st.text(alphabet="{}()[]<>\"'\\#?$:@.,;/|^*+-!=&aSERVICE \n1é", max_size=80))
def test_any_text_is_read_in_one_pass(text: str) -> None:
    found = list(tokens(text))
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    outline(text)
    calls(text)
