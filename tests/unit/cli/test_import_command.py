"""kg import, validate, template and dataset, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.group import group
from kg.errors import InputError, NotFound, ValidationError

GOOD = "id,title,countries,supports\na,Alpha,KE,7.3\n"
BAD = "id,title,countries,supports\na,Alpha,Nowhere,7.3\nb,Beta,KE,7.3\n"


def run(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, [*arguments, "--store", str(store)], catch_exceptions=True)


def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, with its real exit code."""
    return subprocess.run(
        [sys.executable, "-c", "from kg.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def revision(store: Path) -> str:
    return (store / "CURRENT").read_text()


def test_import_tells_what_it_did(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    found = run(scratch_store, "import", str(path), "--license", "CC0-1.0", "--version", "3")
    assert found.exit_code == 0, found.output
    assert "mine.csv (table of cases): 1 of 1 rows; 1 links, 1 cases" in found.stdout
    assert "Imported into mine: revision r000002" in found.stdout
    listed = run(scratch_store, "dataset", "list", "--format", "json")
    record = {item["name"]: item for item in json.loads(listed.stdout)}["mine"]
    assert record["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert record["version"] == "3"


def test_json_and_dry_run(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    before = revision(scratch_store)
    found = run(scratch_store, "import", str(path), "--dry-run", "--format", "json")
    body = json.loads(found.stdout)
    assert body["published"] is False
    assert body["files"][0]["taken"] == 1
    assert revision(scratch_store) == before


def test_a_bad_file_ends_with_exit_code_3_and_an_unchanged_store(
    scratch_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    before = revision(scratch_store)
    for extra in ((), ("--dry-run",)):
        found = kg("import", str(path), "--store", str(scratch_store), *extra)
        assert found.returncode == 3
        assert "bad.csv, row 2, column countries: no country 'Nowhere'" in found.stderr
        assert revision(scratch_store) == before
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a:a> <a:b>")
    found = kg("import", str(broken), "--store", str(scratch_store))
    assert found.returncode == 2
    assert "broken.ttl:1:" in found.stderr
    found = kg("import", str(tmp_path / "none.ttl"), "--store", str(scratch_store))
    assert found.returncode == 2
    assert "no such file" in found.stderr
    assert revision(scratch_store) == before


def test_skipping_writes_the_rest_to_a_file(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    rejected = tmp_path / "left-out.csv"
    found = run(scratch_store, "import", str(path), "--skip-invalid", "--rejected", str(rejected))
    assert found.exit_code == 0, found.output
    assert f"left out 1, with the reasons in {rejected}" in found.stdout
    assert "no country 'Nowhere'" in rejected.read_text()


@pytest.mark.parametrize(
    ("form", "witness"),
    [
        ("table", "no country 'Nowhere'"),
        ("json", '"conforms": false'),
        ("csv", "severity,file,row"),
        ("shacl", "sh:ValidationReport"),
    ],
)
def test_validate_prints_findings(
    shipped_store: Path, tmp_path: Path, form: str, witness: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD)
    found = run(shipped_store, "validate", str(path), "--format", form)
    assert found.exit_code == 3
    assert witness in found.stdout


def test_validate_without_a_file_looks_at_the_store(shipped_store: Path) -> None:
    found = run(shipped_store, "validate", "--dataset", "principles")
    assert found.exit_code == 0, found.output
    assert "No findings" in found.stderr
    found = run(shipped_store, "validate", "--dataset", "principels")
    assert isinstance(found.exception, NotFound)


def test_template_import_export_remove(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.xlsx"
    assert run(scratch_store, "template", str(path)).exit_code == 0
    assert isinstance(run(scratch_store, "template", str(path)).exception, InputError)
    assert run(scratch_store, "template", str(path), "--force").exit_code == 0
    found = run(scratch_store, "import", str(path), "--dataset", "examples")
    assert found.exit_code == 0, found.output
    out = tmp_path / "out.zip"
    assert run(scratch_store, "dataset", "export", "examples", "-o", str(out)).exit_code == 0
    assert out.stat().st_size > 500
    found = run(scratch_store, "dataset", "remove", "examples", "--yes")
    assert found.exit_code == 0
    assert "Removed examples" in found.stdout
    assert isinstance(run(scratch_store, "dataset", "remove", "examples").exception, NotFound)


def test_un_sdg_needs_a_file_or_leave_to_fetch(scratch_store: Path) -> None:
    found = run(scratch_store, "import", "un-sdg")
    assert isinstance(found.exception, InputError)
    assert "--fetch" in str(found.exception)


def test_a_wrong_record_of_rdf_is_a_validation_error(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("<https://e.org/a> a <https://w3id.org/equipoise/ontology#Case> .")
    found = run(scratch_store, "import", str(path))
    assert isinstance(found.exception, ValidationError)
    assert "<https://e.org/a>" in str(found.exception)
