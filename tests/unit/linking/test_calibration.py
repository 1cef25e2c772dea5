from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from kg.errors import InputError
from kg.linking.calibration import (
    PRESETS,
    choose_thresholds,
    expected_calibration_error,
    fit_model,
    load_models,
    reliability,
    save_models,
)
from kg.linking.scoring import features


def test_the_fit_is_the_minimum_of_the_penalised_likelihood() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 3))
    y = (x[:, 0] - 0.5 * x[:, 1] + rng.normal(size=80) > 0).astype(float)
    names = [f"g{n % 4}" for n in range(80)]
    model = fit_model(x, y, names, ["m"], ridge=2.0, offset_ridge=3.0)
    z = (x - x.mean(0)) / (x.std(0) + 1e-9)
    own = np.array([[name == f"g{k}" for k in range(4)] for name in names], float)

    def loss(beta: np.ndarray) -> float:
        eta = z @ beta[:3] + own @ beta[3:7] + beta[7]
        penalty = 1.0 * beta[:3] @ beta[:3] + 1.5 * beta[3:7] @ beta[3:7] + 0.5e-6 * beta[7] ** 2
        return float(np.sum(np.logaddexp(0, eta) - y * eta) + penalty)

    best = minimize(loss, np.zeros(8), tol=1e-12).x
    fitted = [*model.weights, *(model.offsets[f"g{k}"] for k in range(4)), model.intercept]
    assert np.allclose(fitted, best, atol=2e-4)


def test_logits_apply_scale_and_offset() -> None:
    x = np.array([[0.0], [1.0], [2.0], [3.0]])
    model = fit_model(x, np.array([0, 0, 1, 1]), ["a", "a", "b", "b"], ["m"])
    table = model.logits(x.reshape(2, 2, 1), ["a", "new"])
    by_hand = (x[3, 0] - model.mean[0]) / model.scale[0] * model.weights[0] + model.intercept
    assert table[1, 1] == pytest.approx(by_hand)
    assert table[0, 0] == pytest.approx(
        (0 - model.mean[0]) / model.scale[0] * model.weights[0]
        + model.intercept
        + model.offsets["a"]
    )


def test_calibration_error_is_the_weighted_distance() -> None:
    probabilities, labels = [0.05, 0.05, 0.95, 0.95], [False, True, True, True]
    assert expected_calibration_error(probabilities, labels) == pytest.approx(
        0.5 * abs(0.05 - 0.5) + 0.5 * abs(0.95 - 1.0)
    )
    assert sum(part.count for part in reliability(probabilities, labels)) == 4
    assert expected_calibration_error([], []) == 0.0


def test_thresholds_do_what_they_promise() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(500)
    labels = [bool(x) for x in rng.random(500) < p]
    chosen = choose_thresholds(p.tolist(), labels, precision=0.9, recall=0.9)
    said = p >= chosen["high-precision"]
    assert np.mean(np.array(labels)[said]) >= 0.9
    found = p >= chosen["high-recall"]
    assert np.array(labels)[found].sum() / sum(labels) >= 0.9
    assert chosen["high-recall"] <= chosen["balanced"] <= chosen["high-precision"]


def test_models_survive_a_file(tmp_path: Path) -> None:
    models = load_models()
    save_models(tmp_path / "again.json", {"default": models})
    again = load_models(tmp_path / "again.json")
    assert again == models


@pytest.mark.parametrize("variant", ["default", "embeddings"])
def test_the_shipped_calibration_is_complete(variant: str) -> None:
    models = load_models(variant=variant)
    assert set(models) == {"goal", "target", "principle", "technology"}
    for model in models.values():
        assert len(model.weights) == len(model.mean) == len(model.scale) == 3 * len(model.methods)
        low, mid, high = (model.threshold(p) for p in reversed(PRESETS))
        assert 0 < low <= mid <= high < 1


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(InputError, match="balanced"):
        load_models()["goal"].threshold("brave")


@pytest.mark.parametrize("concepts", [1, 2, 17])
def test_weighing_tables_is_weighing_their_views(concepts: int) -> None:
    rng = np.random.default_rng(concepts)
    names = [f"c{n}" for n in range(concepts)]
    tables = {
        "real": rng.normal(size=(30, concepts)),
        "ties": rng.integers(0, 3, size=(30, concepts)).astype(np.float32),
        "flat": np.zeros((30, concepts)),
        "one row for all": np.broadcast_to(rng.normal(size=concepts), (30, concepts)),
    }
    views = features(tables, list(tables))
    flat = views.reshape(-1, views.shape[2])
    spoken = fit_model(
        flat, (rng.random(len(flat)) < 0.4).astype(int), names * 30, list(tables), ridge=2.0
    )
    direct = spoken.weighing(names).logits(list(tables.values()))
    assert np.ptp(direct) > 0
    assert np.allclose(direct, spoken.logits(views, names), atol=1e-9)
