"""Claims for a page: who says what, who objects, and how well it is supported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.identifiers import listed_iris
from kg.model import Node, Source
from kg.web.labels import labels_of

if TYPE_CHECKING:
    from kg.store import Snapshot

STATUS_WORDS: Final = {
    v.CONFIRMED: "confirmed",
    v.SELF_REPORTED: "self-reported",
    v.ALLEGED: "alleged",
    v.UNVERIFIED: "unverified",
}
_ORDER: Final = ("alleged", "unverified", "self-reported", "confirmed", "")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with its evidence; contested when somebody objects to it."""

    id: str
    label: str
    statement: str
    status: str
    date: str
    asserted_by: tuple[Node, ...]
    disputed_by: tuple[Node, ...]
    dispute_note: str
    note: str
    about: tuple[Node, ...]
    corrects: tuple[Node, ...]
    corrected_by: tuple[Node, ...]
    sources: tuple[Source, ...]

    @property
    def is_contested(self) -> bool:
        """Whether somebody objects."""
        return bool(self.disputed_by or self.dispute_note)


def claims_about(snapshot: Snapshot, iri: str) -> list[Claim]:
    """Claims about a thing: contested first, then the weakly supported, then by date."""
    rows: Any = snapshot.query(f"SELECT DISTINCT ?x {{ ?x a eq:Claim ; eq:about <{iri}> }}")
    return claims(snapshot, [row["x"].value for row in rows])


def claims(snapshot: Snapshot, iris: Iterable[str]) -> list[Claim]:
    """Claims by their IRIs, in the order a reader wants them.

    Cost: three queries, whatever the number of claims.
    """
    wanted = sorted(set(iris))
    if not wanted:
        return []
    values = listed_iris(wanted)
    said: dict[str, dict[str, list[str]]] = {iri: {} for iri in wanted}
    rows: Any = snapshot.query(
        f"SELECT DISTINCT ?x ?p ?o {{ VALUES ?x {{ {values} }} ?x ?p ?o }} ORDER BY ?x ?p ?o"
    )
    for row in rows:
        said[row["x"].value].setdefault(row["p"].value, []).append(str(row["o"].value))
    answers: dict[str, list[str]] = {}
    rows = snapshot.query(
        f"SELECT DISTINCT ?x ?by {{ VALUES ?x {{ {values} }} ?by eq:corrects ?x }} ORDER BY ?by"
    )
    for row in rows:
        answers.setdefault(row["x"].value, []).append(row["by"].value)
    sources = _sources(snapshot, {s for item in said.values() for s in item.get(v.DCT_SOURCE, ())})
    things = {
        iri
        for item in said.values()
        for predicate in (v.ASSERTED_BY, v.DISPUTED_BY, v.ABOUT, v.CORRECTS)
        for iri in item.get(predicate, ())
    } | {iri for listed in answers.values() for iri in listed}
    names = labels_of(snapshot, things)

    def nodes(listed: Iterable[str]) -> tuple[Node, ...]:
        return tuple(Node(iri, names[iri]) for iri in listed)

    found = [
        Claim(
            id=iri,
            label=_one(item, v.LABEL) or iri,
            statement=_one(item, v.STATEMENT),
            status=STATUS_WORDS.get(_one(item, v.EVIDENCE_STATUS), ""),
            date=_one(item, f"{v.DCTERMS}date"),
            asserted_by=nodes(item.get(v.ASSERTED_BY, ())),
            disputed_by=nodes(item.get(v.DISPUTED_BY, ())),
            dispute_note=_one(item, v.DISPUTE_NOTE),
            note=_one(item, v.EDITORIAL_NOTE),
            about=nodes(item.get(v.ABOUT, ())),
            corrects=nodes(item.get(v.CORRECTS, ())),
            corrected_by=nodes(answers.get(iri, ())),
            sources=tuple(
                sources[source] for source in item.get(v.DCT_SOURCE, ()) if source in sources
            ),
        )
        for iri, item in said.items()
        if item
    ]
    return sorted(
        found,
        key=lambda claim: (
            not claim.is_contested,
            _ORDER.index(claim.status),
            claim.date or "9999",
            claim.label,
        ),
    )


def _sources(snapshot: Snapshot, iris: Iterable[str]) -> dict[str, Source]:
    values = listed_iris(sorted(iris))
    rows: Any = snapshot.query(
        f"""SELECT ?x (MIN(STR(?l)) AS ?label) (MIN(STR(?u)) AS ?url) (MIN(?y) AS ?year)
        (MIN(STR(?p)) AS ?publisher) (MIN(STR(?pl)) AS ?name) {{ VALUES ?x {{ {values} }}
        ?x rdfs:label ?l OPTIONAL {{ ?x schema:url ?u }} OPTIONAL {{ ?x eq:year ?y }}
        OPTIONAL {{ ?x dcterms:publisher ?p OPTIONAL {{ ?p rdfs:label ?pl }} }} }} GROUP BY ?x"""
    )
    return {
        row["x"].value: Source(
            id=row["x"].value,
            label=row["label"].value,
            url=row["url"].value if row["url"] else "",
            publisher=Node(row["publisher"].value, (row["name"] or row["publisher"]).value)
            if row["publisher"]
            else None,
            year=int(row["year"].value) if row["year"] else None,
        )
        for row in rows
        if row["x"] is not None
    }


def _one(item: dict[str, list[str]], predicate: str) -> str:
    return item.get(predicate, [""])[0]
