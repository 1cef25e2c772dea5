"""Plain JSON graphs: node-link (networkx, D3) and the JSON Graph Format (JGF 2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from kg.export.graphs import PropertyGraph

_BATCH: Final = 1000


def write_node_link(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as ``networkx.node_link_graph`` reads it. Cost: one pass."""
    head = {"name": graph.name, "description": graph.description}
    out.write(
        b'{"directed": '
        + _json(graph.directed)
        + b', "multigraph": true, "graph": '
        + _json(head)
        + b',\n"nodes": [\n'
    )
    _joined(out, (_json({"id": node.id, **node.attributes}) for node in graph.nodes()))
    out.write(b'\n],\n"edges": [\n')
    _joined(
        out,
        (
            _json({"source": edge.source, "target": edge.target, "key": edge.id, **edge.attributes})
            for edge in graph.edges()
        ),
    )
    out.write(b"\n]}\n")


def write_jgf(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph in the JSON Graph Format, version 2. Cost: one pass."""
    out.write(
        b'{"graph": {"id": '
        + _json(graph.name)
        + b', "label": '
        + _json(graph.description or graph.name)
        + b', "directed": '
        + _json(graph.directed)
        + b',\n"nodes": {\n'
    )
    _joined(
        out,
        (
            _json(node.id) + b": " + _json({"label": node.label, "metadata": dict(node.attributes)})
            for node in graph.nodes()
        ),
    )
    out.write(b'\n},\n"edges": [\n')
    _joined(
        out,
        (
            _json(
                {
                    "id": edge.id,
                    "source": edge.source,
                    "target": edge.target,
                    "relation": edge.attributes.get("kind", ""),
                    "label": edge.attributes.get("label", ""),
                    "metadata": dict(edge.attributes),
                }
            )
            for edge in graph.edges()
        ),
    )
    out.write(b"\n]}}\n")


def _joined(out: BinaryIO, items: Iterable[bytes]) -> None:
    batch: list[bytes] = []
    written = False
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH:
            out.write((b",\n" if written else b"") + b",\n".join(batch))
            batch.clear()
            written = True
    if batch:
        out.write((b",\n" if written else b"") + b",\n".join(batch))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
