"""From segments to everything an analysis needs, as named arrays and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kg import vocabulary as v
from kg.projection.incidence import contained, distinct_pairs
from kg.projection.labels import describe, read_labels, sort_key
from kg.projection.membership import VIA, Hierarchy, rollups
from kg.projection.segment import Segment, Source, literal_text
from kg.projection.statements import (
    Pool,
    join,
    link_tables,
    participants,
    pool,
    positions,
    units_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

Built = tuple[dict[str, "NDArray[Any]"], dict[str, Any]]


def build(segments: Sequence[Segment], source: Source) -> Built:
    """Work out all tables.

    Args:
        segments: One per graph of the revision.
        source: The same revision, asked for the labels of members only.

    Returns:
        Arrays and JSON documents by name; see the module for which.
    """
    every = pool(segments)
    arrays: dict[str, NDArray[Any]] = {}
    members: dict[str, list[str]] = {}
    pivots = _pivot_frameworks(every)
    cases = units_of(every, "Case")
    frameworks = units_of(every, "PrincipleFramework", leave_out=pivots)
    arrays["case.units"] = cases.astype(np.int32)
    arrays["framework.units"] = frameworks.astype(np.int32)
    _case_tables(every, cases, arrays)
    _framework_tables(every, frameworks, arrays)
    hierarchy = Hierarchy(every, pivots)
    for unit in ("case", "framework"):
        for name, rolled in rollups(every, hierarchy, unit, arrays).items():
            members[f"{unit}.{name}"] = rolled.attach(f"{unit}.{name}", arrays)
    wanted = {iri for iris in members.values() for iri in iris}
    all_frameworks = sorted(every.text(code) for code in every.members("PrincipleFramework"))
    labels = read_labels(source, wanted.union(all_frameworks, hierarchy.principle_iris(every)))
    documents: dict[str, Any] = {
        "graphs": every.graphs,
        "counts": {"case": len(cases), "framework": len(frameworks)},
    }
    documents["crosswalk"] = _crosswalk(every, hierarchy, all_frameworks, pivots, labels)
    for name, iris in members.items():
        described = [describe(iri, labels.get(iri, {})) for iri in iris]
        order = sorted(range(len(iris)), key=lambda place: sort_key(described[place]))
        rank = np.empty(len(iris), dtype=np.int32)
        rank[order] = np.arange(len(iris), dtype=np.int32)
        arrays[f"rollup.{name}.member"] = rank[arrays[f"rollup.{name}.member"]]
        documents[f"members.{name}"] = [described[place] for place in order]
    _concept_edges(every, arrays)
    blob = b"\n".join(every.terms)
    arrays["terms.blob"] = np.frombuffer(blob, dtype=np.uint8)
    lengths = np.fromiter(map(len, every.terms), dtype=np.int64, count=len(every.terms))
    arrays["terms.end"] = np.cumsum(lengths + 1) - 1
    return arrays, documents


def _pivot_frameworks(every: Pool) -> set[int]:
    subjects, values = every.pairs("is-pivot")
    pivots = {
        subject
        for subject, value in zip(subjects.tolist(), values.tolist(), strict=True)
        if literal_text(every.terms[value]) in ("true", "1")
    }
    if (named := every.code(v.PIVOT_FRAMEWORK)) >= 0:
        pivots.add(named)
    return pivots


def _case_tables(every: Pool, cases: Ints, arrays: dict[str, NDArray[Any]]) -> None:
    case_of = positions(every, cases)
    links = link_tables(every, case_of)
    for name, values in links.items():
        arrays[f"case.{name}"] = values
    typed = every.column("Case")
    about = every.column("link-subject")
    tables = ("sdg", "principle", "technology")
    # A case belongs to every dataset that types it, links it, or records a link about it.
    unit = np.concatenate(
        [case_of[typed[1]], case_of[about[2]], *(links[f"{name}.unit"] for name in tables)]
    )
    graph = np.concatenate([typed[0], about[0], *(links[f"{name}.graph"] for name in tables)])
    _attribute("case.dataset", unit, graph, arrays)
    left, body = participants(every)
    _attribute("case.organisation", case_of[left], body, arrays)
    for table, column in (("country", "country"), ("year", "start-year"), ("status", "status")):
        subject, value = every.pairs(column)
        _attribute(f"case.{table}", case_of[subject], value, arrays)
    outcome = np.zeros(len(cases), dtype=np.bool_)
    with_outcome = case_of[every.column("outcome")[1]]
    outcome[with_outcome[with_outcome >= 0]] = True
    arrays["case.outcome"] = outcome
    described, cited = _cited(every)
    unit = case_of[described]
    pairs = distinct_pairs(unit[unit >= 0], cited[unit >= 0])
    arrays["case.sources"] = np.bincount(pairs[0], minlength=len(cases)).astype(np.int16)


def _cited(every: Pool) -> tuple[Ints, Ints]:
    """Things and their sources; a link's sources count for its subject too."""
    described, cited = every.pairs("source")
    record, subject = every.pairs("link-subject")
    left, right = join(described, record)
    return np.concatenate([described, subject[right]]), np.concatenate([cited, cited[left]])


