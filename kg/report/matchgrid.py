"""The grid of mappings: which framework has which common principle, and how closely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.export.drawing import INK, LINE, Canvas, slanted_room, text_width
from kg.export.palette import text_on
from kg.report.foreign import bare
from kg.report.label_drawing import draw_label
from kg.report.language import ENGLISH, Language, message
from kg.report.terms import TERMS

_CELL: Final = 25
_LABEL: Final = 400
_HEAD: Final = 205
_LEGEND: Final = 400
_FILLS: Final = {
    "exact": (message("E"), "#1D3F5E"),
    "close": (message("C"), "#3F739E"),
    "narrow": (message("N"), "#8DB4D3"),
    "broad": (message("B"), "#E3EDF5"),
    "related": (message("R"), "#F4F7FA"),
}


def match_grid(
    title: str,
    rows: Sequence[str],
    cols: Sequence[str],
    cells: Sequence[Sequence[str]],
    say: Language = ENGLISH,
) -> str:
    """Draw the grid; the letter tells the strength, the shade repeats it.

    Args:
        title: For screen readers.
        rows: Names of frameworks.
        cols: Names of principles.
        cells: exact, close, narrow, broad, related or an empty string.
        say: Language of the words and letters.

    Returns:
        SVG.
    """
    side = min(_LABEL, max((text_width(bare(label), 11) for label in rows), default=0) + 12)
    head, room, beyond = slanted_room([bare(label) for label in cols], _CELL, _HEAD)
    counted = sum(1 for line in cells for value in line if value in ("exact", "close", "narrow"))
    canvas = Canvas(
        side + max(_CELL * len(cols) + max(beyond, 4), _LEGEND),
        head + _CELL * len(rows) + 34,
        title,
        say(
            "{rows} frameworks by {cols} principles; {counted} of {squares} squares hold a mapping "
            "that counts.",
            rows=len(rows), cols=len(cols), counted=counted, squares=len(rows) * len(cols),
        ),
    )
    for column, label in enumerate(cols):
        x = side + _CELL * column + _CELL / 2 + 4
        draw_label(canvas, x, head - 6, label, room, rotate=-48)
    for index, (label, line) in enumerate(zip(rows, cells, strict=True)):
        y = head + _CELL * index
        draw_label(canvas, 0, y + 17, label, side - 8, 11, size=11)
        canvas.line(side, y + _CELL, side + _CELL * len(cols), y + _CELL)
        for column, value in enumerate(line):
            if not value:
                continue
            sign, color = _FILLS[value]
            letter = say(sign)
            x = side + _CELL * column
            canvas.rect(x + 1, y + 1, _CELL - 2, _CELL - 2, fill=color,
                        title=bare(
                            say("{framework}: {match} match to {principle}", framework=label,
                                match=say(TERMS[value]), principle=cols[column])
                        ))
            canvas.text(x + _CELL / 2, y + 17, letter, size=11, anchor="middle",
                        fill=text_on(color))
    canvas.line(side, head, side + _CELL * len(cols), head, stroke=INK)
    x, y = side, head + _CELL * len(rows) + 12
    for match, (sign, color) in _FILLS.items():
        name, letter = say(TERMS[match]), say(sign)
        canvas.rect(x, y, 18, 15, fill=color, stroke=LINE)
        canvas.text(x + 9, y + 12, letter, size=11, anchor="middle", fill=text_on(color))
        canvas.text(x + 23, y + 12, name, size=11)
        x += 38 + text_width(name, 11)
    return canvas.svg()
