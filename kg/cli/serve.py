"""``kg serve``: the service."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from typing import Any

import click

from kg.cli.options import opened, store_option
from kg.errors import InputError


@click.command()
@store_option
@click.option("--host", help="Address to listen on. [KG_HOST]")
@click.option("--port", type=click.IntRange(0, 65535),
              help="Port to listen on; 0 takes a free one. [KG_PORT]")
@click.option("--workers", type=click.IntRange(1), help="Web worker processes. [KG_WORKERS]")
@click.option("--base-url", metavar="URL",
              help="Public address of the service, for links in answers. [KG_BASE_URL]")
@click.option("--default-graph", type=click.Choice(["union", "strict"]),
              help="Default graph of queries: the union of all graphs, or only what is in no named "
                   "graph. [KG_DEFAULT_GRAPH]")
@click.option("--open-writes", is_flag=True, default=None,
              help="Let anybody on this machine write; refused on any other address. "
                   "[KG_OPEN_WRITES]")
@click.option("--query-timeout", type=click.FloatRange(min=0.001), metavar="SECONDS",
              help="Seconds a query may take, waiting included. [KG_QUERY_TIMEOUT]")
@click.option("--query-memory", type=click.IntRange(0), metavar="MB",
              help="Megabytes a query process may take on top of the store; 0 for no limit. "
                   "[KG_QUERY_MEMORY]")
@click.option("--query-rows", type=click.IntRange(0), metavar="N",
              help="Rows a result may have; 0 for no limit. [KG_QUERY_ROWS]")
@click.option("--query-bytes", type=click.IntRange(0), metavar="N",
              help="Bytes a result may have; 0 for no limit. [KG_QUERY_BYTES]")
@click.option("--query-processes", type=click.IntRange(1), metavar="N",
              help="Query processes per web worker. [KG_QUERY_PROCESSES]")
@click.option("--query-queue", type=click.IntRange(0), metavar="N",
              help="Queries that may wait per web worker. [KG_QUERY_QUEUE]")
@click.option("--update-timeout", type=click.FloatRange(min=0.001), metavar="SECONDS",
              help="Seconds an update or upload may take. [KG_UPDATE_TIMEOUT]")
@click.option("--update-memory", type=click.IntRange(0), metavar="MB",
              help="Megabytes an update or upload may take on top of the store; 0 for no limit. "
                   "[KG_UPDATE_MEMORY]")
@click.option("--service-allow", metavar="HOST,…",
              help="Hosts that SERVICE and LOAD may reach. [KG_SERVICE_ALLOW]")
@click.option("--log", "log_requests", is_flag=True, help="Log every request to standard error.")
def serve(store: str | None, *, log_requests: bool, **options: Any) -> None:
    """Serve pages, SPARQL and the API over HTTP until interrupted.

    Writing over HTTP is off unless KG_TOKEN holds a token that clients must send.
    """
    from kg.settings import as_environment, load_settings

    settings = load_settings().with_(store=store, **options)
    if settings.default_graph not in {"union", "strict"}:
        raise InputError(f"default graph is union or strict, not {settings.default_graph!r}")
    if settings.open_writes and not _is_loopback(settings.host):
        raise InputError(
            f"--open-writes lets anybody write and is refused on {settings.host}: use a loopback "
            "address such as 127.0.0.1, or set KG_TOKEN instead"
        )
    settings = settings.with_(port=_free(settings.host, settings.port))
    location = _location(settings.store)
    with tempfile.TemporaryDirectory(prefix="equipoise-") as shared:
        settings = settings.with_(
            store=location, metrics_dir=settings.metrics_dir or shared
        )
        os.environ.update(as_environment(settings))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"Equipoise on http://{host}:{settings.port}/  (store {location})")
        _run(settings, log_requests=log_requests)


def _location(name: str) -> str:
    """Where the store is that opens under a name. No revision stays held, or it would for ever."""
    store = opened(name or None)
    store.refresh()
    return store.location


def _free(host: str, port: int) -> int:
    """The port, if it can be listened on; for 0 one that can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"{host}:{port} cannot be listened on ({error.strerror}): name another address "
                "with --host and --port"
            ) from None
        return int(probe.getsockname()[1])


def _run(settings: Any, *, log_requests: bool) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # A request that waits for a query process holds a thread: there must be one for each that may
    # wait or run, and some for the pages meanwhile.
    threads = 2 * settings.query_processes + settings.query_queue + 16
    Granian(
        "kg.web:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.error,
        log_access=log_requests,
        log_dictconfig=_logging(log_requests),
    ).serve()


def _logging(log_requests: bool) -> dict[str, Any]:
    """Logging to standard error: our own warnings always, requests when asked for."""
    console = {
        "class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr",
    }
    requests = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
        "handlers": {"console": console},
        "loggers": {
            "_granian": {"handlers": ["console"], "propagate": False},
            "granian.access": requests,
            "kg": {**requests, "level": "INFO" if log_requests else "WARNING"},
        },
    }


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
