"""The languages of a report: its sentences, numbers, dates and lists.

English sentences stand in the code, where they are said; the other languages have a catalogue of
them each, ``locales/fr.po`` and so on. Placeholders are those of :meth:`str.format`, and numbers
in them follow the conventions of the language: ``{cases:,}`` is 1,234 in English and 1 234 in
French.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from kg.errors import InputError
from kg.report import catalogue

LANGUAGES: Final = ("en", "fr", "es")
"""Languages that reports are written in; the first is that of the code."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a language writes numbers and dates.

    Attributes:
        point: Between whole and fraction.
        group: Between groups of three digits.
        grouped_from: Digits that a number has at least where groups are set apart.
        joint: Between things told one after another.
        date: Of ``{day}``, ``{month}`` (its name) and ``{year}``; ISO 8601 when empty.
        months: Names of the months.
    """

    point: str = "."
    group: str = ","
    grouped_from: int = 4
    joint: str = "; "
    date: str = ""
    months: tuple[str, ...] = ()


_CONVENTIONS: Final = {
    "fr": Conventions(
        ",", "\u00a0", 4, "\u00a0; ", "{day} {month} {year}",
        ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
         "octobre", "novembre", "décembre"),
    ),
    "es": Conventions(
        ",", "\u00a0", 5, "; ", "{day} de {month} de {year}",
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
         "octubre", "noviembre", "diciembre"),
    ),
}
_SWAPPED: Final = re.compile("[.,]")
_I_SOUND: Final = re.compile(r"[\W\d_]*h?[iíy](?![aeou])", re.IGNORECASE)
"""Spanish says e, not y, before a word that begins with the sound of i."""


class Language:
    """Says things in one language.

    Example:
        >>> say = language("en")
        >>> say("{cases:,} cases of {year}", cases=1234, year=2020)
        '1,234 cases of 2020'
        >>> say.count("{number:,} case", "{number:,} cases", 1)
        '1 case'
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.native = code == LANGUAGES[0]
        """Whether it is the language of the code and the data."""
        self.locale = f"{code}-{code.upper()}"
        """The language with its country of reference, for programs that ask for both."""
        self._conventions = _CONVENTIONS.get(code, Conventions())
        self.joint = self._conventions.joint
        """What stands between things told one after another."""
        self._catalogue = None if self.native else catalogue.catalogue(
            catalogue.LOCALES / f"{code}.po"
        )
        self._formatter = _Formatter(self)

    def __call__(self, sentence: str, /, **values: object) -> str:
        """A sentence, with its values put in."""
        if self._catalogue is not None:
            sentence = self._catalogue.gettext(sentence)
        return self._filled(sentence, values) if values else sentence

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """A sentence whose form goes by a number, which it may hold as ``{number}``."""
        if self._catalogue is None:
            sentence = one if number == 1 else many
        else:
            sentence = self._catalogue.ngettext(one, many, number)
        return self._filled(sentence, {"number": number, **values})

    def number(self, value: float, spec: str = ",") -> str:
        """A number by a format specification."""
        text = format(value, spec)
        chosen = self._conventions
        if self.native or not _SWAPPED.search(text):
            return text
        digits = sum(char.isdigit() for char in text.partition(".")[0])
        group = chosen.group if digits >= chosen.grouped_from else ""
        return _SWAPPED.sub(lambda found: group if found[0] == "," else chosen.point, text)

    def cell_format(self, code: str) -> str:
        """A number format of a workbook; the program that shows it knows point and groups."""
        return code if self.native else code.replace("%", "\u00a0%")

    def date(self, iso: str) -> str:
        """A date, given as ``2026-11-22``."""
        chosen = self._conventions
        if not chosen.date:
            return iso
        year, month, day = map(int, iso.split("-"))
        name = "1er" if (self.code, day) == ("fr", 1) else f"{day}"
        return chosen.date.format(day=name, month=chosen.months[month - 1], year=year)

    def listed(self, parts: Sequence[str]) -> str:
        """Parts as they are listed in a sentence.

        Example:
            >>> language("en").listed(["a", "b", "c"])
            'a, b and c'
        """
        if len(parts) < 2:
            return "".join(parts)
        first, last = ", ".join(parts[:-1]), parts[-1]
        said = self(message("{first} and {last}"), first=first, last=last)
        if self.code == "es" and _I_SOUND.match(last):
            return f"{first} e {last}"
        return said

    def _filled(self, sentence: str, values: dict[str, object]) -> str:
        if self.native:
            return sentence.format(**values)
        return self._formatter.vformat(sentence, (), values)


class _Formatter(string.Formatter):
    """Puts numbers in as the language writes them; those without a specification are codes."""

    def __init__(self, say: Language) -> None:
        self._say = say

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec and isinstance(value, int | float):
            return self._say.number(value, format_spec)
        return str(format(value, format_spec))


@cache
def language(code: str) -> Language:
    """The language of a tag.

    Raises:
        InputError: Reports are not written in that language. A report whose headings are in one
            language and whose sentences in another would serve nobody.

    Example:
        >>> language("en")("Table")
        'Table'
    """
    if code not in LANGUAGES:
        raise InputError(
            f"reports are written in {', '.join(LANGUAGES)}, not in {code!r}; labels in other "
            "languages are in the graph, see kg query"
        )
    return Language(code)


def message(sentence: str) -> str:
    """A sentence to be said later; this only tells the catalogues of it.

    Example:
        >>> message("Cases")
        'Cases'
    """
    return sentence


def plural(one: str, many: str) -> tuple[str, str]:
    """Both forms of a sentence to be said later.

    Example:
        >>> language("en").count(*plural("{number} case", "{number} cases"), 2)
        '2 cases'
    """
    return one, many


ENGLISH: Final = language("en")
