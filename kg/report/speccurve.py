"""The specification curve: how a rank moves when defensible choices change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas, text_width
from kg.report.foreign import bare
from kg.report.label_drawing import draw_label
from kg.report.language import ENGLISH, Language

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


def spec_curve(
    title: str, spreads: Sequence[Spread], top: int, say: Language = ENGLISH
) -> str:
    """Draw, per member, all its ranks as ticks, the middle half as a bar, the median as a dot.

    Args:
        title: For screen readers.
        spreads: In the order of their median ranks.
        top: How many of the least covered count as the headline; shaded.
        say: Language of the words.

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
        say(
            "Ranks of {members} members over {specifications} specifications; {steady} stay among "
            "the {top} least covered under every one.",
            members=many, specifications=len(spreads[0].ranks) if spreads else 0, steady=steady,
            top=top,
        ),
    )
    scale = (_WIDTH - _LABEL - 24) / max(many - 1, 1)

    def x(rank: float) -> float:
        return _LABEL + 8.0 + (rank - 1) * scale

    canvas.rect(_LABEL, _HEAD - 6, x(top) - _LABEL + 8, bottom - _HEAD + 8, fill="#F1F4F7")
    canvas.text(x(1) - 4, _HEAD - 12, say("the {top} least covered", top=top), size=11, fill=SOFT)
    for rank in range(1, many + 1):
        canvas.line(x(rank), _HEAD - 4, x(rank), bottom, stroke=LINE, width=0.6)
        canvas.text(x(rank), bottom + 15, f"{rank}", size=10.5, anchor="middle", fill=SOFT)
    canvas.text(_WIDTH - 12, bottom + 31, say("Rank, 1 is the least covered"), size=11,
                anchor="end", fill=SOFT)
    for place, item in enumerate(spreads):
        y = _HEAD + _ROW * place + _ROW / 2
        draw_label(canvas, _LABEL - 10, y + 4, item.label, _LABEL - 16, anchor="end")
        for taken in sorted(set(item.ranks)):
            canvas.line(x(taken), y - 5, x(taken), y + 5, stroke=SOFT, width=1)
        canvas.line(x(item.low), y, x(item.high), y, stroke="#2F6690", width=5)
        hint = bare(say("{name}: median rank {rank:g}", name=item.label, rank=item.median))
        canvas.circle(x(item.median), y, 4.5, fill="#FFFFFF", stroke=INK, title=hint)
    _legend(canvas, say)
    return canvas.svg()


def _legend(canvas: Canvas, say: Language) -> None:
    x, y = float(_LABEL), 14.0
    one, half = say("rank under one specification"), say("middle half")
    canvas.line(x + 4, y - 5, x + 4, y + 5, stroke=SOFT)
    canvas.text(x + 14, y + 4, one, size=11, fill=SOFT)
    x += 30 + text_width(one, 11)
    canvas.line(x, y, x + 18, y, stroke="#2F6690", width=5)
    canvas.text(x + 24, y + 4, half, size=11, fill=SOFT)
    x += 42 + text_width(half, 11)
    canvas.circle(x, y, 4.5, fill="#FFFFFF", stroke=INK)
    canvas.text(x + 10, y + 4, say("median"), size=11, fill=SOFT)
