"""``/reconcile``: the Reconciliation Service API 0.2, as OpenRefine speaks it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kg import vocabulary as v
from kg.errors import InputError, NotFound
from kg.identifiers import expand
from kg.web import linkers, state
from kg.web.addresses import local_path

blueprint = Blueprint("reconcile", __name__)
_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,99}\Z")
_OBJECT: Final = {"application/json": {"schema": {"type": "object"}}}
_PREFIX: Final = {"name": "prefix", "in": "query", "required": False, "schema": {"type": "string"}}


def _suggestion(what: str) -> dict[str, Any]:
    return {
        "get": {
            "summary": f"Suggest {what} by prefix",
            "operationId": f"suggest_{what}",
            "tags": ["reconciliation"],
            "parameters": [_PREFIX],
            "responses": {"200": {"description": "Suggestions.", "content": _OBJECT}},
        }
    }


OPENAPI: Final[dict[str, Any]] = {
    "/reconcile": {
        "get": {
            "summary": "Service manifest, or answers to queries",
            "description": "Reconciliation Service API 0.2. Without parameters the manifest; with "
            "queries the candidates; with extend the values of properties.",
            "operationId": "reconcile",
            "tags": ["reconciliation"],
            "parameters": [
                {"name": "queries", "in": "query", "schema": {"type": "string"}},
                {"name": "extend", "in": "query", "schema": {"type": "string"}},
                {"name": "callback", "in": "query", "schema": {"type": "string"}},
            ],
            "responses": {"200": {"description": "Manifest or answers.", "content": _OBJECT}},
        },
        "post": {
            "summary": "Answers to queries or data extension",
            "operationId": "reconcile_post",
            "tags": ["reconciliation"],
            "requestBody": {
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "queries": {"type": "string"},
                                "extend": {"type": "string"},
                            },
                        }
                    }
                }
            },
            "responses": {"200": {"description": "Answers.", "content": _OBJECT}},
        },
    },
    "/reconcile/suggest/entity": _suggestion("entities"),
    "/reconcile/suggest/type": _suggestion("types"),
    "/reconcile/suggest/property": _suggestion("properties"),
    "/reconcile/propose_properties": {
        "get": {
            "summary": "Properties worth fetching for a type",
            "operationId": "propose_properties",
            "tags": ["reconciliation"],
            "parameters": [{"name": "type", "in": "query", "schema": {"type": "string"}}],
            "responses": {"200": {"description": "Properties.", "content": _OBJECT}},
        }
    },
    "/reconcile/preview": {
        "get": {
            "summary": "A small page about a thing",
            "operationId": "preview",
            "tags": ["reconciliation"],
            "parameters": [
                {"name": "id", "in": "query", "required": True, "schema": {"type": "string"}}
            ],
            "responses": {
                "200": {
                    "description": "HTML.",
                    "content": {"text/html": {"schema": {"type": "string"}}},
                }
            },
        }
    },
    "/reconcile/view": {
        "get": {
            "summary": "To the page of a thing",
            "operationId": "view",
            "tags": ["reconciliation"],
            "parameters": [
                {"name": "id", "in": "query", "required": True, "schema": {"type": "string"}}
            ],
            "responses": {"302": {"description": "Its page."}},
        }
    },
}


@blueprint.record_once
def _install(setup: Any) -> None:
    linkers.install(setup.app)


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> AnyResponse:
    """Manifest, candidates or extension, by what was sent."""
    sent = request.values
    if "queries" in sent:
        return _answer(linkers.reconciler().batch(_json("queries", sent["queries"])))
    if "query" in sent:  # a single query, as in version 0.1
        text = sent["query"]
        query = _json("query", text) if text.lstrip().startswith("{") else {"query": text}
        return _answer(linkers.reconciler().batch({"q": query})["q"])
    if "extend" in sent:
        return _answer(linkers.reconciler().extend(_json("extend", sent["extend"])))
    return _answer(manifest())


def manifest() -> dict[str, object]:
    """What the service offers, and where."""
    from kg.linking.reconcile_schema import TYPE_NAMES

    root = (state.settings().base_url or request.url_root).rstrip("/")
    base = f"{root}/reconcile"
    offered = (v.GOAL, v.TARGET, v.PRINCIPLE, v.TECHNOLOGY, v.ORGANISATION, v.COUNTRY_CLASS)
    return {
        "versions": ["0.1", "0.2"],
        "name": "Equipoise",
        "identifierSpace": v.ID,
        "schemaSpace": v.EQ,
        "documentation": f"{root}/api/v1/openapi.json",
        "defaultTypes": [{"id": iri, "name": TYPE_NAMES[iri]} for iri in offered],
        "view": {"url": f"{base}/view?id={{{{id}}}}"},
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": 430, "height": 220},
        "suggest": {
            name: {"service_url": root, "service_path": f"/reconcile/suggest/{name}"}
            for name in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {
                "service_url": root,
                "service_path": "/reconcile/propose_properties",
            },
            "property_settings": [],
        },
    }


@blueprint.get("/reconcile/suggest/entity")
def suggest_entity() -> AnyResponse:
    """Things by the beginning of a word of their labels."""
    from kg.linking.reconcile_schema import describe, type_of

    found = linkers.reconciler().labels.search(request.args.get("prefix", "")[:500], limit=20)
    about = describe(state.store(), [item.id for item in found])
    return _answer(
        {
            "result": [
                {
                    "id": item.id,
                    "name": item.label,
                    "description": about.get(item.id, ""),
                    "notable": [type_of(item.kind)],
                }
                for item in found
            ]
        }
    )


@blueprint.get("/reconcile/suggest/type")
def suggest_type() -> AnyResponse:
    """Types by name."""
    from kg.linking.reconcile_schema import suggest_types

    return _answer({"result": suggest_types(request.args.get("prefix", "")[:500])})


@blueprint.get("/reconcile/suggest/property")
def suggest_property() -> AnyResponse:
    """Properties by name."""
    from kg.linking.reconcile_schema import suggest_properties

    return _answer({"result": suggest_properties(request.args.get("prefix", "")[:500])})


@blueprint.get("/reconcile/propose_properties")
def propose() -> AnyResponse:
    """Properties for a type."""
    from kg.linking.reconcile_schema import propose_properties
    from kg.linking.search import KINDS

    given = request.args.get("type", "")
    proposed = propose_properties(KINDS.get(expand(given) or given))
    return _answer({"type": given, "properties": proposed})


@blueprint.get("/reconcile/preview")
def preview() -> str:
    """A small page that fits OpenRefine's preview frame."""
    from kg.linking.reconcile_schema import describe, values_of

    iri = _thing(request.args.get("id", ""))
    labels = values_of(state.store(), [iri], [v.PREF_LABEL, v.LABEL, v.NOTATION])
    names = labels.get((iri, v.PREF_LABEL)) or labels.get((iri, v.LABEL))
    if not names:
        raise NotFound(f"there is nothing called {iri} in the graph")
    codes = labels.get((iri, v.NOTATION), [])
    return render_template(
        "preview.html",
        iri=iri,
        label=names[0][1],
        code=codes[0][1] if codes else "",
        text=describe(state.store(), [iri]).get(iri, ""),
    )


@blueprint.get("/reconcile/view")
def view() -> AnyResponse:
    """On to the thing's own page."""
    path = local_path(_thing(request.args.get("id", "")))
    if path is None:
        raise NotFound("this service has no page for that")
    return redirect(path)


def _thing(text: str) -> str:
    iri = expand(text)
    if iri is None or any(char in iri for char in '<>"{}|^`\\ '):
        raise InputError(f"{text[:200]!r} is not the identifier of a thing")
    return iri


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{name} is not JSON: {error}") from error


def _answer(content: dict[str, Any]) -> AnyResponse:
    callback = request.args.get("callback", "")
    if not callback:
        return jsonify(content)
    if not _CALLBACK.match(callback):
        raise InputError("callback must be the name of a function")
    body = json.dumps(content).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Response(f"/**/{callback}({body});", mimetype="application/javascript")
