"""The shipped Sustainable Development Goals: complete, labelled, in own words, with cues."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, parse

from kg.locations import data_dir, ontology_dir
from kg.vocabulary import (
    ALT_LABEL,
    BROADER,
    COLOR,
    CUSTODIAN,
    DEFINITION,
    EXACT_MATCH,
    HIDDEN_LABEL,
    IN_SCHEME,
    LABEL,
    NOTATION,
    PREF_LABEL,
    SKOS,
    TIER,
    TYPE,
)

SDG = "http://metadata.un.org/sdg/"
SCHEME = "http://metadata.un.org/sdg"
SDGO = "http://metadata.un.org/sdg/ontology#"
SCOPE_NOTE = f"{SKOS}scopeNote"
SUBJECT = "http://purl.org/dc/terms/subject"
TOP_CONCEPT_OF = f"{SKOS}topConceptOf"
UN_LANGUAGES = {"ar", "en", "es", "fr", "ru", "zh"}
CUE_LANGUAGES = {"de", "en", "es", "fr", "pt", "zh"}
# One withdrawn indicator left a gap in the UN's numbering of addresses.
RENUMBERED = {"2.b.1": "C020b02"}

Facts = dict[str, dict[str, list[str]]]


def _load(*names: str) -> list[Quad]:
    return [quad for name in names for quad in parse(path=str(data_dir() / name))]


@cache
def _quads() -> tuple[Quad, ...]:
    return tuple(_load("sdg.ttl", "sdg-cues.ttl"))


@cache
def _facts() -> Facts:
    facts: Facts = defaultdict(lambda: defaultdict(list))
    for quad in _quads():
        facts[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return facts


def _members(kind: str) -> dict[str, dict[str, list[str]]]:
    return {iri: f for iri, f in _facts().items() if f"{SDGO}{kind}" in f.get(TYPE, [])}


def _labels(*predicates: str) -> dict[str, dict[str, list[str]]]:
    """Subject → language → labels."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in _quads():
        if quad.predicate.value in predicates and isinstance(quad.object, Literal):
            found[quad.subject.value][quad.object.language or ""].append(quad.object.value)
    return found


def _is_code(cue: str) -> bool:
    return bool(re.fullmatch(r"(SDG|SDG target|Goal|ODD|ODS|可持续发展目标) ?\d+(\.\w+)?", cue))


def test_goals_targets_and_indicators_are_complete() -> None:
    assert len(_members("Goal")) == 17
    assert len(_members("Target")) == 169
    assert len(_members("Indicator")) == 232


def test_every_goal_has_its_own_targets() -> None:
    expected = dict(
        zip(
            range(1, 18),
            (7, 8, 13, 10, 9, 8, 5, 12, 8, 10, 10, 11, 5, 10, 12, 12, 19),
            strict=True,
        )
    )
    parents = Counter(int(f[BROADER][0].removeprefix(SDG)) for f in _members("Target").values())
    assert parents == expected


def test_addresses_follow_from_notations() -> None:
    for iri, facts in {**_members("Goal"), **_members("Target")}.items():
        assert [iri.removeprefix(SDG)] == facts[NOTATION]
    for iri, facts in _members("Indicator").items():
        (code,) = facts[NOTATION]
        goal, target, number = code.split(".")
        regular = f"C{goal.zfill(2)}{target.zfill(2)}{number.zfill(2)}"
        local = iri.removeprefix(SDG)
        # Series that the framework uses for several targets live in a range of their own.
        shared = bool(re.fullmatch(r"C200[23]\d\d", local)) and SCOPE_NOTE in facts
        assert shared or local == RENUMBERED.get(code, regular), (code, iri)


def test_places_in_the_hierarchy_agree_with_the_codes() -> None:
    for iri, facts in _members("Target").items():
        (goal,) = facts[BROADER]
        assert iri.rpartition(".")[0] == goal
        assert goal in _members("Goal")
    targets = _members("Target")
    for facts in _members("Indicator").values():
        own = SDG + facts[NOTATION][0].rpartition(".")[0]
        assert own in facts[BROADER]
        assert set(facts[BROADER]) <= set(targets)
        others = set(facts[BROADER]) - {own}
        notes = " ".join(facts.get(SCOPE_NOTE, []))
        assert all(f"{other.removeprefix(SDG)}." in notes for other in others)


def test_everything_is_in_the_scheme() -> None:
    for kind in ("Goal", "Target", "Indicator"):
        for iri, facts in _members(kind).items():
            assert facts[IN_SCHEME] == [SCHEME], iri
    assert all(f[TOP_CONCEPT_OF] == [SCHEME] for f in _members("Goal").values())


def test_preferred_labels_are_unique_and_complete() -> None:
    labels = _labels(PREF_LABEL)
    english = Counter(label.casefold() for by in labels.values() for label in by["en"])
    assert [label for label, count in english.items() if count > 1] == []
    for iri in _members("Goal"):
        assert set(labels[iri]) == UN_LANGUAGES
    for kind in ("Goal", "Target", "Indicator"):
        for iri in _members(kind):
            assert len(labels[iri]["en"]) == 1, iri
    for iri in _members("Target"):
        assert 2 <= len(labels[iri]["en"][0].split()) <= 8, labels[iri]["en"]


