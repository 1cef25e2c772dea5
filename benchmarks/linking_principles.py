"""The principle model: what it learns from, and how well it does on texts it has not seen.

Three kinds of text, all in our own words:

- sentences as guidelines write them (``principle-sentences.csv``), fitted, measured in folds;
- what the graph says about the principles of published frameworks, each with the pivot principles
  it is mapped to; fitted, and measured on frameworks left out of the graph as well;
- longer passages in the style of guidelines (``principle-passages.csv``), never fitted.
"""

from __future__ import annotations

import copy
import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kg.linking.calibration import (
    Model,
    choose_thresholds,
    expected_calibration_error,
    fit_model,
    sigmoid,
)
from kg.linking.concepts import Concept, read_concepts, read_examples
from kg.linking.context import concept_vectors
from kg.linking.index import build_index

GOLDEN = Path(__file__).parents[1] / "tests/golden/linking"
RIDGE = 5.0
FOLDS = 5


class Told(NamedTuple):
    """Texts × principles: features, whether the text states the principle, and its fold."""

    table: np.ndarray[Any, Any]
    truth: np.ndarray[Any, Any]
    fold: np.ndarray[Any, Any]


def read_golden(name: str) -> tuple[list[str], list[set[str]]]:
    """Texts and the principles each states."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [row["text"] for row in rows], [set(row["principles"].split()) for row in rows]


def golden(bench: Any, name: str) -> Told:
    """A file of texts with their principles."""
    texts, wanted = read_golden(name)
    names = [concept.notation for concept in bench.index.groups["principle"].concepts]
    truth = np.array([[name in labels for name in names] for labels in wanted])
    fold = np.random.default_rng(0).permutation(len(texts)) % FOLDS
    return Told(bench.features("principle", texts), truth, fold)


def statements(bench: Any) -> Told:
    """Principles of frameworks, scored by a graph that does not know their framework."""
    concepts = read_concepts(bench.store)
    scheme = {
        row[0].value: row[1].value
        for row in bench.store.query("SELECT ?c ?s { ?c skos:inScheme ?s }")
    }
    place = {c.iri: n for n, c in enumerate(bench.index.groups["principle"].concepts)}
    theirs = [c for c in concepts if c.kind == "framework-principle"]
    names = sorted({scheme[c.iri] for c in theirs})
    order = np.random.default_rng(3).permutation(len(names))
    held = {names[at]: number % FOLDS for number, at in enumerate(order)}
    tables, truth, fold = [], [], []
    for number in range(FOLDS):
        own = [c for c in theirs if held[scheme[c.iri]] == number]
        rows = [(text, near) for c in own if (text := _said(c)) and (near := _near(c, place))]
        other = _without(bench, concepts, own)
        tables.append(other.features("principle", [text for text, _ in rows]))
        truth += [[at in near for at in range(len(place))] for _, near in rows]
        fold += [number] * len(rows)
    return Told(np.concatenate(tables), np.array(truth), np.array(fold))


def _said(concept: Concept) -> str:
    return " ".join(t for t in concept.texts if not t.startswith("Listed in the document"))


def _near(concept: Concept, place: dict[str, int]) -> set[int]:
    return {place[iri] for iri, strength in concept.matches if strength >= 0.6 and iri in place}


def _without(bench: Any, concepts: list[Concept], left_out: list[Concept]) -> Any:
    """The bench with an index that has not borrowed from these principles."""
    unknown = {text for c in left_out for text in (c.label, *c.texts)}
    kept = copy.deepcopy(concepts)
    for concept in kept:
        if concept.kind == "principle":
            concept.texts = [text for text in concept.texts if text not in unknown]
    other = copy.copy(bench)
    other.index = build_index(kept, read_examples(bench.store), bench.embedder)
    other.vectors = concept_vectors(other.index, bench.context) if bench.context else {}
    return other


def recall(logits: Any, truth: Any) -> dict[str, float]:
    """Share of texts whose first is right, and of right ones among the first three."""
    order = np.argsort(-logits, axis=1)
    rows = range(len(truth))
    return {
        "top1": float(np.mean([truth[row, order[row, 0]] for row in rows])),
        "top3": float(
            np.mean([truth[row, order[row, :3]].sum() / truth[row].sum() for row in rows])
        ),
    }


def fit_principles(bench: Any) -> tuple[Model, dict[str, Any]]:
    """The principle model, and its quality on texts that it was not fitted on.

    Texts of cases take part, too, as texts that do not speak of the principles they are not
    linked to; without them every text would seem to be about some principle.
    """
    told = [golden(bench, "principle-sentences.csv"), statements(bench)]
    concepts = bench.index.groups["principle"].concepts
    names = [concept.iri for concept in concepts]
    examples = read_examples(bench.store)
    others = bench.features("principle", [example.text for example in examples])
    outside = others[np.array([[iri not in e.links for iri in names] for e in examples])]

    def fitted(held: int | None) -> Model:
        tables = [t.table[t.fold != held].reshape(-1, outside.shape[1]) for t in told]
        truths = [t.truth[t.fold != held].ravel() for t in told]
        count = sum(map(len, truths))
        return fit_model(
            np.vstack([*tables, outside]),
            np.concatenate([*truths, np.zeros(len(outside))]),
            [""] * (count + len(outside)),
            bench.methods,
            ridge=RIDGE,
            weights=np.r_[np.ones(count), np.full(len(outside), 0.5)],
        )

    logits = [np.zeros(t.truth.shape) for t in told]
    for held in range(FOLDS):
        model = fitted(held)
        for values, t in zip(logits, told, strict=True):
            values[t.fold == held] = model.logits(t.table[t.fold == held], names)
    final = fitted(None)
    passages = golden(bench, "principle-passages.csv")
    probabilities = sigmoid(logits[0]).ravel().tolist()
    truth = told[0].truth.ravel().tolist()
    final.thresholds = choose_thresholds(
        [*probabilities, *sigmoid(logits[1]).ravel().tolist()],
        [*truth, *told[1].truth.ravel().tolist()],
    )
    return final, {
        "sentences": recall(logits[0], told[0].truth),
        "sentences, ece": expected_calibration_error(probabilities, truth),
        "framework statements": recall(logits[1], told[1].truth),
        "passages": recall(final.logits(passages.table, names), passages.truth),
    }
