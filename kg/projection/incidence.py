"""Incidence of units and members, and counting with it.

Plain numpy on purpose: loading a sparse-matrix library takes longer than counting a million
units. :attr:`Incidence.matrix` gives a scipy matrix to whoever wants one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Floats: TypeAlias = NDArray[np.float64]
    Counts: TypeAlias = NDArray[Any]

_CHUNK: Final = 1 << 20
_PATTERNS: Final = 1 << 16
_BITS: Final = 62


@dataclass(frozen=True, slots=True)
class Member:
    """One row or column of a table: a goal, a principle, a year and so on.

    Example:
        >>> Member("http://metadata.un.org/sdg/7", "Clean energy", "7").to_dict()["id"]
        'http://metadata.un.org/sdg/7'
    """

    id: str
    label: str
    notation: str = ""

    def to_dict(self) -> dict[str, str]:
        """``{"id", "label"}``, with ``notation`` where there is one."""
        out = {"id": self.id, "label": self.label}
        if self.notation:
            out["notation"] = self.notation
        return out

    @property
    def name(self) -> str:
        """Notation and label, for people."""
        return f"{self.notation} {self.label}" if self.notation[:1].isdigit() else self.label


@dataclass(frozen=True)
class Incidence:
    """Which units touch which members: a 0/1 matrix by rows, weights optional.

    Attributes:
        indptr: Where each unit's members begin, shape (units + 1,).
        indices: Member numbers, ascending within a unit, each once.
        members: What the numbers mean.
        weights: One weight in 0 … 1 per entry, or ``None`` for all 1.
        units: IRIs of the units by row (a sequence that decodes on access).
    """

    indptr: Counts
    indices: Counts
    members: tuple[Member, ...]
    weights: Floats | None = None
    units: Sequence[str] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of units and of members."""
        return len(self.indptr) - 1, len(self.members)

    @cached_property
    def breadth(self) -> Counts:
        """Members per unit (k), shape (units,)."""
        return np.asarray(np.diff(self.indptr))

    @cached_property
    def totals(self) -> Counts:
        """Units per member (h), shape (members,)."""
        return np.asarray(np.bincount(self.indices, minlength=len(self.members)))

    @cached_property
    def rows(self) -> Counts:
        """The unit of every entry, shape (entries,)."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), self.breadth)

    @property
    def matrix(self) -> csr_matrix:
        """The same as a scipy sparse matrix, units × members."""
        from scipy.sparse import csr_matrix

        data = np.ones(len(self.indices)) if self.weights is None else self.weights
        return csr_matrix((data, self.indices, self.indptr), shape=self.shape)

    def dense(self) -> NDArray[np.uint8]:
        """The same as a dense 0/1 array; for small tables only."""
        out = np.zeros(self.shape, dtype=np.uint8)
        out[self.rows, self.indices] = 1
        return out

    def units_with(self, member: int) -> Counts:
        """Numbers of the units that touch a member, ascending."""
        return np.asarray(self.rows[self.indices == member])

    def first_units(self, member: int, at_most: int = 5) -> Counts:
        """The first few units that touch a member; looks no further than it must."""
        found: list[Counts] = []
        for start in range(0, len(self.indices), _CHUNK):
            hits = start + np.flatnonzero(self.indices[start : start + _CHUNK] == member)
            found.append(np.searchsorted(self.indptr, hits[:at_most], side="right") - 1)
            if sum(map(len, found)) >= at_most:
                break
        return np.concatenate(found)[:at_most] if found else np.empty(0, dtype=np.int64)

    @cached_property
    def patterns(self) -> tuple[Counts, Counts] | None:
        """The distinct rows (patterns × members) and which one each unit has.

        ``None`` when there are too many for that to help.
        """
        if len(self.members) > _BITS or not len(self.indices):
            return None
        bits = np.left_shift(np.int64(1), self.indices.astype(np.int64))
        sums = np.concatenate([[0], np.cumsum(bits)])
        masks = sums[self.indptr[1:]] - sums[self.indptr[:-1]]  # wraps and unwraps exactly
        distinct, which = np.unique(masks, return_inverse=True)
        if len(distinct) > _PATTERNS:
            return None
        rows = (distinct[:, None] >> np.arange(len(self.members))) & 1
        return rows.astype(np.float64), which.astype(np.int32)

    def select(self, keep: Counts) -> Incidence:
        """Only some units, given as a boolean mask; the numbering of units stays."""
        entries = keep[self.rows]
        breadth = np.where(keep, self.breadth, 0)
        return Incidence(
            np.concatenate([[0], np.cumsum(breadth)]).astype(np.int64),
            np.asarray(self.indices)[entries],
            self.members,
            None if self.weights is None else self.weights[entries],
            self.units,
        )


def from_pairs(
    units: Counts,
    members: Counts,
    shape: tuple[int, int],
    weights: Floats | None = None,
) -> tuple[Counts, Counts, Floats | None]:
    """Sorted, distinct entries from statements.

    Args:
        units: Unit per statement.
        members: Member per statement.
        shape: Number of units and members.
        weights: Weight per statement; a pair stated twice keeps its largest.

    Returns:
        ``indptr``, ``indices`` and weights.
    """
    width = max(shape[1], 1)
    key = units.astype(np.int64) * width + members
    if weights is None:
        key = distinct(key)
        strongest = None
    else:
        order = np.lexsort((-weights, key))
        key = key[order]
        first = np.ones(len(key), dtype=np.bool_)
        first[1:] = key[1:] != key[:-1]
        key, strongest = key[first], weights[order][first]
    indptr = np.zeros(shape[0] + 1, dtype=np.int64)
    unit = key // width
    np.cumsum(np.bincount(unit, minlength=shape[0]), out=indptr[1:])
    return indptr, (key - unit * width).astype(np.int32), strongest


def distinct(key: Counts) -> Counts:
    """Sorted distinct values; quick on nearly sorted input.

    Example:
        >>> distinct(np.array([3, 1, 3])).tolist()
        [1, 3]
    """
    key = np.sort(key, kind="stable")
    if not len(key):
        return key
    keep = np.ones(len(key), dtype=np.bool_)
    keep[1:] = key[1:] != key[:-1]
    return key[keep]


def contained(values: Counts, among: Counts) -> NDArray[np.bool_]:
    """Which values are among others.

    Example:
        >>> contained(np.array([4, 1]), np.array([1, 2])).tolist()
        [False, True]
    """
    if not len(values) or not len(among):
        return np.zeros(len(values), dtype=np.bool_)
    ordered = np.sort(among)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[place] == values)


def distinct_pairs(first: Counts, second: Counts) -> tuple[Counts, Counts]:
    """Distinct pairs of codes, sorted.

    Example:
        >>> pairs = distinct_pairs(np.array([2, 1, 2]), np.array([5, 7, 5]))
        >>> [part.tolist() for part in pairs]
        [[1, 2], [7, 5]]
    """
    span = int(second.max(initial=0)) + 1
    key = distinct(first.astype(np.int64) * span + second)
    left = key // span
    return left.astype(np.int32), (key - left * span).astype(np.int32)


def cooccurrence(
    rows: Incidence,
    cols: Incidence,
    row_weights: Floats | None = None,
    col_weights: Floats | None = None,
) -> Counts:
    """How many units touch both a row member and a column member.

    Args:
        rows: Incidence of the row dimension.
        cols: Incidence of the column dimension, over the same units.
        row_weights: Weight per entry of ``rows``; counts when left out.
        col_weights: Weight per entry of ``cols``.

    Returns:
        Array (row members × column members); integers when nothing is weighted, otherwise the
        sums of products of weights.

    Cost: one pass over the entries of ``rows`` where the columns have few distinct patterns,
    otherwise over all pairs of entries of one unit. About 20 ms at a million units.
    """
    weighted = row_weights is not None or col_weights is not None
    if not weighted:
        if (patterns := cols.patterns) is not None:
            return _by_patterns(rows, *patterns)
        if (patterns := rows.patterns) is not None:
            return _by_patterns(cols, *patterns).T
    height, width = rows.shape[1], cols.shape[1]
    total = np.zeros(height * width, dtype=np.float64)
    pairs_per_entry = cols.breadth[rows.rows]
    bounds = np.concatenate([[0], np.cumsum(pairs_per_entry)])
    start = 0
    while start < len(rows.indices):
        stop = int(np.searchsorted(bounds, bounds[start] + _CHUNK, side="right")) - 1
        stop = min(max(stop, start + 1), len(rows.indices))
        reps = pairs_per_entry[start:stop]
        entry = np.repeat(np.arange(start, stop), reps)
        offset = np.arange(len(entry)) - np.repeat(np.cumsum(reps) - reps, reps)
        other = cols.indptr[rows.rows[entry]] + offset
        code = rows.indices[entry].astype(np.int64) * width + cols.indices[other]
        weights = None
        if weighted:
            weights = np.ones(len(entry))
            if row_weights is not None:
                weights *= row_weights[entry]
            if col_weights is not None:
                weights *= col_weights[other]
        total += np.bincount(code, weights, minlength=height * width)
        start = stop
    table = total.reshape(height, width)
    return table if weighted else np.rint(table).astype(np.int64)


def _by_patterns(rows: Incidence, patterns: Floats, which: Counts) -> Counts:
    many = len(patterns)
    code = rows.indices.astype(np.int64) * many + which[rows.rows]
    counts = np.bincount(code, minlength=rows.shape[1] * many).reshape(rows.shape[1], many)
    return np.rint(counts.astype(np.float64) @ patterns).astype(np.int64)


def fractional(incidence: Incidence) -> Floats:
    """Weights that let every unit count once in all: 1/k for each of its k members."""
    return 1.0 / np.maximum(incidence.breadth, 1)[incidence.rows]
