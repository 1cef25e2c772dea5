"""``GET /api/v1/search``: things by the beginning of a word in any of their labels."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from kg.errors import InputError
from kg.web import linkers

blueprint = Blueprint("label_search", __name__)
_LIMIT: Final = 100
_QUERY: Final = 500

OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/search": {
        "get": {
            "summary": "Search labels as you type",
            "description": "Labels in all languages, accents folded; the words typed begin words "
            "of the label.",
            "operationId": "search",
            "tags": ["search"],
            "parameters": [
                {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
                {
                    "name": "kind",
                    "in": "query",
                    "description": "Only these kinds, comma-separated: goal, target, principle, "
                    "technology, framework, case, organisation, country, region …",
                    "schema": {"type": "string"},
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
    from kg.linking.search import KINDS

    query = request.args.get("q", "")
    if len(query) > _QUERY:
        raise InputError(f"q has {len(query)} characters; {_QUERY} are allowed")
    kinds = [part.strip() for part in request.args.get("kind", "").split(",") if part.strip()]
    unknown = sorted(set(kinds) - set(KINDS.values()))
    if unknown:
        raise InputError(f"no kind {unknown[0]!r}; there are {', '.join(KINDS.values())}")
    limit = whole_number("limit", 10, _LIMIT)
    found = linkers.reconciler().labels.search(query, kinds=kinds, limit=limit)
    return jsonify(query=query, results=[item.to_dict() for item in found])


def whole_number(name: str, default: int, largest: int) -> int:
    """A query parameter from 1 to ``largest``.

    Raises:
        InputError: It is something else.
    """
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise InputError(f"{name} must be a whole number from 1 to {largest}")
    return int(text)
