"""``/api/v1/review`` and the page ``/review``: decide on proposed links."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from kg.errors import InputError
from kg.web import state
from kg.web.access import require_write

blueprint = Blueprint("review", __name__)
_LINKS: Final = 1_000
_OBJECT: Final = {"application/json": {"schema": {"type": "object"}}}

OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/review": {
        "get": {
            "summary": "Links by review status, most probable first",
            "operationId": "review",
            "tags": ["review"],
            "parameters": [
                {
                    "name": "status",
                    "in": "query",
                    "schema": {"enum": ["proposed", "accepted", "rejected", "all"]},
                },
                {"name": "dataset", "in": "query", "schema": {"type": "string"}},
                {
                    "name": "kind",
                    "in": "query",
                    "schema": {"enum": ["goal", "target", "principle", "technology"]},
                },
                {
                    "name": "limit",
                    "in": "query",
                    "schema": {"type": "integer", "minimum": 1, "maximum": 500},
                },
                {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
            ],
            "responses": {"200": {"description": "Links.", "content": _OBJECT}},
        },
        "post": {
            "summary": "Accept, reject or correct links",
            "description": "Accepted links become plain triples in the same transaction; rejected "
            "ones are remembered. Who, when and why are kept as PROV.",
            "operationId": "decide",
            "tags": ["review"],
            "security": [{"token": []}],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["links", "verdict", "reviewer"],
                            "properties": {
                                "links": {
                                    "type": "array",
                                    "items": {"type": "string"},
                                    "minItems": 1,
                                    "maxItems": _LINKS,
                                },
                                "verdict": {"enum": ["accepted", "rejected", "corrected"]},
                                "reviewer": {"type": "string", "pattern": r"\S"},
                                "reason": {"type": "string"},
                                "concept": {"type": "string"},
                                "predicate": {"type": "string"},
                            },
                        }
                    }
                },
            },
            "responses": {
                "200": {"description": "The links as they are afterwards.", "content": _OBJECT}
            },
        },
    },
    "/api/v1/review/agreement": {
        "get": {
            "summary": "Cohen's kappa of pairs of reviewers, and where they differ",
            "operationId": "agreement",
            "tags": ["review"],
            "responses": {"200": {"description": "Agreement.", "content": _OBJECT}},
        }
    },
    "/api/v1/review/log": {
        "get": {
            "summary": "Who decided what, when and why",
            "operationId": "review_log",
            "tags": ["review"],
            "responses": {"200": {"description": "Verdicts.", "content": _OBJECT}},
        }
    },
}


@blueprint.get("/api/v1/review")
def listing() -> Response:
    """Links by status."""
    from kg.linking.queue import items

    status = request.args.get("status", "proposed")
    found = items(
        state.store(),
        status=None if status == "all" else status,
        dataset=request.args.get("dataset") or None,
        kind=request.args.get("kind") or None,
        limit=int(request.args.get("limit", "50")),
        offset=int(request.args.get("offset", "0")),
    )
    return jsonify(links=[entry.to_dict() for entry in found])


@blueprint.post("/api/v1/review")
def decide() -> Response:
    """Store verdicts."""
    from kg.linking import review

    require_write()
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InputError("the body must be a JSON object with links, verdict and reviewer")
    links, verdict = body.get("links"), body.get("verdict")
    if not isinstance(links, list) or not links or not all(isinstance(x, str) for x in links):
        raise InputError("links must be a list of link IRIs")
    if len(links) > _LINKS:
        raise InputError(f"{len(links)} links at once; {_LINKS} are allowed")
    texts = {}
    for name in ("reviewer", "reason", "concept", "predicate"):
        value = body.get(name, "")
        if not isinstance(value, str):
            raise InputError(f"{name} must be a string")
        texts[name] = value
    if not texts["reviewer"].strip():
        raise InputError("say who decides: reviewer")
    store = state.store()
    if verdict == "corrected":
        if len(links) != 1:
            raise InputError("one link at a time can be corrected")
        entries = [review.edit(store, links[0], **texts)]
    else:
        entries = review.decide(
            store, links, str(verdict), reviewer=texts["reviewer"], reason=texts["reason"]
        )
    return jsonify(links=[entry.to_dict() for entry in entries], revision=store.revision.id)


@blueprint.get("/api/v1/review/agreement")
def agreement() -> Response:
    """Kappa by pair, and the links in dispute."""
    from kg.linking.review import agreements, disagreements

    store = state.store()
    return jsonify(
        pairs=[pair.to_dict() for pair in agreements(store)],
        disagreements=[entry.to_dict() for entry in disagreements(store)],
    )


@blueprint.get("/api/v1/review/log")
def log() -> Response:
    """All verdicts."""
    from kg.linking.review import verdicts

    return jsonify(verdicts=[verdict.to_dict() for verdict in verdicts(state.store())])


@blueprint.get("/review")
def page() -> str:
    """The queue for people."""
    from kg.linking.queue import items
    from kg.linking.review import agreements

    store = state.store()
    settings = state.settings()
    return render_template(
        "review.html",
        links=items(store, limit=100),
        pairs=agreements(store),
        writable=bool(settings.token or settings.open_writes),
        needs_token=bool(settings.token) and not settings.open_writes,
    )
