"""The many ways people write a country that its labels do not list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

WORLD: Final = "XZ"
"""The code of what is global, international or of several countries at once."""
_OF_SEVERAL: Final = frozenset(
    {"eu", "european union", "international", "global", "globally", "world", "worldwide",
     "world wide", "supranational", "multinational", "intergovernmental", "transnational",
     "multiple", "multiple countries", "several countries", "various", "various countries",
     "cross national", "regional", "europe", "africa", "asia",
     "african union", "au", "asean", "oecd", "g7", "g20",
     "united nations", "un", "council of europe", "european commission", "n a international"}
)
_ALIASES: Final = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "us": "US", "usa": "US", "america": "US",
    "united states of america": "US", "uae": "AE", "emirates": "AE", "south korea": "KR",
    "s korea": "KR", "republic of korea": "KR", "korea": "KR", "korea south": "KR",
    "republic of korea south korea": "KR", "north korea": "KP", "korea north": "KP", "dprk": "KP",
    "russia": "RU", "vatican": "VA", "holy see": "VA", "vatican city": "VA",
    "vatican city state": "VA", "holland": "NL", "el": "GR", "taiwan": "TW",
    "chinese taipei": "TW", "taiwan roc": "TW", "hong kong": "HK", "hong kong sar": "HK",
    "china hong kong": "HK", "china hong kong sar": "HK", "hong kong china": "HK",
    "hong kong sar china": "HK", "macau": "MO", "macao": "MO", "macau sar": "MO",
    "macao sar": "MO", "czech republic": "CZ",
    "turkey": "TR", "turkiye": "TR", "vietnam": "VN", "iran": "IR", "ivory coast": "CI",
    "laos": "LA", "lao pdr": "LA", "syria": "SY", "tanzania": "TZ", "bolivia": "BO",
    "venezuela": "VE", "moldova": "MD", "brunei": "BN", "swaziland": "SZ", "macedonia": "MK",
    "burma": "MM", "cape verde": "CV", "democratic republic of the congo": "CD",
    "democratic republic of congo": "CD", "drc": "CD", "dr congo": "CD", "congo kinshasa": "CD",
    "congo dr": "CD", "congo brazzaville": "CG", "republic of the congo": "CG",
    "mainland china": "CN", "peoples republic of china": "CN", "people s republic of china": "CN",
    "prc": "CN", "pr china": "CN", "p r china": "CN", "china prc": "CN", "china mainland": "CN",
    "ksa": "SA", "republic of ireland": "IE", "bosnia": "BA", "east timor": "TL",
    "palestine": "PS", "state of palestine": "PS", "micronesia": "FM", "aotearoa": "NZ",
    "aotearoa new zealand": "NZ", "deutschland": "DE", "espana": "ES", "brasil": "BR",
    "suisse": "CH", "schweiz": "CH", "osterreich": "AT", "belgique": "BE", "italia": "IT",
    "nederland": "NL", "sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI",
    "polska": "PL", "nippon": "JP",
}
"""Normal form of a name → ISO 3166-1 code, for names that the graph's labels leave out."""
_DOTTED: Final = re.compile(r"(?:[A-Za-z]\.){2,}")
_BRACKETS: Final = re.compile(r"(.*\S)\s*\(([^()]*)\)\s*\Z", re.DOTALL)
_AMBIGUOUS: Final = frozenset({"congo", "korea", "guinea", "samoa", "virgin islands", "china"})
"""Names that what stands after them in brackets may turn into another country."""


def code_of(name: str) -> str:
    """The code that a name in normal form stands for, or nothing.

    Example:
        >>> code_of("hong kong sar"), code_of("worldwide"), code_of("atlantis")
        ('HK', 'XZ', '')
    """
    return WORLD if name in _OF_SEVERAL else _ALIASES.get(name, "")


def spellings(text: str) -> Iterator[str]:
    """Other ways to write the same name, the safest first.

    Example:
        >>> list(spellings("Gambia, The"))
        ['The Gambia', 'Gambia']
        >>> list(spellings("Trinidad & Tobago")), list(spellings("U.S."))
        (['Trinidad and Tobago'], ['US'])
    """
    if "&" in text:
        yield re.sub(r"\s*&\s*", " and ", text)
    if _DOTTED.search(text):
        yield _DOTTED.sub(lambda match: match.group().replace(".", ""), text)
    if text.count(",") == 1:
        head, tail = (part.strip() for part in text.split(","))
        yield f"{tail} {head}"
        if tail.lower() == "the":
            yield head
    if text[:4].lower() == "the ":
        yield text[4:]
    if re.match(r"st\.?\s", text, re.IGNORECASE):
        yield re.sub(r"\Ast\.?\s", "Saint ", text, flags=re.IGNORECASE)
    if (match := _BRACKETS.match(text)) and match.group(1).lower() not in _AMBIGUOUS:
        yield match.group(1)
