"""Datasets: records, removal, export as RO-Crate and DCAT."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from asking import GRAPH, PREFIXES, ask

from kg.errors import InputError, NotFound
from kg.export.crate import export_dataset
from kg.ingest.carrying import ImportOptions, import_files
from kg.ingest.records import DatasetDetails, remove_dataset
from kg.store import GraphStore
from kg.store.contents import datasets

Writes = Callable[..., Path]
CASE = PREFIXES + 'case:x a eq:Case ; rdfs:label "X"@en ; eq:supports sdg:7.3 .\n'
DETAILS = DatasetDetails("Mine", "CC-BY-4.0", "https://example.org/db", "2", "Ada")


@pytest.fixture
def mine(store: GraphStore, write: Writes) -> GraphStore:
    import_files(store, [write("mine.ttl", CASE)], ImportOptions(dataset="mine", details=DETAILS))
    return store


def test_the_list_shows_what_was_imported(mine: GraphStore) -> None:
    with mine.reader() as snapshot:
        found = {item.name: item for item in datasets(snapshot)}
    record = found["mine"]
    assert (record.title, record.version, record.source, record.cases) == (
        "Mine",
        "2",
        "https://example.org/db",
        1,
    )
    assert record.hash.startswith("sha256:")
    assert record.issued


def test_removal_takes_graph_and_record(mine: GraphStore) -> None:
    assert remove_dataset(mine, "mine") == 3
    assert not ask(mine, f"GRAPH ?g {{ <{GRAPH}mine> ?p ?o }}")
    with pytest.raises(NotFound):
        remove_dataset(mine, "mine")
    with pytest.raises(NotFound, match="closest: cases"):
        remove_dataset(mine, "caes")


def test_a_crate_has_what_ro_crate_asks_for(mine: GraphStore, tmp_path: Path) -> None:
    assert export_dataset(mine, "mine", tmp_path / "crate") == [
        "mine.ttl",
        "ro-crate-metadata.json",
    ]
    crate = json.loads((tmp_path / "crate" / "ro-crate-metadata.json").read_text())
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {item["@id"]: item for item in crate["@graph"]}
    descriptor = entities["ro-crate-metadata.json"]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert root["name"] == "Mine"
    assert root["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert root["description"]
    assert len(root["datePublished"]) == 10
    for part in root["hasPart"]:
        assert entities[part["@id"]]["@type"] == "File"
        assert (tmp_path / "crate" / part["@id"]).stat().st_size == int(
            entities[part["@id"]]["contentSize"]
        )
    triples = list(ox.parse(path=str(tmp_path / "crate" / "mine.ttl")))
    assert len(triples) == 3


def test_dcat_beside_turtle_in_an_archive(mine: GraphStore, tmp_path: Path) -> None:
    export_dataset(mine, "mine", tmp_path / "mine.zip", form="dcat")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert archive.namelist() == ["dcat.ttl", "mine.ttl"]
        found = {
            str(quad.predicate.value).rsplit("#", 1)[-1]
            for quad in ox.parse(archive.read("dcat.ttl"), format=ox.RdfFormat.TURTLE)
        }
    assert found >= {"distribution", "downloadURL", "mediaType", "byteSize", "version"}


def test_the_same_dataset_gives_the_same_bytes(mine: GraphStore, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        export_dataset(mine, "mine", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_what_is_exported_imports_again(mine: GraphStore, tmp_path: Path) -> None:
    export_dataset(mine, "cases", tmp_path / "cases")
    report = import_files(mine, [tmp_path / "cases" / "cases.ttl"], ImportOptions(dataset="again"))
    assert not report.findings.failed
    query = "SELECT (COUNT(*) AS ?n) {{ GRAPH <{}> {{ ?s ?p ?o }} }}"
    counts = {
        next(iter(mine.query(query.format(GRAPH + name))))["n"].value  # type: ignore[union-attr, index, arg-type]
        for name in ("cases", "again")
    }
    assert len(counts) == 1


def test_what_cannot_be_exported(mine: GraphStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export_dataset(mine, "none", tmp_path / "x")
    with pytest.raises(InputError, match="rocrate, dcat"):
        export_dataset(mine, "mine", tmp_path / "x", form="csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        export_dataset(mine, "mine", tmp_path / "file" / "below")
