"""Do two members go together, or avoid each other, more than chance? Three null models.

``curveball`` and ``bicm`` keep both how broad each unit is and how common each member is; only
their verdicts count. ``hypergeometric`` ignores breadth and is a fast screen.

Sources: Strona et al. 2014 (curveball); Saracco et al. 2015, 2017 (configuration model);
Tumminello et al. 2011 (hypergeometric); see the modules of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from kg.analysis.bicm import fit_bicm, grouped
from kg.analysis.hypergeometric import hypergeometric_tails, none_at_all
from kg.analysis.multiplicity import benjamini_hochberg, draws_wanted
from kg.analysis.poisson_binomial import tails
from kg.analysis.sampling import sampled_tails
from kg.analysis.verdicts import Association
from kg.errors import InputError
from kg.projection import Incidence, Member, cooccurrence

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Model = Literal["auto", "curveball", "bicm", "hypergeometric"]
MODELS: Final[tuple[Model, ...]] = ("auto", "curveball", "bicm", "hypergeometric")
_CURVEBALL_UNITS: Final = 2_000
_CURVEBALL_MEMBERS: Final = 200
_CURVEBALL_SECONDS: Final = 4.0
"""Estimated by :func:`sampling_seconds`: two families of 17 members over 2,000 units, or 200
members of one family over 40, still sample."""


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
    seconds: float | None = None,
    tested: NDArray[np.bool_] | None = None,
    tail: Literal["both", "lower", "striking"] = "both",
) -> Association:
    """Test every pair of a row member and a column member.

    Args:
        rows: Incidence of the row members.
        cols: Incidence of the column members over the same units; left out, the pairs *within*
            ``rows`` are tested, each once.
        model: ``auto`` takes curveball for up to 2,000 units × 200 members where its draws are
            affordable (some four seconds), the configuration model otherwise.
        draws: Random tables; by default :func:`~kg.analysis.multiplicity.draws_wanted`.
        seed: Of the draws. The result does not depend on the order of the units.
        alpha: Level the number of draws is chosen for.
        seconds: Longest that drawing may take by estimate; any time when left out.
        tested: Which pairs to test; all when left out.
        tail: ``lower`` spends nothing on pairs that are not rarer than expected; ``striking``
            nothing on pairs less than one standard deviation (or one unit) below it, whose
            p-value is given as 1. Neither changes which pairs are significantly rarer at a level
            up to 0.1.

    Returns:
        The association; arrays are (rows, cols).

    Raises:
        InputError: The level is none, or drawing would take too long.

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
    if not 0.0 < alpha < 1.0:
        raise InputError(f"{alpha:g} is no level between 0 and 1.", column="alpha")
    wanted = draws or draws_wanted(tests, alpha)
    chosen = _choose(model, rows, cols, wanted, draws is not None)
    if chosen == "curveball" and seconds is not None:
        _check_affordable(sampling_seconds(*_sizes(rows, cols), wanted), seconds, wanted)
    observed = cooccurrence(rows, other)
    errors: tuple[NDArray[np.float64] | None, NDArray[np.float64] | None] = (None, None)
    if chosen == "curveball":
        drawn = sampled_tails(
            rows.dense(), None if single else other.dense(), observed, draws=wanted, seed=seed
        )
        expected, lower, upper, none = drawn.expected, drawn.lower, drawn.upper, drawn.none
        errors = drawn.lower_error, drawn.upper_error
    elif chosen == "bicm":
        expected, lower, upper, none = _by_bicm(rows, cols, observed, mask, tail)
    else:
        expected, lower, upper, none = _by_hypergeometric(rows, other, observed, mask)
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
        lower_error=errors[0],
        upper_error=errors[1],
    )


def sampling_seconds(units: int, rows: int, cols: int | None, draws: int) -> float:
    """About how long the curveball model takes; ``cols`` is ``None`` for a single family.

    Three terms, fitted to measurements on one core at 2 GHz: trades, turning words, counting.
    """
    sides = [rows] if cols is None else [rows, cols]
    counted = rows * (rows if cols is None else cols)
    trades = sum(max(side, units) * min(side, units) ** 2 * 5.6 for side in sides)
    return draws * 1e-9 * (trades + units * (40 * sum(sides) + 2.5 * counted)) / 64


def _choose(model: Model, rows: Incidence, cols: Incidence | None, draws: int, given: bool) -> str:
    if model not in MODELS:
        raise InputError(f"Unknown null model {model!r}; one of {', '.join(MODELS)}.")
    if model != "auto":
        return model
    units, height, width = _sizes(rows, cols)
    small = units <= _CURVEBALL_UNITS and max(height, width or 0) <= _CURVEBALL_MEMBERS
    seconds = sampling_seconds(units, height, width, draws)
    return "curveball" if small and (given or seconds <= _CURVEBALL_SECONDS) else "bicm"


def _sizes(rows: Incidence, cols: Incidence | None) -> tuple[int, int, int | None]:
    return rows.shape[0], rows.shape[1], None if cols is None else cols.shape[1]


def _check_affordable(estimate: float, allowed: float, draws: int) -> None:
    if estimate > allowed:
        raise InputError(
            f"{draws:,} random tables would take some {estimate:,.0f} s, and {allowed:,.0f} s are "
            "allowed here: ask for fewer draws, a larger alpha or another null model.",
            column="draws",
        )


def _mirrored(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(values), values.T, values)


Tails = tuple[
    "NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"
]


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
