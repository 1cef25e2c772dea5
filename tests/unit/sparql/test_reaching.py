"""Calling other machines: which addresses, pinned, through the relay."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, QueryRefused, QueryTooLarge
from kg.sparql.addresses import Target, check_url, is_public
from kg.sparql.fetching import fetch
from kg.sparql.relay import relayed

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True), ("2606:4700::1111", True), ("127.0.0.1", False), ("127.8.9.1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("0.0.0.0", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("198.18.0.1", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False), ("fd00:ec2::254", False),
        ("::ffff:127.0.0.1", False), ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("nonsense", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http"),
        ("ftp://example.org/", "only http"),
        ("http:///x", "only http"),
        ("http://user:secret@example.org/", "user name"),
        ("http://other.org/", "list of allowed"),
        ("http://example.org.evil.net/", "list of allowed"),
        ("http://example.org:8080/", "list of allowed"),
        ("http://example.org:99999/", "not an address"),
        ("http://[::1/", "not an address"),
        ("http://deep.wild.net.evil/", "list of allowed"),
    ],
)
def test_addresses_refused(url: str, reason: str) -> None:
    with pytest.raises(QueryRefused, match=reason):
        check_url(url, ["example.org", "*.wild.net"], resolver=lambda host, port: [PUBLIC])


@pytest.mark.parametrize(
    "url",
    ["http://example.org/sparql?x=1", "https://EXAMPLE.org./", "http://a.wild.net/",
     "http://ports.org:8080/"],
)
def test_addresses_allowed(url: str) -> None:
    allow = ["example.org", "*.wild.net", "ports.org:8080"]
    target = check_url(url, allow, resolver=lambda host, port: [PUBLIC])
    assert target.address == PUBLIC


def test_a_name_with_any_private_address_is_refused() -> None:
    with pytest.raises(QueryRefused, match="not public"):
        check_url("http://example.org/", ["example.org"],
                  resolver=lambda host, port: [PUBLIC, "10.0.0.1"])
    with pytest.raises(QueryRefused, match="not public"):
        check_url("http://localhost/", ["localhost"])
    with pytest.raises(QueryRefused, match="looked up"):
        check_url("http://no-such-name.invalid/", ["no-such-name.invalid"])


class _Host(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        store = ox.Store()
        store.update("INSERT DATA { <http://r/s> <http://r/p> 'remote' }")
        results = store.query(text)
        self._send(200, "application/sparql-results+json",
                   results.serialize(format=ox.QueryResultsFormat.JSON))

    def do_GET(self) -> None:
        if self.path == "/away":
            self._redirect("http://10.0.0.1/secret")
        elif self.path == "/loop":
            self._redirect("/loop")
        elif self.path == "/moved":
            self._redirect("/folder/doc.ttl")
        elif self.path == "/large":
            self._send(200, "text/turtle", b"#" * 5000)
        elif self.path == "/page":
            self._send(200, "text/html", b"<html>")
        else:
            self._send(200, "text/turtle", b"<a> <b> <c> .")

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def checker(port: int) -> object:
    """As if the name example.org led to the test's own server."""

    def check(url: str) -> Target:
        parts = urlsplit(url)
        if parts.hostname != "example.org":
            return check_url(url, ["example.org"])
        return Target(url, "http", "example.org", port, parts.path or "/", "127.0.0.1")

    return check


def test_service_goes_through_the_relay(port: int) -> None:
    text = "SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }"
    with relayed(text, [], timeout=5, check=checker(port)) as changed:
        assert "example.org" not in changed
        (row,) = list(ox.Store().query(changed))
    assert row["o"].value == "remote"


def test_load_resolves_against_the_document_it_came_from(port: int) -> None:
    store = ox.Store()
    text = "LOAD <http://example.org/moved> INTO GRAPH <http://g/>"
    with relayed(text, [], timeout=5, check=checker(port)) as changed:
        store.update(changed)
    (quad,) = list(store)
    assert quad.object.value == "http://example.org/folder/c"


@pytest.mark.parametrize("path", ["/away", "/loop", "/page"])
def test_load_refuses_redirects_away_loops_and_pages(port: int, path: str) -> None:
    store = ox.Store()
    with (
        relayed(f"LOAD <http://example.org{path}>", [], timeout=5, check=checker(port)) as changed,
        pytest.raises((OSError, RuntimeError)),
    ):
        store.update(changed)
    assert len(store) == 0


def test_addresses_are_checked_before_anything_runs() -> None:
    with (
        pytest.raises(QueryRefused, match="list of allowed"),
        relayed("SELECT * { SERVICE <http://other/> {} }", ["example.org"], timeout=1),
    ):
        pass
    with (
        pytest.raises(QueryRefused, match="variable"),
        relayed("SELECT * { SERVICE ?x {} }", ["example.org"], timeout=1),
    ):
        pass
    with relayed("SELECT * {}", [], timeout=1) as text:
        assert text == "SELECT * {}"


def test_limits_of_a_fetch(port: int) -> None:
    check = checker(port)
    assert fetch("http://example.org/", check).status == 200
    with pytest.raises(QueryTooLarge):
        fetch("http://example.org/large", check, max_bytes=1000)
    with pytest.raises(QueryRefused, match="redirects"):
        fetch("http://example.org/loop", check)
    with pytest.raises(QueryError, match="does not answer"):
        fetch("http://example.org/", checker(1))
