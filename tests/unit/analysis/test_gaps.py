"""Gaps: every number can be asked again, every cell has its class, scope and baseline count."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg import vocabulary as v
from kg.analysis.gap_context import Choices
from kg.analysis.gaps import GapReport, gaps, pair_report
from kg.analysis.scope import Scope, load_scope
from kg.analysis.triage import Triage, triage
from kg.errors import InputError, UnknownTermError
from kg.projection import Filters, Projection, Unit
from kg.store import GraphStore

SENSETIME = f"{v.DATASET}sensetime"


@pytest.fixture(scope="module")
def report(projection: Projection) -> GapReport:
    return gaps(projection)


@pytest.mark.parametrize(
    ("choices", "each"),
    [
        (Choices(), 1_000_000),
        (Choices(polarity="positive", filters=Filters(datasets=(SENSETIME,))), 12),
        (Choices(polarity="negative", filters=Filters(years=(2018, 2022)), links="all"), 12),
    ],
    ids=["all", "one dataset", "some years"],
)
def test_the_query_of_a_gap_gives_its_number(
    projection: Projection, shipped: GraphStore, choices: Choices, each: int
) -> None:
    """Of every gap under the default choices, of a dozen per kind under others."""
    asked: Counter[str] = Counter()
    for gap in gaps(projection, choices).gaps:
        asked[gap.kind] += 1
        if asked[gap.kind] > each:
            continue
        row = next(iter(shipped.query(gap.sparql)))
        assert int(row["n"].value) == gap.observed, (gap.kind, gap.explanation, gap.sparql)
    assert len(asked) >= 8


@pytest.mark.parametrize(
    ("rows", "cols", "unit"),
    [("target", "technology", "case"), ("principle", "principle", "framework")],
)
def test_the_query_of_a_pair_gives_its_number(
    projection: Projection, shipped: GraphStore, rows: str, cols: str, unit: Unit
) -> None:
    report = pair_report(projection, rows, cols, Choices(model="bicm", limit=25), unit=unit)
    assert report.gaps
    for gap in report.gaps:
        row = next(iter(shipped.query(gap.sparql)))
        assert int(row["n"].value) == gap.observed, (gap.explanation, gap.sparql)


def test_kinds_that_must_be_there(report: GapReport) -> None:
    assert {
        "target-without-case",
        "pair-without-case",
        "goal-more-negative",
        "link-without-independent-source",
        "framework-without-principle",
    } <= set(report.kinds)
    document = report.to_dict()
    for gap in document["gaps"]:
        assert {
            "kind",
            "class",
            "subject",
            "object",
            "observed",
            "expected",
            "score",
            "explanation",
            "sparql",
            "evidence",
        } <= set(gap)
        assert gap["subject"]["label"]
        assert gap["explanation"].endswith(".")
        assert 0 <= gap["score"] <= 1
    scores = [gap["score"] for gap in document["gaps"]]
    assert scores == sorted(scores, reverse=True)
    json.dumps(document, allow_nan=False)


def test_every_target_without_a_case_is_named_and_no_other(
    report: GapReport, shipped: GraphStore
) -> None:
    query = """SELECT ?t WHERE { ?t a sdgo:Target FILTER NOT EXISTS {
        { ?c eq:supports ?t } UNION { ?c eq:undermines ?t } ?c a eq:Case } }"""
    expected = {row["t"].value for row in shipped.query(query)}
    assert {gap.subject["id"] for gap in report.of_kind("target-without-case")} == expected


def test_every_link_without_an_independent_source_is_named(
    report: GapReport, shipped: GraphStore
) -> None:
    query = """SELECT DISTINCT ?link WHERE { ?link a eq:Link ; rdf:subject ?case ;
        rdf:predicate ?p ; rdf:object ?o . ?case a eq:Case ; ?p ?o .
        FILTER NOT EXISTS { ?link dcterms:source/dcterms:publisher ?body
            FILTER NOT EXISTS { ?case eq:participation/eq:organisation ?body } } }"""
    expected = {row["link"].value for row in shipped.query(query)}
    found = {gap.subject["id"] for gap in report.of_kind("link-without-independent-source")}
    assert found == expected


def test_goals_with_more_negative_links(report: GapReport, shipped: GraphStore) -> None:
    query = """SELECT ?g (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?g ?c ?t WHERE {
        ?c PREDICATE ?t . ?t skos:broader* ?g . ?g a sdgo:Goal } } GROUP BY ?g"""
    layers = []
    for predicate in ("eq:undermines", "eq:supports"):
        rows = shipped.query(query.replace("PREDICATE", predicate))
        layers.append({row["g"].value: int(row["n"].value) for row in rows})
    negative, positive = layers
    expected = {goal for goal, count in negative.items() if count > positive.get(goal, 0)}
    found = report.of_kind("goal-more-negative")
    assert {gap.subject["id"] for gap in found} == expected
    for gap in found:
        assert gap.observed == negative[gap.subject["id"]]


def test_every_empty_or_thin_cell_has_one_class(report: GapReport, projection: Projection) -> None:
    from kg.projection import cooccurrence

    rows = projection.incidence(dimension="goal", polarity="both")
    cols = projection.incidence(dimension="principle", polarity="both")
    empty = int((cooccurrence(rows, cols) == 0).sum())
    counts = report.classes["goal × principle"]
    assert set(counts) == {name.value for name in Triage if name is not Triage.FACT}
    listed = [gap for gap in report.gaps if gap.kind in ("pair-without-case", "pair-thin")]
    assert sum(gap.observed == 0 for gap in listed) == empty
    assert sum(counts.values()) >= len(listed)
    assert report.models[0]["model"] == "curveball"
    assert report.agreement["significant"].keys() >= {"curveball", "bicm", "hypergeometric"}


def test_the_triage_rule() -> None:
    assert triage(0, 0.01, 1e-6, tests=100) is Triage.SIGNIFICANT
    assert triage(0, 0.5, 0.3, tests=100) is Triage.UNTESTABLE
    assert triage(0, 0.5, 0.3, tests=100, relevant=True) is Triage.RELEVANT
    assert triage(2, 0.5, 1e-9, tests=100) is Triage.CHANCE
    assert triage(0, 0.01, 1e-9, tests=100, out_of_scope=True) is Triage.OUT_OF_SCOPE
    assert triage(0, float("nan"), float("nan"), tests=0) is Triage.UNTESTABLE


def test_a_scope_file_changes_the_denominator(projection: Projection, tmp_path: Path) -> None:
    path = tmp_path / "scope.csv"
    path.write_text("member,other,scope\n14,,out\n14.1,,out\n7,privacy,relevant\n6,,relevant\n")
    scope = load_scope(path, projection)
    assert scope.out == {f"{v.SDG}14", f"{v.SDG}14.1"}
    assert (f"{v.SDG}7", f"{v.ID}principle/privacy") in scope.relevant_pairs
    report = gaps(projection, scope=scope, subjects=("members", "pairs"))
    pairs = report.of_kind("pair-without-case")
    about = [gap for gap in pairs if gap.subject["id"] == f"{v.SDG}14"]
    assert about
    assert {gap.triage for gap in about} == {Triage.OUT_OF_SCOPE}
    assert report.models[0]["tests"] == 16 * 17
    relevant = [gap for gap in report.gaps if gap.triage is Triage.RELEVANT]
    for gap in relevant:
        assert gap.score > max(other.score for other in pairs if other.triage is Triage.UNTESTABLE)
    assert report.to_dict()["scope"] == "scope.csv"


@pytest.mark.parametrize(
    ("text", "error", "place"),
    [
        ("member\n7\n", InputError, "column scope"),
        ("member,scope\n7,maybe\n", InputError, "row 2"),
        ("member,scope\n,out\n", InputError, "row 2"),
        ("member,scope\nno such thing,out\n", UnknownTermError, "row 2"),
    ],
)
def test_a_bad_scope_file_names_the_cell(
    projection: Projection, tmp_path: Path, text: str, error: type[Exception], place: str
) -> None:
    path = tmp_path / "scope.csv"
    path.write_text(text)
    with pytest.raises(error) as caught:
        load_scope(path, projection)
    assert place in str(caught.value)
    assert "scope.csv" in str(caught.value)


def test_a_scope_file_in_json(projection: Projection, tmp_path: Path) -> None:
    path = tmp_path / "scope.json"
    path.write_text('{"out": ["13"], "relevant": [["7", "privacy"]]}')
    scope = load_scope(path, projection)
    assert scope.is_out(f"{v.SDG}13")
    assert scope.is_relevant(f"{v.ID}principle/privacy", f"{v.SDG}7")
    path.write_text('{"else": []}')
    with pytest.raises(InputError, match="unknown entry"):
        load_scope(path, projection)


def test_a_reference_dataset_as_the_yardstick(projection: Projection) -> None:
    choices = Choices(
        filters=Filters(datasets=(SENSETIME,)), baseline=f"{v.DATASET}cases", polarity="positive"
    )
    report = gaps(projection, choices, subjects=("members",))
    gap = next(gap for gap in report.gaps if gap.kind == "goal-without-case")
    whole = projection.incidence(dimension="goal", filters=Filters(datasets=(f"{v.DATASET}cases",)))
    place = [member.id for member in whole.members].index(gap.subject["id"])
    units = projection.total_units("case", choices.filters)
    others = projection.total_units("case", Filters(datasets=(f"{v.DATASET}cases",)))
    assert gap.expected == pytest.approx(units * whole.totals[place] / others)
    assert "reference dataset" in gap.explanation


def test_pairs_within_one_dimension_of_frameworks(projection: Projection) -> None:
    report = pair_report(projection, "principle", "principle", unit="framework")
    assert report.models[0]["tests"] == 17 * 16 // 2
    assert all(gap.subject["id"] != gap.object["id"] for gap in report.gaps if gap.object)


def test_gaps_are_reproducible_and_seeded(projection: Projection, report: GapReport) -> None:
    assert gaps(projection).to_dict() == report.to_dict()


def test_nothing_in_the_filters_is_no_error(projection: Projection) -> None:
    report = gaps(projection, filters=Filters(years=(1950, 1951)))
    assert report.total_units == 0
    assert report.kinds["target-without-case"] == 169
    assert all(np.isfinite(gap.score) for gap in report.gaps)


def test_an_unknown_group_of_kinds_is_refused(projection: Projection) -> None:
    with pytest.raises(InputError, match="No kind of gap"):
        gaps(projection, subjects=("everything",))


def test_scope_of_pairs_counts_both_ways() -> None:
    scope = Scope(relevant=frozenset({"a", "b"}), out_pairs=frozenset({("a", "c"), ("c", "a")}))
    assert scope.is_relevant("a", "b")
    assert not scope.is_relevant("a", "c")
    assert scope.is_out("c", "a")


def test_a_yaml_scope_file_says_the_same(projection: Projection, tmp_path: Path) -> None:
    table = tmp_path / "scope.csv"
    table.write_text("member,other,scope\n14,,out\n16.10,,out\n7,privacy,relevant\n6,,relevant\n")
    mapping = tmp_path / "scope.yaml"
    mapping.write_text("out:\n  - 14\n  - 16.10\nrelevant:\n  - [7, privacy]\n  - 6\n")
    assert replace(load_scope(mapping, projection), name="") == replace(
        load_scope(table, projection), name=""
    )
    mapping.write_text("out: [14\n")
    with pytest.raises(InputError, match="is not YAML"):
        load_scope(mapping, projection)
