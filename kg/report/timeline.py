"""The timeline: cases per start year, supporting and undermining ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.export.drawing import INK, LINE, SOFT, Canvas, text_width
from kg.report.language import ENGLISH, Language

_WIDTH: Final = 860
_BARS: Final = 170
_TOP: Final = 34


@dataclass(frozen=True, slots=True)
class Year:
    """Cases that began in one year, and how many of them undermine a goal."""

    year: int
    cases: int
    negative: int


def timeline(
    title: str, years: Sequence[Year], *, unknown: int = 0, say: Language = ENGLISH
) -> str:
    """Draw one column per year; the hatched part is cases with a negative link.

    Returns:
        SVG.
    """
    highest = max((year.cases for year in years), default=0) or 1
    most = max(years, key=lambda year: year.cases, default=None)
    said = [
        say.count(
            "Cases by the year in which they began, {number} years.",
            "Cases by the year in which they began, {number} years.",
            len(years),
        )
    ]
    if most:
        said.append(
            say("Most, {cases}, began in {year}.", cases=most.cases, year=most.year)
        )
    if unknown:
        said.append(say("The year of {number} is unknown.", number=unknown))
    canvas = Canvas(
        _WIDTH,
        _TOP + _BARS + 34,
        title,
        " ".join(said),
    )
    hatch = canvas.hatch("negative", INK, 5, "#D9E4EE")
    base = _TOP + _BARS
    for part in (0.5, 1.0):
        y = base - _BARS * part
        canvas.line(30, y, _WIDTH, y, stroke=LINE, dash="2 3")
        canvas.text(26, y + 4, f"{round(highest * part)}", size=10.5, anchor="end", fill=SOFT)
    slot = (_WIDTH - 40) / max(len(years), 1)
    bar = min(slot - 4, 44)
    every = max(1, round(len(years) / 24))
    for place, year in enumerate(years):
        x = 36 + slot * place + (slot - bar) / 2
        tall = _BARS * year.cases / highest
        hint = say.count(
            "{year}: {number} cases, {negative} with a negative link",
            "{year}: {number} cases, {negative} with a negative link",
            year.cases, year=year.year, negative=year.negative,
        )
        if year.cases:
            canvas.rect(x, base - tall, bar, tall, fill="#2F6690", title=hint)
            canvas.text(x + bar / 2, base - tall - 4, f"{year.cases}", size=10, anchor="middle")
        if year.negative:
            low = _BARS * year.negative / highest
            canvas.rect(x, base - low, bar, low, fill=hatch, stroke=INK, title=hint)
        if place % every == 0:
            canvas.text(x + bar / 2, base + 15, f"{year.year}", size=10.5, anchor="middle")
    canvas.line(30, base, _WIDTH, base, stroke=INK)
    canvas.rect(36, 4, 16, 12, fill="#2F6690")
    every_case = say("all cases")
    canvas.text(57, 14, every_case, size=11, fill=SOFT)
    x = max(126, 73 + round(text_width(every_case, 11)))
    canvas.rect(x, 4, 16, 12, fill=hatch, stroke=INK)
    canvas.text(
        x + 21, 14, say("of these, with a link that undermines a goal or violates a principle"),
        size=11, fill=SOFT,
    )
    return canvas.svg()
