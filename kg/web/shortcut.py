"""A short way for plain queries, before Flask.

Half of what a small query costs is the framework's routing and request objects. A request that is
exactly ``GET /sparql?query=…`` (or the same as a form) is answered here when its answer is short;
anything else, and every error, takes the ordinary way, which is told what was found out here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import get_host

from kg.errors import KGError
from kg.sparql.asking import Question
from kg.web.metrics import counters_of
from kg.web.request_log import note

if TYPE_CHECKING:
    from kg.sparql.asking import Answer
    from kg.sparql.service import QueryService

FOUND: Final = "equipoise.found"
"""Where the ordinary way finds a long answer or an error that the short way came upon."""
_LONGEST: Final = 8_192
_FORM: Final = "application/x-www-form-urlencoded"


class Shortcut:
    """WSGI middleware around the application.

    Args:
        inner: The application.
        service: Answers queries.
    """

    def __init__(self, inner: Callable[..., Iterable[bytes]], service: QueryService) -> None:
        self._inner, self._service = inner, service
        self._active = service.is_embedded
        self._counters = counters_of(service.settings)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer, or hand on."""
        if self._active and environ.get("PATH_INFO") == "/sparql":
            text = _plain_query(environ)
            if text is not None:
                answer = self._try(environ, text) or self._ask(environ, text)
                if answer is not None:
                    return _respond(environ, start_response, answer)
        return self._inner(environ, start_response)

    def _ask(self, environ: dict[str, Any], text: str) -> Answer | None:
        """A query process's answer, if it is whole and not a page."""
        accept = environ.get("HTTP_ACCEPT", "")
        if "html" in accept:
            return None
        root = self._service.settings.base_url.rstrip("/")
        root = root or f"{environ['wsgi.url_scheme']}://{get_host(environ)}"
        try:
            answer = self._service.answer(Question(text, accept, base=f"{root}/sparql"))
        except KGError as error:
            environ[FOUND] = error
            return None
        if answer.body is None:
            environ[FOUND] = answer
            return None
        self._counters.count("query")
        note(self._counters, text, answer)
        return answer

    def _try(self, environ: dict[str, Any], text: str) -> Answer | None:
        accept = environ.get("HTTP_ACCEPT", "")
        try:
            answer = self._service.quick(Question(text, accept), (text, accept))
        except KGError:
            return None  # the ordinary way says what is wrong
        if answer is not None:
            self._counters.count("query")
            note(self._counters, text, answer)
        return answer


def _plain_query(environ: dict[str, Any]) -> str | None:
    method = environ["REQUEST_METHOD"]
    if method == "GET":
        return _only_query(environ.get("QUERY_STRING", ""))
    if (
        method == "POST"
        and not environ.get("QUERY_STRING")
        and environ.get("CONTENT_TYPE", "") == _FORM
        and 0 < int(environ.get("CONTENT_LENGTH") or 0) <= _LONGEST
    ):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        return _only_query(body.decode("latin-1"))
    return None


def _only_query(encoded: str) -> str | None:
    if not encoded.startswith("query=") or "&" in encoded or len(encoded) > _LONGEST:
        return None
    try:
        return unquote_to_bytes(encoded[6:].replace("+", " ")).decode()
    except UnicodeDecodeError:
        return None


def _respond(
    environ: dict[str, Any], start_response: Callable[..., Any], answer: Answer
) -> Iterable[bytes]:
    assert answer.body is not None
    headers = [
        ("Content-Type", answer.content_type),
        *_validators(environ, answer),
        ("Vary", "Accept, Accept-Encoding"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, X-Revision"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and _may_be_known(environ, answer) and _is_known(known, answer.etag):
        start_response("304 Not Modified", headers)
        return []
    body = answer.body
    if len(body) > 1_400 and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        import gzip

        body = gzip.compress(body, 4)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [body]


def _may_be_known(environ: dict[str, Any], answer: Answer) -> bool:
    # The address of a POST says nothing of what was asked.
    return bool(answer.etag) and environ["REQUEST_METHOD"] == "GET"


def _validators(environ: dict[str, Any], answer: Answer) -> list[tuple[str, str]]:
    if not _may_be_known(environ, answer):
        return [("Cache-Control", "no-store")]
    return [("ETag", answer.etag), ("Cache-Control", "no-cache")]


def _is_known(known: str, etag: str) -> bool:
    if known == etag:
        return True
    from werkzeug.http import parse_etags

    return parse_etags(known).contains_weak(etag.removeprefix("W/").strip('"'))


@lru_cache(maxsize=128)
def _takes_gzip(accepted: str) -> bool:
    from werkzeug.datastructures import Accept
    from werkzeug.http import parse_accept_header

    return "gzip" in accepted and parse_accept_header(accepted, Accept).quality("gzip") > 0
