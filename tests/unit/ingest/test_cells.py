"""Single cells: text, years, yes and no, shares, addresses, several values."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ingest import cells
from kg.ingest.cells import CellProblem


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  two\u00a0words \u200b", "two words"),
        ("Cafe\u0301", "Café"),
        (2021.0, "2021"),
        (7.3, "7.3"),
        (None, ""),
        (True, "true"),
        (dt.datetime(2021, 5, 3, 10, 0), "2021-05-03"),
        ("a\r\nb", "a\nb"),
        ("tab\tbetween", "tab between"),
        ("nul\x00byte", "nul byte"),
    ],
)
def test_text_is_cleaned(value: object, expected: str) -> None:
    assert cells.text_of(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021", 2021),
        ("2021.0", 2021),
        ("2021-05-03", 2021),
        ("03/05/2021", 2021),
        ("44319", 2021),
        ("May 2019", 2019),
        ("20210503", 2021),
        ("n/a", None),
        ("-", None),
        ("c. 2015", 2015),
    ],
)
def test_years_are_read(text: str, expected: int | None) -> None:
    assert cells.year(text) == expected


@pytest.mark.parametrize("text", ["21", "soon", "1850", "2019-2021", "99999", "12.5"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(CellProblem):
        cells.year(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", True),
        ("TRUE", True),
        ("1", True),
        ("binding", True),
        ("no", False),
        ("0", False),
        ("non-binding", False),
        ("unknown", None),
    ],
)
def test_yes_and_no(text: str, expected: bool | None) -> None:
    assert cells.boolean(text) is expected


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(CellProblem, match="neither yes nor no"):
        cells.boolean("perhaps")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.93", "0.93"), ("0,5", "0.5"), ("85%", "0.85"), ("1", "1.0"), ("0", "0.0")],
)
def test_shares(text: str, expected: str) -> None:
    assert cells.share(text) == expected


@pytest.mark.parametrize("text", ["1.5", "-0.1", "high", "140 %"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(CellProblem):
        cells.share(text)


def test_addresses() -> None:
    assert cells.web_address("www.example.org/a") == "https://www.example.org/a"
    assert cells.web_address("10.1000/xyz123") == "https://doi.org/10.1000/xyz123"
    with pytest.raises(CellProblem):
        cells.web_address("see the annex")
    assert cells.split_addresses(
        "https://a.org/x;y; https://b.org | https://c.org\nhttps://d.org"
    ) == [
        "https://a.org/x;y",
        "https://b.org",
        "https://c.org",
        "https://d.org",
    ]


@given(
    st.lists(st.text(alphabet="abc 7.3", min_size=1, max_size=8), max_size=5),
    st.sampled_from([";", "|", "\n", " ; "]),
)
def test_values_come_apart_as_they_were_put_together(parts: list[str], mark: str) -> None:
    wanted = [part.strip() for part in parts if part.strip()]
    assert cells.split_values(mark.join(parts)) == wanted


def test_marks_inside_brackets_do_not_separate() -> None:
    assert cells.split_values("7.3 (a; b | c); 13.1") == ["7.3 (a; b | c)", "13.1"]
    assert cells.split_values("7.3 (never closed; 13.1") == ["7.3 (never closed", "13.1"]


def test_a_word_off_the_list_is_refused_with_the_closest() -> None:
    with pytest.raises(CellProblem) as caught:
        cells.choice("postive", ("positive", "negative"))
    assert "'positive'" in caught.value.suggestion
