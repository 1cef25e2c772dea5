"""``kg template``: an empty table to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import opened, store_option


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@store_option
@click.option("--table", type=click.Choice(["cases", "frameworks", "links"]),
              help="Which table. Default: told by the file's name.")
@click.option("--force", is_flag=True, help="Write over an existing file.")
def template(file: Path, store: str | None, *, table: str | None, force: bool) -> None:
    """Write a table of cases, frameworks or links to fill in, as CSV or as a workbook.

    The workbook explains each column, offers the known values in drop-down lists and has three
    example rows; kg import reads it back.
    """
    from kg.errors import InputError
    from kg.ingest.templates import write_template

    if file.exists() and not force:
        raise InputError("it is there already; --force writes over it", file=str(file))
    workbook = file.suffix.lower() == ".xlsx"
    written = write_template(
        file, table=table or "", store=opened(store) if workbook else None
    )
    click.echo(f"Wrote {file}: a table of {written.name}, {len(written.columns)} columns", err=True)
