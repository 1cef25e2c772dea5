"""Calling a checked address: pinned, without redirects nobody checked, with limits."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from kg.errors import CallRefused, QueryError, QueryTooLarge
from kg.sparql.addresses import Target

MAX_BYTES: Final = 64 * 1024 * 1024
_REDIRECTS: Final = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered."""

    status: int
    content_type: str
    body: bytes
    url: str


class _Pinned(http.client.HTTPConnection):
    """A connection to the checked address, whatever its name resolves to by now."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self._target = target

    def connect(self) -> None:
        """Connect to the address; TLS is checked against the name."""
        plain = socket.create_connection(
            (self._target.address, self._target.port), timeout=self.timeout
        )
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain


def fetch(
    url: str,
    check: Callable[[str], Target],
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    max_bytes: int = MAX_BYTES,
) -> Fetched:
    """Call an address.

    Args:
        url: What to call.
        check: Says whether an address may be called; asked again for every redirect.
        method: HTTP method; after a redirect by 303 it is GET.
        body: Request body.
        headers: Request headers.
        timeout: Seconds for connecting and for each read.
        max_bytes: Largest answer.

    Raises:
        CallRefused: An address may not be called.
        QueryError: It does not answer.
        QueryTooLarge: It answers more than allowed.
    """
    for _ in range(_REDIRECTS + 1):
        target = check(url)
        connection = _Pinned(target, timeout)
        try:
            connection.request(method, target.path, body, dict(headers or {}))
            answer = connection.getresponse()
            location = answer.getheader("Location")
            if answer.status in {301, 302, 303, 307, 308} and location:
                url = urljoin(url, location)
                if answer.status == 303:
                    method, body = "GET", None
                continue
            data = answer.read(max_bytes + 1)
        except (OSError, http.client.HTTPException) as error:
            raise QueryError(f"<{url}> does not answer: {error}") from error
        finally:
            connection.close()
        if len(data) > max_bytes:
            raise QueryTooLarge(f"<{url}> answers more than {max_bytes:,} bytes")
        return Fetched(answer.status, answer.getheader("Content-Type") or "", data, url)
    raise CallRefused(f"<{url}> redirects too often")
