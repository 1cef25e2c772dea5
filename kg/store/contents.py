"""What a snapshot holds: datasets, counts, hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.vocabulary import (
    CASE,
    CATALOG_GRAPH,
    DATASET,
    GOAL,
    LINK,
    ORGANISATION,
    PRINCIPLE,
    PRINCIPLE_FRAMEWORK,
    SOURCE,
    TARGET,
    TECHNOLOGY,
)

if TYPE_CHECKING:
    from kg.store.protocol import Revision, Snapshot

_KINDS: Final = {
    "Cases": CASE,
    "Links": LINK,
    "Principles": PRINCIPLE,
    "Frameworks": PRINCIPLE_FRAMEWORK,
    "Technologies": TECHNOLOGY,
    "Organisations": ORGANISATION,
    "Sources": SOURCE,
    "Goals": GOAL,
    "Targets": TARGET,
}


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """One dataset: its named graph and its catalogue record."""

    id: str
    name: str
    title: str
    triples: int
    cases: int
    links: int
    licence: str
    version: str
    source: str
    issued: str
    modified: str
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """As a plain mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Contents:
    """A snapshot's contents."""

    location: str
    revision: Revision
    content_hash: str
    triples: int
    counts: dict[str, int]
    datasets: tuple[DatasetRecord, ...]

    def to_dict(self) -> dict[str, Any]:
        """As a plain mapping."""
        return {
            "store": self.location,
            "revision": self.revision.id,
            "created": self.revision.created,
            "content_hash": self.content_hash,
            "triples": self.triples,
            "counts": self.counts,
            "datasets": [item.to_dict() for item in self.datasets],
        }


def describe(snapshot: Snapshot, location: str) -> Contents:
    """Count what a snapshot holds. Cost: a few passes over the data, kept where large."""
    return Contents(
        location=location,
        revision=snapshot.revision,
        content_hash=snapshot.content_hash(),
        triples=snapshot.triple_count(),
        counts={kind: _count(snapshot, iri) for kind, iri in _KINDS.items()},
        datasets=tuple(datasets(snapshot)),
    )


def datasets(snapshot: Snapshot) -> list[DatasetRecord]:
    """The datasets, by name: every named graph but the catalogue, with its record if it has one."""
    totals = _grouped(snapshot, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    cases = _grouped(snapshot, _typed(CASE))
    links = _grouped(snapshot, _typed(LINK))
    records = _records(snapshot)
    found = []
    for iri in sorted(totals):
        if iri == CATALOG_GRAPH:
            continue
        record = records.get(iri, {})
        found.append(
            DatasetRecord(
                id=iri,
                name=iri.removeprefix(DATASET),
                title=record.get("title", ""),
                triples=totals[iri],
                cases=cases.get(iri, 0),
                links=links.get(iri, 0),
                licence=record.get("license", ""),
                version=record.get("version", ""),
                source=record.get("source", ""),
                issued=record.get("issued", ""),
                modified=record.get("modified", ""),
                hash=record.get("hash", ""),
            )
        )
    return found


def _typed(kind: str) -> str:
    return f"SELECT ?g (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH ?g {{ ?s a <{kind}> }} }} GROUP BY ?g"


def _records(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    query = f"""
    SELECT ?d ?title ?license ?version ?source ?issued ?modified ?hash {{ GRAPH <{CATALOG_GRAPH}> {{
      ?d a dcat:Dataset .
      OPTIONAL {{ ?d dcterms:title ?title }} OPTIONAL {{ ?d dcterms:license ?license }}
      OPTIONAL {{ ?d dcat:version ?version }} OPTIONAL {{ ?d dcterms:source ?source }}
      OPTIONAL {{ ?d dcterms:issued ?issued }} OPTIONAL {{ ?d dcterms:modified ?modified }}
      OPTIONAL {{ ?d eq:contentHash ?hash }}
    }} }} ORDER BY ?d ?title ?license ?version ?source ?issued ?modified ?hash"""
    records: dict[str, dict[str, str]] = {}
    names = ("title", "license", "version", "source", "issued", "modified", "hash")
    rows: Any = snapshot.query(query)
    for row in rows:
        record = records.setdefault(row["d"].value, {})
        for name in names:
            if row[name] is not None:
                record.setdefault(name, row[name].value)
    return records


def _grouped(snapshot: Snapshot, query: str) -> dict[str, int]:
    rows: Any = snapshot.query(query)
    return {row["g"].value: int(row["n"].value) for row in rows}


def _count(snapshot: Snapshot, kind: str) -> int:
    query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{kind}> }}"
    rows: Any = snapshot.query(query)
    return int(next(iter(rows))["n"].value)
