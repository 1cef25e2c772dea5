"""Drawing in SVG: a canvas that writes small, clean, accessible vector pictures.

Pictures carry a title and a description, use one font stack, print in black and white, and hold
no script, style sheet or outside reference, so they go into a page, a PDF or a document as they
are. Numbers are rounded to hundredths, so the same input gives the same bytes everywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from kg.export.characters import xml_text

FONTS: Final = (
    "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', 'Noto Sans', sans-serif"
)
INK: Final = "#1B2733"
SOFT: Final = "#52606D"
LINE: Final = "#CFD6DD"
_NARROW: Final = frozenset("iljtfI.,:;'|!()[]{} -/")
_WIDE: Final = frozenset("mwMW@%–—…")


class Canvas:
    """A picture being drawn, in user units of one CSS pixel.

    Example:
        >>> canvas = Canvas(100, 50, "A dot", "One dot in the middle.")
        >>> canvas.circle(50, 25, 4)
        >>> canvas.svg().startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"')
        True
    """

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self.width, self.height = width, height
        self._title, self._description = title, description
        self._definitions: dict[str, str] = {}
        self._parts: list[str] = []

    def svg(self) -> str:
        """The picture as one SVG element, without an XML declaration."""
        size = f"{number(self.width)} {number(self.height)}"
        definitions = "".join(self._definitions.values())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
            f'width="{number(self.width)}" height="{number(self.height)}" role="img" '
            f'aria-labelledby="title desc" font-family="{FONTS}" font-size="12" fill="{INK}">'
            f'<title id="title">{_words(self._title)}</title>'
            f'<desc id="desc">{_words(self._description)}</desc>'
            f"{f'<defs>{definitions}</defs>' if definitions else ''}"
            f"{''.join(self._parts)}</svg>"
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        stroke: str = "none",
        title: str = "",
        radius: float = 0,
    ) -> None:
        """A rectangle; ``title`` is shown when pointed at."""
        self._shape(
            f'rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(height)}"{_optional("rx", radius)}',
            fill,
            stroke,
            title,
        )

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        *,
        fill: str = INK,
        stroke: str = "none",
        title: str = "",
    ) -> None:
        """A circle around a point."""
        self._shape(
            f'circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"', fill, stroke, title
        )

    def path(
        self,
        data: str,
        *,
        fill: str = "none",
        stroke: str = "none",
        width: float = 1,
        title: str = "",
        opacity: float = 1,
        dash: str = "",
    ) -> None:
        """A path in SVG path notation."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        extra += _optional("stroke-width", width if width != 1 else 0)
        extra += _optional("opacity", opacity if opacity != 1 else 0)
        self._shape(f'path d="{data}"{extra}', fill, stroke, title)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        stroke: str = LINE,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
            f'stroke="{stroke}" stroke-width="{number(width)}"{dashed}/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        anchor: str = "start",
        fill: str = INK,
        weight: str = "",
        rotate: float = 0,
        lang: str = "",
    ) -> None:
        """One line of text whose baseline begins (or ends, or is centred) at a point."""
        turned = (
            f' transform="rotate({number(rotate)} {number(x)} {number(y)})"' if rotate else ""
        )
        heavy = f' font-weight="{weight}"' if weight else ""
        placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
        color = f' fill="{fill}"' if fill != INK else ""
        sized = f' font-size="{number(size)}"' if size != 12 else ""
        tagged = f' xml:lang="{lang}" lang="{lang}"' if lang else ""
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}"{sized}{placed}{color}{heavy}{turned}{tagged}>'
            f"{_words(text)}</text>"
        )

    def open_group(self, attributes: str) -> None:
        """Begin a group; ``attributes`` are written as they stand."""
        self._parts.append(f"<g {attributes}>")

    def close_group(self) -> None:
        """End the group begun last."""
        self._parts.append("</g>")

    def halo(
        self, x: float, y: float, text: str, *, size: float = 12, anchor: str = "start"
    ) -> None:
        """One line of text with a white edge, legible over lines."""
        placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}"{placed} '
            f'stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
            f"{_words(text)}</text>"
        )

    def hatch(
        self, name: str, color: str = SOFT, gap: float = 6, background: str = "#FFFFFF"
    ) -> str:
        """A fill of slanting lines, readable without colour; gives the fill to use."""
        self._definitions[name] = (
            f'<pattern id="{name}" width="{number(gap)}" height="{number(gap)}" '
            f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="{number(gap)}" height="{number(gap)}" fill="{background}"/>'
            f'<rect width="1.2" height="{number(gap)}" fill="{color}"/></pattern>'
        )
        return f"url(#{name})"

    def _shape(self, element: str, fill: str, stroke: str, title: str) -> None:
        outline = f' stroke="{stroke}"' if stroke != "none" else ""
        start = f'<{element} fill="{fill}"{outline}'
        if title:
            name = element.split(" ", 1)[0]
            self._parts.append(f"{start}><title>{_words(title)}</title></{name}>")
        else:
            self._parts.append(f"{start}/>")


def _words(text: str) -> str:
    """A text for a picture, where line ends mean nothing."""
    return xml_text(" ".join(text.split()))


def number(value: float) -> str:
    """A coordinate with at most two decimals.

    Example:
        >>> number(3.0), number(2.345678)
        ('3', '2.35')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def text_width(text: str, size: float = 12) -> float:
    """Room that a text needs, in user units, generous enough for any of :data:`FONTS`.

    Example:
        >>> text_width("Zero hunger") < text_width("Zero hunger everywhere")
        True
    """
    total = 0.0
    for char in text:
        if unicodedata.combining(char):
            continue
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.05
        elif char in _NARROW:
            total += 0.36
        elif char in _WIDE:
            total += 0.95
        elif char.isupper() or char.isdigit():
            total += 0.69
        else:
            total += 0.6
    return total * size


def fitted(text: str, width: float, size: float = 12) -> str:
    """The text, or its beginning with an ellipsis, to fit a width.

    Example:
        >>> fitted("Industry, innovation and infrastructure", 120)
        'Industry, innovat…'
    """
    text = text[: int(width / (0.3 * size)) + 2]  # no more could fit, however narrow the letters
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, width: float, size: float = 12, lines: int = 2) -> Sequence[str]:
    """The text in at most some lines of a width, the last one cut if need be."""
    found: list[str] = []
    current = ""
    for word in text.split():
        trial = f"{current} {word}".strip()
        if current and text_width(trial, size) > width:
            found.append(current)
            current = word
        else:
            current = trial
    found.append(current)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [fitted(line, width, size) for line in found]


def _optional(name: str, value: float) -> str:
    return f' {name}="{number(value)}"' if value else ""


def slanted_room(labels: Sequence[str], step: float, most: float) -> tuple[float, float, float]:
    """Room for column headings that rise at 48 degrees.

    Args:
        labels: The headings.
        step: Distance between columns.
        most: Greatest height.

    Returns:
        Height, width that one heading may take, and how far they reach beyond the last column.

    Example:
        >>> slanted_room(["No"], 30, 200) < slanted_room(["Responsible consumption"], 30, 200)
        True
    """
    widest = max(map(text_width, labels), default=0.0)
    height = min(most, widest * 0.77 + 24)
    room = (height - 24) / 0.76
    reach = [
        min(text_width(label), room) * 0.68 + 14 - step * (len(labels) - place - 0.5)
        for place, label in enumerate(labels)
    ]
    return height, room, max(reach, default=0.0)
