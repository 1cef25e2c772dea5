"""Measures of the network of concepts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.results import Tabular, plain
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity
from kg.projection.graphs import CONCEPTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx
    from numpy.typing import NDArray

    from kg.projection import Projection

_LOUVAIN_RUNS: Final = 20
_RESAMPLES: Final = 200


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
) -> NetworkReport:
    """Measure the network of concepts that cases bring together.

    Args:
        projection: Of the store.
        kinds: Dimensions whose members are the nodes.
        polarity: Which links count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        seed: Of communities and resampling.

    Returns:
        The report. Cost: about a second, whatever the number of cases.
    """
    import networkx as nx

    whole = projection.concept_graph(
        filters, kinds=kinds, polarity=polarity, links=links, hierarchy=False
    )
    isolated = [name for name in whole if whole.degree(name) == 0]
    graph = whole.copy()
    graph.remove_nodes_from(isolated)
    for _, _, data in graph.edges(data=True):
        data["distance"] = 1.0 / data["weight"]
    names = list(graph)
    weights = nx.to_numpy_array(graph, names) if names else np.zeros((0, 0))
    rank = pagerank(weights)
    partition, modularity, stability = communities(graph, seed)
    low, high = _rank_stability(weights, seed)
    betweenness = nx.betweenness_centrality(graph, weight="distance")
    core = nx.core_number(graph)
    constraint, effective = structural_holes(weights)
    spread = _participation(weights, [partition[name] for name in names])
    measured = [
        NodeMeasures(
            id=name,
            label=graph.nodes[name]["label"],
            kind=graph.nodes[name]["kind"],
            units=graph.nodes[name]["units"],
            degree=int(graph.degree(name)),
            strength=float(weights[place].sum()),
            betweenness=float(betweenness[name]),
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
        revision=projection.revision,
    )


def pagerank(weights: NDArray[np.float64], damping: float = 0.85) -> NDArray[np.float64]:
    """PageRank of a weighted graph, shape (nodes,); sums to 1.

    Example:
        >>> pagerank(np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
        [0.5, 0.5]
    """
    many = len(weights)
    if not many:
        return np.zeros(0)
    out = weights.sum(axis=1)
    step = np.divide(
        weights, out[:, None], out=np.full_like(weights, 1.0 / many), where=out[:, None] > 0
    )
    rank: NDArray[np.float64] = np.full(many, 1.0 / many)
    for _ in range(200):
        following: NDArray[np.float64] = damping * (rank @ step) + (1 - damping) / many
        if np.abs(following - rank).sum() < 1e-12:
            return following
        rank = following
    return rank


def structural_holes(
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Burt's constraint and effective size of every node of an undirected weighted graph.

    Equal to networkx's ``constraint(weight=…)`` and ``effective_size(weight=…)``, as matrix
    products: a thousand times as fast on dense neighbourhoods. Source: Burt 1992.

    Args:
        weights: Symmetric, zero diagonal, shape (nodes, nodes).
    """
    total = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    tied = weights > 0
    local = np.where(tied, share + share @ share, 0.0)
    constraint = (local**2).sum(axis=1)
    largest = weights.max(axis=1, keepdims=True, initial=0.0)
    marginal = np.divide(weights, largest, out=np.zeros_like(weights), where=largest > 0)
    redundancy = np.where(tied, share @ marginal.T, 0.0)
    return constraint, (tied - redundancy).sum(axis=1)


def communities(graph: nx.Graph, seed: int = 0) -> tuple[dict[str, int], float, float]:
    """Louvain communities: the best of several runs, and how much the runs agree.

    Returns:
        Community per node (0 is the largest), modularity, and mean normalised mutual information
        of the other runs with the best one. Source: Blondel et al. 2008.
    """
    import networkx as nx

    if not graph.number_of_edges():
        return {name: place for place, name in enumerate(graph)}, 0.0, 1.0
    # Louvain looks at nodes in their order; a sorted copy keeps results independent of it.
    ordered = nx.Graph()
    ordered.add_nodes_from(sorted(graph))
    ordered.add_weighted_edges_from(
        sorted((min(a, b), max(a, b), data["weight"]) for a, b, data in graph.edges(data=True))
    )
    runs = [
        nx.community.louvain_communities(ordered, weight="weight", seed=seed + run)
        for run in range(_LOUVAIN_RUNS)
    ]
    scores = [nx.community.modularity(ordered, run, weight="weight") for run in runs]
    best = int(np.argmax(np.round(scores, 12)))
    groups = sorted(runs[best], key=lambda group: (-len(group), min(group)))
    partition = {name: place for place, group in enumerate(groups) for name in group}
    names = list(ordered)
    reference = np.array([partition[name] for name in names])
    agreement = []
    for place, run in enumerate(runs):
        if place != best:
            other = {name: number for number, group in enumerate(run) for name in group}
            agreement.append(mutual_information(reference, np.array([other[n] for n in names])))
    return partition, float(scores[best]), float(np.mean(agreement)) if agreement else 1.0


def mutual_information(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Normalised mutual information of two partitions, 0 … 1 (arithmetic mean of entropies).

    Example:
        >>> mutual_information(np.array([0, 0, 1]), np.array([1, 1, 0]))
        1.0
    """
    many = len(first)
    joint = Counter(zip(first.tolist(), second.tolist(), strict=True))
    left, right = Counter(first.tolist()), Counter(second.tolist())

    def entropy(counts: Counter[int]) -> float:
        return -math.fsum(n / many * math.log(n / many) for n in counts.values())

    shared = math.fsum(
        n / many * math.log(n * many / (left[a] * right[b])) for (a, b), n in joint.items()
    )
    mean = (entropy(left) + entropy(right)) / 2
    return round(shared / mean, 12) if mean > 0 else 1.0


def _rank_stability(
    weights: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Range of PageRank ranks when every edge weight is a Poisson count around what was seen."""
    many = len(weights)
    if not many:
        return np.zeros(0), np.zeros(0)
    rng = np.random.default_rng(seed)
    upper = np.triu(weights, k=1)
    ranks = np.empty((_RESAMPLES, many))
    for draw in range(_RESAMPLES):
        sample = rng.poisson(upper).astype(np.float64)
        score = pagerank_quick(sample + sample.T)
        ranks[draw, np.argsort(-score, kind="stable")] = np.arange(1, many + 1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    return low, high


def pagerank_quick(weights: NDArray[np.float64], steps: int = 12) -> NDArray[np.float64]:
    """PageRank to about 1e-3: enough for ranks under resampling."""
    many = len(weights)
    out = weights.sum(axis=1)
    scale = np.divide(1.0, out, out=np.zeros(many), where=out > 0)
    dangling = out == 0
    rank = np.full(many, 1.0 / many)
    for _ in range(steps):
        rank = 0.85 * ((rank * scale) @ weights + rank[dangling].sum() / many) + 0.15 / many
    return rank


def _participation(weights: NDArray[np.float64], membership: list[int]) -> NDArray[np.float64]:
    """Participation coefficient (Guimerà & Amaral 2005, Nature 433:895)."""
    if not membership:
        return np.zeros(0)
    belongs = np.eye(max(membership) + 1)[membership]
    into = weights @ belongs
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    return np.asarray(1.0 - ((into / total) ** 2).sum(axis=1))


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
