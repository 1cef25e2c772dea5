"""Commands of the service: what cannot be done is said in a sentence."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.group import group
from kg.errors import InputError, QueryFailed


def kg(*words: str) -> Result:
    return CliRunner().invoke(group, words)


@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1", "in use"), ("192.0.2.1", "Cannot assign"), ("no.such", "")]
)
def test_an_address_that_cannot_be_listened_on(shipped_store: Path, host: str, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = kg("serve", "--store", str(shipped_store), "--host", host, "--port", port)
    assert isinstance(result.exception, InputError)
    assert f"{host}:{port} cannot be listened on" in str(result.exception)
    assert words in str(result.exception)


@pytest.mark.parametrize(
    "query",
    ["SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
     "ASK {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
     "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"],
)
def test_a_call_that_nobody_answers(shipped_store: Path, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/sparql"
    result = kg("query", query.format(address=address), "--store", str(shipped_store))
    assert isinstance(result.exception, QueryFailed), result.output
