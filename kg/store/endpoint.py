"""Asking a SPARQL server through SPARQLWrapper: with a deadline, retries and a limit.

Retries come with growing pauses and only where they can help, never after a server said that a
query took too long.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NoReturn
from urllib.parse import urlsplit, urlunsplit

from kg.errors import QueryError, QueryTimeout, QueryTooLarge, RemoteStoreError

MAX_BYTES: Final = 1 << 30
PAUSES: Final = (0.2, 1.0, 3.0)
_RETRIED: Final = frozenset({429, 502, 503})


class Endpoint:
    """The query address of a SPARQL server.

    Args:
        address: Its URL; a user name and password in it are sent as HTTP Basic.
        timeout: Seconds for an answer, retries included.
        max_bytes: Largest answer read.
        pauses: Seconds between attempts.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float,
        max_bytes: int = MAX_BYTES,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        parts = urlsplit(address)
        self._credentials = (parts.username or "", parts.password or "")
        host = parts.netloc.rpartition("@")[2]
        self.location = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
        self._timeout, self._max_bytes, self._pauses = timeout, max_bytes, tuple(pauses)

    def ask(
        self,
        sparql: str,
        accept: str,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
    ) -> bytes:
        """The server's answer to a query, in a media type.

        Args:
            sparql: Query.
            accept: Media type of the answer.
            default: Graphs that make up the default graph; what the server prefers when empty.
            named: Graphs that GRAPH ranges over; all when both are empty.

        Raises:
            QueryError: The server refuses the query.
            QueryTimeout: It did not answer in time.
            QueryTooLarge: It answers more than is read.
            RemoteStoreError: It does not answer as the protocol says.
        """
        deadline = time.monotonic() + self._timeout
        for pause in (*self._pauses, None):
            try:
                return self._call(sparql, accept, default, named, deadline)
            except _Passing as passing:
                if pause is None or time.monotonic() + pause >= deadline:
                    raise RemoteStoreError(f"{self.location}: {passing}") from passing
                time.sleep(pause)
        raise AssertionError("unreachable")

    def _call(
        self,
        sparql: str,
        accept: str,
        default: Sequence[str],
        named: Sequence[str],
        deadline: float,
    ) -> bytes:
        from urllib.error import HTTPError, URLError

        from SPARQLWrapper import POST, SPARQLExceptions, SPARQLWrapper

        wrapper = SPARQLWrapper(self.location, agent="Equipoise (SPARQLWrapper)")
        wrapper.setOnlyConneg(True)
        wrapper.setMethod(POST)
        wrapper.setQuery(sparql)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setTimeout(max(1, int(deadline - time.monotonic() + 0.999)))
        if self._credentials[0]:
            wrapper.setCredentials(*self._credentials)
        for graph in default:
            wrapper.addParameter("default-graph-uri", graph)
        for graph in named:
            wrapper.addParameter("named-graph-uri", graph)
        try:
            response = wrapper.query().response
            data = response.read(self._max_bytes + 1)
        except SPARQLExceptions.QueryBadFormed as error:
            raise QueryError(f"{self.location} refuses the query: {_said(error)}") from error
        except SPARQLExceptions.SPARQLWrapperException as error:
            raise RemoteStoreError(f"{self.location}: {_said(error)}") from error
        except HTTPError as error:
            self._refused(error.code, error.read(2_000).decode("utf-8", "replace"))
        except TimeoutError as error:
            raise self._late() from error
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._late() from error
            raise _Passing(f"cannot be reached: {error.reason}") from error
        except OSError as error:
            raise _Passing(f"broke off: {error}") from error
        if len(data) > self._max_bytes:
            raise QueryTooLarge(f"{self.location} answers more than {self._max_bytes:,} bytes")
        return bytes(data)

    def _refused(self, status: int, text: str) -> NoReturn:
        message = f"answers {status}: {' '.join(text.split())[:300]}"
        if status in {408, 504}:
            raise self._late()
        if status in _RETRIED:
            raise _Passing(message)
        if status == 413:
            raise QueryTooLarge(f"{self.location} {message}")
        raise RemoteStoreError(f"{self.location} {message}")

    def _late(self) -> QueryTimeout:
        return QueryTimeout(f"{self.location} did not answer within {self._timeout:g} s")


class _Passing(Exception):
    """A failure that may be gone in a moment."""


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text.partition("Response: b'")[2].rstrip("'")[:500] or text[:500]
