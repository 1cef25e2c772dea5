"""Whole records: SQLite, Parquet, SSSOM, RO-Crate, and the tags for reporting back."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import vocabulary as v
from kg.export import Selection, export
from kg.export.record_tables import DICTIONARY, TABLES
from kg.export.reporting_back import CRS_MOST, sdg_tags
from kg.model import Evidence, Link, Node
from kg.projection.records import CaseRecord
from kg.store import GraphStore


def exported(store: GraphStore, format_: str) -> bytes:
    out = io.BytesIO()
    export(store, format_, out)
    return out.getvalue()


def count(store: GraphStore, query: str) -> int:
    return int(next(iter(store.query(query)))[0].value)  # type: ignore[arg-type, index, union-attr]


def record(links: list[tuple[str, str, str, float | None]]) -> CaseRecord:
    made = tuple(
        Link(
            id="",
            subject=Node("urn:case", "Case", "case"),
            predicate=predicate,
            object=Node(f"{v.SDG}{code}", f"{code} Label of {code}", "sdg"),
            dataset="urn:data",
            evidence=Evidence(directness=directness, confidence=confidence),
        )
        for predicate, code, directness, confidence in links
    )
    return CaseRecord("urn:case", "Case", "", "", "", None, None, None, None, (), (), made, (), ())


def test_sqlite_holds_every_record(shipped: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(exported(shipped, "sqlite"))
    database = sqlite3.connect(path)

    def rows(query: str) -> int:
        return int(database.execute(query).fetchone()[0])

    assert rows("SELECT COUNT(*) FROM cases") == count(
        shipped, "SELECT (COUNT(*) AS ?n) { ?x a eq:Case }"
    )
    assert rows("SELECT COUNT(*) FROM links WHERE predicate = 'undermines'") == count(
        shipped, "SELECT (COUNT(*) AS ?n) { ?x a eq:Case ; eq:undermines ?o }"
    )
    missing = "SELECT COUNT(*) FROM links WHERE case_id NOT IN (SELECT id FROM cases)"
    assert rows(missing) == 0
    cited = "SELECT COUNT(*) FROM case_sources WHERE source_id NOT IN (SELECT id FROM sources)"
    assert rows(cited) == 0
    described = {tuple(row) for row in database.execute(
        "SELECT table_name, column_name FROM dictionary")}
    for table in (*TABLES, DICTIONARY):
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table.name}")')]
        assert columns == list(table.columns)
        assert {(table.name, column) for column in columns} <= described


def test_parquet_holds_the_same_as_sqlite(shipped: GraphStore, tmp_path: Path) -> None:
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="the extra equipoise[parquet] is not installed"
    )
    path = tmp_path / "records.sqlite"
    path.write_bytes(exported(shipped, "sqlite"))
    database = sqlite3.connect(path)
    with zipfile.ZipFile(io.BytesIO(exported(shipped, "parquet"))) as archive:
        for table in (*TABLES, DICTIONARY):
            read = parquet.read_table(io.BytesIO(archive.read(f"{table.name}.parquet")))
            assert read.schema.metadata[b"description"].decode() == table.description
            found = [tuple(row.values()) for row in read.to_pylist()]
            assert found == database.execute(f'SELECT * FROM "{table.name}"').fetchall()


def test_sssom_tells_every_mapping(shipped: GraphStore) -> None:
    lines = exported(shipped, "sssom").decode().splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    assert any(line.startswith("mapping_set_id:") for line in head)
    assert any(line.startswith("license:") for line in head)
    prefixes = {
        line.strip().split(": ")[0]: line.strip().split(": ")[1].strip('"')
        for line in head
        if line.startswith("  ")
    }
    rows = list(csv.DictReader([line for line in lines if not line.startswith("#")],
                               delimiter="\t"))

    def iri(curie: str) -> str:
        prefix, _, rest = curie.partition(":")
        return prefixes[prefix] + rest

    found = {(iri(r["subject_id"]), iri(r["predicate_id"]), iri(r["object_id"])) for r in rows}
    stated = {
        tuple(term.value for term in row)
        for row in shipped.query(
            "SELECT ?s ?p ?o { ?s a eq:Principle ; ?p ?o . "
            f"?o skos:inScheme <{v.PIVOT_FRAMEWORK}> "
            "FILTER(?p IN (skos:exactMatch, skos:closeMatch, skos:broadMatch, skos:narrowMatch, "
            f"skos:relatedMatch)) FILTER NOT EXISTS {{ ?s skos:inScheme <{v.PIVOT_FRAMEWORK}> }} }}"
        )
    }
    assert found == stated
    assert len(found) == len(rows)
    assert all(row["mapping_justification"] == "semapv:ManualMappingCuration" for row in rows)
    assert all(row["subject_label"] and row["object_label"] for row in rows)


def test_rocrate_describes_what_it_holds(shipped: GraphStore) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(shipped, "rocrate"))) as archive:
        names = set(archive.namelist())
        document = json.loads(archive.read("ro-crate-metadata.json"))
    entities = {item["@id"]: item for item in document["@graph"]}
    root = entities["./"]
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert {part["@id"] for part in root["hasPart"]} == names - {"ro-crate-metadata.json"}
    assert all(part["@id"] in entities for part in root["hasPart"])
    assert root["license"]["@id"] in entities
    assert root["identifier"].startswith("sha256:")


def test_iati_tags_use_goal_and_target_vocabularies(shipped: GraphStore) -> None:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(exported(shipped, "iati"))
    tags = root.findall("iati-activity/tag")
    assert tags
    for tag in tags:
        assert tag.get("vocabulary") == ("3" if "." in tag.get("code") else "2")
    supporting = count(
        shipped, "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a eq:Case ; eq:supports ?o }"
    )
    assert len(root.findall("iati-activity")) == supporting


def test_crs_names_at_most_ten(shipped: GraphStore) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(shipped, "crs").decode())))
    assert rows
    for row in rows:
        codes = row["sdg_focus"].split(";")
        assert 1 <= len(codes) <= CRS_MOST
        assert len(codes) == len(set(codes))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([v.SUPPORTS, v.UNDERMINES]),
            st.sampled_from([f"{g}.{t}" for g in range(1, 18) for t in (1, 2, "a")]),
            st.sampled_from(["direct", "indirect", ""]),
            st.one_of(st.none(), st.floats(0, 1)),
        ),
        max_size=40,
    )
)
def test_the_chosen_ten_are_the_best_supported(links: list[tuple[str, str, str, float]]) -> None:
    case = record(links)
    every, chosen = sdg_tags(case), sdg_tags(case, most=CRS_MOST)
    assert [code for code, _ in every] == sorted(
        {code for predicate, code, _, _ in links if predicate == v.SUPPORTS},
        key=lambda code: (int(code.split(".")[0]), not code.split(".")[1].isdigit(), code),
    )
    assert set(chosen) <= set(every)
    assert len(chosen) == min(len(every), CRS_MOST)
    direct = {code for p, code, how, _ in links if p == v.SUPPORTS and how != "indirect"}
    left = {code for code, _ in every} - {code for code, _ in chosen}
    # Nothing direct is left out while something indirect is in.
    assert not (left & direct) or {code for code, _ in chosen} <= direct


def test_ocds_classifies_tenders(shipped: GraphStore) -> None:
    package = json.loads(exported(shipped, "ocds"))
    assert package["version"] == "1.1"
    assert package["publishedDate"]
    ids = [release["id"] for release in package["releases"]]
    assert len(ids) == len(set(ids))
    for release in package["releases"]:
        assert {"ocid", "id", "date", "tag", "initiationType"} <= set(release)
        for item in release["tender"]["additionalClassifications"]:
            assert item["scheme"] == ("sdgTarget" if "." in item["id"] else "sdg")
            assert item["uri"] == v.SDG + item["id"]


def test_filters_and_polarity_limit_links(shipped: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with path.open("wb") as file:
        export(shipped, "sqlite", file, Selection(polarity="negative"))
    database = sqlite3.connect(path)
    kinds = {row[0] for row in database.execute("SELECT DISTINCT predicate FROM links")}
    assert kinds == {"undermines", "violates", "usesTechnology"}
