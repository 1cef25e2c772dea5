from __future__ import annotations

from pathlib import Path

import pytest

from kg.linking.search import Entry, LabelSearch, folded, read_entries
from kg.store import GraphStore


@pytest.fixture(scope="module")
def search(shipped: GraphStore) -> LabelSearch:
    with shipped.reader() as snapshot:
        return LabelSearch.open(snapshot)


@pytest.mark.parametrize(
    ("query", "iri"),
    [
        ("afford", "http://metadata.un.org/sdg/7"),
        ("clean ener", "http://metadata.un.org/sdg/7"),
        ("ENERGIE PROPRE", "http://metadata.un.org/sdg/7"),
        ("经济适用", None),
        ("7.3", "http://metadata.un.org/sdg/7.3"),
        ("priv", "https://w3id.org/equipoise/id/principle/privacy"),
        ("machine learn", "https://w3id.org/equipoise/id/technology/machine-learning"),
        ("sao tome", "https://w3id.org/equipoise/id/country/ST"),
    ],
)
def test_prefixes_of_words_find_things(search: LabelSearch, query: str, iri: str | None) -> None:
    found = [item.id for item in search.search(query, limit=10)]
    if iri is not None:
        assert iri in found


def test_names_in_other_languages_come_after_english_ones(tmp_path: Path) -> None:
    def entry(iri: str, label: str, language: str, preferred: bool = True) -> Entry:
        return Entry(iri, label, language, "technology", preferred)

    LabelSearch.build(
        [
            entry("x:1", "AI actor", "en"), entry("x:1", "Agente", "es"),
            entry("x:2", "Agents of many kinds", "en"),
            entry("x:3", "Software", "en"), entry("x:3", "agent software", "en", False),
            entry("x:4", "Agence", "fr"),
        ],
        tmp_path / "labels",
    )  # fmt: skip
    found = LabelSearch(tmp_path / "labels").search("agen", limit=4)
    # What has a name in one other language only is shown under it, and counts as its name.
    assert [item.id for item in found] == ["x:4", "x:2", "x:3", "x:1"]


def test_words_may_stand_apart(search: LabelSearch) -> None:
    found = search.search("energy affordable", limit=5)
    assert "http://metadata.un.org/sdg/7" in [item.id for item in found]


def test_kinds_narrow(search: LabelSearch) -> None:
    found = search.search("c", kinds=["country"], limit=10)
    assert len(found) == 10
    assert {item.kind for item in found} == {"country"}


@pytest.mark.parametrize("query", ["", "   ", "!!!", "zzzzqq", "\x00"])
def test_nothing_is_found_by_nothing(search: LabelSearch, query: str) -> None:
    assert search.search(query) == []


def test_everything_a_scan_finds_is_found(search: LabelSearch, shipped: GraphStore) -> None:
    for prefix in ("wat", "deep", "kenya", "right", "so"):
        expected = {
            entry.id
            for entry in read_entries(shipped)
            if any(word.startswith(prefix) for word in folded(entry.label).split())
        }
        found = {item.id for item in search.search(prefix, limit=10_000)}
        assert found == expected


def test_an_empty_graph_can_be_searched(tmp_path: Path) -> None:
    LabelSearch.build([], tmp_path / "none")
    assert LabelSearch(tmp_path / "none").search("x") == []


def test_the_preferred_english_label_is_shown(tmp_path: Path) -> None:
    LabelSearch.build(
        [
            Entry("urn:a", "Wasser", "de", "goal", preferred=True),
            Entry("urn:a", "Water", "en", "goal", preferred=True),
            Entry("urn:a", "H2O", "", "goal", preferred=False),
        ],
        tmp_path / "one",
    )
    (found,) = LabelSearch(tmp_path / "one").search("was")
    assert (found.label, found.match, found.language) == ("Water", "Wasser", "de")
