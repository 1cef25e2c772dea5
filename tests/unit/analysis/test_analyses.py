"""Coverage options, crosswalk, network, profile, suggestions, comparison, robustness."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest

from kg import vocabulary as v
from kg.analysis.compare import compare, compare_frameworks
from kg.analysis.coverage import coverage
from kg.analysis.crosswalk import crosswalk, jaccard
from kg.analysis.link_prediction import METHODS, auc, by_birank, by_degree, held_out
from kg.analysis.network import network
from kg.analysis.profile import profile
from kg.analysis.robustness import coverage_at, robustness
from kg.analysis.set_cover import cover
from kg.analysis.suggest import suggest_cover, suggest_links
from kg.analysis.trend import trend
from kg.errors import InputError, NotFound, UnknownTermError
from kg.projection import Filters, Projection, cooccurrence
from kg.store import GraphStore

CASES, SENSETIME = f"{v.DATASET}cases", f"{v.DATASET}sensetime"


def test_coverage_shape_and_totals(projection: Projection) -> None:
    table = coverage(projection, polarity="both", detail=True)
    document = table.to_dict(detail=True)
    assert {"unit", "rows", "cols", "cells", "total_units", "store_revision"} <= set(document)
    assert len(document["cells"]) == 17
    assert document["total_units"] == projection.unit_count()
    layers = document["layers"]
    assert set(layers) == {"positive", "negative"}
    assert (np.array(layers["positive"]) <= table.cells).all()
    assert table.fractional is not None
    assert table.fractional.sum() <= projection.unit_count() + 1e-9
    assert table.weighted is not None
    assert (table.weighted <= table.cells + 1e-9).all()
    low, high = table.intervals()
    assert ((low <= table.shares() + 1e-12) & (table.shares() <= high + 1e-12)).all()
    assert len(table.to_rows()) == 17 * 17
    json.dumps(document, allow_nan=False)


def test_coverage_per_framework_and_over_time(projection: Projection) -> None:
    own = coverage(projection, "framework-principle", "goal", framework="unesco-2021")
    assert 5 < len(own.rows) < 30
    assert all("unesco-2021" in member.id for member in own.rows)
    yearly = coverage(projection, "year", "goal")
    grown = coverage(projection, "year", "goal", cumulative=True)
    assert (np.cumsum(yearly.cells, axis=0) == grown.cells).all()
    with pytest.raises(UnknownTermError, match="No dimension"):
        coverage(projection, "gaol")
    with pytest.raises(UnknownTermError):
        coverage(projection, "framework-principle", framework="nobody")


def test_results_become_pandas_or_say_what_is_missing(projection: Projection) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is an optional extra")
    frame = coverage(projection).to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == 289


def test_crosswalk(projection: Projection, shipped: GraphStore) -> None:
    crossed = crosswalk(projection)
    assert len(crossed.frameworks) == 25
    query = (
        "SELECT ?v (COUNT(DISTINCT ?f) AS ?n) WHERE { ?f a eq:PrincipleFramework ; "
        "eq:includesPrinciple ?p . ?p skos:exactMatch|skos:closeMatch|skos:narrowMatch ?v . "
        f"FILTER(?f != <{v.PIVOT_FRAMEWORK}>) }} GROUP BY ?v"
    )
    expected = {row["v"].value: int(row["n"].value) for row in shipped.query(query)}
    found = {row["principle"]["id"]: row["frameworks"] for row in crossed.consensus()}
    assert {iri: count for iri, count in found.items() if count} == expected
    has = crossed.has
    sets = [set(np.flatnonzero(row)) for row in has]
    for i, j in list(combinations(range(25), 2))[:50]:
        either = sets[i] | sets[j]
        share = len(sets[i] & sets[j]) / len(either) if either else 1.0
        assert crossed.jaccard[i, j] == pytest.approx(share)
    wider = crosswalk(projection, matches=("exact", "close", "narrow", "broad", "related"))
    assert wider.has.sum() > has.sum()
    assert len(wider.unmapped) <= len(crossed.unmapped)
    two = crosswalk(projection, frameworks=("unesco-2021", "oecd-2019"))
    assert len(two.frameworks) == 2
    json.dumps(crossed.to_dict(), allow_nan=False)
    assert jaccard(np.zeros((2, 3), dtype=bool))[0, 1] == 1


def test_network(projection: Projection) -> None:
    report = network(projection)
    assert not report.backbone
    assert report.nodes[0].pagerank >= report.nodes[-1].pagerank
    assert sum(node.pagerank for node in report.nodes) == pytest.approx(1)
    for node in report.nodes:
        assert node.rank_low <= node.rank_high
        assert 0 <= node.participation <= 1
    for bridge in report.bridges:
        assert bridge["communities"][0] != bridge["communities"][1]
    assert network(projection).to_dict() == report.to_dict()
    reduced = network(projection, backbone=True)
    assert reduced.edges < report.edges == reduced.all_edges
    json.dumps(report.to_dict(), allow_nan=False)


def test_profile(projection: Projection) -> None:
    whole = profile(projection, "country", "goal", top=5)
    assert len(whole.groups) == 5
    counts = cooccurrence(
        projection.incidence(dimension="country"), projection.incidence(dimension="goal")
    )
    assert whole.counts.sum() <= counts.sum()
    one = profile(projection, "country", "goal", subject="KE")
    assert [group.id for group in one.groups] == [f"{v.ID}country/KE"]
    assert all(
        one.rca[0][place] < 1
        for place in range(17)
        if one.members[place].id in {item["member"]["id"] for item in one.adjacent(0)}
    )
    json.dumps(whole.to_dict(), allow_nan=False)
    with pytest.raises(NotFound):
        profile(projection, "country", subject="AQ")
    with pytest.raises(UnknownTermError):
        profile(projection, "organisation", subject="Nobody at all")


def brute_cover(table: np.ndarray) -> int:
    wanted = table.any(axis=0)
    for size in range(len(table) + 1):
        for chosen in combinations(range(len(table)), size):
            if (table[list(chosen)].any(axis=0) >= wanted).all():
                return size
    raise AssertionError


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_cover_is_the_smallest(seed: int) -> None:
    table = np.random.default_rng(seed).random((8, 7)) < 0.3
    exact, greedy = cover(table), cover(table, exact=False)
    assert len(exact.chosen) == brute_cover(table)
    assert len(greedy.chosen) >= len(exact.chosen)
    for found in (exact, greedy):
        assert (found.covered == table.any(axis=0)).all()
        assert sum(found.gains) == found.covered.sum() == found.coverable
    two = cover(table, most=2)
    best = max(table[list(pair)].any(axis=0).sum() for pair in combinations(range(8), 2))
    assert two.covered.sum() == best


def test_a_case_that_closes_a_gap_covers_what_it_says(
    projection: Projection, shipped: GraphStore
) -> None:
    plan = suggest_cover(
        projection, "principle", within=Filters(datasets=(SENSETIME,)), polarity="positive"
    )
    assert plan.missing
    covered = [member.id for step in plan.steps for member in step.covers]
    assert len(covered) == len(set(covered))
    assert set(covered) | {m.id for m in plan.uncoverable} == {m.id for m in plan.missing}
    for step in plan.steps:
        for member in step.covers:
            asked = f"ASK {{ <{step.id}> eq:upholds <{member.id}> }}"
            assert bool(shipped.query(asked))
        own = f"ASK {{ GRAPH <{SENSETIME}> {{ <{step.id}> a eq:Case }} }}"
        assert not bool(shipped.query(own))
    some = suggest_cover(projection, "target", by="technology", most=3)
    assert len(some.steps) == 3
    assert some.to_dict()["by"] == "technology"


def test_predictions_come_with_their_record(projection: Projection) -> None:
    found = suggest_links(projection, "goal", rows="technology", rounds=4)
    assert {item.method for item in found.record} == set(METHODS)
    assert found.record[0].auc == max(item.auc for item in found.record)
    assert found.to_dict()["status"] == "candidate"
    groups = projection.incidence(dimension="technology")
    goals = projection.incidence(dimension="goal")
    counts = cooccurrence(groups, goals)
    index = {member.id: place for place, member in enumerate(groups.members)}
    columns = {member.id: place for place, member in enumerate(goals.members)}
    for item in found.candidates:
        assert counts[index[item.subject], columns[item.object.id]] == 0
    again = suggest_links(projection, "goal", rows="technology", rounds=4)
    assert again.to_dict() == found.to_dict()
    with pytest.raises(InputError, match="No method"):
        suggest_links(projection, method="magic")


def test_scores_find_planted_blocks() -> None:
    rng = np.random.default_rng(0)
    block = np.kron(np.eye(3), np.ones((20, 8)))
    table = (block * (rng.random(block.shape) < 0.6)).astype(float)
    record = {item.method: item for item in held_out(table, rounds=5)}
    assert record["degree"].auc < 0.8
    for method in ("resource-allocation", "katz", "perturbation", "birank"):
        assert record[method].auc > 0.9
        assert record[method].gain_low > 0


def test_birank_equals_its_iteration() -> None:
    table = (np.random.default_rng(1).random((6, 5)) < 0.5).astype(float)
    table[0] = 1
    table[:, 0] = 1
    step = table / np.sqrt(np.outer(table.sum(axis=1), table.sum(axis=0)))
    score = by_birank(table, np.random.default_rng(0))
    for row in range(6):
        query = (np.arange(6) == row).astype(float)
        ranks = query
        for _ in range(400):
            ranks = 0.85 * step @ (0.85 * step.T @ ranks) + 0.15 * query
        assert np.allclose(score[row], 0.85 * step.T @ ranks, atol=1e-9)


def test_auc_equals_counting() -> None:
    rng = np.random.default_rng(2)
    wanted, others = rng.integers(0, 5, 20).astype(float), rng.integers(0, 5, 50).astype(float)
    pairs = [(a > b) + 0.5 * (a == b) for a in wanted for b in others]
    assert auc(wanted, others) == pytest.approx(np.mean(pairs))
    assert by_degree(np.eye(2), rng).tolist() == [[1, 1], [1, 1]]


def test_comparison(projection: Projection) -> None:
    found = compare(
        projection,
        first=Filters(datasets=(SENSETIME,)),
        second=Filters(datasets=(CASES,)),
        names=("ours", "world"),
    )
    assert found.shared_units == 0
    assert found.units[0] < found.units[1]
    for item in found.differences:
        assert item.p is not None
        assert item.change in ("appeared", "vanished", "more", "fewer", "same")
    same = compare(projection)
    assert same.shared_units == projection.unit_count()
    assert all(item.change == "same" and item.p is None for item in same.differences)
    rest = compare(
        projection,
        first=Filters(years=(2010, 2018)),
        second=Filters(years=(2010, 2018), inverse=True),
    )
    assert sum(rest.units) == projection.unit_count()
    two = compare_frameworks(projection, "unesco-2021", "sensetime-2021")
    table = crosswalk(projection, frameworks=("unesco-2021", "sensetime-2021"))
    assert two.overlap == pytest.approx(table.jaccard[0, 1])
    json.dumps(found.to_dict(), allow_nan=False)


def test_trend(projection: Projection) -> None:
    found = trend(projection, "principle", polarity="both")
    assert found.counts.shape == (len(found.years), 17)
    assert (found.counts <= found.units[:, None]).all()
    assert list(found.years) == sorted(found.years)
    json.dumps(found.to_dict(), allow_nan=False)


def test_robustness(projection: Projection) -> None:
    curve = robustness(projection, "goal", top=3)
    assert len(curve.specifications) == 2 * 3 * 2 * 2 * 2
    plain_count = next(
        item
        for item in curve.specifications
        if item.choices()
        == {
            "counting": "full",
            "threshold": 0.0,
            "links": "accepted",
            "polarity": "positive",
            "level": "case",
        }
    )
    assert plain_count.values.tolist() == projection.incidence(dimension="goal").totals.tolist()
    for row in curve.summary():
        assert row["best_rank"] <= row["median_rank"] <= row["worst_rank"]
        assert 0 <= row["share_in_top"] <= 1
    depth, area = coverage_at(projection.incidence(dimension="target", weighted=True), 5)
    assert (np.diff(depth) >= 0).all()
    assert depth[-1] <= (projection.incidence(dimension="target").totals > 0).mean() + 1e-12
    assert area == pytest.approx(depth.mean())
