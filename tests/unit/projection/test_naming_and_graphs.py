"""Names people type, and the networkx graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from kg import vocabulary as v
from kg.analysis.association import incidence_of
from kg.errors import InputError, UnknownTermError
from kg.projection import Filters, Projection, cooccurrence
from kg.projection.incidence import fractional
from kg.projection.naming import filters_named, year_range
from kg.store import GraphStore


@pytest.fixture(scope="module")
def shipped_projection(shipped: GraphStore) -> Projection:
    return Projection.open(shipped)


@pytest.mark.parametrize(
    ("kind", "text", "iri"),
    [
        ("goal", "7", f"{v.SDG}7"),
        ("target", "SDG 7.3", f"{v.SDG}7.3"),
        ("principle", "Privacy", f"{v.ID}principle/privacy"),
        ("principle", "privacy", f"{v.ID}principle/privacy"),
        ("country", "ke", f"{v.ID}country/KE"),
        ("region", "145", f"{v.ID}region/145"),
        ("dataset", "cases", f"{v.DATASET}cases"),
        ("framework", "unesco-2021", f"{v.ID}framework/unesco-2021"),
        ("status", "deployed", f"{v.ID}status/deployed"),
        ("technology", f"{v.ID}technology/drones", f"{v.ID}technology/drones"),
    ],
)
def test_names(shipped_projection: Projection, kind: str, text: str, iri: str) -> None:
    assert shipped_projection.resolve(kind, text) == iri


def test_unknown_names_offer_the_closest(shipped_projection: Projection) -> None:
    with pytest.raises(UnknownTermError) as caught:
        shipped_projection.resolve("principle", "Privvacy")
    assert "Privacy" in caught.value.suggestions
    with pytest.raises(UnknownTermError):
        filters_named(shipped_projection, datasets=["nothing-here"])


@pytest.mark.parametrize("text", ["", "abc", "20", "2020-2010x", "-"])
def test_bad_years(text: str) -> None:
    with pytest.raises(InputError):
        year_range(text)


def test_years_out_of_order() -> None:
    with pytest.raises(InputError, match="before it begins"):
        Filters(years=(2020, 2010))


def test_the_concept_graph_counts_cases(shipped_projection: Projection) -> None:
    graph = shipped_projection.concept_graph(polarity="positive", hierarchy=True)
    goals = shipped_projection.incidence(dimension="goal")
    principles = shipped_projection.incidence(dimension="principle")
    counts = cooccurrence(goals, principles)
    for i, j in np.argwhere(counts > 0)[:40].tolist():
        edge = graph.edges[goals.members[i].id, principles.members[j].id]
        assert (edge["relation"], edge["weight"]) == ("co-occurs", counts[i, j])
    assert graph.nodes[f"{v.SDG}7"]["kind"] == "goal"
    assert nx.get_edge_attributes(graph, "relation")


def test_the_case_graph_holds_every_link(shipped_projection: Projection) -> None:
    graph = shipped_projection.case_graph()
    kinds = nx.get_node_attributes(graph, "kind")
    assert sum(kind == "case" for kind in kinds.values()) == shipped_projection.unit_count()
    supports = [d for _, _, d in graph.edges(data=True) if d["relation"] == "supports"]
    links = shipped_projection.incidence(dimension="target").indices
    goal_links = len(supports) - len(links)
    assert goal_links >= 0
    assert {data["polarity"] for data in supports} == {1}
    with pytest.raises(InputError, match="too many to draw"):
        shipped_projection.case_graph(most=3)


def test_counting_ways_agree_on_wide_and_narrow_tables() -> None:
    rng = np.random.default_rng(0)
    for width, other in ((3, 5), (70, 5), (5, 70), (70, 80)):
        left, right = rng.random((50, width)) < 0.3, rng.random((50, other)) < 0.3
        rows, cols = incidence_of(left), incidence_of(right)
        expected = left.astype(int).T @ right.astype(int)
        assert (cooccurrence(rows, cols) == expected).all()
        product = (rows.matrix.T @ cols.matrix).toarray()
        assert (product == expected).all()
        shares = cooccurrence(rows, cols, fractional(rows), fractional(cols))
        both = left.any(axis=1) & right.any(axis=1)
        assert shares.sum() == pytest.approx(both.sum())
