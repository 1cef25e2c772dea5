"""``kg serve``: the service."""

from __future__ import annotations

import os

import click

from kg.cli.options import opened, store_option


@click.command()
@store_option
@click.option("--host", help="Address to listen on. [KG_HOST]")
@click.option("--port", type=int, help="Port to listen on. [KG_PORT]")
@click.option("--workers", type=int, help="Web worker processes. [KG_WORKERS]")
def serve(store: str | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve pages, SPARQL and the API over HTTP until interrupted."""
    from granian import Granian
    from granian.constants import Interfaces

    from kg.settings import environment_name, load_settings

    settings = load_settings().with_(store=store, host=host, port=port, workers=workers)
    target = opened(settings.store or None)
    target.refresh()
    for name in ("host", "port", "workers"):
        os.environ[environment_name(name)] = str(getattr(settings, name))
    os.environ[environment_name("store")] = target.location
    click.echo(f"Equipoise on http://{settings.host}:{settings.port}/  (store {target.location})")
    Granian(
        "kg.web:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_access=False,
    ).serve()
