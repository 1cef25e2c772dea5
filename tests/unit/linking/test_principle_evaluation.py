from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.linking.linker import Linker
from kg.linking.principle_evaluation import (
    PrinciplePassage,
    names_principles,
    principle_quality,
    rank_principles,
    read_principle_passages,
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "passages.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_quality_by_hand() -> None:
    passages = [
        PrinciplePassage("1", "", frozenset({"p/a"})),
        PrinciplePassage("2", "", frozenset({"p/a", "p/d"})),
        PrinciplePassage("3", "", frozenset({"p/b"})),
        PrinciplePassage("4", "", frozenset({"p/b"})),
    ]
    ranks = [["p/a", "p/b"], ["p/b", "p/a", "p/c", "p/d"], ["p/b"], []]
    a, b, d, everything = principle_quality(passages, ranks)
    assert (a.principle, a.passages, a.top1, a.top3, a.first) == ("a", 2, 0.5, 1.0, 1)
    assert (b.principle, b.passages, b.top1, b.top3, b.first) == ("b", 2, 0.5, 0.5, 2)
    assert (d.top1, d.top3, d.first) == (0.0, 0.0, 0)
    assert (everything.passages, everything.top1, everything.first) == (4, 0.5, 3)
    assert everything.top3 == pytest.approx((1 + 0.5 + 1 + 0) / 4)


def test_principles_are_named_by_identifier_iri_or_label(linker: Linker, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "id,text,principle,label\n"
        "a,Keep logs.,transparency,True\n"
        "b,Ask first.,Privacy; https://w3id.org/equipoise/id/principle/autonomy,\n"
        "c,Nothing.,fairness,False\n"
        ",Pay well.,LABOUR RIGHTS,1\n",
    )
    assert names_principles(path)
    found = read_principle_passages(path, linker)
    tails = [sorted(iri.rsplit("/", 1)[-1] for iri in passage.principles) for passage in found]
    assert tails == [["transparency"], ["autonomy", "privacy"], ["labor-rights"]]
    assert [passage.id for passage in found] == ["a", "b", "5"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,text,principle\n1,x,kindness\n", "'kindness' is no pivot principle"),
        ("id,text,principle\n1,x,\n", "names no principle"),
        ("id,text,principle,label\n1,x,privacy,maybe\n", "neither True nor False"),
        ("id,principle\n1,privacy\n", "has no column text"),
    ],
)
def test_wrong_files_say_where(linker: Linker, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_principle_passages(written(tmp_path, text), linker)


def test_goals_are_not_taken_for_principles(tmp_path: Path) -> None:
    assert not names_principles(written(tmp_path, "id,text,sdg,label\n1,x,6,True\n"))
    assert not names_principles(written(tmp_path, "id,text,sdg,label\n"))


def test_passages_are_ranked_as_documents(linker: Linker) -> None:
    passages = [
        PrinciplePassage("1", "Personal data are erased on request.", frozenset()),
        PrinciplePassage("2", "…", frozenset()),
        PrinciplePassage("3", "Wages.\n\n" * 300 + "Trade unions bargain.", frozenset()),
    ]
    ranks = rank_principles(linker, passages)
    assert [rank[:1] for rank in ranks] == [
        ["https://w3id.org/equipoise/id/principle/privacy"],
        [],
        ["https://w3id.org/equipoise/id/principle/labor-rights"],
    ]
    assert len(ranks[0]) == 17
