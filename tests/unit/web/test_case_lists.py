"""Lists of cases on data that nobody checked."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from kg.store.snapshot import run_query
from kg.web.case_lists import Choice, cases_matching

DATA = """
PREFIX eq: <https://w3id.org/equipoise/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX e: <http://e/>
e:part skos:broader e:goal . [] skos:broader e:goal .
e:one a eq:Case ; dcterms:title "One" ; eq:supports e:part .
e:two a eq:Case ; dcterms:title "Two" ; eq:undermines e:goal ; eq:country e:land .
e:other a eq:Case ; dcterms:title "Other" ; eq:supports e:elsewhere .
e:land eq:region [ skos:broader e:region ] .
"""


class Reads:
    """A store as pages read it."""

    def __init__(self) -> None:
        self.store = ox.Store()
        self.store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)

    def query(self, sparql: str, **given: Any) -> Any:
        return run_query(self.store, sparql, **given)


@pytest.mark.parametrize(
    ("dimension", "iri", "polarity", "titles"),
    [
        ("goal", "http://e/goal", "both", ["One", "Two"]),
        ("goal", "http://e/goal", "positive", ["One"]),
        ("target", "http://e/goal", "both", ["Two"]),
        ("region", "http://e/region", "both", ["Two"]),
        ("country", "no address", "both", []),
    ],
)
def test_blank_nodes_and_texts_do_not_break_a_list(dimension, iri, polarity, titles):
    found = cases_matching(Reads(), [Choice(dimension, iri)], polarity)
    assert [line.title for line in found.lines] == titles
    assert found.total == len(titles)
