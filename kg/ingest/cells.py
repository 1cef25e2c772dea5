"""Reading single cells: text, years, yes and no, numbers, addresses, several values.

Every function raises :class:`CellProblem` with what is wrong and what would be right; who calls
knows the row and the column.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

YEARS: Final = range(1900, 2101)
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_NOTHING: Final = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "none", "null", "nil", "nan", "unknown", "n.d.",
     "nd", "tbd", "?", "not available", "not applicable", "#n/a", "undated"}
)
_TRUE: Final = frozenset({"true", "yes", "y", "1", "1.0", "x", "✓", "ja", "oui", "si", "sí",
                          "binding", "legally binding", "hard law", "wahr", "vrai"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "0.0", "nein", "non", "falsch", "faux",
                           "non-binding", "nonbinding", "not binding", "non binding",
                           "voluntary", "soft law"})
_NOT_BINDING: Final = re.compile(
    r"\b(?:no|non|not|un|never)\s?(?:legally |law )?(?:a )?(?:binding|mandatory|compulsory|law)\b|"
    r"\blegally non ?binding\b|\bnon ?obligatory\b|\bsoft ?law\b|\bvoluntary\b|\boptional\b|"
    r"\bself regulat\w+|\A(?:no|false)\b"
)
_IS_BINDING: Final = re.compile(
    r"\bbinding\b|\bmandatory\b|\bcompulsory\b|\bobligatory\b|\bhard ?law\b|\A(?:yes|true)\b"
)
_FILE_NAMES: Final = frozenset(
    {"pdf", "htm", "html", "doc", "docx", "ppt", "pptx", "xls", "xlsx", "php", "asp", "aspx", "txt"}
)
"""Ends of file names, which are not ends of hosts."""
_HOST_FIRST: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.([^\W\d_]{2,})(?::\d+)?(?:[/?#]\S*)?\Z"
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_SPACES: Final = re.compile(r"[^\S\n]+")
_YEAR_IN_TEXT: Final = re.compile(r"(?<!\d)(19\d\d|20\d\d|2100)(?!\d)")
_ANY_SPACE: Final = re.compile(r"\s")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class CellProblem(Exception):
    """What is wrong with a cell, and what would be right."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


def text_of(value: Any) -> str:
    r"""A cell's value as clean text: no outer or invisible spaces, one form of each letter.

    Example:
        >>> text_of(" Caf\u0065\u0301\u00a0 "), text_of(2021.0), text_of(None)
        ('Café', '2021', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value.strip()
        text = unicodedata.normalize("NFC", value).translate(_INVISIBLE).replace("\r\n", "\n")
        text = _CONTROL.sub(" ", text.replace("\r", "\n").replace("_x000D_", ""))
        return _SPACES.sub(" ", text).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no value (``-``, ``n/a``, ``unknown``)."""
    return text.lower() in _NOTHING


def year(text: str) -> int | None:
    """A year, out of a year, a date, or an Excel serial number.

    Raises:
        CellProblem: None of these, or outside 1900 to 2100.

    Example:
        >>> year("2021"), year("2021-05-03"), year("3 May 2021"), year("44319"), year("n/a")
        (2021, 2021, 2021, 2021, None)
    """
    if is_nothing(text):
        return None
    number = text.removesuffix(".0")
    if number.isdigit() and number.isascii():
        value = int(number)
        if value in YEARS:
            return value
        if 20_000 <= value <= 73_415:  # Excel's days since 1900 for 1954 to 2100
            return (_EXCEL_EPOCH + dt.timedelta(days=value)).year
        if len(number) == 8 and int(number[:4]) in YEARS:
            return int(number[:4])
        raise CellProblem(f"{text!r} is no year", "a year such as 2021, between 1900 and 2100")
    found = set(_YEAR_IN_TEXT.findall(text))
    if len(found) == 1:
        return int(found.pop())
    if len(found) > 1:
        raise CellProblem(f"{text!r} names several years", "one year per cell, such as 2021")
    raise CellProblem(f"{text!r} is no year", "a year such as 2021")


def boolean(text: str) -> bool | None:
    """Yes or no.

    Raises:
        CellProblem: Neither.

    Example:
        >>> boolean("Yes"), boolean("0"), boolean("")
        (True, False, None)
    """
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    if is_nothing(text):
        return None
    raise CellProblem(f"{text!r} is neither yes nor no", "yes, no, or nothing when unknown")


def binding(text: str) -> bool | None:
    """Whether a text is law, said with yes or no or in the words of lawyers.

    Raises:
        CellProblem: Neither, or both.

    Example:
        >>> binding("Not legally-binding"), binding("Hard law (statute)"), binding("n/a")
        (False, True, None)
    """
    try:
        return boolean(text)
    except CellProblem:
        plain = re.sub(r"[^a-z]+", " ", text.lower()).strip()
        no = bool(_NOT_BINDING.search(plain))
        yes = bool(_IS_BINDING.search(_NOT_BINDING.sub(" ", plain)))
        if yes == no or re.search(r"\b(?:part|partial|partly|partially|mixed|some)\b", plain):
            raise
        return yes


