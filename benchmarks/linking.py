"""Fit, evaluate and time the linker.

    python benchmarks/linking.py fit PASSAGES.csv       # writes kg/linking/*.json
    python benchmarks/linking.py evaluate PASSAGES.csv  # cross-validated quality of the recipe
    python benchmarks/linking.py cases                  # leave-one-out on the shipped cases
    python benchmarks/linking.py speed
    python benchmarks/linking.py search                 # a million labels

``PASSAGES.csv`` has the columns ``id, text, sdg, label``. Folds are stratified by goal and label;
whatever is fitted is fitted inside the training folds, thresholds included.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from linking_principles import fit_principles

from kg.linking.batch import link_table
from kg.linking.calibration import (
    Model,
    choose_thresholds,
    expected_calibration_error,
    fit_model,
    save_models,
    sigmoid,
)
from kg.linking.concepts import read_concepts, read_examples
from kg.linking.context import concept_texts, concept_vectors, installed, load_context
from kg.linking.context_files import SHIPPED, embedded, keep, text_keys
from kg.linking.index import ConceptIndex, build_index
from kg.linking.linker import Linker
from kg.linking.neighbours import nearest_shares, similarities
from kg.linking.polarity import polarity_features
from kg.linking.scoring import (
    CONTEXT_METHODS,
    DEFAULT_METHODS,
    Batch,
    Passage,
    features,
    make_batch,
    prepare,
)
from kg.linking.static import StaticEmbedder
from kg.linking.terms import Bags
from kg.linking.text import passages, sentences
from kg.store import open_store

ROOT = Path(__file__).parents[1]
LABEL_METHODS = ("lexical", "distinct")
GOAL_RIDGE, CASE_RIDGE = 7.0, 5.0
# Without sentence embeddings a freer offset would gain 0.003 on the passages and lose plain short
# sentences: half the candidates for goals 16 and 17 there only look like them.
OFFSET_RIDGE = {False: 4.0, True: 1.0}
EXTRA = {
    "goal": (),
    "target": ("goal", "neighbours"),
    "technology": ("neighbours",),
    "principle": (),
}


class Bench:
    """The index of the shipped graph and everything computed once."""

    def __init__(self, *, embeddings: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        store = open_store(self.folder.name)
        self.embedder = StaticEmbedder()
        self.index: ConceptIndex = build_index(
            read_concepts(store), read_examples(store), self.embedder
        )
        self.store = store
        self.context = load_context() if embeddings else None
        self.vectors = concept_vectors(self.index, self.context) if self.context else {}
        self.methods = DEFAULT_METHODS + (CONTEXT_METHODS if embeddings else ())
        self.extra = EXTRA
        self.offset_ridge = OFFSET_RIDGE[embeddings]

    def linker(self, models: dict[str, Model]) -> Linker:
        """A linker with these models."""
        return Linker(
            self.index, self.embedder, models, context=self.context, context_vectors=self.vectors
        )

    def batch(self, texts: Sequence[str]) -> Batch:
        """Each text as one passage."""
        ready = [prepare(text, sentences(text)) for text in texts]
        return make_batch(self.index, self.embedder, ready, self.context)

    def features(self, kind: str, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Features of texts × concepts of a kind that needs no other kind."""
        tables = self.linker({}).tables(kind, self.batch(texts))
        return features(tables, self.methods)


def read_passages(path: Path) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Texts, goal numbers from 0, labels."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    goals = np.array([int(row["sdg"]) - 1 for row in rows])
    labels = np.array([row["label"] == "True" for row in rows])
    return [row["text"] for row in rows], goals, labels


