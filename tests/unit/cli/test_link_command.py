from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.group import group
from kg.errors import KGError


def run(store: Path, *arguments: str, given: str | bytes | None = None) -> Result:
    name, *rest = arguments
    store_option = [] if name == "review" else ["--store", str(store)]
    return CliRunner().invoke(group, [name, *rest, *store_option], input=given)


def test_a_text_becomes_a_table(shipped_store: Path) -> None:
    found = run(shipped_store, "link", "Solar power for schools", "--no-embeddings")
    assert found.exit_code == 0, found.output
    assert "Affordable and clean energy" in found.stdout
    assert "lexical" in found.stdout


def test_json_csv_and_standard_input(shipped_store: Path, tmp_path: Path) -> None:
    text = "Courts and corruption."
    found = run(
        shipped_store,
        "link",
        "-",
        "--format",
        "json",
        "--kind",
        "goal",
        "--no-embeddings",
        given=text,
    )
    body = json.loads(found.stdout)
    assert body[0]["notation"] == "16"
    out = tmp_path / "o.csv"
    run(
        shipped_store,
        "link",
        text,
        "--format",
        "csv",
        "-o",
        str(out),
        "--no-embeddings",
        "--case",
        "x",
    )
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["id"] for row in rows} == {"x"}


def test_a_file_and_a_table(shipped_store: Path, tmp_path: Path) -> None:
    page = tmp_path / "policy.html"
    page.write_text("<p>Safe drinking water</p>")
    assert "Clean water" in run(shipped_store, "link", str(page), "--no-embeddings").stdout
    table = tmp_path / "cases.csv"
    table.write_text("id,text\n1,Fish stocks and coral reefs\n")
    out = tmp_path / "links.csv"
    found = run(
        shipped_store,
        "link",
        str(table),
        "--text-column",
        "text",
        "--id-column",
        "id",
        "-o",
        str(out),
        "--no-embeddings",
    )
    assert found.exit_code == 0, found.output
    assert "/sdg/14," in out.read_text()
    assert "1 texts" in found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("link",),
        ("link", "x.csv"),
        ("link", "x.csv", "--text-column", "text"),
        ("link", "text", "--propose", "mine", "--no-embeddings"),
    ],
)
def test_incomplete_commands_say_what_is_missing(
    shipped_store: Path, arguments: tuple[str, ...]
) -> None:
    found = run(shipped_store, *arguments)
    assert found.exit_code == 2
    assert "Usage" in found.stderr or "Error" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("link", "https://example.org/x"), "--fetch"),
        (("link", "https://example.org/x", "--fetch"), "KG_SERVICE_ALLOW"),
        (("link", "text", "--kind", "planet"), "no kind planet"),
        (("link", "none.pdf"), "cannot be read"),
        (("link", "--learn"), "no reviewed proposals"),
    ],
)
def test_errors_are_of_the_tree(
    shipped_store: Path, arguments: tuple[str, ...], message: str
) -> None:
    found = run(shipped_store, *arguments)
    assert isinstance(found.exception, KGError)
    assert message in str(found.exception)


def test_from_text_to_an_accepted_link(scratch_store: Path) -> None:
    case = json.loads(
        run(
            scratch_store,
            "query",
            "SELECT ?c { ?c a eq:Case } ORDER BY ?c LIMIT 1",
            "--format",
            "json",
        ).stdout
    )["results"]["bindings"][0]["c"]["value"]
    found = run(
        scratch_store,
        "link",
        "Coral reefs and overfishing of tuna",
        "--case",
        case,
        "--propose",
        "mine",
        "--kind",
        "target",
        "--no-embeddings",
    )
    assert found.exit_code == 0, found.output
    assert "stored for review" in found.stderr

    def review(*arguments: str) -> Result:
        name, *rest = arguments
        return run(scratch_store, "review", name, *rest, "--store", str(scratch_store))

    waiting = json.loads(review("list", "--format", "json", "--dataset", "mine-proposals").stdout)
    assert waiting
    assert "kg review accept" in review("next").stdout
    first = waiting[0]["id"]
    said = review("accept", first, "--reviewer", "Ada", "--reason", "clear").stdout
    assert f"{first} accepted" in said
    assert "(reviewers differ)" in review("reject", first, "--reviewer", "Bo").stdout
    assert first in review("list", "--disagreements").stdout
    assert "Ada; Bo" in review("agreement").stdout
    assert "clear" in review("log").stdout
    said = review("edit", waiting[-1]["id"], "--concept", "14.7", "--reviewer", "Ada").stdout
    assert "accepted" in said


