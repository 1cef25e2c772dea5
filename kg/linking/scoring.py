"""How well each concept fits each passage, by every method, before calibration.

A method gives a table of passages × concepts. Each table is then told three ways, because a score
means little without its rivals: the value, its distance from the passage's mean in standard
deviations, and its lead over the best other concept. Those are the features that
:mod:`kg.linking.calibration` turns into a probability.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.linking.lexical import Hit
from kg.linking.static import StaticEmbedder, unit
from kg.linking.text import Words, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import ConceptIndex, Group

DEFAULT_METHODS: Final = ("lexical", "distinct", "tfidf", "static", "cues", "sentence")
CONTEXT_METHODS: Final = ("context", "context-part")
_PARTS: Final = 3
VIEWS: Final = ("value", "deviation", "lead")


class ContextEmbedder(Protocol):
    """A sentence-embedding model (the ``embeddings`` extra)."""

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Unit vectors, one row per text."""


@dataclass(slots=True)
class Passage:
    """A few sentences, ready to be scored.

    Args:
        text: The whole document.
        spans: Start and end offset of each sentence.
        words: Words of the passage, offsets into ``text``.
        starts: Number of the first word of each sentence that has words.
        sentences: Which of ``spans`` those sentences are.
        language: ISO 639-1 code.
        hits: Phrases found, by kind; filled by :func:`find_labels`.
    """

    text: str
    spans: list[tuple[int, int]]
    words: Words
    starts: list[int]
    sentences: list[int]
    language: str = "en"
    hits: dict[str, list[Hit]] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The passage as one string."""
        return self.text[self.spans[0][0] : self.spans[-1][1]] if self.spans else ""


def prepare(text: str, spans: list[tuple[int, int]], language: str = "en") -> Passage:
    """A passage of ``text`` made of the sentences at ``spans``.

    Example:
        >>> prepare("Clean water. Safe jobs.", [(0, 12), (13, 23)]).starts
        [0, 2]
    """
    found = words(text, spans[0][0], spans[-1][1]) if spans else words("")
    starts: list[int] = []
    kept: list[int] = []
    for number, (first, last) in enumerate(spans):
        at = bisect_left(found.starts, first)
        if at < len(found.starts) and found.starts[at] < last:
            starts.append(at)
            kept.append(number)
    return Passage(text, spans, found, starts, kept, language)


def find_labels(group: Group, passages: Sequence[Passage]) -> None:
    """Look for the group's phrases in passages that were not yet searched for them."""
    for passage in passages:
        if group.kind not in passage.hits:
            matcher = group.lexicon(passage.language).matcher
            passage.hits[group.kind] = matcher.find(passage.words.stems)


@dataclass(slots=True)
class Batch:
    """Passages with what all groups need of them, computed once."""

    passages: list[Passage]
    bags: list[Counter[int]]
    vectors: NDArray[Any]
    sentence_vectors: NDArray[Any]
    sentence_owner: NDArray[Any]
    context: NDArray[Any] | None


def make_batch(
    index: ConceptIndex,
    embedder: StaticEmbedder,
    passages: list[Passage],
    context: ContextEmbedder | None = None,
) -> Batch:
    """Term bags and vectors of passages; every passage must hold a word."""
    import numpy as np

    numbers: list[int] = []
    starts: list[int] = []
    owner: list[int] = []
    for row, passage in enumerate(passages):
        starts += [len(numbers) + at for at in passage.starts]
        owner += [row] * len(passage.starts)
        numbers += embedder.numbers(passage.words.surface)
    sums, _ = embedder.sums(numbers, starts)
    owners = np.asarray(owner, np.int64)
    whole = np.zeros((len(passages), embedder.dimensions), np.float32)
    if len(owners):
        firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        whole[owners[firsts]] = np.add.reduceat(sums, firsts, axis=0)
    return Batch(
        passages,
        [index.bag(passage.words.stems) for passage in passages],
        unit(whole),
        unit(sums),
        owners,
        context.embed([passage.content for passage in passages]) if context else None,
    )


