"""SERVICE and LOAD through a relay.

The engine calls whatever address a request names, follows redirects and looks names up itself.
So it never sees those addresses: the request's text is changed to name a relay in this process,
which checks the true address at the moment of the call and calls it pinned.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kg.errors import CallRefused, KGError, QueryError
from kg.sparql.addresses import Target, check_url
from kg.sparql.fetching import Fetched, fetch
from kg.sparql.guard import Call, calls
from kg.store.lexing import replaced

Check = Callable[[str], Target]
_FORWARDED = ("Accept", "Content-Type")


class _Relay(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, found: Sequence[Call], check: Check, timeout: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.found, self.check, self.seconds = found, check, timeout
        self.secret = secrets.token_urlsafe(24)

    def address(self, index: int) -> str:
        """What the engine calls instead of the address of one call."""
        return f"http://127.0.0.1:{self.server_address[1]}/{self.secret}/{index}"


class _Handler(BaseHTTPRequestHandler):
    server: _Relay

    def do_GET(self) -> None:
        """Forward."""
        self._forward(None)

    def do_POST(self) -> None:
        """Forward."""
        self._forward(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _forward(self, body: bytes | None) -> None:
        try:
            _, secret, number = self.path.split("/", 2)
            call = self.server.found[int(number)]
        except (ValueError, IndexError):
            self.send_error(404)
            return
        if not secrets.compare_digest(secret, self.server.secret) or call.iri is None:
            self.send_error(404)
            return
        headers = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
        try:
            answer = fetch(
                call.iri,
                self.server.check,
                method=self.command,
                body=body,
                headers=headers,
                timeout=self.server.seconds,
            )
            data, kind = (
                (_as_ntriples(answer), "application/n-triples")
                if call.keyword == "LOAD"
                else (answer.body, answer.content_type)
            )
        except KGError as error:
            self._answer(502, "text/plain; charset=utf-8", str(error).encode())
            return
        self._answer(answer.status, kind, data)

    def _answer(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the service logs the request itself."""


def _as_ntriples(answer: Fetched) -> bytes:
    """A fetched document with its relative IRIs resolved against its own address."""
    import pyoxigraph as ox

    if not 200 <= answer.status < 300:
        raise QueryError(f"<{answer.url}> answers {answer.status}")
    media_type = answer.content_type.partition(";")[0].strip()
    form = ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.from_extension(
        answer.url.rpartition(".")[2]
    )
    if form is None:
        raise QueryError(f"<{answer.url}> answers {media_type!r}, which is not RDF")
    try:
        triples = [
            quad.triple
            for quad in ox.parse(
                answer.body, form, base_iri=answer.url, without_named_graphs=True
            )
        ]
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"<{answer.url}> cannot be read: {error}") from error
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert data is not None
    return data


@contextlib.contextmanager
def relayed(
    text: str, allow: Sequence[str], *, timeout: float, check: Check | None = None
) -> Iterator[str]:
    """A request's text with the addresses it calls replaced by a relay's.

    Args:
        text: Query or update.
        allow: Hosts that may be called.
        timeout: Seconds a host may take.
        check: Says whether an address may be called; by default :func:`check_url`.

    Raises:
        CallRefused: It names an address by a variable, or one that may not be called.
    """
    found = calls(text)
    checked = check or (lambda url: check_url(url, allow))
    for call in found:
        if call.may_fail:
            continue  # the relay refuses it when called, and the engine goes on
        if call.iri is None:
            raise CallRefused(f"{call.keyword} with a variable is off: name the address")
        checked(call.iri)
    if not found:
        yield text
        return
    relay = _Relay(found, checked, timeout)
    thread = threading.Thread(target=relay.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        addresses = (f"<{relay.address(index)}>" for index in range(len(found)))
        yield replaced(
            text,
            [(call.start, call.end, new) for call, new in zip(found, addresses, strict=True)],
        )
    finally:
        relay.shutdown()
        relay.server_close()
