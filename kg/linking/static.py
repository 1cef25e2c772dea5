"""Static token embeddings: WordLlama's table, read with numpy.

The vector of a text is the mean of its tokens' vectors. Tokens never cross words, so each word is
tokenised once and its summed vector kept: a passage costs a few dictionary look-ups and one
gather. The files are read straight from the installed package: its own loader looks for the
tokenizer in the wrong folder when offline and imports a web client.

Source: WordLlama (MIT), 256 dimensions, 16 MB.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import KGError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KEEP: Final = 60_000
_BLOCK: Final = 20
"""Stretches summed at a time: few enough for their vectors to stay in the processor's cache."""
_WEIGHTS: Final = "weights/l2_supercat_256.safetensors"
_TOKENIZER: Final = "tokenizers/l2_supercat_tokenizer_config.json"


def model_dir() -> Path:
    """Directory of the installed model.

    Raises:
        KGError: ``wordllama`` or its model is not installed.
    """
    spec = importlib.util.find_spec("wordllama")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / _WEIGHTS).exists():
            return Path(folder)
    raise KGError(
        "the package wordllama, or the model inside it, is missing: "
        "pip install --force-reinstall wordllama"
    )


class StaticEmbedder:
    """Mean-of-tokens text vectors.

    Cost: 0.1 s to load; about 10,000 passages of 600 characters per second once their words are
    known.
    """

    dimensions: Final = 256

    def __init__(self, directory: Path | None = None) -> None:
        import numpy as np
        from safetensors import safe_open

        self._np = np
        self._directory = directory or model_dir()
        with safe_open(str(self._directory / _WEIGHTS), framework="numpy") as weights:
            self._table: NDArray[Any] = weights.get_tensor(next(iter(weights.keys())))
        self._tokenizer: Any = None
        self._numbers: dict[str, int] = {}
        self._vectors: NDArray[np.float32] = np.zeros((4_096, self.dimensions), np.float32)

    def numbers(self, surface: Sequence[str]) -> list[int]:
        """Numbers of words in the table of summed word vectors; unknown words are added."""
        known = self._numbers
        try:
            return [known[word] for word in surface]
        except KeyError:
            if len(known) + len(surface) > _KEEP:
                known.clear()
            self._learn([word for word in dict.fromkeys(surface) if word not in known])
            return [known[word] for word in surface]

    def _learn(self, fresh: list[str]) -> None:
        np = self._np
        if self._tokenizer is None:
            from tokenizers import Tokenizer

            self._tokenizer = Tokenizer.from_file(str(self._directory / _TOKENIZER))
            self._tokenizer.no_padding()
        needed = len(self._numbers) + len(fresh)
        if needed > len(self._vectors):
            size = max(needed, 2 * len(self._vectors))
            vectors = np.zeros((size, self.dimensions), np.float32)
            vectors[: len(self._vectors)] = self._vectors
            self._vectors = vectors
        limit = len(self._table) - 1
        encode = self._tokenizer.encode
        tokens = [encode(word[:64], add_special_tokens=False).ids for word in fresh]
        counts = [len(ids) for ids in tokens]
        first = len(self._numbers)
        rows = self._table[np.minimum([token for ids in tokens for token in ids], limit)]
        starts = np.cumsum([0, *counts[:-1]])
        self._vectors[first:needed] = np.add.reduceat(rows.astype(np.float32), starts, axis=0)
        self._numbers.update(zip(fresh, range(first, needed), strict=True))

    def sums(self, numbers: Sequence[int], starts: Sequence[int]) -> NDArray[Any]:
        """Summed vectors of consecutive stretches of words.

        Args:
            numbers: Word numbers, all stretches one after the other.
            starts: Where each stretch begins; every stretch holds a word at least.

        Returns:
            Array of shape ``(len(starts), 256)``.
        """
        np = self._np
        rows = np.asarray(numbers, dtype=np.intp)
        at = np.asarray(starts, dtype=np.intp)
        summed: NDArray[Any] = np.empty((len(at), self.dimensions), np.float32)
        ends = [*starts[_BLOCK::_BLOCK], len(numbers)]
        for number, end in zip(range(0, len(at), _BLOCK), ends, strict=False):
            part = at[number : number + _BLOCK]
            vectors = self._vectors[rows[part[0] : end]]
            np.add.reduceat(vectors, part - part[0], axis=0, out=summed[number : number + _BLOCK])
        return summed

    def embed(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Unit vectors of texts, shape ``(n, 256)``; a text without words is all zeros.

        Example:
            >>> embedder = StaticEmbedder()
            >>> a, b, c = embedder.embed(["solar power", "wind energy", "primary school"])
            >>> bool(a @ b > a @ c)
            True
        """
        from kg.linking.text import words

        return self.means([words(text).surface for text in texts])

    def means(self, surfaces: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """As :meth:`embed`, of texts that are words already."""
        np = self._np
        out = np.zeros((len(surfaces), self.dimensions), np.float32)
        for row, surface in enumerate(surfaces):
            if numbers := self.numbers(surface):
                out[row] = self._vectors[numbers].sum(0)
        return unit(out)


def unit(vectors: NDArray[Any]) -> NDArray[Any]:
    """Rows scaled to length one; rows of zeros stay."""
    import numpy as np

    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    scaled: NDArray[Any] = vectors / np.where(lengths > 0, lengths, 1.0)
    return scaled
