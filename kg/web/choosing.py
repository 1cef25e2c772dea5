"""What the forms of the pages offer, and the numbers on top of the first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.projection import Projection
from kg.web import state

if TYPE_CHECKING:
    from kg.store import GraphStore, Snapshot

KIND_WORDS: Final = {
    v.CASE: "case",
    v.PRINCIPLE: "principle",
    v.PRINCIPLE_FRAMEWORK: "framework",
    v.CONCEPT_SCHEME: "scheme",
    v.TECHNOLOGY: "technology",
    v.ORGANISATION: "organisation",
    v.GOAL: "goal",
    v.TARGET: "target",
    v.INDICATOR: "indicator",
    v.COUNTRY_CLASS: "country",
    v.REGION_CLASS: "region",
    v.SOURCE: "source",
    v.CLAIM: "claim",
    v.DOCUMENT: "document",
    v.EVENT: "event",
    v.COMMITTEE: "committee",
    v.DCAT_DATASET: "dataset",
    f"{v.FOAF}Person": "person",
}
"""What search calls the things it finds."""
_OFFERED: Final = (
    "goal",
    "principle",
    "technology",
    "region",
    "country",
    "status",
    "dataset",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """What the graph holds, in numbers."""

    cases: int
    frameworks: int
    targets: int
    targets_touched: int
    links: int
    negative: int


def case_choices(store: GraphStore) -> dict[str, list[tuple[str, str, int]]]:
    """Members that some case touches, per dimension: IRI, name, number of cases."""
    projection = Projection.open(store)
    offered = {}
    for dimension in _OFFERED:
        found = projection.incidence("case", dimension, "both")
        listed = [
            (member.id, member.name, int(count))
            for member, count in zip(found.members, found.totals, strict=True)
            if count
        ]
        # Goals keep the order of their numbers; everything else is looked up by name.
        offered[dimension] = (
            listed if dimension == "goal" else sorted(listed, key=lambda item: item[1].lower())
        )
    return offered


def datasets_of(store: GraphStore) -> list[tuple[str, str]]:
    """Datasets that hold cases: IRI and title."""
    return [(member.id, member.label) for member in Projection.open(store).members("dataset")]


def headline(store: GraphStore, snapshot: Snapshot) -> Headline:
    """Numbers of the whole graph."""
    projection = Projection.open(store)
    targets = projection.incidence("case", "target", "both")
    links, negative = state.once_per_revision("links", snapshot, _links)
    return Headline(
        cases=projection.unit_count("case"),
        frameworks=projection.unit_count("framework"),
        targets=len(targets.members),
        targets_touched=int((targets.totals > 0).sum()),
        links=links,
        negative=negative,
    )


def _links(snapshot: Snapshot) -> tuple[int, int]:
    rows: Any = snapshot.query(
        """SELECT ?p (COUNT(*) AS ?n) { ?case ?p ?thing
        VALUES ?p { eq:supports eq:undermines eq:upholds eq:violates } } GROUP BY ?p"""
    )
    counts = {row["p"].value: int(row["n"].value) for row in rows}
    return sum(counts.values()), counts.get(v.UNDERMINES, 0) + counts.get(v.VIOLATES, 0)
