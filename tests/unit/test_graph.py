"""The Python interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import Graph, open_graph
from kg.settings import Settings


@pytest.fixture(scope="module")
def graph(shipped_store: Path) -> Graph:
    return open_graph(shipped_store, settings=Settings())


def test_counts_are_those_of_the_query(graph: Graph) -> None:
    table = graph.coverage(rows="goal", cols="principle", polarity="positive")
    frame = graph.frame(
        """SELECT ?goal ?principle (COUNT(DISTINCT ?case) AS ?n) {
        ?case a eq:Case ; eq:supports ?target ; eq:upholds ?principle .
        ?target a sdgo:Target ; skos:broader ?goal .
        ?principle skos:inScheme <https://w3id.org/equipoise/id/framework/pivot> .
        } GROUP BY ?goal ?principle"""
    )
    expected = {(row.goal, row.principle): int(row.n) for row in frame.itertuples()}
    found = {
        (row.id, col.id): int(table.cells[i, j])
        for i, row in enumerate(table.rows)
        for j, col in enumerate(table.cols)
        if table.cells[i, j]
    }
    # Cases of the shipped graph uphold framework principles too, which roll up to the pivot.
    assert all(found[pair] >= count for pair, count in expected.items())
    assert sum(found.values()) >= sum(expected.values()) > 100


def test_results_turn_into_pandas_and_networkx(graph: Graph) -> None:
    assert {"row", "col", "count"} & set(graph.coverage().to_pandas().columns)
    assert graph.concept_graph().number_of_nodes() > 100
    assert graph.case_graph().number_of_edges() > 1000


def test_texts_are_linked(graph: Graph) -> None:
    found = graph.link("Smart meters cut the electricity use of homes and help them save energy.")
    assert "http://metadata.un.org/sdg/7" in {proposal.concept for proposal in found}
    assert graph.linker is graph.linker


def test_gaps_come_ranked(graph: Graph) -> None:
    scores = [gap.score for gap in graph.gaps().gaps]
    assert scores == sorted(scores, reverse=True)


def test_it_says_what_it_is(graph: Graph, shipped_store: Path) -> None:
    assert repr(graph) == f"<Graph {shipped_store} r000001>"
