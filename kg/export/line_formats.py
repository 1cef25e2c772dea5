"""Graphs written line by line: DOT for Graphviz, NET for Pajek."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.export.characters import printable
from kg.export.palette import text_on

if TYPE_CHECKING:
    from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph

_BATCH: Final = 1000
_SHAPES: Final = {"case": "box", "goal": "ellipse", "target": "ellipse", "principle": "hexagon"}


def write_dot(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph in Graphviz's language. Cost: one pass; memory does not grow."""
    kind, arrow = ("digraph", "->") if graph.directed else ("graph", "--")
    lines = [
        f"{kind} {_quoted(graph.name)} {{\n",
        f"  comment={_quoted(graph.description)};\n" if graph.description else "",
        '  node [style=filled, fontname="Helvetica"]; edge [fontname="Helvetica"];\n',
    ]
    for node in graph.nodes():
        lines.append(f"  {_quoted(node.id)} [{_node_attributes(node)}];\n")
        _spill(lines, out)
    for edge in graph.edges():
        ends = f"{_quoted(edge.source)} {arrow} {_quoted(edge.target)}"
        lines.append(f"  {ends} [{_edge_attributes(edge)}];\n")
        _spill(lines, out)
    lines.append("}\n")
    out.write("".join(lines).encode())


def _node_attributes(node: GraphNode) -> str:
    parts = [f"{key}={_quoted(str(value))}" for key, value in node.attributes.items()
             if key not in ("color", "size")]
    if color := str(node.attributes.get("color", "")):
        parts.append(f'fillcolor="{color}", fontcolor="{text_on(color)}", color="{color}"')
    if size := node.attributes.get("size"):
        parts.append(f"size={_quoted(str(size))}")
    parts.append(f"shape={_SHAPES.get(node.kind, 'ellipse')}")
    return ", ".join(parts)


def _edge_attributes(edge: GraphEdge) -> str:
    parts = [f"id={_quoted(edge.id)}"]
    parts += [f"{key}={_quoted(str(value))}" for key, value in edge.attributes.items()]
    if edge.attributes.get("polarity") == "negative":
        parts.append("style=dashed")
    return ", ".join(parts)


def _quoted(text: str) -> str:
    """A DOT string: quotes escaped, line ends written as line ends, backslashes kept."""
    clean = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + clean.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n") + '"'


def write_pajek(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as a Pajek NET file: labels, kinds, colours, weights.

    The format has no place for more. Labels that repeat get their identifier behind them, since
    readers take the label for the node. Cost: one pass; keeps one number per node.
    """
    lines = [f"*Vertices {graph.node_count}\n"]
    numbers: dict[str, int] = {}
    taken: set[str] = set()
    for number, node in enumerate(graph.nodes(), start=1):
        numbers[node.id] = number
        label = _one_line(node.label)
        if label in taken:
            label = f"{label} ({node.id})"
        taken.add(label)
        color = node.attributes.get("color", "#666666")
        lines.append(
            f'{number} "{label}" ellipse ic RGB{str(color)[1:]} '
            f'kind "{_one_line(node.kind)}" id "{_one_line(node.id)}"\n'
        )
        _spill(lines, out)
    lines.append("*Arcs\n" if graph.directed else "*Edges\n")
    for edge in graph.edges():
        weight = edge.attributes.get("weight", 1.0)
        label = _one_line(str(edge.attributes.get("label", "")))
        ends = f"{numbers[edge.source]} {numbers[edge.target]}"
        lines.append(f'{ends} {weight} l "{label}"\n')
        _spill(lines, out)
    out.write("".join(lines).encode())


def _one_line(text: str) -> str:
    """What fits between Pajek's quotes, which cannot be escaped."""
    return re.sub(r"\s+", " ", printable(text)).replace('"', "'").strip()


def _spill(lines: list[str], out: BinaryIO) -> None:
    if len(lines) >= _BATCH:
        out.write("".join(lines).encode())
        lines.clear()
