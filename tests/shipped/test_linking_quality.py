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

SENTENCES = Path(__file__).parents[1] / "golden" / "linking" / "principle-sentences.csv"


@pytest.fixture(scope="module")
def linker(shipped: GraphStore) -> Linker:
    return Linker.load(shipped, embeddings=False)


def read_sentences() -> list[tuple[str, set[str]]]:
    with SENTENCES.open(encoding="utf-8", newline="") as stream:
        return [(row["text"], set(row["principles"].split())) for row in csv.DictReader(stream)]


def test_the_sentences_cover_every_principle_evenly() -> None:
    rows = read_sentences()
    assert len(rows) >= 300
    assert len({text for text, _ in rows}) == len(rows)
    counts = Counter(name for _, labels in rows for name in labels)
    assert len(counts) == 17
    assert min(counts.values()) >= 15


def test_principles_are_recalled_from_guideline_sentences(linker: Linker) -> None:
    rows = read_sentences()
    names = [concept.notation for concept in linker.index.groups["principle"].concepts]
    ready = [prepare(text, sentences(text)) for text, _ in rows]
    batch = make_batch(linker.index, linker.embedder, ready)
    logits = linker.passage_logits(batch, ["principle"])["principle"]
    order = np.argsort(-logits, axis=1)
    first = np.mean([names[order[n, 0]] in labels for n, (_, labels) in enumerate(rows)])
    third = np.mean(
        [
            len(labels & {names[at] for at in order[n, :3]}) / len(labels)
            for n, (_, labels) in enumerate(rows)
        ]
    )
    assert first >= 0.80
    assert third >= 0.92
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
