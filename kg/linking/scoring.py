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
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.linking.lexical import Hit, Line, line
from kg.linking.static import StaticEmbedder, unit
from kg.linking.terms import Bags
from kg.linking.text import Words, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import ConceptIndex, Group

DEFAULT_METHODS: Final = ("lexical", "distinct", "tfidf", "static", "cues", "sentence")
CONTEXT_METHODS: Final = ("context", "context-phrase")
_NEAREST: Final = 5
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
        line: The words as the matchers read them; filled by :func:`find_labels`.
        owned: Hits of each concept, by kind; filled by :meth:`hits_of`.
        vectors: Static vectors of the sentences with words; filled by :func:`make_batch`.
        torn: Whether a sentence without spaces was cut inside a word.
        bag: Known terms; filled by :meth:`bag_by`.
    """

    text: str
    spans: list[tuple[int, int]]
    words: Words
    starts: list[int]
    sentences: list[int]
    language: str = "en"
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    line: Line | None = None
    owned: dict[str, dict[int, list[Hit]]] = field(default_factory=dict)
    vectors: NDArray[Any] | None = None
    torn: bool = False
    bag: Counter[int] | None = None

    def bag_by(self, index: ConceptIndex) -> Counter[int]:
        """Known terms of the passage."""
        if self.bag is None:
            self.bag = index.bag(self.words.stems)
        return self.bag

    @property
    def content(self) -> str:
        """The passage as one string."""
        return self.text[self.spans[0][0] : self.spans[-1][1]] if self.spans else ""

    def hits_of(self, group: Group, number: int) -> Sequence[Hit]:
        """Phrases of a concept that the passage holds, the weightiest first, then in order."""
        owned = self.owned.get(group.kind)
        if owned is None:
            find_labels(group, [self])
            lexicon = group.lexicon(self.language)
            weights, owned = lexicon.weights, {}
            for hit in sorted(self.hits[group.kind], key=lambda hit: (-weights[hit[0]], hit[1])):
                for owner, _ in lexicon.owners[hit[0]]:
                    owned.setdefault(owner, []).append(hit)
            self.owned[group.kind] = owned
        return owned.get(number, ())

    def sentence_stems(self, sentence: int) -> list[str]:
        """Stems of the sentence at ``spans[sentence]``."""
        start, end = self.spans[sentence]
        if self.torn:
            return words(self.text, start, end).stems
        if sentence not in self.sentences:
            return []
        at = self.sentences.index(sentence)
        return self.words.stems[self.starts[at] : [*self.starts[1:], None][at]]


def prepare(text: str, spans: list[tuple[int, int]], language: str = "en") -> Passage:
    """A passage of ``text`` made of the sentences at ``spans``.

    Example:
        >>> prepare("Clean water. Safe jobs.", [(0, 12), (13, 23)]).starts
        [0, 2]
    """
    found = words(text, spans[0][0], spans[-1][1]) if spans else words("")
    starts: list[int] = []
    kept: list[int] = []
    torn = False
    for number, (first, last) in enumerate(spans):
        at = bisect_left(found.starts, first)
        torn = torn or (at > 0 and found.ends[at - 1] > first)
        if at < len(found.starts) and found.starts[at] < last:
            starts.append(at)
            kept.append(number)
    return Passage(text, spans, found, starts, kept, language, torn=torn)


def find_labels(group: Group, passages: Sequence[Passage]) -> None:
    """Look for the group's phrases in passages that were not yet searched for them."""
    for passage in passages:
        if group.kind not in passage.hits:
            if passage.line is None:
                passage.line = line(passage.words.stems)
            matcher = group.lexicon(passage.language).matcher
            passage.hits[group.kind] = matcher.find_in(passage.line)


@dataclass(slots=True)
class Batch:
    """Passages with what all groups need of them, computed once."""

    passages: list[Passage]
    bags: Bags
    vectors: NDArray[Any]
    sentence_vectors: NDArray[Any]
    sentence_owner: NDArray[Any]
    sentence_firsts: NDArray[Any]
    """Number of the first sentence of each passage that has one."""
    context: NDArray[Any] | None
    """Vectors of the sentences by the sentence-embedding model, when it is in use."""


def make_batch(
    index: ConceptIndex,
    embedder: StaticEmbedder,
    passages: list[Passage],
    context: ContextEmbedder | None = None,
) -> Batch:
    """Term bags and vectors of passages; every passage must hold a word."""
    import numpy as np

    surface: list[str] = []
    starts: list[int] = []
    owner: list[int] = []
    begins = [0]
    for row, passage in enumerate(passages):
        starts += [len(surface) + at for at in passage.starts]
        owner += [row] * len(passage.starts)
        surface += passage.words.surface
        begins.append(len(owner))
    sums = embedder.sums(embedder.numbers(surface), starts)
    owners = np.asarray(owner, np.int64)
    whole = np.zeros((len(passages), embedder.dimensions), np.float32)
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    if len(firsts):
        whole[owners[firsts]] = np.add.reduceat(sums, firsts, axis=0)
    near = unit(sums)
    for passage, (first, last) in zip(passages, pairwise(begins), strict=True):
        passage.vectors = near[first:last]
    return Batch(
        passages,
        Bags.of([passage.bag_by(index) for passage in passages]),
        unit(whole),
        near,
        owners,
        firsts,
        context.embed(_sentences(passages)) if context else None,
    )


