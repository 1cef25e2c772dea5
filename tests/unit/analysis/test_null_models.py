"""Tails equal exact enumeration; the null models keep what they promise to keep."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.association import associate, incidence_of, sampling_seconds
from kg.analysis.bicm import fit_bicm
from kg.analysis.curveball import Chains, curveball
from kg.analysis.hypergeometric import hypergeometric_tails
from kg.analysis.multiplicity import benjamini_hochberg, draws_needed, draws_wanted
from kg.analysis.poisson_binomial import tails
from kg.analysis.sampling import pair_counts, turned
from kg.analysis.verdicts import agreement
from kg.errors import InputError


def guideline_like(seed: int = 5) -> np.ndarray:
    """200 documents × 17 principles whose documents differ much in breadth, and nothing else."""
    rng = np.random.default_rng(seed)
    breadth, popularity = rng.beta(1, 2, 200)[:, None], rng.beta(1.5, 2, 17)[None, :]
    chance = 1 / (1 + np.exp(-(4 * (breadth - 0.35) + 4 * (popularity - 0.4))))
    return (rng.random((200, 17)) < chance).astype(np.uint8)


@settings(max_examples=150, deadline=None)
@given(
    groups=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from((0.0, 0.01, 0.2, 0.5, 0.93, 1.0))),
        min_size=1,
        max_size=4,
    )
)
def test_poisson_binomial_tails_equal_enumeration(groups: list[tuple[int, float]]) -> None:
    trials = [Fraction(chance) for many, chance in groups for _ in range(many)]
    mass: Counter[int] = Counter({0: Fraction(1)})
    for chance in trials:
        following: Counter[int] = Counter()
        for count, weight in mass.items():
            following[count] += weight * (1 - chance)
            following[count + 1] += weight * chance
        mass = following
    for seen in range(len(trials) + 1):
        low, high = tails(seen, [many for many, _ in groups], [chance for _, chance in groups])
        exact_low = float(sum(weight for count, weight in mass.items() if count <= seen))
        exact_high = float(sum(weight for count, weight in mass.items() if count >= seen))
        assert low == pytest.approx(exact_low, rel=1e-8, abs=1e-15)
        assert high == pytest.approx(exact_high, rel=1e-8, abs=1e-15)


def test_poisson_binomial_tails_of_a_million_trials() -> None:
    from scipy import stats

    for seen in (0, 3, 100, 250, 300, 351, 500):
        low, high = tails(seen, [400_000, 600_000], [0.0003, 0.0003])
        assert low == pytest.approx(stats.binom.cdf(seen, 1_000_000, 0.0003), rel=1e-7)
        assert high == pytest.approx(stats.binom.sf(seen - 1, 1_000_000, 0.0003), rel=1e-7)


def test_hypergeometric_tails_equal_enumeration() -> None:
    units, a, b = 7, 3, 4
    fixed = set(range(a))
    overlaps = Counter(len(fixed & set(other)) for other in combinations(range(units), b))
    total = comb(units, b)
    for seen in range(4):
        low, high = hypergeometric_tails(np.array([seen]), np.array([a]), np.array([b]), units)
        assert low[0] == pytest.approx(sum(n for k, n in overlaps.items() if k <= seen) / total)
        assert high[0] == pytest.approx(sum(n for k, n in overlaps.items() if k >= seen) / total)


def tables_with_margins(table: np.ndarray) -> list[np.ndarray]:
    """All 0/1 tables with the margins of one, by enumeration."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    choices = [
        [
            np.isin(np.arange(len(columns)), chosen)
            for chosen in combinations(range(len(columns)), k)
        ]
        for k in rows
    ]
    return [
        np.array(picked, dtype=int)
        for picked in product(*choices)
        if (np.sum(picked, axis=0) == columns).all()
    ]


def test_curveball_p_values_equal_enumeration_of_all_tables_with_the_margins() -> None:
    table = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1]])
    every = tables_with_margins(table)
    observed = table.T @ table
    result = associate(incidence_of(table), model="curveball", draws=40_000, seed=3)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        counts = np.array([(other.T @ other)[i, j] for other in every])
        assert result.lower[i, j] == pytest.approx((counts <= observed[i, j]).mean(), abs=0.012)
        assert result.upper[i, j] == pytest.approx((counts >= observed[i, j]).mean(), abs=0.012)
        assert result.expected[i, j] == pytest.approx(counts.mean(), abs=0.02)


