"""networkx graphs: cases with everything they touch, and the small graph of concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import InputError
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity
from kg.projection.incidence import Incidence, Member, cooccurrence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import networkx as nx

    from kg.projection.projection import Projection

CONCEPTS: Final = ("goal", "principle", "technology")
"""Kinds of concepts between which units are counted by default."""
_RELATIONS: Final = {
    ("goal", 1): "supports",
    ("goal", -1): "undermines",
    ("principle", 1): "upholds",
    ("principle", -1): "violates",
}
MOST_CASES: Final = 20_000


def concept_graph(
    projection: Projection,
    filters: Filters = NO_FILTERS,
    *,
    kinds: Sequence[str] = CONCEPTS,
    polarity: Polarity = "both",
    links: Links = "accepted",
    hierarchy: bool = False,
) -> nx.Graph:
    """Concepts, joined where cases bring them together.

    Args:
        projection: Of the store.
        filters: Limits on cases and links.
        kinds: Dimensions whose members become nodes.
        polarity: Which links count.
        links: Accepted ones or proposed ones too.
        hierarchy: Also draw broader concepts, mappings between principles, and the goals that
            principles are said to relate to.

    Returns:
        An undirected graph. Nodes (IRIs) carry ``label``, ``notation``, ``kind`` and ``units``;
        edges carry ``relation`` and ``weight`` (cases, for ``co-occurs``).

    Cost: a few products of incidences; the graph's size does not grow with the number of cases.
    """
    import networkx as nx

    graph = nx.Graph(revision=projection.revision)
    sides = [
        (kind, projection.incidence("case", kind, polarity, filters, links=links)) for kind in kinds
    ]
    for kind, incidence in sides:
        for member, units in zip(incidence.members, incidence.totals.tolist(), strict=True):
            graph.add_node(member.id, **_node(member, kind), units=int(units))
    for place, (_, first) in enumerate(sides):
        for _, second in sides[place:]:
            _co_occurring(graph, first, second)
    if hierarchy:
        for source, target, relation in _stated(projection):
            if source in graph and target in graph and not graph.has_edge(source, target):
                graph.add_edge(source, target, relation=relation, weight=1)
    return graph


def case_graph(
    projection: Projection,
    filters: Filters = NO_FILTERS,
    *,
    links: Links = "accepted",
    most: int = MOST_CASES,
) -> nx.MultiGraph:
    """Cases and everything they touch.

    Args:
        projection: Of the store.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        most: Most cases allowed.

    Returns:
        A multigraph. Nodes carry ``label``, ``notation`` and ``kind`` (case, goal, target,
        principle, technology, organisation, country); edges carry ``relation`` (``supports``,
        ``undermines`` …), ``polarity`` (1, −1 or 0) and ``weight`` (directness × confidence).

    Raises:
        InputError: More cases than allowed; narrow the filters.
    """
    import networkx as nx

    count = projection.total_units("case", filters)
    if count > most:
        raise InputError(f"{count:,} cases are too many to draw (at most {most:,}); filter them.")
    graph = nx.MultiGraph(revision=projection.revision)
    mask = projection.mask("case", filters)
    numbers = np.arange(projection.unit_count("case")) if mask is None else np.flatnonzero(mask)
    iris = [projection.unit_iri("case", int(number)) for number in numbers]
    labels = projection.labels(iris)
    for iri in iris:
        graph.add_node(iri, label=labels[iri], notation="", kind="case")
    chosen: list[tuple[str, Polarity]] = [
        ("target", "positive"),
        ("target", "negative"),
        ("goal", "positive"),
        ("goal", "negative"),
        ("principle", "positive"),
        ("principle", "negative"),
        ("technology", "both"),
        ("organisation", "both"),
        ("country", "both"),
    ]
    for kind, polarity in chosen:
        incidence = projection.incidence(
            "case", kind, polarity, filters, links=links, weighted=True
        )
        _attach(graph, incidence, kind, polarity, iris)
    return graph


def _attach(
    graph: nx.MultiGraph, incidence: Incidence, kind: str, polarity: Polarity, iris: Sequence[str]
) -> None:
    sign = {"positive": 1, "negative": -1, "both": 0}[polarity]
    family = "goal" if kind in ("goal", "target") else kind
    relation = _RELATIONS.get(
        (family, sign), {"technology": "uses", "organisation": "involves"}.get(kind, "located in")
    )
    known = set(iris)
    for place, (unit, number) in enumerate(
        zip(incidence.rows.tolist(), incidence.indices.tolist(), strict=True)
    ):
        case = incidence.units[unit]
        member = incidence.members[number]
        if case not in known:
            continue
        if member.id not in graph:
            graph.add_node(member.id, **_node(member, kind))
        weight = 1.0 if incidence.weights is None else round(float(incidence.weights[place]), 6)
        graph.add_edge(case, member.id, relation=relation, polarity=sign, weight=weight)


def _co_occurring(graph: nx.Graph, first: Incidence, second: Incidence) -> None:
    counts = cooccurrence(first, second)
    if first is second:
        counts = np.triu(counts, k=1)
    for i, j in np.argwhere(counts > 0).tolist():
        graph.add_edge(
            first.members[i].id,
            second.members[j].id,
            relation="co-occurs",
            weight=int(counts[i, j]),
        )


def _node(member: Member, kind: str) -> dict[str, Any]:
    return {"label": member.label, "notation": member.notation, "kind": kind}


def _stated(projection: Projection) -> Iterator[tuple[str, str, str]]:
    """Relations between concepts that the graph states."""
    for name, relation in (("broader", "broader"), ("relates", "relates to")):
        sources = projection.tables.array(f"edges.{name}.from").tolist()
        targets = projection.tables.array(f"edges.{name}.to").tolist()
        for source, target in zip(sources, targets, strict=True):
            yield projection.term(source), projection.term(target), relation
    for principle, pivot, strength in projection.crosswalk()["mappings"]:
        yield principle, pivot, f"{strength} match"
