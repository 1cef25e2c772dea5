"""``kg report``: the gap report as a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.options import filter_options, opened, store_option
from kg.cli.output import writing


@click.command()
@store_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output; its ending decides the format.",
)
@click.option("--format", "format_", help="html, md, json, pdf, docx or xlsx.")
@click.option(
    "--scope",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of members that are out of scope or relevant beforehand.",
)
@click.option("--baseline", help="Dataset to hold single members against.")
@click.option("--framework", help="Show the principles of this framework in the matrix.")
@click.option(
    "--counting",
    type=click.Choice(["full", "fractional"]),
    default="full",
    show_default=True,
    help="Count a case once per pair, or once in all.",
)
@click.option(
    "--level",
    type=click.Choice(["goal", "target"]),
    default="goal",
    show_default=True,
    help="Rows of the matrix.",
)
@click.option("--since", metavar="REVISION", default="", help="Also tell what changed since then.")
@click.option("--title", default="", help="Title of the report.")
@click.option("--author", default="", help="Who hands it in.")
@click.option(
    "--lang", default="en", show_default=True, help="Language of the report: en, fr or es."
)
@filter_options
def report(
    store: str | None,
    output: Path | None,
    format_: str | None,
    scope: Path | None,
    baseline: str | None,
    framework: str | None,
    counting: str,
    level: str,
    since: str,
    title: str,
    author: str,
    lang: str,
    links: str,
    **filters: Any,
) -> None:
    """Write the gap report: HTML, PDF, DOCX, Markdown, XLSX or JSON."""
    from kg.report import ReportOptions, report_format, report_format_of

    if format_ is None and output is None:
        raise click.UsageError("Name a file with -o, or a format with --format.")
    chosen = report_format(format_) if format_ else report_format_of(output or Path())
    opened_store = opened(store)
    from kg.analysis.scope import NO_SCOPE, load_scope
    from kg.projection import Projection
    from kg.projection.naming import filters_named
    from kg.report.building import build_report

    projection = Projection.open(opened_store)
    options = ReportOptions(
        filters=filters_named(projection, **filters),
        links="all" if links == "all" else "accepted",
        scope=load_scope(scope, projection) if scope else NO_SCOPE,
        baseline=projection.resolve("dataset", baseline) if baseline else "uniform",
        framework=projection.resolve("framework", framework) if framework else "",
        counting=counting,  # type: ignore[arg-type]
        level=level,  # type: ignore[arg-type]
        since=since,
        title=title,
        author=author,
        lang=lang,
    )
    model = build_report(opened_store, options)
    if output is None:
        chosen.write(model, sys.stdout.buffer)
        sys.stdout.flush()
        return
    with writing(output) as out:
        chosen.write(model, out)
