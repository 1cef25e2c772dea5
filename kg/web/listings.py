"""Lists of what the graph compares: frameworks, pivot principles, goals, technologies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from kg import vocabulary as v
from kg.web import state
from kg.web.concepts import code_order, members, parents_of
from kg.web.tallies import tallies, uses

blueprint = Blueprint("listings", __name__)


@blueprint.get("/frameworks")
def frameworks() -> str:
    """All frameworks."""
    with state.store().reader() as snapshot:
        rows: Any = snapshot.query(
            """SELECT ?f (MIN(STR(?l)) AS ?label) (SAMPLE(?pl) AS ?publisher)
            (SAMPLE(?c) AS ?country) (SAMPLE(?t) AS ?type) (MIN(?y) AS ?year)
            (SAMPLE(?b) AS ?binding) (COUNT(DISTINCT ?p) AS ?principles) {
            ?f a eq:PrincipleFramework ; skos:prefLabel ?l FILTER(LANG(?l) IN ("en", ""))
            OPTIONAL { ?f eq:includesPrinciple ?p }
            OPTIONAL { ?f dcterms:publisher/rdfs:label ?pl } OPTIONAL { ?f eq:year ?y }
            OPTIONAL { ?f eq:publisherType/skos:prefLabel ?t FILTER(LANG(?t) IN ("en", "")) }
            OPTIONAL { ?f eq:country/skos:prefLabel ?c FILTER(LANG(?c) IN ("en", "")) }
            OPTIONAL { ?f eq:binding ?b }
            } GROUP BY ?f ORDER BY ?year ?label"""
        )
        names = ("label", "publisher", "type", "country", "year", "binding", "principles")
        listed = [
            {"id": row["f"].value, **{n: row[n].value if row[n] else "" for n in names}}
            for row in rows
            if row["f"] is not None
        ]
        return render_template(
            "frameworks.html",
            frameworks=[item for item in listed if item["id"] != v.PIVOT_FRAMEWORK],
            revision=snapshot.revision,
        )


@blueprint.get("/principles")
def principles() -> str:
    """The pivot principles."""
    store = state.store()
    with store.reader() as snapshot:
        listed = [
            item
            for item in members(snapshot, v.PRINCIPLE)
            if item.get("scheme") == v.PIVOT_FRAMEWORK
        ]
        return _concepts(
            snapshot.revision,
            heading="Pivot principles",
            lead="Every framework's principles are mapped to these, so that they can be compared.",
            concepts=listed,
            tallies=tallies(store, "principle"),
            verbs=("uphold", "violate"),
        )


@blueprint.get("/sdg")
def goals() -> str:
    """Goals with their targets."""
    store = state.store()
    with store.reader() as snapshot:
        listed = sorted(members(snapshot, v.GOAL), key=lambda item: code_order(item.get("code")))
        children: dict[str, list[dict[str, str]]] = {}
        for item in sorted(
            members(snapshot, v.TARGET), key=lambda item: code_order(item.get("code"))
        ):
            children.setdefault(item.get("parent", ""), []).append(item)
        return _concepts(
            snapshot.revision,
            heading="Sustainable Development Goals",
            lead="Labels and definitions are ours; identifiers are the United Nations' own.",
            concepts=listed,
            children=children,
            child_word="targets",
            tallies=tallies(store, "goal") | tallies(store, "target"),
            verbs=("support", "undermine"),
        )


@blueprint.get("/technologies")
def technologies() -> str:
    """The technology scheme."""
    store = state.store()
    with store.reader() as snapshot:
        parents = parents_of(snapshot, v.TECHNOLOGY)
        children: dict[str, list[dict[str, str]]] = {}
        for item in members(snapshot, v.TECHNOLOGY):
            for parent in parents.get(item["id"], [""]):
                children.setdefault(parent, []).append(item)
        return _concepts(
            snapshot.revision,
            heading="Technologies",
            lead="What the cases use; numbers are of cases that use it or something narrower.",
            concepts=children.get("", []),
            children=children,
            child_word="narrower",
            uses=uses(store, parents),
        )


def _concepts(revision: object, **shown: Any) -> str:
    return render_template(
        "concepts.html",
        **{"children": {}, "child_word": "", "tallies": {}, "uses": {}, "verbs": (), **shown},
        revision=revision,
    )
