"""Request bodies: whole or refused.

A body that is longer than allowed, or that breaks off, must never be taken for a shorter one:
half of an upload often parses as well as all of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import IO, cast

import flask
from flask import request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream

from kg.errors import InputError, LengthRequired, UnsupportedMediaType


class Request(flask.Request):
    """A request whose body is read whole or not at all."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; reading all of it finds out whether it is all."""
        found = super().stream
        limit = self.max_content_length
        if limit is None or not isinstance(found, LimitedStream):
            return found
        raw = cast("IO[bytes]", self.environ["wsgi.input"])
        return cast("IO[bytes]", _Whole(raw, limit, self.content_length))


def refuse_encoded() -> None:
    """Refuse bodies that are compressed, or are a part of one: they are read as they come.

    Raises:
        UnsupportedMediaType: There is a content coding.
        InputError: There is a range: a part would replace the whole.
    """
    if "Content-Range" in request.headers:
        raise InputError("bodies are sent whole here, not by Content-Range")
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {"", "identity"}:
        raise UnsupportedMediaType(f"bodies are read as they are, not as {coding[:40]}")


def require_length() -> None:
    """Let nobody write what cannot be told to be whole.

    Raises:
        LengthRequired: The request does not say how long its body is; the web server hands on
            what came of one that broke off as if it were all, and nothing of one by HTTP/1.0.
    """
    if request.content_length is None and request.method != "DELETE":
        raise LengthRequired("say how long the body is (Content-Length): it is written whole only")


class _Whole(LimitedStream):
    """A body of a length that the client said, or else of at most so many bytes."""

    def __init__(self, stream: IO[bytes], limit: int, stated: int | None) -> None:
        super().__init__(stream, limit if stated is None else stated, is_max=stated is None)
        self._stated = stated

    def readall(self) -> bytes:
        """Read to the end.

        Raises:
            RequestEntityTooLarge: There is more than allowed.
            ClientDisconnected: There is less than the client said.
        """
        data = super().readall()
        if self._stated is not None and len(data) < self._stated:
            raise ClientDisconnected
        if self._stated is None and self.is_exhausted and self._stream.read(1):
            self.on_exhausted()
        return data
