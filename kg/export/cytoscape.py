"""Cytoscape: JSON of Cytoscape.js (also opened by the desktop program) and CX2.

CX2 as NDEx describes it: a list of aspects, nodes and edges numbered, visual properties mapped
from the attributes so that colours and sizes show without work.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg.export.characters import printable
from kg.export.graphs import EDGE_ATTRIBUTES, NODE_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.export.graphs import PropertyGraph

_CX2_TYPES: Final = {"string": "string", "double": "double", "int": "integer"}
_BATCH: Final = 1000


def write_cytoscape(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as Cytoscape JSON. Cost: one pass; memory does not grow."""
    head = {"name": graph.name, "description": graph.description}
    out.write(b'{"data": ' + _json(head) + b', "directed": ')
    out.write(b"true" if graph.directed else b"false")
    out.write(b', "multigraph": true, "elements": {"nodes": [\n')
    _listed(
        out,
        (
            {"data": {"id": node.id, "value": node.id, "name": node.label, **node.attributes}}
            for node in graph.nodes()
        ),
    )
    out.write(b'\n], "edges": [\n')
    _listed(
        out,
        (
            {
                "data": {
                    "id": edge.id,
                    "key": edge.id,
                    "source": edge.source,
                    "target": edge.target,
                    "interaction": edge.attributes.get("kind", ""),
                    **edge.attributes,
                }
            }
            for edge in graph.edges()
        ),
    )
    out.write(b"\n]}}\n")


def write_cx2(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as CX2. Cost: one pass; keeps one number per node."""
    declarations = {
        "networkAttributes": {"name": {"d": "string"}, "description": {"d": "string"}},
        "nodes": {
            "name": {"d": "string"},
            "iri": {"d": "string"},
            **{key: {"d": _CX2_TYPES[type_]} for key, type_ in NODE_ATTRIBUTES.items()},
        },
        "edges": {
            "iri": {"d": "string"},
            "interaction": {"d": "string"},
            **{key: {"d": _CX2_TYPES[type_]} for key, type_ in EDGE_ATTRIBUTES.items()},
        },
    }
    head: list[dict[str, Any]] = [
        {"CXVersion": "2.0", "hasFragments": False},
        {
            "metaData": [
                {"name": "attributeDeclarations", "elementCount": 1},
                {"name": "networkAttributes", "elementCount": 1},
                {"name": "nodes", "elementCount": graph.node_count},
                {"name": "edges", "elementCount": graph.edge_count},
                {"name": "visualProperties", "elementCount": 1},
            ]
        },
        {"attributeDeclarations": [declarations]},
        {
            "networkAttributes": [
                {"name": printable(graph.name), "description": printable(graph.description)}
            ]
        },
    ]
    out.write(b"[" + b",\n".join(_json(aspect) for aspect in head) + b',\n{"nodes": [\n')
    numbers: dict[str, int] = {}

    def nodes() -> Iterable[Mapping[str, Any]]:
        for number, node in enumerate(graph.nodes()):
            numbers[node.id] = number
            values = {"name": node.label, "iri": node.id, **node.attributes}
            yield {"id": number, "v": values}

    _listed(out, nodes())
    out.write(b'\n]},\n{"edges": [\n')
    _listed(
        out,
        (
            {
                "id": number,
                "s": numbers[edge.source],
                "t": numbers[edge.target],
                "v": {
                    "iri": edge.id,
                    "interaction": edge.attributes.get("kind", ""),
                    **edge.attributes,
                },
            }
            for number, edge in enumerate(graph.edges())
        ),
    )
    out.write(b"\n]},\n" + _json({"visualProperties": [_visual()]}) + b",\n")
    out.write(_json({"status": [{"success": True}]}) + b"]\n")


def _visual() -> dict[str, Any]:
    """Colours, sizes and labels taken from the attributes as they are."""

    def passed(attribute: str, type_: str) -> dict[str, Any]:
        return {"type": "PASSTHROUGH", "definition": {"attribute": attribute, "type": type_}}

    return {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": {"NODE_SHAPE": "ellipse", "NODE_BACKGROUND_COLOR": "#5B6B7A"},
            "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle", "EDGE_LINE_COLOR": "#9AA5AE"},
        },
        "nodeMapping": {
            "NODE_LABEL": passed("label", "string"),
            "NODE_BACKGROUND_COLOR": passed("color", "string"),
            "NODE_WIDTH": passed("size", "double"),
            "NODE_HEIGHT": passed("size", "double"),
        },
        "edgeMapping": {"EDGE_LINE_COLOR": passed("color", "string")},
    }


def _listed(out: BinaryIO, items: Iterable[Mapping[str, Any]]) -> None:
    parts: list[str] = []
    first = True
    for item in items:
        parts.append(("" if first else ",\n") + json.dumps(item, ensure_ascii=False))
        first = False
        if len(parts) >= _BATCH:
            out.write("".join(parts).encode())
            parts.clear()
    out.write("".join(parts).encode())


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
