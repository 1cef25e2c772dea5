"""Three tables and the statements they become, side by side.

``expected.nt`` changes only when rows are meant to become something else: write it anew with
``python tests/golden/ingest/test_golden_tables.py`` and read the difference.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from kg.ingest.carrying import ImportOptions, import_files
from kg.settings import Settings
from kg.store import open_store

HERE = Path(__file__).parent
TABLES = [HERE / name for name in ("links.csv", "frameworks.csv", "cases.csv")]
EXPECTED = HERE / "expected.nt"


def imported(root: Path) -> str:
    store = open_store(root, settings=Settings())
    report = import_files(store, TABLES, ImportOptions(dataset="golden"))
    assert not report.findings.failed, list(report.findings)
    rows = store.query("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH dataset:golden { ?s ?p ?o } }")
    return "".join(sorted(f"{triple} .\n" for triple in rows))  # type: ignore[union-attr]


def test_tables_become_what_is_expected(scratch_store: Path) -> None:
    assert imported(scratch_store) == EXPECTED.read_text(encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        EXPECTED.write_text(imported(Path(directory) / "store"), encoding="utf-8")
    sys.exit(0)
