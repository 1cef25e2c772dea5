"""Coverage of the shipped graph equals SPARQL, for all pairs of dimensions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg.analysis.coverage import coverage
from kg.projection import Filters, Projection, Rollups, cooccurrence, dimension_names
from kg.store import GraphStore

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "projection"))

from random_graphs import brute_force, touched

BY_HAND = {
    ("goal", "principle", "positive"): """SELECT ?row ?col (COUNT(DISTINCT ?case) AS ?n) WHERE {
        ?case a eq:Case ; eq:supports/skos:broader? ?row ;
            eq:upholds/(skos:exactMatch|skos:closeMatch|skos:narrowMatch)? ?col .
        ?row a sdgo:Goal . ?col skos:inScheme <https://w3id.org/equipoise/id/framework/pivot>
        } GROUP BY ?row ?col""",
    ("target", "technology", "negative"): """SELECT ?row ?col (COUNT(DISTINCT ?case) AS ?n) WHERE {
        ?case eq:undermines ?row ; eq:usesTechnology ?col . ?row a sdgo:Target
        } GROUP BY ?row ?col""",
    ("country", "status", "positive"): """SELECT ?row ?col (COUNT(DISTINCT ?case) AS ?n) WHERE {
        ?case a eq:Case ; eq:country ?row ; eq:status ?col } GROUP BY ?row ?col""",
}


@pytest.mark.parametrize("polarity", ["positive", "negative", "both"])
@pytest.mark.parametrize("unit", ["case", "framework"])
def test_all_pairs(shipped: GraphStore, unit: str, polarity: str) -> None:
    projection = Projection.open(shipped)
    names = dimension_names(unit)  # type: ignore[arg-type]
    expected = {
        name: touched(
            shipped,  # type: ignore[arg-type]
            name,
            unit=unit,
            polarity=polarity,
            filters=Filters(),
            links="accepted",
            rollups=Rollups(),
        )
        for name in names
    }
    made = {name: projection.incidence(unit, name, polarity) for name in names}  # type: ignore[arg-type]
    for row in names:
        for col in names:
            counts = cooccurrence(made[row], made[col])
            found = {
                (made[row].members[i].id, made[col].members[j].id): int(counts[i, j])
                for i, j in zip(*counts.nonzero(), strict=True)
            }
            assert found == brute_force(expected[row], expected[col]), (row, col)


@pytest.mark.parametrize(("rows", "cols", "polarity"), BY_HAND)
def test_queries_written_by_hand(shipped: GraphStore, rows: str, cols: str, polarity: str) -> None:
    table = coverage(Projection.open(shipped), rows, cols, polarity=polarity)  # type: ignore[arg-type]
    found = {
        (table.rows[i].id, table.cols[j].id): int(table.cells[i, j])
        for i, j in zip(*table.cells.nonzero(), strict=True)
    }
    asked = {
        (row["row"].value, row["col"].value): int(row["n"].value)
        for row in shipped.query(BY_HAND[rows, cols, polarity])
    }
    assert found == asked
    assert found
