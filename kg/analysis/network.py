"""Measures of the network of concepts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.bicm import fit_bicm, grouped
from kg.analysis.centrality import (
    betweenness,
    pagerank,
    participation,
    rank_stability,
    structural_holes,
)
from kg.analysis.communities import communities
from kg.analysis.multiplicity import benjamini_hochberg
from kg.analysis.results import Tabular, plain
from kg.projection import cooccurrence
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity
from kg.projection.graphs import CONCEPTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from kg.projection import Incidence, Projection

MOST_EDGES: Final = 2_500
"""Above so many edges only the backbone is measured."""


@dataclass(frozen=True)
class NodeMeasures:
    """One concept in the network.

    Attributes:
        id: IRI.
        label: Of the concept.
        kind: goal, target, principle, technology.
        units: Cases that touch it.
        degree: Neighbours.
        strength: Sum of edge weights.
        betweenness: Share of shortest paths through it, with distance 1/weight (Brandes 2001).
        pagerank: With edge weights (Page et al. 1999).
        core: Largest k such that it lies in the k-core.
        constraint: Burt's constraint: low means it spans structural holes (Burt 1992).
        effective_size: Burt's effective size of its neighbourhood.
        community: Number of its Louvain community, the largest first.
        participation: How evenly its weight spreads over communities, 0 … 1.
        rank_low: 2.5 % quantile of its PageRank rank under resampling.
        rank_high: 97.5 % quantile.
    """

    id: str
    label: str
    kind: str
    units: int
    degree: int
    strength: float
    betweenness: float
    pagerank: float
    core: int
    constraint: float
    effective_size: float
    community: int
    participation: float
    rank_low: int
    rank_high: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class NetworkReport(Tabular):
    """The network of concepts, measured.

    Attributes:
        nodes: Concepts with at least one edge, highest PageRank first.
        communities: Per community its size, kinds and leading members.
        bridges: Edges between a principle and a technology of different communities, heaviest
            first.
        modularity: Of the best partition found.
        stability: Mean normalised mutual information between the partitions of several runs.
        density: Share of possible edges present.
        edges: Number of edges.
        isolated: Concepts without any edge.
        backbone: Whether only edges heavier than chance were measured.
        all_edges: Edges before that.
        revision: Of the store.
    """

    nodes: tuple[NodeMeasures, ...]
    communities: tuple[Mapping[str, Any], ...]
    bridges: tuple[Mapping[str, Any], ...]
    modularity: float
    stability: float
    density: float
    edges: int
    isolated: int
    backbone: bool
    all_edges: int
    revision: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "nodes": [node.to_dict() for node in self.nodes],
            "communities": plain([dict(item) for item in self.communities]),
            "bridges": plain([dict(item) for item in self.bridges]),
            "modularity": plain(self.modularity),
            "stability": plain(self.stability),
            "density": plain(self.density),
            "edges": self.edges,
            "isolated": self.isolated,
            "backbone": self.backbone,
            "all_edges": self.all_edges,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per concept."""
        return [node.to_dict() for node in self.nodes]


def network(
    projection: Projection,
    *,
    kinds: tuple[str, ...] = CONCEPTS,
    polarity: Polarity = "both",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    seed: int = 0,
    backbone: bool | None = None,
) -> NetworkReport:
    """Measure the network of concepts that cases bring together.

    Args:
        projection: Of the store.
        kinds: Dimensions whose members are the nodes.
        polarity: Which links count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        seed: Of communities and resampling.
        backbone: Measure only edges heavier than chance explains; left out, this is done above
            2,500 edges, where nearly everything touches everything and a plain measure would
            only say how common each concept is.

    Returns:
        The report. Cost: about a second, whatever the number of cases.
    """
    import networkx as nx

    sides = [projection.incidence("case", kind, polarity, filters, links=links) for kind in kinds]
    pairs = _pairs(sides)
    every = sum(int((seen > 0).sum()) for _, _, seen in pairs)
    reduced = every > MOST_EDGES if backbone is None else backbone
    edges = backbone_edges(sides, pairs) if reduced else _all_edges(sides, pairs)
    graph = nx.Graph()
    for kind, side in zip(kinds, sides, strict=True):
        for member, units in zip(side.members, side.totals.tolist(), strict=True):
            graph.add_node(member.id, label=member.label, kind=kind, units=int(units))
    graph.add_weighted_edges_from(edges)
    isolated = [name for name in graph if graph.degree(name) == 0]
    graph.remove_nodes_from(isolated)
    names = list(graph)
    weights = nx.to_numpy_array(graph, names) if names else np.zeros((0, 0))
    rank = pagerank(weights)
    partition, modularity, stability = communities(graph, seed)
    low, high = rank_stability(weights, seed)
    between = betweenness(weights)
    core = nx.core_number(graph)
    constraint, effective = structural_holes(weights)
    spread = participation(weights, [partition[name] for name in names])
    measured = [
        NodeMeasures(
            id=name,
            label=graph.nodes[name]["label"],
            kind=graph.nodes[name]["kind"],
            units=graph.nodes[name]["units"],
            degree=int(graph.degree(name)),
            strength=float(weights[place].sum()),
            betweenness=float(between[place]),
            pagerank=float(rank[place]),
            core=int(core[name]),
            constraint=float(constraint[place]),
            effective_size=float(effective[place]),
            community=partition[name],
            participation=float(spread[place]),
            rank_low=int(low[place]),
            rank_high=int(high[place]),
        )
        for place, name in enumerate(names)
    ]
    measured.sort(key=lambda item: (-item.pagerank, item.id))
    return NetworkReport(
        nodes=tuple(measured),
        communities=tuple(_described(measured)),
        bridges=tuple(_bridges(graph, partition)),
        modularity=modularity,
        stability=stability,
        density=float(nx.density(graph)) if len(graph) > 1 else 0.0,
        edges=graph.number_of_edges(),
        isolated=len(isolated),
        backbone=reduced,
        all_edges=every,
        revision=projection.revision,
    )


