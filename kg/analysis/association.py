"""Do two members go together, or avoid each other, more than chance? Three null models.

``curveball`` and ``bicm`` keep both how broad each unit is and how common each member is; only
their verdicts count. ``hypergeometric`` ignores breadth and is a fast screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from kg.analysis.bicm import fit_bicm, grouped
from kg.analysis.curveball import curveball
from kg.analysis.hypergeometric import hypergeometric_tails, none_at_all
from kg.analysis.multiplicity import benjamini_hochberg, draws_needed
from kg.analysis.poisson_binomial import tails
from kg.errors import InputError
from kg.projection import Incidence, Member, cooccurrence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

Model = Literal["auto", "curveball", "bicm", "hypergeometric"]
MODELS: Final[tuple[Model, ...]] = ("auto", "curveball", "bicm", "hypergeometric")
_CURVEBALL_UNITS: Final = 2_000
_CURVEBALL_MEMBERS: Final = 200
_CURVEBALL_WORK: Final = 1.5e8
"""Cells drawn in all (units × members × draws): about two seconds."""


@dataclass(frozen=True)
class Association:
    """Test results for every pair of members.

    All arrays have the shape (row members, column members); cells that were not tested hold NaN.

    Attributes:
        model: Which null model.
        observed: Units that touch both.
        expected: Mean number under the model.
        lower: P(at most the observed number); small means the pair is rarer than chance.
        upper: P(at least the observed number); NaN when only the lower tail was asked for.
        none: P(no unit at all) under the model.
        q_lower: ``lower`` after Benjamini–Hochberg over all tests.
        q_upper: ``upper`` likewise.
        tests: Number of tests.
        draws: Random tables drawn, 0 for the exact models.
        seed: Of the draws.
        screen: Whether the model is only a screen.
    """

    model: str
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    none: NDArray[np.float64]
    q_lower: NDArray[np.float64]
    q_upper: NDArray[np.float64]
    tests: int
    draws: int
    seed: int
    screen: bool

    def significant(self, tail: Literal["lower", "upper"], alpha: float = 0.05) -> NDArray[Any]:
        """Which pairs are rarer (lower) or more frequent (upper) than chance, after correction."""
        with np.errstate(invalid="ignore"):
            return np.asarray(getattr(self, f"q_{tail}") < alpha)

    def summary(self, alpha: float = 0.05) -> dict[str, Any]:
        """What was tested, how, and how many pairs came out."""
        return {
            "model": self.model,
            "screen": self.screen,
            "tests": self.tests,
            "draws": self.draws,
            "seed": self.seed,
            "alpha": alpha,
            "rarer": int(self.significant("lower", alpha).sum()),
            "more_frequent": (
                None if np.isnan(self.upper).all() else int(self.significant("upper", alpha).sum())
            ),
        }


def incidence_of(table: ArrayLike, labels: tuple[str, ...] = ()) -> Incidence:
    """An incidence from a plain 0/1 table, shape (units, members).

    Example:
        >>> incidence_of([[1, 0], [1, 1]]).totals.tolist()
        [2, 1]
    """
    dense = np.asarray(table) != 0
    names = labels or tuple(str(place) for place in range(dense.shape[1]))
    indptr = np.concatenate([[0], np.cumsum(dense.sum(axis=1))]).astype(np.int64)
    indices = np.nonzero(dense)[1].astype(np.int32)
    return Incidence(indptr, indices, tuple(Member(name, name) for name in names))


def associate(
    rows: Incidence,
    cols: Incidence | None = None,
    *,
    model: Model = "auto",
    draws: int | None = None,
    seed: int = 0,
    alpha: float = 0.05,
    tested: NDArray[np.bool_] | None = None,
    tail: Literal["both", "lower", "striking"] = "both",
) -> Association:
    """Test every pair of a row member and a column member.

    Args:
        rows: Incidence of the row members.
        cols: Incidence of the column members over the same units; left out, the pairs *within*
            ``rows`` are tested, each once.
        model: ``auto`` takes curveball for up to 2,000 units × 200 members where its draws are
            affordable (about two seconds), the configuration model otherwise.
        draws: Random tables; by default the fewest with which the correction could reject.
        seed: Of the draws. The result does not depend on the order of the units.
        alpha: Level the number of draws is chosen for.
        tested: Which pairs to test; all when left out.
        tail: ``lower`` spends nothing on pairs that are not rarer than expected; ``striking``
            nothing on pairs less than one standard deviation (or one unit) below it, whose
            p-value is given as 1. Neither changes what is significant at a level up to 0.1.

    Returns:
        The association; arrays are (rows, cols).

    Example:
        >>> table = np.repeat([[1, 0], [0, 1]], 20, axis=0)
        >>> associate(incidence_of(table), model="hypergeometric").summary()["rarer"]
        1
    """
    single = cols is None
    other = rows if cols is None else cols
    mask = np.ones((rows.shape[1], other.shape[1]), dtype=np.bool_) if tested is None else tested
    if single:
        mask = mask & np.triu(np.ones_like(mask), k=1)
    tests = int(mask.sum())
    wanted = draws or draws_needed(max(tests, 1), alpha)
    chosen = _choose(model, rows, other, wanted, given=draws is not None)
    observed = cooccurrence(rows, other)
    found = {
        "curveball": lambda: _by_curveball(rows, None if single else other, observed, wanted, seed),
        "bicm": lambda: _by_bicm(rows, None if single else other, observed, mask, tail),
        "hypergeometric": lambda: _by_hypergeometric(rows, other, observed, mask),
    }[chosen]()
    expected, lower, upper, none = found
    for values in (lower, upper, none):
        values[~mask] = np.nan
    q_lower, q_upper = benjamini_hochberg(lower), benjamini_hochberg(upper)
    if single:
        lower, upper, none, q_lower, q_upper = (
            _mirrored(values) for values in (lower, upper, none, q_lower, q_upper)
        )
    return Association(
        model=chosen,
        observed=observed,
        expected=expected,
        lower=lower,
        upper=upper,
        none=none,
        q_lower=q_lower,
        q_upper=q_upper,
        tests=tests,
        draws=wanted if chosen == "curveball" else 0,
        seed=seed,
        screen=chosen == "hypergeometric",
    )


def agreement(
    results: dict[str, Association], tail: Literal["lower", "upper"], alpha: float = 0.05
) -> dict[str, Any]:
    """How far several models agree on which pairs stand out.

    Returns:
        Per model the number of pairs; per two models how many both and either of them name.
    """
    marked = {
        name: np.triu(result.significant(tail, alpha))
        if _square(result)
        else result.significant(tail, alpha)
        for name, result in results.items()
    }
    names = list(marked)
    return {
        "tail": tail,
        "alpha": alpha,
        "significant": {name: int(cells.sum()) for name, cells in marked.items()},
        "pairs": [
            {
                "models": [first, second],
                "both": int((marked[first] & marked[second]).sum()),
                "either": int((marked[first] | marked[second]).sum()),
            }
            for place, first in enumerate(names)
            for second in names[place + 1 :]
        ],
    }


def _square(result: Association) -> bool:
    height, width = result.observed.shape
    return height == width and bool(np.isnan(np.diag(result.lower)).all())


def _choose(model: Model, rows: Incidence, cols: Incidence, draws: int, *, given: bool) -> str:
    if model not in MODELS:
        raise InputError(f"Unknown null model {model!r}; one of {', '.join(MODELS)}.")
    if model != "auto":
        return model
    units, members = rows.shape[0], max(rows.shape[1], cols.shape[1])
    work = float(units) * (rows.shape[1] + cols.shape[1]) * draws
    small = units <= _CURVEBALL_UNITS and members <= _CURVEBALL_MEMBERS
    return "curveball" if small and (given or work <= _CURVEBALL_WORK) else "bicm"


def _mirrored(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(values), values.T, values)


Tails = tuple[
    "NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"
]


def _by_curveball(
    rows: Incidence, cols: Incidence | None, observed: NDArray[np.int64], draws: int, seed: int
) -> Tails:
    tables = [rows.dense()] if cols is None else [rows.dense(), cols.dense()]
    whole = np.hstack(tables)
    whole = whole[whole.any(axis=1)]
    # Sorted by content, so neither the order nor the names of units change the draws.
    whole = whole[np.lexsort(whole.T[::-1])] if len(whole) else whole
    width = tables[0].shape[1]
    generators = [np.random.default_rng([seed, place]) for place in range(len(tables))]
    first = curveball(whole[:, :width], draws, seed=generators[0])
    second = first if cols is None else curveball(whole[:, width:], draws, seed=generators[1])
    total = np.zeros(observed.shape)
    fewer = np.zeros(observed.shape, dtype=np.int64)
    more = np.zeros_like(fewer)
    empty = np.zeros_like(fewer)
    for left, right in _side_by_side(first, None if cols is None else second):
        counts = np.matmul(left, right.transpose(0, 2, 1))
        total += counts.sum(axis=0)
        fewer += (counts <= observed).sum(axis=0)
        more += (counts >= observed).sum(axis=0)
        empty += (counts == 0).sum(axis=0)
    lower, upper, none = (
        np.asarray((1.0 + hits) / (1.0 + draws), dtype=np.float64) for hits in (fewer, more, empty)
    )
    return total / draws, lower, upper, none


def _side_by_side(
    first: Iterator[NDArray[np.uint8]], second: Iterator[NDArray[np.uint8]] | None
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Tables of two chains, step by step; with one chain, each of its tables twice."""
    if second is None:
        for table in first:
            drawn = table.astype(np.float32)
            yield drawn, drawn
        return

    for left, right in zip(first, second, strict=True):
        yield left.astype(np.float32), right.astype(np.float32)


