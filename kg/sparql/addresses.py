"""Which addresses this service may call on behalf of others.

A host must be on the allow list, and whatever its name resolves to must be a public address: a
name that leads to this machine, to its network or to a cloud's metadata service is refused, also
when it changes between the check and the call, since the call goes to the checked address.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kg.errors import CallRefused

Resolve = Callable[[str, int], Sequence[str]]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS: Final = {"http": 80, "https": 443}
# Networks that carry an IPv4 address inside an IPv6 one.
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR: Final = ipaddress.ip_network("2002::/16")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked.

    Args:
        url: As it was given.
        scheme: ``http`` or ``https``.
        host: Name for the ``Host`` header and the certificate.
        port: Port.
        path: Path and query.
        address: The address to connect to; the name is not looked up again.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    address: str


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(item[4][0]) for item in found]


def check_url(url: str, allow: Iterable[str], *, resolver: Resolve = resolve) -> Target:
    """Check an address before it is called.

    Args:
        url: Absolute http or https address.
        allow: Hosts allowed: ``example.org``, ``example.org:8080`` or ``*.example.org``.
        resolver: Looks names up.

    Raises:
        CallRefused: It may not be called; says why.

    Example:
        >>> check_url("https://example.org/sparql", ["example.org"],
        ...           resolver=lambda host, port: ["93.184.216.34"]).address
        '93.184.216.34'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallRefused(f"<{url}> is not an address: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise CallRefused(f"<{url}>: only http and https addresses may be called")
    if parts.username is not None or parts.password is not None:
        raise CallRefused(f"<{url}>: addresses with a user name are not called")
    host = parts.hostname.rstrip(".").lower()
    port = port or _PORTS[parts.scheme]
    if not _is_allowed(host, port, parts.scheme, allow):
        raise CallRefused(f"<{url}>: {host} is not on this service's list of allowed hosts")
    addresses = _addresses(host, port, resolver)
    for address in addresses:
        if not is_public(address):
            raise CallRefused(f"<{url}>: {host} leads to {address}, which is not public")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, port, path, addresses[0])


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet.

    Example:
        >>> [is_public(a) for a in ("8.8.8.8", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
        [True, False, False, False]
    """
    try:
        found = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _innermost(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _SIX_TO_FOUR:
            return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
        if address.teredo is not None:
            return address.teredo[1]
    return address


def _is_allowed(host: str, port: int, scheme: str, allow: Iterable[str]) -> bool:
    for entry in allow:
        name, _, allowed_port = entry.strip().lower().partition(":")
        if allowed_port and allowed_port != str(port):
            continue
        if not allowed_port and port != _PORTS[scheme]:
            continue
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False


def _addresses(host: str, port: int, resolver: Resolve) -> Sequence[str]:
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise CallRefused(f"{host} cannot be looked up: {error}") from None
    if not found:
        raise CallRefused(f"{host} has no address")
    return found
