"""kg import, validate, template and dataset, as a person runs them."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
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


def test_un_sdg_from_an_address(scratch_store: Path) -> None:
    kos = (
        b'<http://metadata.un.org/sdg/1> <http://www.w3.org/2004/02/skos/core#prefLabel> '
        b'"A sentence about goal one"@en .'
    )

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(kos)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/kos.nt"
    try:
        done = run(scratch_store, "import", "un-sdg", address)
        both = run(scratch_store, "import", "un-sdg", address, "--fetch")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "Imported into un-sdg" in done.output
    assert isinstance(both.exception, InputError)
    listed = run(scratch_store, "dataset", "list", "--format", "json")
    (record,) = (item for item in json.loads(listed.stdout) if item["name"] == "un-sdg")
    assert record["source"] == address


def test_rows_that_are_alike_are_told_in_one_line(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "guidelines.csv"
    rows = "".join(f"g{number},Guide {number},Private corporation,Atlantis {number}\n"
                   for number in range(30))
    path.write_text("id,title,publisher_type,country\n" + rows)
    done = run(scratch_store, "import", str(path))
    warnings = [line for line in done.stderr.splitlines() if line.startswith("Warning")]
    assert len(warnings) == 2
    told = "'Private corporation' is read as company (30 rows in all, also 3, 4, 5, 6, 7 …)"
    assert f"row 2, column publisher_type: {told}" in warnings[0] + warnings[1]


def test_a_corrected_file_of_rejected_rows_imports_without_a_word(
    scratch_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(BAD)
    run(scratch_store, "import", str(path), "--dataset", "mine", "--skip-invalid")
    rejected = tmp_path / "mine.rejected.csv"
    rejected.write_text(rejected.read_text().replace("Nowhere,7.3", "NL,7.3"))
    done = run(scratch_store, "import", str(rejected), "--dataset", "mine")
    assert done.exit_code == 0
    assert done.stderr == ""
    assert "1 of 1 rows" in done.output


def test_wrong_records_of_rdf_go_beside_the_file_and_nowhere_in_a_dry_run(
    scratch_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path = tmp_path / "model.ttl"
    path.write_text(
        "@prefix eq: <https://w3id.org/equipoise/ontology#> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        '<https://w3id.org/equipoise/id/case/one> a eq:Case ; dcterms:title "One"@en .\n'
        '<https://w3id.org/equipoise/id/case/two> a eq:Case ; dcterms:title "Two"@en ;\n'
        '  eq:startYear "soon" .\n'
    )
    dry = run(scratch_store, "import", str(path), "--skip-invalid", "--dry-run")
    assert dry.exit_code == 0
    assert "left out 1\n" in dry.stdout
    assert sorted(item.name for item in tmp_path.iterdir() if item.is_file()) == ["model.ttl"]
    done = run(scratch_store, "import", str(path), "--skip-invalid")
    assert f"left out 1, with the reasons in {tmp_path / 'model.rejected.ttl'}" in done.stdout
    assert "The start year is one whole number" in (tmp_path / "model.rejected.ttl").read_text()
    assert list(elsewhere.iterdir()) == []


def test_findings_on_rdf_are_short_and_said_once(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.ttl"
    path.write_text(
        "@prefix eq: <https://w3id.org/equipoise/ontology#> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        '<https://w3id.org/equipoise/id/case/one> a eq:Case ; dcterms:title "One"@en ;\n'
        '  eq:startYear "soon" ; eq:supports <http://metadata.un.org/sdg/7.9> ;\n'
        "  eq:status <https://w3id.org/equipoise/id/status/pilott> .\n"
    )
    done = run(scratch_store, "validate", str(path))
    lines = done.stdout.splitlines()
    assert sum("eq:startYear" in line for line in lines) == 1
    assert any("sdg/7.9" in line and "closest: sdg:7, sdg:7.1" in line for line in lines)
    assert any("pilott" in line and "closest: id:status/pilot" in line for line in lines)
    refused = run(scratch_store, "import", str(path))
    assert str(refused.exception).count("eq:startYear") == 1


def test_a_wrong_record_of_rdf_is_a_validation_error(scratch_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("<https://e.org/a> a <https://w3id.org/equipoise/ontology#Case> .")
    found = run(scratch_store, "import", str(path))
    assert isinstance(found.exception, ValidationError)
    assert "<https://e.org/a>" in str(found.exception)
