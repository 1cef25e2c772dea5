"""``kg serve --log`` writes one line for each query, whichever way its answer took."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from serving import Server, environment, free_port

LOOKUP = "SELECT ?p ?o { <http://metadata.un.org/sdg/7> ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_every_query_has_a_line_and_no_text(shipped_store: Path, tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "kg.cli", "serve", "--store", str(shipped_store), "--port",
             str(port), "--workers", "1", "--log"],
            env=environment(), stdout=subprocess.DEVNULL, stderr=stream,
        )
    server = Server(port, process.pid)
    try:
        for _ in range(600):
            try:
                if server.get("/readyz").status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        for text in (LOOKUP, LOOKUP, COUNT):
            assert server.query(text).status == 200
        assert server.query("nonsense").status == 400
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(30)
    lines = [line for line in log.read_text().splitlines() if " query " in line]
    ways = {(line.split(" query ")[1].split()[0], line.rsplit("by=", 1)[1]) for line in lines}
    marks = {text: hashlib.sha256(text.encode()).hexdigest()[:12] for text in (LOOKUP, COUNT)}
    assert ways == {(marks[LOOKUP], "lookup"), (marks[LOOKUP], "cache"), (marks[COUNT], "process")}
    assert all(" ms " in line and "rows=" in line for line in lines)
    assert "rows=1 " in next(line for line in lines if marks[COUNT] in line)
    assert "SELECT" not in "".join(lines)
