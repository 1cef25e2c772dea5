"""Principles, crosswalk, technologies, controlled values and principle-goal links, as they ship."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple, parse

from kg import vocabulary as v
from kg.identifiers import dataset_iri, link_iri, source_iri
from kg.locations import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable

PIVOT = {
    "accountability", "autonomy", "beneficence", "childrens-rights", "cooperation",
    "diversity-inclusion", "fairness", "human-centeredness", "human-formation-education",
    "human-rights", "intellectual-property", "labor-rights", "privacy", "reliability-safety",
    "sustainability", "transparency", "truthfulness",
}  # fmt: skip
FILES = ("controlled", "principles", "principle-goals", "technologies")
MATCHES = {v.EXACT_MATCH, v.CLOSE_MATCH, v.BROAD_MATCH, v.NARROW_MATCH, v.RELATED_MATCH}
CROSSWALK = "crosswalk.sssom.tsv"

Facts = dict[str, dict[str, list[NamedNode | Literal]]]


def load(name: str) -> Facts:
    """Subject → predicate → values of one shipped file."""
    facts: Facts = defaultdict(lambda: defaultdict(list))
    for quad in parse(path=str(data_dir() / f"{name}.ttl")):
        assert isinstance(quad.subject, NamedNode), quad
        assert not isinstance(quad.object, (BlankNode, Triple)), quad
        facts[quad.subject.value][quad.predicate.value].append(quad.object)
    return facts


@pytest.fixture(scope="module")
def principles() -> Facts:
    return load("principles")


@pytest.fixture(scope="module")
def technologies() -> Facts:
    return load("technologies")


def of_type(facts: Facts, kind: str) -> set[str]:
    """Subjects of a class."""
    return {s for s, about in facts.items() if NamedNode(kind) in about[v.TYPE]}


def one(facts: Facts, subject: str, predicate: str, language: str | None = None) -> str:
    """The only value of a property, in a language where one is named."""
    (value,) = (
        o
        for o in facts[subject][predicate]
        if language is None or (isinstance(o, Literal) and o.language == language)
    )
    return value.value


def cues(facts: Facts, subject: str) -> list[str]:
    """Alternative and hidden labels."""
    return [o.value for p in (v.ALT_LABEL, v.HIDDEN_LABEL) for o in facts[subject][p]]


@pytest.mark.parametrize("name", FILES)
def test_concepts_are_named_defined_and_unambiguous(name: str) -> None:
    facts = load(name)
    for concept in of_type(facts, v.CONCEPT) | of_type(facts, v.CONCEPT_SCHEME):
        label = one(facts, concept, v.PREF_LABEL, "en")
        if v.CONCEPT in {kind.value for kind in facts[concept][v.TYPE]}:
            assert one(facts, concept, v.DEFINITION).endswith("."), concept
            assert facts[concept][v.IN_SCHEME], concept
        labels = [label.casefold(), *(cue.casefold() for cue in cues(facts, concept))]
        assert len(set(labels)) == len(labels), concept
        assert all(cue == cue.strip() != "" for cue in labels), concept


@pytest.mark.parametrize("name", FILES)
def test_files_are_sorted_and_stable(name: str) -> None:
    """Blocks by subject, values one per line: a change shows as that change only."""
    text = (data_dir() / f"{name}.ttl").read_text("utf-8")
    heads = [match.group(1) for match in re.finditer(r"^([\w-]+:[\w-]+) (?!<)", text, re.MULTILINE)]
    assert heads == sorted(heads)
    assert len(heads) == len(set(heads)) == len(load(name))


@pytest.mark.parametrize(
    ("scheme", "values"),
    [
        ("status", {"planned", "research", "pilot", "deployed", "discontinued"}),
        ("role", {"developer", "deployer", "funder", "partner", "regulator"}),
        ("organisation-type",
         {"academia", "academic-publisher", "company", "government", "igo", "media", "multi",
          "ngo", "standards-body"}),
        ("source-kind",
         {"database", "news", "official", "paper", "press-release", "report", "website"}),
    ],
)  # fmt: skip
def test_controlled_values(scheme: str, values: set[str]) -> None:
    facts = load("controlled")
    members = {
        iri
        for iri, about in facts.items()
        if NamedNode(f"{v.ID}scheme/{scheme}") in about[v.IN_SCHEME]
    }
    assert members == {f"{v.ID}{scheme}/{value}" for value in values}
    for member in members:
        assert one(facts, member, v.NOTATION) == member.rpartition("/")[2]


def test_the_pivot_holds_seventeen_principles(principles: Facts) -> None:
    held = {o.value for o in principles[v.PIVOT_FRAMEWORK][v.INCLUDES_PRINCIPLE]}
    assert held == {f"{v.ID}principle/{slug}" for slug in PIVOT}
    pivots = {s for s, about in principles.items() if about[v.IS_PIVOT]}
    assert pivots == {v.PIVOT_FRAMEWORK}


@pytest.mark.parametrize("slug", sorted(PIVOT))
def test_pivot_principles_are_rich_enough_to_link_by(principles: Facts, slug: str) -> None:
    iri = f"{v.ID}principle/{slug}"
    labels = {o.language for o in principles[iri][v.PREF_LABEL] if isinstance(o, Literal)}
    assert labels == {"en", "de", "fr", "es", "pt", "zh"}
    found = cues(principles, iri)
    assert len(found) >= 25
    assert len(principles[iri][v.ALT_LABEL]) >= 8
    assert max(len(cue.split()) for cue in found) <= 4
    assert len(one(principles, iri, v.DEFINITION).split()) >= 12


def test_no_cue_belongs_to_two_principles_or_two_technologies(
    principles: Facts, technologies: Facts
) -> None:
    for facts, members in (
        (principles, {f"{v.ID}principle/{slug}" for slug in PIVOT}),
        (technologies, of_type(technologies, v.TECHNOLOGY)),
    ):
        owners = defaultdict(set)
        for iri in members:
            for cue in (one(facts, iri, v.PREF_LABEL, "en"), *cues(facts, iri)):
                owners[cue.casefold()].add(iri)
        assert {cue: found for cue, found in owners.items() if len(found) > 1} == {}


def test_frameworks_carry_all_they_should(principles: Facts) -> None:
    frameworks = of_type(principles, v.PRINCIPLE_FRAMEWORK) - {v.PIVOT_FRAMEWORK}
    assert len(frameworks) == 25
    for framework in frameworks:
        assert one(principles, framework, v.IDENTIFIER) == framework.rpartition("/")[2]
        assert 2015 <= int(one(principles, framework, v.YEAR)) <= 2026
        assert one(principles, framework, v.URL).startswith(("https://", "http://"))
        for predicate in (v.TITLE, v.PUBLISHER, v.PUBLISHER_TYPE, v.COUNTRY, v.EDITORIAL_NOTE):
            assert one(principles, framework, predicate)
    binding = {f for f in frameworks if one(principles, f, v.BINDING) == "true"}
    assert {f.rpartition("/")[2] for f in binding} == {"coe-convention-2024", "eu-ai-act-2024"}
    unverified = {f for f in frameworks if one(principles, f, v.VERIFIED) == "false"}
    assert {f.rpartition("/")[2] for f in unverified} == {"au-strategy-2024"}


def test_every_principle_is_stated_by_its_framework_and_mapped(principles: Facts) -> None:
    stated = defaultdict(set)
    for framework in of_type(principles, v.PRINCIPLE_FRAMEWORK):
        for principle in principles[framework][v.INCLUDES_PRINCIPLE]:
            stated[principle.value].add(framework)
    own = of_type(principles, v.PRINCIPLE) - {f"{v.ID}principle/{slug}" for slug in PIVOT}
    assert len(own) == 244
    for principle in own:
        assert stated[principle] == {one(principles, principle, v.IN_SCHEME)}
        framework = one(principles, principle, v.IN_SCHEME).rpartition("/")[2]
        assert principle.startswith(f"{v.ID}principle/{framework}-")
        assert any(principles[principle][match] for match in MATCHES), principle


def test_mappings_lead_to_the_pivot_and_agree_with_skos(principles: Facts) -> None:
    pivot = {f"{v.ID}principle/{slug}" for slug in PIVOT}
    counted: Counter[str] = Counter()
    reached = set()
    for principle, about in principles.items():
        targets = [o.value for match in MATCHES for o in about[match]]
        assert set(targets) <= pivot
        assert principle not in pivot or not targets
        # SKOS S46 and S27: one pair, one kind of match.
        assert len(targets) == len(set(targets)), principle
        reached |= set(targets)
        for match in MATCHES:
            counted[match.rpartition("#")[2]] += len(about[match])
    assert reached == pivot
    assert counted == {
        "exactMatch": 32, "closeMatch": 83, "broadMatch": 85, "narrowMatch": 51,
        "relatedMatch": 146,
    }  # fmt: skip


def test_names_that_an_author_gave_in_another_language_are_kept(principles: Facts) -> None:
    """SenseTime published its three principles in Chinese too."""
    names = {"sustainability": "可持续发展", "human-centric": "以人为本",
             "controllable-technology": "技术可控"}  # fmt: skip
    for slug, name in names.items():
        iri = f"{v.ID}principle/sensetime-2021-{slug}"
        assert one(principles, iri, v.PREF_LABEL, "zh") == name


def test_sub_attributes_hang_under_their_principle(principles: Facts) -> None:
    children = defaultdict(set)
    for principle, about in principles.items():
        for parent in about[v.BROADER]:
            assert about[v.IN_SCHEME] == principles[parent.value][v.IN_SCHEME]
            children[parent.value.rpartition("/")[2]].add(principle)
    assert {parent: len(found) for parent, found in children.items()} == {
        "sensetime-2021-sustainability": 3,
        "sensetime-2021-human-centric": 4,
        "sensetime-2021-controllable-technology": 4,
    }


def crosswalk() -> tuple[dict[str, str], dict[str, str], list[dict[str, str]]]:
    """Metadata, prefixes and rows of the SSSOM file."""
    lines = (data_dir() / CROSSWALK).read_text("utf-8").splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    fields = dict(re.findall(r"^(\w+): (.+)$", "\n".join(head), re.MULTILINE))
    prefixes = dict(re.findall(r"^  (\w+): (\S+)$", "\n".join(head), re.MULTILINE))
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return fields, prefixes, list(rows)


def test_the_crosswalk_says_what_the_turtle_says(principles: Facts) -> None:
    """Both ways: no mapping in one that is not in the other, and the same labels."""
    head, prefixes, rows = crosswalk()
    curies = {**prefixes, "skos": v.SKOS}

    def iri(curie: str) -> str:
        prefix, _, local = curie.partition(":")
        return f"{curies[prefix]}{local}"

    in_turtle = {
        (subject, match, o.value)
        for subject, about in principles.items()
        for match in MATCHES
        for o in about[match]
    }
    in_table = [(iri(r["subject_id"]), iri(r["predicate_id"]), iri(r["object_id"])) for r in rows]
    assert len(in_table) == len(set(in_table))
    assert set(in_table) == in_turtle
    assert in_table == sorted(in_table)
    for row in rows:
        subject = iri(row["subject_id"])
        assert row["subject_label"] == one(principles, subject, v.PREF_LABEL, "en")
        assert row["object_label"] == one(principles, iri(row["object_id"]), v.PREF_LABEL, "en")
        assert iri(row["subject_source"]) == one(principles, subject, v.IN_SCHEME)
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
    assert head["mapping_set_id"] == dataset_iri("crosswalk")
    assert head["license"] == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.slow
def test_the_sssom_library_finds_the_crosswalk_valid() -> None:
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    table = parse_sssom_table(str(data_dir() / CROSSWALK))
    assert len(table.df) == 397
    kinds = [
        SchemaValidationType.JsonSchema,
        SchemaValidationType.PrefixMapCompleteness,
        SchemaValidationType.StrictCurieFormat,
    ]
    reports = validate(table, kinds, fail_on_error=True)
    assert all(report.results == [] for report in reports.values())


def depths(technologies: Facts, iri: str) -> set[int]:
    """Lengths of the ways from a technology up to a family."""
    parents = technologies[iri][v.BROADER]
    return {1} if not parents else {d + 1 for p in parents for d in depths(technologies, p.value)}


def test_technologies_stand_in_three_levels(technologies: Facts) -> None:
    members = of_type(technologies, v.TECHNOLOGY)
    assert len(members) >= 130
    levels = Counter(max(depths(technologies, iri)) for iri in members)
    assert set(levels) == {1, 2, 3}
    assert 8 <= levels[1] <= 14
    assert levels[2] >= 40
    assert levels[3] >= 100
    for iri in members:
        assert technologies[iri][v.IN_SCHEME] == [NamedNode(v.TECHNOLOGY_SCHEME)]
        assert all(parent.value in members for parent in technologies[iri][v.BROADER])
        top = NamedNode(v.TECHNOLOGY_SCHEME) in technologies[iri][f"{v.SKOS}topConceptOf"]
        assert top == (not technologies[iri][v.BROADER]), iri


def test_technologies_have_cues(technologies: Facts) -> None:
    for iri in of_type(technologies, v.TECHNOLOGY):
        assert technologies[iri][v.ALT_LABEL], iri
        assert len(cues(technologies, iri)) >= 4, iri


def test_every_technology_that_a_case_uses_is_in_the_scheme(technologies: Facts) -> None:
    members = of_type(technologies, v.TECHNOLOGY)
    used = set()
    for name in ("cases", "sensetime"):
        facts = load(name)
        for link in of_type(facts, v.LINK):
            if one(facts, link, v.PREDICATE) == v.USES_TECHNOLOGY:
                used.add(one(facts, link, v.OBJECT))
    assert len(used) >= 51
    assert used <= members


def test_wikidata_matches_are_labelled_and_one_to_one(technologies: Facts) -> None:
    matched = [
        o.value for iri in of_type(technologies, v.TECHNOLOGY)
        for o in technologies[iri][v.CLOSE_MATCH]
    ]  # fmt: skip
    assert len(matched) == len(set(matched)) >= 25
    for item in matched:
        number = item.removeprefix("http://www.wikidata.org/entity/")
        assert re.fullmatch(r"Q[1-9]\d*", number)
        assert one(technologies, item, v.LABEL, "en") == f"Wikidata {number}"


@pytest.fixture(scope="module")
def goal_links() -> Facts:
    return load("principle-goals")


def test_principles_relate_to_goals_by_links_only(goal_links: Facts) -> None:
    links = of_type(goal_links, v.LINK)
    assert 40 <= len(links) <= 70
    pairs = {(one(goal_links, k, v.SUBJECT), one(goal_links, k, v.OBJECT)) for k in links}
    assert len(pairs) == len(links)
    assert {subject for subject, _ in pairs} == {f"{v.ID}principle/{slug}" for slug in PIVOT}
    assert {object_ for _, object_ in pairs} == {f"{v.SDG}{goal}" for goal in range(1, 18)}
    assert not any(about[v.RELATES_TO_GOAL] for about in goal_links.values())


def test_principle_goal_links_give_reason_and_source(goal_links: Facts) -> None:
    sources = of_type(goal_links, v.SOURCE)
    value: Callable[[str, str], str] = lambda s, p: one(goal_links, s, p)  # noqa: E731
    for link in of_type(goal_links, v.LINK):
        subject, predicate, object_ = (value(link, p) for p in (v.SUBJECT, v.PREDICATE, v.OBJECT))
        assert link == link_iri(subject, predicate, object_, dataset_iri("principle-goals"))
        assert predicate == v.RELATES_TO_GOAL
        assert value(link, v.DIRECTNESS) in {v.DIRECT, v.INDIRECT}
        assert value(link, v.EVIDENCE_STATUS) in {v.CONFIRMED, v.UNVERIFIED}
        assert 0.5 <= float(value(link, v.CONFIDENCE)) <= 0.95
        assert len(value(link, v.RATIONALE).split()) >= 8
        assert value(link, v.ATTRIBUTED_TO) == v.EDITORS
        assert value(link, v.DCT_SOURCE) in sources
    for source in sources:
        assert source == source_iri(value(source, v.URL))
    reasons = Counter(value(link, v.RATIONALE) for link in of_type(goal_links, v.LINK))
    assert max(reasons.values()) == 1
