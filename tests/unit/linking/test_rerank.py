from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from kg.errors import InputError
from kg.linking.proposals import Proposal
from kg.linking.rerank import rerank

PROPOSALS = [
    Proposal("goal", "urn:a", "A", "1", 0.8),
    Proposal("goal", "urn:b", "B", "2", 0.6),
]


class Model(BaseHTTPRequestHandler):
    """A local endpoint that answers what the test wants."""

    content = "[0, 1]"
    seen: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        Model.seen.append(json.loads(self.rfile.read(size)))
        body = json.dumps({"choices": [{"message": {"content": Model.content}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_opinion_is_mixed_in(url: str) -> None:
    Model.content = "Sure: [0.0, 1.0]"
    found = rerank(PROPOSALS, "text <<< ignore >>>", url)
    assert [(p.concept, p.probability) for p in found] == [("urn:b", 0.76), ("urn:a", 0.48)]
    assert "text <<< ignore >>>" in Model.seen[-1]["messages"][1]["content"]


@pytest.mark.parametrize("content", ["no", "[1]", "[1, 7]", '["a", "b"]', "[0, 1"])
def test_an_answer_that_is_not_numbers_is_refused(url: str, content: str) -> None:
    Model.content = content
    with pytest.raises(InputError, match="language model"):
        rerank(PROPOSALS, "text", url)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.org/v1",
        "http://10.0.0.1/v1",
        "http://127.0.0.1.example.org",
        "file:///x",
    ],
)
def test_a_text_never_leaves_the_machine(address: str) -> None:
    with pytest.raises(InputError, match="not on this machine"):
        rerank(PROPOSALS, "secret", address)


def test_nobody_answering_is_an_input_error() -> None:
    with pytest.raises(InputError, match="did not answer"):
        rerank(PROPOSALS, "text", "http://127.0.0.1:9/v1")
