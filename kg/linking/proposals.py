"""What the linker answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg import vocabulary as v

COLUMNS: Final = (
    "id",
    "kind",
    "concept",
    "label",
    "probability",
    "polarity",
    "start",
    "end",
    "quote",
    "method",
)
"""Columns of a table of proposals; ``kg import`` reads the same."""
_PREDICATES: Final = {
    ("goal", "positive"): v.SUPPORTS,
    ("goal", "negative"): v.UNDERMINES,
    ("target", "positive"): v.SUPPORTS,
    ("target", "negative"): v.UNDERMINES,
    ("principle", "positive"): v.UPHOLDS,
    ("principle", "negative"): v.VIOLATES,
    ("framework-principle", "positive"): v.UPHOLDS,
    ("framework-principle", "negative"): v.VIOLATES,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source text that speaks for a proposal.

    Args:
        start: Offset of its first character.
        end: Offset after its last character.
        quote: The characters.
        method: ``lexical`` (a phrase of the graph), ``static`` or ``context`` (a sentence like the
            concept), ``neighbours`` (a sentence of a text like known cases).
        phrase: The label that matched, or the concept's label.
        page: 1-based page of a PDF, or ``None``.
    """

    start: int
    end: int
    quote: str
    method: str
    phrase: str
    page: int | None = None

    def to_dict(self) -> dict[str, object]:
        """JSON members; ``page`` only where there are pages."""
        found: dict[str, object] = {
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "method": self.method,
            "phrase": self.phrase,
        }
        if self.page is not None:
            found["page"] = self.page
        return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """One link that the text seems to state.

    Args:
        kind: Kind of concept.
        concept: IRI.
        label: English label.
        notation: Code such as ``7.3``, or empty.
        probability: Calibrated, 0 to 1.
        polarity: ``positive`` (supports, upholds), ``negative`` (undermines, violates), or empty
            when the text does not tell or the kind has none.
        polarity_confidence: 0.5 to 1; 0 for kinds without polarity.
        evidence: Spans, strongest first.
    """

    kind: str
    concept: str
    label: str
    notation: str
    probability: float
    polarity: str = ""
    polarity_confidence: float = 0.0
    evidence: tuple[Span, ...] = ()

    @property
    def predicate(self) -> str:
        """The link predicate for a case; without a polarity, the positive one.

        Example:
            >>> Proposal("target", "sdg:7.3", "", "7.3", 0.9, "negative").predicate[-10:]
            'undermines'
        """
        if self.kind == "technology":
            return v.USES_TECHNOLOGY
        return _PREDICATES.get((self.kind, self.polarity or "positive"), "")

    def to_dict(self) -> dict[str, object]:
        """The JSON of one proposal."""
        return {
            "kind": self.kind,
            "concept": {"id": self.concept, "label": self.label},
            "notation": self.notation or None,
            "probability": round(self.probability, 4),
            "polarity": self.polarity or None,
            "polarity_confidence": round(self.polarity_confidence, 4) or None,
            "evidence": [span.to_dict() for span in self.evidence],
        }

    def to_row(self, id_: str = "") -> dict[str, object]:
        """One row of a table of proposals; the strongest span stands for the evidence."""
        return dict(zip(COLUMNS, self.cells(id_), strict=True))

    def cells(self, id_: str = "") -> tuple[object, ...]:
        """As :meth:`to_row`, in the order of :data:`COLUMNS`."""
        span = self.evidence[0] if self.evidence else None
        return (
            id_,
            self.kind,
            self.concept,
            self.label,
            round(self.probability, 4),
            self.polarity,
            *((span.start, span.end, span.quote, span.method) if span else (None,) * 4),
        )
