"""``kg dataset``: list, export and remove datasets."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import format_option, opened, store_option
from kg.cli.output import emit_rows


@click.group()
def dataset() -> None:
    """List, export and remove datasets (named graphs with a record)."""


@dataset.command("list")
@store_option
@format_option()
def list_(store: str | None, format_: str) -> None:
    """List the datasets of a store."""
    from kg.store.contents import datasets

    with opened(store).reader() as snapshot:
        rows = [item.to_dict() for item in datasets(snapshot)]
    columns = ["name", "title", "triples", "cases", "links", "licence", "version", "modified"]
    if format_ == "json":
        columns = [*rows[0]] if rows else columns
    emit_rows(rows, format_, columns=columns)


@dataset.command()
@click.argument("name")
@store_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, store: str | None, *, yes: bool) -> None:
    """Remove a dataset: its graph and its record, as one new revision."""
    from kg.ingest.records import existing_dataset, remove_dataset

    target = opened(store)
    existing_dataset(target, name)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Remove dataset {name}?", abort=True, err=True)
    gone = remove_dataset(target, name)
    click.echo(f"Removed {name}: {gone:,} triples; revision {target.revision.id}")


@dataset.command()
@click.argument("name")
@store_option
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path),
              help="Directory, or a file that ends in .zip.")
@click.option("--as", "form", type=click.Choice(["rocrate", "dcat"]), default="rocrate",
              show_default=True, help="RO-Crate 1.1, or a DCAT record beside the Turtle file.")
def export(name: str, store: str | None, output: Path, form: str) -> None:
    """Export one dataset with its description."""
    from kg.export.crate import export_dataset

    written = export_dataset(opened(store), name, output, form=form)
    click.echo(f"Wrote {output}: {', '.join(written)}", err=True)
