"""A Virtuoso whose database is loaded once and kept for the next run."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from corpus import GRAPH


@contextlib.contextmanager
def virtuoso(home: Path, corpus: Path, port: int) -> Iterator[str]:
    """A Virtuoso on loopback that holds the corpus, loaded unless it is; stopped at the end."""
    loaded = home / "loaded"
    if not loaded.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    (home / "v.lck").unlink(missing_ok=True)
    ini = home / "virtuoso.ini"
    ini.write_text(
        f"""[Database]
DatabaseFile = {home}/v.db
ErrorLogFile = {home}/v.log
LockFile = {home}/v.lck
TransactionFile = {home}/v.trx
xa_persistent_file = {home}/v.pxa
[TempDatabase]
DatabaseFile = {home}/t.db
TransactionFile = {home}/t.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DirsAllowed = {corpus.parent}, /usr/share/virtuoso-opensource-7
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
ThreadsPerQuery = 2
DefaultIsolation = 2
[HTTPServer]
ServerPort = 127.0.0.1:{port + 1}
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 0
MaxQueryCostEstimationTime = 0
"""
    )
    server = subprocess.Popen(
        ["virtuoso-t", "+foreground", "+configfile", str(ini)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
    )
    try:
        _until_up(port, server)
        if not loaded.exists():
            _isql(port, f"ld_dir('{corpus.parent}', '{corpus.name}', '{GRAPH}');")
            _isql(port, "rdf_loader_run();")
            _isql(port, "checkpoint;")
            loaded.touch()
        yield f"http://127.0.0.1:{port + 1}/sparql"
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _isql(port: int, command: str) -> None:
    subprocess.run(
        ["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={command}"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _until_up(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError("Virtuoso ended while starting; see its log")
        try:
            _isql(port, "select 1;")
        except subprocess.CalledProcessError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("Virtuoso did not start")
