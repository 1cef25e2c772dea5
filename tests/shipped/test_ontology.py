"""The ontology, its shapes, alignments and JSON-LD context, as they ship."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg import vocabulary as v
from kg.locations import data_dir, ontology_dir

if TYPE_CHECKING:
    from pathlib import Path

    import rdflib

RESERVED = (v.RDF, v.RDFS, v.OWL, v.XSD)
KINDS = {
    f"{v.OWL}Class",
    f"{v.OWL}ObjectProperty",
    f"{v.OWL}DatatypeProperty",
    f"{v.OWL}AnnotationProperty",
    f"{v.OWL}NamedIndividual",
}
SHACL_CORE = frozenset(
    [
        "NodeShape",
        "PropertyShape",
        "Violation",
        "Warning",
        "Literal",
        "IRI",
        "path",
        "property",
        "node",
        "name",
        "message",
        "severity",
        "targetClass",
        "closed",
        "ignoredProperties",
        "class",
        "datatype",
        "nodeKind",
        "in",
        "hasValue",
        "pattern",
        "minLength",
        "minCount",
        "maxCount",
        "minInclusive",
        "maxInclusive",
        "uniqueLang",
        "lessThanOrEquals",
        "disjoint",
        "or",
    ]
)


@cache
def triples(path: Path) -> frozenset[Triple]:
    """The statements of one Turtle file."""
    return frozenset(quad.triple for quad in parse(path=str(path)))


def ontology(*names: str) -> set[Triple]:
    """The statements of the named ontology files together."""
    return {t for name in names for t in triples(ontology_dir() / f"{name}.ttl")}


def texts(graph: set[Triple], subject: str, predicate: str) -> list[str]:
    """Values of a property, as strings."""
    return sorted(
        t.object.value
        for t in graph
        if t.subject == NamedNode(subject)
        and t.predicate.value == predicate
        and not isinstance(t.object, (BlankNode, Triple))
    )


def subjects(graph: set[Triple]) -> set[str]:
    """IRIs that something is said about."""
    return {t.subject.value for t in graph if isinstance(t.subject, NamedNode)}


def declared(graph: set[Triple]) -> dict[str, set[str]]:
    """What each term is declared to be: class, kind of property, individual."""
    kinds: dict[str, set[str]] = {}
    for t in graph:
        if t.predicate.value == v.TYPE and isinstance(t.object, NamedNode):
            kind = t.object.value
            if kind in KINDS and isinstance(t.subject, NamedNode):
                kinds.setdefault(t.subject.value, set()).add(kind)
    return kinds


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


def test_shapes_use_shacl_core_only() -> None:
    shapes = ontology("shapes")
    used = {
        term.value.removeprefix(v.SH)
        for t in shapes
        for term in (t.predicate, t.object)
        if isinstance(term, NamedNode) and term.value.startswith(v.SH)
    }
    assert used <= SHACL_CORE


def test_every_finding_of_a_shape_tells_the_remedy() -> None:
    shapes = ontology("shapes")
    names = {t.object.value for t in shapes if t.predicate.value == f"{v.SH}name"}
    assert len(names) > 40
    for shape in (t.subject.value for t in shapes if t.predicate.value == f"{v.SH}name"):
        constrained = {
            t.predicate.value.removeprefix(v.SH)
            for t in shapes
            if t.subject == NamedNode(shape) and t.predicate.value.startswith(v.SH)
        } - {"path", "name"}
        if constrained:
            (message,) = texts(shapes, shape, f"{v.SH}message")
            assert message.endswith("."), shape
            assert len(texts(shapes, shape, f"{v.SH}severity")) == 1, shape


def test_shapes_name_declared_terms() -> None:
    shapes = ontology("shapes")
    kinds = declared(ontology("equipoise"))
    for t in shapes:
        if t.predicate.value in {f"{v.SH}path", f"{v.SH}targetClass", f"{v.SH}class"}:
            iri = t.object.value
            assert iri in kinds or iri.startswith(RESERVED), iri


CASE = f"<{v.ID}case/a>"
LINK = f"<{v.ID}link/a>"
GOOD = (
    "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in v.PREFIXES.items())
    + f"""
{CASE} a eq:Case ; dcterms:identifier "a" ; dcterms:title "A"@en ; rdfs:label "A"@en ;
  dcterms:description "What it is."@en ; eq:country <{v.ID}country/KE> ; eq:startYear 2020 ;
  eq:endYear 2021 ; eq:status <{v.ID}status/pilot> ; dcterms:source <{v.ID}source/s> ;
  eq:participation <{v.ID}participation/p> .
