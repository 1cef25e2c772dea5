"""The analyses at 10 thousand, 100 thousand and a million cases, beside two SPARQL engines.

Everything is measured in one run on one machine: the same corpus, the same question, the answers
compared cell by cell. Oxigraph answers in its own process; Virtuoso (Debian's
``virtuoso-opensource-7``) is started and stopped here, on loopback only.

    python benchmarks/analysis.py --work /tmp/bench --sizes 10000 100000 1000000 -o results.md
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import GRAPH, write

ROOT = Path(__file__).parents[1]
EQ = "https://w3id.org/equipoise/ontology#"
QUESTION = (
    f"SELECT ?row ?col (COUNT(DISTINCT ?unit) AS ?n) WHERE {{ ?unit <{EQ}supports> ?row . "
    f"?unit <{EQ}upholds> ?col }} GROUP BY ?row ?col"
)
CHILD_ENV = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


def built(store: Path, corpus: Path, *, reuse: bool) -> dict[str, float]:
    """Load the shipped concepts and the corpus; work out the projection in a process of its own."""
    if reuse and (store / "CURRENT").exists():
        for cache in store.glob("revisions/*/cache"):
            shutil.rmtree(cache)
    else:
        shutil.rmtree(store, ignore_errors=True)
        child(loading(store, corpus))
    return child(f"""