def test_evaluation_prints_every_goal(shipped_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "id,text,sdg,label\n1,Safe drinking water and latrines,6,True\n"
        "2,Safe drinking water and latrines,16,False\n"
    )
    picture = tmp_path / "r.svg"
    found = run(shipped_store, "evaluate", str(path), "--no-embeddings", "--picture", str(picture))
    assert found.exit_code == 0, found.output
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["goal", "6", "16", "all"]
    assert "calibration error" in found.stderr
    assert picture.read_text().startswith("<svg")
    body = json.loads(
        run(shipped_store, "evaluate", str(path), "--format", "json", "--no-embeddings").stdout
    )
    assert body["average"]["accuracy"] == 1.0


def test_evaluation_of_principles_prints_how_often_they_come_first(
    shipped_store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "id,text,principle\n1,Personal data are kept confidential.,privacy\n"
        "2,Workers and their trade unions are heard; discrimination ends.,"
        "labor-rights; fairness\n"
    )
    body = json.loads(
        run(shipped_store, "evaluate", str(path), "--format", "json", "--no-embeddings").stdout
    )
    assert body["all"] == {
        "principle": "all", "passages": 2, "top1": 1.0, "top3": 1.0, "first": 2,
    }  # fmt: skip
    table = run(shipped_store, "evaluate", str(path), "--no-embeddings").stdout
    assert [line.split()[0] for line in table.splitlines()] == [
        "principle", "fairness", "labor-rights", "privacy", "all",
    ]  # fmt: skip
    refused = run(shipped_store, "evaluate", str(path), "--picture", str(tmp_path / "r.svg"))
    assert refused.exit_code == 2


def test_proposed_links_are_shown_beside_reviewed_ones(
    scratch_store: Path, tmp_path: Path
) -> None:
    def told(*arguments: str) -> Result:
        found = run(scratch_store, *arguments)
        assert found.exit_code == 0, found.output
        return found

    query = "SELECT ?c { ?c a eq:Case } ORDER BY ?c LIMIT 40"
    rows = list(csv.DictReader(told("query", query, "--format", "csv").stdout.splitlines()))
    table, links = tmp_path / "texts.csv", tmp_path / "links.csv"
    text = "Trade unions ask for fair wages. Authors ask for copyright royalties."
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "text"), *((row["c"], text) for row in rows)])
    columns = ("--id-column", "id", "--text-column", "text", "--kind", "principle")
    told("link", str(table), *columns, "-o", str(links), "--no-embeddings")
    told("import", str(links), "--dataset", "mine")
    both = json.loads(told("coverage", "--links", "all", "--format", "json").stdout)
    sure = json.loads(told("coverage", "--format", "json").stdout)
    assert both["reviewed_cells"] == sure["cells"] != both["cells"]
    assert "reviewed_cells" not in sure
    shown = told("coverage", "--links", "all")
    assert " (" in shown.stdout
    assert "in brackets" in shown.stderr
    lines = csv.DictReader(
        told("coverage", "--links", "all", "--format", "csv").stdout.splitlines()
    )
    assert sum(int(line["reviewed"]) for line in lines) == sum(map(sum, sure["cells"]))
    gaps = told("gaps", "--links", "all", "--kind", "members")
    assert "that reviewed links alone show are filled by proposed ones" in gaps.stderr
    alone = json.loads(told("gaps", "--kind", "members", "--format", "json").stdout)
    beside = json.loads(
        told("gaps", "--kind", "members", "--links", "all", "--format", "json").stdout
    )
    assert beside["reviewed"]["gaps"] == alone["gaps"] != beside["gaps"]
    assert beside["reviewed"]["differences"]
