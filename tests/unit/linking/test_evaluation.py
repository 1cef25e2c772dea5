from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from kg.errors import InputError
from kg.linking.calibration import reliability
from kg.linking.evaluation import (
    Labelled,
    evaluate,
    goal_probabilities,
    read_labelled,
    reliability_svg,
    reliability_text,
    rogan_gladen,
    rogan_gladen_interval,
)
from kg.linking.linker import Linker

PASSAGES = [
    Labelled("1", "", "7", True),
    Labelled("2", "", "7", True),
    Labelled("3", "", "7", False),
    Labelled("4", "", "7", False),
    Labelled("5", "", "13", True),
    Labelled("6", "", "13", False),
]


def test_quality_by_hand() -> None:
    found = evaluate(PASSAGES, [0.9, 0.2, 0.6, 0.1, 0.8, 0.3])
    seven, thirteen = found.goals
    assert (seven.goal, seven.passages, seven.positives) == ("7", 4, 2)
    assert (seven.accuracy, seven.precision, seven.recall, seven.f1) == (0.5, 0.5, 0.5, 0.5)
    assert seven.corrected is None
    assert (thirteen.accuracy, thirteen.f1, thirteen.corrected) == (1.0, 1.0, 0.5)
    assert found.average.accuracy == 0.75
    assert found.to_dict()["calibration_error"] == pytest.approx(found.calibration_error, abs=1e-4)


def test_rogan_gladen_recovers_the_true_share() -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(200_000) < 0.13
    said = np.where(truth, rng.random(truth.size) < 0.85, rng.random(truth.size) < 0.08)
    corrected = rogan_gladen(float(said.mean()), 0.85, 0.92)
    assert corrected == pytest.approx(0.13, abs=0.005)
    assert abs(said.mean() - 0.13) > 0.04


def test_the_interval_holds_its_promise() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        positives = rng.random(60) < 0.85
        negatives = rng.random(60) < 0.08
        probabilities = [0.9 if hit else 0.1 for hit in (*positives, *negatives)]
        passages = [Labelled(str(n), "", "7", n < 60) for n in range(120)]
        (quality,) = evaluate(passages, probabilities).goals
        truth = rng.random(400) < 0.3
        said = np.where(truth, rng.random(400) < 0.85, rng.random(400) < 0.08)
        bounds = rogan_gladen_interval(float(said.mean()), 400, quality)
        assert bounds is not None
        inside += bounds[0] <= 0.3 <= bounds[1]
    assert 0.90 <= inside / 300 <= 0.99


def test_reading_names_the_row_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,text,sdg,label\n1,Water,6,True\n2,Fish,18,False\n")
    with pytest.raises(InputError) as problem:
        read_labelled(path)
    assert (problem.value.row, problem.value.column) == (3, "sdg")
    path.write_text("id,text,sdg,label\n1,Water,6,perhaps\n")
    with pytest.raises(InputError, match="neither True nor False"):
        read_labelled(path)
    path.write_text("id,text\n1,Water\n")
    with pytest.raises(InputError, match="no column label, sdg"):
        read_labelled(path)
    with pytest.raises(InputError, match="no passages"):
        evaluate([], [])


def test_obvious_passages_are_told(linker: Linker) -> None:
    passages = [
        Labelled("1", "Safe drinking water and latrines reach rural households.", "6", True),
        Labelled("2", "Safe drinking water and latrines reach rural households.", "16", False),
        Labelled("3", "Courts convict judges who took bribes; corruption is punished.", "16", True),
        Labelled("4", "", "1", False),
    ]
    found = evaluate(passages, goal_probabilities(linker, passages))
    assert found.average.accuracy == 1.0


def test_the_pictures_show_every_bin() -> None:
    bins = reliability([0.05, 0.15, 0.95, 0.85], [False, True, True, True])
    assert len(reliability_text(bins).splitlines()) == len(bins) + 1
    svg = ET.fromstring(reliability_svg(bins, 0.1))
    assert len(svg.findall(".//{http://www.w3.org/2000/svg}rect")) == len(bins) + 1
