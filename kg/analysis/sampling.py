"""Tails of pair counts under the curveball model, counted in packed tables.

Tables arrive with 64 chains to a word and are turned so that 64 units make a word. A pair's count
in one table is then a handful of ANDs and population counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.curveball import LANES, THINNING, Chains

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.analysis.curveball import Words

_HALVES: Final = tuple(
    (step, np.uint64(mask))
    for step, mask in (
        (32, 0x0000_0000_FFFF_FFFF),
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    )
)


@dataclass(frozen=True)
class Sampled:
    """What random tables say about pair counts; arrays are (row members, column members).

    Attributes:
        expected: Mean count.
        lower: (1 + tables with at most the observed count) / (1 + tables).
        upper: (1 + tables with at least the observed count) / (1 + tables).
        none: (1 + tables with count 0) / (1 + tables).
        lower_error: Standard error of ``lower`` from drawing so many tables and no more.
        upper_error: Likewise of ``upper``.
    """

    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    none: NDArray[np.float64]
    lower_error: NDArray[np.float64]
    upper_error: NDArray[np.float64]


def sampled_tails(
    rows: NDArray[Any],
    cols: NDArray[Any] | None,
    observed: NDArray[np.int64],
    *,
    draws: int,
    seed: int,
) -> Sampled:
    """Draw tables and compare their pair counts with the observed ones.

    Args:
        rows: 0/1 table of the row members, shape (units, members).
        cols: Of the column members over the same units; ``None`` for pairs within ``rows``.
        observed: Observed counts.
        draws: Number of tables (pairs of tables, with two families).
        seed: Of the draws; the order of the units makes no difference.

    Cost: for 200 units × 17 members about 10 µs per draw, for two such families about 20 µs.
    """
    first, second = _begun(rows, cols, draws, seed)
    chains = first.count
    hits = np.zeros((3, *observed.shape, chains), dtype=np.int32)
    total = np.zeros(observed.shape, dtype=np.int64)
    seen = observed[:, :, None]
    drawn = np.zeros(chains, dtype=np.int64)
    while (left := draws - int(drawn.sum())) > 0:
        first.trade(THINNING)
        if second is not None:
            second.trade(THINNING)
        side = turned(first.state)
        counts = pair_counts(side, side if second is None else turned(second.state))
        counts = counts[:, :, :left]
        size = counts.shape[2]
        total += counts.sum(axis=2)
        hits[0, :, :, :size] += counts <= seen
        hits[1, :, :, :size] += counts >= seen
        hits[2, :, :, :size] += counts == 0
        drawn[:size] += 1
    lower, upper, none = (1.0 + hits.sum(axis=3)) / (1.0 + draws)
    return Sampled(
        total / draws,
        lower,
        upper,
        none,
        _error(hits[0], drawn, lower),
        _error(hits[1], drawn, upper),
    )


def _begun(
    rows: NDArray[Any], cols: NDArray[Any] | None, draws: int, seed: int
) -> tuple[Chains, Chains | None]:
    width = rows.shape[1]
    whole = np.ascontiguousarray(rows if cols is None else np.hstack([rows, cols]))
    whole = whole[whole.any(axis=1)]
    # Sorted by content, so neither the order nor the names of units change the draws.
    whole = whole[np.lexsort(whole.T[::-1])] if len(whole) else whole
    first = Chains(whole[:, :width], [seed, 0], draws)
    if cols is None:
        return first, None
    second = Chains(whole[:, width:], [seed, 1], draws)
    return first, second


def _error(
    hits: NDArray[np.int32], drawn: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Standard error from how much the chains differ: they are independent, their draws are not."""
    used = drawn > 0
    many, tables = int(used.sum()), int(drawn.sum())
    # Never less than with independent draws: a tail hit by no table at all is not known exactly.
    least = np.sqrt(share * (1 - share) / max(tables, 1))
    if many < 2:
        return least
    apart = hits[:, :, used] - share[:, :, None] * drawn[used]
    spread = np.sqrt((apart**2).sum(axis=2) * many / (many - 1)) / tables
    return np.asarray(np.maximum(spread, least))


def turned(state: Words) -> Words:
    """Words of 64 chains turned into words of 64 units.

    Args:
        state: Shape (members, units, chains / 64); bit k is chain k.

    Returns:
        Shape (members, units / 64 rounded up, chains); bit k is unit k.

    Source: recursive transposition of bit matrices (Warren, Hacker's Delight, 2nd ed., 7-3).
    """
    members, units, width = state.shape
    blocks = -(-units // LANES)
    bits = np.zeros((members, blocks * LANES, width), dtype=np.uint64)
    bits[:, :units] = state
    for step, mask in _HALVES:
        halves = bits.reshape(members * blocks, LANES // 2 // step, 2, step * width)
        low, high = halves[:, :, 0], halves[:, :, 1]
        swap = ((low >> np.uint64(step)) ^ high) & mask
        high ^= swap
        low ^= swap << np.uint64(step)
    return bits.reshape(members, blocks, LANES * width)


def pair_counts(rows: Words, cols: Words) -> NDArray[np.int32]:
    """Units that hold a row member and a column member, in every chain.

    Args:
        rows: Shape (row members, blocks of units, chains); bit k is unit k of a block.
        cols: Likewise for the column members.

    Returns:
        Shape (row members, column members, chains).
    """
    out = np.empty((len(rows), len(cols), rows.shape[2]), dtype=np.int32)
    for place, row in enumerate(rows):
        np.add.reduce(np.bitwise_count(row & cols), axis=1, dtype=np.int32, out=out[place])
    return out