@dataclass(slots=True)
class ContextVectors:
    """Sentence-embedding vectors of a group's concepts.

    Args:
        prototypes: One vector per concept, ``(n, d)``: the mean of its parts.
        parts: Vectors of its description and those of its targets.
        owners: Concept of each part.
    """

    prototypes: NDArray[Any]
    parts: NDArray[Any]
    owners: NDArray[Any]


def score_tables(
    group: Group, batch: Batch, context: ContextVectors | None = None
) -> dict[str, NDArray[Any]]:
    """Passages × concepts by method.

    Args:
        group: Concepts of one scored kind.
        batch: Passages.
        context: The group's vectors of the sentence-embedding model, when it is in use.

    Returns:
        Tables of shape ``(len(batch.passages), len(group.concepts))`` by method name.
    """
    import numpy as np

    find_labels(group, batch.passages)
    shape = (len(batch.passages), len(group.concepts))
    repeated, distinct = np.zeros(shape), np.zeros(shape)
    for row, passage in enumerate(batch.passages):
        hits = passage.hits[group.kind]
        if not hits:
            continue
        lexicon = group.lexicon(passage.language)
        for hit, count in _counted(hits):
            weight = lexicon.weight(hit)
            repeating = weight * (1 + math.log(count))
            for number, _ in lexicon.owners[hit.phrase]:
                distinct[row, number] += weight
                repeated[row, number] += repeating
    assert group.terms is not None
    assert group.prototypes is not None
    assert group.cue_prototypes is not None
    sentence = np.full(shape, -1.0)
    np.maximum.at(sentence, batch.sentence_owner, batch.sentence_vectors @ group.cue_prototypes.T)
    tables = {
        "lexical": np.log1p(repeated),
        "distinct": distinct,
        "tfidf": np.sqrt(group.terms.scores(batch.bags)),
        "static": batch.vectors @ group.prototypes.T,
        "cues": batch.vectors @ group.cue_prototypes.T,
        "sentence": sentence,
    }
    if batch.context is not None and context is not None:
        tables["context"] = batch.context @ context.prototypes.T
        tables["context-part"] = _best_parts(batch.context @ context.parts.T, context.owners)
    return tables


def _best_parts(near: NDArray[Any], owners: NDArray[Any]) -> NDArray[Any]:
    """Mean similarity of each concept's three most similar parts."""
    import numpy as np

    columns = []
    for number in range(int(owners.max()) + 1):
        mine = np.sort(near[:, owners == number], axis=1)
        columns.append(mine[:, -_PARTS:].mean(axis=1))
    return np.stack(columns, axis=1)


def _counted(hits: Sequence[Hit]) -> list[tuple[Hit, int]]:
    """One hit for each phrase, with how often it was found."""
    counts = Counter(hit.phrase for hit in hits)
    first = {hit.phrase: hit for hit in reversed(hits)}
    return [(first[phrase], count) for phrase, count in counts.items()]


def features(tables: dict[str, NDArray[Any]], methods: Sequence[str]) -> NDArray[Any]:
    """The three views of each method's table, shape ``(passages, concepts, 3 × methods)``."""
    import numpy as np

    return np.concatenate([_views(tables[method]) for method in methods], axis=2)


def _views(table: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    table = np.asarray(table, np.float64)
    count = table.shape[1]
    if count < 2:
        return np.stack([table, np.zeros_like(table), np.zeros_like(table)], axis=2)
    mean = table.mean(axis=1, keepdims=True)
    spread = table.std(axis=1, keepdims=True) + 1e-6
    top = np.partition(table, count - 2, axis=1)
    best, second = top[:, -1:], top[:, -2:-1]
    rival = np.where(table >= best, second, best)
    return np.stack([table, (table - mean) / spread, table - rival], axis=2)
