"""Calls to other machines are found in every disguise, and nothing else is taken for one."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from kg.errors import QueryRefused
from kg.sparql import guard

HERE = "http://127.0.0.1:9/"
DISGUISES = [
    f"SELECT * {{ ?s ?p trueSERVICE <{HERE}> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICESILENT<{HERE}>{{ ?s ?p ?o }} }}",
    f"PREFIX : <{HERE}> SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
    f"PREFIX : <{HERE}> SELECT * {{ ?s ?p true.SERVICE:x {{ ?s ?p ?o }} }}",
    f"PREFIX : <{HERE}> SELECT * {{ SERVICESILENT:x {{ ?s ?p ?o }} }}",
    f"PREFIX service: <a:> PREFIX : <{HERE}> SELECT * {{ SERVICE:x {{ ?s ?p ?o }} }}",
    f"PREFIX : <{HERE}> SELECT * {{ FILTER(1<2)SERVICE:x#>\n{{ ?s ?p ?o }} }}",
    f"SELECT * {{ FILTER(1<2)#>'''\nSERVICE <{HERE}> {{ ?s ?p ?o }} #'''\n }}",
    f"SELECT * {{ FILTER(1<'>')SERVICE <{HERE}> {{}} FILTER(''='a') }}",
    f"SELECT * {{ VALUES ?x {{ '''a' }} SERVICE <{HERE}> {{ ?s ?p ?o }} # \\z '''\n }}",
    f"SELECT * {{ VALUES ?x {{ '''a' }} SERVICE <{HERE}> {{ ?s ?p ?o }} # \\uD800 '''\n }}",
    f"SELECT * {{ #\rSERVICE <{HERE}> {{}} }}",
    f"SELECT * {{ sErViCe#\n<{HERE}>{{}} }}",
    f"LOADSILENT<{HERE}>",
    f"PREFIX : <{HERE}> LOAD:x",
    f"PREFIX : <{HERE}> CLEAR ALL; LOADSILENT:x INTO GRAPH <http://e/>",
]
HARMLESS = [
    f"SELECT * {{ # SERVICE <{HERE}> {{}}\n ?s ?p ?o }}",
    f"SELECT ('SERVICE <{HERE}> {{}}' AS ?x) {{}}",
    "PREFIX service: <http://e/service#> SELECT * { ?s a service:Thing ; service:p 1 }",
    "PREFIX service: <http://e/service#> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX load: <http://e/load#> INSERT DATA { <http://e/s> load:p 1 ; load:q 2 }",
    "PREFIX load: <http://e/load#> DESCRIBE <http://e/s> load:x",
    "PREFIX load: <http://e/l#> WITH load:g DELETE { ?s load:p ?o } WHERE { ?s load:p ?o }",
    "PREFIX load: <http://e/load#> CLEAR GRAPH load:g; ADD load:a TO load:b",
    "SELECT * { VALUES (?a ?b) { (1 <http://e/service#a>) } ?s ?p <http://e/Service#Load> }",
    "SELECT ?service WHERE { ?service ?load ?payload }",
]


@pytest.mark.parametrize("text", DISGUISES)
def test_disguised(text: str) -> None:
    with pytest.raises(QueryRefused):
        guard.refuse_calls(guard.calls(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(text: str) -> None:
    assert guard.calls(text) == []


def test_load_silent_may_fail() -> None:
    found = guard.calls("LOAD SILENT <http://e/> ; LOAD SILENT <http://f/> INTO GRAPH <http://g/>")
    assert [call.may_fail for call in found] == [True, True]
    guard.refuse_calls(found)
    assert not guard.calls("SELECT * { SERVICE SILENT <http://e/> {} }")[0].may_fail


OFFLINE = """
import socket, sys
from kg.sparql.sandbox import go_offline
import pyoxigraph as ox
if not go_offline():
    sys.exit(77)
socket.socketpair()
try:
    list(ox.Store().query("SELECT * { SERVICE <%s> { ?s ?p ?o } }"))
except PermissionError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the call filter is Linux's")
def test_query_processes_have_no_network() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        called: list[object] = []

        def wait() -> None:
            listening.settimeout(20)
            try:
                called.append(listening.accept())
            except OSError:
                return

        threading.Thread(target=wait, daemon=True).start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        done = subprocess.run(
            [sys.executable, "-c", OFFLINE % address], capture_output=True, text=True, check=False
        )
        if done.returncode == 77:
            pytest.skip("this system has no call filter for processes")
        assert done.stdout.strip() == "refused", done.stderr
        assert called == []
