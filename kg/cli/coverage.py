"""``kg coverage``: count distinct cases or frameworks, dimension by dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import prepared, unit_option
from kg.cli.matrix import emit_matrix
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path

    from kg.analysis.coverage import CoverageTable


@click.command()
@click.option("--rows", default="goal", show_default=True, help="Dimension of the rows.")
@click.option("--cols", default="principle", show_default=True, help="Dimension of the columns.")
@click.option(
    "--polarity",
    type=click.Choice(["positive", "negative", "both"]),
    default="positive",
    show_default=True,
    help="Which links count; both also gives the two layers apart.",
)
@unit_option
@filter_options
@click.option("--framework", help="Keep only this framework's principles.")
@click.option("--match", "matches", multiple=True, help="Mapping strengths that count.")
@click.option("--roll-up", is_flag=True, help="Count a technology for its broader ones too.")
@click.option("--cumulative", is_flag=True, help="Each row (year) includes all earlier ones.")
@click.option("--detail", is_flag=True, help="Add shares, intervals, fractional and weighted.")
@store_option
@format_option()
@output_option
def coverage(
    rows: str,
    cols: str,
    polarity: Any,
    framework: str | None,
    matches: tuple[str, ...],
    roll_up: bool,
    cumulative: bool,
    detail: bool,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Count distinct cases (or frameworks) for every pair of members of two dimensions."""
    from kg.analysis.coverage import coverage as counted
    from kg.projection import Rollups

    scene = prepared(**chosen)
    options: dict[str, Any] = {
        "unit": scene.unit,
        "polarity": polarity,
        "filters": scene.filters,
        "rollups": Rollups(matches or Rollups().matches, roll_up),
        "framework": framework,
        "cumulative": cumulative,
        "detail": detail,
    }
    table = counted(scene.projection, rows, cols, links=scene.links, **options)
    reviewed = None
    if scene.links == "all":
        reviewed = _cells_of(table, counted(scene.projection, rows, cols, **options))
    if format_ == "json":
        body = table.to_dict(detail=detail)
        if reviewed is not None:
            body["reviewed_cells"] = reviewed
        emit_json(body, output)
    elif format_ == "csv":
        lines = table.to_rows()
        if reviewed is not None:
            flat = [count for counts in reviewed for count in counts]
            lines = [{**row, "reviewed": n} for row, n in zip(lines, flat, strict=True)]
        emit_rows(lines, "csv", output=output)
    else:
        _print(table, reviewed or table.cells.tolist(), output)


def _cells_of(table: CoverageTable, other: CoverageTable) -> list[list[int]]:
    """The other table's counts in the places of this one."""
    known = {(row["row"], row["col"]): row["units"] for row in other.to_rows()}
    return [[known.get((row.id, col.id), 0) for col in table.cols] for row in table.rows]


def _print(table: CoverageTable, reviewed: list[list[int]], output: Path | None) -> None:
    """The table; where proposed links change a count, the reviewed one stands behind it."""
    unit = f"{table.unit}s"
    layers = [table.layers[name] for name in ("positive", "negative") if name in table.layers]
    cells = [
        [
            (
                "/".join(str(int(layer[i, j])) for layer in layers)
                if layers and count
                else str(count)
            )
            + (f" ({reviewed[i][j]})" if reviewed[i][j] != count else "")
            for j, count in enumerate(line)
        ]
        + [str(int(table.row_totals[i]))]
        for i, line in enumerate(table.cells.tolist())
    ]
    emit_matrix(
        f"{table.row_dimension} × {table.col_dimension}",
        [member.name for member in table.rows],
        [(member.notation or member.label, member.name) for member in table.cols],
        cells,
        last=unit,
        output=output,
    )
    apart = "; positive/negative apart, a case may be in both" if layers else ""
    links = {"positive": "positive links", "negative": "negative links", "both": "all links"}
    click.echo(
        f"\nDistinct {unit} of {table.total_units:,}, {links[table.polarity]}{apart}.", err=True
    )
    differ = sum(
        count != known
        for line, counts in zip(table.cells.tolist(), reviewed, strict=True)
        for count, known in zip(line, counts, strict=True)
    )
    if differ:
        click.echo(
            f"{differ:,} counts rest on proposed links too; what reviewed links alone give stands "
            "in brackets.",
            err=True,
        )
