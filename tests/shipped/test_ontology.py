"""The ontology and its alignments, as they ship: named, declared, consistent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, NamedNode
from turtle_files import RESERVED, declared, ontology, subjects, texts, triples

from kg import vocabulary as v
from kg.locations import data_dir, ontology_dir

if TYPE_CHECKING:
    from pathlib import Path

    import rdflib


def test_the_header_says_what_the_ontology_is() -> None:
    core = ontology("equipoise")
    (version,) = texts(core, v.ONTOLOGY, f"{v.OWL}versionIRI")
    (number,) = texts(core, v.ONTOLOGY, f"{v.OWL}versionInfo")
    assert version == f"{v.ONTOLOGY}/{number}"
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert texts(core, v.ONTOLOGY, v.LICENSE) == [licence]
    assert texts(core, v.ONTOLOGY, f"{v.DCTERMS}creator") == ["The Equipoise authors"]
    changes = texts(core, v.ONTOLOGY, f"{v.SKOS}changeNote")
    assert any(change.startswith(number) for change in changes)


def test_every_term_of_ours_is_labelled_and_defined_once() -> None:
    core = ontology("equipoise")
    ours = {iri for iri in subjects(core) if iri.startswith(v.EQ)}
    assert len(ours) > 60
    for iri in ours:
        assert len(texts(core, iri, v.LABEL)) == 1, iri
        (definition,) = texts(core, iri, v.DEFINITION)
        assert definition.endswith("."), iri
        assert texts(core, iri, f"{v.RDFS}isDefinedBy") == [v.ONTOLOGY], iri
        assert len(declared(core)[iri]) == 1, iri


def test_vocabulary_and_ontology_name_the_same_terms() -> None:
    in_code = {
        value
        for value in vars(v).values()
        if isinstance(value, str) and value.startswith(v.EQ) and value != v.EQ
    }
    in_ontology = {iri for iri in subjects(ontology("equipoise")) if iri.startswith(v.EQ)}
    assert in_code == in_ontology


def test_no_blank_nodes() -> None:
    """The content hash of the ontology's graph needs none."""
    for t in ontology("equipoise", "alignments"):
        assert not isinstance(t.subject, BlankNode)
        assert not isinstance(t.object, BlankNode)


def test_reserved_terms_are_only_used_as_owl_2_dl_allows() -> None:
    for iri in declared(ontology("equipoise")):
        assert not iri.startswith(RESERVED), iri
    link = NamedNode(v.LINK)
    above = {t.object.value for t in ontology("alignments") if t.subject == link}
    assert f"{v.RDF}Statement" in above


def test_axioms_point_at_declared_terms() -> None:
    both = ontology("equipoise", "alignments")
    kinds = declared(both)
    classes = {iri for iri, found in kinds.items() if f"{v.OWL}Class" in found}
    expected = {
        f"{v.RDFS}domain": classes,
        f"{v.RDFS}range": classes | {f"{v.XSD}integer", f"{v.XSD}boolean"},
        f"{v.RDFS}subClassOf": classes | {f"{v.RDF}Statement"},
        f"{v.OWL}disjointWith": classes,
        f"{v.RDFS}subPropertyOf": set(kinds) | {v.LABEL},
    }
    checked = 0
    for t in both:
        if t.predicate.value in expected:
            assert t.object.value in expected[t.predicate.value], t
            checked += 1
    assert checked > 100


def test_sub_properties_are_of_the_same_kind() -> None:
    both = ontology("equipoise", "alignments")
    kinds = declared(both)
    for t in both:
        if t.predicate.value == f"{v.RDFS}subPropertyOf" and t.object.value != v.LABEL:
            assert kinds[t.subject.value] & kinds[t.object.value], t


def test_every_term_that_the_ontology_mentions_has_a_label() -> None:
    named = ontology("equipoise", "alignments") | triples(data_dir() / "technologies.ttl")
    named |= triples(data_dir() / "controlled.ttl")
    labelled = {t.subject for t in named if t.predicate.value in {v.LABEL, v.PREF_LABEL}}
    for t in ontology("equipoise", "alignments"):
        assert t.subject in labelled, t
        assert not isinstance(t.object, NamedNode) or t.object in labelled, t


def test_every_term_that_the_data_use_is_declared() -> None:
    kinds = declared(ontology("equipoise"))
    missing = set()
    for path in data_dir().glob("*.ttl"):
        for t in triples(path):
            used = t.object.value if t.predicate.value == v.TYPE else t.predicate.value
            if not used.startswith(RESERVED) and used not in kinds:
                missing.add((path.name, used))
    assert missing == set()


def test_alignments_reach_every_vocabulary_of_the_field() -> None:
    reached = " ".join(
        t.object.value
        for t in ontology("alignments")
        if t.predicate.value != v.TYPE and isinstance(t.object, NamedNode)
    )
    for namespace in (
        v.SDGO, v.PROV, v.ORG, v.SCHEMA, v.DCAT, v.DCTERMS,
        "https://w3id.org/airo#", "https://w3id.org/dpv/ai#",
    ):  # fmt: skip
        assert namespace in reached, namespace


def sample() -> rdflib.Graph:
    """Ontology, alignments, controlled values, and six cases with links and plain triples."""
    import rdflib

    graph = rdflib.Graph()
    for path in sorted(ontology_dir().glob("*.ttl")):
        if path.stem != "shapes":
            graph.parse(path)
    graph.parse(data_dir() / "controlled.ttl")
    cases = rdflib.Graph().parse(data_dir() / "cases.ttl")
    chosen = sorted(cases.subjects(rdflib.RDF.type, rdflib.URIRef(v.CASE)))[::40]
    for case in chosen:
        records = {case, *cases.objects(case, rdflib.URIRef(v.PARTICIPATION_PROPERTY))}
        for link in cases.subjects(rdflib.RDF.subject, case):
            records.add(link)
            predicate = cases.value(link, rdflib.RDF.predicate)
            graph.add((case, predicate, cases.value(link, rdflib.RDF.object)))
        for record in records:
            graph += cases.triples((record, None, None))
    return graph


def contradictions(graph: rdflib.Graph) -> list[str]:
    """What an OWL 2 RL closure finds contradictory."""
    import owlrl

    closure = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    closure.closure()
    return list(closure.error_messages)


def test_the_rl_closure_holds_no_contradiction() -> None:
    import rdflib

    graph = sample()
    size = len(graph)
    assert contradictions(graph) == []
    assert len(graph) > size
    case = next(graph.subjects(rdflib.RDF.type, rdflib.URIRef(v.CASE)))
    graph.add((case, rdflib.RDF.type, rdflib.URIRef(v.CONCEPT)))
    assert contradictions(graph) != []


@pytest.mark.slow
def test_a_dl_reasoner_finds_the_ontology_consistent(tmp_path: Path) -> None:
    """HermiT over ontology, alignments and a sample of the data; and it sees a planted error."""
    import owlready2
    import rdflib

    def inconsistent(graph: rdflib.Graph, name: str) -> bool:
        path = tmp_path / f"{name}.nt"
        graph.serialize(path, format="nt", encoding="utf-8")
        world = owlready2.World()
        loaded = world.get_ontology(path.as_uri()).load()
        try:
            with loaded:
                owlready2.sync_reasoner_hermit(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return True
        return list(world.inconsistent_classes()) != []

    graph = sample()
    assert not inconsistent(graph, "sound")
    case = next(graph.subjects(rdflib.RDF.type, rdflib.URIRef(v.CASE)))
    graph.add((case, rdflib.RDF.type, rdflib.URIRef(v.CONCEPT)))
    assert inconsistent(graph, "unsound")
