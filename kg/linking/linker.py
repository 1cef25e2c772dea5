"""From a text to ranked links, each with a probability, a polarity and the spans behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.linking import languages
from kg.linking.asked import check_request
from kg.linking.calibration import PRESETS, Model, Weighing, load_models
from kg.linking.concepts import DEFAULT_KINDS, KINDS
from kg.linking.evidence import SPANS
from kg.linking.index import SCORED, ConceptIndex
from kg.linking.index_files import index_of
from kg.linking.neighbours import neighbour_table
from kg.linking.passage_list import PassageList
from kg.linking.pooling import Scores
from kg.linking.proposals import Proposal
from kg.linking.proposing import Told
from kg.linking.scoring import (
    Batch,
    ContextEmbedder,
    ContextVectors,
    score_tables,
)
from kg.linking.static import StaticEmbedder
from kg.linking.together import link_together, score_together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.store.protocol import GraphStore


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
        self._weighings: dict[tuple[str, str], tuple[list[str], Weighing]] = {}

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

        Cost: about 3 ms for 600 characters and four kinds.
        """
        chosen = check_request(kinds, preset, text)
        prepared = self.prepare(text, language)
        if not prepared:
            return []
        scored = self.score(prepared, chosen, leave_out=leave_out)
        return self.proposed(
            prepared,
            scored,
            chosen,
            preset=preset,
            threshold=threshold,
            limit=limit,
            pages=pages,
            concepts=concepts,
        )

    def link_many(self, texts: Iterable[str], **options: Any) -> Iterator[list[Proposal]]:
        """Ranked links of many texts, one list each, in order; options as :meth:`link`.

        Raises:
            InputError: As :meth:`link`, for the first text that cannot be linked.

        Cost: less than half of linking short texts one by one.
        """
        for found in link_together(self, texts, **options):
            if isinstance(found, InputError):
                raise found
            yield found

    def proposed(
        self,
        prepared: PassageList,
        scored: dict[str, Scores],
        kinds: Sequence[str],
        *,
        preset: str = "balanced",
        threshold: float | None = None,
        limit: int | None = None,
        pages: Sequence[int] = (),
        concepts: Collection[str] | None = None,
        spans: int = SPANS,
    ) -> list[Proposal]:
        """The proposals that the scores of a text make; arguments as :meth:`link`.

        Only the first ``spans`` spans of evidence of each are kept.
        """
        told = Told(self, prepared, scored, pages, spans)
        found: list[Proposal] = []
        for kind in kinds:
            if kind not in scored:
                continue
            cut = self.threshold(kind, preset) if threshold is None else threshold
            found += told.proposals(kind, cut, limit, concepts)
        return found

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
        """Log-odds of every concept of the kinds for the whole text, with its best passages."""
        return score_together(self, [prepared], kinds, leave_out)[0]

    def passage_logits(
        self, batch: Batch, kinds: Sequence[str], neighbours: NDArray[Any] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Log-odds of passages × concepts for scored kinds, goals before targets."""
        found: dict[str, NDArray[Any]] = {}
        for kind in kinds:
            if kind not in SCORED or not self.index.groups[kind].concepts:
                continue
            methods, weighing = self._weighing(kind, batch.passages[0].language)
            near = neighbours if "neighbours" in methods else None
            tables = self.tables(kind, batch, found.get("goal"), near)
            found[kind] = weighing.logits([tables[method] for method in methods])
        return found

    def _weighing(self, kind: str, language: str) -> tuple[list[str], Weighing]:
        """The methods of the model for a language, and what it makes of their tables."""
        known = self._weighings.get((kind, language))
        if known is None:
            model = self._model(kind, language)
            iris = [concept.iri for concept in self.index.groups[kind].concepts]
            known = self._weighings[kind, language] = model.methods, model.weighing(iris)
        return known

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
        """All method tables of a kind, with those that lean on goals and on similar cases.

        Args:
            kind: The kind.
            batch: Passages.
            goals: Log-odds of the goals, for targets.
            neighbours: Shares of the nearest cases, one row for all passages or one for each.
        """
        import numpy as np

        group = self.index.groups[kind]
        tables = score_tables(group, batch, self._context_vectors.get(kind))
        if kind == "target":
            assert goals is not None
            padded = np.full((len(goals), goals.shape[1] + 1), -6.0)
            padded[:, :-1] = np.minimum(np.maximum(goals, -6.0), 6.0)
            tables["goal"] = padded[:, self.index.goals_of_targets()]
        if neighbours is not None:
            near = neighbour_table(group, self.index.examples, neighbours)
            shape = (len(batch.passages), near.shape[1])
            tables["neighbours"] = np.broadcast_to(near, shape)
        return tables
