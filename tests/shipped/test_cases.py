"""The shipped cases: fields, evidence, and facts that must not be told wrongly."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store

from kg import vocabulary as v
from kg.identifiers import dataset_iri
from kg.locations import data_dir

CONFIDENCE = {
    ("Confirmed", "Direct"): {"0.9", "0.75"},
    ("Confirmed", "Indirect"): {"0.75"},
    ("Confirmed", ""): {"0.8"},
    ("SelfReported", "Direct"): {"0.6", "0.5"},
    ("SelfReported", "Indirect"): {"0.5"},
    ("SelfReported", ""): {"0.55"},
    ("Alleged", "Direct"): {"0.5"},
    ("Alleged", "Indirect"): {"0.45"},
    ("Alleged", ""): {"0.5"},
    ("Unverified", "Direct"): {"0.4"},
    ("Unverified", "Indirect"): {"0.35"},
    ("Unverified", ""): {"0.4"},
}


@pytest.fixture(scope="module")
def store() -> Store:
    """Cases of both datasets with the places, organisations and values that they name."""
    store = Store()
    for name in ("cases", "sensetime", "organisations", "places", "controlled", "sdg"):
        store.bulk_load(path=data_dir() / f"{name}.ttl", to_graph=NamedNode(dataset_iri(name)))
    return store


def rows(store: Store, pattern: str) -> list[tuple[str, ...]]:
    """Distinct values of ``SELECT DISTINCT …`` over all graphs, names without namespace."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in v.PREFIXES.items())
    found = store.query(f"{prefixes}SELECT DISTINCT {pattern}", use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return sorted(
        tuple(
            ""
            if value is None
            else value.value.removeprefix(v.ID).removeprefix(v.EQ).removeprefix(v.SDG)
            for value in solution
        )
        for solution in found
    )


def test_every_case_is_told_in_full(store: Store) -> None:
    """Title, summary, place, status, review, note, source, and who took part."""
    full = rows(
        store,
        """?c { ?c a eq:Case ; dcterms:identifier ?i ; dcterms:title ?t ; rdfs:label ?l ;
            dcterms:description ?d ; eq:country ?k ; eq:status ?s ; eq:verified ?v ;
            skos:editorialNote ?n ; dcterms:source ?q ;
            eq:participation/eq:organisation ?o }""",
    )
    assert full == rows(store, "?c { ?c a eq:Case }")


def test_no_year_is_invented(store: Store) -> None:
    """Some sources are undated: their year stays missing, in cases as in sources."""
    undated = rows(store, "?s { ?s a eq:Source FILTER NOT EXISTS { ?s eq:year ?y } }")
    assert len(undated) > 50
    assert not rows(
        store, "?c { ?c eq:startYear ?a ; eq:endYear ?b FILTER (?b < ?a || ?a < 1990) }"
    )


def test_every_goal_has_good_and_bad_cases(store: Store) -> None:
    """All 17 goals are supported, and harm is not left out."""
    supported = rows(
        store,
        "?g { ?l rdf:predicate eq:supports ; rdf:object/skos:broader* ?g . ?g a sdgo:Goal }",
    )
    undermined = rows(
        store,
        "?g { ?l rdf:predicate eq:undermines ; rdf:object/skos:broader* ?g . ?g a sdgo:Goal }",
    )
    assert len(supported) == 17
    assert len(undermined) >= 14


def test_every_link_gives_its_reason(store: Store) -> None:
    """A rationale, how far the evidence carries, who says so."""
    full = rows(
        store,
        """?l { ?l a eq:Link ; rdfs:label ?n ; eq:rationale ?r ; eq:confidence ?c ;
            eq:evidenceStatus ?e ; eq:reviewStatus eq:Accepted ; prov:wasAttributedTo ?who ;
            dcterms:source ?s }""",
    )
    assert full == rows(store, "?l { ?l a eq:Link }")


def test_confidence_follows_the_documented_rule(store: Store) -> None:
    """Confidence depends on evidence status and directness alone; see data/README.md."""
    found = rows(
        store,
        """?l ?p ?e ?d ?c { ?l a eq:Link ; rdf:predicate ?p ; eq:evidenceStatus ?e ;
            eq:confidence ?c OPTIONAL { ?l eq:directness ?d } }""",
    )
    wrong = [row for row in found if row[4] not in CONFIDENCE[row[2], row[3]]]
    assert wrong == []
    lowered = {row[1] for row in found if row[3] == "Direct" and row[4] == "0.75"}
    assert lowered == {"usesTechnology"}


def test_targets_have_directness_and_principles_have_none(store: Store) -> None:
    """Directness tells how a case bears on a target; a principle is upheld or violated."""
    found = set(
        rows(
            store,
            """?p ?has { ?l a eq:Link ; rdf:predicate ?p
                BIND (EXISTS { ?l eq:directness ?d } AS ?has) }""",
        )
    )
    assert found == {
        ("supports", "true"),
        ("undermines", "true"),
        ("usesTechnology", "true"),
        ("upholds", "false"),
        ("violates", "false"),
    }


def test_disputed_links_name_who_objects_and_what_is_said(store: Store) -> None:
    """An objection is never recorded without its content, nor content without its author."""
    halves = rows(
        store,
        """?l { ?l eq:disputedBy|eq:disputeNote ?x
            FILTER (!EXISTS { ?l eq:disputedBy ?w } || !EXISTS { ?l eq:disputeNote ?n }) }""",
    )
    assert halves == []


@pytest.mark.parametrize(
    ("case", "objector"),
    [
        ("lavender-gaza-target-lists", "israel-defense-forces"),
        ("kargu-2-loitering-munition-libya", "stm"),
        ("tiktok-for-you-minors", "tiktok"),
        ("openai-sama-kenya-data-labelling", "sama"),
        ("sensetime-ethnic-profiling-allegations", "sensetime"),
    ],
)
def test_contested_cases_carry_the_objection(store: Store, case: str, objector: str) -> None:
    """What is contested is marked as alleged, with the party that objects."""
    found = rows(
        store,
        f"?w {{ ?l rdf:subject <{v.ID}case/{case}> ; rdf:predicate eq:violates ;"
        " eq:evidenceStatus eq:Alleged ; eq:disputedBy ?w }",
    )
    assert (f"organisation/{objector}",) in found


def test_court_findings_are_not_weakened_to_allegations(store: Store) -> None:
    """Where a court or authority decided, the harm counts as confirmed."""
    for case in (
        "syri-netherlands-welfare-risk-system",
        "robodebt-australia",
        "dutch-childcare-benefits-risk-model",
        "glukhin-moscow-metro-face-recognition",
    ):
        statuses = rows(
            store,
            f"?e {{ ?l rdf:subject <{v.ID}case/{case}> ; rdf:predicate eq:violates ;"
            " eq:evidenceStatus ?e }",
        )
        assert statuses == [("Confirmed",)], case


def test_organisations_are_merged_by_identity(store: Store) -> None:
    """Variants lead to one body; different bodies stay apart; parts know their whole."""
    for name, slug in (
        ("Equivant", "northpointe"),
        ("DeepMind", "google-deepmind"),
        ("ITU", "international-telecommunication-union"),
        ("ECMWF", "european-centre-for-medium-range-weather-forecasts"),
    ):
        assert rows(store, f'?o {{ ?o a org:Organization ; skos:altLabel "{name}"@en }}') == [
            (f"organisation/{slug}",)
        ]
    parts = rows(store, "?part ?whole { ?part org:subOrganizationOf ?whole }")
    assert ("organisation/google-deepmind", "organisation/google") in parts
    assert ("organisation/pulse-lab-kampala", "organisation/un-global-pulse") in parts
    assert not rows(store, "?o { ?o org:subOrganizationOf+ ?o }")


class TestSenseTime:
    """What the company announced, what was found, and what others say of it."""

    def test_two_corrections(self, store: Store) -> None:
        """Two papers were mixed up, and the product name is doubtful."""
        corrected = rows(
            store, "?wrong ?right ?e { ?right eq:corrects ?wrong ; eq:evidenceStatus ?e }"
        )
        assert {
            ("claim/announcement-distributed-gan-eccv", "claim/correction-tdgan-at-eccv"),
            ("claim/announcement-distributed-gan-eccv", "claim/correction-asyndgan-at-cvpr"),
            ("claim/announcement-csg-product-sensemars", "claim/correction-csg-product-doubtful"),
        } <= {row[:2] for row in corrected}
        status = {right: evidence for _, right, evidence in corrected}
        assert status["claim/correction-csg-product-doubtful"] == "Unverified"
        assert status["claim/correction-tdgan-at-eccv"] == "Confirmed"

    def test_company_announcements_count_as_its_own_word(self, store: Store) -> None:
        """Nothing that rests on the announcement alone is called confirmed."""
        announced = rows(
            store,
            """?c ?e { ?c a eq:Claim ; eq:evidenceStatus ?e
                FILTER (STRSTARTS(STR(?c), CONCAT(STR(id:), "claim/announcement-"))) }""",
        )
        assert len(announced) == 5
        assert {row[1] for row in announced} == {"SelfReported"}

    def test_entertainment_is_linked_to_no_goal(self, store: Store) -> None:
        """The mixed reality centre bears on no target."""
        predicates = rows(
            store,
            f"?p {{ ?l rdf:subject <{v.ID}case/sensetime-bilibiliworld-mixed-reality> ;"
            " rdf:predicate ?p }",
        )
        assert predicates == [("upholds",), ("usesTechnology",)]

    def test_one_company_both_sides(self, store: Store) -> None:
        """The same organisation has cases that uphold and cases that violate principles."""
        predicates = rows(
            store,
            f"?p {{ ?c eq:participation/eq:organisation <{v.ID}organisation/sensetime> ."
            " ?l rdf:subject ?c ; rdf:predicate ?p }",
        )
        assert {("upholds",), ("violates",), ("supports",), ("undermines",)} <= set(predicates)

    def test_allegations_name_who_alleges(self, store: Store) -> None:
        """Every negative link of the contested case is attributed to its source, not to us."""
        found = rows(
            store,
            f"?p ?o ?who ?e {{ ?l rdf:subject"
            f" <{v.ID}case/sensetime-ethnic-profiling-allegations> ; rdf:predicate ?p ;"
            " rdf:object ?o ; prov:wasAttributedTo ?who ; eq:evidenceStatus ?e }",
        )
        assert {row[1] for row in found if row[0] != "usesTechnology"} == {
            "principle/human-rights",
            "principle/fairness",
            "principle/privacy",
            "10.3",
            "16.b",
        }
        assert {row[3] for row in found} == {"Alleged"}
        assert "organisation/equipoise-editors" not in {row[2] for row in found}

    def test_documents_have_both_titles(self, store: Store) -> None:
        """The Chinese titles of the white paper, the report and the case book are kept."""
        titled = rows(store, '?d { ?d a eq:Document ; dcterms:title ?t FILTER (LANG(?t) = "zh") }')
        assert len(titled) == 3
