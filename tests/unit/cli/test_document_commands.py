"""``kg report`` and ``kg export``: files whole or not at all, clear refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli.export import export
from kg.cli.report import report
from kg.errors import InputError, UnknownTermError
from kg.export.whole_file import whole_file
from kg.report.language import LANGUAGES


def test_the_ending_decides_the_format(shipped_store: Path, tmp_path: Path) -> None:
    for name, start in (("g.graphml", b"<?xml"), ("g.ttl", b"@prefix"), ("g.csv.zip", b"PK")):
        path = tmp_path / name
        result = CliRunner().invoke(export, ["--store", str(shipped_store), "-o", str(path)])
        assert result.exit_code == 0, result.output
        assert path.read_bytes().startswith(start)


def test_a_node_means_its_surroundings(shipped_store: Path) -> None:
    result = CliRunner().invoke(
        export, ["7.3", "--store", str(shipped_store), "--format", "node-link"]
    )
    assert result.exit_code == 0
    assert '"id": "http://metadata.un.org/sdg/7.3"' in result.stdout


def test_formats_are_listed(shipped_store: Path) -> None:
    result = CliRunner().invoke(export, ["--list"])
    assert {"graphml", "gexf", "cx2", "sssom", "rocrate"} <= set(result.stdout.split())


def test_a_report_to_standard_output(shipped_store: Path) -> None:
    result = CliRunner().invoke(report, ["--store", str(shipped_store), "--format", "md"])
    assert result.exit_code == 0
    assert result.stdout.startswith("# Gaps in responsible AI practice")


def test_a_report_in_another_language_says_how_to_make_it_again(shipped_store: Path) -> None:
    asked = ["--store", str(shipped_store), "--format", "md", "--country", "IN", "--lang", "es"]
    result = CliRunner().invoke(report, asked)
    assert result.stdout.startswith("# Lagunas en la práctica de la IA responsable")
    assert "--lang es -o report.html" in result.stdout
    told = CliRunner().invoke(report, ["--help"]).output
    assert all(code in told.split("Language of the report:")[1][:30] for code in LANGUAGES)


@pytest.mark.parametrize(
    ("command", "arguments", "error"),
    [
        (export, ["-o", "graph.unknown"], InputError),
        (export, ["--format", "graphmll"], UnknownTermError),
        (report, ["-o", "report.odt"], UnknownTermError),
        (report, ["-o", "report"], InputError),
        (report, ["--format", "html", "--lang", "xx"], InputError),
        (report, ["--format", "html", "--framework", "no such"], UnknownTermError),
    ],
)
def test_refusals_say_why(
    shipped_store: Path, command: object, arguments: list[str], error: type[Exception]
) -> None:
    result = CliRunner().invoke(
        command, ["--store", str(shipped_store), *arguments]  # type: ignore[arg-type]
    )
    assert isinstance(result.exception, error)


def test_naming_neither_file_nor_format_is_refused() -> None:
    for command in (export, report):
        assert CliRunner().invoke(command, []).exit_code == 2


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as out:
            out.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
