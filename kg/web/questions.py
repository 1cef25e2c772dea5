"""``/api/v1/questions``: the named questions, and their answers."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from kg.errors import InputError
from kg.sparql.formats import GRAPHS, RESULTS, TABLE, known_format
from kg.sparql.library import question, questions
from kg.web import sparql
from kg.web.limits import described_body
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
            "x-names-open": True,  # each question has parameters of its own
            "parameters": [
                {
                    "name": "name",
                    "in": "path",
                    "required": True,
                    "schema": {"enum": [item.name for item in questions()]},
                },
                {
                    "name": "format",
                    "in": "query",
                    "schema": {"enum": [item.name for item in (*RESULTS, *GRAPHS, TABLE)]},
                },
            ],
            "responses": {
                "200": {
                    "description": "SPARQL results.",
                    "content": {
                        item.media_type: described_body(item.media_type)
                        for item in (*RESULTS, *GRAPHS, TABLE)
                    },
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
    for key, values in request.args.lists():
        if len(values) > 1:
            raise InputError(f"Given {len(values)} times; once is enough.", column=key)
    given = {key: value for key, value in request.args.items() if key != "format"}
    text = question(name).bound(given)
    override = request.args.get("format")
    if override is not None:
        known_format(override)
    return sparql.answered(Operation("query", text, override=override))