def _by_bicm(
    rows: Incidence,
    cols: Incidence | None,
    observed: NDArray[np.int64],
    mask: NDArray[np.bool_],
    tail: str,
) -> Tails:
    left = fit_bicm(rows.breadth, rows.totals)
    right = left if cols is None else fit_bicm(cols.breadth, cols.totals)
    pair = left.class_of * len(right.breadths) + right.class_of
    groups, _, counts = grouped(pair)
    of_left = left.chances[groups // len(right.breadths)]
    of_right = right.chances[groups % len(right.breadths)]
    expected = (of_left * counts[:, None]).T @ of_right
    squares = (of_left**2 * counts[:, None]).T @ of_right**2
    lower = np.ones(observed.shape)
    upper = np.full(observed.shape, np.nan)
    none = np.ones(observed.shape)
    for i, j in np.argwhere(mask).tolist():
        chance = of_left[:, i] * of_right[:, j]
        with np.errstate(divide="ignore"):
            none[i, j] = np.exp(counts @ np.log1p(-np.minimum(chance, 1.0)))
    margin = {
        "both": np.full(observed.shape, -np.inf),
        "lower": np.zeros(observed.shape),
        "striking": np.maximum(np.sqrt(np.maximum(expected - squares, 0.0)), 1.0),
    }[tail]
    for i, j in np.argwhere(mask & ((observed < expected - margin) | (observed == 0))).tolist():
        seen = int(observed[i, j])
        if seen == 0 and tail != "both":
            lower[i, j] = none[i, j]
        else:
            lower[i, j], upper[i, j] = tails(seen, counts, of_left[:, i] * of_right[:, j])
    if tail != "both":
        upper[:] = np.nan
    return expected, lower, upper, none


def _by_hypergeometric(
    rows: Incidence, cols: Incidence, observed: NDArray[np.int64], mask: NDArray[np.bool_]
) -> Tails:
    units = rows.shape[0]
    i, j = np.nonzero(mask)
    lower, upper = np.full(observed.shape, np.nan), np.full(observed.shape, np.nan)
    none = np.full(observed.shape, np.nan)
    a, b = rows.totals[i], cols.totals[j]
    lower[i, j], upper[i, j] = hypergeometric_tails(observed[i, j], a, b, units)
    none[i, j] = none_at_all(a, b, units)
    expected = np.outer(rows.totals, cols.totals) / max(units, 1)
    return expected, lower, upper, none
