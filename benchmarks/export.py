"""How long exports and reports take, as whole processes, and how much memory.

``python benchmarks/export.py`` builds a store of the shipped graph and a generated corpus of about
a million edges (kept in ``--workdir`` for the next run), writes each format with ``kg export`` and
each kind of report of the shipped graph with ``kg report``, and prints a table. Each figure is the
best of ``--runs``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from corpus import GRAPH, generate

FORMATS = ("graphml", "gexf", "cyjs", "cx2", "dot", "json", "net", "csv.zip", "nq")
REPORTS = ("html", "md", "json", "xlsx", "docx", "pdf")


def measured(command: list[str], runs: int) -> tuple[float, float]:
    """Best wall time in seconds and largest memory in megabytes of a process."""
    best, largest = float("inf"), 0.0
    for _ in range(runs):
        began = time.perf_counter()
        child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"failed: {' '.join(command)}")
        best = min(best, time.perf_counter() - began)
        largest = max(largest, usage.ru_maxrss / 1024)
    return best, largest


def shipped(directory: Path) -> Path:
    """A store with the shipped graph."""
    from kg.store import open_store

    root = directory / "shipped"
    open_store(root).refresh()
    return root


def generated(directory: Path, cases: int) -> Path:
    """A store with the shipped graph and a corpus."""
    from kg.locations import data_dir
    from kg.store import open_store

    root = directory / f"generated-{cases}"
    store = open_store(root)
    if store.revision.number == 1:
        lines = directory / "corpus.nt"
        with lines.open("w", encoding="utf-8") as out:
            out.writelines(generate(cases, data_dir()))
        with store.writer("corpus") as write:
            write.load(lines, graph=GRAPH)
            write.mark_derived(GRAPH)
        lines.unlink()
    return root


def apart(make: Callable[..., Path], *given: object) -> Path:
    """Make a store in a process of its own: the peak memory of this one counts for its children."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(make, *given).result()


def table(rows: list[tuple[str, float, float, float]]) -> None:
    print(f"{'what':<16}{'seconds':>9}{'memory MB':>11}{'file MB':>9}")
    for name, seconds, memory, size in rows:
        print(f"{name:<16}{seconds:>9.2f}{memory:>11.0f}{size:>9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=170_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--reports", nargs="*", default=list(REPORTS))
    parser.add_argument("--workdir", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-benchmark-") as scratch:
        work = chosen.workdir or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        kg = [sys.executable, "-m", "kg.cli"]
        rows = []
        store = str(apart(shipped, work))
        measured([*kg, "coverage", "--store", store, "--format", "json", "-o", os.devnull], 1)
        for name in chosen.reports:
            path = work / f"report.{name}"
            result = measured([*kg, "report", "--store", store, "-o", str(path)], chosen.runs)
            rows.append((f"report {name}", *result, path.stat().st_size / 2**20))
        if chosen.formats:
            store = str(apart(generated, work, chosen.cases))
        for place, name in enumerate(chosen.formats):
            path = work / f"graph.{name}"
            command = [*kg, "export", "--store", store, "-o", str(path)]
            result = measured(command, 1 if not place else chosen.runs)
            note = " (first)" if not place else ""
            rows.append((f"{name}{note}", *result, path.stat().st_size / 2**20))
            if not place:
                again = measured(command, chosen.runs)
                rows.append((name, *again, path.stat().st_size / 2**20))
                edges = path.read_bytes().count(b"<edge ") if name == "graphml" else 0
                print(f"{edges:,} edges")
        table(rows)


if __name__ == "__main__":
    main()
