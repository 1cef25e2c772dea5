"""How main findings are worded: small numbers in words, lists cut short, sureness in grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kg.report.language import message, plural

if TYPE_CHECKING:
    from kg.analysis.gap import Gap
    from kg.report.language import Language

_LEAST: Final = 0.0001
_NUMBERS: Final = (
    message("one"), message("two"), message("three"), message("four"), message("five"),
    message("six"), message("seven"), message("eight"), message("nine"),
)
_NOUNS: Final = {
    "goal": plural("{count} goal", "{count} goals"),
    "target": plural("{count} target", "{count} targets"),
    "principle": plural("{count} principle", "{count} principles"),
    "technology": plural("{count} technology", "{count} technologies"),
    "member": plural("{count} member", "{count} members"),
    "pair": plural("{count} pair", "{count} pairs"),
    "place": plural("{count} place", "{count} places"),
}


def sureness_of(gaps: Sequence[Gap], say: Language) -> str:
    """How sure we are of the least sure of these, and how far it reaches."""
    q = max(gap.q if gap.q is not None else 1.0 for gap in gaps)
    grade = (
        say("Very sure")
        if q < 0.001
        else say("Sure")
        if q < 0.01
        else say("Fairly sure")
        if q < 0.04
        else say("Just beyond the line that we draw at q = {alpha:.2f}", alpha=0.05)
    )
    if q < _LEAST and len(gaps) > 1:
        said = say("{grade}: q is below {limit:.4f} or less.", grade=grade, limit=_LEAST)
    elif q < _LEAST:
        said = say("{grade}: q is below {limit:.4f}.", grade=grade, limit=_LEAST)
    else:
        value = say.number(q, ".2g" if q < 0.0495 else ".3g")
        said = (
            say("{grade}: q is {value} or less.", grade=grade, value=value)
            if len(gaps) > 1
            else say("{grade}: q is {value}.", grade=grade, value=value)
        )
    return f"{said}{_interval(gaps[0], say) if len(gaps) == 1 else ''}"


def _interval(gap: Gap, say: Language) -> str:
    if gap.interval is None:
        return ""
    low, high = (100 * limit for limit in gap.interval)
    if gap.kind.endswith(("-contested", "-more-negative")):
        said = say(
            "The share of such negative links lies between {low:.1f} % and {high:.1f} % (95 % "
            "interval).", low=low, high=high,
        )
    else:
        said = say(
            "The share of such cases lies between {low:.1f} % and {high:.1f} % (95 % interval).",
            low=low, high=high,
        )
    return f" {said}"


def listed(parts: Sequence[str], total: int, say: Language) -> str:
    """``a, b and c``, or ``a, b and 7 more``."""
    more = total - len(parts)
    left = [say.count("{number:,} more", "{number:,} more", more)] if more > 0 else []
    return say.listed([*parts, *left])


def counted(number: int, noun: str, say: Language) -> str:
    """A number with its noun, both in words where the number is small.

    Example:
        >>> from kg.report.language import ENGLISH
        >>> counted(2, "technology", ENGLISH)
        'two technologies'
    """
    count = say(_NUMBERS[number - 1]) if 0 < number <= len(_NUMBERS) else say.number(number)
    return say.count(*_NOUNS[noun], number, count=count)


def capital(sentence: str) -> str:
    """The sentence with a capital in front."""
    return sentence[:1].upper() + sentence[1:]
