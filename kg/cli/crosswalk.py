"""``kg crosswalk``: compare frameworks through the pivot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import prepared
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--framework", "frameworks", multiple=True, help="Only these frameworks.")
@click.option(
    "--match", "matches", multiple=True, help="Mapping strengths that count. [exact close narrow]"
)
@click.option(
    "--show",
    type=click.Choice(["mappings", "consensus", "outliers", "unmapped"]),
    default="consensus",
    show_default=True,
    help="Which table (table and csv).",
)
@filter_options
@store_option
@format_option()
@output_option
def crosswalk(
    frameworks: tuple[str, ...],
    matches: tuple[str, ...],
    show: str,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Frameworks × pivot: mapping strength, overlap, consensus and outlier principles."""
    from kg.analysis.crosswalk import crosswalk as crossed
    from kg.projection import Rollups

    scene = prepared(**chosen)
    counting = Rollups(matches or Rollups().matches).matches
    result = crossed(
        scene.projection, frameworks=frameworks, matches=counting, filters=scene.filters
    )
    if format_ == "json":
        emit_json(result.to_dict(), output)
        return
    tables: dict[str, list[dict[str, Any]]] = {
        "mappings": result.to_rows(),
        "consensus": result.consensus(),
        "outliers": result.outliers(),
        "unmapped": [
            {"framework": item.framework, "principle": item.label, "id": item.principle}
            for item in result.unmapped
        ],
    }
    emit_rows(tables[show], format_, output=output)
