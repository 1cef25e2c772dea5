"""The tiny graph's coverage and gaps, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.analysis.coverage import coverage
from kg.analysis.gaps import gaps
from kg.projection import Projection
from kg.store.embedded import EmbeddedStore

HERE = Path(__file__).parent


@pytest.fixture
def projection(tiny_store: EmbeddedStore) -> Projection:
    return Projection.open(tiny_store)


def written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("coverage-goal-principle", {"detail": True}),
        ("coverage-both-all-links", {"polarity": "both", "links": "all"}),
        ("coverage-target-country", {"rows": "target", "cols": "country"}),
    ],
)
def test_coverage(projection: Projection, name: str, options: dict[str, Any]) -> None:
    document = coverage(projection, **options).to_dict(detail=bool(options.get("detail")))
    assert written(document) == (HERE / f"{name}.json").read_text(encoding="utf-8")


def test_gaps(projection: Projection) -> None:
    document = gaps(projection, seed=1).to_dict()
    assert written(document) == (HERE / "gaps.json").read_text(encoding="utf-8")
