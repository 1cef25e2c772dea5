"""The specification curve: how a rank moves when defensible choices change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas, fitted, text_width

_ROW: Final = 22
_LABEL: Final = 260
_WIDTH: Final = 860
_HEAD: Final = 48


@dataclass(frozen=True, slots=True)
class Spread:
    """One member: its rank under every specification, 1 for the least covered."""

    label: str
    ranks: Sequence[float]
    median: float
    low: float
    high: float


def spec_curve(title: str, spreads: Sequence[Spread], top: int) -> str:
    """Draw, per member, all its ranks as ticks, the middle half as a bar, the median as a dot.

    Args:
        title: For screen readers.
        spreads: In the order of their median ranks.
        top: How many of the least covered count as the headline; shaded.

    Returns:
        SVG.
    """
    many = len(spreads)
    bottom = _HEAD + _ROW * many
    steady = sum(1 for item in spreads if max(item.ranks, default=0) <= top)
    canvas = Canvas(
        _WIDTH,
        bottom + 36,
        title,
        f"Ranks of {many} members over {len(spreads[0].ranks) if spreads else 0} specifications; "
        f"{steady} stay among the {top} least covered under every one.",
    )
    scale = (_WIDTH - _LABEL - 24) / max(many - 1, 1)

    def x(rank: float) -> float:
        return _LABEL + 8.0 + (rank - 1) * scale

    canvas.rect(_LABEL, _HEAD - 6, x(top) - _LABEL + 8, bottom - _HEAD + 8, fill="#F1F4F7")
    canvas.text(x(1) - 4, _HEAD - 12, f"the {top} least covered", size=11, fill=SOFT)
    for rank in range(1, many + 1):
        canvas.line(x(rank), _HEAD - 4, x(rank), bottom, stroke=LINE, width=0.6)
        canvas.text(x(rank), bottom + 15, f"{rank}", size=10.5, anchor="middle", fill=SOFT)
    canvas.text(_WIDTH - 12, bottom + 31, "Rank, 1 is the least covered", size=11, anchor="end",
                fill=SOFT)
    for place, item in enumerate(spreads):
        y = _HEAD + _ROW * place + _ROW / 2
        canvas.text(_LABEL - 10, y + 4, fitted(item.label, _LABEL - 16), anchor="end")
        for taken in sorted(set(item.ranks)):
            canvas.line(x(taken), y - 5, x(taken), y + 5, stroke=SOFT, width=1)
        canvas.line(x(item.low), y, x(item.high), y, stroke="#2F6690", width=5)
        canvas.circle(x(item.median), y, 4.5, fill="#FFFFFF", stroke=INK,
                      title=f"{item.label}: median rank {item.median:g}")
    _legend(canvas)
    return canvas.svg()


def _legend(canvas: Canvas) -> None:
    x, y = float(_LABEL), 14.0
    canvas.line(x + 4, y - 5, x + 4, y + 5, stroke=SOFT)
    canvas.text(x + 14, y + 4, "rank under one specification", size=11, fill=SOFT)
    x += 30 + text_width("rank under one specification", 11)
    canvas.line(x, y, x + 18, y, stroke="#2F6690", width=5)
    canvas.text(x + 24, y + 4, "middle half", size=11, fill=SOFT)
    x += 42 + text_width("middle half", 11)
    canvas.circle(x, y, 4.5, fill="#FFFFFF", stroke=INK)
    canvas.text(x + 10, y + 4, "median", size=11, fill=SOFT)
