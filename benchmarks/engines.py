"""Servers to compare with, each started on the same generated cases and stopped afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

EQ = "https://w3id.org/equipoise/ontology#"
ID = "https://w3id.org/equipoise/id/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
GRAPH = "https://w3id.org/equipoise/dataset/bench"


@dataclass(frozen=True)
class Engine:
    """A running server.

    Args:
        name: For the table.
        url: Query address.
        pid: Its first process.
        cases: Cases it holds.
    """

    name: str
    url: str
    pid: int
    cases: int


def generate(path: Path, cases: int) -> None:
    """Cases with ten triples each, the same for the same number."""
    if path.exists():
        return
    pick = random.Random(1)
    with path.with_suffix(".part").open("w") as out:
        for number in range(cases):
            case = f"<{ID}case/c{number}>"
            out.write(
                f"{case} <{RDF_TYPE}> <{EQ}Case> .\n"
                f'{case} <http://purl.org/dc/terms/title> "Case number {number}"@en .\n'
                f'{case} <http://www.w3.org/2000/01/rdf-schema#label> "Case {number}"@en .\n'
                f'{case} <{EQ}startYear> "{2000 + number % 25}"'
                "^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
                f"{case} <{EQ}country> <{ID}country/C{number % 200}> .\n"
            )
            for target in pick.sample(range(1, 170), 3):
                out.write(f"{case} <{EQ}supports> <http://metadata.un.org/sdg/t{target}> .\n")
            for technology in pick.sample(range(300), 2):
                out.write(f"{case} <{EQ}usesTechnology> <{ID}technology/t{technology}> .\n")
    path.with_suffix(".part").rename(path)


@contextlib.contextmanager
def equipoise(folder: Path, data: Path, port: int, *options: str, cases: int) -> Iterator[Engine]:
    """This service, two web workers, the data in a named graph."""
    import pyoxigraph as ox

    from kg.store.embedded import EmbeddedStore

    root = folder / f"store-{cases}"
    if not root.exists():
        with EmbeddedStore.create(root).writer("benchmark") as write:
            write.store.bulk_load(path=str(data), to_graph=ox.NamedNode(GRAPH))
            write.touch(GRAPH)
    command = [sys.executable, "-m", "kg.cli", "serve", "--store", str(root), "--port", str(port),
               "--workers", "2", *options]
    with process(command, f"http://127.0.0.1:{port}/sparql") as pid:
        yield Engine("Equipoise", f"http://127.0.0.1:{port}/sparql", pid, cases)


@contextlib.contextmanager
def oxigraph(folder: Path, data: Path, port: int, *, cases: int) -> Iterator[Engine]:
    """Oxigraph's own server (PyPI ``oxigraph``)."""
    binary = str(Path(sys.executable).with_name("oxigraph"))
    place = folder / f"oxigraph-{cases}"
    if not place.exists():
        subprocess.run([binary, "load", "-l", str(place), "-f", str(data)], check=True,
                       capture_output=True)
    url = f"http://127.0.0.1:{port}/query"
    command = [binary, "serve-read-only", "-l", str(place), "-b", f"127.0.0.1:{port}"]
    with process(command, url) as pid:
        yield Engine("Oxigraph server", url, pid, cases)


@contextlib.contextmanager
def rdflib_endpoint(python: Path, data: Path, port: int, *, cases: int) -> Iterator[Engine]:
    """rdflib-endpoint (PyPI) from an environment of its own."""
    url = f"http://127.0.0.1:{port}/"
    command = [str(python.with_name("rdflib-endpoint")), "serve", "--host", "127.0.0.1", "--port",
               str(port), str(data)]
    with process(command, url, patience=600) as pid:
        yield Engine("rdflib-endpoint", url, pid, cases)


_INI = """
[Database]
DatabaseFile = {place}/virtuoso.db
TransactionFile = {place}/virtuoso.trx
ErrorLogFile = {place}/virtuoso.log
LockFile = {place}/virtuoso.lck
xa_persistent_file = {place}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {place}/temp.db
TransactionFile = {place}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {place}, {data}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ServerThreads = 100
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {place}
ServerThreads = 100
MaxKeepAlives = 100
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 10000000
"""


@contextlib.contextmanager
def virtuoso(folder: Path, data: Path, port: int, *, cases: int) -> Iterator[Engine]:
    """Virtuoso 7 (Debian ``virtuoso-opensource-7``)."""
    place = folder / f"virtuoso-{cases}"
    loaded = place / "loaded"
    place.mkdir(exist_ok=True)
    ini = place / "virtuoso.ini"
    sql = free_port()
    ini.write_text(_INI.format(place=place, data=data.parent, port=port, sql=sql))
    (place / "virtuoso.lck").unlink(missing_ok=True)
    url = f"http://127.0.0.1:{port}/sparql"
    with process(["virtuoso-t", "+foreground", "+configfile", str(ini)], url, patience=120) as pid:
        if not loaded.exists():
            load = (f"DB.DBA.TTLP_MT(file_to_string_output('{data}'), '', '{GRAPH}', 255); "
                    "checkpoint;")
            subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"],
                           check=True, capture_output=True, timeout=1800)
            loaded.touch()
        yield Engine("Virtuoso 7", url, pid, cases)


@contextlib.contextmanager
def process(command: list[str], url: str, patience: float = 60) -> Iterator[int]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    process = subprocess.Popen(
        command, env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + patience
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not start")
            time.sleep(0.2)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return len(ask(url, "ASK {}", timeout=5)) > 0
    except OSError:
        return False


def ask(url: str, query: str, *, timeout: float = 600,
        accept: str = "application/sparql-results+json") -> bytes:
    """One query; the whole answer."""
    address = f"{url}?{urllib.parse.urlencode({'query': query})}"
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


def tree_memory(pid: int) -> int:
    """Resident bytes of a process and all below it (shared pages counted once each)."""
    total = 0
    for member in tree(pid):
        with contextlib.suppress(OSError, StopIteration):
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
            line = next(line for line in text.splitlines() if line.startswith("Pss:"))
            total += int(line.split()[1]) * 1024
    return total


class Growth:
    """By how much a process tree grew, in bytes, while a block ran."""

    def __init__(self, pid: int) -> None:
        self._pid, self._before = pid, tree_memory(pid)
        self._peak, self._done = self._before, threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._done.set()
        self._watcher.join()

    @property
    def bytes(self) -> int:
        """Largest so far."""
        return self._peak - self._before

    def _watch(self) -> None:
        while not self._done.is_set():
            self._peak = max(self._peak, tree_memory(self._pid))
            time.sleep(0.05)


def tree_cpu(pid: int) -> float:
    """Seconds of CPU used so far by a process and all below it."""
    ticks = 0
    for member in tree(pid):
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, task.read_text().split())
    return found


def require(*programs: str) -> None:
    """Stop with what to install when a program is not there."""
    for program in programs:
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is needed (Debian: apt-get install {program})")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
