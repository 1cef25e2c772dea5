"""``kg init``: build a store."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import store_option
from kg.errors import InputError


@click.command()
@store_option
@click.option("--empty", is_flag=True, help="Make a store with nothing in it.")
@click.option(
    "--force",
    is_flag=True,
    help="Replace what an existing store holds (as a new revision; older ones stay readable).",
)
def init(store: str | None, *, empty: bool, force: bool) -> None:
    """Build a store from the shipped ontology and data."""
    from kg.locations import default_store_dir
    from kg.projection.preparing import prepare
    from kg.settings import load_settings
    from kg.store import is_remote
    from kg.store.embedded import EmbeddedStore
    from kg.store.shipped import build_shipped

    settings = load_settings()
    place = store or settings.store or str(default_store_dir())
    if is_remote(place):
        raise InputError(f"{place} is a remote engine: load data/*.ttl there with its own tools")
    root = Path(place).expanduser()
    target = EmbeddedStore.create(
        root, lock_timeout=settings.lock_timeout, keep=settings.keep_revisions
    )
    if (root / "CURRENT").exists() and not force:
        raise InputError(
            f"{root} already holds a store; --force publishes the "
            f"{'empty' if empty else 'shipped'} graph as its next revision"
        )
    if empty:
        with target.writer("empty") as write:
            write.store.clear()
            write.touch()
    else:
        build_shipped(target, settings)
    prepare(target)
    snapshot = target.snapshot()
    click.echo(
        f"{root}: revision {snapshot.revision.id}, {snapshot.triple_count():,} triples", err=True
    )
