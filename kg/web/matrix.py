"""The coverage matrix as a page shows it: shades, totals and links to the cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kg.analysis.coverage import coverage
from kg.projection import Filters, Projection
from kg.web.addresses import local_path

if TYPE_CHECKING:
    from kg.projection.filters import Polarity
    from kg.store import GraphStore

SHADES = (1, 2, 5, 10, 20)
"""Smallest count of each shade after the empty one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its count, its shade (0–5) and the list of its cases."""

    count: int
    shade: int
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it stands for and its cells."""

    id: str
    label: str
    code: str
    href: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """A coverage table ready to be drawn."""

    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    column_totals: tuple[Cell, ...]
    units: int
    empty: int


def coverage_matrix(
    store: GraphStore, *, rows: str, cols: str, polarity: Polarity, datasets: tuple[str, ...] = ()
) -> Matrix:
    """Count cases for every pair of members and prepare the picture.

    Args:
        store: Where the cases are.
        rows: Dimension of the rows.
        cols: Dimension of the columns.
        polarity: Which links count.
        datasets: Only these, by IRI; all when there are none.
    """
    projection = Projection.open(store)
    counted = coverage(
        projection, rows, cols, polarity=polarity, filters=Filters(datasets=datasets)
    )
    limits = [*(("dataset", dataset) for dataset in datasets), ("polarity", polarity)]
    table = counted.to_dict()
    row_totals, column_totals = counted.row_totals, counted.col_totals
    lines = []
    for row, cells, total in zip(table["rows"], table["cells"], row_totals, strict=True):
        lines.append(
            Line(
                id=row["id"],
                label=row["label"],
                code=_code(row["id"]),
                href=local_path(row["id"]) or row["id"],
                cells=tuple(
                    _cell(int(count), [(rows, row["id"]), (cols, column["id"]), *limits])
                    for count, column in zip(cells, table["cols"], strict=True)
                ),
                total=_cell(int(total), [(rows, row["id"]), *limits]),
            )
        )
    return Matrix(
        columns=tuple(
            (column["label"], local_path(column["id"]) or column["id"]) for column in table["cols"]
        ),
        lines=tuple(lines),
        column_totals=tuple(
            _cell(int(total), [(cols, column["id"]), *limits])
            for total, column in zip(column_totals, table["cols"], strict=True)
        ),
        units=table["total_units"],
        empty=sum(cell.count == 0 for line in lines for cell in line.cells),
    )


def _cell(count: int, asked: list[tuple[str, str]]) -> Cell:
    return Cell(count, sum(count >= least for least in SHADES), f"/cases?{urlencode(asked)}")


def _code(iri: str) -> str:
    return iri.removeprefix("http://metadata.un.org/sdg/") if "metadata.un.org" in iri else ""
