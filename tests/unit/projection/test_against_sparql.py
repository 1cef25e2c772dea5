"""Every count from the matrices equals the same count asked in SPARQL, on random graphs."""

from __future__ import annotations

import random
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_graphs import (
    COUNTRIES,
    DATASETS,
    ORGANISATIONS,
    REGIONS,
    STATUSES,
    TECHNOLOGIES,
    MemorySource,
    brute_force,
    graphs,
    touched,
)

from kg.analysis.coverage import coverage
from kg.projection import Filters, Projection, Rollups, cooccurrence, dimension_names
from kg.projection.questions import table_query

CHOICES = st.fixed_dictionaries(
    {
        "polarity": st.sampled_from(("positive", "negative", "both")),
        "links": st.sampled_from(("accepted", "all")),
        "rollups": st.sampled_from(
            (
                Rollups(),
                Rollups(("exact", "close", "narrow", "broad", "related"), True),
                Rollups(()),
            )
        ),
    }
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(
        st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=1).map(tuple)
    )


CASE_FILTERS = st.builds(
    Filters,
    datasets=some(DATASETS),
    countries=some(COUNTRIES),
    regions=some(REGIONS),
    years=st.sampled_from((None, (2019, None), (None, 2018), (2018, 2019))),
    statuses=some(STATUSES),
    technologies=some(TECHNOLOGIES),
    organisations=some(ORGANISATIONS),
    inverse=st.booleans(),
)
FEW = st.one_of(st.just(Filters()), st.builds(Filters, datasets=some(DATASETS)), CASE_FILTERS)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(quads=graphs(), choices=CHOICES, filters=FEW)
def test_all_pairs_of_dimensions_on_random_graphs(
    quads: list[ox.Quad], choices: dict[str, Any], filters: Filters
) -> None:
    source = MemorySource(quads)
    projection = Projection.of(source)
    for unit in ("case", "framework"):
        limits = filters if unit == "case" else Filters(datasets=filters.datasets)
        names = dimension_names(unit)
        expected = {
            name: touched(source, name, unit=unit, filters=limits, **choices) for name in names
        }
        made = {
            name: projection.incidence(
                unit,
                name,
                choices["polarity"],
                limits,
                links=choices["links"],
                rollups=choices["rollups"],
            )
            for name in names
        }
        for row in names:
            for col in names:
                counts = cooccurrence(made[row], made[col])
                found = {
                    (a.id, b.id): int(counts[i, j])
                    for i, a in enumerate(made[row].members)
                    for j, b in enumerate(made[col].members)
                    if counts[i, j]
                }
                assert found == brute_force(expected[row], expected[col]), (unit, row, col)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(quads=graphs(), choices=CHOICES, filters=FEW, seed=st.integers(0, 99))
def test_whole_tables_and_import_order(
    quads: list[ox.Quad], choices: dict[str, Any], filters: Filters, seed: int
) -> None:
    """The query given with a table yields the table; the order of import changes nothing."""
    source = MemorySource(quads)
    shuffled = list(quads)
    random.Random(seed).shuffle(shuffled)
    first, second = Projection.of(source), Projection.of(MemorySource(shuffled))
    pairs = [
        ("goal", "dataset"),
        ("dataset", "technology"),
        ("target", "principle"),
        ("framework-principle", "region"),
        ("year", "organisation-type"),
    ]
    for rows, cols in pairs:
        options = {**choices, "filters": filters}
        table = coverage(first, rows, cols, detail=True, **options)
        asked = {
            (row["row"].value, row["col"].value): int(row["n"].value)
            for row in source.query(table_query(rows, cols, **options))
        }
        found = {
            (a.id, b.id): int(table.cells[i, j])
            for i, a in enumerate(table.rows)
            for j, b in enumerate(table.cols)
            if table.cells[i, j]
        }
        assert found == asked, (rows, cols)
        again = coverage(second, rows, cols, detail=True, **options)
        assert again.to_dict(detail=True) == table.to_dict(detail=True)
