"""Sentence vectors that were computed once: those that ship, and those beside revisions.

A vector is found by the hash of model and text, so a new revision computes only the texts that
no earlier one had. Half precision is enough, and one byte for those that ship: similarities change
by less than 0.002 (tested).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kg.linking.static import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIPPED: Final = Path(__file__).with_name("context.npz")
NAME: Final = "linking-context.npz"


class Embedder(Protocol):
    """A model with a name, a number of dimensions, and unit vectors for texts."""

    @property
    def name(self) -> str:
        """Name of the model; part of the hash."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row per text."""


def embedded(
    texts: Sequence[str],
    model: Embedder,
    directory: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> NDArray[Any]:
    """Unit vectors of texts, shape ``(len(texts), dimensions)``, computed only where unknown.

    Args:
        texts: Distinct texts.
        model: Computes what is not known.
        directory: ``cache`` directory of a revision; what had to be computed is kept there.
        progress: Called with the number of texts to compute, when there are any.
    """
    import numpy as np

    keys = [_key(model.name, text) for text in texts]
    out = np.zeros((len(texts), model.dimensions), np.float32)
    missing = set(range(len(texts)))
    rows = {key: row for row, key in enumerate(keys)}
    for path in [SHIPPED, *_beside(directory)]:
        if not missing:
            break
        known, vectors = _read(path)
        for at, key in enumerate(known):
            row = rows.get(key)
            if row in missing:
                out[row] = vectors[at]
                missing.discard(row)
    if missing:
        progress(len(missing))
        fresh = sorted(missing)
        out[fresh] = model.embed([texts[row] for row in fresh])
        if directory is not None:
            with contextlib.suppress(OSError):
                keep(directory / NAME, [keys[row] for row in fresh], out[fresh])
    return unit(out)


def keep(path: Path, keys: Sequence[int], vectors: NDArray[Any], *, small: bool = False) -> None:
    """Write vectors beside those the file holds already.

    Args:
        path: An ``.npz`` file.
        keys: One key for each vector.
        vectors: The vectors.
        small: One byte for each number instead of two; for those that ship.
    """
    import numpy as np

    old_keys, old = _read(path)
    table = np.concatenate([old, vectors]) if len(old) else vectors
    arrays: dict[str, Any] = {"keys": np.asarray([*old_keys, *keys], np.uint64)}
    if small:
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        arrays |= {"vectors": np.rint(table / scale).astype(np.int8), "scale": scale}
    else:
        arrays["vectors"] = table.astype(np.float16)
    work = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with work.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
    work.replace(path)


def text_keys(texts: Sequence[str], model: Embedder) -> list[int]:
    """The keys that :func:`keep` files vectors of texts under."""
    return [_key(model.name, text) for text in texts]


def _key(model: str, text: str) -> int:
    digest = hashlib.sha256(f"{model}\x00{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _beside(directory: Path | None) -> list[Path]:
    """Files of this revision and of others of the same store, newest first."""
    if directory is None:
        return []
    others = sorted(directory.parent.parent.glob(f"r*/cache/{NAME}"), reverse=True)
    return [directory / NAME, *(path for path in others if path.parent != directory)]


def _read(path: Path) -> tuple[list[int], NDArray[Any]]:
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as kept:
            keys: list[int] = kept["keys"].tolist()
            vectors = kept["vectors"].astype(np.float32)
            return keys, vectors * kept["scale"] if "scale" in kept else vectors
    except (OSError, ValueError, KeyError):
        return [], np.zeros((0, 0), np.float32)
