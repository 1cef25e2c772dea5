from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kg.errors import InputError
from kg.linking.batch import link_table, read_texts
from kg.linking.concepts import DEFAULT_KINDS
from kg.linking.linker import Linker
from kg.linking.passage_list import PassageList
from kg.linking.proposals import COLUMNS, Proposal

ROWS = [
    ("a", "Solar power brings electricity to villages."),
    ("b", ""),
    ("c", "Τα συστήματα πρέπει να είναι δίκαια για όλους."),
    ("d", 'Girls learn to code; "privacy" is kept,\nand fairness is tested.'),
]
OPTIONS: dict[str, Any] = {"kinds": ["goal", "principle"]}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "Summary"), *ROWS])
    return path


def test_every_proposal_is_a_row(linker: Linker, table: Path, tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "links.csv"
    rows, written = link_table(
        linker,
        table,
        out,
        text_column="summary",
        id_column="id",
        options=OPTIONS,
        warn=said.append,
    )
    with out.open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert rows == 4
    assert written == len(found) >= 3
    assert tuple(found[0]) == COLUMNS
    texts = dict(ROWS)
    for row in found:
        assert texts[row["id"]][int(row["start"]) : int(row["end"])] == row["quote"]
        assert row["kind"] in OPTIONS["kinds"]
        assert row["concept"].startswith("http")
    assert [line for line in said if line.startswith("c:")]
    assert not list(tmp_path.glob("*.progress"))


def test_a_row_says_what_the_text_alone_says(linker: Linker, tmp_path: Path) -> None:
    texts = [
        "Solar power brings electricity to villages. Nobody was harmed, and bills fell.",
        "The system wrongly denied benefits to women. A court found that it violated privacy.",
        "Reefs lost their coral.\n\nDrones now warn fishers early of storms in 12 ports.",
        "Ein Modell. The café's tool helps teachers; schools improved and water is clean.",
        "x" * 1_500 + " hunger and privacy.",
    ]
    table, out = tmp_path / "texts.csv", tmp_path / "links.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "text"), *enumerate(texts)])
    options = {"kinds": [*DEFAULT_KINDS], "preset": "high-recall", "language": "en"}
    link_table(linker, table, out, text_column="text", id_column="id", options=options)
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    alone = [
        proposal.to_row(str(number))
        for number, text in enumerate(texts)
        for proposal in linker.link(text, **options)
    ]
    assert {row["polarity"] for row in rows} == {"positive", "negative", ""}
    assert len(rows) == len(alone) > 10
    for row, own in zip(rows, alone, strict=True):
        assert float(row.pop("probability")) == pytest.approx(own.pop("probability"), abs=2e-4)
        assert row == {name: "" if value is None else str(value) for name, value in own.items()}


def test_interrupted_work_goes_on_where_it_stopped(
    linker: Linker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "many.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [("id", "text"), *((str(n), f"Clean water for school {n}.") for n in range(70))]
        )
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    link_table(linker, table, whole, text_column="text", id_column="id", options=OPTIONS)
    linked: list[PassageList] = []
    real = Linker.proposed

    def counted(self: Linker, prepared: PassageList, *rest: Any, **options: Any) -> list[Proposal]:
        if len(linked) == 50:
            raise KeyboardInterrupt
        linked.append(prepared)
        return real(self, prepared, *rest, **options)

    monkeypatch.setattr(Linker, "proposed", counted)
    with pytest.raises(KeyboardInterrupt):
        link_table(linker, table, part, text_column="text", id_column="id", options=OPTIONS)
    monkeypatch.undo()
    rows, _ = link_table(linker, table, part, text_column="text", id_column="id", options=OPTIONS)
    assert rows == 30
    assert part.read_bytes() == whole.read_bytes()


def test_workbooks_are_read_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["no", "text"])  # type: ignore[union-attr]
    book.active.append([7, "Clean water."])  # type: ignore[union-attr]
    book.save(tmp_path / "t.xlsx")
    assert list(read_texts(tmp_path / "t.xlsx", "text", "no")) == [("7", "Clean water.")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"a,b\n1,2\n", "no column 'text'"), (b"", "empty"), (b"text\n\xff\xfe\x00\n", "UTF-8")],
)
def test_wrong_tables_are_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        list(read_texts(path, "text"))


def test_missing_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_texts(tmp_path / "none.csv", "text"))
    (tmp_path / "t.xlsx").write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match="workbook"):
        list(read_texts(tmp_path / "t.xlsx", "text"))
