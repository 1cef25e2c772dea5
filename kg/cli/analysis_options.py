"""What the analysis commands share: the unit, and the opened projection with its filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.options import opened

if TYPE_CHECKING:
    from kg.projection import Filters, Links, Projection, Unit

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Scene:
    """Everything an analysis starts from."""

    projection: Projection
    unit: Unit
    filters: Filters
    links: Links


def unit_option(function: Function) -> Function:
    """``--units``: cases or frameworks."""
    return click.option(
        "--units",
        "--unit",
        "units",
        type=click.Choice(["cases", "frameworks", "case", "framework"]),
        default="cases",
        show_default=True,
        help="What is counted.",
    )(function)


def polarity_option(default: str) -> Callable[[Function], Function]:
    """``--polarity``: which links count."""
    return click.option(
        "--polarity",
        type=click.Choice(["positive", "negative", "both"]),
        default=default,
        show_default=True,
        help="Which links count.",
    )


def seed_option(function: Function) -> Function:
    """``--seed`` of the random generator."""
    return click.option(
        "--seed", type=int, default=0, show_default=True, help="Seed of the random numbers."
    )(function)


def prepared(store: str | None, units: str = "cases", **named: Any) -> Scene:
    """Open the store and turn the filters that were typed into IRIs."""
    from kg.projection import Projection, unit_named
    from kg.projection.naming import filters_named

    links = named.pop("links", "reviewed")
    unit = unit_named(units)
    projection = Projection.open(opened(store))
    filters = filters_named(projection, unit=unit, **named)
    return Scene(projection, unit, filters, "all" if links == "all" else "accepted")
