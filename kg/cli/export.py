"""``kg export``: the graph and its tables for other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.options import filter_options, opened, store_option
from kg.cli.output import writing

_GRAPHS = ("cases", "concepts", "ego")


@click.command()
@click.argument("node", required=False)
@store_option
@click.option("--format", "format_", help="Format; the file's ending decides when left out.")
@click.option(
    "--graph",
    type=click.Choice(_GRAPHS),
    help="Cases with all they touch, concepts only, or the surroundings of NODE.  [cases]",
)
@click.option("--depth", default=1, show_default=True, help="Steps around NODE.")
@click.option(
    "--polarity",
    type=click.Choice(["positive", "negative", "both"]),
    default="both",
    show_default=True,
    help="Which links to keep.",
)
@click.option("--texts", is_flag=True, help="Carry summaries, definitions and rationales too.")
@click.option("--list", "list_", is_flag=True, help="List the formats and stop.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
@filter_options
def export(
    node: str | None,
    store: str | None,
    format_: str | None,
    graph: str | None,
    depth: int,
    polarity: str,
    texts: bool,
    list_: bool,
    output: Path | None,
    links: str,
    **filters: Any,
) -> None:
    """Export the graph, a part of it, or its tables.

    NODE (an IRI, a code such as 7.3, or a label) stands in the middle of --graph ego.
    """
    from kg.export import FORMATS, Selection, format_named, format_of
    from kg.export import export as write

    if list_:
        from kg.cli.output import emit_rows

        rows = [
            {"format": item.name, "ending": item.endings[0], "what it is": item.title}
            for item in FORMATS.values()
        ]
        emit_rows(rows, "table")
        return
    if format_ is None and output is None:
        raise click.UsageError("Name a file with -o, or a format with --format.")
    chosen = format_named(format_) if format_ else format_of(output or Path())
    if chosen.binary and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{chosen.name} is not text: name a file with -o.")
    opened_store = opened(store)
    from kg.export.naming import node_named
    from kg.projection import Projection
    from kg.projection.naming import filters_named

    projection = Projection.open(opened_store)
    selection = Selection(
        graph=graph or ("ego" if node else "cases"),  # type: ignore[arg-type]
        node=node_named(projection, node) if node else "",
        depth=depth,
        filters=filters_named(projection, **filters),
        links="all" if links == "all" else "accepted",
        polarity=polarity,  # type: ignore[arg-type]
        texts=texts,
    )
    if output is None:
        write(opened_store, chosen, sys.stdout.buffer, selection)
        sys.stdout.flush()
        return
    with writing(output) as out:
        write(opened_store, chosen, out, selection)
