"""Communities of a weighted graph, and how far partitions agree."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

_MOST_RUNS: Final = 20
_WORK: Final = 25_000


def communities(graph: nx.Graph, seed: int = 0) -> tuple[dict[str, int], float, float]:
    """Louvain communities: the best of several runs, and how much the runs agree.

    Returns:
        Community per node (0 is the largest), modularity, and mean normalised mutual information
        of the other runs with the best one. Source: Blondel et al. 2008.
    """
    import networkx as nx

    if not graph.number_of_edges():
        return {name: place for place, name in enumerate(graph)}, 0.0, 1.0
    many = min(max(_WORK // graph.number_of_edges(), 5), _MOST_RUNS)
    # Louvain looks at nodes in their order; a sorted copy keeps results independent of it.
    ordered = nx.Graph()
    ordered.add_nodes_from(sorted(graph))
    ordered.add_weighted_edges_from(
        sorted((min(a, b), max(a, b), data["weight"]) for a, b, data in graph.edges(data=True))
    )
    runs = [
        nx.community.louvain_communities(ordered, weight="weight", seed=seed + run)
        for run in range(many)
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
