"""Errors as problem documents (RFC 9457), or as a page for a browser."""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from kg.errors import (
    KGError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RequestRefused,
    UnsupportedMediaType,
)
from kg.web import state

_log = logging.getLogger("kg.web")
_LINGER_SECONDS: Final = 5.0
_LINGER_BYTES: Final = 256 * 1024 * 1024
_PIECE: Final = 64 * 1024
_BROWSER_PATHS_ARE_PAGES = ("/api/", "/sparql", "/graphs", "/reconcile", "/healthz", "/readyz")


def register(app: Flask) -> None:
    """Translate every error of the application."""
    app.register_error_handler(KGError, _ours)
    app.register_error_handler(HTTPException, _werkzeug)
    app.register_error_handler(Exception, _unexpected)


def problem(error: KGError) -> Response:
    """The answer that tells a client about an error."""
    _read_rest()
    document = error.to_problem()
    document["instance"] = request.path
    # Where the store lies on this machine, or behind it, is for the log.
    document["detail"] = error.message.replace(state.location(), "STORE")
    if _wants_page():
        body = render_template("problem.html", problem=document, title=document["title"])
        answer = Response(body, status=error.status, mimetype="text/html")
    else:
        answer = Response(
            json.dumps(document) + "\n", status=error.status, mimetype="application/problem+json"
        )
    for name, value in error.headers().items():
        answer.headers[name] = value
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read_rest() -> None:
    """Read what a refused request still sends, within bounds.

    Most clients look for an answer only after they have sent everything; one whose connection is
    closed before that learns nothing of what was wrong.
    """
    stream = request.environ.get("wsgi.input")
    if stream is None or not request.environ.get("wsgi.input_terminated"):
        return
    end, left = time.monotonic() + _LINGER_SECONDS, _LINGER_BYTES
    try:
        while left > 0 and time.monotonic() < end and (data := stream.read(_PIECE)):
            left -= len(data)
    except (OSError, ValueError):
        return


def _wants_page() -> bool:
    if request.path.startswith(_BROWSER_PATHS_ARE_PAGES):
        return False
    best = request.accept_mimetypes.best_match(
        ["application/problem+json", "application/json", "text/html"]
    )
    return best == "text/html" and "text/html" in request.headers.get("Accept", "")


def _ours(error: KGError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s %s: %s", request.method, request.path, error)
    return problem(error)


def _werkzeug(error: HTTPException) -> Response:
    response = error.get_response()
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return Response(response.get_data(), status=error.code, headers=dict(response.headers))
    return problem(_as_ours(error))


def _as_ours(error: HTTPException) -> KGError:
    if isinstance(error, RequestEntityTooLarge):
        return PayloadTooLarge("the request body is larger than this service reads")
    match error.code:
        case HTTPStatus.NOT_FOUND:
            return NotFound(f"there is nothing at {request.path}")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = sorted(getattr(error, "valid_methods", None) or ())
            return MethodNotAllowed(
                f"{request.path} answers {', '.join(allowed)}, not {request.method}",
                allowed=allowed,
            )
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return UnsupportedMediaType(str(error.description))
        case _:
            found = RequestRefused(str(error.description or error.name))
            found.status = error.code or 500  # type: ignore[misc]
            return found


def _unexpected(error: Exception) -> Response:
    # The client learns that it failed and nothing else; the log has the rest.
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(KGError("the service failed to answer this request; the log says why"))
