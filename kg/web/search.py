"""``GET /api/v1/search``: things by the beginning of a word in any of their labels."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from kg.linking.search import KINDS
from kg.web import linkers

blueprint = Blueprint("label_search", __name__)
_LIMIT: Final = 100
_QUERY: Final = 500
_NAMES: Final = tuple(KINDS.values())

OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/search": {
        "get": {
            "summary": "Search labels as you type",
            "description": "Labels in all languages, accents folded; the words typed begin words "
            "of the label.",
            "operationId": "search",
            "tags": ["search"],
            "parameters": [
                {
                    "name": "q",
                    "in": "query",
                    "required": True,
                    "schema": {"type": "string", "maxLength": _QUERY},
                },
                {
                    "name": "kind",
                    "in": "query",
                    "description": f"Only these kinds, comma-separated: {', '.join(_NAMES)}.",
                    "schema": {
                        "type": "string",
                        "pattern": f"^({'|'.join(_NAMES)})(,({'|'.join(_NAMES)}))*$",
                    },
                },
                {
                    "name": "limit",
                    "in": "query",
                    "schema": {"type": "integer", "minimum": 1, "maximum": _LIMIT, "default": 10},
                },
            ],
            "responses": {
                "200": {
                    "description": "Things, best first.",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["query", "results"],
                                "properties": {
                                    "query": {"type": "string"},
                                    "results": {"type": "array", "items": {"type": "object"}},
                                },
                            }
                        }
                    },
                }
            },
        }
    }
}


@blueprint.record_once
def _install(setup: Any) -> None:
    linkers.install(setup.app)


@blueprint.get("/api/v1/search")
def search() -> Response:
    """Things whose labels match."""
    query = request.args["q"]
    kinds = [kind for kind in request.args.get("kind", "").split(",") if kind]
    limit = int(request.args.get("limit", "10"))
    found = linkers.reconciler().labels.search(query, kinds=kinds, limit=limit)
    return jsonify(query=query, results=[item.to_dict() for item in found])
