"""Does a text say that something helps or harms? With a confidence, and abstention.

Cue words of help and harm are counted in the sentences of the evidence and in the whole text,
with negation turning a cue around; a ridge logistic regression over those counts and the text's
static vector, fitted on reviewed cases, gives the probability that a link is positive.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.linking.text import stem, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENT: Final = 0.65
"""Below this the polarity is left open."""
_HELP: Final = """
improve improved improvement help helped helps enable enabled support supported increase access
expand extend protect protected prevent prevented save saved rescue benefit faster cheaper earlier
early accurate accuracy safeguard empower empowered inclusive restore detect detected warn warning
reach affordable efficient efficiency reduce reduced cut cuts lower respect respected comply
complied transparent consent audit explain explained oversight fair fairly inform informed ensure
ensures reliable useful success successful promote promoted strengthen strengthened responsible
"""
_HARM: Final = """
harm harmed harms harmful bias biased discriminate discriminated discrimination discriminatory
violate violated violation breach breached unlawful illegal illegally undermine undermined threat
threaten threatened misuse misused abuse abused wrong wrongly wrongful wrongfully false falsely
error errors fail failed failure flawed worse worsen worsened exclude excluded denied deny deprive
deprived surveil surveillance leak leaked fine fined ban banned lawsuit sued sue complaint
complained scandal unfair unfairly misidentified misidentify arrest arrested kill killed death
deaths fraud deepfake disinformation manipulate manipulated exploit exploited unsafe crash injured
unjust persecution persecuted intrusive opaque secret secretly unexplained ruled withdrawn halted
suspended scrapped abandoned penalised penalized racist sexist inaccurate destroyed toxic
"""
_NEGATION: Final = "not no never without nor neither hardly cannot against avoid stop despite lack"
_HELP_STEMS: Final = frozenset(map(stem, _HELP.split()))
_HARM_STEMS: Final = frozenset(map(stem, _HARM.split()))
_NEGATION_STEMS: Final = frozenset(map(stem, _NEGATION.split()))


def cue_counts(stems: Sequence[str]) -> tuple[float, float]:
    """Weighted numbers of helping and harming cues; negation within three words turns a cue.

    Example:
        >>> cue_counts(words("It did not harm anybody and improved access").stems)
        (3.0, 0.0)
    """
    good = bad = 0.0
    for position, word in enumerate(stems):
        help_, harm = word in _HELP_STEMS, word in _HARM_STEMS
        if not (help_ or harm):
            continue
        if not _NEGATION_STEMS.isdisjoint(stems[max(0, position - 3) : position]):
            help_, harm = harm, help_
        good += help_
        bad += harm
    return good, bad


def polarity_features(
    near: Sequence[str], whole: Sequence[str], vector: NDArray[Any]
) -> NDArray[Any]:
    """Features of one link: cues near the evidence, cues in the text, the text's vector."""
    import numpy as np

    near_good, near_bad = cue_counts(near)
    good, bad = cue_counts(whole)
    balance = (good - bad) / (good + bad + 1.0)
    near_balance = (near_good - near_bad) / (near_good + near_bad + 1.0)
    counts = [balance, near_balance, np.log1p(good), np.log1p(bad), float(bad > 0)]
    shape: NDArray[Any] = np.concatenate([counts, 4.0 * vector])
    return shape


@lru_cache(maxsize=1)
def _coefficients() -> tuple[NDArray[Any], float]:
    import numpy as np

    document = json.loads(Path(__file__).with_name("polarity.json").read_text(encoding="utf-8"))
    return np.asarray(document["weights"]), float(document["intercept"])


def positive_probability(features: NDArray[Any]) -> float:
    """Probability that the link is a supporting or upholding one."""
    import numpy as np

    weights, intercept = _coefficients()
    return float(1.0 / (1.0 + np.exp(-np.clip(features @ weights + intercept, -35, 35))))


def decide(probability: float) -> tuple[str, float]:
    """``positive`` or ``negative`` with its confidence, or an empty polarity when unsure.

    Example:
        >>> decide(0.9), decide(0.45)
        (('positive', 0.9), ('', 0.55))
    """
    confidence = round(max(probability, 1 - probability), 4)
    if confidence < CONFIDENT:
        return "", confidence
    return ("positive" if probability >= 0.5 else "negative"), confidence


def sentence_stems(text: str, start: int, end: int) -> list[str]:
    """Stems of a stretch of text."""
    return words(text, start, end).stems
