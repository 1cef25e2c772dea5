"""``kg compare``: portfolios, frameworks, years, revisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import polarity_option, prepared, unit_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path

    from kg.analysis.compare import Comparison
    from kg.cli.analysis_options import Scene


@click.command()
@click.option("--over", "dimension", default="goal", show_default=True, help="What is compared.")
@click.option("--with-dataset", multiple=True, help="Against this dataset (repeatable).")
@click.option("--with-country", multiple=True, help="Against cases of this country.")
@click.option("--with-region", multiple=True, help="Against cases of this region.")
@click.option("--with-years", help="Against cases of these years.")
@click.option(
    "--frameworks", nargs=2, metavar="ONE OTHER", help="Two frameworks, one against the other."
)
@click.option("--revision", help="From this earlier revision (r000003) to the newest.")
@click.option("--trend", "over_time", is_flag=True, help="Year after year.")
@polarity_option("positive")
@unit_option
@filter_options
@store_option
@format_option()
@output_option
def compare(
    dimension: str,
    with_dataset: tuple[str, ...],
    with_country: tuple[str, ...],
    with_region: tuple[str, ...],
    with_years: str | None,
    frameworks: tuple[str, str] | None,
    revision: str | None,
    over_time: bool,
    polarity: Any,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Compare what the filters leave with something else.

    The first side is what the filters leave. The second is what the --with options name; without
    any, all other cases.
    """
    from kg.analysis.compare import compare_frameworks
    from kg.analysis.trend import trend
    from kg.projection.naming import filters_named

    scene = prepared(**chosen)
    if over_time:
        result: Any = trend(
            scene.projection,
            dimension,
            polarity=polarity,
            filters=scene.filters,
            links=scene.links,
        )
    elif frameworks:
        result = compare_frameworks(scene.projection, *frameworks)
    elif revision:
        result = _revisions(scene, revision, dimension, polarity, chosen["store"])
    else:
        against = filters_named(
            scene.projection,
            datasets=with_dataset,
            countries=with_country,
            regions=with_region,
            years=with_years,
            unit=scene.unit,
        )
        result = _portfolios(scene, against, dimension, polarity)
    if format_ == "json":
        emit_json(result.to_dict(), output)
    elif format_ == "csv":
        emit_rows(result.to_rows(), "csv", output=output)
    else:
        rows = result.to_rows()
        columns = [name for name in (rows[0] if rows else ()) if not name.endswith("_id")]
        emit_rows(rows, "table", columns=columns, output=output)
        if hasattr(result, "differences") and hasattr(result, "first_name"):
            click.echo(f"\n{_sides(result)}", err=True)


def _sides(result: Comparison) -> str:
    overlap = ""
    if result.shared_units:
        overlap = f"; {result.shared_units:,} on both sides, so nothing is tested"
    return (
        f"first: {result.first_name}, {result.units[0]:,} {result.unit}s; second: "
        f"{result.second_name}, {result.units[1]:,}{overlap}. {len(result.significant())} of "
        f"{len(result.differences)} differences are more than chance (q < {result.alpha:g})."
    )


def _portfolios(scene: Scene, against: Any, dimension: str, polarity: Any) -> Comparison:
    from kg.analysis.compare import compare as compared

    if against.is_empty:
        against = replace(scene.filters, inverse=not scene.filters.inverse)
    return compared(
        scene.projection,
        dimension,
        first=scene.filters,
        second=against,
        names=("chosen", "against"),
        unit=scene.unit,
        polarity=polarity,
        links=scene.links,
    )


def _revisions(
    scene: Scene, revision: str, dimension: str, polarity: Any, store: str | None
) -> Comparison:
    from kg.analysis.compare import compare as compared
    from kg.cli.options import opened
    from kg.projection import Projection

    return compared(
        Projection.at(opened(store), revision),
        dimension,
        first=scene.filters,
        second=scene.filters,
        names=(revision, scene.projection.revision),
        unit=scene.unit,
        polarity=polarity,
        links=scene.links,
        other=scene.projection,
    )
