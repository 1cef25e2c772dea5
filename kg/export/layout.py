"""Where to put nodes: the same graph always gets the same places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.export.graphs import GraphEdge, GraphNode

MOST_NODES: Final = 1500
"""More nodes make a picture that nobody can read."""
_SEED: Final = 17
Point = tuple[float, float]


def place(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], width: float, height: float
) -> dict[str, Point]:
    """Places for nodes inside a rectangle.

    Connected nodes are laid out by springs (Fruchterman and Reingold 1991) from a seeded start;
    nodes without an edge stand in rows below.

    Args:
        nodes: In a fixed order, which decides the start.
        edges: Heavier ones pull more.
        width: Of the rectangle.
        height: Of the rectangle.

    Raises:
        InputError: There are too many nodes to draw.

    Cost: about 4 s for a thousand nodes.
    """
    if len(nodes) > MOST_NODES:
        raise InputError(
            f"{len(nodes):,} nodes are too many for a picture (at most {MOST_NODES:,}): draw "
            "--graph concepts, the surroundings of one node, or fewer cases"
        )
    import networkx as nx

    graph = nx.Graph()
    touched = {end for edge in edges for end in (edge.source, edge.target)}
    graph.add_nodes_from(node.id for node in nodes if node.id in touched)
    for edge in edges:
        if edge.source != edge.target:
            weight = float(edge.attributes.get("weight", 1.0))
            held = graph.get_edge_data(edge.source, edge.target, {"weight": 0.0})["weight"]
            graph.add_edge(edge.source, edge.target, weight=held + weight)
    alone = [node for node in nodes if node.id not in touched]
    shelf = _shelf_height(len(alone), width)
    found = _springs(graph, width, height - shelf) if len(graph) else {}
    found.update(_shelf(alone, width, height - shelf))
    return found


def _springs(graph: object, width: float, height: float) -> dict[str, Point]:
    import networkx as nx
    import numpy as np

    weights = nx.get_edge_attributes(graph, "weight")
    nx.set_edge_attributes(graph, {key: value**0.5 for key, value in weights.items()}, "pull")
    count = len(graph)  # type: ignore[arg-type]
    iterations = 150 if count < 300 else 70
    positions = nx.spring_layout(
        graph, seed=_SEED, weight="pull", iterations=iterations, k=2.2 / count**0.5
    )
    ids = list(positions)
    points = np.array([positions[iri] for iri in ids])
    # Ranks instead of distances on half the scale: a few far nodes do not squeeze the rest.
    for axis in (0, 1):
        values = points[:, axis]
        spread = values.max() - values.min() or 1.0
        linear = (values - values.min()) / spread
        rank = np.argsort(np.argsort(values, kind="stable")) / max(len(ids) - 1, 1)
        points[:, axis] = 0.5 * linear + 0.5 * rank
    return {
        iri: (round(float(x) * width, 2), round(float(y) * height, 2))
        for iri, (x, y) in zip(ids, points, strict=True)
    }


def _shelf_height(count: int, width: float) -> float:
    if not count:
        return 0.0
    per_row = max(int(width // 26), 1)
    return 34.0 + 26.0 * (-(-count // per_row))


def _shelf(alone: Sequence[GraphNode], width: float, top: float) -> dict[str, Point]:
    per_row = max(int(width // 26), 1)
    return {
        node.id: (13.0 + 26.0 * (number % per_row), top + 40.0 + 26.0 * (number // per_row))
        for number, node in enumerate(alone)
    }