def folds(goals: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], seed: int) -> Any:
    """Fold of each row: five, stratified by goal and label."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(goals), int)
    for goal in np.unique(goals):
        for label in (False, True):
            rows = np.flatnonzero((goals == goal) & (labels == label))
            rng.shuffle(rows)
            fold[rows] = (np.arange(len(rows)) + rng.integers(5)) % 5
    return fold


def accuracy(probabilities: Any, goals: Any, labels: Any) -> float:
    """Accuracy per goal, averaged over the goals."""
    right = (probabilities > 0.5) == labels
    return float(np.mean([right[goals == goal].mean() for goal in np.unique(goals)]))


def cross_validate(
    table: Any,
    goals: Any,
    labels: Any,
    iris: list[str],
    methods: Sequence[str],
    *,
    ridge: float,
    offset_ridge: float,
    seeds: int = 10,
) -> Any:
    """Probabilities on held-out folds, one row for each repetition of five-fold validation."""
    rows = table[np.arange(len(goals)), goals]
    names = [iris[goal] for goal in goals]
    predicted = np.zeros((seeds, len(goals)))
    for seed in range(seeds):
        fold = folds(goals, labels, seed)
        for held in range(5):
            train, test = fold != held, fold == held
            model = fit_model(
                rows[train],
                labels[train],
                [n for n, t in zip(names, train, strict=True) if t],
                methods,
                ridge=ridge,
                offset_ridge=offset_ridge,
            )
            logits = model.logits(table[test], iris)
            predicted[seed, test] = sigmoid(logits[np.arange(test.sum()), goals[test]])
    return predicted


def tell(predicted: Any, goals: Any, labels: Any) -> str:
    """Accuracy and calibration error of held-out probabilities, means over the repetitions."""
    scores = [accuracy(row, goals, labels) for row in predicted]
    errors = [expected_calibration_error(row.tolist(), labels.tolist()) for row in predicted]
    return (
        f"accuracy {np.mean(scores):.4f} (deviation of repetitions {np.std(scores):.4f}), "
        f"ECE {np.mean(errors):.4f}"
    )


def tell_biases(predicted: Any, goals: Any, labels: Any) -> None:
    """Precision, recall and bias by goal, over all repetitions."""
    said = predicted > 0.5
    for goal in np.unique(goals):
        mine = goals == goal
        hits = (said[:, mine] & labels[mine]).sum()
        print(
            f"  {goal + 1}: precision {hits / said[:, mine].sum():.2f}, "
            f"recall {hits / (labels[mine].sum() * len(said)):.2f}, "
            f"bias {said[:, mine].mean() - labels[mine].mean():+.2f}"
        )


def evaluate(path: Path) -> None:
    """Cross-validated accuracy on passages, by variant and ridge."""
    texts, goals, labels = read_passages(path)
    for embeddings in (False, True):
        if embeddings and not installed():
            continue
        bench = Bench(embeddings=embeddings)
        table = bench.features("goal", texts)
        iris = [concept.iri for concept in bench.index.groups["goal"].concepts]
        for ridge in (GOAL_RIDGE / 2, GOAL_RIDGE, GOAL_RIDGE * 2):
            predicted = cross_validate(
                table,
                goals,
                labels,
                iris,
                bench.methods,
                ridge=ridge,
                offset_ridge=bench.offset_ridge,
            )
            print(f"embeddings={embeddings} ridge={ridge}: {tell(predicted, goals, labels)}")
        print(f"embeddings={embeddings} principles: {fit_principles(bench)[1]}", flush=True)


def case_features(
    bench: Bench, kind: str, goal_model: Model
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Leave-one-out features of shipped cases × concepts, and the reviewed links."""
    group, examples = bench.index.groups[kind], bench.index.examples
    texts = {example.iri: example.text for example in read_examples(bench.store)}
    linker = bench.linker({"goal": goal_model})
    methods = (*bench.methods, *bench.extra[kind])
    rows, truth = [], []
    for number, iri in enumerate(examples.iris):
        batch = bench.batch([texts[iri]])
        near = similarities(examples, batch.bags, batch.vectors)
        near[:, number] = 0.0
        near = nearest_shares(near)
        goals = linker.passage_logits(batch, ["goal"])["goal"]
        rows.append(features(linker.tables(kind, batch, goals, near), methods)[0])
        truth.append([concept.iri in examples.links[number] for concept in group.concepts])
    return np.array(rows), np.array(truth)


