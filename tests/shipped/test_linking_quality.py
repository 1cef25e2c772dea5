"""The shipped linker on shipped data: what the documentation promises about it."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kg.linking.calibration import expected_calibration_error, sigmoid
from kg.linking.concepts import read_examples
from kg.linking.linker import Linker
from kg.linking.scoring import make_batch, prepare
from kg.linking.text import sentences
from kg.store import GraphStore

GOLDEN = Path(__file__).parents[1] / "golden" / "linking"


@pytest.fixture(scope="module")
def linker(shipped: GraphStore) -> Linker:
    return Linker.load(shipped, embeddings=False)


def read_golden(name: str) -> list[tuple[str, set[str]]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        return [(row["text"], set(row["principles"].split())) for row in csv.DictReader(stream)]


@pytest.mark.parametrize(
    ("name", "texts", "each", "length"),
    [("principle-sentences.csv", 300, 15, 60), ("principle-passages.csv", 100, 6, 300)],
)
def test_the_texts_cover_every_principle_evenly(
    name: str, texts: int, each: int, length: int
) -> None:
    rows = read_golden(name)
    assert len(rows) >= texts
    assert len({text for text, _ in rows}) == len(rows)
    counts = Counter(name for _, labels in rows for name in labels)
    assert len(counts) == 17
    assert min(counts.values()) >= each
    assert np.mean([len(text) for text, _ in rows]) >= length


@pytest.mark.parametrize(
    ("name", "first", "third"),
    [("principle-sentences.csv", 0.85, 0.95), ("principle-passages.csv", 0.95, 0.98)],
)
def test_principles_are_recalled_from_guideline_texts(
    linker: Linker, name: str, first: float, third: float
) -> None:
    rows = read_golden(name)
    names = [concept.notation for concept in linker.index.groups["principle"].concepts]
    ready = [prepare(text, sentences(text)) for text, _ in rows]
    batch = make_batch(linker.index, linker.embedder, ready)
    logits = linker.passage_logits(batch, ["principle"])["principle"]
    order = np.argsort(-logits, axis=1)
    ranked = [[names[at] for at in row[:3]] for row in order]
    told = [labels for _, labels in rows]
    hits = [top[0] in labels for top, labels in zip(ranked, told, strict=True)]
    shares = [len(labels & {*top}) / len(labels) for top, labels in zip(ranked, told, strict=True)]
    assert np.mean(hits) >= first
    assert np.mean(shares) >= third
    truth = [name in labels for _, labels in rows for name in names]
    assert expected_calibration_error(sigmoid(logits).ravel().tolist(), truth) < 0.05


@pytest.mark.parametrize(("kind", "least"), [("target", 0.7), ("technology", 0.8)])
def test_cases_left_out_are_linked_as_their_reviewers_did(
    linker: Linker, shipped: GraphStore, kind: str, least: float
) -> None:
    position = linker.index.groups[kind].position
    recalls = []
    for example in read_examples(shipped)[::3]:
        wanted = {iri for iri in example.links if iri in position}
        if wanted:
            found = linker.link(
                example.text, kinds=[kind], threshold=0.0, limit=10, leave_out=[example.iri]
            )
            recalls.append(len(wanted & {p.concept for p in found}) / len(wanted))
    assert len(recalls) > 50
    assert np.mean(recalls) >= least
