"""The description of the API (OpenAPI 3.1), gathered from the modules that answer it.

A blueprint module describes its routes in ``OPENAPI``: a mapping from path (with ``{name}`` for
parameters) to operations. What all operations share is added here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, current_app, jsonify, render_template, request
from werkzeug.wrappers import Response

from kg.web.described import check

blueprint = Blueprint("openapi", __name__)

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "suggestions": {"type": "array", "items": {"type": "string"}},
    },
}
_PROBLEMS: Final = {
    "400": "The request is wrong; the detail says what and where.",
    "404": "No such thing.",
    "406": "No acceptable format.",
    "413": "Too large.",
    "502": "The engine behind this service did not answer as it should.",
    "503": "Too busy or the store is not available; try again.",
    "504": "Ran past its deadline.",
}

_PROBLEMS_OF_BODIES: Final = {
    "415": "The body is of a kind that is not read here.",
    "422": "The body is well-formed, and does not fit.",
}
_PROBLEMS_OF_ACCESS: Final = {
    "401": "A token is needed, or the one sent is not known.",
    "403": "Writing is off.",
}


@blueprint.before_app_request
def _check() -> None:
    rule, owner = request.url_rule, request.blueprint
    if rule is None or owner is None or not rule.rule.startswith("/api/v1/"):
        return  # what others specify (SPARQL, OpenRefine) is checked where it is answered
    operations = _described(sys.modules[current_app.blueprints[owner].import_name])
    path = rule.rule.replace("<", "{").replace(">", "}")
    method = "get" if request.method == "HEAD" else request.method.lower()
    operation = operations.get(path, {}).get(method, {"x-names-open": True})
    if not operation.get("x-names-open"):
        check(operation.get("parameters", ()))


@blueprint.get("/api/v1/openapi.json")
def document() -> Response:
    """The description of the API."""
    return jsonify(description())


@blueprint.get("/api")
def page() -> str:
    """The description of the API for people."""
    paths = description()["paths"]
    groups: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, operations in paths.items():
        for method in _METHODS & operations.keys():
            operation = operations[method]
            groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    return render_template("api.html", groups=sorted(groups.items()))


OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/openapi.json": {
        "get": {
            "summary": "This description",
            "operationId": "openapi",
            "tags": ["service"],
            "responses": {"200": {"description": "OpenAPI 3.1 document."}},
        }
    }
}


def description() -> dict[str, Any]:
    """OpenAPI 3.1 document of the application that answers this request."""
    paths: dict[str, Any] = {}
    for module in sorted({view.import_name for view in current_app.blueprints.values()}):
        for path, operations in _described(sys.modules.get(module)).items():
            paths[path] = {
                key: _completed(key, operation) if key in _METHODS else operation
                for key, operation in operations.items()
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Equipoise",
            "version": _version(),
            "summary": "Principles, SDG targets, cases and technologies in one graph.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(module: object) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(module, "OPENAPI", {})
    return found


_METHODS: Final = {"get", "post", "put", "delete", "patch", "head"}


def _completed(method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    responses = dict(operation.get("responses", {}))
    problems = dict(_PROBLEMS)
    if "requestBody" in operation or method not in {"get", "head"}:
        problems |= _PROBLEMS_OF_BODIES
    if "security" in operation:
        problems |= _PROBLEMS_OF_ACCESS
    for status, text in problems.items():
        responses.setdefault(
            status,
            {
                "description": text,
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            },
        )
    return {**operation, "responses": responses}


def _version() -> str:
    from importlib.metadata import version

    return version("equipoise")
