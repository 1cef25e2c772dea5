"""What every result can do: become rows, a pandas table, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kg.errors import MissingExtra

if TYPE_CHECKING:
    import pandas as pd


class HasRows(Protocol):
    """A result that can be told as rows."""

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per line, the same keys in each."""


class Tabular:
    """Adds :meth:`to_pandas` to results with rows."""

    __slots__ = ()

    def to_pandas(self: HasRows) -> pd.DataFrame:
        """The rows as a pandas table.

        Raises:
            MissingExtra: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtra("Tables for pandas", extra="pandas") from error
        return pd.DataFrame(self.to_rows())


def plain(value: Any, digits: int = 6) -> Any:
    """A value as JSON can hold it: lists for arrays, ``None`` for not-a-number.

    Floating-point numbers are rounded to significant digits, so the same input gives the same
    bytes on every machine.

    Example:
        >>> plain(np.array([[1, 2]])), plain(float("nan")), plain(1 / 3)
        ([[1, 2]], None, 0.333333)
    """
    if isinstance(value, np.ndarray):
        return [plain(item, digits) for item in value.tolist()]
    if isinstance(value, np.generic):
        return plain(value.item(), digits)
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if np.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, digits) for item in value]
    return value
