"""``/api/v1/questions``: the named questions, and their answers."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from kg.sparql.library import question, questions
from kg.web import sparql
from kg.web.protocol import Operation

blueprint = Blueprint("questions", __name__)

OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/questions": {
        "get": {
            "summary": "The named questions, with their parameters",
            "operationId": "questions",
            "tags": ["questions"],
            "responses": {
                "200": {
                    "description": "Name, title, description and parameters of each.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            },
        }
    },
    "/api/v1/questions/{name}": {
        "get": {
            "summary": "Answer a named question",
            "description": "Parameters of the question are given as query parameters. The answer "
            "comes as SPARQL results in the format asked for by Accept or format.",
            "operationId": "question",
            "tags": ["questions"],
            "parameters": [
                {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "format", "in": "query", "schema": {"type": "string"}},
            ],
            "responses": {
                "200": {
                    "description": "SPARQL results.",
                    "content": {"application/sparql-results+json": {"schema": {"type": "object"}}},
                }
            },
        }
    },
}


@blueprint.get("/api/v1/questions")
def listing() -> Response:
    """All named questions."""
    return jsonify(questions=[item.to_dict() for item in questions()])


@blueprint.get("/api/v1/questions/<name>")
def answer(name: str) -> Response:
    """The answer to one, with parameters from the address."""
    values = {key: value for key, value in request.args.items() if key != "format"}
    text = question(name).bound(values)
    return sparql.answered(Operation("query", text, override=request.args.get("format") or None))
