"""The graph as a page to explore: one file, nothing fetched, readable without script."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.export.characters import printable
from kg.export.picture import draw

if TYPE_CHECKING:
    from kg.export.graphs import PropertyGraph

_HERE: Final = Path(__file__).parent
_SHOWN: Final = ("kind", "code", "year", "status", "degree", "description")


def write_page(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write an HTML page with the drawing, a list of nodes, and a script for exploring.

    Without script the page shows the drawing and the list. With it: search, kinds on and off,
    zoom and pan by mouse, finger or keyboard, neighbours of a chosen node.

    Raises:
        InputError: There are too many nodes to draw.
    """
    nodes, edges = list(graph.nodes()), list(graph.edges())
    numbers = {node.id: place for place, node in enumerate(nodes)}
    data = {
        "directed": graph.directed,
        "nodes": [
            {
                "id": node.id,
                "label": node.label,
                **{key: node.attributes[key] for key in _SHOWN if key in node.attributes},
            }
            for node in nodes
        ],
        "edges": [
            [
                numbers[edge.source],
                numbers[edge.target],
                str(edge.attributes.get("label", "")),
                str(edge.attributes.get("polarity", "neutral")),
            ]
            for edge in edges
        ],
    }
    blob = printable(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    blob = blob.replace("</", "<\\/").replace("<!--", "<\\u0021--")  # would end the script
    rows = "".join(
        f"<tr><td>{_text(node.label)}</td><td>{_text(node.kind)}</td>"
        f"<td>{node.attributes.get('degree', '')}</td></tr>\n"
        for node in sorted(nodes, key=lambda node: (node.kind, node.label.casefold(), node.id))
    )
    title = graph.heading
    out.write(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
            f"<title>{_text(title)}</title>\n<style>\n{_read('graph_page.css')}</style>\n"
            f"</head>\n<body>\n<header>\n<h1>{_text(title)}</h1>\n"
            f"<p>{_text(graph.description)}</p>\n"
            '<form id="tools" hidden>\n<label>Find <input id="find" type="search" list="names" '
            'autocomplete="off"></label>\n<datalist id="names"></datalist>\n'
            '<fieldset id="kinds"><legend>Kinds</legend></fieldset>\n'
            '<button type="button" id="reset">Show all</button>\n</form>\n</header>\n<main>\n'
            '<div id="stage" tabindex="0" role="group" aria-label="Drawing of the graph. Arrow '
            'keys move it, plus and minus zoom.">\n'
            f"{draw(graph, named=True)}\n</div>\n"
            '<aside id="about" aria-live="polite"></aside>\n<details>\n'
            f"<summary>All {len(nodes):,} nodes as a list</summary>\n<table>\n<thead><tr>"
            '<th scope="col">Label</th><th scope="col">Kind</th><th scope="col">Edges</th></tr>'
            f"</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</details>\n</main>\n"
            f'<script type="application/json" id="data">{blob}</script>\n'
            f'<script type="module">\n{_read("graph_page.js")}</script>\n</body>\n</html>\n'
        ).encode()
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _text(value: str) -> str:
    return escape(printable(value))
