"""Bags of terms, and their cosine with many documents at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(slots=True)
class Bags:
    """Bags of terms, side by side.

    Args:
        rows: Bag of each entry.
        terms: Its term.
        weights: ``1 + log`` of how often the term occurs.
        size: Number of bags.
    """

    rows: NDArray[Any]
    terms: NDArray[Any]
    weights: NDArray[Any]
    size: int

    @classmethod
    def of(cls, bags: Sequence[Counter[int]]) -> Bags:
        """From counts of terms."""
        import numpy as np

        counts = np.array([n for bag in bags for n in bag.values()], np.float32)
        return cls(
            np.repeat(np.arange(len(bags)), [len(bag) for bag in bags]),
            np.array([term for bag in bags for term in bag], np.int64),
            1 + np.log(counts),
            len(bags),
        )


@dataclass(slots=True)
class TermWeights:
    """Tf-idf weights of terms over a list of documents, stored by term (a transposed CSR).

    Args:
        place: For each term of the vocabulary its local number, or -1.
        idf: Inverse document frequency of each local term.
        starts: Where each local term's documents begin in ``documents``.
        documents: Document numbers.
        weights: Weight of the term in the document; documents have length one.
    """

    place: NDArray[Any]
    idf: NDArray[Any]
    starts: NDArray[Any]
    documents: NDArray[Any]
    weights: NDArray[Any]
    size: int

    def scores(self, bags: Bags) -> NDArray[Any]:
        """Cosine of each bag of terms with each document, shape ``(bags.size, size)``."""
        import numpy as np

        local = self.place[bags.terms]
        kept = local >= 0
        rows, local = bags.rows[kept], local[kept]
        weight = bags.weights[kept] * self.idf[local]
        squares = np.bincount(rows, weight * weight, minlength=bags.size)
        spread = self.starts[local + 1] - self.starts[local]
        ends = np.cumsum(spread)
        flat = np.arange(int(ends[-1]) if len(ends) else 0)
        flat += np.repeat(self.starts[local] - (ends - spread), spread)
        cells = np.repeat(rows, spread) * self.size + self.documents[flat]
        values = np.repeat(weight, spread) * self.weights[flat]
        table = np.bincount(cells, values, minlength=bags.size * self.size)
        norm = np.sqrt(np.maximum(squares, 1e-12))[:, None]
        result: NDArray[Any] = table.reshape(bags.size, self.size) / norm
        return result
