"""``kg info``: what a store holds."""

from __future__ import annotations

import click

from kg.cli.options import format_option, opened, store_option
from kg.cli.output import emit_json, emit_rows


@click.command()
@store_option
@format_option()
def info(store: str | None, format_: str) -> None:
    """Show a store's datasets, counts, revision and content hash."""
    from kg.store.contents import describe

    target = opened(store)
    with target.reader() as snapshot:
        contents = describe(snapshot, target.location)
    if format_ == "json":
        emit_json(contents.to_dict())
        return
    datasets = [item.to_dict() for item in contents.datasets]
    columns = ["name", "title", "triples", "cases", "links", "licence", "version", "modified"]
    if format_ == "csv":
        emit_rows(datasets, "csv", columns=columns)
        return
    click.echo(f"Store         {contents.location}")
    click.echo(f"Revision      {contents.revision.id}  {contents.revision.created}")
    click.echo(f"Content hash  {contents.content_hash}")
    click.echo(f"Triples       {contents.triples:,}")
    for kind, count in contents.counts.items():
        click.echo(f"{kind:<14}{count:,}")
    click.echo("\nDatasets")
    emit_rows(datasets, "table", columns=columns)
