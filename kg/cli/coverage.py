"""``kg coverage``: count distinct cases or frameworks, dimension by dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import prepared, unit_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path


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
        head = f"{rows} × {cols}"
        short = [member.notation or member.label for member in table.cols]
        lines = [
            {head: member.name, **dict(zip(short, map(int, counts), strict=True))}
            for member, counts in zip(table.rows, table.cells, strict=True)
        ]
        emit_rows(lines, "table", columns=[head, *short], output=output)
