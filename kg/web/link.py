"""``POST /api/v1/link`` and the page ``/link``: text to proposals with highlighted spans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, jsonify, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kg.errors import InputError, PayloadTooLarge, UnsupportedMediaType
from kg.web import linkers, state

if TYPE_CHECKING:
    from kg.ingest.documents import DocumentText
    from kg.linking.proposals import Proposal

blueprint = Blueprint("link", __name__)
_MEMBERS: Final = {"text", "kinds", "preset", "threshold", "limit", "language"}

OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/link": {
        "post": {
            "summary": "Link a text to goals, targets, principles, technologies and names",
            "description": "Ranked proposals with calibrated probabilities, polarity and the "
            "spans of the text that support them. Send JSON, or a file (text, Markdown, HTML, "
            "DOCX, PDF) as form data. Nothing is stored and nothing leaves the server.",
            "operationId": "link",
            "tags": ["linking"],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["text"],
                            "properties": {
                                "text": {"type": "string"},
                                "kinds": {"type": ["array", "null"], "items": {"type": "string"}},
                                "preset": {
                                    "enum": ["high-precision", "balanced", "high-recall", None]
                                },
                                "threshold": {
                                    "type": ["number", "null"],
                                    "minimum": 0,
                                    "maximum": 1,
                                },
                                "limit": {"type": ["integer", "null"], "minimum": 1},
                                "language": {"type": ["string", "null"]},
                            },
                        }
                    },
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "properties": {"file": {"type": "string", "format": "binary"}},
                        }
                    },
                },
            },
            "responses": {
                "200": {
                    "description": "Proposals by kind, most probable first.",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["proposals", "characters", "revision"],
                                "properties": {
                                    "proposals": {"type": "array", "items": {"type": "object"}},
                                    "characters": {"type": "integer"},
                                    "revision": {"type": "string"},
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


@blueprint.post("/api/v1/link")
def link() -> Response:
    """Proposals for a text or a file."""
    document, options = _request()
    found = linkers.link(document.text, pages=document.pages, **options)
    return jsonify(
        proposals=[proposal.to_dict() for proposal in found],
        characters=len(document.text),
        revision=state.store().revision.id,
    )


@blueprint.route("/link", methods=["GET", "POST"])
def page() -> str:
    """A form, and after it was sent the text with its evidence marked."""
    preset = request.form.get("preset", "balanced")
    shown: dict[str, Any] = {
        "preset": preset,
        "text": "",
        "proposals": [],
        "parts": [],
        "sent": False,
        "problem": "",
    }
    if request.method == "POST":
        try:
            document = _form_document()
            found = linkers.link(document.text, preset=preset, pages=document.pages)
            shown |= {
                "text": document.text,
                "proposals": found,
                "sent": True,
                "parts": marked(document.text, found),
            }
        except InputError as error:
            shown |= {"problem": str(error), "text": request.form.get("text", "")}
    return render_template("link.html", **shown)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text: what it supports, or nothing."""

    text: str
    supports: tuple[str, ...]


def marked(text: str, proposals: list[Proposal]) -> list[Part]:
    """The text cut at the edges of the evidence, each part with what it supports.

    Example:
        >>> [part.text for part in marked("abc", [])]
        ['abc']
    """
    spans = [
        (span.start, span.end, f"{proposal.notation} {proposal.label}".strip())
        for proposal in proposals
        for span in proposal.evidence
    ]
    edges = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    parts: list[Part] = []
    for start, end in pairwise(edges):
        names = tuple(dict.fromkeys(name for s, e, name in spans if s <= start and end <= e))
        parts.append(Part(text[start:end], names))
    return parts


def _request() -> tuple[DocumentText, dict[str, Any]]:
    from kg.ingest.documents import DocumentText

    if request.mimetype == "multipart/form-data":
        options = {
            "preset": request.form.get("preset", "balanced"),
            "language": request.form.get("language") or None,
        }
        return _form_document(), options
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send application/json with a text, or a file as form data")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InputError("the body must be a JSON object with the member text")
    unknown = sorted(set(body) - _MEMBERS)
    if unknown:
        raise InputError(f"unknown member {unknown[0]!r}; known are {', '.join(sorted(_MEMBERS))}")
    if not isinstance(body.get("text"), str):
        raise InputError("text must be a string")
    _check_size(body["text"])
    return DocumentText(body["text"], "text"), _options(body)


def _options(body: dict[str, Any]) -> dict[str, Any]:
    kinds = body.get("kinds")
    if kinds is not None and not (
        isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds)
    ):
        raise InputError("kinds must be a list of strings")
    threshold, limit = body.get("threshold"), body.get("limit")
    if threshold is not None and not (
        isinstance(threshold, int | float)
        and not isinstance(threshold, bool)
        and 0 <= threshold <= 1
    ):
        raise InputError("threshold must be a number from 0 to 1")
    if limit is not None and not (
        isinstance(limit, int) and not isinstance(limit, bool) and limit > 0
    ):
        raise InputError("limit must be a positive whole number")
    for name in ("preset", "language"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise InputError(f"{name} must be a string")
    options: dict[str, Any] = {
        "preset": body.get("preset") or "balanced",
        "threshold": threshold,
        "limit": limit,
        "language": body.get("language"),
    }
    return options | ({"kinds": kinds} if kinds is not None else {})


def _form_document() -> DocumentText:
    from kg.ingest.documents import SUFFIXES, DocumentText, document_text

    sent: FileStorage | None = request.files.get("file")
    if sent is not None and sent.filename:
        kind = SUFFIXES.get(PurePath(sent.filename).suffix.lower())
        if kind is None:
            raise InputError(
                f"cannot read {sent.filename}; known are {', '.join(sorted(SUFFIXES))}"
            )
        document = document_text(sent.read(), kind, name=sent.filename)
    else:
        if "text" not in request.form:
            raise InputError("the form holds neither a file nor a text")
        document = DocumentText(request.form["text"], "text")
    _check_size(document.text)
    return document


def _check_size(text: str) -> None:
    allowed = state.settings().link_characters
    if len(text) > allowed:
        raise PayloadTooLarge(
            f"the text has {len(text):,} characters, more than the {allowed:,} allowed here"
        )