def fit_cases(bench: Bench, kind: str, goal_model: Model) -> tuple[Model, dict[str, float]]:
    """A model for targets or technologies, and its cross-validated leave-one-out recall."""
    table, truth = case_features(bench, kind, goal_model)
    methods = (*bench.methods, *bench.extra[kind])
    names = [concept.iri for concept in bench.index.groups[kind].concepts]
    fold = np.random.default_rng(0).permutation(len(table)) % 5
    flat = table.reshape(-1, table.shape[2])
    logits = np.zeros(truth.shape)
    for held in range(5):
        train = np.repeat(fold != held, len(names))
        model = fit_model(
            flat[train], truth.ravel()[train], [""] * int(train.sum()), methods, ridge=CASE_RIDGE
        )
        logits[fold == held] = model.logits(table[fold == held], names)
    has = truth.any(axis=1)
    order = np.argsort(-logits, axis=1)[:, :10]
    recalls = [truth[row, order[row]].sum() / truth[row].sum() for row in np.flatnonzero(has)]
    pooled = sum(truth[row, order[row]].sum() for row in np.flatnonzero(has)) / truth.sum()
    probabilities = sigmoid(logits).ravel().tolist()
    final = fit_model(flat, truth.ravel(), [""] * len(flat), methods, ridge=CASE_RIDGE)
    final.thresholds = choose_thresholds(
        probabilities, truth.ravel().tolist(), precision=0.75, recall=0.8
    )
    return final, {
        "recall@10 (mean of cases)": float(np.mean(recalls)),
        "recall@10 (pooled)": float(pooled),
        "ece": expected_calibration_error(probabilities, truth.ravel().tolist()),
    }


def fit_goals(bench: Bench, path: Path) -> Model:
    """The goal model on all passages, thresholds from cross-validated probabilities."""
    texts, goals, labels = read_passages(path)
    table = bench.features("goal", texts)
    iris = [concept.iri for concept in bench.index.groups["goal"].concepts]
    names = [iris[goal] for goal in goals]
    rows = table[np.arange(len(goals)), goals]
    strength = {"ridge": GOAL_RIDGE, "offset_ridge": bench.offset_ridge}
    predicted = cross_validate(table, goals, labels, iris, bench.methods, **strength)
    print(len(bench.methods), "methods, goal", tell(predicted, goals, labels))
    tell_biases(predicted, goals, labels)
    final = fit_model(rows, labels, names, bench.methods, **strength)
    final.thresholds = choose_thresholds(predicted[0].tolist(), labels.tolist(), precision=0.95)
    final.thresholds["balanced"] = 0.5
    final.thresholds["high-recall"] = min(final.thresholds["high-recall"], 0.3)
    return final


def fit_polarity(bench: Bench) -> dict[str, Any]:
    """Polarity of reviewed case links from the case's text; cross-validated by case."""
    rows: Any = bench.store.query(
        "SELECT DISTINCT ?c ?p ?o ?t { ?c a eq:Case ; ?p ?o ; dcterms:description ?t . "
        "VALUES ?p { eq:supports eq:undermines eq:upholds eq:violates } } ORDER BY ?c ?p ?o"
    )
    data = [tuple(term.value for term in row) for row in rows]
    names = sorted({case for case, *_ in data})
    place = {case: number for number, case in enumerate(names)}
    shapes = []
    for _, _, concept, text in data:
        spans = sentences(text)
        near = spans[_nearest(bench, concept, [text[a:b] for a, b in spans])]
        stems = prepare(text, spans).words.stems
        vector = bench.embedder.embed([text])[0]
        shapes.append(polarity_features(prepare(text, [near]).words.stems, stems, vector))
    table = np.array(shapes)
    labels = np.array([predicate.endswith(("supports", "upholds")) for _, predicate, *_ in data])
    group = np.array([place[case] for case, *_ in data])
    fold = (np.random.default_rng(0).permutation(len(names)) % 5)[group]
    predicted = np.zeros(len(labels))
    for held in range(5):
        model = _plain(table[fold != held], labels[fold != held])
        predicted[fold == held] = sigmoid(table[fold == held] @ model[0] + model[1])
    sure = np.maximum(predicted, 1 - predicted) >= 0.65
    right = (predicted > 0.5) == labels
    print(
        f"polarity: {len(labels)} links, positive {labels.mean():.2f}, "
        f"accuracy {right.mean():.3f}, "
        f"sure {sure.mean():.2f} with accuracy {right[sure].mean():.3f}, "
        f"ECE {expected_calibration_error(predicted.tolist(), labels.tolist()):.3f}"
    )
    weights, intercept = _plain(table, labels)
    return {"weights": [float(f"{w:.5g}") for w in weights], "intercept": intercept}


