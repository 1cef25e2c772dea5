"""``kg profile``: what organisations, countries or technologies do more of than others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import polarity_option, prepared, seed_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("subject", required=False)
@click.option("--by", "dimension", default="organisation", show_default=True, help="Groups.")
@click.option("--over", default="goal", show_default=True, help="What describes them.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Most groups.")
@polarity_option("positive")
@seed_option
@filter_options
@store_option
@format_option()
@output_option
def profile(
    subject: str | None,
    dimension: str,
    over: str,
    top: int,
    polarity: Any,
    seed: int,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Advantage, relatedness, diversity and nestedness; SUBJECT narrows it to one group."""
    from kg.analysis.profile import profile as described

    scene = prepared(**chosen)
    result = described(
        scene.projection,
        dimension,
        over,
        subject=subject,
        polarity=polarity,
        filters=scene.filters,
        links=scene.links,
        top=top,
        seed=seed,
    )
    if format_ == "json":
        emit_json(result.to_dict(), output)
    elif format_ == "csv" or subject:
        emit_rows(result.to_rows(), format_, output=output)
    else:
        rows = [
            {
                dimension: group.label,
                "cases": int(result.units[place]),
                "effective": result.diversity[place].values["hill_1"][0],
                "low": result.diversity[place].values["hill_1"][1],
                "high": result.diversity[place].values["hill_1"][2],
                "next": [item["member"]["label"] for item in result.adjacent(place, 3)],
            }
            for place, group in enumerate(result.groups)
        ]
        emit_rows(rows, "table", output=output)
