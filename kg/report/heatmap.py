"""The heat map: two dimensions, one square per pair, the count in every square."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas, slanted_room, text_width
from kg.export.palette import text_on
from kg.report.foreign import bare
from kg.report.label_drawing import draw_label
from kg.report.language import ENGLISH, Language

_BLUES: Final = ("#EAF2F9", "#08306B")
_REDS: Final = ("#FDECEA", "#7F1D1D")
_CELL: Final = 30
_LABEL: Final = 310
_HEAD: Final = 205


def heat_map(
    title: str,
    rows: Sequence[str],
    cols: Sequence[str],
    cells: Sequence[Sequence[int]],
    *,
    row_colors: Sequence[str] = (),
    negative: bool = False,
    empty: str = "none",
    cell_title: Callable[[int, int], str] | None = None,
    say: Language = ENGLISH,
) -> str:
    """Draw a heat map.

    Light to dark means few to many, so it reads in grey; each square holds its number; empty
    squares are hatched.

    Args:
        title: For screen readers.
        rows: Row labels.
        cols: Column labels.
        cells: Counts, one sequence per row.
        row_colors: A colour bar before each row, such as the goals' own.
        negative: Red instead of blue.
        empty: What an empty square means, for the legend.
        cell_title: Text shown when a square is pointed at, by row and column.
        say: Language of the description.

    Returns:
        SVG.
    """
    highest = max((value for line in cells for value in line), default=0)
    side = min(_LABEL, max((text_width(bare(label)) for label in rows), default=0) + 22)
    head, room, beyond = slanted_room([bare(label) for label in cols], _CELL, _HEAD)
    legend = 290 + text_width(empty, 11)
    width = side + max(_CELL * len(cols) + max(beyond, 4), legend)
    height = head + _CELL * len(rows) + 52
    filled = sum(1 for line in cells for value in line if value)
    total = len(rows) * len(cols)
    canvas = Canvas(
        width,
        height,
        title,
        say(
            "{rows} rows by {cols} columns. {filled} of {total} squares hold at least one case; "
            "the highest number is {highest}. The table below holds all numbers.",
            rows=len(rows), cols=len(cols), filled=filled, total=total, highest=highest,
        ),
    )
    hatch = canvas.hatch("empty", "#B7C0C8")
    for column, label in enumerate(cols):
        x = side + _CELL * column + _CELL / 2 + 4
        draw_label(canvas, x, head - 6, label, room, rotate=-48)
    for index, (label, line) in enumerate(zip(rows, cells, strict=True)):
        y = head + _CELL * index
        if row_colors:
            canvas.rect(0, y + 3, 6, _CELL - 6, fill=row_colors[index])
        draw_label(canvas, 12 if row_colors else 0, y + 19, label, side - 18)
        for column, value in enumerate(line):
            x = side + _CELL * column
            hint = cell_title(index, column) if cell_title else ""
            if not value:
                canvas.rect(x + 0.5, y + 0.5, _CELL - 1, _CELL - 1, fill=hatch, title=hint)
                continue
            color = _shade(value / highest, _REDS if negative else _BLUES)
            canvas.rect(x + 0.5, y + 0.5, _CELL - 1, _CELL - 1, fill=color, title=hint)
            canvas.text(
                x + _CELL / 2, y + 19, f"{value}", size=11, anchor="middle", fill=text_on(color)
            )
    _legend(canvas, side, height - 26, highest, hatch, empty, _REDS if negative else _BLUES)
    canvas.line(side, head, side + _CELL * len(cols), head, stroke=INK)
    canvas.line(side, head, side, head + _CELL * len(rows), stroke=INK)
    return canvas.svg()


def _legend(
    canvas: Canvas, x: float, y: float, highest: int, hatch: str, empty: str, ends: tuple[str, str]
) -> None:
    canvas.rect(x, y, 18, 14, fill=hatch, stroke=LINE)
    canvas.text(x + 24, y + 11, empty, size=11, fill=SOFT)
    x += 40 + text_width(empty, 11)
    steps = sorted({1, *(max(1, round(highest * part)) for part in (0.25, 0.5, 0.75, 1))})
    for step in steps if highest else ():
        canvas.rect(x, y, 18, 14, fill=_shade(step / highest, ends))
        canvas.text(x + 23, y + 11, f"{step}", size=11, fill=SOFT)
        x += 34 + text_width(f"{step}", 11)


def _shade(share: float, ends: tuple[str, str]) -> str:
    """From light to dark; the square root spreads small numbers, which are most of them."""
    share = share**0.5
    light, dark = ([int(end[i : i + 2], 16) for i in (1, 3, 5)] for end in ends)
    mixed = [round(a + (b - a) * share) for a, b in zip(light, dark, strict=True)]
    return "#" + "".join(f"{value:02X}" for value in mixed)