def _sentences(passages: Sequence[Passage]) -> list[str]:
    """Every sentence with words, in the order of ``Batch.sentence_owner``."""
    return [
        passage.text[slice(*passage.spans[at])] for passage in passages for at in passage.sentences
    ]


@dataclass(slots=True)
class ContextVectors:
    """Sentence-embedding vectors of a group's concepts.

    Args:
        prototypes: One vector per concept, ``(n, d)``: the mean of its description and those of
            its targets.
        phrases: Vectors of its phrases and sentences, concept by concept.
        owners: Concept of each phrase.
    """

    prototypes: NDArray[Any]
    phrases: NDArray[Any]
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
    repeated, distinct = _lexical(group, batch.passages)
    assert group.terms is not None
    assert group.prototypes is not None
    assert group.cue_prototypes is not None
    tables = {
        "lexical": np.log1p(repeated),
        "distinct": distinct,
        "tfidf": np.sqrt(group.terms.scores(batch.bags)),
        "static": batch.vectors @ group.prototypes.T,
        "cues": batch.vectors @ group.cue_prototypes.T,
        "sentence": _best_sentence(batch, batch.sentence_vectors @ group.cue_prototypes.T),
    }
    if batch.context is not None and context is not None:
        tables["context"] = _best_sentence(batch, batch.context @ context.prototypes.T)
        near = _nearest(batch.context @ context.phrases.T, context.owners)
        tables["context-phrase"] = _best_sentence(batch, near)
    return tables


def _best_sentence(batch: Batch, near: NDArray[Any]) -> NDArray[Any]:
    """Of sentences × concepts, the highest value of each passage."""
    import numpy as np

    firsts = batch.sentence_firsts
    if len(firsts) == len(batch.passages):
        best: NDArray[Any] = np.maximum.reduceat(near, firsts, axis=0)
        return best
    table = np.full((len(batch.passages), near.shape[1]), -1.0)
    if len(firsts):
        table[batch.sentence_owner[firsts]] = np.maximum.reduceat(near, firsts, axis=0)
    return table


def _nearest(near: NDArray[Any], owners: NDArray[Any]) -> NDArray[Any]:
    """Mean similarity of each concept's nearest phrases; ``owners`` is sorted."""
    import numpy as np

    bounds = np.flatnonzero(np.diff(owners, prepend=-1, append=owners[-1] + 1))
    columns = []
    for first, last in pairwise(bounds.tolist()):
        count = min(_NEAREST, last - first)
        mine = np.partition(near[:, first:last], last - first - count, axis=1)
        columns.append(mine[:, -count:].mean(axis=1))
    return np.stack(columns, axis=1)


def _lexical(group: Group, passages: Sequence[Passage]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights of the phrases found, passages × concepts: repetitions counted, and once each."""
    import numpy as np

    count = len(group.concepts)
    cells: list[int] = []
    once: list[float] = []
    often: list[float] = []
    for row, passage in enumerate(passages):
        hits = passage.hits[group.kind]
        if not hits:
            continue
        lexicon = group.lexicon(passage.language)
        for phrase, times in Counter([hit[0] for hit in hits]).items():
            weight = lexicon.weights[phrase]
            repeating = weight if times == 1 else weight * (1 + math.log(times))
            for number, _ in lexicon.owners[phrase]:
                cells.append(row * count + number)
                once.append(weight)
                often.append(repeating)
    at = np.array(cells, np.int64)
    shape, size = (len(passages), count), len(passages) * count
    return (
        np.bincount(at, often, minlength=size).reshape(shape),
        np.bincount(at, once, minlength=size).reshape(shape),
    )


def features(tables: dict[str, NDArray[Any]], methods: Sequence[str]) -> NDArray[Any]:
    """The three views of each method's table, shape ``(passages, concepts, 3 × methods)``."""
    import numpy as np

    return np.stack([view for method in methods for view in views(tables[method])], axis=2)


def views(table: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Value, deviation and lead of a method's table, each of its shape."""
    import numpy as np

    table = np.asarray(table, np.float64)
    count = table.shape[1]
    if count < 2:
        return table, np.zeros_like(table), np.zeros_like(table)
    mean = table.mean(axis=1, keepdims=True)
    spread = table.std(axis=1, keepdims=True) + 1e-6
    top = np.partition(table, count - 2, axis=1)
    best, second = top[:, -1:], top[:, -2:-1]
    rival = np.where(table >= best, second, best)
    return table, (table - mean) / spread, table - rival
