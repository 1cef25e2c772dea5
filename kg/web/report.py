"""The report over HTTP: ``/api/v1/report``, in every format of ``kg report``."""

from __future__ import annotations

import hashlib
import io
from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kg.analysis.scope import Scope, meant
from kg.projection import Projection
from kg.report.formats import REPORT_FORMATS, report_format
from kg.report.language import LANGUAGES
from kg.report.options import ReportOptions
from kg.web import sparql, state
from kg.web.limits import LIMITS, described_body, limits_asked, links_asked, parameter

blueprint = Blueprint("report", __name__, url_prefix="/api/v1")


def _several(name: str, text: str) -> dict[str, Any]:
    return {
        **parameter(name, f"{text} Repeatable."),
        "explode": True,
        "schema": {"type": "array", "items": {"type": "string"}},
    }


_PARAMETERS: Final = [
    parameter("format", "Form of the report.", enum=list(REPORT_FORMATS), default="html"),
    _several("out", "Members out of scope."),
    _several("relevant", "Members relevant beforehand."),
    parameter("baseline", "Dataset to hold single members against."),
    parameter("framework", "Show the principles of this framework in the matrix."),
    parameter(
        "counting",
        "Count a case once per pair, or once in all.",
        enum=["full", "fractional"],
        default="full",
    ),
    parameter("level", "Rows of the matrix.", enum=["goal", "target"], default="goal"),
    parameter("since", "Also tell what changed since this revision."),
    parameter("title", "Title of the report."),
    parameter("author", "Who hands it in."),
    parameter("lang", "Language of the report.", enum=list(LANGUAGES), default="en"),
    *LIMITS,
]
OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/report": {
        "get": {
            "summary": "The gap report as a document.",
            "operationId": "report",
            "tags": ["documents"],
            "parameters": _PARAMETERS,
            "responses": {
                "200": {
                    "description": "The report.",
                    "content": {
                        item.media_type: described_body(item.media_type)
                        for item in REPORT_FORMATS.values()
                    },
                }
            },
        }
    }
}
"""The operation, for the description of the API."""


@blueprint.get("/report")
def report() -> Response:
    """Write the report; the same revision and parameters give the same bytes, and an ETag."""
    store = state.store()
    projection = Projection.open(store)
    chosen = report_format(request.args.get("format", "html"))
    state_tag = sparql.service().etag(store.revision, chosen.name)
    mark = hashlib.sha256(f"{state_tag} {request.full_path}".encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(mark):
        answer = Response(status=304)
        answer.set_etag(mark)
        return answer
    from kg.report.building import build_report

    model = build_report(store, _options(projection))
    buffer = io.BytesIO()
    chosen.write(model, buffer)
    answer = Response(buffer.getvalue(), content_type=_content_type(chosen.media_type))
    answer.set_etag(mark)
    shown = "inline" if chosen.name in ("html", "md", "json", "pdf") else "attachment"
    answer.headers["Content-Disposition"] = f'{shown}; filename="report.{chosen.name}"'
    answer.headers["X-Revision"] = projection.revision
    if chosen.name == "html":
        # The page carries its own style sheet, and nothing else.
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
    return answer


def _options(projection: Projection) -> ReportOptions:
    args = request.args
    baseline, framework = args.get("baseline"), args.get("framework")
    out, relevant = (
        frozenset(meant(projection, name) for name in args.getlist(kind) if name)
        for kind in ("out", "relevant")
    )
    return ReportOptions(
        filters=limits_asked(projection),
        links=links_asked(),
        scope=Scope(out=out, relevant=relevant, name="request" if out or relevant else ""),
        baseline=projection.resolve("dataset", baseline) if baseline else "uniform",
        framework=projection.resolve("framework", framework) if framework else "",
        counting=args.get("counting", "full"),  # type: ignore[arg-type]
        level=args.get("level", "goal"),  # type: ignore[arg-type]
        since=args.get("since", ""),
        title=args.get("title", ""),
        author=args.get("author", ""),
        lang=args.get("lang", "en"),
    )


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
