"""The JSON-LD context, as it ships: complete, and nothing is lost on the way."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from turtle_files import declared, ontology, subjects, triples

from kg import vocabulary as v
from kg.locations import data_dir, ontology_dir


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
