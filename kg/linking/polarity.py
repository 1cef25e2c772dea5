"""Does a text say that something helps or harms? With a confidence, and abstention.

Cue words of help and harm are counted in the sentences of the evidence and in the whole text,
with negation turning a cue around; a ridge logistic regression over those counts and the text's
static vector, fitted on reviewed cases, gives the probability that a link is positive.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.linking.text import stem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.passage_list import PassageList
    from kg.linking.proposals import Span

CONFIDENT: Final = 0.65
"""Below this the polarity is left open."""
SENTENCES: Final = 3
"""Spans of evidence whose sentences count as near."""
_NEAR: Final = 1
"""Which feature is the balance of cues near the evidence."""
_PASSAGES: Final = 40
"""Passages at the beginning that stand for the whole text."""
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
_CUE_STEMS: Final = _HELP_STEMS | _HARM_STEMS
_NEGATION_STEMS: Final = frozenset(map(stem, _NEGATION.split()))


def cue_counts(stems: Sequence[str]) -> tuple[float, float]:
    """Weighted numbers of helping and harming cues; negation within three words turns a cue.

    Example:
        >>> from kg.linking.text import words
        >>> cue_counts(words("It did not harm anybody and improved access").stems)
        (3.0, 0.0)
    """
    good = bad = 0.0
    for position in compress(range(len(stems)), map(_CUE_STEMS.__contains__, stems)):
        help_, harm = stems[position] in _HELP_STEMS, stems[position] in _HARM_STEMS
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

    good, bad = cue_counts(whole)
    balances = [_balance(good, bad), _balance(*cue_counts(near))]
    counts = [*balances, np.log1p(good), np.log1p(bad), float(bad > 0)]
    shape: NDArray[Any] = np.concatenate([counts, 4.0 * vector])
    return shape


def _balance(good: float, bad: float) -> float:
    return (good - bad) / (good + bad + 1.0)


@lru_cache(maxsize=1)
def _coefficients() -> tuple[NDArray[Any], float]:
    import numpy as np

    document = json.loads(Path(__file__).with_name("polarity.json").read_text(encoding="utf-8"))
    return np.asarray(document["weights"]), float(document["intercept"])


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


class Tone:
    """What a text says of help and harm: the whole text is read once for all its proposals.

    Args:
        prepared: The text.
        vector: Its static vector.
    """

    __slots__ = ("_base", "_known", "_prepared", "_slope")

    def __init__(self, prepared: PassageList, vector: NDArray[Any]) -> None:
        weights, intercept = _coefficients()
        whole = [stem for passage in prepared.first(_PASSAGES) for stem in passage.words.stems]
        self._base = float(polarity_features((), whole, vector) @ weights + intercept)
        self._slope = float(weights[_NEAR])
        self._prepared = prepared
        self._known: dict[tuple[tuple[int, int], ...], tuple[str, float]] = {}

    def near(self, evidence: Sequence[Span]) -> tuple[str, float]:
        """Polarity of a link and its confidence, by the sentences of its strongest evidence."""
        places = tuple([self._prepared.sentence_at(span.start) for span in evidence[:SENTENCES]])
        known = self._known.get(places)
        if known is None:
            stems: list[str] = []
            for passage, sentence in places:
                if passage >= 0:
                    stems += self._prepared[passage].sentence_stems(sentence)
            logit = self._base + self._slope * _balance(*cue_counts(stems))
            probability = 1.0 / (1.0 + math.exp(-min(max(logit, -35.0), 35.0)))
            known = self._known[places] = decide(probability)
        return known
