"""From a text to ranked links, each with a probability, a polarity and the spans behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError
from kg.linking import languages
from kg.linking.calibration import PRESETS, Model, load_models, sigmoid
from kg.linking.concepts import DEFAULT_KINDS, KINDS
from kg.linking.evidence import find_evidence
from kg.linking.index import SCORED, ConceptIndex
from kg.linking.index_files import index_of
from kg.linking.names import name_probabilities
from kg.linking.neighbours import neighbour_table, similarities
from kg.linking.passage_list import PassageList
from kg.linking.polarity import decide, polarity_features, positive_probability, sentence_stems
from kg.linking.pooling import Scores, imply_goals, named_scores, pooled
from kg.linking.proposals import Proposal
from kg.linking.scoring import (
    Batch,
    ContextEmbedder,
    ContextVectors,
    features,
    find_labels,
    make_batch,
    score_tables,
)
from kg.linking.static import StaticEmbedder, unit
from kg.linking.text import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.store.protocol import GraphStore

BATCH: Final = 128
TEXT_LIMIT: Final = 20_000_000
"""Characters a text may have."""
_POLAR: Final = ("goal", "target", "principle", "framework-principle")


class Linker:
    """Links texts to the concepts of one revision of the graph.

    Args:
        index: Concepts of the graph.
        embedder: Static embeddings.
        models: Calibrated models by kind.
        context: Sentence-embedding model, for the ``embeddings`` variant.
        context_vectors: That model's vectors of the concepts, by kind.
        thresholds: Learnt thresholds that take the place of the shipped ones, by kind.
    """

    def __init__(
        self,
        index: ConceptIndex,
        embedder: StaticEmbedder,
        models: dict[str, Model],
        *,
        context: ContextEmbedder | None = None,
        context_vectors: dict[str, ContextVectors] | None = None,
        thresholds: dict[str, dict[str, float]] | None = None,
    ) -> None:
        self.index, self.embedder, self.models = index, embedder, models
        self.context, self._context_vectors = context, context_vectors or {}
        self._thresholds = thresholds or {}
        self._label_models: dict[str, Model] = {}

    @property
    def uses_context(self) -> bool:
        """Whether sentence embeddings take part."""
        return self.context is not None

    @classmethod
    def load(
        cls,
        store: GraphStore,
        *,
        embeddings: bool | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Linker:
        """The linker for the store's newest revision.

        The index is kept beside the revision, so only the first use after a write builds it.

        Args:
            store: Where the concepts are.
            embeddings: Whether to use sentence embeddings too; when left out, whenever the
                ``embeddings`` extra is installed.
            progress: Called with the number of concept texts that the sentence-embedding model
                must read first, when there are new ones.

        Raises:
            MissingExtra: Embeddings were asked for and are not installed.

        Cost: 0.25 s from a kept index, about 1 s without.
        """
        from kg.linking.context import concept_vectors, installed, load_context
        from kg.linking.learning import learnt_thresholds

        embedder = StaticEmbedder()
        with store.reader() as snapshot:
            directory = snapshot.cache_dir
            index = index_of(snapshot, embedder)
            thresholds = learnt_thresholds(snapshot)
            use = installed() if embeddings is None else embeddings
            if not use:
                return cls(index, embedder, load_models(), thresholds=thresholds)
            context = load_context()
            return cls(
                index,
                embedder,
                load_models(variant="embeddings"),
                context=context,
                context_vectors=concept_vectors(index, context, directory, progress),
                thresholds=thresholds,
            )

    def link(
        self,
        text: str,
        *,
        kinds: Sequence[str] = DEFAULT_KINDS,
        preset: str = "balanced",
        threshold: float | None = None,
        limit: int | None = None,
        language: str | None = None,
        pages: Sequence[int] = (),
        leave_out: Collection[str] = (),
        concepts: Collection[str] | None = None,
    ) -> list[Proposal]:
        """Ranked links of one text.

        Args:
            text: Plain text.
            kinds: Kinds of concept, of :data:`kg.linking.concepts.KINDS`.
            preset: ``high-precision``, ``balanced`` or ``high-recall``.
            threshold: Probability from which to propose, instead of the preset's.
            limit: At most this many of each kind.
            language: ISO 639-1 code; detected when left out.
            pages: Offset at which each page after the first begins (PDFs).
            leave_out: Cases that must not serve as examples.
            concepts: Only these concepts.

        Returns:
            Proposals by kind, most probable first; empty for a text without words.

        Raises:
            InputError: Unknown kind or preset, a text over the limit, or a language that the
                graph has no labels in.

        Cost: about 1 ms per 600 characters.
        """
        chosen = check_request(kinds, preset, text)
        prepared = self.prepare(text, language)
        if not prepared:
            return []
        scored = self.score(prepared, chosen, leave_out=leave_out)
        found: list[Proposal] = []
        for kind in chosen:
            if kind not in scored:
                continue
            cut = self.threshold(kind, preset) if threshold is None else threshold
            found += self._proposals(kind, scored, prepared, cut, limit, pages, concepts)
        return found

    def link_many(
        self,
        texts: Iterable[str],
        **options: Any,
    ) -> Iterator[list[Proposal]]:
        """Ranked links of many texts, one list each, in order; options as :meth:`link`."""
        for text in texts:
            yield self.link(text, **options)

    def threshold(self, kind: str, preset: str) -> float:
        """The probability from which proposals of a kind are made."""
        learnt = self._thresholds.get(kind, {})
        if preset in learnt:
            return learnt[preset]
        model = self.models.get("principle" if kind == "framework-principle" else kind)
        if model is None:
            return {"high-precision": 0.9, "balanced": 0.7, "high-recall": 0.4}[preset]
        return model.threshold(preset)

    def thresholds(self) -> dict[str, dict[str, float]]:
        """Thresholds in use, by kind and preset."""
        return {
            kind: {preset: self.threshold(kind, preset) for preset in PRESETS} for kind in KINDS
        }

    def prepare(self, text: str, language: str | None = None) -> PassageList:
        """The text's passages that hold words.

        Raises:
            InputError: The graph has no labels in the text's language.
        """
        spoken = language or languages.detect(text)
        if spoken != "en" and spoken not in self.index.languages:
            known = ", ".join(languages.name(code) for code in sorted(self.index.languages))
            raise InputError(
                f"the text seems to be {languages.name(spoken)}, and the graph has no labels in "
                f"that language to link by (it has {known}); translate it, or name its language"
            )
        return PassageList(text, spoken)

    def score(
        self,
        prepared: PassageList,
        kinds: Sequence[str],
        *,
        leave_out: Collection[str] = (),
    ) -> dict[str, Scores]:
        """Log-odds of every concept of the kinds for each passage and for the whole text."""
        import numpy as np

        wanted = _with_dependencies(kinds)
        named = [kind for kind in kinds if kind not in SCORED]
        parts: dict[str, list[NDArray[Any]]] = {kind: [] for kind in (*wanted, *named)}
        documents = self._neighbours(prepared, leave_out) if _needs_examples(wanted) else None
        vectors: list[NDArray[Any]] = []
        for part in prepared.batches(BATCH):
            batch = make_batch(self.index, self.embedder, part, self.context)
            vectors.append(batch.vectors)
            logits = self.passage_logits(batch, wanted, documents)
            for kind, table in logits.items():
                parts[kind].append(table.astype(np.float32))
            for kind in named:
                find_labels(self.index.groups[kind], part)
                names = name_probabilities(self.index.groups[kind], part)
                parts[kind].append(names.astype(np.float32))
        whole = unit(np.concatenate(vectors).sum(axis=0, keepdims=True))[0]
        tables = {kind: np.concatenate(rows) for kind, rows in parts.items() if rows}
        scores = {
            kind: Scores(kind, tables[kind], pooled(tables[kind]), whole)
            for kind in wanted
            if kind in tables
        }
        if "goal" in scores and "target" in scores:
            imply_goals(self.index, scores["goal"], scores["target"])
        for kind in kinds:
            if kind not in SCORED:
                scores[kind] = named_scores(self.index, kind, tables[kind], scores, whole)
        return scores

    def passage_logits(
        self, batch: Batch, kinds: Sequence[str], neighbours: NDArray[Any] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Log-odds of passages × concepts for scored kinds, goals before targets."""
        found: dict[str, NDArray[Any]] = {}
        for kind in kinds:
            if kind not in SCORED or not self.index.groups[kind].concepts:
                continue
            model = self._model(kind, batch.passages[0].language)
            tables = self.tables(kind, batch, found.get("goal"), neighbours)
            iris = [concept.iri for concept in self.index.groups[kind].concepts]
            found[kind] = model.logits(features(tables, model.methods), iris)
        return found

    def _model(self, kind: str, language: str) -> Model:
        """The model for a language: outside English only labels are trusted."""
        if language == "en":
            return self.models[kind]
        if not self._label_models:
            self._label_models = load_models(variant="labels")
        return self._label_models[kind]

    def tables(
        self,
        kind: str,
        batch: Batch,
        goals: NDArray[Any] | None = None,
        neighbours: NDArray[Any] | None = None,
    ) -> dict[str, NDArray[Any]]:
        """All method tables of a kind, with those that lean on goals and on similar cases."""
        import numpy as np

        group = self.index.groups[kind]
        tables = score_tables(group, batch, self._context_vectors.get(kind))
        if kind == "target":
            position = self.index.groups["goal"].position
            parents = [position.get(concept.parent, -1) for concept in group.concepts]
            assert goals is not None
            padded = np.hstack([np.clip(goals, -6, 6), np.full((len(goals), 1), -6.0)])
            tables["goal"] = padded[:, parents]
        if neighbours is not None:
            row = neighbour_table(group, self.index.examples, neighbours)
            tables["neighbours"] = np.repeat(row, len(batch.passages), axis=0)
        return tables

    def _neighbours(self, prepared: PassageList, leave_out: Collection[str]) -> NDArray[Any]:
        sample = prepared.text[:20_000]
        stems = words(sample).stems
        near = similarities(
            self.index.examples, [self.index.bag(stems)], self.embedder.embed([sample])
        )
        for number, iri in enumerate(self.index.examples.iris):
            if iri in leave_out:
                near[:, number] = 0.0
        return near

    def _proposals(
        self,
        kind: str,
        scores: dict[str, Scores],
        prepared: PassageList,
        cut: float,
        limit: int | None,
        pages: Sequence[int],
        only: Collection[str] | None,
    ) -> list[Proposal]:
        import numpy as np

        group, table = self.index.groups[kind], scores[kind]
        probabilities = sigmoid(table.document)
        order = [int(n) for n in np.argsort(-probabilities, kind="stable")]
        found: list[Proposal] = []
        for number in order:
            concept, probability = group.concepts[number], float(probabilities[number])
            if probability < cut or (limit is not None and len(found) >= limit):
                break
            if only is not None and concept.iri not in only:
                continue
            evidence = find_evidence(self, kind, number, prepared, scores, pages)
            polarity, confidence = "", 0.0
            if kind in _POLAR:
                near = [
                    word
                    for span in evidence[:3]
                    for word in sentence_stems(prepared.text, *prepared.sentence_at(span.start))
                ]
                everything = [
                    word for passage in prepared.first(40) for word in passage.words.stems
                ]
                shape = polarity_features(near, everything, table.vector)
                polarity, confidence = decide(positive_probability(shape))
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


def check_request(kinds: Sequence[str], preset: str, text: str = "") -> list[str]:
    """The kinds in their fixed order.

    Raises:
        InputError: Unknown kind or preset, or a text over the limit.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise InputError(f"no kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
    if preset not in PRESETS:
        raise InputError(f"no preset {preset!r}; there are {', '.join(PRESETS)}")
    if len(text) > TEXT_LIMIT:
        raise InputError(
            f"the text has {len(text):,} characters, more than the {TEXT_LIMIT:,} allowed"
        )
    return [kind for kind in KINDS if kind in kinds]


def _with_dependencies(kinds: Sequence[str]) -> list[str]:
    """Scored kinds to compute: targets lean on goals, framework principles on the pivot."""
    wanted = set(kinds) & set(SCORED)
    if "target" in wanted or "goal" in wanted:
        wanted |= {"goal", "target"} if "target" in wanted else {"goal"}
    if "framework-principle" in kinds:
        wanted.add("principle")
    return [kind for kind in SCORED if kind in wanted]


def _needs_examples(kinds: Sequence[str]) -> bool:
    return bool({"target", "technology"} & set(kinds))
