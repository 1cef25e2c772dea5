"""Look-ups: what is one, and that it answers as a query process does."""

from __future__ import annotations

import pytest

from kg.sparql.lookup import MAX_OUTPUT, Lookup, answer, classify
from kg.store import GraphStore
from kg.store.snapshot import run_query

CASE = "<https://w3id.org/equipoise/id/case/aadhaar-welfare>"
YES = [
    "SELECT ?p ?o WHERE { <http://e/s> ?p ?o }",
    "select * { <http://e/s> ?p ?o } limit 3",
    "ask{<http://e/s> a eq:Case}",
    "PREFIX a: <http://x/> SELECT * {<http://e/s> a:b 'x'@en ; a ?t . } LIMIT 10",
    "DESCRIBE <http://e/x>",
    "SELECT ?s { ?s eq:supports sdg:7.3 }",
    "SELECT ?l { <http://e/s> eq:supports ?t . ?t skos:prefLabel ?l }",
    "SELECT ?x { ?s ?p ?o }",
    'SELECT * { <http://e/s> <http://p> 5 ; <http://q> "x"^^<http://e/t> ; a ?x }',
]
NO = [
    "SELECT * { <relative> ?p ?o }",
    "SELECT (1 AS ?x) {}",
    "SELECT ?x {}",
    "SELECT * { ?s ?p ?s }",
    "SELECT * { ?s ?p ?o . ?x ?y ?z }",
    "SELECT * { <http://a> ?p ?o . <http://b> ?q ?r }",
    "SELECT * { <http://a> <http://p> ?o . <http://b> <http://p> ?o }",
    "SELECT * { <http://a> ?p ?o . ?o ?q ?r }",
    "SELECT * { <http://a> eq:p ?a . ?a eq:p ?b . ?b eq:p ?c . ?c eq:p ?d }",
    "SELECT DISTINCT ?p { <http://a> ?p ?o }",
    "SELECT * { <http://a> <http://p>* ?o }",
    "SELECT * { <http://a> <http://p> ?o FILTER(?o > 3) }",
    "SELECT ?x FROM <http://g> { <http://a> ?p ?x }",
    "SELECT * { <http://a> ?p ?o SERVICE <http://x> { ?a ?b ?c } }",
    "SELECT ?o { <http://a> <http://p> ?o } ORDER BY ?o",
    "SELECT ?o { <http://a> <http://p> ?o } LIMIT 3 VALUES ?o { 1 }",
    "SELECT * { <http://a> <http://p> [ <http://q> 1 ] }",
    "SELECT * { <http://a> <http://p> ?o OPTIONAL { ?o a ?t } }",
    "SELECT * { GRAPH ?g { <http://a> ?p ?o } }",
    "INSERT DATA { <http://a> <http://p> 1 }",
    "SELECT * { <http://a> ?p ?o } # comment",
    "SELECT * { " + "<http://a> <http://p> 1 . " * 7 + "}",
    "SELECT * { <http://a> ?p ?o }" + " " * 5000,
]


@pytest.mark.parametrize("text", YES)
def test_look_ups(text: str) -> None:
    assert classify(text) is not None


@pytest.mark.parametrize("text", NO)
def test_others(text: str) -> None:
    assert classify(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?p ?o WHERE {{ {CASE} ?p ?o }}",
        f"SELECT * WHERE {{ {CASE} rdfs:label ?l ; eq:supports ?t . ?t skos:prefLabel ?n }}",
        f"ASK {{ {CASE} a eq:Case }}",
        "SELECT ?c { ?c eq:supports sdg:3.8 }",
        "SELECT ?c { ?c eq:supports sdg:3.8 } LIMIT 0",
    ],
)
@pytest.mark.parametrize("union", [True, False])
def test_answers_are_those_of_the_engine(shipped: GraphStore, text: str, union: bool) -> None:
    import pyoxigraph as ox

    found = classify(text)
    assert found is not None
    with shipped.reader() as snapshot:
        mine = answer(snapshot.store, text, found, "srj", union=union)
        theirs = run_query(snapshot.store, text, union=union).serialize(
            format=ox.QueryResultsFormat.JSON
        )
    assert mine == theirs


def test_a_look_up_that_grows_is_given_up(shipped: GraphStore) -> None:
    text = "SELECT * { ?s ?p ?o }"
    found = classify(text)
    assert found == Lookup("SELECT", needs_prefixes=False)
    with shipped.reader() as snapshot:
        assert answer(snapshot.store, text, found, "srj", union=True) is None
        few = answer(snapshot.store, text + " LIMIT 10", found, "srj", union=True)
    assert few is not None
    assert len(few) < MAX_OUTPUT
