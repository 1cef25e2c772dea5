"""``kg network``: measure the network of concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import polarity_option, prepared, seed_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = [
    "label",
    "kind",
    "units",
    "degree",
    "strength",
    "pagerank",
    "rank_low",
    "rank_high",
    "betweenness",
    "core",
    "constraint",
    "community",
]


@click.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="Dimensions whose members are the nodes. [goal principle technology]",
)
@polarity_option("both")
@seed_option
@click.option("--limit", type=click.IntRange(1), help="Most nodes printed. [table: 30]")
@filter_options
@store_option
@format_option()
@output_option
def network(
    kinds: tuple[str, ...],
    polarity: Any,
    seed: int,
    limit: int | None,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Degree, betweenness, PageRank, cores, structural holes, communities and bridges."""
    from kg.analysis.network import network as measured
    from kg.projection.graphs import CONCEPTS

    scene = prepared(**chosen)
    report = measured(
        scene.projection,
        kinds=kinds or CONCEPTS,
        polarity=polarity,
        filters=scene.filters,
        links=scene.links,
        seed=seed,
    )
    if format_ == "json":
        emit_json(report.to_dict(), output)
        return
    rows = report.to_rows()
    if format_ == "csv":
        emit_rows(rows[:limit], "csv", output=output)
        return
    emit_rows(rows[: limit or 30], "table", columns=_COLUMNS, output=output)
    click.echo(
        f"\n{len(report.nodes)} concepts, {report.edges:,} edges, {len(report.communities)} "
        f"communities (modularity {report.modularity:.2f}, stability {report.stability:.2f}).",
        err=True,
    )
