"""The graph that the graph formats write: nodes and edges with plain attributes.

Every format writes the same attributes under the same names, listed here once; the formats
decide only how they are spelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

AttributeType = Literal["string", "double", "int"]

NODE_ATTRIBUTES: Final[Mapping[str, AttributeType]] = {
    "label": "string",
    "kind": "string",
    "code": "string",
    "color": "string",
    "size": "double",
    "degree": "int",
    "year": "int",
    "status": "string",
    "description": "string",
}
"""Attributes of nodes, in the order in which formats write them."""

EDGE_ATTRIBUTES: Final[Mapping[str, AttributeType]] = {
    "label": "string",
    "kind": "string",
    "polarity": "string",
    "weight": "double",
    "color": "string",
    "directness": "string",
    "evidence": "string",
    "review": "string",
    "dataset": "string",
    "rationale": "string",
}
"""Attributes of edges, in the order in which formats write them."""

ATTRIBUTE_HELP: Final[Mapping[str, str]] = {
    "label": "What people call it; for an edge, the relation in words",
    "kind": "Kind of node (case, goal, target, principle, technology, …) or of edge (supports, …)",
    "code": "Code of a goal, target or country",
    "color": "Colour as #rrggbb: the goal's own colour, else one per kind",
    "size": "Suggested diameter, growing with the square root of the degree",
    "degree": "Number of edges at the node in this export",
    "year": "First year of a case, year of a framework",
    "status": "Status of a case",
    "description": "Summary of a case, definition of a concept",
    "polarity": "positive, negative or neutral",
    "weight": "Confidence of a link (1 when nobody said), or number of cases between two concepts",
    "directness": "direct or indirect",
    "evidence": "confirmed, self-reported, alleged or unverified",
    "review": "accepted, proposed or rejected",
    "dataset": "Dataset that states the link",
    "rationale": "Why the link is stated",
}


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node; ``attributes`` uses the names of :data:`NODE_ATTRIBUTES` and leaves out unknowns."""

    id: str
    attributes: Mapping[str, str | float | int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people call it; its IRI when it has no label."""
        return str(self.attributes.get("label") or self.id)

    @property
    def kind(self) -> str:
        """Kind of node."""
        return str(self.attributes.get("kind", ""))


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A directed edge; ``attributes`` uses the names of :data:`EDGE_ATTRIBUTES`."""

    id: str
    source: str
    target: str
    attributes: Mapping[str, str | float | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PropertyGraph:
    """Nodes and edges that can be gone through more than once.

    Args:
        name: Short name of the graph.
        description: One sentence: what was taken, with which limits, from which revision.
        nodes: Call it to go through the nodes.
        edges: Call it to go through the edges; every end is among the nodes.
        node_count: Number of nodes.
        edge_count: Number of edges.
        directed: Whether the direction of edges means something.
        title: Heading for people; made of the name when empty.

    Example:
        >>> graph = listed("two", [GraphNode("a"), GraphNode("b")], [GraphEdge("0", "a", "b")])
        >>> graph.node_count, [edge.target for edge in graph.edges()]
        (2, ['b'])
    """

    name: str
    description: str
    nodes: Callable[[], Iterator[GraphNode]]
    edges: Callable[[], Iterator[GraphEdge]]
    node_count: int
    edge_count: int
    directed: bool = True
    title: str = ""

    @property
    def heading(self) -> str:
        """What stands above a picture of it."""
        return self.title or f"Graph of {self.name}"


def listed(
    name: str,
    nodes: Iterable[GraphNode],
    edges: Iterable[GraphEdge],
    *,
    description: str = "",
    directed: bool = True,
    title: str = "",
) -> PropertyGraph:
    """A graph held in memory."""
    node_list, edge_list = list(nodes), list(edges)
    return PropertyGraph(
        name,
        description,
        lambda: iter(node_list),
        lambda: iter(edge_list),
        len(node_list),
        len(edge_list),
        directed,
        title,
    )
