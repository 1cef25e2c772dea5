"""Drawn graphs: stable, complete, self-contained, and refused where nobody could read them."""

from __future__ import annotations

import io
import re

import pytest

from kg.errors import InputError
from kg.export import Selection, selected_graph
from kg.export.drawing import Canvas, fitted, text_width, wrapped
from kg.export.graph_page import write_page
from kg.export.graphs import GraphEdge, GraphNode, PropertyGraph, listed
from kg.export.layout import MOST_NODES, place
from kg.export.picture import draw, labels, placed, polygon
from kg.projection import Projection
from kg.store import Snapshot


@pytest.fixture
def concepts(projection: Projection, snapshot: Snapshot) -> PropertyGraph:
    return selected_graph(projection, snapshot, Selection(graph="concepts"))


def test_the_same_graph_is_drawn_the_same(concepts: PropertyGraph) -> None:
    assert draw(concepts) == draw(concepts)


def test_every_node_is_drawn_and_named(concepts: PropertyGraph) -> None:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(draw(concepts).encode())
    titles = [title.text for title in root.findall(".//{*}title")[1:]]
    assert len(titles) == concepts.node_count
    assert root.findtext("{*}title")
    assert root.findtext("{*}desc")


def test_labels_do_not_overlap(concepts: PropertyGraph) -> None:
    nodes = list(concepts.nodes())
    points = place(nodes, list(concepts.edges()), 1320, 700)
    boxes = []
    for x, y, anchor, text, size in labels(placed(nodes, points), 800).values():
        wide = text_width(text, size)
        left = x - {"start": 0, "end": wide, "middle": wide / 2}[anchor]
        boxes.append((left, y - size, left + wide, y + 4))
    assert len(boxes) > 30
    for index, one in enumerate(boxes):
        for two in boxes[index + 1 :]:
            apart = (
                one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
            )
            assert apart


def test_awkward_texts_are_drawn(awkward: PropertyGraph) -> None:
    etree = pytest.importorskip("lxml.etree")
    etree.fromstring(draw(awkward).encode())


def test_nodes_without_edges_stand_apart() -> None:
    nodes = [GraphNode(f"n{i}", {"size": 8.0}) for i in range(6)]
    edges = [GraphEdge("e", "n0", "n1"), GraphEdge("loop", "n2", "n2")]
    points = place(nodes, edges, 400, 300)
    assert set(points) == {node.id for node in nodes}
    lowest = max(points["n0"][1], points["n1"][1], points["n2"][1])
    assert all(points[f"n{i}"][1] > lowest for i in (3, 4, 5))


def test_a_crowd_is_refused() -> None:
    crowd = listed("crowd", (GraphNode(f"n{i}") for i in range(MOST_NODES + 1)), [])
    with pytest.raises(InputError, match="too many"):
        draw(crowd)


def test_png_is_the_picture_in_pixels(concepts: PropertyGraph) -> None:
    pytest.importorskip("typst", reason="the extra equipoise[pdf] is not installed")
    from kg.export.raster import picture_size, png_of

    data = png_of(draw(concepts), scale=1)
    width, height = picture_size(draw(concepts))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    assert size == (round(width), round(height))
    assert png_of(draw(concepts), scale=1) == data


def test_the_page_fetches_nothing(concepts: PropertyGraph) -> None:
    html5 = pytest.importorskip("html5rdf")
    out = io.BytesIO()
    write_page(concepts, out)
    page = out.getvalue().decode()
    assert not re.search(r"(?:src|href)\s*=|@import|url\(http|fetch\(|import\s*\(", page)
    html5.HTMLParser(strict=True).parse(page)


def test_the_page_survives_awkward_texts(awkward: PropertyGraph) -> None:
    html5 = pytest.importorskip("html5rdf")
    out = io.BytesIO()
    write_page(awkward, out)
    page = out.getvalue().decode()
    html5.HTMLParser(strict=True).parse(page)
    assert page.count("</script>") == 2


def test_polygons_have_their_corners() -> None:
    for sides in (3, 4, -4, 5, 6, 8):
        assert polygon(0, 0, 10, sides).count("L") == abs(sides) - 1


def test_texts_fit_their_room() -> None:
    long = "Industry, innovation and infrastructure for everybody everywhere"
    assert text_width(fitted(long, 120)) <= 120
    lines = wrapped(long, 150, lines=2)
    assert len(lines) == 2
    assert all(text_width(line) <= 150 for line in lines)


def test_a_canvas_tells_what_it_shows() -> None:
    canvas = Canvas(10, 10, "A & B", "5 < 6")
    canvas.rect(0, 0, 1, 1, title="x")
    svg = canvas.svg()
    assert '<title id="title">A &amp; B</title>' in svg
    assert "5 &lt; 6" in svg
