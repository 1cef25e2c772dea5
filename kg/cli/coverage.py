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
    rollups = Rollups(matches or Rollups().matches, roll_up)
    table = counted(
        scene.projection,
        rows,
        cols,
        unit=scene.unit,
        polarity=polarity,
        filters=scene.filters,
        links=scene.links,
        rollups=rollups,
        framework=framework,
        cumulative=cumulative,
        detail=detail,
    )
    if format_ == "json":
        emit_json(table.to_dict(detail=detail), output)
    elif format_ == "csv":
        emit_rows(table.to_rows(), "csv", output=output)
    else:
        _print(table, output)


def _print(table: CoverageTable, output: Path | None) -> None:
    unit = f"{table.unit}s"
    layers = [table.layers[name] for name in ("positive", "negative") if name in table.layers]
    cells = [
        [
            "/".join(str(int(layer[i, j])) for layer in layers) if layers and count else str(count)
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
