"""The graph as a drawing: shapes tell kinds, dashes tell negative links, labels do not overlap."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from kg.export.drawing import INK, SOFT, Canvas, fitted, number, text_width
from kg.export.layout import Point, place
from kg.export.palette import EDGE_COLORS, KIND_COLORS

if TYPE_CHECKING:
    from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph

_WIDTH: Final = 1400.0
_HEAD: Final = 46.0
_MARGIN: Final = 40.0
_LABEL_ROOM: Final = 190.0
_SIDES: Final = {"case": 0, "goal": 4, "target": 4, "principle": -4, "framework-principle": -4,
                 "framework": 6, "technology": 3, "organisation": 5, "country": 8}
"""Corners of each kind's shape; 0 is a circle, −4 a square on its corner."""
_PLURALS: Final = {"case": "cases", "country": "countries", "technology": "technologies",
                   "framework-principle": "principles of frameworks"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A placed node."""

    node: GraphNode
    x: float
    y: float
    radius: float


def write_svg(graph: PropertyGraph, out: BinaryIO) -> None:
    """Draw a graph as SVG; see :func:`draw`."""
    out.write(draw(graph).encode() + b"\n")


def draw(graph: PropertyGraph, *, named: bool = False) -> str:
    """Draw a graph.

    The same graph gives the same picture. Labels go to the largest nodes first and are left out
    where they would cover another; pointing at a node shows its name.

    Args:
        graph: At most :data:`kg.export.layout.MOST_NODES` nodes.
        named: Mark nodes with their number and place, labels and edges as such, for a script.

    Raises:
        InputError: There are too many nodes to draw.

    Returns:
        SVG.
    """
    nodes, edges = list(graph.nodes()), list(graph.edges())
    height = max(640.0, min(1500.0, 420.0 + 26.0 * len(nodes) ** 0.66))
    points = place(nodes, edges, _WIDTH - 2 * _MARGIN, height - _HEAD - _MARGIN)
    drawn = placed(nodes, points)
    kinds = Counter(node.kind for node in nodes)
    counted = ", ".join(_counted(count, kind) for kind, count in kinds.items())
    canvas = Canvas(
        _WIDTH, height, graph.heading,
        f"{_counted(len(nodes), 'node')} ({counted}) and {_counted(len(edges), 'edge')}. "
        f"{graph.description}",
    )
    numbers = {node.id: place for place, node in enumerate(nodes)}
    _edges(canvas, edges, {item.node.id: item for item in drawn}, named=named)
    for item in sorted(drawn, key=lambda item: -item.radius):
        if named:
            at = f'data-x="{number(item.x)}" data-y="{number(item.y)}"'
            canvas.open_group(f'data-n="{numbers[item.node.id]}" {at}')
        shape(canvas, item)
        if named:
            canvas.close_group()
    for iri, (x, y, anchor, text, size) in labels(drawn, height).items():
        if named:
            canvas.open_group(f'data-n="{numbers[iri]}"')
        # A white edge under the letters keeps them legible over lines.
        canvas.halo(x, y, text, size=size, anchor=anchor)
        if named:
            canvas.close_group()
    _legend(canvas, kinds, edges)
    return canvas.svg()


def placed(nodes: Sequence[GraphNode], points: dict[str, Point]) -> list[Drawn]:
    """Nodes with place and radius in the picture."""
    return [
        Drawn(
            node,
            points[node.id][0] + _MARGIN,
            points[node.id][1] + _HEAD,
            max(3.5, min(22.0, float(node.attributes.get("size", 8)) / 2.2)),
        )
        for node in nodes
    ]


def shape(canvas: Canvas, item: Drawn) -> None:
    """Draw one node in the shape of its kind."""
    color = str(item.node.attributes.get("color", KIND_COLORS["case"]))
    code = str(item.node.attributes.get("code", ""))
    hint = f"{code} {item.node.label}".strip() + f" ({item.node.kind})"
    sides = _SIDES.get(item.node.kind, 0)
    if not sides:
        canvas.circle(item.x, item.y, item.radius, fill=color, stroke="#FFFFFF", title=hint)
        return
    canvas.path(polygon(item.x, item.y, item.radius * 1.12, sides), fill=color, stroke="#FFFFFF",
                title=hint)


def polygon(x: float, y: float, radius: float, sides: int) -> str:
    """Path of a regular polygon standing on a side (on a corner when ``sides`` is negative)."""
    count = abs(sides)
    start = -math.pi / 2 if sides < 0 or sides % 2 else -math.pi / 2 + math.pi / count
    corners = [
        (x + radius * math.cos(start + 2 * math.pi * corner / count),
         y + radius * math.sin(start + 2 * math.pi * corner / count))
        for corner in range(count)
    ]
    return "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "Z"


def labels(
    drawn: Sequence[Drawn], height: float
) -> dict[str, tuple[float, float, str, str, float]]:
    """Labels that fit, by node: x, y, anchor, text and size, the largest nodes' first."""
    taken: list[tuple[float, float, float, float]] = []
    found: dict[str, tuple[float, float, str, str, float]] = {}
    ground = _Ground(drawn)
    order = sorted(drawn, key=lambda item: (-item.radius, item.node.kind == "case", item.node.id))
    for item in order:
        code = str(item.node.attributes.get("code", ""))
        known = code and code[0].isdigit()
        text = f"{code} {item.node.label}" if known else item.node.label
        size = 12.0 if item.radius > 9 else 10.0
        text = fitted(text, _LABEL_ROOM, size)
        wide = text_width(text, size)
        for x, y, anchor in (
            (item.x + item.radius + 4, item.y + 4, "start"),
            (item.x - item.radius - 4, item.y + 4, "end"),
            (item.x, item.y - item.radius - 5, "middle"),
            (item.x, item.y + item.radius + 12, "middle"),
        ):
            left = x - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
            box = (left - 2, y - size, left + wide + 2, y + 4)
            inside = box[0] > 0 and box[2] < _WIDTH and box[1] > _HEAD - 8 and box[3] < height
            if inside and not _hits(box, taken) and not ground.covers(box, item):
                taken.append(box)
                found[item.node.id] = (x, y, anchor, text, size)
                break
    return found


def _hits(
    box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]
) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )


class _Ground:
    """Where nodes are drawn, to ask what a label would cover."""

    def __init__(self, drawn: Sequence[Drawn]) -> None:
        self._x = np.array([item.x for item in drawn])
        self._y = np.array([item.y for item in drawn])
        self._radius = np.array([item.radius for item in drawn])

    def covers(self, box: tuple[float, float, float, float], own: Drawn) -> bool:
        """Whether a label would lie on a node about as large as its own, or larger."""
        x, y, radius = self._x, self._y, self._radius
        hit = (radius > own.radius * 0.6) & ((x != own.x) | (y != own.y))
        hit &= (box[0] < x + radius) & (x - radius < box[2])
        hit &= (box[1] < y + radius) & (y - radius < box[3])
        return bool(hit.any())


def _edges(
    canvas: Canvas, edges: Sequence[GraphEdge], drawn: dict[str, Drawn], *, named: bool
) -> None:
    """One path per polarity: thousands of lines in three elements."""
    paths: dict[str, list[str]] = {}
    for edge in edges:
        a, b = drawn[edge.source], drawn[edge.target]
        line = f"M{number(a.x)} {number(a.y)}L{number(b.x)} {number(b.y)}"
        paths.setdefault(str(edge.attributes.get("polarity", "neutral")), []).append(line)
    opacity = 0.55 if len(edges) < 400 else 0.3 if len(edges) < 1500 else 0.2
    for polarity in ("neutral", "positive", "negative"):
        if polarity in paths:
            if named:
                canvas.open_group(f'data-edges="{polarity}"')
            canvas.path(
                "".join(paths[polarity]),
                stroke=EDGE_COLORS[polarity],
                width=1.4 if polarity == "negative" else 1,
                opacity=opacity if polarity != "negative" else min(1.0, opacity * 2),
                dash="5 3" if polarity == "negative" else "",
            )
            if named:
                canvas.close_group()


def _legend(canvas: Canvas, kinds: Counter[str], edges: Sequence[GraphEdge]) -> None:
    x, y = _MARGIN, 20.0
    for kind in sorted(kinds, key=lambda kind: [*_SIDES, kind].index(kind)):
        sides = _SIDES.get(kind, 0)
        color = KIND_COLORS.get(kind, SOFT)
        if sides:
            canvas.path(polygon(x, y, 7.5, sides), fill=color)
        else:
            canvas.circle(x, y, 6.5, fill=color)
        label = f"{_plural(kind)} ({kinds[kind]})"
        canvas.text(x + 13, y + 4, label, size=11, fill=INK)
        x += 34 + text_width(label, 11)
    signs = {str(edge.attributes.get("polarity")) for edge in edges}
    for polarity, label, dash in (
        ("positive", "supports, upholds", ""),
        ("negative", "undermines, violates", "5 3"),
    ):
        if polarity in signs:
            canvas.line(x, y, x + 26, y, stroke=EDGE_COLORS[polarity], width=2, dash=dash)
            canvas.text(x + 32, y + 4, label, size=11)
            x += 52 + text_width(label, 11)


def _counted(count: int, kind: str) -> str:
    return f"{count} {kind if count == 1 else _plural(kind)}"


def _plural(kind: str) -> str:
    return _PLURALS.get(kind, f"{kind}s")