def _nearest(bench: Bench, concept: str, texts: list[str]) -> int:
    """The sentence most like a concept."""
    for kind in ("goal", "target", "principle"):
        group = bench.index.groups[kind]
        if concept in group.position:
            assert group.cue_prototypes is not None
            near = bench.embedder.embed(texts) @ group.cue_prototypes[group.position[concept]]
            return int(near.argmax())
    return 0


def _plain(table: Any, labels: Any, ridge: float = 8.0) -> tuple[Any, float]:
    """Ridge logistic regression on raw features."""
    from kg.linking.calibration import _irls

    design = np.hstack([table, np.ones((len(table), 1))])
    penalty = np.r_[np.full(table.shape[1], ridge), 1e-6]
    beta = _irls(design, labels.astype(float), penalty, None)
    return beta[:-1], float(beta[-1])


def fit(path: Path) -> None:
    """Fit everything and write the shipped coefficients."""
    variants: dict[str, dict[str, Model]] = {}
    for variant in ("default", "embeddings"):
        if variant == "embeddings" and not installed():
            continue
        bench = Bench(embeddings=variant == "embeddings")
        goal = fit_goals(bench, path)
        models = {"goal": goal}
        models["principle"], quality = fit_principles(bench)
        print(variant, "principle", quality)
        for kind in ("target", "technology"):
            models[kind], quality = fit_cases(bench, kind, goal)
            print(variant, kind, quality)
        variants[variant] = models
        if bench.context:
            ship_vectors(bench)
        if variant == "default":  # outside English: labels alone
            bench.methods, bench.extra = (
                LABEL_METHODS,
                {**EXTRA, "target": ("goal",), "technology": ()},
            )
            variants["labels"] = labels = {"goal": fit_goals(bench, path)}
            labels["principle"], quality = fit_principles(bench)
            for kind in ("target", "technology"):
                labels[kind], quality = fit_cases(bench, kind, labels["goal"])
            bench.methods, bench.extra = DEFAULT_METHODS, EXTRA
        for kind, model in models.items():
            print(variant, kind, model.thresholds)
        if variant == "default":
            (ROOT / "kg/linking/polarity.json").write_text(
                json.dumps(fit_polarity(bench)) + "\n", encoding="utf-8"
            )
    save_models(ROOT / "kg/linking/calibration.json", variants)


def ship_vectors(bench: Bench) -> None:
    """Write the vectors of the shipped concept texts that ship with the package."""
    assert bench.context is not None
    texts = concept_texts(bench.index)
    work = SHIPPED.with_suffix(".new.npz")
    work.unlink(missing_ok=True)
    keep(work, text_keys(texts, bench.context), embedded(texts, bench.context), small=True)
    work.replace(SHIPPED)


