"""The analyses at 10 thousand, 100 thousand and a million cases, beside two SPARQL engines.

Everything is measured in one run on one machine: the same corpus, the same question, the answers
compared cell by cell. Oxigraph answers in its own process; Virtuoso (Debian's
``virtuoso-opensource-7``) is started and stopped here, on loopback only.

    python benchmarks/analysis.py --work /tmp/bench -o results.md

What takes long to make stays in the working directory and is used again by the next run: corpora,
stores, Virtuoso's databases, and what was measured. ``--stage projection --stage analyses`` repeats
only these; ``--fresh`` makes everything anew. Progress and the time of every stage go to standard
error, and at the end the bars with what was measured.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import GRAPH, write
from kept_virtuoso import virtuoso

ROOT = Path(__file__).parents[1]
EQ = "https://w3id.org/equipoise/ontology#"
QUESTION = (
    f"SELECT ?row ?col (COUNT(DISTINCT ?unit) AS ?n) WHERE {{ ?unit <{EQ}supports> ?row . "
    f"?unit <{EQ}upholds> ?col }} GROUP BY ?row ?col"
)
CHILD_ENV = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


def made_corpus(size: int, work: Path) -> Path:
    """The corpus of a size, generated unless it is there."""
    corpus = work / f"corpus-{size}" / "corpus.nt"
    if not corpus.exists():
        corpus.parent.mkdir(parents=True, exist_ok=True)
        part = corpus.with_suffix(".part")
        write(part, size, ROOT / "data")
        part.rename(corpus)
    return corpus


def made_store(size: int, work: Path) -> Path:
    """A store with the shipped concepts and the corpus, loaded unless it is there."""
    store = work / f"store-{size}"
    if not (store / "CURRENT").exists():
        shutil.rmtree(store, ignore_errors=True)
        child(loading(store, made_corpus(size, work)))
    return store


def stored(size: int, work: Path) -> dict[str, Any]:
    """Load the store; its size on disk."""
    files = made_store(size, work).rglob("*")
    return {"store_mb": sum(file.stat().st_size for file in files if file.is_file()) / 1e6}


def counted_triples(size: int, work: Path) -> dict[str, Any]:
    """Generate the corpus and count its lines."""
    with made_corpus(size, work).open("rb") as file:
        return {
            "triples": sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
        }


def projected(size: int, work: Path) -> dict[str, Any]:
    """Work out the projection anew in a process of its own."""
    store = made_store(size, work)
    for cache in store.glob("revisions/*/cache"):
        shutil.rmtree(cache)
    return child(f"""
