"""Measures equal their definitions, scipy or networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kg.analysis.centrality import (
    betweenness,
    pagerank,
    participation,
    rank_stability,
    structural_holes,
)
from kg.analysis.communities import communities, mutual_information
from kg.analysis.compare import fisher
from kg.analysis.diversity import diversity, herfindahl, hill_number, rao_stirling
from kg.analysis.intervals import bootstrap, wilson
from kg.analysis.nestedness import nestedness, nodf
from kg.analysis.specialisation import (
    fitness_complexity,
    proximity,
    relatedness_density,
    revealed_advantage,
)
from kg.analysis.trend import cochran_armitage
from kg.analysis.unseen import rarefied, unseen


def test_wilson_equals_scipy() -> None:
    for count, of in ((0, 10), (3, 10), (10, 10), (120, 5000)):
        low, high = wilson(count, of)
        exact = stats.binomtest(count, of).proportion_ci(0.95, method="wilson")
        assert (float(low), float(high)) == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert [float(limit) for limit in wilson(0, 0)] == [0.0, 1.0]


def test_bootstrap_covers_the_mean() -> None:
    values = np.random.default_rng(1).normal(3.0, 1.0, 200)
    low, high = bootstrap(200, lambda times: (times @ values) / 200, draws=400)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 200**0.5, rel=0.25)


def test_revealed_advantage_by_hand() -> None:
    counts = np.array([[4, 0, 2], [1, 3, 2]])
    for i, j in np.ndindex(2, 3):
        share = counts[i, j] / counts[i].sum()
        overall = counts[:, j].sum() / counts.sum()
        assert revealed_advantage(counts)[i, j] == pytest.approx(share / overall)
    shrunk = revealed_advantage(counts, shrink=True)
    assert shrunk[0, 1] == pytest.approx(0.5 / (6 * 3 / 12 + 0.5))
    assert revealed_advantage(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


def test_proximity_and_density_by_definition() -> None:
    has = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1], [0, 0, 0]])
    near = proximity(has)
    for j, k in ((0, 1), (0, 2), (1, 2)):
        both = (has[:, j] & has[:, k]).sum()
        assert near[j, k] == pytest.approx(both / max(has[:, j].sum(), has[:, k].sum()))
    density = relatedness_density(has)
    assert density[1, 1] == pytest.approx((near[0, 1] + near[2, 1]) / near[:, 1].sum())
    assert density[3].tolist() == [0, 0, 0]


def test_fitness_orders_a_nested_table() -> None:
    has = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    fitness, complexity = fitness_complexity(has)
    assert fitness[0] > fitness[1] > fitness[2] > fitness[3] == 0
    assert complexity[2] > complexity[1] > complexity[0]


def test_hill_numbers() -> None:
    even = [5, 5, 5, 5]
    for order in (0, 1, 2, 3.5):
        assert hill_number(even, order) == pytest.approx(4.0)
    skewed = np.array([8, 1, 1])
    share = skewed / 10
    assert hill_number(skewed, 1) == pytest.approx(np.exp(stats.entropy(share)))
    assert hill_number(skewed, 2) == pytest.approx(1 / (share**2).sum())
    assert herfindahl(skewed) == pytest.approx((share**2).sum())
    assert hill_number([0, 0], 1) == 0
    distance = 1 - np.eye(3)
    assert rao_stirling(skewed, distance) == pytest.approx(1 - (share**2).sum())


def test_diversity_limits_hold_the_value() -> None:
    patterns = np.eye(4, dtype=int)
    found = diversity(patterns, np.array([30, 20, 10, 1]), 1 - np.eye(4), draws=300)
    assert found.units == 61
    for value, low, high in found.values.values():
        assert low <= value <= high
    assert found.values["hill_1"][1] > 2


def test_unseen_by_hand() -> None:
    found = unseen([1, 1, 1, 2, 2, 9, 0], 16)
    assert (found.seen, found.once, found.twice, found.links) == (6, 3, 2, 16)
    assert found.good_turing == pytest.approx(1 - 3 / 16)
    assert found.chao1 == pytest.approx(6 + 9 / 4)
    assert found.rarefaction[-1] == (16, 6.0)


def test_rarefaction_equals_the_mean_over_all_samples() -> None:
    from itertools import combinations

    table = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    means = [(table[list(chosen)].any(axis=0)).sum() for chosen in combinations(range(5), 2)]
    assert rarefied(table.sum(axis=0), 5, 2) == pytest.approx(np.mean(means))


def test_nodf_by_hand() -> None:
    assert nodf([[1, 1, 1], [1, 1, 0], [1, 0, 0]]) == 100
    assert nodf([[1, 0], [0, 1]]) == 0
    # Rows: {a, b, c} and {a, d} share one of two; equal columns count nothing but a ⊃ b, c, d.
    table = [[1, 1, 1, 0], [1, 0, 0, 1]]
    columns = [1, 1, 1, 0, 0, 0]
    assert nodf(table) == pytest.approx(100 * (0.5 + sum(columns)) / 7)


def test_nestedness_is_seeded_and_order_free() -> None:
    rng = np.random.default_rng(0)
    table = rng.random((20, 8)) < np.linspace(0.9, 0.1, 20)[:, None]
    first, second = nestedness(table, draws=50), nestedness(table[::-1], draws=50)
    assert first == second
    assert 0 < first.p <= 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), many=st.integers(3, 14))
def test_centralities_equal_networkx(seed: int, many: int) -> None:
    rng = np.random.default_rng(seed)
    # Powers of two, so that equally long paths are equal in floating point too.
    weights = np.triu(rng.choice([0.0, 0.0, 1.0, 2.0, 4.0], (many, many)), k=1)
    weights += weights.T
    graph = nx.from_numpy_array(weights)
    for _, _, data in graph.edges(data=True):
        data["distance"] = 1 / data["weight"]
    expected = nx.betweenness_centrality(graph, weight="distance")
    assert np.allclose(betweenness(weights), [expected[node] for node in graph])
    ranks = nx.pagerank(graph, weight="weight", tol=1e-13, max_iter=500)
    assert np.allclose(pagerank(weights), [ranks[node] for node in graph], atol=1e-9)
    tied = [node for node in graph if graph.degree(node)]
    constraint, effective = structural_holes(weights)
    holes = nx.constraint(graph, nodes=tied, weight="weight")
    sizes = nx.effective_size(graph, nodes=tied, weight="weight")
    assert np.allclose([constraint[node] for node in tied], [holes[node] for node in tied])
    assert np.allclose([effective[node] for node in tied], [sizes[node] for node in tied])


def test_communities_find_two_cliques_whatever_the_order() -> None:
    graph = nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(4))
    nx.set_edge_attributes(graph, 1, "weight")
    graph.add_edge(0, 5, weight=1)
    graph = nx.relabel_nodes(graph, {node: f"n{node}" for node in graph})
    partition, modularity, stability = communities(graph, seed=1)
    assert {partition[f"n{node}"] for node in range(5)} == {0}
    assert {partition[f"n{node}"] for node in range(5, 9)} == {1}
    groups = [{f"n{node}" for node in range(5)}, {f"n{node}" for node in range(5, 9)}]
    assert modularity == pytest.approx(nx.community.modularity(graph, groups, weight="weight"))
    assert stability == 1
    turned = nx.Graph()
    turned.add_edges_from(reversed(list(graph.edges(data=True))))
    assert communities(turned, seed=1)[0] == partition


def test_mutual_information_of_independent_partitions_is_none() -> None:
    assert mutual_information(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])) == 0
    assert mutual_information(np.array([0, 1, 2]), np.array([2, 0, 1])) == 1


def test_participation_and_stability() -> None:
    weights = np.array([[0, 1.0, 1], [1, 0, 0], [1, 0, 0]])
    assert participation(weights, [0, 0, 1]).tolist() == [0.5, 0.0, 0.0]
    low, high = rank_stability(100 * weights, seed=0)
    assert (low[0], high[0]) == (1, 1)


def test_fisher_equals_scipy_doubled() -> None:
    for a, b, n, m in ((0, 5, 10, 10), (3, 9, 20, 15), (8, 2, 12, 30)):
        table = [[a, n - a], [b, m - b]]
        less = stats.fisher_exact(table, alternative="less").pvalue
        more = stats.fisher_exact(table, alternative="greater").pvalue
        found = fisher(np.array([a]), np.array([b]), n, m)[0]
        assert found == pytest.approx(min(1.0, 2 * min(less, more)))


def test_trend_statistic_by_hand() -> None:
    years, units = np.array([1, 2, 3]), np.array([10, 10, 10])
    counts = np.array([[1], [5], [9]])
    share = 15 / 30
    variance = share * (1 - share) * (10 * 1 + 10 * 0 + 10 * 1)
    assert cochran_armitage(years, counts, units)[0] == pytest.approx(8 / variance**0.5)
