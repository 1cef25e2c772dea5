"""The Python interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg import Graph, open_graph
from kg.errors import InputError, UnknownTermError
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


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("coverage", {}),
        ("gaps", {"subjects": ("pairs",)}),
        ("crosswalk", {}),
        ("trend", {}),
        ("network", {"kinds": ("goal", "principle")}),
        ("profile", {"top": 3}),
        ("robustness", {}),
        ("suggest", {}),
        ("suggest_links", {"rounds": 2}),
    ],
)
def test_every_analysis_is_a_frozen_table(graph: Graph, name: str, options: Any) -> None:
    result = getattr(graph, name)(**options)
    assert len(result.to_pandas()) == len(result.to_rows()) > 0
    json.dumps(result.to_dict())
    with pytest.raises(AttributeError):
        result.revision = "other"


def test_one_part_is_held_against_another(graph: Graph) -> None:
    asia, africa = graph.filters(regions=["142"]), graph.filters(regions=["002"])
    found = graph.compare("goal", first=asia, second=africa)
    assert len(found.to_rows()) == 17
    assert graph.coverage("goal", "status", filters=asia).total_units > 0


def test_a_name_that_means_nothing_is_refused(graph: Graph) -> None:
    with pytest.raises(UnknownTermError):
        graph.filters(countries=["Atlantis"])


def test_files_are_written_whole(graph: Graph, tmp_path: Path) -> None:
    drawn = nx.read_graphml(graph.export(tmp_path / "fairness.graphml", node="fairness"))
    iris = set(nx.get_node_attributes(drawn, "iri").values())
    assert "https://w3id.org/equipoise/id/principle/fairness" in iris
    written = graph.report(tmp_path / "report.md", title="Our portfolio")
    assert written.read_text(encoding="utf-8").startswith("# Our portfolio")
    with pytest.raises(InputError, match=r"cannot be written"):
        graph.export(tmp_path / "missing" / "graph.gexf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fairness.graphml", "report.md"]


def test_texts_are_linked(graph: Graph) -> None:
    found = graph.link("Smart meters cut the electricity use of homes and help them save energy.")
    assert "http://metadata.un.org/sdg/7" in {proposal.concept for proposal in found}
    assert graph.linker is graph.linker


def test_gaps_come_ranked(graph: Graph) -> None:
    scores = [gap.score for gap in graph.gaps().gaps]
    assert scores == sorted(scores, reverse=True)


def test_it_says_what_it_is(graph: Graph, shipped_store: Path) -> None:
    assert repr(graph) == f"<Graph {shipped_store} r000001>"
