"""The analysis commands, as a person types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli.group import group
from kg.errors import InputError, UnknownTermError


def kg(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, [arguments[0], "--store", str(store), *arguments[1:]])


def as_json(store: Path, *arguments: str) -> Any:
    result = kg(store, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_coverage(shipped_store: Path) -> None:
    document = as_json(shipped_store, "coverage", "--rows", "goal", "--cols", "principle")
    assert len(document["rows"]) == len(document["cells"]) == 17
    assert document["total_units"] > 60
    both = as_json(shipped_store, "coverage", "--polarity", "both", "--units", "cases")
    assert sum(map(sum, both["cells"])) > sum(map(sum, document["cells"]))
    frameworks = as_json(
        shipped_store, "coverage", "--units", "frameworks", "--rows", "principle", "--cols", "year"
    )
    assert frameworks["unit"] == "framework"
    assert frameworks["total_units"] == 25
    table = kg(shipped_store, "coverage", "--rows", "region", "--cols", "goal")
    assert table.exit_code == 0
    assert "Africa" in table.stdout


def test_gaps(shipped_store: Path, tmp_path: Path) -> None:
    document = as_json(shipped_store, "gaps", "--limit", "5")
    assert len(document["gaps"]) == 5
    assert {"kind", "subject", "object", "observed", "expected", "score", "explanation"} <= set(
        document["gaps"][0]
    )
    uncovered = as_json(shipped_store, "gaps", "--kind", "members")["gaps"]
    target = next(gap for gap in uncovered if gap["kind"] == "target-without-case")
    scope = tmp_path / "scope.csv"
    scope.write_text(f"member,scope\n{target['subject']['id']},out\n")
    result = kg(shipped_store, "gaps", "--kind", "members", "--scope", str(scope))
    assert result.exit_code == 0
    assert "1 out-of-scope" in result.stderr
    rows = list(
        csv.DictReader(
            io.StringIO(
                kg(
                    shipped_store, "gaps", "--kind", "pairs", "--null", "bicm", "--format", "csv"
                ).stdout
            )
        )
    )
    assert {row["kind"] for row in rows} >= {"pair-without-case"}
    curve = as_json(shipped_store, "gaps", "--robustness", "goal")
    assert len(curve["summary"]) == 17


@pytest.mark.parametrize(
    "arguments",
    [
        ("crosswalk",),
        ("crosswalk", "--show", "mappings"),
        ("crosswalk", "--show", "unmapped"),
        ("network", "--limit", "3"),
        ("profile", "--by", "country", "--top", "3"),
        ("profile", "KE", "--by", "country"),
        ("suggest", "--most", "2"),
        ("suggest", "--what", "links", "--of", "goal", "--by", "technology", "--top", "2"),
        ("compare", "--dataset", "sensetime"),
        ("compare", "--years", "2010-2019", "--with-years", "2020-"),
        ("compare", "--frameworks", "unesco-2021", "oecd-2019"),
        ("compare", "--trend"),
        ("compare", "--revision", "r000001"),
        ("gaps", "--units", "frameworks", "--null", "bicm"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_every_command_prints_every_form(
    shipped_store: Path, arguments: tuple[str, ...], form: str
) -> None:
    result = kg(shipped_store, *arguments, "--format", form)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()
    if form == "json":
        json.loads(result.stdout)


def test_held_out_records_stand_beside_suggestions(shipped_store: Path) -> None:
    result = kg(shipped_store, "suggest", "--what", "links", "--of", "goal", "--by", "technology")
    assert "degree" in result.stderr
    assert "AUC" in result.stderr


def test_mistakes_have_names(shipped_store: Path) -> None:
    wrong = kg(shipped_store, "coverage", "--rows", "gaol")
    assert isinstance(wrong.exception, UnknownTermError)
    assert "goal" in wrong.exception.suggestions
    wrong = kg(shipped_store, "coverage", "--years", "soon")
    assert isinstance(wrong.exception, InputError)
