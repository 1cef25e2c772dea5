"""Small random graphs, and the brute force they are compared with."""

from __future__ import annotations

from itertools import product
from typing import Any

import pyoxigraph as ox
from hypothesis import strategies as st

from kg import vocabulary as v
from kg.projection import Filters, Rollups
from kg.projection.patterns import filter_patterns, touching, unit_pattern

ID = v.ID
DATASETS = (f"{v.DATASET}one", f"{v.DATASET}two")
GOALS = tuple(f"{v.SDG}{n}" for n in (1, 2))
TARGETS = tuple(f"{v.SDG}{code}" for code in ("1.1", "1.a", "2.1"))
INDICATOR = f"{v.SDG}C010101"
PIVOTS = tuple(f"{ID}principle/{name}" for name in ("privacy", "fairness", "safety"))
OWN = tuple(f"{ID}principle/f{n}-{name}" for n in (1, 2) for name in ("a", "b"))
FRAMEWORKS = tuple(f"{ID}framework/f{n}" for n in (1, 2))
TECHNOLOGIES = tuple(f"{ID}technology/{name}" for name in ("ml", "vision", "speech"))
ORGANISATIONS = tuple(f"{ID}organisation/{name}" for name in ("x", "y"))
COUNTRIES = tuple(f"{ID}country/{name}" for name in ("AA", "BB"))
REGIONS = tuple(f"{ID}region/{name}" for name in ("001", "002", "011"))
TYPES = tuple(f"{ID}organisation-type/{name}" for name in ("company", "igo"))
STATUSES = tuple(f"{ID}status/{name}" for name in ("deployed", "pilot"))
MATCHES = {
    "exact": v.EXACT_MATCH,
    "close": v.CLOSE_MATCH,
    "narrow": v.NARROW_MATCH,
    "broad": v.BROAD_MATCH,
    "related": v.RELATED_MATCH,
}


class MemorySource:
    """A store in memory that answers like a snapshot."""

    def __init__(self, quads: list[ox.Quad]) -> None:
        self.store = ox.Store()
        self.store.extend(quads)

    def query(self, sparql: str, *, union: bool = True, named_graphs: Any = None) -> Any:
        return self.store.query(sparql, prefixes=dict(v.PREFIXES), use_default_graph_as_union=union)


def quad(subject: str, predicate: str, value: str | int | bool, graph: str) -> ox.Quad:
    """A quad; IRIs are recognised by their scheme."""
    thing: Any
    if isinstance(value, str) and value.startswith("http"):
        thing = ox.NamedNode(value)
    else:
        thing = ox.Literal(value)
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), thing, ox.NamedNode(graph))


def concepts() -> list[ox.Quad]:
    """The concepts that every random graph shares."""
    graph = f"{v.DATASET}concepts"
    out = [quad(iri, v.TYPE, v.GOAL, graph) for iri in GOALS]
    out += [quad(iri, v.TYPE, v.TARGET, graph) for iri in TARGETS]
    out += [quad(iri, v.BROADER, f"{v.SDG}{iri.removeprefix(v.SDG)[0]}", graph) for iri in TARGETS]
    out += [quad(INDICATOR, v.BROADER, TARGETS[0], graph)]
    out += [quad(v.PIVOT_FRAMEWORK, v.TYPE, v.PRINCIPLE_FRAMEWORK, graph)]
    out += [quad(v.PIVOT_FRAMEWORK, v.IS_PIVOT, True, graph)]
    for iri in PIVOTS:
        out += [
            quad(iri, v.TYPE, v.PRINCIPLE, graph),
            quad(iri, v.IN_SCHEME, v.PIVOT_FRAMEWORK, graph),
            quad(v.PIVOT_FRAMEWORK, v.INCLUDES_PRINCIPLE, iri, graph),
        ]
    for iri in OWN:
        framework = FRAMEWORKS[0] if "/f1" in iri else FRAMEWORKS[1]
        out += [
            quad(iri, v.TYPE, v.PRINCIPLE, graph),
            quad(iri, v.IN_SCHEME, framework, graph),
        ]
    out += [quad(iri, v.TYPE, v.TECHNOLOGY, graph) for iri in TECHNOLOGIES]
    out += [quad(TECHNOLOGIES[1], v.BROADER, TECHNOLOGIES[0], graph)]
    out += [quad(TECHNOLOGIES[2], v.BROADER, TECHNOLOGIES[0], graph)]
    out += [quad(iri, v.TYPE, v.REGION_CLASS, graph) for iri in REGIONS]
    out += [
        quad(COUNTRIES[0], v.REGION, REGIONS[2], graph),
        quad(COUNTRIES[1], v.REGION, REGIONS[1], graph),
        quad(REGIONS[2], v.BROADER, REGIONS[1], graph),
        quad(REGIONS[1], v.BROADER, REGIONS[0], graph),
        quad(ORGANISATIONS[0], v.ORGANISATION_TYPE, TYPES[0], graph),
        quad(ORGANISATIONS[1], v.ORGANISATION_TYPE, TYPES[1], graph),
    ]
    return out