<{v.ID}participation/p> a eq:Participation ; rdfs:label "O"@en ;
  eq:organisation <{v.ID}organisation/o> ; eq:role <{v.ID}role/developer> .
<{v.ID}organisation/o> a org:Organization ; rdfs:label "O"@en .
<{v.ID}source/s> a eq:Source ; rdfs:label "S"@en ; eq:sourceKind <{v.ID}source-kind/news> ;
  schema:url "https://example.org/s"^^xsd:anyURI .
{LINK} a eq:Link ; rdfs:label "A upholds privacy"@en ; rdf:subject {CASE} ;
  rdf:predicate eq:upholds ; rdf:object <{v.ID}principle/privacy> ; eq:confidence 0.8 ;
  eq:evidenceStatus eq:Confirmed ; dcterms:source <{v.ID}source/s> .
<{v.ID}country/KE> a eq:Country ; skos:prefLabel "Kenya"@en ; skos:notation "KE" ;
  eq:region <{v.ID}region/202> .
<{v.ID}region/202> a eq:Region ; skos:prefLabel "Sub-Saharan Africa"@en .
"""
)


@cache
def shapes_and_concepts() -> tuple[rdflib.Graph, rdflib.Graph]:
    """The shapes, and the concepts that a record may point at."""
    import rdflib

    shapes = rdflib.Graph().parse(ontology_dir() / "shapes.ttl")
    known = rdflib.Graph().parse(data_dir() / "controlled.ttl")
    for name in ("principle/privacy", "framework/pivot"):
        known += [
            triple
            for triple in principles()
            if str(triple[0]) == f"{v.ID}{name}" and "includes" not in str(triple[1])
        ]
    return shapes, known


@cache
def principles() -> rdflib.Graph:
    """The shipped principles."""
    import rdflib

    return rdflib.Graph().parse(data_dir() / "principles.ttl")


def findings(turtle: str) -> set[tuple[str, str]]:
    """Property (or ``-``) and severity of what the shapes find in a graph."""
    import pyshacl
    import rdflib

    shapes, known = shapes_and_concepts()
    graph = rdflib.Graph().parse(data=turtle, format="turtle") + known
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", inplace=True)
    sh = rdflib.Namespace(v.SH)
    results = report.objects(None, sh.result)
    return {
        (
            str(report.value(r, sh.resultPath) or "-").rpartition("#")[2].rpartition("/")[2],
            str(report.value(r, sh.resultSeverity)).removeprefix(v.SH),
        )
        for r in results
        if "framework/pivot" not in str(report.value(r, sh.focusNode))
    }


def test_a_good_record_passes_the_shapes() -> None:
    assert findings(GOOD) == set()


@pytest.mark.parametrize(
    ("was", "becomes", "path", "severity"),
    [
        ('dcterms:identifier "a" ;', "", "identifier", "Warning"),
        ('dcterms:title "A"@en ; rdfs:label "A"@en ;', "", "-", "Violation"),
        ("eq:status <", "eq:outcome <", "status", "Warning"),
        ('dcterms:title "A"@en', 'dcterms:title "A"@en, "B"@en', "title", "Violation"),
        ('"What it is."@en', '" "@en', "description", "Violation"),
        ("eq:startYear 2020", "eq:startYear 2022", "startYear", "Violation"),
        ("eq:startYear 2020", 'eq:startYear "2020"', "startYear", "Violation"),
        ("status/pilot", "role/developer", "status", "Violation"),
        ("country/KE> ; eq:startYear", "country/XQ> ; eq:startYear", "country", "Violation"),
        ("source/s> ;\n  eq:participation", "source/z> ;\n  eq:participation", "source",
         "Violation"),
        ("eq:role <", "eq:rolle <", "role", "Violation"),
        ("eq:upholds ;", "eq:supports ;", "-", "Violation"),
        ("eq:upholds ;", "eq:likes ;", "predicate", "Violation"),
        ("eq:confidence 0.8", "eq:confidence 1.8", "confidence", "Violation"),
        ("eq:confidence 0.8", "eq:confidense 0.8", "confidense", "Warning"),
        ("eq:Confirmed ; dcterms:source", "eq:Sure ; dcterms:source", "evidenceStatus",
         "Violation"),
        (f"eq:Confirmed ; dcterms:source <{v.ID}source/s>", "eq:Confirmed", "source", "Warning"),
        ('"https://example.org/s"^^xsd:anyURI', '"example.org"^^xsd:anyURI', "url", "Violation"),
        ('skos:notation "KE"', 'skos:notation "KEN"', "notation", "Violation"),
    ],
)  # fmt: skip
def test_the_shapes_find_what_is_wrong(was: str, becomes: str, path: str, severity: str) -> None:
    assert was in GOOD
    assert (path, severity) in findings(GOOD.replace(was, becomes, 1))


def context() -> dict[str, Any]:
    """The shipped JSON-LD context."""
    loaded: dict[str, Any] = json.loads((ontology_dir() / "context.jsonld").read_text("utf-8"))
    return loaded["@context"]


def expanded(term: str | dict[str, str]) -> str:
    """IRI of a context entry."""
    name = term if isinstance(term, str) else term["@id"]
    prefix, _, local = name.partition(":")
    base = context().get(prefix)
    return f"{base}{local}" if isinstance(base, str) and local[:2] != "//" else name


def test_the_context_has_a_name_for_every_term_of_ours() -> None:
    named = {expanded(term) for key, term in context().items() if key != "@version"}
    ours = {iri for iri in subjects(ontology("equipoise")) if iri.startswith(v.EQ)}
    ours -= {v.DIRECTNESS_CLASS, v.REVIEW_STATUS_CLASS, v.EVIDENCE_STATUS_CLASS}
    assert ours <= named
    known = set(declared(ontology("equipoise"))) | {
        f"{v.RDF}subject", f"{v.RDF}predicate", f"{v.RDF}object", f"{v.RDFS}seeAlso", v.LABEL,
    }  # fmt: skip
    terms = {iri for iri in named if not re.search(r"[/#]$", iri)}
    assert terms <= known


@pytest.mark.parametrize("name", ["cases", "sensetime", "principles", "sdg", "principle-goals"])
def test_the_context_round_trips(name: str) -> None:
    """Turtle to JSON-LD with the context and back is the same, by two parsers."""
    import rdflib

    path = data_dir() / f"{name}.ttl"
    graph = rdflib.Graph().parse(path)
    text = graph.serialize(format="json-ld", context=context())
    back = rdflib.Graph().parse(data=text, format="json-ld")
    assert set(back) == set(graph)
    parsed = {quad.triple for quad in parse(text.encode(), format=RdfFormat.JSON_LD)}
    assert parsed == triples(path)


def test_a_case_written_by_hand_reads_as_meant() -> None:
    case = {
        "@context": context(),
        "@id": "id:case/a",
        "@type": "Case",
        "title": "A",
        "startYear": 2020,
        "verified": True,
        "country": "id:country/KE",
        "participation": {"@id": "id:participation/p", "@type": "Participation",
                          "organisation": "id:organisation/o", "role": "id:role/developer"},
    }  # fmt: skip
    link = {
        "@context": context(), "@id": "id:link/l", "@type": "Link", "subject": "id:case/a",
        "predicate": "supports", "object": "sdg:7.3", "directness": "Direct", "confidence": 0.8,
    }  # fmt: skip
    found = {
        (t.subject.value, t.predicate.value, t.object)
        for document in (case, link)
        for quad in parse(json.dumps(document).encode(), format=RdfFormat.JSON_LD)
        for t in [quad.triple]
    }
    a, p, l_ = f"{v.ID}case/a", f"{v.ID}participation/p", f"{v.ID}link/l"
    assert (a, v.TITLE, Literal("A", language="en")) in found
    assert (a, v.START_YEAR, Literal("2020", datatype=NamedNode(f"{v.XSD}integer"))) in found
    assert (a, v.VERIFIED, Literal("true", datatype=NamedNode(f"{v.XSD}boolean"))) in found
    assert (a, v.PARTICIPATION_PROPERTY, NamedNode(p)) in found
    assert (p, v.ROLE, NamedNode(f"{v.ID}role/developer")) in found
    assert (l_, v.PREDICATE, NamedNode(v.SUPPORTS)) in found
    assert (l_, v.OBJECT, NamedNode(f"{v.SDG}7.3")) in found
    assert (l_, v.DIRECTNESS, NamedNode(v.DIRECT)) in found


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
