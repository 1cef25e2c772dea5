"""Names of organisations, countries and framework principles: found as written, or not at all.

A name counts when it stands in the text with its capital letter. One common word that also names
something ("Global", "Apple") counts less than a name of several words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import Group
    from kg.linking.scoring import Passage


def name_probabilities(group: Group, passages: Sequence[Passage]) -> NDArray[Any]:
    """Probability that each name is meant, shape ``(passages, concepts)``.

    The passages must have been searched (:func:`kg.linking.scoring.find_labels`).
    """
    import numpy as np

    table = np.zeros((len(passages), len(group.concepts)))
    for row, passage in enumerate(passages):
        lexicon = group.lexicon(passage.language)
        for hit in passage.hits[group.kind]:
            surface = passage.words.surface[hit.first]
            length = hit.last - hit.first
            at_start = hit.first in passage.starts
            if group.kind != "framework-principle":
                if not (surface[:1].isupper() or not surface.isascii()):
                    continue
                if len(surface) < 3 and length == 1:
                    continue
            base = 0.95 if length > 1 else 0.75 if at_start else 0.88
            if group.kind == "framework-principle":
                base = 0.6 if length > 1 else 0.4
            owners = lexicon.owners[hit.phrase]
            for number, weight in owners:
                value = base * (0.7 if weight < 1.5 else 1.0) / (len(owners) ** 0.5)
                table[row, number] = max(table[row, number], value)
    return table
