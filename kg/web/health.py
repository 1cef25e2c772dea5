"""``/healthz`` and ``/readyz``: whether the process lives, and whether it can answer."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from kg.web import sparql

blueprint = Blueprint("health", __name__)

OPENAPI: Final[dict[str, Any]] = {
    "/healthz": {
        "get": {
            "summary": "Whether the process lives",
            "operationId": "healthz",
            "tags": ["service"],
            "responses": {"200": {"description": "It does."}},
        }
    },
    "/readyz": {
        "get": {
            "summary": "Whether the store answers, and which revision",
            "operationId": "readyz",
            "tags": ["service"],
            "responses": {
                "200": {"description": "The revision served."},
                "503": {"description": "The store does not answer; the detail says why."},
            },
        }
    },
}


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    response = jsonify(status="ok")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/readyz")
def readyz() -> Response:
    """The store answers and query processes can be had."""
    revision = sparql.service().ready()
    running, waiting = sparql.service().pool.load
    response = jsonify(
        status="ready",
        revision=revision.id,
        created=revision.created,
        queries={"running": running, "waiting": waiting},
    )
    response.headers["Cache-Control"] = "no-store"
    return response
