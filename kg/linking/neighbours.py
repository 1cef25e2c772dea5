"""Similar accepted cases as a method: what cases like this one are linked to.

Each text is compared with the accepted cases by shared terms and by static vectors; the links of
the nearest cases count for their targets, technologies and principles, weighted by similarity.
Leaving a case out removes its row, which is how the quality on shipped cases is measured.
"""

from __future__ import annotations

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


def nearest_shares(near: NDArray[Any]) -> NDArray[Any]:
    """What part each example has in a text's nearest ones, from :func:`similarities`."""
    import numpy as np

    if not near.shape[1]:
        return near
    count = min(NEAREST, near.shape[1])
    nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
    rows = np.arange(len(near))[:, None]
    weights = near[rows, nearest] ** 2
    shares = np.zeros_like(near)
    shares[rows, nearest] = weights / (weights.sum(axis=1, keepdims=True) + 1e-6)
    return shares


def neighbour_table(group: Group, examples: Examples, shares: NDArray[Any]) -> NDArray[Any]:
    """Support of each concept by the nearest examples, shape ``(texts, concepts)``, 0 to 1.

    Args:
        group: Concepts.
        examples: Accepted cases.
        shares: From :func:`nearest_shares`.
    """
    import numpy as np

    if not examples.iris:
        return np.zeros((len(shares), len(group.concepts)))
    root: NDArray[Any] = np.sqrt(np.minimum(shares @ examples.incidence(group), 1.0))
    return root
