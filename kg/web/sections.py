"""The parts of a thing's page that depend on what it is: its cases, claims, tables and lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.model import Node
from kg.web.case_lists import CaseList, Choice, cases_matching
from kg.web.claims import Claim, claims, claims_about
from kg.web.concepts import code_order, parents_of
from kg.web.labels import labels_of
from kg.web.mappings import Match, Row, matches_of, pivot_principles_missing, principles_of
from kg.web.tallies import NOTHING, Tally, tallies, uses

if TYPE_CHECKING:
    from kg.store import GraphStore, Snapshot

_SIGNED: Final = {v.GOAL: "goal", v.TARGET: "target", v.PRINCIPLE: "principle"}
_PLAIN: Final = {
    v.TECHNOLOGY: "technology-family",
    v.COUNTRY_CLASS: "country",
    v.REGION_CLASS: "region",
    v.ORGANISATION: "organisation",
}
_HEADINGS: Final = {
    "sdg": (("Supported by", "cases support it"), ("Undermined by", "cases undermine it")),
    "principle": (("Upheld by", "cases uphold it"), ("Violated by", "cases violate it")),
}
_POINTERS: Final = (
    (v.COUNTRY, "In this country"),
    (v.REGION, "Countries"),
    (v.ORGANISATION_TYPE, "Organisations of this type"),
    (v.PUBLISHER_TYPE, "Frameworks published by this type"),
    (v.SOURCE_KIND, "Sources of this kind"),
    (v.STATUS, "Cases with this status"),
    (f"{v.ORG}subOrganizationOf", "Parts"),
    (f"{v.ORG}unitOf", "Committees"),
    (f"{v.ORG}memberOf", "Members"),
    (v.PARTICIPANT, "Events it took part in"),
    (v.PRESENTS, "Presented at"),
    (f"{v.DCTERMS}creator", "Author of"),
    (f"{v.DCTERMS}references", "Referred to by"),
    (v.PUBLISHER, "Published"),
    (v.ASSERTED_BY, "Claims it makes"),
    (v.DISPUTED_BY, "Objects to"),
    (v.DCT_SOURCE, "Source of"),
    (v.RELATES_TO_GOAL, "Principles related to it"),
    (v.INCLUDES_PRINCIPLE, "Frameworks that include it"),
    (v.IN_SCHEME, "Members"),
    (v.BROADER, "Narrower"),
)
_SHOWN: Final = 60
_CASES: Final = 40
_POINTING: Final = 5_000
"""Things pointing at one that are looked at; sorting more would take longer than reading them."""


@dataclass(frozen=True, slots=True)
class CaseSection:
    """Cases under one heading, with the address of the whole list."""

    title: str
    said: str
    tone: str
    found: CaseList
    choice: Choice
    polarity: str
    roles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A narrower thing with the cases that touch it."""

    id: str
    code: str
    label: str
    tally: Tally
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A principle or goal that another is said to relate to, and why."""

    node: Node
    rationale: str


@dataclass(slots=True)
class Sections:
    """Everything below the properties of a thing."""

    cases: list[CaseSection] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    this_claim: Claim | None = None
    parts: list[Part] = field(default_factory=list)
    parts_title: str = ""
    reasons: list[Reason] = field(default_factory=list)
    reasons_title: str = ""
    principles: list[Row] = field(default_factory=list)
    missing: list[Node] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    contents: list[tuple[Node, int]] = field(default_factory=list)
    pointers: list[tuple[str, int, list[Node]]] = field(default_factory=list)


def sections(store: GraphStore, snapshot: Snapshot, iri: str, kinds: frozenset[str]) -> Sections:
    """Look up what a page of a thing of these kinds shows.

    Cost: some ten queries, 5–40 ms on the shipped graph.
    """
    found = Sections(claims=claims_about(snapshot, iri), cases=_cases(snapshot, iri, kinds))
    _add_parts(found, store, snapshot, iri, kinds)
    shown: set[str] = set()
    if kinds & {v.GOAL, v.TARGET, v.TECHNOLOGY}:
        shown.add(v.BROADER)
    if v.GOAL in kinds:
        shown.add(v.RELATES_TO_GOAL)
    if kinds & {v.GOAL, v.PRINCIPLE}:
        found.reasons = _reasons(snapshot, iri)
        found.reasons_title = (
            "Principles related to it" if v.GOAL in kinds else "Goals it relates to"
        )
    if v.PRINCIPLE in kinds:
        found.matches = matches_of(snapshot, iri)
        shown |= {v.INCLUDES_PRINCIPLE} if found.matches else set()
    if v.PRINCIPLE_FRAMEWORK in kinds:
        shown.add(v.IN_SCHEME)
        found.principles = principles_of(store, snapshot, iri)
        if iri != v.PIVOT_FRAMEWORK:
            found.missing = pivot_principles_missing(snapshot, iri)
    if v.DCAT_DATASET in kinds:
        found.contents = _contents(snapshot, iri)
    if v.CLAIM in kinds:
        found.this_claim = next(iter(claims(snapshot, [iri])), None)
    found.pointers = _pointing(snapshot, iri, shown, hide_cases=bool(found.cases))
    return found


def _cases(snapshot: Snapshot, iri: str, kinds: frozenset[str]) -> list[CaseSection]:
    signed = next((name for kind, name in _SIGNED.items() if kind in kinds), None)
    if signed:
        if signed == "principle" and not _is_pivot(snapshot, iri):
            signed = "framework-principle"
        choice = Choice(signed, iri)
        headings = _HEADINGS["principle" if "principle" in signed else "sdg"]
        return [
            CaseSection(
                title,
                said,
                tone,
                cases_matching(snapshot, [choice], polarity, size=_CASES),
                choice,
                polarity,
            )
            for polarity, (title, said), tone in zip(
                ("positive", "negative"), headings, ("good", "bad"), strict=True
            )
        ]
    plain = next((name for kind, name in _PLAIN.items() if kind in kinds), None)
    if not plain:
        return []
    choice = Choice(plain, iri)
    listed = cases_matching(snapshot, [choice], size=_CASES)
    roles = _roles(snapshot, iri) if plain == "organisation" else {}
    return [CaseSection("Cases", "", "", listed, choice, "both", roles)] if listed.total else []


def _add_parts(
    found: Sections, store: GraphStore, snapshot: Snapshot, iri: str, kinds: frozenset[str]
) -> None:
    if v.GOAL in kinds:
        found.parts, found.parts_title = _targets(store, snapshot, iri), "Targets"
    elif v.TARGET in kinds:
        found.parts, found.parts_title = _narrower(snapshot, iri, {}), "Indicators"
    elif v.TECHNOLOGY in kinds:
        counts = uses(store, parents_of(snapshot, v.TECHNOLOGY))
        found.parts = _narrower(snapshot, iri, counts)
        found.parts_title = "Narrower"


def _contents(snapshot: Snapshot, dataset: str) -> list[tuple[Node, int]]:
    rows: Any = snapshot.query(
        f"""SELECT ?kind (COUNT(DISTINCT ?x) AS ?n) {{ GRAPH <{dataset}> {{ ?x a ?kind }} }}
        GROUP BY ?kind ORDER BY DESC(?n) ?kind"""
    )
    counted = {row["kind"].value: int(row["n"].value) for row in rows}
    names = labels_of(snapshot, counted)
    return [(Node(kind, names[kind]), count) for kind, count in counted.items()]


def _is_pivot(snapshot: Snapshot, principle: str) -> bool:
    return bool(snapshot.query(f"ASK {{ <{principle}> skos:inScheme <{v.PIVOT_FRAMEWORK}> }}"))


def _targets(store: GraphStore, snapshot: Snapshot, goal: str) -> list[Part]:
    counts = tallies(store, "target")
    return [
        Part(part.id, part.code, part.label, counts.get(part.id, NOTHING))
        for part in _narrower(snapshot, goal, {})
    ]


def _narrower(snapshot: Snapshot, iri: str, counts: dict[str, int]) -> list[Part]:
    rows: Any = snapshot.query(
        f"""SELECT ?x (MIN(STR(?l)) AS ?label) (MIN(STR(?n)) AS ?code) {{ ?x skos:broader <{iri}> ;
        skos:prefLabel ?l FILTER(LANG(?l) IN ("en", "")) OPTIONAL {{ ?x skos:notation ?n }} }}
        GROUP BY ?x"""
    )
    listed = [
        Part(
            row["x"].value,
            row["code"].value if row["code"] and row["x"].value.startswith(v.SDG) else "",
            row["label"].value,
            NOTHING,
            counts.get(row["x"].value, 0),
        )
        for row in rows
    ]
    return sorted(listed, key=lambda part: (*code_order(part.code), part.label.lower()))


def _reasons(snapshot: Snapshot, iri: str) -> list[Reason]:
    rows: Any = snapshot.query(
        f"""SELECT ?x (MIN(STR(?why)) AS ?reason) {{
        {{ <{iri}> eq:relatesToGoal ?x OPTIONAL {{ ?link rdf:subject <{iri}> ;
           rdf:predicate eq:relatesToGoal ; rdf:object ?x ; eq:rationale ?why }} }} UNION
        {{ ?x eq:relatesToGoal <{iri}> OPTIONAL {{ ?link rdf:subject ?x ;
           rdf:predicate eq:relatesToGoal ; rdf:object <{iri}> ; eq:rationale ?why }} }}
        }} GROUP BY ?x"""
    )
    found = {
        row["x"].value: row["reason"].value if row["reason"] else "" for row in rows if row["x"]
    }
    names = labels_of(snapshot, found)
    return sorted(
        (Reason(Node(thing, names[thing]), why) for thing, why in found.items()),
        key=lambda reason: (
            code_order(reason.node.id.rsplit("/", 1)[-1]),
            reason.node.label.lower(),
        ),
    )


def _roles(snapshot: Snapshot, organisation: str) -> dict[str, str]:
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?case ?role {{ ?case eq:participation ?part . ?part eq:organisation
        <{organisation}> ; eq:role/skos:prefLabel ?role FILTER(LANG(?role) IN ("en", "")) }}
        ORDER BY ?case ?role"""
    )
    found: dict[str, str] = {}
    for row in rows:
        case, role = row["case"].value, row["role"].value.lower()
        found[case] = f"{found[case]}, {role}" if case in found else role
    return found


