"""CONSTRUCT by templates of ours says what the engine's own says."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.sparql import constructing
from kg.sparql.constructing import constructed, taken_apart
from kg.store.snapshot import run_query

DATA = """
PREFIX e: <http://e/>
e:a e:p e:b , "text"@en , 5 , _:x ; e:q e:c . e:b e:p e:a ; e:n "7"^^e:t . _:x e:p "x" .
e:c e:r e:p , "p" , _:y . e:p e:label "predicate" .
"""
BASE = "http://base/sparql"


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    found.load(DATA.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://e/g"))
    return found


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "construct{?s ?p ?o}where{?s ?p ?o}",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "PREFIX e: <http://e/> CONSTRUCT WHERE { ?s e:p ?o ; e:q ?c . ?o e:p ?s }",
        "PREFIX e: <http://e/> CONSTRUCT { ?s a e:T ; e:v 5 , 'a; }' , ?o . } WHERE { ?s e:p ?o }",
        "PREFIX e: <http://e/> CONSTRUCT { $s e:is $o } WHERE { ?s e:p ?o } ORDER BY ?o LIMIT 3",
        "CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o }",
        "PREFIX e: <http://e/> CONSTRUCT { ?s e:t '1'^^e:d , -5 , 'x'@en # }\n } { ?s ?p ?o }",
        "PREFIX e: <http://e/> CONSTRUCT { ?c ?o ?o } WHERE { ?c e:r ?o }",
        "CONSTRUCT { ?s ?p ?missing } WHERE { ?s ?p ?o }",
        "PREFIX e: <http://e/> CONSTRUCT { ?s e:l ?l ; e:o ?o } {?s e:p ?o OPTIONAL {?o e:p ?l}}",
        "BASE <http://e/> CONSTRUCT { ?s <label> ?o } WHERE { ?s <p> ?o }",
        "CONSTRUCT { ?s <label> ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } FROM <http://e/g> WHERE { ?s ?p ?o }",
        "CONSTRUCT FROM <http://e/g> WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?g ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "CONSTRUCT { ?s rdfs:label ?o } WHERE { { SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s ?o } }",
        "# CONSTRUCT { ?x ?y ?z }\nCONSTRUCT { ?s ?p ?o } # WHERE {\nWHERE { ?s ?p ?o }",
    ],
)
@pytest.mark.parametrize("window", [constructing._WINDOW, 2])
def test_the_same_graph(store, query, window, monkeypatch):
    monkeypatch.setattr(constructing, "_WINDOW", window)

    def run(text):
        return run_query(store, text, union=False, base_iri=BASE)

    ours = constructed(query, run, BASE)
    assert ours is not None
    found = list(ours)
    assert set(found) == set(run(query))
    if window > len(store):
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p _:new } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p (1 2) } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } GROUP BY ?s ?p ?o",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } VALUES ?s { <http://e/a> }",
        "CONSTRUCT { <http://e/a> a <http://e/T> } WHERE { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o FILTER(?o > 3) }",
        "CONSTRUCT WHERE { ?s <http://e/p>/<http://e/q> ?o }",
        "CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o WHERE { ?s ?p ?o }",
        "CONSTRUCT",
        "SELECT ?construct { ?construct ?p 'CONSTRUCT { ?s ?p ?o }' }",
        "DESCRIBE <http://e/a>",
        "ASK { ?s ?p ?o }",
        "",
    ],
)
def test_what_is_left_to_the_engine(query):
    assert taken_apart(query, BASE) is None


def test_errors_name_their_place_in_the_query_as_sent(store):
    def run(text):
        return run_query(store, text, union=False, base_iri=BASE)

    assert constructed("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . nonsense }", run, BASE) is None


def test_repeats_are_left_out(store):
    found = taken_apart("CONSTRUCT { ?s a <http://e/T> } WHERE { ?s ?p ?o }")
    assert found is not None
    assert len(list(found.triples(run_query(store, found.select, union=False)))) == 5