def test_curveball_p_values_of_two_families_equal_enumeration() -> None:
    left = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1]])
    right = np.array([[1, 0], [1, 1], [0, 1], [1, 0], [0, 1]])
    observed = left.T @ right
    counts = np.array(
        [x.T @ y for x in tables_with_margins(left) for y in tables_with_margins(right)]
    )
    result = associate(
        incidence_of(left), incidence_of(right), model="curveball", draws=40_000, seed=3
    )
    # Five standard errors as the program states them.
    assert (
        np.abs(result.lower - (counts <= observed).mean(axis=0)) <= 5 * result.lower_error
    ).all()
    assert (
        np.abs(result.upper - (counts >= observed).mean(axis=0)) <= 5 * result.upper_error
    ).all()
    assert (result.lower_error < 0.01).all()
    assert np.allclose(result.expected, counts.mean(axis=0), atol=0.02)


@pytest.mark.parametrize(
    "table",
    [
        [[1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0]],
        [[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]],
        [[1, 1, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0]],
        [[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1]],
    ],
)
def test_curveball_reaches_every_table_equally_often(table: list[list[int]]) -> None:
    begun = np.array(table, dtype=np.uint8)
    every = tables_with_margins(begun)
    # Every fourth draw of a chain, so that draws are nearly independent.
    drawn = [
        one.tobytes()
        for place, some in enumerate(curveball(begun, 128_000, seed=1))
        if place % 4 == 0
        for one in some
    ]
    counts = Counter(drawn)
    assert len(counts) == len(every)
    expected = len(drawn) / len(every)
    statistic = sum((count - expected) ** 2 / expected for count in counts.values())
    # The mean of chi-square is its degrees of freedom; five standard deviations above.
    freedom = len(every) - 1
    assert statistic < freedom + 5 * (2 * freedom) ** 0.5


def textbook_curveball(table: np.ndarray, draws: int, seed: int) -> list[np.ndarray]:
    """The algorithm as published, on sets, one pair of rows after the other."""
    rng = np.random.default_rng(seed)
    rows = [set(np.flatnonzero(row).tolist()) for row in table]
    drawn = []
    for step in range(10 + draws):
        for _ in range(len(rows)):
            one, two = rng.choice(len(rows), size=2, replace=False)
            pool = sorted(rows[one] ^ rows[two])
            rng.shuffle(pool)
            many = len(rows[one] - rows[two])
            both = rows[one] & rows[two]
            rows[one], rows[two] = both | set(pool[:many]), both | set(pool[many:])
        if step >= 10:
            out = np.zeros_like(table)
            for place, row in enumerate(rows):
                out[place, list(row)] = 1
            drawn.append(out)
    return drawn


def test_curveball_agrees_with_the_textbook_algorithm() -> None:
    table = guideline_like()[:40, :8]
    plain = np.array([one.T @ one for one in textbook_curveball(table.astype(int), 1500, 1)])
    quick = np.array(
        [one.astype(int) @ one.T for some in curveball(table, 4096, seed=2) for one in some]
    )
    pairs = np.triu_indices(8, 1)
    for measure in (np.mean, np.std):
        apart = measure(plain, axis=0)[pairs] - measure(quick, axis=0)[pairs]
        # Some 500 effectively independent draws of the slower one: five standard errors.
        error = plain.std(axis=0)[pairs] / 500**0.5
        assert (np.abs(apart) < 5 * error + 1e-12).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), units=st.integers(1, 12), members=st.integers(1, 70))