import json, resource, time
from kg.store import open_store
from kg.projection import Projection
began = time.perf_counter()
projection = Projection.open(open_store({str(store)!r}))
print(json.dumps({{
    "project_s": time.perf_counter() - began,
    "project_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}}))
""")


def loading(store: Path, corpus: Path) -> str:
    """Code that loads the shipped concepts and the corpus."""
    return f"""
import json
from pathlib import Path
from kg.store.embedded import EmbeddedStore
store = EmbeddedStore.create(Path({str(store)!r}))
with store.writer("generated") as write:
    for name in ("sdg", "principles", "technologies", "places", "controlled"):
        write.load(Path({str(ROOT / "data")!r}) / f"{{name}}.ttl",
                   graph=f"https://w3id.org/equipoise/dataset/{{name}}")
    write.load(Path({str(corpus)!r}), graph={GRAPH!r})
print(json.dumps({{}}))
"""


def child(code: str) -> dict[str, Any]:
    """Run code in a fresh interpreter; its last line is JSON."""
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=CHILD_ENV
    )
    found: dict[str, Any] = json.loads(out.stdout.strip().splitlines()[-1])
    return found


def first_table(store: Path) -> dict[str, float]:
    """A whole new process to its first coverage table: median and worst of five."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(
            [
                str(Path(sys.executable).with_name("kg")),
                "coverage",
                "--store",
                str(store),
                "--rows",
                "target",
                "--cols",
                "principle",
                "--format",
                "json",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            env=CHILD_ENV,
        )
        times.append(time.perf_counter() - began)
    return {"first_s": statistics.median(times), "first_worst_s": max(times)}


def analyses(store: Path) -> dict[str, Any]:
    """Warm coverage, the full gap analysis and the network, with resident memory."""
    code = f"""
import json, resource, statistics, time
from kg.store import open_store
from kg.projection import Projection
from kg.analysis.coverage import coverage
from kg.analysis.gaps import gaps
from kg.analysis.network import network
projection = Projection.open(open_store({str(store)!r}))
table = coverage(projection, "target", "principle")
times = []
for _ in range(15):
    began = time.perf_counter()
    table = coverage(projection, "target", "principle")
    times.append(time.perf_counter() - began)
began = time.perf_counter()
report = gaps(projection)
gap = time.perf_counter() - began
began = time.perf_counter()
network(projection)
net = time.perf_counter() - began
cells = {{f"{{r.id}} {{c.id}}": int(n) for r, line in zip(table.rows, table.cells)
         for c, n in zip(table.cols, line) if n}}
print(json.dumps({{
    "warm_s": statistics.median(times), "gaps_s": gap, "network_s": net,
    "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "classes": report.class_counts, "model": report.models[0]["model"], "cells": cells,
}}))
"""
    return child(code)


def oxigraph(store: Path) -> dict[str, Any]:
    """The same question to Oxigraph in its own process: the better of two."""
    code = f"""
import glob, json, time, pyoxigraph as ox
path = sorted(glob.glob({str(store)!r} + "/revisions/*/db"))[-1]
engine = ox.Store.read_only(path)
times = []
for _ in range(2):
    began = time.perf_counter()
    rows = list(engine.query({QUESTION!r}, use_default_graph_as_union=True))
    times.append(time.perf_counter() - began)
cells = {{f"{{r['row'].value}} {{r['col'].value}}": int(r['n'].value) for r in rows}}
print(json.dumps({{"oxigraph_s": min(times), "cells": cells}}))
"""
    return child(code)


@contextlib.contextmanager
def virtuoso(work: Path, corpus: Path, port: int) -> Iterator[str]:
    """A Virtuoso on loopback that holds the corpus; stopped and removed at the end."""
    home = work / "virtuoso"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
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
        _isql(port, f"ld_dir('{corpus.parent}', '{corpus.name}', '{GRAPH}');")
        _isql(port, "rdf_loader_run();")
        _isql(port, "checkpoint;")
        yield f"http://127.0.0.1:{port + 1}/sparql"
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


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


def ask(endpoint: str) -> dict[str, Any]:
    """The same question to Virtuoso over HTTP: the best of five."""
    body = urllib.parse.urlencode({"query": QUESTION}).encode()
    times = []
    for _ in range(5):
        asked = urllib.request.Request(
            endpoint, body, {"Accept": "application/sparql-results+json"}
        )
        began = time.perf_counter()
        with urllib.request.urlopen(asked, timeout=600) as answer:
            raw = answer.read()
        times.append(time.perf_counter() - began)
    rows = json.loads(raw)["results"]["bindings"]
    cells = {f"{r['row']['value']} {r['col']['value']}": int(r["n"]["value"]) for r in rows}
    return {"virtuoso_s": min(times), "cells": cells}


def measured(size: int, work: Path, port: int, *, keep: bool, reuse: bool) -> dict[str, Any]:
    """Everything for one size."""
    corpus, store = work / f"corpus-{size}" / "corpus.nt", work / f"store-{size}"
    corpus.parent.mkdir(parents=True, exist_ok=True)
    if not (reuse and corpus.exists()):
        write(corpus, size, ROOT / "data")
    with corpus.open("rb") as file:
        triples = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    result: dict[str, Any] = {
        "cases": size,
        "triples": triples,
        **built(store, corpus, reuse=reuse),
    }
    result |= first_table(store)
    ours = analyses(store)
    theirs = oxigraph(store)
    with virtuoso(work, corpus, port) as endpoint:
        others = ask(endpoint)
    cells = ours.pop("cells")
    assert cells == theirs.pop("cells"), "Oxigraph counts otherwise"
    assert cells == others.pop("cells"), "Virtuoso counts otherwise"
    result |= {**ours, **theirs, **others}
    if not keep:
        shutil.rmtree(store)
        shutil.rmtree(corpus.parent)
    return result


def markdown(results: list[dict[str, Any]]) -> str:
    """The results as a table with machine and date."""
    heads = [f"{item['cases']:,} cases" for item in results]
    lines = [
        (
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({_processor()}), "
            f"Python {platform.python_version()}, with `python benchmarks/analysis.py`. The "
            "answers of all three engines were compared cell by cell."
        ),
        "",
        "| | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * len(results),
    ]
    rows = (
        ("triples", "triples", "{:,.0f}"),
        ("coverage target × principle, warm", "warm_s", "{:.3f} s"),
        ("the same in SPARQL, Oxigraph in process", "oxigraph_s", "{:.2f} s"),
        ("the same in SPARQL, Virtuoso 7", "virtuoso_s", "{:.2f} s"),
        ("times as fast as Oxigraph", "over_oxigraph", "{:.0f} ×"),
        ("times as fast as Virtuoso", "over_virtuoso", "{:.0f} ×"),
        ("new process to first table, median", "first_s", "{:.2f} s"),
        ("new process to first table, worst of 5", "first_worst_s", "{:.2f} s"),
        ("full gap analysis with null model", "gaps_s", "{:.2f} s"),
        ("network measures", "network_s", "{:.2f} s"),
        ("resident memory of these", "rss_mb", "{:,.0f} MB"),
        ("working out the projection, once", "project_s", "{:.1f} s"),
        ("resident memory of that", "project_mb", "{:,.0f} MB"),
    )
    for item in results:
        item["over_oxigraph"] = item["oxigraph_s"] / item["warm_s"]
        item["over_virtuoso"] = item["virtuoso_s"] / item["warm_s"]
    for text, key, form in rows:
        lines.append(f"| {text} | " + " | ".join(form.format(r[key]) for r in results) + " |")
    return "\n".join(lines) + "\n"


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="Directory with room for 6 GB.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--port", type=int, default=8211, help="First of two ports for Virtuoso.")
    parser.add_argument("--keep", action="store_true", help="Keep corpora and stores.")
    parser.add_argument("--reuse", action="store_true", help="Use what --keep left.")
    parser.add_argument("-o", "--output", type=Path, help="Write the table to this file.")
    chosen = parser.parse_args()
    results = []
    for size in chosen.sizes:
        results.append(
            measured(size, chosen.work, chosen.port, keep=chosen.keep, reuse=chosen.reuse)
        )
        print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    text = markdown(results)
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
