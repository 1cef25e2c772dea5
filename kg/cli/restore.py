"""``kg restore``: bring back a backup, or an older revision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli.options import store_option
from kg.errors import InputError


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@store_option
@click.option("--revision", metavar="ID", help="Go back to this revision (see --list).")
@click.option("--list", "list_", is_flag=True, help="List the revisions kept, and do nothing.")
def restore(file: Path | None, store: str | None, revision: str | None, *, list_: bool) -> None:
    """Publish a backup FILE, or a kept revision, as the next revision of the store.

    What the store held stays readable as an older revision; a server that runs on it shows the
    restored state with its next answer.
    """
    from kg.locations import default_store_dir
    from kg.projection.preparing import prepare
    from kg.settings import load_settings
    from kg.store import is_remote
    from kg.store.backup import restore_backup
    from kg.store.embedded import EmbeddedStore

    settings = load_settings()
    place = store or settings.store or str(default_store_dir())
    if is_remote(place):
        raise InputError(f"{place} is a remote engine: restore it with its own tools")
    if (file is not None) + (revision is not None) + list_ != 1:
        raise InputError("name a backup FILE, or --revision, or --list")
    root = Path(place).expanduser()
    options: dict[str, Any] = {
        "lock_timeout": settings.lock_timeout,
        "keep": settings.keep_revisions,
    }
    if list_:
        for item in EmbeddedStore(root, **options).revisions():
            click.echo(f"{item.id}  {item.created}  {item.message}")
        return
    if revision is not None:
        target = EmbeddedStore(root, **options)
        with target.writer(f"back to {revision}", start=revision):
            pass
    else:
        assert file is not None
        target = EmbeddedStore.create(root, **options)
        restore_backup(target, file)
    prepare(target)
    click.echo(
        f"{root}: revision {target.revision.id}, {target.snapshot().triple_count():,} quads",
        err=True,
    )
