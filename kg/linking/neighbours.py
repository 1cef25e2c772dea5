"""Similar accepted cases as a method: what cases like this one are linked to.

Each text is compared with the accepted cases by shared terms and by static vectors; the links of
the nearest cases count for their targets, technologies and principles, weighted by similarity.
Leaving a case out removes its row, which is how the quality on shipped cases is measured.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import Examples, Group
    from kg.linking.terms import Bags

NEAREST: Final = 20


def similarities(examples: Examples, bags: Bags, vectors: NDArray[Any]) -> NDArray[Any]:
    """Similarity of texts to examples, shape ``(texts, examples)``, 0 to 1."""
    import numpy as np

    if not examples.iris:
        return np.zeros((bags.size, 0))
    static = np.clip(vectors @ examples.vectors.T, 0.0, 1.0)
    combined: NDArray[Any] = 0.6 * examples.terms.scores(bags) + 0.4 * static**2
    return combined


def neighbour_table(
    group: Group,
    examples: Examples,
    similarity: NDArray[Any],
    leave_out: Collection[str] = (),
) -> NDArray[Any]:
    """Support of each concept by the nearest examples, shape ``(texts, concepts)``, 0 to 1.

    Args:
        group: Concepts.
        examples: Accepted cases.
        similarity: From :func:`similarities`.
        leave_out: IRIs of cases that must not count.
    """
    import numpy as np

    if not examples.iris:
        return np.zeros((len(similarity), len(group.concepts)))
    near = similarity.copy()
    for number, iri in enumerate(examples.iris):
        if iri in leave_out:
            near[:, number] = 0.0
    count = min(NEAREST, near.shape[1])
    nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
    weights = np.take_along_axis(near, nearest, axis=1) ** 2
    shares = np.zeros_like(near)
    np.put_along_axis(
        shares, nearest, weights / (weights.sum(axis=1, keepdims=True) + 1e-6), axis=1
    )
    root: NDArray[Any] = np.sqrt(np.minimum(shares @ examples.incidence(group), 1.0))
    return root
