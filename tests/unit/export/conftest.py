"""Graphs for the export tests: one made of awkward texts, one of the shipped data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.export.case_graph import case_graph
from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph, listed
from kg.projection import Projection
from kg.store import GraphStore, Snapshot

AWKWARD = {
    "quotes": """say "no", it's 'fine' ``""",
    "markup": "<script>alert(1)</script> & ]]> <!-- -- --> <![CDATA[x]]>",
    "lines": "first\nsecond\r\nthird\tand a tab",
    "control": "null \x00 bell \x07 vertical \x0b escape \x1b no character \ufffe",
    "scripts": "العدالة עברית 公平 ਇਨਸਾਫ਼ 👩🏽‍⚕️ e\u0301 \u202eright to left\u202c",
    "slashes": "a\\b \\n \\\\ %s {x} $y ; # not a comment",
    "long": "ten thousand " * 769 + "end",
    "formula": '=HYPERLINK("http://example.org")',
    "spaces": "  leading and trailing  ",
    "empty": "",
}


@pytest.fixture
def awkward_texts() -> dict[str, str]:
    return AWKWARD


@pytest.fixture
def awkward() -> PropertyGraph:
    """A directed graph whose texts are as awkward as stored texts can be."""
    nodes = [
        GraphNode(
            f"https://example.org/id/{name}",
            {
                "label": text,
                "kind": "case",
                "color": "#FCC30B",
                "size": 7.5,
                "degree": 2,
                "year": 2020,
                "description": text,
            },
        )
        for name, text in AWKWARD.items()
    ]
    nodes.append(GraphNode("https://example.org/id/bare"))
    edges = [
        GraphEdge(
            f"https://example.org/link/{name}",
            f"https://example.org/id/{name}",
            "https://example.org/id/bare",
            {
                "label": "supports",
                "kind": "supports",
                "polarity": "positive",
                "weight": 0.25,
                "color": "#2C7FB8",
                "rationale": text,
            },
        )
        for name, text in AWKWARD.items()
    ]
    # A second edge between the same two nodes must not be lost.
    edges.append(
        GraphEdge(
            "https://example.org/link/second",
            "https://example.org/id/quotes",
            "https://example.org/id/bare",
            {"label": "undermines", "kind": "undermines", "polarity": "negative", "weight": 1.0,
             "color": "#C0392B"},
        )
    )
    return listed("awkward", nodes, edges, description=AWKWARD["markup"])


@pytest.fixture
def snapshot(shipped: GraphStore) -> Iterator[Snapshot]:
    with shipped.reader() as snapshot:
        yield snapshot


@pytest.fixture
def projection(shipped: GraphStore) -> Projection:
    return Projection.open(shipped)


@pytest.fixture(scope="session")
def cases(shipped: GraphStore) -> PropertyGraph:
    """The shipped graph of cases, with texts, gone through once and held."""
    with shipped.reader() as snapshot:
        graph = case_graph(Projection.open(shipped), snapshot, texts=True)
        held = listed(graph.name, graph.nodes(), graph.edges(), description=graph.description)
        assert (held.node_count, held.edge_count) == (graph.node_count, graph.edge_count)
        return held
