"""The ontology as a page for people, generated from the ontology graph in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import render_template

from kg import vocabulary as v
from kg.identifiers import compact
from kg.web import state

if TYPE_CHECKING:
    from kg.store import Snapshot

_KINDS: Final = (
    ("Classes", f"{v.OWL}Class"),
    ("Object properties", f"{v.OWL}ObjectProperty"),
    ("Datatype properties", f"{v.OWL}DatatypeProperty"),
    ("Annotation properties", f"{v.OWL}AnnotationProperty"),
    ("Individuals", f"{v.OWL}NamedIndividual"),
)
_FACTS: Final = (
    (f"{v.RDFS}subClassOf", "Subclass of"),
    (f"{v.RDFS}subPropertyOf", "Subproperty of"),
    (f"{v.RDFS}domain", "Domain"),
    (f"{v.RDFS}range", "Range"),
    (f"{v.OWL}inverseOf", "Inverse of"),
    (f"{v.OWL}equivalentClass", "Equivalent to"),
    (f"{v.OWL}equivalentProperty", "Equivalent to"),
    (v.TYPE, "Type"),
    (v.EXACT_MATCH, "Exact match"),
    (v.CLOSE_MATCH, "Close match"),
    (v.BROAD_MATCH, "Broad match"),
    (v.NARROW_MATCH, "Narrow match"),
    (v.RELATED_MATCH, "Related match"),
    (f"{v.SKOS}scopeNote", "Scope"),
    (f"{v.SKOS}example", "Example"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology: what it is called, what it means, how it stands to others."""

    iri: str
    name: str
    label: str
    definition: str
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def page() -> str:
    """The page at ``/ontology``."""
    with state.store().reader() as snapshot:
        header = _header(snapshot)
        return render_template(
            "ontology.html",
            header=header,
            sections=[(title, terms(snapshot, kind)) for title, kind in _KINDS],
            prefixes=v.PREFIXES,
            revision=snapshot.revision,
        )


def terms(snapshot: Snapshot, kind: str) -> list[Term]:
    """Terms of our namespace of one kind, by name."""
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?x ?p ?o {{ GRAPH <{v.ONTOLOGY_GRAPH}> {{ ?x a <{kind}> ; ?p ?o
        FILTER(STRSTARTS(STR(?x), "{v.EQ}")) }} }} ORDER BY ?x ?p ?o"""
    )
    said: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        said.setdefault(row["x"].value, {}).setdefault(row["p"].value, []).append(row["o"])
    return [
        Term(
            iri=iri,
            name=iri.removeprefix(v.EQ),
            label=_text(item, v.LABEL) or iri.removeprefix(v.EQ),
            definition=_text(item, v.DEFINITION),
            facts=tuple(
                (title, values)
                for predicate, title in _FACTS
                if (values := _values(item.get(predicate, ()), kind))
            ),
        )
        for iri, item in said.items()
    ]


def _header(snapshot: Snapshot) -> dict[str, Any]:
    rows: Any = snapshot.query(
        f"SELECT ?p ?o {{ GRAPH <{v.ONTOLOGY_GRAPH}> {{ <{v.ONTOLOGY}> ?p ?o }} }} ORDER BY ?p ?o"
    )
    said: dict[str, list[Any]] = {}
    for row in rows:
        said.setdefault(row["p"].value, []).append(row["o"])
    return {
        "iri": v.ONTOLOGY,
        "title": _text(said, v.TITLE) or _text(said, v.LABEL) or "Ontology",
        "description": _text(said, v.DESCRIPTION) or _text(said, v.DEFINITION),
        "version": _text(said, f"{v.OWL}versionInfo"),
        "version_iri": _text(said, f"{v.OWL}versionIRI"),
        "licence": _text(said, v.LICENSE),
        "creators": [term.value for term in said.get(f"{v.DCTERMS}creator", ())],
        "issued": _text(said, v.ISSUED) or _text(said, f"{v.DCTERMS}modified"),
        "changes": [term.value for term in said.get(f"{v.SKOS}changeNote", ())]
        + [term.value for term in said.get(f"{v.SKOS}historyNote", ())],
    }


def _values(found: Any, kind: str) -> tuple[tuple[str, str], ...]:
    listed = []
    for term in found:
        if str(term).startswith("<"):
            if term.value != kind and not term.value.startswith(v.OWL):
                listed.append((term.value, compact(term.value)))
        elif not str(term).startswith("_:"):
            listed.append(("", term.value))
    return tuple(listed)


def _text(item: dict[str, list[Any]], predicate: str) -> str:
    for term in item.get(predicate, ()):
        if getattr(term, "language", None) in {None, "en"}:
            return str(term.value)
    return ""
