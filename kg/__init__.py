"""Equipoise: a knowledge graph service for responsible AI policy.

Example::

    from kg import open_graph

    graph = open_graph()
    graph.coverage(rows="goal", cols="principle").to_pandas()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.graph import Graph, open_graph

__version__ = "0.1.0"
__all__ = ["Graph", "__version__", "open_graph"]


def __getattr__(name: str) -> object:
    if name in {"Graph", "open_graph"}:
        from kg import graph

        return getattr(graph, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
