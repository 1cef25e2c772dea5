"""Small multiples: the same little bar chart once per region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas
from kg.report.foreign import bare
from kg.report.label_drawing import draw_label
from kg.report.language import ENGLISH, Language

_PANEL: Final = (214, 116)
_COLUMNS: Final = 4
_BARS: Final = 62


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: a name, how many cases there are, and one value per bar."""

    label: str
    total: int
    values: Sequence[int]


def small_multiples(
    title: str,
    panels: Sequence[Panel],
    bars: Sequence[str],
    colors: Sequence[str],
    say: Language = ENGLISH,
) -> str:
    """Draw one bar chart per panel, all on the same scale.

    Args:
        title: For screen readers.
        panels: In the order of reading.
        bars: Short names of the bars, such as goal numbers.
        colors: One per bar.
        say: Language of the words.

    Returns:
        SVG.
    """
    highest = max((value for panel in panels for value in panel.values), default=0) or 1
    lines = math.ceil(len(panels) / _COLUMNS)
    canvas = Canvas(
        _PANEL[0] * _COLUMNS,
        _PANEL[1] * lines + 8,
        title,
        say.joint.join(
            bare(say.count("{label}: {number} cases", "{label}: {number} cases", panel.total,
                           label=panel.label))
            for panel in panels
        )
        + ".",
    )
    slot = (_PANEL[0] - 24) / max(len(bars), 1)
    for place, panel in enumerate(panels):
        left = _PANEL[0] * (place % _COLUMNS)
        top = _PANEL[1] * (place // _COLUMNS)
        draw_label(canvas, left, top + 14, panel.label, _PANEL[0] - 84, 12.5, size=12,
                   weight="600")
        canvas.text(
            left + _PANEL[0] - 24, top + 14,
            say.count("{number} case", "{number} cases", panel.total), size=10.5, anchor="end",
            fill=SOFT,
        )
        base = top + 26 + _BARS
        canvas.line(left, base + 0.5, left + _PANEL[0] - 24, base + 0.5, stroke=INK)
        ceiling = base - _BARS
        canvas.line(left, ceiling, left + _PANEL[0] - 24, ceiling, stroke=LINE, dash="2 3")
        for index, value in enumerate(panel.values):
            x = left + slot * index
            if value:
                tall = max(_BARS * value / highest, 1.5)
                canvas.rect(
                    x + 1, base - tall, slot - 2, tall, fill=colors[index],
                    title=bare(
                        say("{label}, {bar}: {number}", label=panel.label, bar=bars[index],
                            number=value)
                    ),
                )
            if index % 2 == 0:
                canvas.text(x + slot / 2, base + 12, bars[index], size=8.5, anchor="middle",
                            fill=SOFT)
        canvas.text(left + _PANEL[0] - 22, base - _BARS + 3, f"{highest}", size=8.5, fill=SOFT)
    return canvas.svg()
