"""What a thing is, as a page: cases with links and evidence, everything else by its properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, render_template

from kg import vocabulary as v
from kg.errors import NotFound
from kg.projection.records import CaseRecord, case_record, predicate_word
from kg.web import state
from kg.web.browsing import labels_of, members

if TYPE_CHECKING:
    from kg.store import Snapshot

blueprint = Blueprint("entities", __name__)

_LINKED_BY: Final = (
    ("supports", v.SUPPORTS, "Cases that support it"),
    ("undermines", v.UNDERMINES, "Cases that undermine it"),
    ("upholds", v.UPHOLDS, "Cases that uphold it"),
    ("violates", v.VIOLATES, "Cases that violate it"),
    ("uses", v.USES_TECHNOLOGY, "Cases that use it"),
    ("relates", v.RELATES_TO_GOAL, "Principles related to it"),
    ("country", v.COUNTRY, "Cases and organisations there"),
    ("broader", v.BROADER, "Narrower"),
    ("mapped", v.EXACT_MATCH, "Exact matches from frameworks"),
    ("close", v.CLOSE_MATCH, "Close matches from frameworks"),
    ("narrow", v.NARROW_MATCH, "Broader concepts mapped here"),
    ("includes", v.INCLUDES_PRINCIPLE, "Frameworks that include it"),
    ("part", v.ORGANISATION_PROPERTY, "Takes part in"),
    ("publisher", v.PUBLISHER, "Published"),
    ("source", v.DCT_SOURCE, "Source of"),
    ("about", v.ABOUT, "Claims about it"),
)
_HIDDEN: Final = {
    v.LABEL,
    v.PREF_LABEL,
    v.TITLE,
    v.DEFINITION,
    v.TYPE,
    v.HIDDEN_LABEL,
    v.DESCRIPTION,
    f"{v.SKOS}topConceptOf",
}
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a thing: its name and its values (IRIs with labels, or texts)."""

    iri: str
    label: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing for a page."""

    iri: str
    label: str
    definition: str
    types: tuple[str, ...]
    colour: str
    properties: tuple[Property, ...]
    incoming: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def page(iri: str) -> str:
    """The HTML page of a thing.

    Raises:
        NotFound: The graph says nothing about it.
    """
    with state.store().reader() as snapshot:
        if _is_case(snapshot, iri):
            record = case_record(snapshot, iri)
            return render_template(
                "case.html",
                case=record,
                groups=_groups(record),
                word=predicate_word,
                revision=snapshot.revision,
            )
        return render_template(
            "entity.html", thing=entity(snapshot, iri), revision=snapshot.revision
        )


def entity(snapshot: Snapshot, iri: str) -> Entity:
    """Everything the graph says about a thing, with labels.

    Raises:
        NotFound: It says nothing.
    """
    if set(iri) & set('<>"{}|\\^` \n\r\t'):
        raise NotFound(f"{iri[:200]!r} is not an address")
    rows: Any = snapshot.query(f"SELECT DISTINCT ?p ?o {{ <{iri}> ?p ?o }} ORDER BY ?p ?o")
    outgoing: dict[str, list[Any]] = {}
    for row in rows:
        outgoing.setdefault(row["p"].value, []).append(row["o"])
    if not outgoing:
        raise NotFound(f"the graph says nothing about <{iri}>")
    incoming = _incoming(snapshot, iri)
    iris = {term.value for terms in outgoing.values() for term in terms if _is_iri(term)}
    iris |= set(outgoing) | {subject for _, listed in incoming for subject in listed}
    names = labels_of(snapshot, {*iris, iri})
    properties = tuple(
        Property(
            predicate,
            _property_name(predicate, names[predicate]),
            tuple(
                (term.value, names[term.value]) if _is_iri(term) else ("", _text(term))
                for term in terms[:_SHOWN]
            ),
        )
        for predicate, terms in sorted(outgoing.items())
        if predicate not in _HIDDEN
    )
    return Entity(
        iri=iri,
        label=names[iri],
        definition=_english(outgoing.get(v.DEFINITION) or outgoing.get(v.DESCRIPTION) or ()),
        types=tuple(
            names[term.value]
            for term in outgoing.get(v.TYPE, ())
            if term.value not in {v.CONCEPT, v.CONCEPT_SCHEME}
        ),
        colour=next((term.value for term in outgoing.get(v.COLOR, ())), ""),
        properties=properties,
        incoming=tuple(
            (
                title,
                tuple(sorted(((s, names[s]) for s in listed), key=lambda pair: pair[1].lower())),
            )
            for title, listed in incoming
        ),
    )


@blueprint.get("/frameworks")
def frameworks() -> str:
    """All frameworks."""
    with state.store().reader() as snapshot:
        rows: Any = snapshot.query(
            """SELECT ?f (SAMPLE(?l) AS ?label) (SAMPLE(?pl) AS ?publisher) (SAMPLE(?c) AS ?country)
            (MIN(?y) AS ?year) (SAMPLE(?b) AS ?binding) (COUNT(DISTINCT ?p) AS ?principles) {
            ?f a eq:PrincipleFramework ; skos:prefLabel ?l OPTIONAL { ?f eq:includesPrinciple ?p }
            OPTIONAL { ?f dcterms:publisher/rdfs:label ?pl } OPTIONAL { ?f eq:year ?y }
            OPTIONAL { ?f eq:country/skos:prefLabel ?c } OPTIONAL { ?f eq:binding ?b }
            FILTER(LANG(?l) IN ("en", "")) } GROUP BY ?f ORDER BY ?label"""
        )
        names = ("label", "publisher", "country", "year", "binding", "principles")
        listed = [
            {"id": row["f"].value, **{n: row[n].value if row[n] else "" for n in names}}
            for row in rows
        ]
        return render_template("frameworks.html", frameworks=listed, revision=snapshot.revision)


@blueprint.get("/principles")
def principles() -> str:
    """The pivot principles."""
    with state.store().reader() as snapshot:
        listed = [
            item
            for item in members(snapshot, v.PRINCIPLE)
            if item.get("scheme") == v.PIVOT_FRAMEWORK
        ]
        return render_template(
            "concepts.html",
            heading="Pivot principles",
            lead="Every framework's principles are mapped to these, so that they can be compared.",
            concepts=listed,
            children={},
            revision=snapshot.revision,
        )


@blueprint.get("/sdg")
def goals() -> str:
    """Goals with their targets."""
    with state.store().reader() as snapshot:
        listed = sorted(members(snapshot, v.GOAL), key=lambda item: _code_order(item.get("code")))
        children: dict[str, list[dict[str, str]]] = {}
        for item in sorted(
            members(snapshot, v.TARGET), key=lambda item: _code_order(item.get("code"))
        ):
            children.setdefault(item.get("parent", ""), []).append(item)
        return render_template(
            "concepts.html",
            heading="Sustainable Development Goals",
            lead="Labels and definitions are ours; identifiers are the United Nations' own.",
            concepts=listed,
            children=children,
            revision=snapshot.revision,
        )


@blueprint.get("/technologies")
def technologies() -> str:
    """The technology scheme."""
    with state.store().reader() as snapshot:
        listed = members(snapshot, v.TECHNOLOGY)
        children: dict[str, list[dict[str, str]]] = {}
        for item in listed:
            children.setdefault(item.get("parent", ""), []).append(item)
        return render_template(
            "concepts.html",
            heading="Technologies",
            lead="A scheme in three levels.",
            concepts=children.get("", []),
            children=children,
            revision=snapshot.revision,
        )


def _groups(record: CaseRecord) -> list[tuple[str, list[Any]]]:
    titles = (
        ("Supports", v.SUPPORTS),
        ("Undermines", v.UNDERMINES),
        ("Upholds", v.UPHOLDS),
        ("Violates", v.VIOLATES),
        ("Uses", v.USES_TECHNOLOGY),
    )
    return [(title, links) for title, predicate in titles if (links := record.links_by(predicate))]


def _is_case(snapshot: Snapshot, iri: str) -> bool:
    if set(iri) & set('<>"{}|\\^` \n\r\t'):
        return False
    return bool(snapshot.query(f"ASK {{ <{iri}> a eq:Case }}"))


def _incoming(snapshot: Snapshot, iri: str) -> list[tuple[str, list[str]]]:
    values = " ".join(f"<{predicate}>" for _, predicate, _ in _LINKED_BY)
    rows: Any = snapshot.query(
        f"SELECT DISTINCT ?p ?s {{ VALUES ?p {{ {values} }} ?s ?p <{iri}> "
        "FILTER NOT EXISTS { ?s a eq:Link } } ORDER BY ?p ?s LIMIT 5000"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        if hasattr(row["s"], "value") and str(row["s"]).startswith("<"):
            found.setdefault(row["p"].value, []).append(row["s"].value)
    return [
        (title, found[predicate][:_SHOWN])
        for _, predicate, title in _LINKED_BY
        if predicate in found
    ]


def _property_name(iri: str, label: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1] if label == iri else label


def _is_iri(term: object) -> bool:
    return str(term).startswith("<") and not str(term).startswith("<<")


def _text(term: Any) -> str:
    language = getattr(term, "language", None)
    value = str(getattr(term, "value", term))
    return f"{value} ({language})" if language and language != "en" else value


def _english(terms: Any) -> str:
    for term in terms:
        if getattr(term, "language", None) in {None, "en"}:
            return str(term.value)
    return ""


def _code_order(code: str | None) -> tuple[int, int, str]:
    head, _, tail = (code or "").partition(".")
    return (int(head) if head.isdigit() else 99, int(tail) if tail.isdigit() else 99, tail)
