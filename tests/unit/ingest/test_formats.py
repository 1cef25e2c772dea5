"""What a file is, by name and content."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ingest.formats import detect


@pytest.mark.parametrize(
    ("name", "content", "kind", "extension"),
    [
        ("a.ttl", "<a:a> <a:b> <a:c> .", "rdf", "ttl"),
        ("a.owl", "<rdf:RDF/>", "rdf", "rdf"),
        ("a.json", "{}", "rdf", "jsonld"),
        ("a.tsv", "id\ttitle", "csv", ""),
        ("noname", "@prefix a: <a:> .\na:a a:b a:c .", "rdf", "ttl"),
        ("noname", "PREFIX a: <a:>\nGRAPH a:g {\n a:a a:b a:c }", "rdf", "trig"),
        ("noname", "<a:a> <a:b> <a:c> <a:g> .\n", "rdf", "nq"),
        ("noname", "<a:a> <a:b> <a:c> .\n", "rdf", "ttl"),
        ("noname", "<a:a> a <a:c> ;\n <a:b> 1 .\n", "rdf", "ttl"),
        ("noname", '<?xml version="1.0"?><rdf:RDF/>', "rdf", "rdf"),
        ("noname", '{"@id": "a:a"}', "rdf", "jsonld"),
        ("table.data", "id;title\n1;One\n", "csv", ""),
    ],
)
def test_recognised(tmp_path: Path, name: str, content: str, kind: str, extension: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    found = detect(path)
    assert (found.kind, found.extension) == (kind, extension)


def test_a_workbook_named_csv_is_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert detect(path).kind == "xlsx"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "old Excel format"),
        ("a.xlsx", b"id,title\n", "no Excel workbook"),
        ("a.csv", b"\0\1\2binary", "binary"),
        ("a.ttl", b"\x7fELF\0\0", "binary"),
        ("empty.csv", b"", "empty"),
        ("blank.ttl", b" \n\n", "empty"),
        ("a.bin", b"just some words", "cannot tell"),
        ("a.ttl.gz", b"\x1f\x8b\x08\0rest", "unpack it"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        detect(path)
    assert name in str(caught.value)


def test_other_archives_are_told_apart(tmp_path: Path) -> None:
    for member, message in (("content.xml", "OpenDocument"), ("data.ttl", "unpack")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x")
        with pytest.raises(InputError, match=message):
            detect(path)


def test_missing_and_directories(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        detect(tmp_path / "none.ttl")
    with pytest.raises(InputError, match="directory"):
        detect(tmp_path)
