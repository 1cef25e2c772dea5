"""What a null model says about pairs of members, and how far several models agree.

Source: Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289, over all tests of one tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from kg.analysis.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ERRORS: Final = 3.0
"""Standard errors within which a sampled verdict is called borderline."""


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
        lower_error: Standard error of a sampled ``lower``; ``None`` for the exact models.
        upper_error: Likewise of ``upper``.
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
    lower_error: NDArray[np.float64] | None = None
    upper_error: NDArray[np.float64] | None = None

    def significant(self, tail: Literal["lower", "upper"], alpha: float = 0.05) -> NDArray[Any]:
        """Which pairs are rarer (lower) or more frequent (upper) than chance, after correction."""
        with np.errstate(invalid="ignore"):
            return np.asarray(getattr(self, f"q_{tail}") < alpha)

    def borderline(self, tail: Literal["lower", "upper"], alpha: float = 0.05) -> NDArray[Any]:
        """Pairs whose verdict may depend on the draws.

        All p-values three standard errors down, then up: which verdicts of the correction change?
        None for the exact models.
        """
        error = getattr(self, f"{tail}_error")
        p = getattr(self, tail)
        if error is None:
            return np.zeros(p.shape, dtype=np.bool_)
        p = self._each_once(p)
        with np.errstate(invalid="ignore"):
            down, up = (
                benjamini_hochberg(np.clip(p + sign * _ERRORS * error, 0.0, 1.0)) < alpha
                for sign in (-1, 1)
            )
        return np.asarray(down & ~up)

    @property
    def one_family(self) -> bool:
        """Whether the pairs lie within one family, so that each stands in two cells."""
        height, width = self.observed.shape
        return height == width and bool(np.isnan(np.diag(self.lower)).all())

    @property
    def upper_unknown(self) -> bool:
        """Whether only the lower tail was asked for."""
        return bool(np.isnan(self.upper).all())

    def two_sided(self, alpha: float = 0.05) -> NDArray[np.bool_]:
        """Which pairs differ from chance either way: twice the smaller tail, after correction."""
        p = self._each_once(np.minimum(2.0 * np.minimum(self.lower, self.upper), 1.0))
        with np.errstate(invalid="ignore"):
            return np.asarray(benjamini_hochberg(p) < alpha)

    def counts(self, alpha: float = 0.05) -> dict[str, int | None]:
        """How many pairs are significant, each pair of one family once.

        Returns:
            ``rarer`` and ``more_frequent`` than chance, each tail corrected by itself, and
            ``two_sided``, both tails at once; ``None`` where the upper tail is unknown.
        """
        lower = int(np.nansum(self._each_once(self.significant("lower", alpha))))
        if self.upper_unknown:
            return {"rarer": lower, "more_frequent": None, "two_sided": None}
        upper = int(np.nansum(self._each_once(self.significant("upper", alpha))))
        return {
            "rarer": lower,
            "more_frequent": upper,
            "two_sided": int(self.two_sided(alpha).sum()),
        }

    def summary(self, alpha: float = 0.05) -> dict[str, Any]:
        """What was tested, how, and how many pairs came out."""
        unsure = None if self.upper_unknown else int(self.borderline("upper", alpha).sum())
        return {
            "model": self.model,
            "screen": self.screen,
            "tests": self.tests,
            "draws": self.draws,
            "seed": self.seed,
            "alpha": alpha,
            **self.counts(alpha),
            "borderline": {
                "rarer": int(self.borderline("lower", alpha).sum()),
                "more_frequent": unsure,
            },
        }

    def _each_once(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The values with the mirrored half of a single family's pairs blanked."""
        values = values.astype(np.float64)
        if self.one_family:
            values[np.tril_indices(len(values))] = np.nan
        return values


def agreement(
    results: dict[str, Association], tail: Literal["lower", "upper"], alpha: float = 0.05
) -> dict[str, Any]:
    """How far several models agree on which pairs stand out.

    Returns:
        Per model the number of pairs; per two models how many both and either of them name.
    """
    marked = {
        name: np.triu(result.significant(tail, alpha))
        if result.one_family
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
