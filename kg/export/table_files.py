"""Tables in files: CSV of nodes and edges, SQLite and Parquet of whole records."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg.errors import MissingExtra
from kg.export.archives import Archive, write_csv
from kg.export.graphs import ATTRIBUTE_HELP, EDGE_ATTRIBUTES, NODE_ATTRIBUTES
from kg.export.record_tables import DICTIONARY, TABLES, RecordTable, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.export.exporting import Selection
    from kg.export.graphs import PropertyGraph
    from kg.projection import Projection
    from kg.store import Snapshot

_BATCH: Final = 5_000
_INDEXED: Final = (
    ("links", "case_id"),
    ("links", "object_id"),
    ("participants", "case_id"),
    ("case_sources", "case_id"),
)
_PARQUET_TYPES: Final = {"TEXT": "string", "INTEGER": "int64", "REAL": "float64"}


def write_csv_archive(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write a graph as a ZIP of nodes.csv, edges.csv and columns.csv.

    The names of the first columns are those that Gephi's spreadsheet import asks for.
    """
    with Archive(out) as archive:
        with archive.file("nodes.csv") as file:
            write_csv(
                file,
                ["Id", *NODE_ATTRIBUTES],
                ({"Id": node.id, **node.attributes} for node in graph.nodes()),
            )
        with archive.file("edges.csv") as file:
            write_csv(
                file,
                ["Source", "Target", "Type", "Id", *EDGE_ATTRIBUTES],
                (
                    {
                        "Source": edge.source,
                        "Target": edge.target,
                        "Type": "Directed" if graph.directed else "Undirected",
                        "Id": edge.id,
                        **edge.attributes,
                    }
                    for edge in graph.edges()
                ),
            )
        with archive.file("columns.csv") as file:
            write_csv(file, ["file", "column", "type", "description"], _graph_columns())


def _graph_columns() -> Iterator[dict[str, str]]:
    yield {"file": "nodes.csv", "column": "Id", "type": "string", "description": "IRI"}
    for name, type_ in NODE_ATTRIBUTES.items():
        yield {"file": "nodes.csv", "column": name, "type": type_,
               "description": ATTRIBUTE_HELP[name]}
    for name, text in (
        ("Source", "IRI of the node where the edge begins"),
        ("Target", "IRI of the node where it ends"),
        ("Type", "Directed or Undirected"),
        ("Id", "Identifier of the edge; the link's IRI where there is one"),
    ):
        yield {"file": "edges.csv", "column": name, "type": "string", "description": text}
    for name, type_ in EDGE_ATTRIBUTES.items():
        yield {"file": "edges.csv", "column": name, "type": type_,
               "description": ATTRIBUTE_HELP[name]}


def write_sqlite(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write whole records as a SQLite database, with the table ``dictionary``."""
    with tempfile.TemporaryDirectory(prefix="kg-") as directory:
        path = Path(directory) / "records.sqlite"
        database = sqlite3.connect(path)
        try:
            for table in (*TABLES, DICTIONARY):
                columns = ", ".join(f'"{n}" {type_}' for n, (type_, _) in table.columns.items())
                database.execute(f'CREATE TABLE "{table.name}" ({columns})')
            for table, row in rows(projection, snapshot, selection):
                marks = ", ".join("?" * len(table.columns))
                values = [row.get(name) for name in table.columns]
                database.execute(f'INSERT INTO "{table.name}" VALUES ({marks})', values)
            for name, column in _INDEXED:
                database.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
            database.commit()
        finally:
            database.close()
        with path.open("rb") as file:
            shutil.copyfileobj(file, out)


def write_parquet(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write whole records as a ZIP of Parquet files, one per table.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("Parquet tables", extra="parquet") from error
    with tempfile.TemporaryDirectory(prefix="kg-") as directory:
        files: dict[str, Any] = {}
        waiting: dict[str, list[dict[str, Any]]] = {}
        schemas = {table.name: _schema(pa, table) for table in (*TABLES, DICTIONARY)}
        for name, schema in schemas.items():
            files[name] = pq.ParquetWriter(Path(directory) / f"{name}.parquet", schema)
            waiting[name] = []

        def spill(name: str) -> None:
            batch = pa.Table.from_pylist(waiting[name], schema=schemas[name])
            files[name].write_table(batch)
            waiting[name].clear()

        for table, row in rows(projection, snapshot, selection):
            waiting[table.name].append(row)
            if len(waiting[table.name]) >= _BATCH:
                spill(table.name)
        with Archive(out) as archive:
            for name, writer in files.items():
                spill(name)
                writer.close()
                with (
                    (Path(directory) / f"{name}.parquet").open("rb") as source,
                    archive.file(f"{name}.parquet") as target,
                ):
                    shutil.copyfileobj(source, target)


def _schema(pa: Any, table: RecordTable) -> Any:
    fields = [
        pa.field(name, pa.type_for_alias(_PARQUET_TYPES[type_]),
                 metadata={"description": description})
        for name, (type_, description) in table.columns.items()
    ]
    return pa.schema(fields, metadata={"description": table.description})
