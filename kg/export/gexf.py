"""GEXF 1.3, Gephi's own format, with colours, sizes and edge weights that it draws as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.export.characters import xml_attribute, xml_text
from kg.export.graphs import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, AttributeType

if TYPE_CHECKING:
    from kg.export.graphs import PropertyGraph

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
"""
_TYPES: Final[Mapping[AttributeType, str]] = {
    "string": "string",
    "double": "double",
    "int": "integer",
}
_NODE_OWN: Final = ("label", "color", "size")
_EDGE_OWN: Final = ("label", "weight", "color")
_BUFFERED: Final = 4096


def write_gexf(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as GEXF 1.3.

    Labels, colours, sizes and weights go where the format has its own places for them, every
    other attribute into the attribute tables. Cost: one pass; memory does not grow.
    """
    default = "directed" if graph.directed else "undirected"
    about = graph.description or graph.name
    parts: list[str] = [
        _HEAD,
        "  <meta><creator>Equipoise</creator>",
        f"<description>{xml_text(about)}</description></meta>\n",
        f'  <graph defaultedgetype="{default}" mode="static">\n',
    ]
    node_attributes = _table("node", NODE_ATTRIBUTES, _NODE_OWN, parts)
    edge_attributes = _table("edge", EDGE_ATTRIBUTES, _EDGE_OWN, parts)
    parts.append("    <nodes>\n")
    for node in graph.nodes():
        values = node.attributes
        parts.append(
            f'      <node id="{xml_attribute(node.id)}" label="{xml_attribute(node.label)}">'
        )
        _attvalues(values, node_attributes, parts)
        if color := values.get("color"):
            parts.append(_color(str(color)))
        if size := values.get("size"):
            parts.append(f'<viz:size value="{size}"/>')
        parts.append("</node>\n")
        if len(parts) > _BUFFERED:
            _flush(parts, out)
    parts.append("    </nodes>\n    <edges>\n")
    for edge in graph.edges():
        values = edge.attributes
        label = xml_attribute(str(values.get("label", "")))
        parts.append(
            f'      <edge id="{xml_attribute(edge.id)}" source="{xml_attribute(edge.source)}"'
            f' target="{xml_attribute(edge.target)}" label="{label}"'
            f' weight="{values.get("weight", 1.0)}">'
        )
        _attvalues(values, edge_attributes, parts)
        if color := values.get("color"):
            parts.append(_color(str(color)))
        parts.append("</edge>\n")
        if len(parts) > _BUFFERED:
            _flush(parts, out)
    parts.append("    </edges>\n  </graph>\n</gexf>\n")
    _flush(parts, out)


def _table(
    kind: str,
    attributes: Mapping[str, AttributeType],
    own: tuple[str, ...],
    parts: list[str],
) -> dict[str, str]:
    numbered = {
        name: str(index)
        for index, name in enumerate(name for name in attributes if name not in own)
    }
    parts.append(f'    <attributes class="{kind}">\n')
    for name, index in numbered.items():
        parts.append(
            f'      <attribute id="{index}" title="{name}" type="{_TYPES[attributes[name]]}"/>\n'
        )
    parts.append("    </attributes>\n")
    return numbered


def _attvalues(
    values: Mapping[str, str | float | int], numbered: Mapping[str, str], parts: list[str]
) -> None:
    filled = [
        f'<attvalue for="{numbered[name]}" value="{xml_attribute(str(value))}"/>'
        for name, value in values.items()
        if name in numbered
    ]
    if filled:
        parts.append(f"<attvalues>{''.join(filled)}</attvalues>")


def _color(color: str) -> str:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f'<viz:color r="{red}" g="{green}" b="{blue}"/>'


def _flush(parts: list[str], out: BinaryIO) -> None:
    out.write("".join(parts).encode())
    parts.clear()
