"""Limits on cases and links as parameters of an address, read and described in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request

from kg.projection.naming import filters_named
from kg.web.analysis_parameters import FILTERS, PARAMETERS

if TYPE_CHECKING:
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


def described_body(media_type: str) -> dict[str, Any]:
    """The description of a document of a type: JSON of any shape, or text."""
    return {"schema": {} if media_type.endswith("json") else {"type": "string"}}


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
