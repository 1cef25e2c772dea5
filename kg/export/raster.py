"""Pixels from vector pictures, for formats that cannot hold vectors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from kg.errors import MissingExtra
from kg.export.drawing import FONTS

if TYPE_CHECKING:
    from kg.export.graphs import PropertyGraph

_FONT: Final = "Libertinus Serif"
"""Comes with the renderer, so pixels are the same on every machine."""


def png_of(svg: str, *, scale: float = 2.0) -> bytes:
    """A picture as PNG on white.

    Args:
        svg: One of our own pictures (``width`` and ``height`` in pixels).
        scale: Pixels per unit of the picture.

    Raises:
        MissingExtra: Typst, which renders it, is not installed.

    Example:
        >>> from kg.export.drawing import Canvas
        >>> png_of(Canvas(10, 10, "Nothing", "").svg())[1:4]
        b'PNG'
    """
    try:
        import typst
    except ImportError as error:
        raise MissingExtra("PNG pictures", extra="pdf") from error
    width, height = picture_size(svg)
    escaped = svg.replace(FONTS, _FONT).replace("\\", "\\\\").replace('"', '\\"')
    source = (
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
        f'#image(bytes("{escaped}"), format: "svg", width: 100%)\n'
    )
    data = typst.compile(source.encode(), format="png", ppi=72 * scale)
    assert isinstance(data, bytes)
    return data


def picture_size(svg: str) -> tuple[float, float]:
    """Width and height of one of our pictures.

    Example:
        >>> picture_size('<svg width="10" height="20.5">')
        (10.0, 20.5)
    """
    found = [re.search(rf'\b{name}="([\d.]+)"', svg) for name in ("width", "height")]
    width, height = (float(match[1]) if match else 100.0 for match in found)
    return width, height


def write_png(graph: PropertyGraph, out: BinaryIO) -> None:
    """Draw a graph as PNG; see :func:`kg.export.picture.draw`."""
    from kg.export.picture import draw

    out.write(png_of(draw(graph), scale=2.0))
