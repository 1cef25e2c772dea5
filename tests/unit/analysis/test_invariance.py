"""Results do not depend on what cases are called, nor on the order statements came in."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pyoxigraph as ox
import pytest

from kg import vocabulary as v
from kg.analysis.coverage import coverage
from kg.analysis.gaps import gaps, pair_report
from kg.analysis.network import network
from kg.analysis.profile import profile
from kg.analysis.robustness import robustness
from kg.projection import Projection, dimension_names
from kg.store import GraphStore


class Renamed:
    """The shipped graph with new names for its cases, loaded in another order."""

    def __init__(self, quads: list[ox.Quad], seed: int) -> None:
        cases = {
            quad.subject for quad in quads if quad.predicate.value == v.TYPE and _is_case(quad)
        }
        names = {
            case: ox.NamedNode(f"{v.ID}case/{hashlib.sha1(case.value.encode()).hexdigest()}")
            for case in cases
        }
        changed = [
            ox.Quad(
                names.get(quad.subject, quad.subject),
                quad.predicate,
                names.get(quad.object, quad.object),
                quad.graph_name,
            )
            for quad in quads
        ]
        random.Random(seed).shuffle(changed)
        self.store = ox.Store()
        self.store.extend(changed)

    def query(self, sparql: str, *, union: bool = True, named_graphs: Any = None) -> Any:
        return self.store.query(sparql, prefixes=dict(v.PREFIXES), use_default_graph_as_union=union)


def _is_case(quad: ox.Quad) -> bool:
    return isinstance(quad.object, ox.NamedNode) and quad.object.value == v.CASE


@pytest.fixture(scope="module")
def renamed(shipped: GraphStore) -> Projection:
    with shipped.reader() as snapshot:
        quads = list(snapshot.store)
    return Projection.of(Renamed(quads, seed=4))


@pytest.mark.parametrize("unit", ["case", "framework"])
def test_coverage_of_every_dimension(
    projection: Projection, renamed: Projection, unit: Any
) -> None:
    for name in dimension_names(unit):
        ours = coverage(projection, name, "principle", unit=unit, polarity="both", detail=True)
        theirs = coverage(renamed, name, "principle", unit=unit, polarity="both", detail=True)
        assert ours.rows == theirs.rows
        assert ours.to_dict() | {"store_revision": ""} == theirs.to_dict() | {"store_revision": ""}


def test_gaps(projection: Projection, renamed: Projection) -> None:
    def told(some: Projection) -> list[tuple[Any, ...]]:
        return sorted(
            (
                gap.kind,
                # Links and cases have new names; concepts have not.
                ""
                if "/link/" in gap.subject["id"] or "/case/" in gap.subject["id"]
                else str(gap.subject),
                "" if gap.object is None else str(gap.object),
                gap.triage,
                gap.observed,
                gap.expected,
                gap.p,
                gap.q,
                gap.score,
            )
            for gap in gaps(some, limit=100_000).gaps
        )

    ours, theirs = told(projection), told(renamed)
    assert len(ours) > 500
    assert [str(item) for item in ours] == [str(item) for item in theirs]


def test_pairs_of_frameworks(projection: Projection, renamed: Projection) -> None:
    ours, theirs = (
        pair_report(some, "principle", "principle", unit="framework").to_dict()
        for some in (projection, renamed)
    )
    assert ours | {"store_revision": ""} == theirs | {"store_revision": ""}


def test_network_profile_and_robustness(projection: Projection, renamed: Projection) -> None:
    assert network(projection).to_rows() == network(renamed).to_rows()
    assert profile(projection).to_rows() == profile(renamed).to_rows()
    assert robustness(projection).to_rows() == robustness(renamed).to_rows()