@st.composite
def graphs(draw: st.DrawFn) -> list[ox.Quad]:
    """Quads of a few cases and frameworks, over two datasets."""
    out = concepts()

    def some(values: tuple[str, ...], most: int) -> list[str]:
        return draw(st.lists(st.sampled_from(values), max_size=most, unique=True))

    dataset = st.sampled_from(DATASETS)
    for own in OWN:
        for pivot in some(PIVOTS, 2):
            match = MATCHES[draw(st.sampled_from(tuple(MATCHES)))]
            out.append(quad(own, match, pivot, draw(dataset)))
    for iri in FRAMEWORKS:
        home = draw(dataset)
        out += [
            quad(iri, v.TYPE, v.PRINCIPLE_FRAMEWORK, home),
            quad(iri, v.YEAR, draw(st.integers(2018, 2020)), home),
            quad(iri, v.BINDING, draw(st.booleans()), home),
            quad(iri, v.COUNTRY, draw(st.sampled_from(COUNTRIES)), home),
            quad(iri, v.PUBLISHER_TYPE, draw(st.sampled_from(TYPES)), home),
        ]
        out += [
            quad(iri, v.INCLUDES_PRINCIPLE, principle, draw(dataset))
            for principle in some((*PIVOTS, *OWN), 4)
        ]
    for number in range(draw(st.integers(0, 6))):
        out += _case(draw, f"{ID}case/c{number}", some)
    return out


def _case(draw: st.DrawFn, case: str, some: Any) -> list[ox.Quad]:
    dataset = st.sampled_from(DATASETS)
    home = draw(dataset)
    out = [quad(case, v.TYPE, v.CASE, home)]
    out += [quad(case, v.COUNTRY, country, home) for country in some(COUNTRIES, 2)]
    if draw(st.booleans()):
        out.append(quad(case, v.START_YEAR, draw(st.integers(2018, 2020)), home))
    out += [quad(case, v.STATUS, status, home) for status in some(STATUSES, 1)]
    for body in some(ORGANISATIONS, 2):
        node = f"{case}/{body[-1]}"
        out += [
            quad(case, v.PARTICIPATION_PROPERTY, node, home),
            quad(node, v.ORGANISATION_PROPERTY, body, home),
        ]
    sdg = (*GOALS, *TARGETS, INDICATOR)
    principles = (*PIVOTS, *OWN)
    layers = (
        (v.SUPPORTS, sdg),
        (v.UNDERMINES, sdg),
        (v.UPHOLDS, principles),
        (v.VIOLATES, principles),
        (v.USES_TECHNOLOGY, TECHNOLOGIES),
    )
    for predicate, things in layers:
        for thing in some(things, 3):
            graph = draw(dataset)
            plain, status = draw(
                st.sampled_from(
                    (
                        (True, None),
                        (True, v.ACCEPTED),
                        (False, v.PROPOSED),
                        (False, v.REJECTED),
                        (True, v.PROPOSED),
                    )
                )
            )
            if plain:
                out.append(quad(case, predicate, thing, graph))
            if status:
                link = f"{case}/link/{predicate[-6:]}/{thing[-4:]}"
                out += [
                    quad(link, v.TYPE, v.LINK, graph),
                    quad(link, v.SUBJECT, case, graph),
                    quad(link, v.PREDICATE, predicate, graph),
                    quad(link, v.OBJECT, thing, graph),
                    quad(link, v.REVIEW_STATUS, status, graph),
                ]
    return out


def touched(
    source: MemorySource,
    dimension: str,
    *,
    unit: str,
    polarity: Any,
    filters: Filters,
    links: Any,
    rollups: Rollups,
) -> dict[str, set[str]]:
    """Units per member of a dimension, asked in SPARQL."""
    pattern = touching(
        dimension,
        "?member",
        unit=unit,  # type: ignore[arg-type]
        polarity=polarity,
        filters=filters,
        links=links,
        rollups=rollups,
        suffix="",
    )
    body = " ".join(
        [unit_pattern(unit), pattern, *filter_patterns(filters, unit)]  # type: ignore[arg-type]
    )
    found: dict[str, set[str]] = {}
    for row in source.query(f"SELECT DISTINCT ?unit ?member WHERE {{ {body} }}"):
        found.setdefault(row["member"].value, set()).add(row["unit"].value)
    return found


def brute_force(rows: dict[str, set[str]], cols: dict[str, set[str]]) -> dict[tuple[str, str], int]:
    """Distinct units per pair, by intersecting sets."""
    counts = {
        (a, b): len(left & right) for (a, left), (b, right) in product(rows.items(), cols.items())
    }
    return {pair: count for pair, count in counts.items() if count}
