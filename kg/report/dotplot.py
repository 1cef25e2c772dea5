"""The gap plot: what was found against what was expected, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas, text_width
from kg.report.foreign import bare
from kg.report.label_drawing import draw_label
from kg.report.language import ENGLISH, Language

_ROW: Final = 24
_WIDTH: Final = 860
_LABEL: Final = 400
_HEAD: Final = 46


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the plot; numbers are counts of units."""

    label: str
    observed: float
    expected: float | None
    low: float
    high: float
    striking: bool = False


def dot_plot(
    title: str, marks: Sequence[Mark], axis: str = "", *, say: Language = ENGLISH
) -> str:
    """Draw observed counts (dots with 95 % intervals) beside expected ones (crosses).

    Gaps that chance does not explain have a filled dot and a bold label, so nothing depends on
    colour. Expected counts lie to the right of the dots where something is missing.

    Returns:
        SVG.
    """
    height = _HEAD + _ROW * len(marks) + 34
    highest = max((max(mark.high, mark.expected or 0) for mark in marks), default=1.0) or 1.0
    step = _step(highest)
    top = math.ceil(highest / step) * step
    scale = (_WIDTH - _LABEL - 30) / top
    striking = sum(mark.striking for mark in marks)
    canvas = Canvas(
        _WIDTH,
        height,
        title,
        say.count(
            "{number} gap, {striking} of them not explained by chance. For each: the number of "
            "cases found with its 95 % interval, and the number expected. The table gives all "
            "numbers.",
            "{number} gaps, {striking} of them not explained by chance. For each: the number of "
            "cases found with its 95 % interval, and the number expected. The table gives all "
            "numbers.",
            len(marks), striking=striking,
        ),
    )
    bottom = _HEAD + _ROW * len(marks)
    for tick in range(round(top / step) + 1):
        x = _LABEL + tick * step * scale
        canvas.line(x, _HEAD - 4, x, bottom, stroke=LINE)
        canvas.text(
            x, bottom + 15, say.number(tick * step, "g"), size=11, anchor="middle", fill=SOFT
        )
    canvas.text(_WIDTH - 20, bottom + 30, axis or say("Cases"), size=11, anchor="end", fill=SOFT)
    _legend(canvas, say)
    for place, mark in enumerate(marks):
        y = _HEAD + _ROW * place + _ROW / 2
        draw_label(
            canvas,
            _LABEL - 12,
            y + 4,
            mark.label,
            _LABEL - 16,
            anchor="end",
            weight="600" if mark.striking else "",
        )
        canvas.line(
            _LABEL + mark.low * scale, y, _LABEL + mark.high * scale, y, stroke=INK, width=1.6
        )
        if mark.expected is not None:
            _cross(canvas, _LABEL + mark.expected * scale, y)
        canvas.circle(
            _LABEL + mark.observed * scale,
            y,
            4.5,
            fill=INK if mark.striking else "#FFFFFF",
            stroke=INK,
            title=bare(
                say("{name}: {found:g} found", name=mark.label, found=mark.observed)
            ),
        )
    return canvas.svg()


def _legend(canvas: Canvas, say: Language) -> None:
    x = float(_LABEL)
    for kind, label in (
        ("filled", say("found, chance does not explain it")),
        ("open", say("found")),
        ("cross", say("expected")),
    ):
        if kind == "cross":
            _cross(canvas, x + 5, 16)
        else:
            canvas.circle(x + 5, 16, 4.5, fill=INK if kind == "filled" else "#FFFFFF", stroke=INK)
        canvas.text(x + 15, 20, label, size=11, fill=SOFT)
        x += 34 + text_width(label, 11)


def _cross(canvas: Canvas, x: float, y: float) -> None:
    canvas.line(x - 4.5, y - 4.5, x + 4.5, y + 4.5, stroke="#A8321F", width=2)
    canvas.line(x - 4.5, y + 4.5, x + 4.5, y - 4.5, stroke="#A8321F", width=2)


def _step(highest: float) -> float:
    """Distance of ticks: 1, 2 or 5 times a power of ten, giving four to ten of them."""
    rough = max(highest / 8, 1e-9)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return float(max(step, 1.0))
