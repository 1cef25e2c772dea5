"""From features to probabilities: ridge logistic regression and its quality measures.

One model per kind of concept, shared by all concepts of the kind, so that a concept added today
is scored by the same weights. Concepts with enough labelled passages also get an offset of their
own, shrunk towards zero. The coefficients that ship are in ``calibration.json``; how they were
fitted is in ``benchmarks/linking.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRESETS: Final = ("high-precision", "balanced", "high-recall")
FORMAT: Final = 1


@dataclass(slots=True)
class Model:
    """Coefficients of one kind of concept.

    Args:
        methods: Methods whose views are the features, in order.
        mean: Mean of each feature when fitted.
        scale: Standard deviation of each feature when fitted.
        weights: One weight per feature.
        intercept: Constant.
        offsets: Offset by concept IRI; 0 for those not listed.
        thresholds: Probability from which a proposal is made, by preset.
    """

    methods: list[str]
    mean: list[float]
    scale: list[float]
    weights: list[float]
    intercept: float
    offsets: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)

    def logits(self, features: NDArray[Any], iris: Sequence[str]) -> NDArray[Any]:
        """Log-odds, shape ``(passages, concepts)``, from features ``(passages, concepts, f)``."""
        weights, constant = self._plain(iris)
        values: NDArray[Any] = features @ weights + constant
        return values

    def weighing(self, iris: Sequence[str]) -> Weighing:
        """The same for concepts that many passages are scored against."""
        weights, constant = self._plain(iris)
        value, deviation, lead = weights.reshape(-1, 3).T
        return Weighing(value, deviation, lead, constant)

    def _plain(self, iris: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Weights of features that are not standardised, and each concept's constant."""
        import numpy as np

        weights = np.asarray(self.weights) / np.asarray(self.scale)
        constant = self.intercept - float(np.asarray(self.mean) @ weights)
        return weights, np.asarray([constant + self.offsets.get(iri, 0.0) for iri in iris])

    def threshold(self, preset: str) -> float:
        """The probability from which a preset proposes.

        Raises:
            InputError: There is no such preset.
        """
        if preset not in PRESETS:
            raise InputError(f"no preset {preset!r}; there are {', '.join(PRESETS)}")
        return self.thresholds.get(preset, 0.5)


@dataclass(frozen=True, slots=True)
class Weighing:
    """A model's log-odds straight from the tables of its methods.

    The views of a table (:func:`kg.linking.scoring.views`) are linear in it but for three numbers
    a row, so what a model makes of them takes one pass over the tables, and no view is written.

    Args:
        value: Weight of each method's value.
        deviation: Weight of its deviation.
        lead: Weight of its lead.
        constant: Constant of each concept.
    """

    value: NDArray[Any]
    deviation: NDArray[Any]
    lead: NDArray[Any]
    constant: NDArray[Any]

    def logits(self, tables: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Log-odds of passages × concepts, from one such table for each method, in order."""
        import numpy as np

        shape = (len(tables), *tables[0].shape)
        size = shape[2]
        centred = np.empty(shape)
        for number, table in enumerate(tables):
            centred[number] = table
        if size < 2:
            only: NDArray[Any] = np.tensordot(self.value, centred, 1) + self.constant
            return only
        mean = np.add.reduce(centred, axis=2) / size
        centred -= mean[:, :, None]
        spread = np.sqrt(np.einsum("mpc,mpc->mp", centred, centred) / size) + 1e-6
        flat = centred.reshape(-1)
        top = centred.argmax(axis=2)
        at = top + np.arange(0, flat.size, size).reshape(shape[:2])
        best = flat[at]
        flat[at] = -np.inf
        ahead = best - np.maximum.reduce(centred, axis=2)
        flat[at] = best
        share, lead = (self.value + self.lead)[:, None], self.lead[:, None]
        factor = share + self.deviation[:, None] / spread
        values: NDArray[Any] = np.einsum("mp,mpc->pc", factor, centred)
        values += np.add.reduce(share * mean - lead * (best + mean), axis=0)[:, None]
        np.add.at(values, (np.arange(shape[1]), top), lead * ahead)
        values += self.constant
        return values


def load_models(path: Path | None = None, variant: str = "default") -> dict[str, Model]:
    """The models of a variant (``default`` or ``embeddings``) by kind.

    Example:
        >>> sorted(load_models())
        ['goal', 'principle', 'target', 'technology']
    """
    source = path or Path(__file__).with_name("calibration.json")
    document = json.loads(source.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise InputError(f"{source.name} is not a calibration of format {FORMAT}", file=str(source))
    return {kind: Model(**part) for kind, part in document["variants"][variant].items()}


def save_models(path: Path, variants: Mapping[str, Mapping[str, Model]]) -> None:
    """Write a calibration, six significant digits, stable order."""
    document = {
        "format": FORMAT,
        "variants": {
            variant: {kind: _rounded(model) for kind, model in sorted(models.items())}
            for variant, models in sorted(variants.items())
        },
    }
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _rounded(model: Model) -> dict[str, Any]:
    def short(number: float) -> float:
        return float(f"{number:.6g}")

    return {
        "methods": model.methods,
        "mean": [short(x) for x in model.mean],
        "scale": [short(x) for x in model.scale],
        "weights": [short(x) for x in model.weights],
        "intercept": short(model.intercept),
        "offsets": {iri: short(x) for iri, x in sorted(model.offsets.items())},
        "thresholds": {preset: short(x) for preset, x in sorted(model.thresholds.items())},
    }


def fit_model(
    features: NDArray[Any],
    labels: NDArray[Any],
    concepts: Sequence[str],
    methods: Sequence[str],
    *,
    ridge: float = 1.0,
    offset_ridge: float = 4.0,
    weights: NDArray[Any] | None = None,
) -> Model:
    """Fit a model by iteratively reweighted least squares.

    Args:
        features: Shape ``(n, f)``.
        labels: 0 or 1, shape ``(n,)``.
        concepts: Concept IRI of each row; an empty string has no offset.
        methods: Names of the methods the features come from.
        ridge: Penalty on standardised weights; larger means closer to zero.
        offset_ridge: Penalty on offsets.
        weights: Weight of each row.

    Returns:
        The model, without thresholds.

    Cost: a few solves of ``(f + concepts)²``; 20 ms for 500 rows.
    """
    import numpy as np

    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    names = sorted(set(concepts) - {""})
    place = {name: column for column, name in enumerate(names)}
    own = np.zeros((len(labels), len(names)))
    for row, concept in enumerate(concepts):
        if concept:
            own[row, place[concept]] = 1.0
    design = np.hstack([(features - mean) / scale, own, np.ones((len(labels), 1))])
    penalty = np.r_[np.full(features.shape[1], ridge), np.full(len(names), offset_ridge), 1e-6]
    beta = _irls(design, labels.astype(float), penalty, weights)
    count = features.shape[1]
    return Model(
        list(methods),
        mean.tolist(),
        scale.tolist(),
        beta[:count].tolist(),
        float(beta[-1]),
        {name: float(beta[count + place[name]]) for name in names},
    )


def _irls(
    design: NDArray[Any], labels: NDArray[Any], penalty: NDArray[Any], weights: NDArray[Any] | None
) -> NDArray[Any]:
    import numpy as np

    row_weight = np.ones(len(labels)) if weights is None else weights
    beta = np.zeros(design.shape[1])
    for _ in range(60):
        p = sigmoid(design @ beta)
        curvature = np.maximum(p * (1 - p), 1e-6) * row_weight
        gradient = design.T @ (row_weight * (labels - p)) - penalty * beta
        hessian = (design * curvature[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        longest = float(np.abs(step).max())
        beta = beta + step * min(1.0, 4.0 / max(longest, 1e-12))
        if longest < 1e-7:
            break
    return beta


def sigmoid(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of log-odds, without overflow."""
    import numpy as np

    values: NDArray[Any] = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(logits, -35.0), 35.0)))
    return values


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of similar probability: how many, what was promised, what came true."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


