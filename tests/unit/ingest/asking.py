"""Prefixes and questions for the tests of carrying in."""

from __future__ import annotations

from kg.store import GraphStore

PREFIXES = """
@prefix eq: <https://w3id.org/equipoise/ontology#> .
@prefix case: <https://w3id.org/equipoise/id/case/> .
@prefix link: <https://w3id.org/equipoise/id/link/> .
@prefix country: <https://w3id.org/equipoise/id/country/> .
@prefix principle: <https://w3id.org/equipoise/id/principle/> .
@prefix status: <https://w3id.org/equipoise/id/status/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sdg: <http://metadata.un.org/sdg/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
GRAPH = "https://w3id.org/equipoise/dataset/"


def ask(store: GraphStore, pattern: str, dataset: str = "") -> bool:
    """Whether a pattern holds, in one dataset or anywhere."""
    scoped = f"GRAPH <{GRAPH}{dataset}> {{ {pattern} }}" if dataset else pattern
    return bool(store.query(f"ASK {{ {scoped} }}"))


def values(store: GraphStore, query: str) -> list[tuple[str, ...]]:
    """The rows of a query as text."""
    rows = store.query(query)
    return [tuple("" if term is None else term.value for term in row) for row in rows]  # type: ignore[union-attr]
