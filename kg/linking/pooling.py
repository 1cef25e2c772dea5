"""From passages to the document: pooling, names, and what one kind implies for another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from kg.linking.calibration import sigmoid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import ConceptIndex


KEPT: Final = 3
"""Passages remembered for each concept; a book has thousands, and only its best ones count."""


class Best:
    """The best passages of each concept, gathered while a text goes by.

    Example:
        >>> import numpy as np
        >>> best = Best()
        >>> best.add(np.array([[1.0], [3.0]]))
        >>> best.add(np.array([[2.0], [0.0]]))
        >>> best.values.ravel().tolist(), best.rows.ravel().tolist(), best.count
        ([3.0, 2.0, 1.0], [1, 2, 0], 4)
    """

    __slots__ = ("count", "rows", "values")

    def __init__(self) -> None:
        self.count = 0
        self.values: NDArray[Any]
        self.rows: NDArray[Any]

    def add(self, table: NDArray[Any]) -> None:
        """Look at the next passages × concepts; of equal values the earlier stays ahead."""
        import numpy as np

        if not self.count and len(table) == 1:  # a short text: nothing to sort
            self.count, self.values = 1, table
            self.rows = np.zeros(table.shape, np.int64)
            return
        rows = np.broadcast_to(np.arange(self.count, self.count + len(table))[:, None], table.shape)
        if self.count:
            table, rows = np.vstack([self.values, table]), np.vstack([self.rows, rows])
            self.count += len(table) - len(self.values)
        else:
            self.count = len(table)
        order = np.argsort(-table, axis=0, kind="stable")[:KEPT]
        self.values = np.take_along_axis(table, order, axis=0)
        self.rows = np.take_along_axis(rows, order, axis=0)

    def pooled(self) -> NDArray[Any]:
        """A document's log-odds: the mean over its few best passages, one for a short text."""
        if self.count <= 3:
            first: NDArray[Any] = self.values[0].copy()
            return first
        best = 2 if self.count <= 12 else 3
        mean: NDArray[Any] = self.values[:best].mean(axis=0)
        return mean


class Scores:
    """Log-odds of one kind.

    Args:
        kind: The kind.
        best: Numbers of the best passages of each concept, best first: ``(up to 3, concepts)``.
        document: Log-odds of each concept, shape ``(concepts,)``.
        vector: Static vector of the whole text.
    """

    __slots__ = ("best", "document", "kind", "vector")

    def __init__(
        self, kind: str, best: NDArray[Any], document: NDArray[Any], vector: NDArray[Any]
    ) -> None:
        self.kind, self.best, self.document, self.vector = kind, best, document, vector


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def imply_goals(index: ConceptIndex, goals: Scores, targets: Scores) -> None:
    """A target implies its goal: a goal is never less probable than its best target."""
    import numpy as np

    known, starts, order = index.targets_by_goal()
    if len(known):
        best = np.maximum.reduceat(targets.document[order], starts)
        goals.document[known] = np.maximum(goals.document[known], best)


def named_scores(
    index: ConceptIndex,
    kind: str,
    named: Best,
    scores: dict[str, Scores],
    whole: NDArray[Any],
) -> Scores:
    """Scores of a kind that is found by its names, from their probabilities.

    A framework's principle also has those of the pivot principles it matches, weakened by the
    kind of match.
    """
    import numpy as np

    group = index.groups[kind]
    top = named.values[0]
    document = np.log(np.maximum(top, 1e-6) / np.maximum(1 - top, 1e-6))
    if kind == "framework-principle" and "principle" in scores:
        pivots = sigmoid(scores["principle"].document)
        position = index.groups["principle"].position
        for number, concept in enumerate(group.concepts):
            best = max(
                (s * pivots[position[iri]] for iri, s in concept.matches if iri in position),
                default=0.0,
            )
            document[number] = max(document[number], _logit(best))
    return Scores(kind, named.rows, document, whole)
