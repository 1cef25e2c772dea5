"""Which language a text is in, told by its commonest words and its script.

Enough to route a text, not to study it: English is scored by every method; languages that the
graph has labels in are matched by those labels; others are refused rather than mislabelled.
"""

from __future__ import annotations

import re
from typing import Final

NAMES: Final = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "ru": "Russian",
    "ar": "Arabic",
    "he": "Hebrew",
    "hi": "Hindi",
    "el": "Greek",
}
_COMMON: Final = {
    "en": "the of and to in is that for it as was with be by on not are this from at or an which "
    "have has their its were been can will would more should they these we our a who what when how "
    "there about against into than then but his her he she you your all new one two also over used "
    "using use between through during where while because such any some no do does did had may",
    "de": "der die das und ist von zu den mit sich des auf für nicht ein eine dem im werden als "
    "auch es an wird sind durch oder bei aus zur zum über einer eines kann soll ihre sie wir",
    "fr": "le la les de des du et est en un une que pour dans qui sur par au aux pas plus avec ce "
    "sont ou se leur cette ces être nous doit peut il elle ont été son sa",
    "es": "el la los las de y que en un una es por con para del al se no su como más lo sus o este "
    "esta son ha entre sobre también ser debe pueden nos fue muy",
    "pt": "o a os as de e que em um uma do da dos das para com não por se no na ao mais como sua "
    "são ou pelo pela seu ser deve também está foi nos entre é",
    "it": "il lo la gli le di e che in un una per con non del della dei delle si sono al più come "
    "da nel anche alla essere questo deve può i è",
    "nl": "de het een en van in is dat op te zijn voor met niet aan er ook als bij door wordt naar "
    "maar om worden dit deze of uit over moeten kunnen",
}
_SHARED_WORDS: Final = "a e o i as do no me in is on was also an die am to he per son ha so"
_SHARED: Final = frozenset(_SHARED_WORDS.split())
_SETS: Final = {
    language: frozenset(text.split()) - (frozenset() if language == "en" else _SHARED)
    for language, text in _COMMON.items()
}
_FOREIGN: Final = frozenset().union(*(_SETS[language] for language in _SETS if language != "en"))
_LEAST_SHARE: Final = 0.12
_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS: Final = re.compile(r"[a-z]+")
_SAMPLE: Final = 4_000


def detect(text: str) -> str:
    """ISO 639-1 code of the language, or ``en`` when a text is too short to tell.

    Looks at the first 4,000 characters.

    Example:
        >>> [detect(t) for t in ("Clean water is a right for all.", "人工智能应当公平可靠",
        ...     "Die Systeme müssen von einem Menschen überwacht werden.")]
        ['en', 'zh', 'de']
    """
    sample = text[:_SAMPLE]
    plain = sample.isascii()
    if plain:
        letters = _ASCII_LETTERS.findall(sample.lower())
    else:
        letters = [word.lower() for word in _LETTERS.findall(sample)]
    total = sum(map(len, letters))
    if not total:
        return "en"
    for language, pattern in () if plain else _SCRIPTS:
        count = len(pattern.findall(sample))
        if count * (8 if language == "ja" else 3) > total:
            return language
    told = {"en": letters}
    foreign = list(filter(_FOREIGN.__contains__, letters))  # few, in the commonest case
    scores = {
        language: sum(map(common.__contains__, told.get(language, foreign)))
        for language, common in _SETS.items()
    }
    best = max(scores, key=lambda language: scores[language])
    clearly = (
        scores[best] >= 2
        and scores[best] > scores["en"] * 1.3 + 0.02 * len(letters)
        and scores[best] >= _LEAST_SHARE * len(letters)
    )
    return best if clearly else "en"


def name(language: str) -> str:
    """English name of a language code, or the code itself."""
    return NAMES.get(language, language)