def _framework_tables(every: Pool, frameworks: Ints, arrays: dict[str, NDArray[Any]]) -> None:
    number = positions(every, frameworks)
    graph, subject, principle = every.column("includes-principle")
    keep = number[subject] >= 0
    rows = np.stack([number[subject][keep], principle[keep], graph[keep]], axis=1)
    rows = np.unique(rows, axis=0)
    for place, column in enumerate(("unit", "object", "graph")):
        arrays[f"framework.principle.{column}"] = rows[:, place].astype(np.int32)
    for table, column in (
        ("publisher-type", "publisher-type"),
        ("country", "country"),
        ("year", "year"),
        ("binding", "binding"),
        ("publisher", "publisher"),
    ):
        subject, value = every.pairs(column)
        _attribute(f"framework.{table}", number[subject], value, arrays)
    typed = every.column("PrincipleFramework")
    unit = np.concatenate([number[typed[1]], rows[:, 0]])
    graph = np.concatenate([typed[0], rows[:, 2]])
    _attribute("framework.dataset", unit, graph, arrays)


def _attribute(
    name: str, unit: NDArray[Any], value: NDArray[Any], arrays: dict[str, NDArray[Any]]
) -> None:
    keep = unit >= 0
    left, right = distinct_pairs(unit[keep], value[keep])
    arrays[f"{name}.unit"], arrays[f"{name}.object"] = left, right


def _crosswalk(
    every: Pool,
    hierarchy: Hierarchy,
    frameworks: list[str],
    pivots: set[int],
    labels: dict[str, dict[str, str]],
) -> dict[str, Any]:
    """Frameworks with their principles, and the mappings to the pivot."""
    principles = every.members("Principle")
    own: dict[str, set[str]] = {iri: set() for iri in frameworks}
    for column, framework_first in (("includes-principle", True), ("in-scheme", False)):
        for pair in zip(*(part.tolist() for part in every.pairs(column)), strict=True):
            framework, principle = pair if framework_first else pair[::-1]
            if principle in principles and (name := every.text(framework)) in own:
                own[name].add(every.text(principle))
    names = {every.text(code) for code in pivots}
    strength = {code: name for name, code in VIA.items()}
    return {
        "frameworks": [
            {
                **describe(iri, labels.get(iri, {})),
                "pivot": iri in names,
                "principles": sorted(own[iri]),
            }
            for iri in frameworks
        ],
        "principles": {
            iri: describe(iri, labels.get(iri, {}))
            for iri in sorted(hierarchy.principle_iris(every))
        },
        "mappings": sorted(
            [every.text(principle), every.text(pivot), strength[via]]
            for principle, pivot, via in hierarchy.mappings
        ),
    }


def _concept_edges(every: Pool, arrays: dict[str, NDArray[Any]]) -> None:
    for name, column in (("relates", "relates-to-goal"), ("broader", "broader")):
        subject, target = every.pairs(column)
        rows = np.unique(np.stack([subject, target], axis=1), axis=0).astype(np.int32)
        arrays[f"edges.{name}.from"], arrays[f"edges.{name}.to"] = rows[:, 0], rows[:, 1]
    for name, column, kind in (
        ("scheme", "in-scheme", "Principle"),
        ("publisher", "publisher", "PrincipleFramework"),
    ):
        subject, target = every.pairs(column)
        kept = contained(subject, every.column(kind)[1])
        rows = np.unique(np.stack([subject[kept], target[kept]], axis=1), axis=0)
        arrays[f"edges.{name}.from"] = rows[:, 0].astype(np.int32)
        arrays[f"edges.{name}.to"] = rows[:, 1].astype(np.int32)
