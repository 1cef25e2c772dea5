"""What a column and a table are.

A column is known by its name or any alias, whatever the case, spaces, hyphens or punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

TableName = Literal["cases", "frameworks", "links"]
CellType = Literal[
    "text", "id", "year", "boolean", "decimal", "url", "list", "organisations", "links"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: As templates write it.
        help: What goes in, in a sentence or two.
        examples: A cell for each of the template's three example rows.
        type: How a cell is read.
        required: Whether every row must fill it.
        aliases: Other headings it is known by.
        vocabulary: Kind of thing its cells name (``target``, ``principle`` …).
        choices: The only values allowed, where there are few.
    """

    name: str
    help: str
    examples: tuple[str, str, str] = ("", "", "")
    type: CellType = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    vocabulary: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row is, and its columns in order."""

    name: TableName
    row: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def headings(self) -> dict[str, str]:
        """Every folded heading with the column it means; names win over aliases."""
        found = {folded(alias): item.name for item in self.columns for alias in item.aliases}
        return found | {item.name: item.name for item in self.columns}


def folded(heading: object) -> str:
    """A heading without case, accents, spaces and punctuation.

    Example:
        >>> folded(" Start-Year * "), folded("Publisher type")
        ('start_year', 'publisher_type')
    """
    text = unicodedata.normalize("NFKD", str(heading)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")
