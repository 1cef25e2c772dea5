"""``kg backup``: one file with everything the store says."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import opened, store_option
from kg.errors import InputError


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@store_option
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def backup(file: Path, store: str | None, *, force: bool) -> None:
    """Write a backup of the newest revision to FILE, while others read and write."""
    from kg.store.backup import write_backup
    from kg.store.embedded import EmbeddedStore

    target = opened(store)
    if not isinstance(target, EmbeddedStore):
        raise InputError(f"{target.location} is a remote engine: back it up with its own tools")
    if file.exists() and not force:
        raise InputError(f"{file} is there already; --force replaces it")
    manifest = write_backup(target, file)
    click.echo(
        f"{file}: revision {manifest.revision}, {manifest.quads:,} quads, {manifest.content_hash}",
        err=True,
    )
