"""Headers on every answer: CORS, Vary, safety, and gzip where it pays.

Installed as WSGI middleware-like hooks on the application, so pages, API and SPARQL agree.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from flask import Flask, request
from werkzeug.wrappers import Response

_WORTH: Final = 1_400
_READABLE: Final = "ETag, Location, X-Revision, X-Store-Revision, Retry-After"
_TEXTUAL: Final = ("text/", "application/json", "application/problem+json", "image/svg+xml")
_SUFFIXES: Final = (
    "+json", "+xml", "/xml", "n-triples", "n-quads", "trig", "javascript", "graphml",
)
_PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_FILE_POLICY: Final = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; script-src 'unsafe-inline'; base-uri 'none'"
)


def install(app: Flask) -> None:
    """Put the headers on an application's answers."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Access-Control-Allow-Origin", "*")
    headers.setdefault("Access-Control-Expose-Headers", _READABLE)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html" and not request.path.startswith("/api/"):
        # Pages bring no inline script; what the API hands out (a report, a graph page) is a file
        # of its own and is kept from running as a page of this site.
        headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    elif response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", _FILE_POLICY)
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = (
            "Accept, Authorization, Content-Type, If-Match, If-None-Match, Slug"
        )
        headers["Access-Control-Max-Age"] = "86400"
    return _compressed(response)


def _compressed(response: Response) -> Response:
    kind = response.mimetype or ""
    if response.status_code == 304:
        return _as_the_answer_would_be(response)
    if not (kind.startswith(_TEXTUAL) or kind.endswith(_SUFFIXES)):
        return response
    response.vary.add("Accept-Encoding")
    _weaken(response)
    if (
        response.status_code not in {200, 201, 422}
        or "Content-Encoding" in response.headers
        or request.method == "HEAD"
        or request.accept_encodings.quality("gzip") <= 0
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    if response.is_streamed:
        response.response = _squeezed(response.response, 1)
        response.headers.pop("Content-Length", None)
    else:
        data = response.get_data()
        if len(data) < _WORTH:
            return response
        response.set_data(b"".join(_squeezed([data], 4)))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _weaken(response: Response) -> None:
    """One tag for an answer with and without compression: the same, and not byte by byte."""
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)


def _as_the_answer_would_be(response: Response) -> Response:
    # A 304 bears the tag and Vary that 200 would have. Its type is not known any more, and what
    # is compressed had a weak tag: the client has it from there.
    tag, _ = response.get_etag()
    if tag and not request.if_none_match.is_strong(tag):
        response.vary.add("Accept-Encoding")
        _weaken(response)
    return response


def _squeezed(chunks: Iterable[bytes | str], level: int) -> Iterator[bytes]:
    squeeze = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for chunk in chunks:
        data = squeeze.compress(chunk.encode() if isinstance(chunk, str) else chunk)
        if data:
            yield data
    yield squeeze.flush()
