"""Text that stays in the language of the data inside sentences of another language.

Such text carries two marks around it while a report is made. Writers turn them into what their
format has for it (``lang="en"`` in HTML) or take them out. The marks are noncharacters, which
Unicode keeps for use inside one program, so no data can mean anything by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

DATA_LANGUAGE: Final = "en"
"""The language of labels, titles and summaries in the graph, where no other is asked for."""
_BEGIN: Final = "\ufdd0"
_END: Final = "\ufdd1"
_MARKED: Final = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")
_MARKS: Final = str.maketrans("", "", _BEGIN + _END)
_LETTERS: Final = re.compile(r"[^\W\d_]")


def foreign(text: str) -> str:
    r"""The text, marked as being in the language of the data; numbers alone have none.

    Example:
        >>> foreign("Fairness"), foreign("2020")
        ('\ufdd0Fairness\ufdd1', '2020')
    """
    clean = bare(text)
    return f"{_BEGIN}{clean}{_END}" if _LETTERS.search(clean) else clean


def bare(text: str) -> str:
    """The text without marks.

    Example:
        >>> bare("7.3 " + foreign("Energy efficiency"))
        '7.3 Energy efficiency'
    """
    return text.translate(_MARKS) if _BEGIN in text or _END in text else text


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is in the language of the data.

    Example:
        >>> list(pieces("7.3 " + foreign("Energy efficiency")))
        [('7.3 ', False), ('Energy efficiency', True)]
    """
    if _BEGIN not in text:
        yield bare(text), False
        return
    for place, piece in enumerate(_MARKED.split(text)):
        if piece:
            yield bare(piece), place % 2 == 1
