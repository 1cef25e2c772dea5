"""The named questions: all run, all bind, nothing can be pasted into them."""

from __future__ import annotations

import pytest

from kg.errors import InputError, NotFound
from kg.sparql.library import question, questions
from kg.store import GraphStore

MAY_BE_EMPTY = {"principles-without-cases"}


def test_there_are_enough_and_each_says_what_it_is() -> None:
    assert len(questions()) >= 20
    for item in questions():
        assert item.title, item.name
        assert item.description.endswith("."), item.name
        assert len({parameter.name for parameter in item.parameters}) == len(item.parameters)


@pytest.mark.parametrize("name", [item.name for item in questions()])
def test_each_answers_from_the_shipped_graph(shipped: GraphStore, name: str) -> None:
    found = question(name)
    rows = len(list(shipped.query(found.bound())))
    assert rows or name in MAY_BE_EMPTY
    assert len(list(shipped.query(found.text))) == rows
    assert found.example() in found.bound().replace(" # param", "") or found.parameters


@pytest.mark.parametrize("item", [q for q in questions() if q.parameters], ids=lambda q: q.name)
def test_each_parameter_is_bound(item) -> None:
    for parameter in item.parameters:
        value = {"iri": "http://example.org/X", "integer": "41", "year": "1999"}.get(
            parameter.kind, "zzz"
        )
        assert value in item.bound({parameter.name: value})
        assert f"?{parameter.name} {{ UNDEF }}" in item.bound({parameter.name: ""})


@pytest.mark.parametrize(
    "value",
    ["http://e/> } DELETE { ?s ?p ?o", "sdg:7.3 } UNION {", "<a b>", "7.3}", "x", "javascript: x"],
)
def test_iris_are_checked(value: str) -> None:
    with pytest.raises(InputError, match="target"):
        question("cases-for-target").bound({"target": value})


def test_texts_stay_texts(shipped: GraphStore) -> None:
    evil = '" } } DROP ALL # \\ \n \' \u2028'
    text = question("things-named").bound({"text": evil})
    assert list(shipped.query(text)) == []
    assert list(shipped.query(question("things-named").bound({"text": "solar"})))


def test_numbers_are_numbers() -> None:
    with pytest.raises(InputError, match="whole number"):
        question("cases-since").bound({"year": "2020 }"})
    assert "{ 2020 }" in question("cases-since").bound({"year": "2020"})


def test_unknown_names() -> None:
    with pytest.raises(NotFound, match="cases-for-target"):
        question("case-for-target")
    with pytest.raises(InputError, match="no parameter"):
        question("cases-by-year").bound({"x": "1"})


def test_short_forms_and_iris_are_the_same() -> None:
    found = question("cases-for-target")
    assert found.bound({"target": "7.3"}) == found.bound(
        {"target": "http://metadata.un.org/sdg/7.3"}
    )
