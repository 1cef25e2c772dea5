"""What cells name."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg.ingest.cells import CellProblem
from kg.ingest.scratch import scratch_copy
from kg.ingest.terms import AmbiguousCell, Terms, normal
from kg.store import GraphStore

SDG = "http://metadata.un.org/sdg/"
ID = "https://w3id.org/equipoise/id/"


@pytest.fixture(scope="module")
def terms(shipped: GraphStore) -> Iterator[Terms]:
    with scratch_copy(shipped) as working:
        yield Terms(working)


@pytest.mark.parametrize(
    ("kind", "text", "iri"),
    [
        ("target", "7.3", f"{SDG}7.3"),
        ("target", "SDG 7", f"{SDG}7"),
        ("target", "Goal 13", f"{SDG}13"),
        ("target", "target 16.B", f"{SDG}16.b"),
        ("target", "SDG7: Affordable and clean energy", f"{SDG}7"),
        ("target", f"{SDG}7.3", f"{SDG}7.3"),
        ("target", "sdg:7.3", f"{SDG}7.3"),
        ("target", "Zero hunger", f"{SDG}2"),
        ("target", "Pas de pauvreté", f"{SDG}1"),
        ("target", "零饥饿", f"{SDG}2"),
        ("principle", "privacy", f"{ID}principle/privacy"),
        ("principle", "PRIVACY", f"{ID}principle/privacy"),
        ("principle", "id:principle/labor-rights", f"{ID}principle/labor-rights"),
        ("principle", "unesco-2021-proportionality", f"{ID}principle/unesco-2021-proportionality"),
        ("technology", "Deep Learning", f"{ID}technology/deep-learning"),
        ("country", "KE", f"{ID}country/KE"),
        ("country", "ken", f"{ID}country/KE"),
        ("country", "United Kingdom", f"{ID}country/GB"),
        ("country", "UK", f"{ID}country/GB"),
        ("country", "USA", f"{ID}country/US"),
        ("country", "Côte d'Ivoire", f"{ID}country/CI"),
        ("country", "International", f"{ID}country/XZ"),
        ("country", "European Union", f"{ID}country/XZ"),
        ("country", "NA", f"{ID}country/NA"),
        ("status", "Deployed", f"{ID}status/deployed"),
        ("organisation-type", "private sector", f"{ID}organisation-type/company"),
    ],
)
def test_found(terms: Terms, kind: str, text: str, iri: str) -> None:
    try:
        assert terms.find(kind, text) == iri
    except CellProblem as problem:
        raise AssertionError(f"{problem.message} {problem.suggestion}") from problem


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        ("target", "7.9", "7."),
        ("target", "18", ""),
        ("country", "Kennya", "KE"),
        ("principle", "privcy", "privacy"),
        ("technology", "deep-lerning", "deep-learning"),
        ("target", "https://example.org/sdg/7.3", "7.3"),
        ("status", "deploied", "deployed"),
    ],
)
def test_unknown_with_the_closest(terms: Terms, kind: str, text: str, hint: str) -> None:
    with pytest.raises(CellProblem) as caught:
        terms.find(kind, text)
    assert repr(text) in caught.value.message
    assert hint in caught.value.suggestion


def test_a_label_of_two_things_names_both() -> None:
    store = ox.Store()
    store.load(
        b"""
        @prefix eq: <https://w3id.org/equipoise/ontology#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <a:one> a eq:Technology ; skos:prefLabel "One"@en ; skos:altLabel "shared name"@en .
        <a:two> a eq:Technology ; skos:prefLabel "Two"@en ; skos:altLabel "Shared Name"@en .
        <a:three> a eq:Technology ; skos:prefLabel "shared"@en .
        """,
        format=ox.RdfFormat.TURTLE,
    )
    terms = Terms(store)
    with pytest.raises(AmbiguousCell) as caught:
        terms.find("technology", "shared name")
    assert "One <a:one>" in caught.value.message
    assert "Two <a:two>" in caught.value.message
    assert terms.find("technology", "shared") == "a:three"
    assert terms.known("technology", "shared name") is None


def test_the_pivot_goes_first(terms: Terms) -> None:
    iri = terms.find("principle", "reliability")
    assert iri == f"{ID}principle/reliability-safety"
    with pytest.raises(AmbiguousCell, match=r"names .* things"):
        terms.find("principle", "Transparency and explainability")


def test_commas_separate_when_the_whole_names_nothing(terms: Terms) -> None:
    assert len(terms.find_several("principle", "privacy, fairness,transparency")) == 3
    with pytest.raises(CellProblem, match="privicy"):
        terms.find_several("principle", "fairness, privicy")


def test_normal_forms() -> None:
    assert normal("São  PAULO_(city)") == "sao paulo city"
    assert normal("ЦЕЛЬ 7") == "цель 7"


@pytest.mark.parametrize(
    ("label", "pivot"),
    [
        ("Accountability/Liability", "accountability"),
        ("Beneficence/Non-Maleficence", "beneficence"),
        ("Children & Adolescents Rights", "childrens-rights"),
        ("Cooperation/Fair Competition/Open source", "cooperation"),
        ("Dignity/Human Rights", "human-rights"),
        ("Diversity/Inclusion/Pluralism/Accessibility", "diversity-inclusion"),
        ("Freedom/Autonomy/Democratic Values/Technological Sovereignty", "autonomy"),
        ("Human Formation/Education", "human-formation-education"),
        ("Human-Centeredness/Alignment", "human-centeredness"),
        ("Intellectual Property", "intellectual-property"),
        ("Justice/Equity/Fairness/Non-discrimination", "fairness"),
        ("Labor Rights", "labor-rights"),
        ("Privacy", "privacy"),
        ("Reliability/Safety/Security/Trustworthiness", "reliability-safety"),
        ("Sustainability", "sustainability"),
        ("Transparency/Explainability/Auditability", "transparency"),
        ("Truthfulness", "truthfulness"),
    ],
)
def test_names_of_principles_in_surveys_lead_to_the_pivot(
    terms: Terms, label: str, pivot: str
) -> None:
    assert terms.find_several("principle", label) == [f"{ID}principle/{pivot}"]
