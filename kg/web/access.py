"""Who may write over HTTP: whoever has the token, or this machine when writing is open."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request

from kg.errors import AccessError, Unauthorised, WriteForbidden
from kg.web import state

if TYPE_CHECKING:
    from kg.settings import Settings


def may_write() -> bool:
    """Whether the request would be let write."""
    try:
        require_write()
    except AccessError:
        return False
    return True


def require_write() -> None:
    """Let nobody write who may not.

    Raises:
        WriteForbidden: Writing is off.
        Unauthorised: Writing needs a token, and none or a wrong one was sent.
    """
    settings = state.settings()
    if settings.open_writes and _is_local(settings):
        return
    if not settings.token:
        raise WriteForbidden(
            "this endpoint is read-only: its operator sets KG_TOKEN to allow writing with a token"
        )
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not sent.strip():
        raise Unauthorised("writing needs the header Authorization: Bearer TOKEN")
    if not hmac.compare_digest(sent.strip().encode(), settings.token.encode()):
        raise Unauthorised("this token is not known here", reason="invalid_token")


def _is_local(settings: Settings) -> bool:
    """Whether the request comes from this machine, and no page of elsewhere is behind it.

    Any page that a browser shows may send forms to this machine; browsers say from where.
    """
    if not _is_loopback(request.remote_addr):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
    host = urlsplit(origin).hostname
    ours = urlsplit(settings.base_url).hostname if settings.base_url else None
    return host is not None and (host in {ours, "localhost"} or _is_loopback(host))


def _is_loopback(address: str | None) -> bool:
    # No address: a test client or a Unix socket, which only this machine can reach.
    if not address:
        return True
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
