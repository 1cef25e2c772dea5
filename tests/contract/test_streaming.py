"""Long answers are held nowhere: the whole process tree stays as large as it was."""

from __future__ import annotations

import http.client
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import Server, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")
MEGABYTE = 1_000_000
LONG = quote("SELECT ?s ?p ?o ?x { ?s ?p ?o VALUES ?x { 1 2 3 4 5 } }")
GRAPH = quote("https://w3id.org/equipoise/dataset/cases", safe="")


def tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in tree(int(child)))]


def memory(pid: int) -> int:
    """Bytes of a process and all below it, shared ones counted once."""
    total = 0
    for member in tree(pid):
        text = Path(f"/proc/{member}/smaps_rollup").read_text()
        line = next(line for line in text.splitlines() if line.startswith("Pss:"))
        total += 1024 * int(line.split()[1])
    return total


def read(server: Server, path: str, **headers: str) -> tuple[int, int]:
    """Bytes of an answer, and by how much the tree grew meanwhile."""
    before = peak = memory(server.pid)
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, memory(server.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    answer = connection.getresponse()
    assert answer.status == 200
    watcher.start()
    size = 0
    while chunk := answer.read(1 << 16):
        size += len(chunk)
    done.set()
    watcher.join()
    connection.close()
    return size, peak - before


def test_memory_of_long_answers(shipped_store: Path) -> None:
    with running(shipped_store) as server:
        read(server, f"/sparql?query={LONG}", accept="text/csv")  # the process is warm now
        json = "application/sparql-results+json"
        size, grown = read(server, f"/sparql?query={LONG}", accept=json)
        assert size > 60 * MEGABYTE
        assert grown < 25 * MEGABYTE
        squeezed, grown = read(server, f"/sparql?query={LONG}", accept=json,
                               accept_encoding="gzip")
        assert squeezed < size / 5
        assert grown < 25 * MEGABYTE
        size, grown = read(server, f"/graphs?graph={GRAPH}", accept="application/n-triples")
        assert size > 4 * MEGABYTE
        assert grown < 10 * MEGABYTE
