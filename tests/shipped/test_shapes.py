"""The SHACL shapes, as they ship: they find what is wrong and say the remedy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode
from turtle_files import RESERVED, declared, ontology, texts

from kg import vocabulary as v
from kg.locations import data_dir, ontology_dir

if TYPE_CHECKING:
    import rdflib

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
