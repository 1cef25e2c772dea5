"""Smaller graphs: concepts joined by the cases they share, and the surroundings of one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import UnknownTermError
from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph, listed
from kg.export.palette import EDGE_COLORS, goal_colors, node_color, node_size

if TYPE_CHECKING:
    from kg.export.exporting import Selection
    from kg.projection import Projection
    from kg.store import Snapshot


def concept_graph(
    projection: Projection, snapshot: Snapshot, selection: Selection
) -> PropertyGraph:
    """Goals, principles and technologies, joined where cases bring them together.

    Weights are numbers of cases; sizes grow with the cases that touch a concept. The size of
    the graph does not grow with the number of cases.
    """
    graph = projection.concept_graph(
        selection.filters, polarity=selection.polarity, links=selection.links
    )
    goals = goal_colors(snapshot)
    nodes = []
    for iri, values in graph.nodes(data=True):
        attributes: dict[str, str | float | int] = {
            "label": values["label"],
            "kind": values["kind"],
            "color": node_color(iri, values["kind"], goals),
            "size": node_size(values["units"]),
            "degree": graph.degree(iri),
        }
        if values["notation"] and values["kind"] != "principle":
            attributes["code"] = values["notation"]
        nodes.append(GraphNode(iri, attributes))
    edges = [
        GraphEdge(
            f"e{number}",
            source,
            target,
            {
                "label": _together(int(values["weight"])),
                "kind": values["relation"],
                "polarity": "neutral",
                "weight": float(values["weight"]),
                "color": EDGE_COLORS["neutral"],
            },
        )
        for number, (source, target, values) in enumerate(graph.edges(data=True))
    ]
    return listed(
        "concepts",
        nodes,
        edges,
        description=f"Concepts joined by the cases they share, revision {snapshot.revision.id}.",
        directed=False,
        title="Concepts joined by cases",
    )


def surroundings(graph: PropertyGraph, middle: str, depth: int) -> PropertyGraph:
    """What lies within some steps of a node, edges between these nodes included.

    Raises:
        UnknownTermError: The graph holds no such node.

    Cost: one pass over the edges per step, and two more.
    """
    near = {middle}
    found = False
    for _ in range(depth):
        step: set[str] = set()
        for edge in graph.edges():
            if edge.source in near:
                step.add(edge.target)
                found = found or edge.source == middle
            if edge.target in near:
                step.add(edge.source)
                found = found or edge.target == middle
        near |= step
    if not found and all(node.id != middle for node in graph.nodes()):
        raise UnknownTermError(f"The graph under these limits holds no <{middle}>.", iri=middle)
    nodes = [node for node in graph.nodes() if node.id in near]
    label = next((node.label for node in nodes if node.id == middle), middle)
    steps = "one step" if depth == 1 else f"{depth} steps"
    return listed(
        "ego",
        nodes,
        (edge for edge in graph.edges() if edge.source in near and edge.target in near),
        description=f"{graph.description} Within {steps} of {label} <{middle}>.",
        directed=graph.directed,
        title=f"{label}, and what lies around it",
    )


def _together(cases: int) -> str:
    return f"together in {cases:,} case{'' if cases == 1 else 's'}"