def test_definitions_are_there_and_short() -> None:
    for kind in ("Goal", "Target", "Indicator"):
        for iri, facts in _members(kind).items():
            (definition,) = facts[DEFINITION]
            assert definition.endswith("."), iri
            assert 5 <= len(definition.split()) <= 60, iri


def test_definitions_differ() -> None:
    definitions = Counter(
        facts[DEFINITION][0]
        for kind in ("Goal", "Target", "Indicator")
        for facts in _members(kind).values()
    )
    assert definitions.most_common(1)[0][1] == 1


def test_goals_have_distinct_colours() -> None:
    colours = [facts[COLOR][0] for facts in _members("Goal").values()]
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours)
    assert len(set(colours)) == 17


def test_indicators_name_custodian_and_tier() -> None:
    indicators = _members("Indicator").values()
    assert all(set(f.get(TIER, [])) <= {"I", "II", "III"} for f in indicators)
    assert sum(TIER in f for f in indicators) == 232
    assert sum(CUSTODIAN in f for f in indicators) >= 225
    assert not any(";" in custodian for f in indicators for custodian in f.get(CUSTODIAN, []))


def test_goals_link_out_to_thesauri() -> None:
    for iri, facts in _members("Goal").items():
        assert any("wikidata.org" in match for match in facts[EXACT_MATCH]), iri
        hosts = {subject.split("/")[2] for subject in facts[SUBJECT]}
        assert hosts == {"eurovoc.europa.eu", "metadata.un.org"}, iri


def test_targets_have_enough_cues() -> None:
    cues = _labels(ALT_LABEL, HIDDEN_LABEL)
    for iri in _members("Target"):
        words = [cue for cue in cues[iri]["en"] if not _is_code(cue)]
        assert len(words) >= 10, iri
        assert set(cues[iri]) == CUE_LANGUAGES, iri


def test_goals_have_enough_cues_in_every_language() -> None:
    cues = _labels(ALT_LABEL, HIDDEN_LABEL)
    for iri in _members("Goal"):
        assert set(cues[iri]) == CUE_LANGUAGES
        assert len([cue for cue in cues[iri]["en"] if not _is_code(cue)]) >= 40
        for language in CUE_LANGUAGES:
            assert len([cue for cue in cues[iri][language] if not _is_code(cue)]) >= 15


def test_cues_are_short_clean_and_not_said_twice() -> None:
    labels = _labels(PREF_LABEL, ALT_LABEL, HIDDEN_LABEL)
    for iri, by_language in labels.items():
        for language, values in by_language.items():
            repeated = [v for v, n in Counter(v.casefold() for v in values).items() if n > 1]
            assert repeated == [], (iri, language)
    for iri, by_language in _labels(ALT_LABEL, HIDDEN_LABEL).items():
        for cue in (cue for values in by_language.values() for cue in values):
            assert cue == " ".join(cue.split()), (iri, cue)
            assert 1 <= len(cue.split()) <= 8, (iri, cue)


def test_few_targets_share_a_cue() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for iri, by_language in _labels(ALT_LABEL, HIDDEN_LABEL).items():
        if "." in iri.removeprefix(SDG):
            for cue in by_language["en"]:
                users[cue.casefold()].add(iri)
    assert {cue: iris for cue, iris in users.items() if len(iris) > 3} == {}


@pytest.mark.parametrize("name", ["sdg.ttl", "sdg-cues.ttl"])
def test_no_blank_nodes(name: str) -> None:
    assert not any(
        isinstance(term, BlankNode) for quad in _load(name) for term in (quad.subject, quad.object)
    )


def test_cues_speak_only_of_goals_and_targets() -> None:
    known = set(_members("Goal")) | set(_members("Target"))
    assert {quad.subject.value for quad in _load("sdg-cues.ttl")} == known


def test_every_address_is_labelled() -> None:
    labelled = set()
    for path in (*data_dir().glob("*.ttl"), *ontology_dir().glob("*.ttl")):
        labelled |= {
            quad.subject.value
            for quad in parse(path=str(path))
            if quad.predicate.value in {LABEL, PREF_LABEL}
        }
    used = {quad.object.value for quad in _quads() if isinstance(quad.object, NamedNode)}
    dangling = {iri for iri in used - labelled if not iri.startswith(SKOS)}
    assert dangling == set()


def test_files_are_sorted_and_stable() -> None:
    for name in ("sdg.ttl", "sdg-cues.ttl"):
        subjects = [
            line
            for line in (data_dir() / name).read_text(encoding="utf-8").splitlines()
            if line.startswith("sdg:")
        ]
        assert len(subjects) == len(set(subjects)), "one block per subject"
        goals = [int(s.removeprefix("sdg:")) for s in subjects if re.fullmatch(r"sdg:\d+", s)]
        assert goals == sorted(goals)
