"""What a thing is, as a page: cases with links and evidence, everything else by its properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import render_template

from kg import vocabulary as v
from kg.errors import NotFound
from kg.projection.records import CaseRecord, case_record, predicate_word
from kg.web import state
from kg.web.claims import claims_about
from kg.web.labels import labels_of
from kg.web.sections import sections

if TYPE_CHECKING:
    from kg.store import Snapshot

_HIDDEN: Final = {
    v.LABEL,
    v.PREF_LABEL,
    v.TITLE,
    v.DEFINITION,
    v.TYPE,
    v.HIDDEN_LABEL,
    v.ALT_LABEL,
    v.DESCRIPTION,
    v.NOTATION,
    v.COLOR,
    v.STATEMENT,
    v.INCLUDES_PRINCIPLE,
    v.RELATES_TO_GOAL,
    f"{v.SKOS}topConceptOf",
}
_NAMES: Final = {
    v.DCT_SOURCE: "Sources",
    v.EDITORIAL_NOTE: "On the evidence",
    v.BROADER: "Part of",
    v.EXACT_MATCH: "Same as",
    v.CLOSE_MATCH: "Close to",
    v.BROAD_MATCH: "Narrower than",
    v.NARROW_MATCH: "Wider than",
    v.RELATED_MATCH: "Related to",
    v.IN_SCHEME: "Belongs to",
    v.URL: "Address",
    v.VERIFIED: "Checked",
    v.BINDING: "Binding",
    f"{v.DCTERMS}subject": "Elsewhere",
}
_YES_NO: Final = {"true": "yes", "false": "no"}
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a thing: its name and its values (IRIs with labels, or texts)."""

    iri: str
    label: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing for a page: its names, what it is, and its properties."""

    iri: str
    label: str
    code: str
    definition: str
    types: tuple[str, ...]
    kinds: frozenset[str]
    colour: str
    other_names: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...]


def page(iri: str) -> str:
    """The HTML page of a thing.

    Raises:
        NotFound: The graph says nothing about it.
    """
    store = state.store()
    with store.reader() as snapshot:
        if _is_case(snapshot, iri):
            record = case_record(snapshot, iri)
            return render_template(
                "case.html",
                case=record,
                groups=_groups(record),
                claims=claims_about(snapshot, iri),
                word=predicate_word,
                revision=snapshot.revision,
            )
        thing = entity(snapshot, iri)
        return render_template(
            "entity.html",
            thing=thing,
            more=sections(store, snapshot, iri, thing.kinds),
            revision=snapshot.revision,
        )


def entity(snapshot: Snapshot, iri: str) -> Entity:
    """What the graph says about a thing, with labels.

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
    iris = {
        term.value
        for predicate, terms in outgoing.items()
        if predicate not in _HIDDEN or predicate == v.TYPE
        for term in terms
        if _is_iri(term)
    }
    names = labels_of(snapshot, {*iris, *outgoing, iri})
    properties = [
        Property(
            predicate,
            _property_name(predicate, names[predicate]),
            tuple(
                (term.value, names[term.value]) if _is_iri(term) else ("", _text(term))
                for term in terms[:_SHOWN]
            ),
        )
        for predicate, terms in outgoing.items()
        if predicate not in _HIDDEN
    ]
    kinds = frozenset(term.value for term in outgoing.get(v.TYPE, ()))
    return Entity(
        iri=iri,
        label=names[iri],
        code=_code(outgoing.get(v.NOTATION, ()), kinds),
        definition=_english(outgoing.get(v.DEFINITION) or outgoing.get(v.DESCRIPTION) or ()),
        types=tuple(
            names[kind] for kind in sorted(kinds) if kind not in {v.CONCEPT, v.CONCEPT_SCHEME}
        ),
        kinds=kinds,
        colour=next((term.value for term in outgoing.get(v.COLOR, ())), ""),
        other_names=_other_names(outgoing, names[iri]),
        properties=tuple(sorted(properties, key=lambda item: (item.label.lower(), item.iri))),
    )


def _groups(record: CaseRecord) -> list[tuple[str, str, list[Any]]]:
    titles = (
        ("Supports", "good", v.SUPPORTS),
        ("Undermines", "bad", v.UNDERMINES),
        ("Upholds", "good", v.UPHOLDS),
        ("Violates", "bad", v.VIOLATES),
        ("Uses", "", v.USES_TECHNOLOGY),
    )
    return [
        (title, tone, links)
        for title, tone, predicate in titles
        if (links := record.links_by(predicate))
    ]


def _is_case(snapshot: Snapshot, iri: str) -> bool:
    if set(iri) & set('<>"{}|\\^` \n\r\t'):
        return False
    return bool(snapshot.query(f"ASK {{ <{iri}> a eq:Case }}"))


def _other_names(outgoing: dict[str, list[Any]], label: str) -> tuple[tuple[str, str], ...]:
    """Names in a fixed order: English first, then by language."""
    found = {
        (getattr(term, "language", None) or "en", str(term.value))
        for predicate in (v.PREF_LABEL, v.LABEL, v.ALT_LABEL, v.TITLE)
        for term in outgoing.get(predicate, ())
        if term.value != label
    }
    return tuple(sorted(found, key=lambda pair: (pair[0] != "en", pair[0], pair[1].lower())))


def _code(terms: Any, kinds: frozenset[str]) -> str:
    # Notations of principles repeat their address; those of goals and places are codes in use.
    shown = {v.GOAL, v.TARGET, v.INDICATOR, v.COUNTRY_CLASS, v.REGION_CLASS}
    return str(min(term.value for term in terms)) if terms and kinds & shown else ""


def _property_name(iri: str, label: str) -> str:
    if iri in _NAMES:
        return _NAMES[iri]
    name = iri.replace("#", "/").rsplit("/", 1)[-1] if label == iri else label
    return name[:1].upper() + name[1:]


def _is_iri(term: object) -> bool:
    return str(term).startswith("<") and not str(term).startswith("<<")


def _text(term: Any) -> str:
    language = getattr(term, "language", None)
    value = str(getattr(term, "value", term))
    if str(getattr(term, "datatype", "")).endswith("#boolean>"):
        return _YES_NO.get(value, value)
    return f"{value} ({language})" if language and language != "en" else value


def _english(terms: Any) -> str:
    for term in terms:
        if getattr(term, "language", None) in {None, "en"}:
            return str(term.value)
    return ""
