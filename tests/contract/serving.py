"""A real server for tests: ``kg serve`` on a free port, and a small client."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
XML = "application/sparql-results+xml"
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> dict:
        import json

        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=_headers(headers))

    def query(self, text: str, parameters: list[tuple[str, str]] | None = None,
              **headers: str) -> Answer:
        path = "/sparql?" + urlencode([("query", text), *(parameters or [])])
        return self.get(path, **headers)

    def post(self, path: str, body: bytes | str, content_type: str, **headers: str) -> Answer:
        return self.request(
            "POST", path, body, {"Content-Type": content_type, **_headers(headers)}
        )

    def form(self, parameters: list[tuple[str, str]], path: str = "/sparql",
             **headers: str) -> Answer:
        return self.post(path, urlencode(parameters), FORM, **headers)

    def update(self, text: str, **headers: str) -> Answer:
        return self.post("/sparql", text, UPDATE, **headers)

    def ask(self, text: str) -> bool:
        answer = self.query(text, accept=JSON)
        assert answer.status == 200, answer.text
        return bool(answer.json()["boolean"])


def _headers(names: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in names.items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**settings: str) -> dict[str, str]:
    """The environment without settings of this machine, and with those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return clean | {f"KG_{name.upper()}": value for name, value in settings.items()}


@contextlib.contextmanager
def running(store: Path | str, *options: str, **settings: str) -> Iterator[Server]:
    """``kg serve`` on a store, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", str(port),
         "--workers", "1", *options],
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    server = Server(port, process.pid)
    try:
        deadline = time.monotonic() + 60
        while True:
            if process.poll() is not None:
                assert process.stderr is not None
                raise AssertionError(process.stderr.read().decode())
            try:
                if server.get("/readyz").status == 200:
                    break
            except OSError:
                pass
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