@lru_cache(maxsize=4096)
def share(text: str) -> str | None:
    """A number from 0 to 1, as a decimal; percentages and decimal commas are understood.

    Raises:
        CellProblem: No such number.

    Example:
        >>> share("0,85"), share("85 %"), share("1")
        ('0.85', '0.85', '1.0')
    """
    if is_nothing(text):
        return None
    plain = text.replace(",", ".").strip()
    percent = plain.endswith("%")
    try:
        value = float(plain.rstrip("% "))
    except ValueError:
        raise CellProblem(f"{text!r} is no number", "a number from 0 to 1") from None
    if percent:
        value /= 100
    if not 0 <= value <= 1:
        raise CellProblem(f"{text!r} is not between 0 and 1", "a number from 0 to 1")
    decimal = f"{value:.6f}".rstrip("0")
    return decimal + "0" if decimal.endswith(".") else decimal


def web_address(text: str) -> str:
    """A web address.

    Blanks inside a path that ends as a file name does are written as ``%20``.

    Raises:
        CellProblem: It has no scheme we know, no host, or text beside it.

    Example:
        >>> web_address("www.example.org/a"), web_address("https://example.org/a b.pdf")
        ('https://www.example.org/a', 'https://example.org/a%20b.pdf')
    """
    if match := re.match(r"(https?)://(?=[^\s/])", text, re.IGNORECASE):
        address = f"{match.group(1).lower()}://{text[match.end():]}"
        if not _ANY_SPACE.search(address):
            return address
        if "(" not in address and re.search(rf"\.(?:{'|'.join(_FILE_NAMES)})\Z", address.lower()):
            return re.sub(r"\s+", "%20", address)
    elif re.match(r"doi:\s*10\.|10\.\d{4,9}/", text, re.IGNORECASE) and " " not in text[5:]:
        return f"https://doi.org/{text[text.index('10.'):]}"
    elif (match := _HOST_FIRST.match(text)) and match.group(1).lower() not in _FILE_NAMES:
        return f"https://{text}"
    raise CellProblem(
        f"{text[:80]!r} is no web address", "an address that begins with https://"
    )


def split_addresses(text: str) -> list[str]:
    """The addresses in a cell: one per line, or with ``|``, ``;`` or spaces between."""
    if "|" not in text and "\n" not in text and ";" not in text and " " not in text:
        return [text] if text else []
    pieces = re.split(r"[|\n]|;\s+|;(?=https?://)|\s+(?=https?://)", text)
    return [part for piece in pieces if (part := piece.strip().rstrip(";"))]


def split_values(text: str) -> list[str]:
    """The values in a cell: ``;``, ``|`` or a new line between, but not inside brackets.

    Example:
        >>> split_values("7.3 direct (a; b); 13.1 | SDG 5")
        ['7.3 direct (a; b)', '13.1', 'SDG 5']
    """
    if "(" not in text:
        if ";" not in text and "|" not in text and "\n" not in text:
            return [text.strip()] if text.strip() else []
        return [part for piece in re.split(r"[;|\n]", text) if (part := piece.strip())]
    parts, depth, current = [], 0, ""
    for character in text:
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        if character in ";|\n" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    parts.append(current)
    if depth:  # a bracket that never closes protects nothing
        parts = re.split(r"[;|\n]", text)
    return [part for piece in parts if (part := piece.strip())]


def unwrapped(text: str) -> str:
    """A cell without the brackets and quotes that programs put around lists.

    Example:
        >>> unwrapped("['privacy', 'fairness']"), unwrapped("privacy; fairness")
        ('privacy, fairness', 'privacy; fairness')
    """
    if match := re.fullmatch(r"[\[{(]([^()\[\]{}]*)[\]})]", text, re.DOTALL):
        text = match.group(1)
    pieces = re.split(r"([;,|\n])", text)
    return "".join(
        piece[: len(piece) - len(piece.lstrip())] + piece.strip().strip("'\"“”‘’`")
        if index % 2 == 0 else piece
        for index, piece in enumerate(pieces)
    )


@lru_cache(maxsize=4096)
def choice(text: str, choices: tuple[str, ...]) -> str:
    """One of a few words, whatever its case and spelling of spaces.

    Raises:
        CellProblem: None of them; names the closest.
    """
    import difflib

    plain = re.sub(r"[\s_]+", "-", text.strip().lower())
    if plain in choices:
        return plain
    close = difflib.get_close_matches(plain, choices, n=1, cutoff=0.6)
    raise CellProblem(
        f"{text!r} is none of {', '.join(choices)}", f"did you mean {close[0]!r}?" if close else ""
    )
