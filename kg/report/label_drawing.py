"""Labels in pictures: cut to their room, and in the language of the data where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg.export.drawing import fitted
from kg.report.foreign import DATA_LANGUAGE, bare, pieces

if TYPE_CHECKING:
    from kg.export.drawing import Canvas

_WORD: Final = re.compile(r"[^\W\d_]{2}")


def draw_label(
    canvas: Canvas,
    x: float,
    y: float,
    label: str,
    room: float,
    size_to_fit: float = 12,
    **how: Any,
) -> None:
    """Write a label into a picture.

    Args:
        canvas: The picture.
        x: Where it begins, or ends.
        y: Its baseline.
        label: Text, perhaps marked as data.
        room: Width that it may take.
        size_to_fit: Size of letters by which it is cut.
        how: As for :meth:`~kg.export.drawing.Canvas.text`.
    """
    # A code such as 10.a is of no language.
    spoken = any(_WORD.search(piece) for piece, data in pieces(label) if not data)
    data = label != bare(label) and not spoken
    shown = fitted(bare(label), room, size_to_fit)
    canvas.text(x, y, shown, lang=DATA_LANGUAGE if data else "", **how)
