"""Options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kg.store import GraphStore

Function = TypeVar("Function", bound=Callable[..., Any])


def store_option(function: Function) -> Function:
    """``--store``: directory or address."""
    return click.option(
        "--store",
        metavar="DIR|URL",
        help="Store to use: a directory, or the address of a SPARQL server. [KG_STORE]",
    )(function)


def format_option(*choices: str, default: str = "table") -> Callable[[Function], Function]:
    """``--format``, by default ``table``, ``json`` or ``csv``."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(choices or ("table", "json", "csv")),
        default=default,
        show_default=True,
        help="How to print.",
    )


def output_option(function: Function) -> Function:
    """``-o/--output``: a file instead of standard output."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to this file instead of standard output.",
    )(function)


_FILTERS = (
    click.option("--dataset", "datasets", multiple=True, help="Only these datasets (repeatable)."),
    click.option("--country", "countries", multiple=True, help="Only these countries (ISO code)."),
    click.option("--region", "regions", multiple=True, help="Only these M49 regions."),
    click.option("--years", help="Only cases begun in these years: 2019 or 2015-2020."),
    click.option("--status", "statuses", multiple=True, help="Only these statuses."),
    click.option(
        "--technology", "technologies", multiple=True, help="Only these technologies and narrower."
    ),
    click.option("--organisation", "organisations", multiple=True, help="Only these participants."),
    click.option(
        "--links",
        type=click.Choice(["reviewed", "all"]),
        default="reviewed",
        show_default=True,
        help="Accepted links only, or proposed ones too.",
    ),
)


def filter_options(function: Function) -> Function:
    """The filters of every analysis: dataset, country, region, years, status, …."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


def opened(store: str | None, *, build: bool = True) -> GraphStore:
    """The store an option names, built on first use."""
    from kg.store import open_store

    return open_store(store, build=build)
