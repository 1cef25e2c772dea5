"""From the scores of one text to its proposals.

Only concepts above the threshold are looked at. What the proposals of a text share, such as its
words of help and harm, is worked out once, and not at all for a text without proposals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from kg.linking.calibration import sigmoid
from kg.linking.evidence import find_evidence
from kg.linking.polarity import Tone
from kg.linking.proposals import Proposal

if TYPE_CHECKING:
    from kg.linking.linker import Linker
    from kg.linking.passage_list import PassageList
    from kg.linking.pooling import Scores

_POLAR: Final = ("goal", "target", "principle", "framework-principle")


class Told:
    """The proposals of one text, with what they share.

    Args:
        linker: The linker.
        prepared: The text.
        scored: Its scores by kind.
        pages: Offset at which each page after the first begins.
        spans: Spans of evidence kept of each proposal.
    """

    def __init__(
        self,
        linker: Linker,
        prepared: PassageList,
        scored: dict[str, Scores],
        pages: Sequence[int],
        spans: int,
    ) -> None:
        self._linker, self._prepared, self._scored = linker, prepared, scored
        self._pages, self._spans = pages, spans
        self._tone: Tone | None = None

    def proposals(
        self, kind: str, cut: float, limit: int | None, only: Collection[str] | None
    ) -> list[Proposal]:
        """Proposals of a kind from a probability on, most probable first."""
        group, table = self._linker.index.groups[kind], self._scored[kind]
        probabilities = sigmoid(table.document)
        likely = (probabilities >= cut).nonzero()[0]
        if not len(likely):
            return []
        order = likely[(-probabilities[likely]).argsort(kind="stable")]
        found: list[Proposal] = []
        for number, probability in zip(order.tolist(), probabilities[order].tolist(), strict=True):
            concept = group.concepts[number]
            if limit is not None and len(found) >= limit:
                break
            if only is not None and concept.iri not in only:
                continue
            evidence = find_evidence(
                self._linker, kind, number, self._prepared, self._scored, self._pages, self._spans
            )
            polarity, confidence = "", 0.0
            if kind in _POLAR:
                if self._tone is None:
                    self._tone = Tone(self._prepared, table.vector)
                polarity, confidence = self._tone.near(evidence)
            found.append(
                Proposal(
                    kind,
                    concept.iri,
                    concept.label,
                    concept.notation if kind in ("goal", "target", "country") else "",
                    round(probability, 6),
                    polarity,
                    confidence,
                    tuple(evidence),
                )
            )
        return found
