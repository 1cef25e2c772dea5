"""From passages to the document: pooling, names, and what one kind implies for another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kg.linking.calibration import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import ConceptIndex


class Scores:
    """Log-odds of one kind.

    Args:
        kind: The kind.
        passages: Shape ``(passages, concepts)``.
        document: Shape ``(concepts,)``.
        vector: Static vector of the whole text.
    """

    __slots__ = ("document", "kind", "passages", "vector")

    def __init__(
        self, kind: str, passages: NDArray[Any], document: NDArray[Any], vector: NDArray[Any]
    ) -> None:
        self.kind, self.passages, self.document, self.vector = kind, passages, document, vector


def pooled(table: NDArray[Any]) -> NDArray[Any]:
    """A document's log-odds: the mean over its few best passages, one for a short text."""
    import numpy as np

    count = len(table)
    best = 1 if count <= 3 else 2 if count <= 12 else 3
    top: NDArray[Any] = np.sort(table, axis=0)[-best:].mean(axis=0).astype(np.float64)
    return top


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def imply_goals(index: ConceptIndex, goals: Scores, targets: Scores) -> None:
    """A target implies its goal: a goal is never less probable than its best target."""
    position = index.groups["goal"].position
    for number, target in enumerate(index.groups["target"].concepts):
        parent = position.get(target.parent)
        if parent is not None and targets.document[number] > goals.document[parent]:
            goals.document[parent] = targets.document[number]


def named_scores(
    index: ConceptIndex,
    kind: str,
    named: NDArray[Any],
    scores: dict[str, Scores],
    whole: NDArray[Any],
) -> Scores:
    """Scores of a kind that is found by its names, from their probabilities by passage.

    A framework's principle also has those of the pivot principles it matches, weakened by the
    kind of match.
    """
    import numpy as np

    group = index.groups[kind]
    table = np.log(np.maximum(named, 1e-6) / np.maximum(1 - named, 1e-6))
    document = table.max(axis=0)
    if kind == "framework-principle" and "principle" in scores:
        pivots = sigmoid(scores["principle"].document)
        position = index.groups["principle"].position
        for number, concept in enumerate(group.concepts):
            best = max(
                (s * pivots[position[iri]] for iri, s in concept.matches if iri in position),
                default=0.0,
            )
            document[number] = max(document[number], _logit(best))
    return Scores(kind, table, document, whole)