def test_curveball_keeps_both_margins(seed: int, units: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    table = (rng.random((units, members)) < rng.random()).astype(np.uint8)
    drawn = 0
    for some in curveball(table, 70, seed=seed):
        drawn += len(some)
        for one in some:
            assert (one.sum(axis=0) == table.sum(axis=1)).all()
            assert (one.sum(axis=1) == table.sum(axis=0)).all()
    assert drawn == 70


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), units=st.integers(1, 140), members=st.integers(1, 9))
def test_counts_in_packed_tables_equal_plain_products(seed: int, units: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    chains = Chains((rng.random((units, members)) < 0.4).astype(np.uint8), seed, 100)
    chains.trade(2)
    side = turned(chains.state)
    words = chains.state.shape[2]
    for chain in rng.integers(0, chains.count, 5).tolist():
        lane, word = divmod(chain, words)
        table = ((chains.state[:, :, word] >> np.uint64(lane)) & np.uint64(1)).astype(int)
        assert (pair_counts(side, side)[:, :, chain] == table @ table.T).all()


def test_chains_are_independent_although_they_share_their_pairs() -> None:
    """If they were not, the mean over chains would vary more than the chains do."""
    table = guideline_like()[:60, :10]
    begun = Chains(table, 3, 64)
    means, spreads = [], []
    for _ in range(200):
        begun.trade(3)
        side = turned(begun.state)
        counts = pair_counts(side, side)[0, 1]
        means.append(counts.mean())
        spreads.append(counts.var(ddof=1))
    ratio = np.var(means) / (np.mean(spreads) / begun.count)
    assert ratio == pytest.approx(1.0, abs=0.5)


def test_draws_leave_room_to_reject_and_say_what_stays_unsure() -> None:
    assert draws_wanted(1) == 10_000
    assert draws_wanted(289) >= 4 * draws_needed(289)
    table = guideline_like()
    few = associate(incidence_of(table), model="curveball", draws=200)
    many = associate(incidence_of(table), model="curveball")
    assert (few.lower_error[0, 1:] > many.lower_error[0, 1:]).all()
    # Fewer draws than the correction needs can reject nothing, whatever was drawn.
    copied = np.hstack([table, table[:, :1]])
    blunt = associate(incidence_of(copied), model="curveball", draws=300)
    sharp = associate(incidence_of(copied), model="curveball")
    assert blunt.counts()["more_frequent"] == 0
    assert blunt.summary()["borderline"]["more_frequent"] > 0
    assert sharp.counts()["more_frequent"] >= 1


def test_the_default_model_depends_on_the_time_sampling_would_take() -> None:
    assert sampling_seconds(2_000, 17, 17, draws_wanted(289)) < 4.5
    assert sampling_seconds(2_000, 200, None, draws_wanted(19_900)) > 60
    assert associate(incidence_of(guideline_like())).model == "curveball"
    wide = np.random.default_rng(0).random((300, 150)) < 0.1
    assert associate(incidence_of(wide), tail="striking").model == "bicm"


def test_pairs_of_one_family_count_once() -> None:
    table = np.repeat([[1, 0], [0, 1]], 20, axis=0)
    result = associate(incidence_of(table), model="hypergeometric")
    assert result.counts() == {"rarer": 1, "more_frequent": 0, "two_sided": 1}
    assert result.q_lower[0, 1] == result.q_lower[1, 0]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), units=st.integers(1, 40), members=st.integers(1, 12))
def test_configuration_model_meets_the_margins(seed: int, units: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.random((units, members)) < rng.beta(0.5, 1)
    model = fit_bicm(table.sum(axis=1), table.sum(axis=0))
    chances = model.chances[model.class_of]
    assert np.allclose(chances.sum(axis=1), table.sum(axis=1), atol=1e-5)
    assert np.allclose(chances.sum(axis=0), table.sum(axis=0), atol=1e-5)
    assert model.residual < 1e-5


def test_configuration_model_has_the_form_of_maximum_entropy() -> None:
    table = guideline_like()
    model = fit_bicm(table.sum(axis=1), table.sum(axis=0))
    inner = model.chances[(model.breadths > 0) & (model.breadths < 17)]
    odds = np.log(inner / (1 - inner))
    centred = odds - odds.mean(axis=0) - odds.mean(axis=1, keepdims=True) + odds.mean()
    assert np.abs(centred).max() < 1e-6


def test_configuration_model_p_values_equal_enumeration() -> None:
    table = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0]])
    model = fit_bicm(table.sum(axis=1), table.sum(axis=0))
    chances = model.chances[model.class_of]
    result = associate(incidence_of(table), model="bicm")
    for i, j in ((0, 1), (0, 2), (1, 2)):
        both = chances[:, i] * chances[:, j]
        mass = np.array([1.0])
        for chance in both:
            mass = np.convolve(mass, [1 - chance, chance])
        seen = int((table[:, i] & table[:, j]).sum())
        assert result.lower[i, j] == pytest.approx(mass[: seen + 1].sum(), rel=1e-9)
        assert result.upper[i, j] == pytest.approx(mass[seen:].sum(), rel=1e-9)
        assert result.none[i, j] == pytest.approx(mass[0], rel=1e-9)
        assert result.expected[i, j] == pytest.approx(both.sum(), rel=1e-9)