Pairs = list[tuple[int, int, "NDArray[np.int64]"]]
Edges = list[tuple[str, str, int]]


def _pairs(sides: list[Incidence]) -> Pairs:
    """Counts for every two kinds, those of a kind with itself above the diagonal only."""
    out: Pairs = []
    for a, first in enumerate(sides):
        for b, second in enumerate(sides[a:], start=a):
            seen = cooccurrence(first, second)
            out.append((a, b, np.triu(seen, k=1) if a == b else seen))
    return out


def _all_edges(sides: list[Incidence], pairs: Pairs) -> Edges:
    return [
        (sides[a].members[i].id, sides[b].members[j].id, int(seen[i, j]))
        for a, b, seen in pairs
        for i, j in np.argwhere(seen > 0).tolist()
    ]


def backbone_edges(sides: list[Incidence], pairs: Pairs, alpha: float = 0.05) -> Edges:
    """Pairs that come together more often than breadth and popularity explain.

    Expected numbers are those of the configuration model; the upper tail is Poisson's, which is
    never smaller than the exact one beyond the mean; Benjamini–Hochberg over all pairs; of those
    left at most 2,500, the most striking first.
    """
    from scipy.special import pdtrc

    models = [fit_bicm(side.breadth, side.totals) for side in sides]
    p_values: list[float] = []
    excess: list[float] = []
    for a, b, seen in pairs:
        left, right = models[a], models[b]
        groups, _, counts = grouped(left.class_of * len(right.breadths) + right.class_of)
        of_left = left.chances[groups // len(right.breadths)] * counts[:, None]
        expected = of_left.T @ right.chances[groups % len(right.breadths)]
        found = seen > 0
        p_values += pdtrc(seen[found] - 1, expected[found]).tolist()
        spread = np.sqrt(np.maximum(expected[found], 1e-12))
        excess += ((seen[found] - expected[found]) / spread).tolist()
    q = benjamini_hochberg(p_values)
    every = _all_edges(sides, pairs)
    order = [n for n in np.argsort(-np.array(excess), kind="stable").tolist() if q[n] < alpha]
    return [every[n] for n in order[:MOST_EDGES]]


def _described(nodes: list[NodeMeasures]) -> list[dict[str, Any]]:
    groups: dict[int, list[NodeMeasures]] = {}
    for item in nodes:
        groups.setdefault(item.community, []).append(item)
    return [
        {
            "community": number,
            "size": len(members),
            "kinds": dict(sorted(Counter(item.kind for item in members).items())),
            "leading": [{"id": item.id, "label": item.label} for item in members[:5]],
        }
        for number, members in sorted(groups.items())
    ]


def _bridges(graph: nx.Graph, partition: dict[str, int], at_most: int = 20) -> list[dict[str, Any]]:
    found = []
    for a, b, data in graph.edges(data=True):
        kinds = {graph.nodes[a]["kind"]: a, graph.nodes[b]["kind"]: b}
        if set(kinds) != {"principle", "technology"} or partition[a] == partition[b]:
            continue
        principle, technology = kinds["principle"], kinds["technology"]
        found.append(
            {
                "principle": {"id": principle, "label": graph.nodes[principle]["label"]},
                "technology": {"id": technology, "label": graph.nodes[technology]["label"]},
                "weight": data["weight"],
                "communities": [partition[principle], partition[technology]],
            }
        )
    found.sort(
        key=lambda edge: (-edge["weight"], edge["principle"]["id"], edge["technology"]["id"])
    )
    return found[:at_most]