def reliability(
    probabilities: Sequence[float], labels: Sequence[bool], *, bins: int = 10
) -> list[Bin]:
    """Predictions in equal-width bins; empty bins are left out.

    Example:
        >>> reliability([0.9, 0.8], [True, False], bins=2)
        [Bin(low=0.5, high=1.0, count=2, predicted=0.85, observed=0.5)]
    """
    found: list[Bin] = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (p, bool(label))
            for p, label in zip(probabilities, labels, strict=True)
            if low <= p < high or (number == bins - 1 and p >= high)
        ]
        if inside:
            count = len(inside)
            predicted = math.fsum(p for p, _ in inside) / count
            observed = sum(label for _, label in inside) / count
            found.append(Bin(low, high, count, round(predicted, 12), observed))
    return found


def expected_calibration_error(
    probabilities: Sequence[float], labels: Sequence[bool], *, bins: int = 10
) -> float:
    """Mean distance between promised and observed frequency, weighted by bin size.

    Source: Naeini, Cooper and Hauskrecht (2015), AAAI.

    Example:
        >>> expected_calibration_error([1.0, 0.0], [True, False])
        0.0
    """
    total = len(probabilities)
    if not total:
        return 0.0
    return math.fsum(
        part.count / total * abs(part.predicted - part.observed)
        for part in reliability(probabilities, labels, bins=bins)
    )


def choose_thresholds(
    probabilities: Sequence[float],
    labels: Sequence[bool],
    *,
    precision: float = 0.9,
    recall: float = 0.9,
) -> dict[str, float]:
    """Thresholds of the presets on labelled predictions.

    ``balanced`` has the best F1; ``high-precision`` is the lowest with the precision asked for;
    ``high-recall`` the highest with the recall asked for.

    Example:
        >>> choose_thresholds([0.9, 0.7, 0.4, 0.1], [True, True, False, False])["balanced"]
        0.7
    """
    order = sorted(zip(probabilities, labels, strict=True), reverse=True)
    positives = sum(1 for _, label in order if label) or 1
    best = {"high-precision": 0.95, "balanced": 0.5, "high-recall": 0.1}
    best_f1, right, strict, loose = -1.0, 0, None, None
    for taken, (probability, label) in enumerate(order, start=1):
        right += bool(label)
        if taken < len(order) and order[taken][0] == probability:
            continue
        p, r = right / taken, right / positives
        f1 = 2 * right / (taken + positives)
        if f1 > best_f1:
            best_f1, best["balanced"] = f1, probability
        if p >= precision:
            strict = probability
        if loose is None and r >= recall:
            loose = probability
    best["high-precision"] = max(strict if strict is not None else 0.95, best["balanced"])
    best["high-recall"] = min(loose if loose is not None else 0.1, best["balanced"])
    return best
