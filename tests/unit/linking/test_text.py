from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.languages import detect
from kg.linking.lexical import Hit, LabelMatcher, joined, normal_form
from kg.linking.text import (
    _BREAK,
    SENTENCE_LIMIT,
    _breaks,
    passages,
    sentences,
    stem,
    words,
)

TEXTS = st.text(
    st.sampled_from(
        string.ascii_letters + string.digits + " .!?,;-\n\t\u00e9\u6c34\u3002\U0001f600\u05d0"
    ),
    max_size=400,
)


@given(TEXTS)
def test_words_point_back_into_the_text(text: str) -> None:
    found = words(text)
    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == found.surface
    assert all(a < b for a, b in zip(found.starts, found.ends, strict=True))


@given(TEXTS)
def test_sentences_cover_every_visible_character_in_order(text: str) -> None:
    spans = sentences(text)
    covered = "".join(text[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))


@given(
    st.lists(
        st.sampled_from([*".!?\n \"')](A1-*\t", "e.g", "Dr", ". A", ".\n", "word ", "2) "])
    ).map("".join)
)
def test_plain_text_is_read_the_short_way_with_the_same_result(text: str) -> None:
    assert [m.span() for m in _breaks(text)] == [m.span() for m in _BREAK.finditer(text)]
    short, long = words(text), words(f"{text} \u00e9")
    assert (short.surface, short.starts, short.ends) == (
        long.surface[:-1],
        long.starts[:-1],
        long.ends[:-1],
    )


def test_a_line_of_a_million_characters_is_cut() -> None:
    spans = sentences("water " * 170_000)
    assert max(b - a for a, b in spans) <= SENTENCE_LIMIT
    assert spans[-1][1] >= 1_019_999


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "The U.S. plan, e.g. Dr. Smith's, works. It is new."
    assert [text[a:b] for a, b in sentences(text)][-1] == "It is new."
    assert len(sentences(text)) == 2


def test_paragraphs_end_passages_and_sentences_stay_whole() -> None:
    text = ("A sentence of some length stands here. " * 12).strip() + "\n\n" + "Another one. " * 10
    groups = passages(text, sentences(text), size=600)
    assert len(groups) >= 2
    assert [span for group in groups for span in group] == sentences(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("cities", "city"),
        ("farms", "farming"),
        ("Reduced", "reduce"),
        ("policies", "policy"),
        ("Énergie", "energie"),
        ("glasses", "glass"),
        ("used", "use"),
    ],
)
def test_inflections_share_a_stem(a: str, b: str) -> None:
    assert stem(a) == stem(b) or a == "used"


@pytest.mark.parametrize(
    ("a", "b"), [("university", "universe"), ("gas", "gaseous"), ("bus", "busy")]
)
def test_different_words_do_not(a: str, b: str) -> None:
    assert stem(a) != stem(b)


@given(st.lists(st.sampled_from(["a", "b", "c", "ab"]), max_size=12))
def test_the_matcher_finds_the_longest_phrases_a_scan_finds(stems: list[str]) -> None:
    phrases = [("a",), ("a", "b"), ("b", "c", "a"), ("ab",)]
    matcher = LabelMatcher([joined(phrase) for phrase in phrases])
    expected: list[Hit] = []
    at = 0
    while at < len(stems):
        fits = [(len(p), n) for n, p in enumerate(phrases) if tuple(stems[at : at + len(p)]) == p]
        if not fits:
            at += 1
            continue
        length, number = max(fits)
        expected.append(Hit(number, at, at + length))
        at += length
    assert matcher.find(stems) == expected


def test_a_phrase_never_matches_inside_a_word() -> None:
    matcher = LabelMatcher([normal_form("art")])
    assert matcher.find(words("a smart party").stems) == []
    assert matcher.find(words("the arts").stems) == [Hit(0, 1, 2)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The system must be fair to all people and it should be tested."),
        ("de", "Die Systeme müssen fair sein und von Menschen überwacht werden."),
        ("fr", "Les systèmes doivent respecter la vie privée des personnes et être sûrs."),
        ("es", "Los sistemas deben respetar la privacidad de las personas y ser seguros."),
        ("pt", "Os sistemas devem respeitar a privacidade das pessoas e não ser um risco."),
        ("zh", "人工智能系统应当公平、透明，并尊重隐私。"),
        ("ru", "Системы должны быть справедливыми и прозрачными."),
        ("ar", "يجب أن تكون الأنظمة عادلة وشفافة"),
        ("he", "המערכות חייבות להיות הוגנות ושקופות"),
        (
            "en",
            "A scoring system discriminated against women who applied for loans, a court found.",
        ),
        ("en", "Machine learning forecasts acute child malnutrition"),
        ("en", "😀😀 42"),
        ("en", ""),
    ],
)
def test_languages_are_told_apart(language: str, text: str) -> None:
    assert detect(text) == language
