"""Exports over HTTP: ``/api/v1/export``, in every format of ``kg export``."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kg.export import FORMATS, Selection, export, format_named
from kg.export.naming import node_named
from kg.projection import Projection
from kg.web import sparql, state
from kg.web.limits import LIMITS, described_body, limits_asked, links_asked, parameter

if TYPE_CHECKING:
    from kg.export import Format

blueprint = Blueprint("export", __name__, url_prefix="/api/v1")

_PARAMETERS: Final = [
    parameter("format", "Form of the export.", enum=list(FORMATS), default="graphml"),
    parameter("graph", "Which graph.", enum=["cases", "concepts", "ego"]),
    parameter("node", "Node in the middle of an ego graph: IRI, code or label."),
    parameter("depth", "Steps around the node, 1 to 6.", type="integer",
              minimum=1, maximum=6, default=1),
    parameter(
        "polarity",
        "Which links to keep.",
        enum=["positive", "negative", "both"],
        default="both",
    ),
    parameter("texts", "Carry summaries, definitions and rationales too.", type="boolean"),
    *LIMITS,
]
OPENAPI: Final[dict[str, Any]] = {
    "/api/v1/export": {
        "get": {
            "summary": "The graph, a part of it, or its tables, for other tools.",
            "operationId": "export",
            "tags": ["documents"],
            "parameters": _PARAMETERS,
            "responses": {
                "200": {
                    "description": "The export.",
                    "content": {
                        media_type: described_body(media_type)
                        for media_type in dict.fromkeys(
                            item.media_type for item in FORMATS.values()
                        )
                    },
                }
            },
        }
    }
}
"""The operation, for the description of the API."""
_IN_MEMORY: Final = 8 * 1024 * 1024
_PIECE: Final = 256 * 1024


@blueprint.get("/export")
def export_() -> Response:
    """Write an export to disk, then send it, so that a failure is an error and not a torn file."""
    store = state.store()
    projection = Projection.open(store)
    chosen = format_named(request.args.get("format", "graphml"))
    state_tag = sparql.service().etag(store.revision, chosen.name)
    mark = hashlib.sha256(f"{state_tag} {request.full_path}".encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(mark):
        answer = Response(status=304)
        answer.set_etag(mark)
        return answer
    selection = _selection(projection)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    export(store, chosen, file, selection)  # type: ignore[arg-type]  # a binary file in all but name
    size = file.tell()
    file.seek(0)
    answer = Response(_pieces(file), content_type=_content_type(chosen))
    answer.content_length = size
    answer.set_etag(mark)
    answer.call_on_close(file.close)
    shown = "inline" if chosen.family == "picture" else "attachment"
    name = f"{selection.graph}.{chosen.endings[0]}"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer.headers["X-Revision"] = projection.revision
    if chosen.name == "html":
        # The page carries its own style and script, and fetches nothing.
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        )
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _selection(projection: Projection) -> Selection:
    args = request.args
    node = args.get("node", "")
    return Selection(
        graph=args.get("graph") or ("ego" if node else "cases"),  # type: ignore[arg-type]
        node=node_named(projection, node) if node else "",
        depth=int(args.get("depth", "1")),
        filters=limits_asked(projection),
        links=links_asked(),
        polarity=args.get("polarity", "both"),  # type: ignore[arg-type]
        texts=args.get("texts", "false").lower() in ("", "1", "true", "yes"),
    )


def _content_type(chosen: Format) -> str:
    text = chosen.media_type.startswith("text/")
    return f"{chosen.media_type}; charset=utf-8" if text else chosen.media_type