def _pointing(
    snapshot: Snapshot, iri: str, shown: set[str], *, hide_cases: bool
) -> list[tuple[str, int, list[Node]]]:
    values = ", ".join(f"<{predicate}>" for predicate, _ in _POINTERS if predicate not in shown)
    no_case = "?s a eq:Case" if hide_cases else "?s a eq:Participation"
    rows: Any = snapshot.query(
        f"""SELECT DISTINCT ?p ?s {{ ?s ?p <{iri}> FILTER(?p IN ({values}) && ISIRI(?s))
        FILTER NOT EXISTS {{ ?s a eq:Link }} FILTER NOT EXISTS {{ {no_case} }}
        FILTER NOT EXISTS {{ ?s a eq:Participation }} }} LIMIT {_POINTING}"""
    )
    listed: dict[str, list[str]] = {}
    for row in rows:
        listed.setdefault(row["p"].value, []).append(row["s"].value)
    names = labels_of(snapshot, {iri for found in listed.values() for iri in found})
    return [
        (
            title,
            len(listed[predicate]),
            sorted(
                (Node(thing, names[thing]) for thing in listed[predicate]),
                key=lambda node: (*code_order(node.id.rsplit("/", 1)[-1]), node.label.lower()),
            )[:_SHOWN],
        )
        for predicate, title in _POINTERS
        if predicate in listed
    ]
