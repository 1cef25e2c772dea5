"""The SDG wheel: one sector per goal, as long as its number of cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas
from kg.export.palette import text_on
from kg.report.foreign import bare
from kg.report.language import ENGLISH, Language

_SIZE: Final = 560
_INNER: Final = 62
_OUTER: Final = 212
_GAP: Final = 0.012


@dataclass(frozen=True, slots=True)
class Sector:
    """One goal: its number, label, colour, and cases that support and undermine it."""

    code: str
    label: str
    color: str
    positive: int
    negative: int


def wheel(title: str, sectors: Sequence[Sector], say: Language = ENGLISH) -> str:
    """Draw the wheel.

    The area from the hub outwards grows with the number of supporting cases; the hatched band
    at the hub grows with the undermining ones. Every sector carries goal number and both counts.

    Returns:
        SVG.
    """
    middle = _SIZE / 2
    highest = max((max(item.positive, item.negative) for item in sectors), default=0) or 1
    ranked = sorted(sectors, key=lambda item: -item.positive)
    listed = say.joint.join(
        say("goal {code} {positive} supporting, {negative} undermining", code=item.code,
            positive=item.positive, negative=item.negative)
        for item in sectors
    )
    first = (
        say("Most cases support goal {code}.", code=ranked[0].code)
        if ranked
        else say("There is no goal.")
    )
    canvas = Canvas(
        _SIZE,
        _SIZE,
        title,
        f"{first} {listed}.",
    )
    hatch = canvas.hatch("negative", INK, 5)
    for part in (0.25, 0.5, 0.75, 1.0):
        canvas.circle(middle, middle, _radius(part), fill="none", stroke=LINE)
    angle = 2 * math.pi / max(len(sectors), 1)
    for place, item in enumerate(sectors):
        start = place * angle - math.pi / 2
        end = start + angle
        outer = _radius(item.positive / highest)
        hint = bare(
            say("{code} {label}: {positive} supporting, {negative} undermining", code=item.code,
                label=item.label, positive=item.positive, negative=item.negative)
        )
        if item.positive:
            data = _sector(middle, _INNER, outer, start + _GAP, end - _GAP)
            canvas.path(data, fill=item.color, title=hint)
        if item.negative:
            data = _sector(middle, _INNER, _radius(item.negative / highest), start + angle * 0.68,
                           end - _GAP)
            canvas.path(data, fill=hatch, stroke=INK, title=hint)
        turn = start + angle / 2
        x, y = middle + 41 * math.cos(turn), middle + 41 * math.sin(turn)
        canvas.circle(x, y, 8.5, fill=item.color)
        canvas.text(x, y + 3.5, item.code, size=10, anchor="middle", fill=text_on(item.color),
                    weight="600")
        _counts(canvas, middle, turn, item)
    return canvas.svg()


def _counts(canvas: Canvas, middle: float, turn: float, item: Sector) -> None:
    x, y = middle + (_OUTER + 26) * math.cos(turn), middle + (_OUTER + 26) * math.sin(turn)
    canvas.text(x, y + 1, f"{item.positive}", size=13, anchor="middle", weight="600")
    against = f"−{item.negative}" if item.negative else "0"
    canvas.text(x, y + 14, against, size=11, anchor="middle", fill=SOFT)


def _radius(share: float) -> float:
    """Radius of a sector whose area is a share of the largest one's."""
    inner, outer = _INNER**2, _OUTER**2
    return math.sqrt(inner + (outer - inner) * share)


def _sector(middle: float, inner: float, outer: float, start: float, end: float) -> str:
    def at(radius: float, angle: float) -> str:
        return f"{middle + radius * math.cos(angle):.2f} {middle + radius * math.sin(angle):.2f}"

    return (
        f"M{at(inner, start)}L{at(outer, start)}"
        f"A{outer:.2f} {outer:.2f} 0 0 1 {at(outer, end)}"
        f"L{at(inner, end)}A{inner:.2f} {inner:.2f} 0 0 0 {at(inner, start)}Z"
    )