import json, resource, time
from kg.store import open_store
from kg.projection import Projection
began, used = time.perf_counter(), time.process_time()
projection = Projection.open(open_store({str(store)!r}))
print(json.dumps({{
    "project_s": time.perf_counter() - began,
    "project_cpu_s": time.process_time() - used,
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


def first_table(size: int, work: Path) -> dict[str, Any]:
    """A whole new process to its first coverage table: median and worst of five."""
    store = made_store(size, work)
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


def analyses(size: int, work: Path) -> dict[str, Any]:
    """Warm coverage, the full gap analysis and the network, with resident memory."""
    store = made_store(size, work)
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
began, used = time.perf_counter(), time.process_time()
report = gaps(projection)
gap, gap_cpu = time.perf_counter() - began, time.process_time() - used
began, used = time.perf_counter(), time.process_time()
network(projection)
net, net_cpu = time.perf_counter() - began, time.process_time() - used
cells = {{f"{{r.id}} {{c.id}}": int(n) for r, line in zip(table.rows, table.cells)
         for c, n in zip(table.cols, line) if n}}
print(json.dumps({{
    "warm_s": statistics.median(times), "gaps_s": gap, "network_s": net,
    "gaps_cpu_s": gap_cpu, "network_cpu_s": net_cpu,
    "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "classes": report.class_counts, "model": report.models[0]["model"], "cells": cells,
}}))
"""
    return child(code)


def oxigraph(size: int, work: Path) -> dict[str, Any]:
    """The same question to Oxigraph in its own process: the best of three, or of those in 60 s."""
    store = made_store(size, work)
    code = f"""
import glob, json, time, pyoxigraph as ox
path = sorted(glob.glob({str(store)!r} + "/revisions/*/db"))[-1]
engine = ox.Store.read_only(path)
times = []
while len(times) < 3 and sum(times) < 60:
    began = time.perf_counter()
    rows = list(engine.query({QUESTION!r}, use_default_graph_as_union=True))
    times.append(time.perf_counter() - began)
cells = {{f"{{r['row'].value}} {{r['col'].value}}": int(r['n'].value) for r in rows}}
print(json.dumps({{"oxigraph_s": min(times), "cells": cells}}))
"""
    return child(code)


def asked(size: int, work: Path, port: int) -> dict[str, Any]:
    """The same question to Virtuoso over HTTP: the best of five."""
    body = urllib.parse.urlencode({"query": QUESTION}).encode()
    times = []
    with virtuoso(work / f"virtuoso-{size}", made_corpus(size, work), port) as endpoint:
        for _ in range(5):
            request = urllib.request.Request(
                endpoint, body, {"Accept": "application/sparql-results+json"}
            )
            began = time.perf_counter()
            with urllib.request.urlopen(request, timeout=600) as answer:
                raw = answer.read()
            times.append(time.perf_counter() - began)
    rows = json.loads(raw)["results"]["bindings"]
    cells = {f"{r['row']['value']} {r['col']['value']}": int(r["n"]["value"]) for r in rows}
    return {"virtuoso_s": min(times), "cells": cells}


STAGES = ("corpus", "store", "projection", "first", "analyses", "oxigraph", "virtuoso")


def measured(size: int, work: Path, port: int, stages: tuple[str, ...]) -> dict[str, Any]:
    """The stages of one size, beside what earlier runs measured in the others."""
    kept = work / f"measured-{size}.json"
    result: dict[str, Any] = {"cases": size, "took": {}, "cells": {}}
    with contextlib.suppress(OSError, ValueError):
        result = json.loads(kept.read_text())
    runs = {
        "corpus": lambda: counted_triples(size, work),
        "store": lambda: stored(size, work),
        "projection": lambda: projected(size, work),
        "first": lambda: first_table(size, work),
        "analyses": lambda: analyses(size, work),
        "oxigraph": lambda: oxigraph(size, work),
        "virtuoso": lambda: asked(size, work, port),
    }
    for stage in stages:
        print(f"{size:>9,} cases  {stage:<11}", end="", file=sys.stderr, flush=True)
        began = time.perf_counter()
        found = runs[stage]()
        result["took"][stage] = took = time.perf_counter() - began
        if "cells" in found:
            result["cells"][stage] = found.pop("cells")
        result |= found
        result["date"], result["load"] = f"{datetime.now(UTC):%Y-%m-%d}", os.getloadavg()[0]
        kept.write_text(json.dumps(result))
        numbers = ", ".join(
            f"{name} {value:.3f}" for name, value in found.items() if isinstance(value, float)
        )
        print(f"{took:8.1f} s  load {result['load']:.1f}  {numbers}", file=sys.stderr, flush=True)
    answers = list(result["cells"].values())
    assert all(answer == answers[0] for answer in answers), "the engines count differently"
    return result


def markdown(results: list[dict[str, Any]]) -> str:
    """The results as a table with machine and date."""
    heads = [f"{item['cases']:,} cases" for item in results]
    lines = [
        (
            f"Measured {results[-1]['date']} on {os.cpu_count()} cores ({_processor()}), "
            f"Python {platform.python_version()}, with `python benchmarks/analysis.py`, at a load "
            f"of {results[-1]['load']:.1f} at the end. The answers of all engines were compared "
            "cell by cell."
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
        ("processor time of that", "gaps_cpu_s", "{:.2f} s"),
        ("network measures", "network_s", "{:.2f} s"),
        ("processor time of that", "network_cpu_s", "{:.2f} s"),
        ("resident memory of these", "rss_mb", "{:,.0f} MB"),
        ("working out the projection, once", "project_s", "{:.1f} s"),
        ("processor time of that", "project_cpu_s", "{:.1f} s"),
        ("resident memory of that", "project_mb", "{:,.0f} MB"),
    )
    for text, key, form in rows:
        cells = (form.format(item[key]) if key in item else "" for item in map(compared, results))
        lines.append(f"| {text} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def compared(item: dict[str, Any]) -> dict[str, Any]:
    """With how many times as fast as each engine."""
    times = {
        f"over_{name}": item[f"{name}_s"] / item["warm_s"]
        for name in ("oxigraph", "virtuoso")
        if f"{name}_s" in item and "warm_s" in item
    }
    return item | times


def bars(results: list[dict[str, Any]]) -> list[str]:
    """What was promised at a million cases, and what was measured."""
    by_size = {item["cases"]: compared(item) for item in results}
    most, tenth = by_size.get(1_000_000), by_size.get(100_000)
    if most is None:
        return []
    promised = (
        ("warm coverage, s", "warm_s", 0.15, 1),
        ("times Virtuoso", "over_virtuoso", 50, -1),
        ("new process to first table, s", "first_s", 1.5, 1),
        ("full gap analysis, s", "gaps_s", 5, 1),
        ("network, s", "network_s", 2, 1),
        ("resident memory, MB", "rss_mb", 1500, 1),
        ("resident memory while projecting, MB", "project_mb", 1500, 1),
    )
    lines = [
        f"{'met ' if sign * most[key] < sign * bar else 'MISSED'} {text}: {most[key]:,.3f} "
        f"({'under' if sign > 0 else 'at least'} {bar:,})"
        for text, key, bar, sign in promised
        if key in most
    ]
    for key in ("warm_s", "gaps_s", "network_s", "project_s"):
        if tenth and key in most and key in tenth:
            growth = most[key] / tenth[key]
            verdict = "met " if growth <= 10 else "MISSED"
            lines.append(
                f"{verdict} growth of {key} from 100 k to 1 M: {growth:.1f} × (at most 10)"
            )
    return lines


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="Directory with room for 9 GB.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--stage", action="append", choices=STAGES, help="Only this; repeatable.")
    parser.add_argument("--port", type=int, default=8211, help="First of two ports for Virtuoso.")
    parser.add_argument("--fresh", action="store_true", help="Make everything anew.")
    parser.add_argument("-o", "--output", type=Path, help="Write the table to this file.")
    chosen = parser.parse_args()
    work = chosen.work.resolve()
    if chosen.fresh:
        for made in ("corpus", "store", "virtuoso"):
            for size in chosen.sizes:
                shutil.rmtree(work / f"{made}-{size}", ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    stages = tuple(stage for stage in STAGES if not chosen.stage or stage in chosen.stage)
    results = [measured(size, work, chosen.port, stages) for size in chosen.sizes]
    text = markdown(results)
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")
    print("\n".join(bars(results)), file=sys.stderr)
    print(f"{time.perf_counter() - began:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    main()
