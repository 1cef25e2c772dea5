"""Pictures of the report: drawn as the golden files have them, legible without colour."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.export.palette import text_on
from kg.report.dotplot import Mark, dot_plot
from kg.report.heatmap import heat_map
from kg.report.matchgrid import match_grid
from kg.report.multiples import Panel, small_multiples
from kg.report.speccurve import Spread, spec_curve
from kg.report.timeline import Year, timeline
from kg.report.wheel import Sector, wheel

GOLDEN = Path(__file__).parents[2] / "golden" / "report"
COLORS = ["#E5243B", "#DDA63A", "#4C9F38"]
DRAWINGS: dict[str, Callable[[], str]] = {
    "heat-map": lambda: heat_map(
        "Goals by principles", ["1 No poverty", "2 Zero hunger"], ["Fairness", "Privacy & <more>"],
        [[0, 3], [12, 1]], row_colors=COLORS[:2], empty="no case",
    ),
    "heat-map-negative": lambda: heat_map("Harm", ["a"], ["b", "c"], [[2, 0]], negative=True),
    "heat-map-empty": lambda: heat_map("Nothing", ["a"], ["b"], [[0]]),
    "gap-plot": lambda: dot_plot(
        "Gaps", [Mark("Labour rights", 14, 35.7, 8.4, 22.9, True), Mark("7.3", 0, 3.0, 0, 3.8)]
    ),
    "wheel": lambda: wheel(
        "Wheel",
        [
            Sector("1", "No poverty", COLORS[0], 12, 3),
            Sector("2", "Hunger", COLORS[1], 0, 0),
            Sector("3", "Health", COLORS[2], 23, 10),
        ],
    ),
    "regions": lambda: small_multiples(
        "Regions",
        [Panel("Western Asia", 5, [1, 0, 4]), Panel("A region with a long name", 2, [0, 2, 0])],
        ["1", "2", "3"],
        COLORS,
    ),
    "timeline": lambda: timeline("Years", [Year(2019, 3, 1), Year(2020, 0, 0), Year(2021, 7, 7)],
                                 unknown=2),
    "matches": lambda: match_grid(
        "Frameworks", ["One", "Two"], ["Fairness", "Privacy", "Safety"],
        [["exact", "", "close"], ["narrow", "broad", "related"]],
    ),
    "curve": lambda: spec_curve(
        "Ranks",
        [Spread("Goal 1", [1, 2, 2], 2, 1.5, 2), Spread("Goal 2", [3, 1, 1.5], 1.5, 1, 2)],
        1,
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawn_as_the_golden_file(name: str) -> None:
    assert DRAWINGS[name]() + "\n" == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAWINGS)
def test_self_contained_and_told_in_words(name: str) -> None:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(DRAWINGS[name]().encode())
    assert root.findtext("{*}title")
    assert root.findtext("{*}desc")
    assert root.get("role") == "img"
    assert not re.search(r"<script|<style|<image|(?:href|src)=", DRAWINGS[name]())
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter("{*}text"):
        if not text.get("transform"):
            assert 0 <= float(text.get("x")) <= width
            assert 0 < float(text.get("y")) <= height


def test_numbers_stand_in_every_square() -> None:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(DRAWINGS["heat-map"]().encode())
    texts = [text.text for text in root.iter("{*}text")]
    assert {"3", "12", "1"} <= set(texts)
    fills = [rect.get("fill") for rect in root.iter("{*}rect")]
    assert fills.count("url(#empty)") == 2  # the empty square and the legend


def test_darker_means_more_in_grey_too() -> None:
    def luminance(color: str) -> float:
        red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    etree = pytest.importorskip("lxml.etree")
    svg = heat_map("x", ["r"], ["a", "b", "c", "d"], [[1, 4, 9, 16]])
    root = etree.fromstring(svg.encode())
    shades = [rect.get("fill") for rect in root.iter("{*}rect")][2:6]
    values = [luminance(shade) for shade in shades]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


@pytest.mark.parametrize(
    "color", ["#FFFFFF", "#000000", "#FCC30B", "#19486A", "#FF3A21", "#5B6B7A"]
)
def test_text_stands_out_from_its_ground(color: str) -> None:
    def luminance(hexed: str) -> float:
        parts = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(color), luminance(text_on(color))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
