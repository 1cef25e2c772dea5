"""One gap, and how gaps are put in order."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.analysis.results import plain
from kg.analysis.triage import Triage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.projection import Member

_BASE: Final = {
    Triage.SIGNIFICANT: 0.80,
    Triage.RELEVANT: 0.65,
    Triage.CHANCE: 0.30,
    Triage.UNTESTABLE: 0.10,
    Triage.OUT_OF_SCOPE: 0.0,
}
_FACTS: Final = {
    "goal-more-negative": 0.60,
    "target-contested": 0.50,
    "principle-contested": 0.50,
    "goal-contested": 0.50,
    "link-without-independent-source": 0.35,
    "target-self-reported-only": 0.40,
    "framework-principle-without-practice": 0.30,
    "framework-without-principle": 0.25,
    "link-unverified": 0.30,
    "link-self-reported": 0.25,
    "case-single-source": 0.20,
    "case-without-outcome": 0.15,
}
_STEP: Final = 0.20
_MEMBER_BONUS: Final = 0.10


@dataclass(frozen=True)
class Gap:
    """Something missing, thin, contested or badly evidenced.

    Attributes:
        kind: What sort of gap.
        triage: What the number means; see :class:`~kg.analysis.triage.Triage`.
        subject: The thing it is about: ``{"id", "label"}``.
        object: The other thing of a pair, or ``None``.
        observed: Number found.
        expected: Number expected, where something was.
        score: 0 … 1, most important first; see ``docs/explanation/methods.md``.
        explanation: One plain sentence.
        sparql: A query whose one number is ``observed``.
        interval: Limits at 95 % of the observed share of units.
        p: Chance of so few (or so many, for contested ones) under the model or baseline.
        q: ``p`` after correction.
        evidence: Things to look at: cases, sources, principles.
        details: Further numbers by name.
    """

    kind: str
    triage: Triage
    subject: Mapping[str, str]
    object: Mapping[str, str] | None
    observed: int
    expected: float | None
    score: float
    explanation: str
    sparql: str
    interval: tuple[float, float] | None = None
    p: float | None = None
    q: float | None = None
    evidence: tuple[Mapping[str, str], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "kind": self.kind,
            "class": self.triage.value,
            "subject": dict(self.subject),
            "object": None if self.object is None else dict(self.object),
            "observed": self.observed,
            "expected": plain(self.expected),
            "interval": None if self.interval is None else plain(list(self.interval)),
            "p": plain(self.p),
            "q": plain(self.q),
            "score": plain(self.score),
            "explanation": self.explanation,
            "evidence": [dict(item) for item in self.evidence],
            "details": plain(dict(self.details)),
            "sparql": self.sparql,
        }

    def order(self) -> tuple[Any, ...]:
        """Sort key: most important first, ties in a fixed order."""
        other = self.object["id"] if self.object else ""
        return (-round(self.score, 9), self.kind, self.subject["id"], other)


def score(
    triage: Triage, expected: float | None, q: float | None, *, member: bool = False
) -> float:
    """Importance of an empty or thin cell, 0 … 1.

    The class gives the band; within it, significant gaps rank by how small q is, all others by
    how much was expected. Whole members rank before pairs.

    Example:
        >>> score(Triage.SIGNIFICANT, 8.1, 1e-4) > score(Triage.CHANCE, 8.1, 0.4)
        True
    """
    if triage is Triage.SIGNIFICANT:
        strength = min(-math.log10(max(q or 1e-300, 1e-300)) / 10.0, 1.0)
    else:
        strength = 1.0 - math.exp(-(expected or 0.0) / 3.0)
    bonus = _MEMBER_BONUS if member and triage is not Triage.OUT_OF_SCOPE else 0.0
    return min(_BASE[triage] + _STEP * strength * (0.5 if member else 1.0) + bonus, 1.0)


def fact_score(kind: str, strength: float = 0.0) -> float:
    """Importance of a gap that is a fact of the graph; ``strength`` 0 … 1 orders within a kind."""
    return _FACTS[kind] + _STEP * min(max(strength, 0.0), 1.0)


def node(member: Member) -> dict[str, str]:
    """A member as the subject or object of a gap."""
    return {"id": member.id, "label": member.label}


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "case"), counted(0, "case")
        ('1 case', 'no case')
    """
    if number == 0:
        return f"no {noun}"
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def inflected(verb: str, number: int) -> str:
    """Verbs agreeing with a number; none takes the singular.

    Example:
        >>> inflected("support or undermine", 1), inflected("uphold", 2)
        ('supports or undermines', 'uphold')
    """
    if number > 1:
        return verb
    return " or ".join(f"{word}s" for word in verb.split(" or "))
