"""``kg update``: change the store by SPARQL Update."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import opened, store_option
from kg.errors import InputError


@click.command()
@click.argument("sparql")
@store_option
@click.option("--message", default="", help="What the update does, kept with the revision.")
def update(sparql: str, store: str | None, message: str) -> None:
    """Run a SPARQL update; SPARQL is the text, a .ru file, or - for standard input.

    All its operations happen, or none. LOAD and SERVICE reach only hosts of KG_SERVICE_ALLOW.
    """
    from kg.settings import load_settings
    from kg.sparql import guard
    from kg.sparql.relay import relayed
    from kg.sparql.writing import prepared

    if sparql == "-":
        text = sys.stdin.read()
    elif sparql.endswith((".ru", ".rq")):
        try:
            text = Path(sparql).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", file=sparql) from error
    else:
        text = sparql
    guard.inspect(text, update=True)
    settings = load_settings()
    allowed = [host for host in settings.service_allow.split(",") if host.strip()]
    if not allowed:
        reason = "set KG_SERVICE_ALLOW to the hosts it may reach"
        guard.refuse_calls(guard.calls(text), reason=reason)
    target = opened(store)
    with (
        relayed(prepared(text), allowed, timeout=settings.service_timeout) as ready,
        target.writer(message or "kg update") as write,
    ):
        write.update(ready)
    click.echo(f"revision {target.revision.id}", err=True)
