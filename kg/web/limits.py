"""Limits on cases and links as parameters of an address, read and described in one place."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from flask import request

from kg.errors import InputError
from kg.projection.naming import filters_named
from kg.web.analysis_parameters import FILTERS, PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.projection import Filters, Links, Projection

LIMITS: Final[list[dict[str, Any]]] = [
    item for item in PARAMETERS["coverage"] if item["name"] in {*FILTERS, "years", "links"}
]
"""Descriptions of the parameters that :func:`limits_asked` and :func:`links_asked` read."""


def parameter(name: str, text: str, **schema: Any) -> dict[str, Any]:
    """The description of a query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": {"type": "string", **schema},
    }


def check_names(parameters: Sequence[dict[str, Any]]) -> None:
    """Refuse names that are not described, and values that are not among the choices.

    Raises:
        InputError: Names the parameter. A misspelt filter must not silently count everything.
    """
    allowed = {item["name"]: item["schema"] for item in parameters}
    for name, value in request.args.items(multi=True):
        if name not in allowed:
            close = difflib.get_close_matches(name, allowed, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(f"Unknown parameter {name!r}.{hint}", column=name)
        choices = allowed[name].get("enum")
        if choices and value not in choices:
            raise InputError(f"{value!r} is not one of {', '.join(choices)}.", column=name)


def limits_asked(projection: Projection) -> Filters:
    """The filters of the request.

    Raises:
        UnknownTermError: A name means nothing here; the closest are offered.
    """
    several: dict[str, Any] = {
        plural: tuple(value for value in request.args.getlist(name) if value)
        for name, plural in FILTERS.items()
    }
    return filters_named(projection, years=request.args.get("years"), **several)


def links_asked() -> Links:
    """Accepted links only, or proposed ones too."""
    return "all" if request.args.get("links") == "all" else "accepted"
