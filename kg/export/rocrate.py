"""The whole selection as a research object: data files with their description (RO-Crate 1.1)."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg.export.archives import Archive
from kg.store.contents import datasets

if TYPE_CHECKING:
    from kg.export.exporting import Selection
    from kg.projection import Projection
    from kg.store import Snapshot

_CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FILES: Final = {
    "graph.trig": ("application/trig", "All statements with their named graphs"),
    "graph.graphml": ("application/graphml+xml", "Cases and what they touch, as a graph"),
    "nodes-and-edges.zip": ("application/zip", "Nodes and edges as CSV, with a column dictionary"),
    "records.sqlite": ("application/vnd.sqlite3", "Cases, links and sources as tables"),
}


def write_rocrate(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write a ZIP with the quads, the graph and the tables, described by RO-Crate metadata."""
    from kg.export.exporting import selected_graph
    from kg.export.graphml import write_graphml
    from kg.export.rdf import limits_of, write_rdf
    from kg.export.table_files import write_csv_archive, write_sqlite

    limits = limits_of(projection, snapshot, selection.filters, selection.links)
    graph = selected_graph(projection, snapshot, selection)
    with Archive(out) as archive:
        archive.add("ro-crate-metadata.json", _metadata(snapshot, limits.graphs))
        with archive.file("graph.trig") as file:
            write_rdf(snapshot, file, "trig", limits)
        with archive.file("graph.graphml") as file:
            write_graphml(graph, file)
        tables = io.BytesIO()
        write_csv_archive(graph, tables)
        archive.add("nodes-and-edges.zip", tables.getvalue())
        with archive.file("records.sqlite") as file:
            write_sqlite(projection, snapshot, file, selection)


def _metadata(snapshot: Snapshot, graphs: tuple[str, ...]) -> bytes:
    revision = snapshot.revision
    described = [item for item in datasets(snapshot) if not graphs or item.id in graphs]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Equipoise: principles, goals, cases and technologies of AI",
        "description": "Frameworks of AI principles, Sustainable Development Goals, cases of AI "
        "use and the links between them, with sources.",
        "datePublished": revision.created,
        "version": revision.id,
        "identifier": snapshot.content_hash(),
        "license": {"@id": _LICENCE},
        "hasPart": [{"@id": name} for name in _FILES],
        "isBasedOn": [{"@id": item.id} for item in described],
    }
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {
            "@id": _LICENCE,
            "@type": "CreativeWork",
            "name": "Creative Commons Attribution 4.0 International",
        },
    ]
    graph += [
        {"@id": name, "@type": "File", "encodingFormat": media, "description": text}
        for name, (media, text) in _FILES.items()
    ]
    graph += [
        {
            "@id": item.id,
            "@type": "Dataset",
            "name": item.title or item.name,
            "version": item.version,
            **({"license": {"@id": item.licence}} if item.licence else {}),
        }
        for item in described
    ]
    document = {"@context": _CONTEXT, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
