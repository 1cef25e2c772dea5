"""The compiled shapes against pySHACL, on good and on bad data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asking import PREFIXES

from kg.errors import InputError
from kg.ingest.carrying import validate_files
from kg.ingest.findings import Finding, Findings, shacl_report
from kg.ingest.shacl_reference import reference_findings
from kg.ingest.shape_checks import checks
from kg.ingest.shape_model import ShapeReader
from kg.ingest.validation import validate_data
from kg.store import GraphStore

Writes = Callable[..., Path]
BAD = (
    PREFIXES
    + """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
case:none a eq:Case .
case:years a eq:Case ; rdfs:label "A"@en ; eq:startYear "2020" , 2021 ; eq:endYear 1800 .
case:order a eq:Case ; rdfs:label "B"@en ; eq:startYear 2020 ; eq:endYear 2010 .
case:wrong a eq:Case ; rdfs:label "C"@en ; eq:country sdg:7 , country:KE ; eq:status country:KE ;
  eq:verified "maybe" ; eq:participation case:none ; dcterms:source case:none ; eq:outcome " " .
case:twice a eq:Case ; dcterms:title "One"@en , "Two"@en ; dcterms:identifier "a" , "b" .
link:no a eq:Link ; rdf:subject case:none ; rdf:predicate rdfs:label ; rdf:object "text" .
link:odd a eq:Link ; rdfs:label "l"@en ; rdf:subject case:none , case:years ;
  rdf:predicate eq:upholds ;
  rdf:object sdg:7.3 ; eq:directness eq:Accepted ; eq:confidence 3.0 ; eq:reviewStatus "yes" ;
  eq:misspelt "closed" ; prov:wasAttributedTo "me" .
<https://example.org/f> a eq:PrincipleFramework ; skos:prefLabel "F"@en , "G"@en ; eq:year "2019" ;
  eq:binding "no" ; eq:includesPrinciple sdg:7 ; schema:url "nowhere" .
<https://example.org/p> a eq:Principle ; skos:prefLabel "P"@en ;
  skos:inScheme <https://example.org/f> ;
  skos:exactMatch principle:privacy ; skos:broadMatch principle:privacy .
<https://example.org/s> a eq:Source ; rdfs:label "S"@en ; schema:url "ftp://x" ;
  eq:sourceKind country:KE .
<https://example.org/o> a org:Organization ; rdfs:label "O"@en , "P"@en ;
  eq:organisationType country:KE .
<https://example.org/c> a eq:Claim ; eq:evidenceStatus eq:Direct .
<https://example.org/e> a eq:Committee ; eq:established "then" .
"""
)


def _keys(findings: object) -> set[tuple[str, str, str, str]]:
    return {(item.iri, item.column, item.check, item.severity) for item in findings}  # type: ignore[attr-defined]


def test_both_engines_find_the_same_in_bad_data(shipped: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(BAD)
    ours = _keys(validate_files(shipped, [path]).findings)
    theirs = _keys(reference_findings(shipped, [path]))
    assert ours - theirs == set()
    assert theirs - ours == set()
    assert len(ours) > 40
    assert {key[2] for key in ours} >= {
        "MinCount",
        "MaxCount",
        "Datatype",
        "Class",
        "NodeKind",
        "In",
        "Pattern",
        "UniqueLang",
        "LessThanOrEquals",
        "Node",
        "Or",
        "Closed",
        "MinInclusive",
        "MaxInclusive",
        "Disjoint",
    }


@pytest.mark.slow
def test_both_engines_find_nothing_in_the_shipped_data(shipped: GraphStore) -> None:
    assert list(validate_data(shipped)) == []
    assert list(validate_data(shipped, engine="pyshacl")) == []


def test_the_shipped_data_have_no_finding(shipped: GraphStore) -> None:
    assert [str(item) for item in validate_data(shipped)] == []


def test_every_check_says_what_to_do() -> None:
    for check in checks():
        assert check.message.strip(), check
        assert check.targets, check
    assert len(checks()) > 250


def test_a_constraint_that_is_not_understood_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <https://e.org/> .\n"
        "e:s a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path e:p ; "
        "sh:qualifiedMinCount 1 ] .\n"
    )
    with pytest.raises(InputError, match="qualifiedMinCount"):
        ShapeReader(path).node_shapes()


def test_the_report_is_shacl(tmp_path: Path) -> None:
    import rdflib

    findings = Findings()
    findings.add(Finding("no", file="a b.csv", row=3, column="title", value="x y"))
    findings.add(
        Finding(
            "hm",
            "warning",
            iri="https://e.org/a",
            column="https://e.org/p",
            check="MinCount",
            shape="https://e.org/shape",
            value="https://e.org/v",
        )
    )
    graph = rdflib.Graph().parse(data=shacl_report(findings), format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert len(list(graph.subjects(rdflib.RDF.type, sh.ValidationResult))) == 2
    assert graph.value(predicate=sh.conforms, object=rdflib.Literal(False)) is not None
    assert (None, sh.focusNode, rdflib.URIRef("urn:file:a%20b.csv#row=3")) in graph
    assert (None, sh.sourceConstraintComponent, sh.MinCountConstraintComponent) in graph


def test_validating_names_the_line_of_what_does_not_parse(
    shipped: GraphStore, tmp_path: Path
) -> None:
    path = tmp_path / "broken.nt"
    path.write_text("<a:a> <a:b> <a:c> .\nbroken\n")
    found = list(validate_data(shipped, [path]))
    assert [(item.file, item.row, item.check) for item in found] == [("broken.nt", 2, "Parse")]
