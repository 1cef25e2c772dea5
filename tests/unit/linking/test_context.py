from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.errors import MissingExtra
from kg.linking import context
from kg.linking.context import MiniLM, concept_texts, concept_vectors, installed, load_context
from kg.linking.context_files import NAME, embedded, text_keys
from kg.linking.linker import Linker

GOLDEN = Path(__file__).parents[2] / "golden" / "linking" / "sentence-vectors.json"
needs_weights = pytest.mark.skipif(
    not installed(), reason="the extra equipoise[embeddings] is not installed"
)


class Letters:
    """A stand-in for a model: counts letters. What is tested is what is kept, not the vectors."""

    name = "letters"
    dimensions = 3

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        self.read += texts
        return np.array([[t.count("a"), t.count("b"), 1.0] for t in texts], np.float32)


def revision(root: Path, name: str) -> Path:
    directory = root / "revisions" / name / "cache"
    directory.mkdir(parents=True)
    return directory


def test_only_new_texts_are_computed_across_revisions(tmp_path: Path) -> None:
    model, told = Letters(), list[int]()
    first = revision(tmp_path, "r000001")
    embedded(["aa", "b"], model, first, told.append)
    assert (model.read, told) == (["aa", "b"], [2])
    embedded(["b", "aa"], model, first, told.append)
    assert told == [2]
    again = embedded(["b", "ab", "aa"], model, revision(tmp_path, "r000002"), told.append)
    assert (model.read, told) == (["aa", "b", "ab"], [2, 1])
    fresh = embedded(["b", "ab", "aa"], Letters())
    assert np.allclose(again, fresh, atol=1e-3)


def test_another_model_does_not_share_vectors(tmp_path: Path) -> None:
    other = Letters()
    other.name = "other"
    assert text_keys(["x"], Letters()) != text_keys(["x"], other)


def test_a_broken_file_only_costs_time(tmp_path: Path) -> None:
    directory = revision(tmp_path, "r000001")
    (directory / NAME).write_bytes(b"PK broken")
    assert embedded(["a"], Letters(), directory).shape == (1, 3)


def test_without_the_weights_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "model_dir", lambda: None)
    with pytest.raises(MissingExtra, match=r"equipoise\[embeddings\]"):
        load_context()


@needs_weights
def test_the_encoder_agrees_with_the_reference_runtime() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert np.allclose(load_context().embed(golden["texts"]), golden["vectors"], atol=1e-4)


@needs_weights
def test_a_batch_gives_what_single_texts_give() -> None:
    texts = ["Short.", "A somewhat longer sentence about clean water for all.", ""]
    model = load_context()
    together = model.embed(texts)
    for row, text in enumerate(texts):
        assert np.allclose(together[row], model.embed([text])[0], atol=1e-5)


@needs_weights
def test_the_shipped_vectors_are_those_of_the_shipped_concepts(linker: Linker) -> None:
    class Refusing(MiniLM):
        def embed(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
            raise AssertionError(f"not shipped: {texts[:3]}; run benchmarks/linking.py ship")

    model = load_context()
    refusing = Refusing(context.model_dir() or Path())
    vectors = concept_vectors(linker.index, refusing)
    texts = concept_texts(linker.index)
    some = texts[:: len(texts) // 8]
    assert np.allclose(embedded(some, refusing), model.embed(some), atol=2e-3)
    assert set(vectors) == {"goal", "target", "principle", "technology"}


@needs_weights
def test_linking_with_sentence_embeddings(linker: Linker, shipped: Any) -> None:
    with_context = Linker.load(shipped, embeddings=True)
    assert with_context.uses_context
    found = with_context.link("Courts jail corrupt officials.", kinds=["goal"], threshold=0.0)
    assert found[0].notation == "16"
    assert [p.to_dict() for p in with_context.link("Safe water")] == [
        p.to_dict() for p in with_context.link("Safe water")
    ]
