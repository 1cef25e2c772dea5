"""Characters that some formats cannot hold.

XML 1.0 has no way to write most control characters, not even as references, and a graph may hold
any of them. They become U+FFFD, the character that stands for one that was lost, so a reader
sees that something was there and every file stays well-formed.
"""

from __future__ import annotations

import re
from typing import Final

_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN: Final = re.compile("[^\u0020!#-%(-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Finds the first character that may need care; most texts have none."""
_TEXT: Final = re.compile("[&<>\r]")
_ATTRIBUTE: Final = re.compile("[&<>\"'\r\n\t]")
_REFERENCES: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "\r": "&#13;",
    "\n": "&#10;",
    "\t": "&#9;",
}


def printable(text: str) -> str:
    r"""The text with every character that XML 1.0 cannot hold replaced by U+FFFD.

    Example:
        >>> printable("a\x00b") == "a\ufffdb"
        True
    """
    return _UNWRITABLE.sub("\ufffd", text)


def xml_text(text: str) -> str:
    """The text as content of an XML element.

    ``>`` is always written as a reference, so ``]]>`` cannot appear; carriage returns survive
    the reader's normalisation of line ends.

    Example:
        >>> xml_text("a < b ]]> c")
        'a &lt; b ]]&gt; c'
    """
    if _PLAIN.search(text) is None:
        return text
    return _TEXT.sub(_reference, printable(text))


def xml_attribute(text: str) -> str:
    """The text as value of an XML attribute, in either kind of quotes.

    Line ends and tabs survive the reader's normalisation of attribute values.

    Example:
        >>> xml_attribute('say "no"')
        'say &quot;no&quot;'
    """
    if _PLAIN.search(text) is None:
        return text
    return _ATTRIBUTE.sub(_reference, printable(text))


def _reference(match: re.Match[str]) -> str:
    return _REFERENCES[match.group()]
