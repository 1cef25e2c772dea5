"""A graph read by groups holds exactly what it holds when read triple by triple."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from random_graphs import MemorySource, concepts, graphs, quad

from kg import vocabulary as v
from kg.projection import reading
from kg.projection.reading import graph_names, read_segment
from kg.projection.segment import Segment
from kg.store import GraphStore

ONE = f"{v.DATASET}one"


@contextmanager
def grouping(*, least: int, few: int = 4_000) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_LARGE", least)
        patch.setattr(reading, "_FEW", few)
        yield


def said(segment: Segment) -> dict[str, Counter[Any]]:
    """Rows of every column, as texts; a row read twice would count twice."""
    return {
        name: Counter(
            zip(*([segment.terms[code] for code in part.tolist()] for part in parts), strict=True)
        )
        for name, parts in segment.columns.items()
    }


def both_ways(source: Any, graph: str, few: int = 4_000) -> tuple[Segment, Segment]:
    with grouping(least=10**9):
        plain = read_segment(source, graph)
    with grouping(least=0, few=few):
        return plain, read_segment(source, graph)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(quads=graphs())
def test_on_random_graphs(quads: list[ox.Quad]) -> None:
    source = MemorySource(quads)
    for graph in graph_names(source):
        plain, grouped = both_ways(source, graph)
        assert said(plain) == said(grouped)
        assert set(plain.terms) == set(grouped.terms)


def test_on_the_shipped_graph(shipped: GraphStore) -> None:
    with shipped.reader() as snapshot:
        for graph in graph_names(snapshot):
            for few in (4_000, 20):
                plain, grouped = both_ways(snapshot, graph, few)
                assert said(plain) == said(grouped)
                assert set(plain.terms) == set(grouped.terms)


def test_whatever_the_objects_are() -> None:
    """Years that are no years, quotes, brackets, tabs and blank nodes come out the same."""
    year, status, country = (ox.NamedNode(iri) for iri in (v.START_YEAR, v.STATUS, v.COUNTRY))
    xsd = "http://www.w3.org/2001/XMLSchema#"
    odd: list[Any] = [
        ox.Literal(2020),
        ox.Literal("2020"),
        ox.Literal("2020", datatype=ox.NamedNode(f"{xsd}gYear")),
        ox.Literal("02020", datatype=ox.NamedNode(f"{xsd}integer")),
        ox.Literal("20.20", datatype=ox.NamedNode(f"{xsd}decimal")),
        ox.Literal("2e3", datatype=ox.NamedNode(f"{xsd}double")),
        ox.Literal(True),
        ox.Literal('say "<when>"\tor\nnever \\ '),
        ox.Literal("zwanzig", language="de"),
        ox.NamedNode("https://example.org/a?b=c&d=(e)'f"),
    ]
    graph = ox.NamedNode(ONE)
    quads = list(concepts())
    for place, thing in enumerate(odd):
        case = ox.NamedNode(f"{v.ID}case/{place % 4}")
        quads.append(quad(case.value, v.TYPE, v.CASE, ONE))
        quads += [ox.Quad(case, predicate, thing, graph) for predicate in (year, status)]
        quads.append(ox.Quad(case, country, ox.BlankNode(f"b{place}"), graph))
    plain, grouped = both_ways(MemorySource(quads), ONE)
    assert said(plain)["start-year"] == said(grouped)["start-year"]
    assert said(plain)["status"] == said(grouped)["status"]
    assert sum(said(grouped)["country"].values()) == len(odd)
    assert said(plain)["start-year"].total() == len(odd)


def test_a_large_graph_is_read_by_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being told to, and with one row per subject."""
    cases = reading._LARGE + 5
    quads = [
        quad(f"{v.ID}case/{n}", predicate, thing, ONE)
        for n in range(cases)
        for predicate, thing in (
            (v.TYPE, v.CASE),
            (v.SUPPORTS, f"{v.SDG}1.1"),
            (v.SUPPORTS, f"{v.SDG}2.{n % 5}"),
        )
    ]
    asked: list[str] = []
    source = MemorySource(quads)
    answer = source.query
    monkeypatch.setattr(
        source, "query", lambda text, **rest: asked.append(text) or answer(text, **rest)
    )
    segment = read_segment(source, ONE)
    assert sum("GROUP_CONCAT" in text for text in asked) == 1
    assert len(segment.columns["supports"][0]) == 2 * cases
    assert len(segment.columns["Case"][0]) == cases
