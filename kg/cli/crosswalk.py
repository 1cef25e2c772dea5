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
    type=click.Choice(["consensus", "mappings", "overlap", "outliers", "unmapped"]),
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
        "overlap": result.overlap(),
        "consensus": result.consensus(),
        "outliers": result.outliers(),
        "unmapped": [
            {"framework": item.framework, "principle": item.label, "id": item.principle}
            for item in result.unmapped
        ],
    }
    if format_ == "csv":
        emit_rows(tables[show], "csv", output=output)
        return
    emit_rows([_short(row) for row in tables[show]], "table", output=output)
    click.echo(
        f"\n{len(result.frameworks)} frameworks, {len(result.pivots)} pivot principles; mappings "
        f"that count: {', '.join(result.matches)}. Other tables: --show "
        f"{' '.join(name for name in tables if name != show)}.",
        err=True,
    )


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a terminal: names of frameworks by their last part, an interval as one word."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith("_id") or name == "id":
            continue
        if name == "interval":
            out["95 % interval"] = f"{value[0]:.2f}–{value[1]:.2f}"
        elif name in ("framework", "other", "closest"):
            known = row.get(f"{name}_id", value)
            iri = known["id"] if isinstance(known, dict) else known or ""
            out[name] = iri.rstrip("/").rsplit("/", 1)[-1]
        else:
            out[name] = value
    return out