def test_the_screen_manufactures_findings_that_the_models_do_not() -> None:
    """Documents that differ in breadth only: the screen sees many pairs, the models hardly any."""
    incidence = incidence_of(guideline_like())
    results = {
        name: associate(incidence, model=name, draws=10_000 if name == "curveball" else None)
        for name in ("curveball", "bicm", "hypergeometric")
    }
    told = agreement(results, "upper")
    assert told["significant"]["hypergeometric"] >= 40
    assert told["significant"]["curveball"] <= 1
    assert told["significant"]["bicm"] <= 1
    assert results["hypergeometric"].screen
    assert not results["bicm"].screen
    assert results["bicm"].tests == 136


def test_real_association_is_found_by_both_models() -> None:
    rng = np.random.default_rng(1)
    table = guideline_like(7)
    table[:, 0] = rng.random(200) < 0.3
    table[:, 1] = table[:, 0]
    for name in ("curveball", "bicm"):
        result = associate(incidence_of(table), model=name)
        assert result.q_upper[0, 1] < 0.05


def test_results_do_not_depend_on_the_order_of_units_and_are_seeded() -> None:
    table = guideline_like()[:60]
    order = np.random.default_rng(2).permutation(60)
    first = associate(incidence_of(table), model="curveball", draws=500, seed=4)
    second = associate(incidence_of(table[order]), model="curveball", draws=500, seed=4)
    other = associate(incidence_of(table), model="curveball", draws=500, seed=5)
    assert np.array_equal(first.lower, second.lower, equal_nan=True)
    assert not np.array_equal(first.lower, other.lower, equal_nan=True)


def test_two_families_and_the_lower_tail() -> None:
    rng = np.random.default_rng(3)
    left = (rng.random((300, 4)) < 0.4).astype(np.uint8)
    right = (rng.random((300, 3)) < 0.4).astype(np.uint8)
    right[left[:, 0] == 1, 0] = 0
    rows, cols = incidence_of(left), incidence_of(right)
    whole = associate(rows, cols, model="bicm")
    for tail in ("lower", "striking"):
        some = associate(rows, cols, model="bicm", tail=tail)
        assert (some.significant("lower") == whole.significant("lower")).all()
    assert whole.q_lower[0, 0] < 1e-6
    assert whole.significant("lower").sum() == 1
    drawn = associate(rows, cols, model="curveball")
    assert drawn.significant("lower")[0, 0]
    assert drawn.draws >= draws_needed(12)


def test_benjamini_hochberg_equals_scipy() -> None:
    from scipy import stats

    values = np.random.default_rng(0).random(50) ** 3
    assert np.allclose(benjamini_hochberg(values), stats.false_discovery_control(values))
    with_gap = np.append(values, np.nan)
    assert np.allclose(benjamini_hochberg(with_gap)[:-1], stats.false_discovery_control(values))
    assert np.isnan(benjamini_hochberg(with_gap)[-1])


def test_drawing_that_would_take_too_long_is_refused_before_it_begins() -> None:
    rows = incidence_of(np.random.default_rng(1).random((600, 12)) < 0.3)
    with pytest.raises(InputError, match="fewer draws"):
        associate(rows, model="curveball", alpha=1e-12, seconds=1.0)
    assert associate(rows, model="curveball", draws=100, seconds=1.0).model == "curveball"
    assert associate(rows, alpha=1e-12, seconds=1.0).model == "bicm"


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_a_level_lies_between_none_and_all(alpha: float) -> None:
    with pytest.raises(InputError, match="level"):
        associate(incidence_of(np.eye(6, dtype=bool)), alpha=alpha)
