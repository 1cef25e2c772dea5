"""Colours and sizes of nodes and edges: the goals' own colours, one colour per other kind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v

if TYPE_CHECKING:
    from kg.store import GraphStore, Snapshot

KIND_COLORS: Final = {
    "case": "#5B6B7A",
    "goal": "#19486A",
    "target": "#19486A",
    "principle": "#6A3D9A",
    "framework-principle": "#B39DD1",
    "framework": "#4A2A73",
    "technology": "#00796B",
    "organisation": "#B35900",
    "country": "#7A6A3A",
}
"""One colour per kind, dark enough for text on white."""
EDGE_COLORS: Final = {"positive": "#2C7FB8", "negative": "#C0392B", "neutral": "#9AA5AE"}
_FALLBACK: Final = "#666666"


def goal_colors(store: GraphStore | Snapshot) -> dict[str, str]:
    """Official colour per goal and target IRI (a target has its goal's)."""
    found: dict[str, str] = {}
    query = f"SELECT ?x ?color {{ ?x <{v.COLOR}> ?color }}"
    for solution in store.query(query):  # type: ignore[union-attr]
        found[solution["x"].value] = solution["color"].value.upper()
    return found


def node_color(iri: str, kind: str, goals: dict[str, str]) -> str:
    """Colour of a node.

    Example:
        >>> node_color("http://metadata.un.org/sdg/7.3", "target", {f"{v.SDG}7": "#FCC30B"})
        '#FCC30B'
    """
    if kind in ("goal", "target"):
        goal = v.SDG + iri.removeprefix(v.SDG).split(".", 1)[0]
        if goal in goals:
            return goals[goal]
    return KIND_COLORS.get(kind, _FALLBACK)


def node_size(degree: int) -> float:
    """Diameter for a degree: area grows in proportion, nothing is invisible.

    Example:
        >>> node_size(0), node_size(16)
        (6.0, 18.0)
    """
    return round(6.0 + 3.0 * math.sqrt(degree), 2)


def text_on(color: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG relative luminance).

    Example:
        >>> text_on("#FCC30B"), text_on("#19486A")
        ('#000000', '#FFFFFF')
    """
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"
