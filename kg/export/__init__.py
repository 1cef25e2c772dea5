"""Export: the graph in the formats of other tools, one format family per file."""

from __future__ import annotations

from kg.export.exporting import Selection, export, selected_graph
from kg.export.formats import FORMATS, Format, format_named, format_of
from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph

__all__ = [
    "FORMATS",
    "Format",
    "GraphEdge",
    "GraphNode",
    "PropertyGraph",
    "Selection",
    "export",
    "format_named",
    "format_of",
    "selected_graph",
]
