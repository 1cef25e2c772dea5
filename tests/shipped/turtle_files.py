"""Reading the shipped Turtle files into plain values for the tests beside this module."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple, parse

from kg import vocabulary as v
from kg.locations import ontology_dir

if TYPE_CHECKING:
    from pathlib import Path

RESERVED = (v.RDF, v.RDFS, v.OWL, v.XSD)
"""Namespaces whose names OWL 2 DL keeps for itself."""
KINDS = {
    f"{v.OWL}Class",
    f"{v.OWL}ObjectProperty",
    f"{v.OWL}DatatypeProperty",
    f"{v.OWL}AnnotationProperty",
    f"{v.OWL}NamedIndividual",
}


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
