"""Checking without importing: files against a store, or the store itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, ParseError
from kg.ingest.carrying import ImportOptions, Progress, validate_files
from kg.ingest.findings import Finding, Findings
from kg.ingest.records import existing_dataset
from kg.ingest.shape_checks import check_graphs
from kg.vocabulary import ONTOLOGY_GRAPH

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import GraphStore


def validate_data(
    store: GraphStore,
    paths: Sequence[Path] = (),
    *,
    engine: str = "fast",
    table: str = "",
    dataset: str = "",
    progress: Progress | None = None,
) -> Findings:
    """Everything wrong with some files, or with what the store holds.

    Args:
        store: The store the files are meant for.
        paths: Files; without any, the store's own datasets are checked.
        engine: ``fast`` or ``pyshacl``.
        table: Which table a CSV or XLSX file is, if its header does not tell.
        dataset: Dataset the files are meant for, or the only one to check.
        progress: Told about the work as it goes.

    Raises:
        MissingExtra: pySHACL is asked for and not installed.
    """
    if not paths:
        return _validate_store(store, engine, dataset)
    findings = Findings()
    for path in paths:
        options = ImportOptions(dataset=dataset, table=table)
        try:
            if engine == "pyshacl":
                from kg.ingest.shacl_reference import reference_findings

                found = reference_findings(store, [path], dataset=dataset)
            else:
                report = validate_files(store, [path], options, progress=progress)
                found = iter(report.findings)
        except InputError as error:
            findings.add(_as_finding(error, path))
            continue
        for item in found:
            findings.add(item if item.file else replace(item, file=path.name))
    return findings


def _validate_store(store: GraphStore, engine: str, dataset: str) -> Findings:
    findings = Findings()
    if dataset:
        graphs = [existing_dataset(store, dataset)]
    else:
        rows = store.query("SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g", union=False)
        graphs = [row[0].value for row in rows]  # type: ignore[union-attr]
    if engine == "pyshacl":
        from kg.ingest.shacl_reference import reference_findings

        findings.extend(reference_findings(store, [], graphs=graphs))
        return findings
    with store.reader() as snapshot:

        def ask(sparql: str) -> ox.QuerySolutions:
            return snapshot.query(sparql)  # type: ignore[return-value]

        checked = [graph for graph in graphs if graph != ONTOLOGY_GRAPH]
        findings.extend(check_graphs(ask, checked))
    return findings


def _as_finding(error: InputError, path: Path) -> Finding:
    line = error.line if isinstance(error, ParseError) else error.row
    return Finding(
        error.message,
        file=error.file or path.name,
        row=line,
        column=error.column or "",
        iri=error.iri or "",
        suggestion=", ".join(getattr(error, "suggestions", ())),
        check="Parse",
    )
