"""Fixed words of a report, by language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kg.errors import InputError

_ENGLISH: Final = MappingProxyType(
    {
        "contents": "Contents",
        "figure": "Figure",
        "table": "Table",
        "skip": "Skip to the summary",
        "page": "Page",
    }
)
LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": _ENGLISH})


def words(lang: str) -> Mapping[str, str]:
    """The fixed words in a language.

    Raises:
        InputError: Reports are not written in that language. A report whose headings are in one
            language and whose sentences in another would serve nobody.

    Example:
        >>> words("en")["table"]
        'Table'
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"reports are written in {', '.join(LANGUAGES)}, not in {lang!r}; labels in other "
            "languages are in the graph, see kg query"
        )
    return LANGUAGES[lang]
