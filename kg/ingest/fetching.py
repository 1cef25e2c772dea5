"""Fetching one document from the web, under the same address policy as SPARQL's SERVICE.

Only hosts that the setting ``service_allow`` names are reached, only over HTTP and HTTPS, and
never an address inside the machine or its network, whatever a host name resolves to. Redirects
are followed only to addresses that pass the same check.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urljoin, urlsplit

from kg.errors import InputError, PayloadTooLarge, WriteForbidden
from kg.ingest.documents import BYTES_LIMIT, SUFFIXES, DocumentText, document_text

TIMEOUT: Final = 20.0
_REDIRECTS: Final = 5
_TYPES: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "text/markdown": "markdown",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


def fetch_document(url: str, allow: str) -> DocumentText:
    """The text of a document on the web.

    Args:
        url: HTTP or HTTPS address.
        allow: Hosts that may be reached, comma-separated (the setting ``service_allow``).

    Raises:
        WriteForbidden: The host is not allowed, or lies inside this machine or its network.
        InputError: It cannot be fetched, or its format is unknown.
        PayloadTooLarge: It is larger than :data:`kg.ingest.documents.BYTES_LIMIT`.
    """
    for _ in range(_REDIRECTS + 1):
        address = check_address(url, allow)
        status, headers, body = _get(url, address)
        if status in (301, 302, 303, 307, 308) and headers.get("location"):
            url = urljoin(url, headers["location"])
            continue
        if status != http.client.OK:
            raise InputError(f"{url} answered {status}")
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        kind = _TYPES.get(media) or SUFFIXES.get(PurePosixPath(urlsplit(url).path).suffix.lower())
        if kind is None:
            raise InputError(f"{url} is {media or 'of no declared type'}, which cannot be read")
        return document_text(body, kind, name=url)
    raise InputError(f"{url} redirects more than {_REDIRECTS} times")


def check_address(url: str, allow: str) -> str:
    """The checked network address behind a URL.

    Raises:
        InputError: Not an HTTP address, or its host has no address.
        WriteForbidden: The host is not allowed, or an address of it is not public.

    Example:
        >>> check_address("http://127.0.0.1/x", "127.0.0.1")
        Traceback (most recent call last):
        ...
        kg.errors.WriteForbidden: 127.0.0.1 is not a public address and is never fetched
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(f"{url} is not an HTTP address")
    allowed = {name.strip().lower() for name in allow.split(",") if name.strip()}
    if host not in allowed:
        raise WriteForbidden(
            f"{host} may not be fetched from: name it in KG_SERVICE_ALLOW to allow it"
        )
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise InputError(f"{host} cannot be found: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise WriteForbidden(f"{host} is not a public address and is never fetched")
    return addresses[0]


def _get(url: str, address: str) -> tuple[int, dict[str, str], bytes]:
    """One request to the address that was checked, so that a name cannot change in between."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        raw = socket.create_connection((address, port), timeout=TIMEOUT)
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        connection.sock = raw
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "equipoise", "Accept": "*/*"})
        answer = connection.getresponse()
        body = answer.read(BYTES_LIMIT + 1)
        if len(body) > BYTES_LIMIT:
            raise PayloadTooLarge(f"{url} is larger than {BYTES_LIMIT:,} bytes")
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"{url} cannot be fetched: {error}") from error
    finally:
        connection.close()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, headers, body
