"""IRIs of units and terms, decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.projection.cache import Tables
    from kg.projection.filters import Unit


class UnitNames(Sequence[str]):
    """IRIs of units by number, decoded on access."""

    def __init__(self, tables: Tables, unit: Unit) -> None:
        self._tables, self._unit = tables, unit

    def __len__(self) -> int:
        return len(self._tables.array(f"{self._unit}.units"))

    def __getitem__(self, number: Any) -> Any:
        codes = self._tables.array(f"{self._unit}.units")[number]
        if isinstance(number, slice):
            return [term_text(self._tables, int(code)) for code in codes]
        return term_text(self._tables, int(codes))


def term_text(tables: Tables, code: int) -> str:
    """The term behind a code; decodes that one only."""
    end = tables.array("terms.end")
    start = int(end[code - 1]) + 1 if code else 0
    return tables.array("terms.blob")[start : int(end[code])].tobytes().decode()
