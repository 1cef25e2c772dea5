"""The same revision and options give the same bytes, whoever asks, wherever and whenever."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

_WRITE = """
import sys
from pathlib import Path
from kg.export import FORMATS, Selection, export
from kg.report.building import build_report
from kg.projection import Filters
from kg.report.formats import REPORT_FORMATS
from kg.report.options import ReportOptions
from kg.store import open_store

store, out = open_store(sys.argv[1]), Path(sys.argv[2])
limits = Filters(years=(2023, 2025))
model = build_report(store, ReportOptions(filters=limits))
for name, form in REPORT_FORMATS.items():
    with (out / f"report.{name}").open("wb") as file:
        form.write(model, file)
for name, form in FORMATS.items():
    graph = "concepts" if form.family == "picture" else "cases"
    with (out / f"export.{name}").open("wb") as file:
        export(store, name, file, Selection(graph=graph, filters=limits))
"""


def files_of_a_process(store: Path, out: Path, surroundings: dict[str, str]) -> dict[str, bytes]:
    out.mkdir()
    subprocess.run(
        [sys.executable, "-c", _WRITE, str(store), str(out)],
        check=True, cwd=out, timeout=600, env={**os.environ, **surroundings},
    )
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_two_processes_write_the_same_bytes(shipped_store: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    surroundings = {
        "here": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        "there": {"PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8",
                  "SOURCE_DATE_EPOCH": "1700000000"},
    }
    with ThreadPoolExecutor() as pool:
        here, there = pool.map(
            lambda name: files_of_a_process(shipped_store, tmp_path / name, surroundings[name]),
            surroundings,
        )
    assert len(here) > 25
    assert {name for name, data in here.items() if data != there[name]} == set()