def cases() -> None:
    """Leave-one-out through the product's own interface: recall in the first ten."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        linker = Linker.load(store, embeddings=False)
        for kind in ("target", "technology"):
            hit = total = 0
            recalls = []
            for example in read_examples(store):
                position = linker.index.groups[kind].position
                wanted = {iri for iri in example.links if iri in position}
                if not wanted:
                    continue
                found = linker.link(
                    example.text, kinds=[kind], threshold=0.0, limit=10, leave_out=[example.iri]
                )
                got = len(wanted & {proposal.concept for proposal in found})
                hit, total = hit + got, total + len(wanted)
                recalls.append(got / len(wanted))
            print(f"{kind}: {hit / total:.3f} of links, {np.mean(recalls):.3f} mean of cases")


def speed() -> None:
    """Passages of 600 characters per second of processor time, and the time to load.

    Three figures for each choice of kinds: scored alone, linked from one table into another (with
    evidence, polarity and both files), and linked one text after the other.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        Linker.load(store, embeddings=False)
        start = time.process_time()
        linker = Linker.load(store, embeddings=False)
        print(f"load {time.process_time() - start:.3f} s")
        base = " ".join(example.text for example in read_examples(store))
        texts = [base[at : at + 600] for at in range(0, len(base) - 600, 97)][:2000]
        text = "\n\n".join(texts)
        table, links = Path(folder) / "texts.csv", Path(folder) / "links.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("id", "text"), *enumerate(texts)])
        for kinds in (["goal"], ["goal", "target", "principle", "technology"]):
            linker.score(linker.prepare(text[:60_000]), kinds)
            start = time.process_time()
            ready: list[Passage] = [
                prepare(text, group)
                for text in texts
                for group in passages(text, sentences(text), size=2_000)
            ]
            for at in range(0, len(ready), 128):
                batch = make_batch(linker.index, linker.embedder, ready[at : at + 128])
                near = similarities(
                    linker.index.examples,
                    Bags.of([linker.index.bag(batch.passages[0].words.stems)]),
                    batch.vectors[:1],
                )
                linker.passage_logits(batch, kinds, nearest_shares(near))
            scored = time.process_time()
            link_table(
                linker, table, links, text_column="text", id_column="id", options={"kinds": kinds}
            )
            tabled = time.process_time()
            proposals = sum(len(linker.link(text, kinds=kinds)) for text in texts[:500])
            alone = time.process_time()
            print(
                f"{'+'.join(kinds)}: scored {len(texts) / (scored - start):.0f}/s, "
                f"in a table {len(texts) / (tabled - scored):.0f}/s, "
                f"one by one {500 / (alone - tabled):.0f}/s "
                f"({proposals / 500:.1f} proposals each)"
            )


def search(count: int = 1_000_000) -> None:
    """Search as you type over a million made-up labels: processor time of a query."""
    from kg.linking.search import Entry, LabelSearch

    rng = np.random.default_rng(7)
    syllables = ["ka", "mo", "ri", "ten", "sol", "wa", "ber", "li", "gran", "de", "pé", "zu"]
    made = ["".join(rng.choice(syllables, rng.integers(1, 5))) for _ in range(40_000)]
    chance = 1 / np.arange(1, len(made) + 1) ** 0.9
    picked = rng.choice(len(made), size=(count, 3), p=chance / chance.sum())
    entries = (
        Entry(f"urn:thing:{n}", " ".join(made[w] for w in row), "en", "case", preferred=True)
        for n, row in enumerate(picked)
    )
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        LabelSearch.build(entries, Path(folder) / "index")
        print(f"built in {time.process_time() - start:.1f} s")
        index = LabelSearch(Path(folder) / "index")
        queries: list[str] = []
        for row in picked[:300]:
            label = " ".join(made[w] for w in row)
            queries += [label[:size] for size in (1, 2, 3, 5, 8, 12)]
            queries.append(f"{made[row[2]][:4]} {made[row[0]][:4]}")
        times = []
        for query in queries:
            start = time.process_time()
            index.search(query, limit=10)
            times.append(time.process_time() - start)
        print(
            f"{count:,} labels, {len(queries)} queries: median {1e3 * np.median(times):.2f} ms, "
            f"99 % {1e3 * np.quantile(times, 0.99):.2f} ms, slowest {1e3 * max(times):.2f} ms"
        )


if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else "speed"
    if command == "polarity":
        (ROOT / "kg/linking/polarity.json").write_text(
            json.dumps(fit_polarity(Bench(embeddings=False))) + "\n", encoding="utf-8"
        )
    elif command == "ship":
        ship_vectors(Bench(embeddings=True))
    elif command in ("fit", "evaluate"):
        {"fit": fit, "evaluate": evaluate}[command](Path(sys.argv[2]))
    else:
        {"cases": cases, "speed": speed, "search": search}[command](*map(int, sys.argv[2:]))
