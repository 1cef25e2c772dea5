"""Labels: of things that a page shows, and things by the words of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.identifiers import listed_iris

if TYPE_CHECKING:
    from kg.store import Snapshot

_JOINING: Final = (f"{v.ID}link/", f"{v.ID}participation/")
"""Beginnings of IRIs of things that only join others."""


def labels_of(snapshot: Snapshot, iris: Iterable[str]) -> dict[str, str]:
    """English labels of things; what links and participations join stands for theirs.

    Things without either keep their IRI.
    """
    listed = sorted(set(iris))
    found = {iri: iri for iri in iris}
    for start in range(0, len(listed), 500):
        values = listed_iris(listed[start : start + 500])
        rows: Any = snapshot.query(
            f"SELECT ?x ?label {{ VALUES ?x {{ {values} }} {{ ?x skos:prefLabel ?label }} UNION "
            "{ ?x rdfs:label ?label } UNION { ?x dcterms:title ?label } } ORDER BY DESC(?label)"
        )
        for row in rows:
            language = row["label"].language
            if language is None or language.startswith("en"):
                found[row["x"].value] = row["label"].value
    bare = [iri for iri in listed if found[iri] == iri and iri.startswith(_JOINING)]
    if bare:
        found.update(_joined_names(snapshot, bare))
    return found


def _joined_names(snapshot: Snapshot, iris: list[str]) -> dict[str, str]:
    """Names of links and participations that have no label, made from what they join."""
    rows: Any = snapshot.query(
        f"SELECT ?x ?from ?by ?to {{ VALUES ?x {{ {listed_iris(iris)} }} "
        "{ ?x rdf:subject ?from ; rdf:predicate ?by ; rdf:object ?to } UNION "
        "{ ?x eq:organisation ?from ; eq:role ?to } }"
    )
    joined = {
        row["x"].value: (row["from"].value, row["by"].value if row["by"] else "", row["to"].value)
        for row in rows
    }
    names = labels_of(snapshot, {iri for parts in joined.values() for iri in parts if iri})
    return {
        iri: " – ".join(
            part.rsplit("/", 1)[-1] if part.startswith(v.SDG) else names[part]
            for part in parts
            if part
        )
        for iri, parts in joined.items()
    }


@dataclass(frozen=True, slots=True)
class Hit:
    """Something search found: its preferred label, the label that matched, and whose it is."""

    id: str
    label: str
    matched: str
    kind: str
    context: str


def find_labels(snapshot: Snapshot, words: str, *, limit: int = 100) -> list[Hit]:
    """Things with a label that holds all words: English labels first, then the shortest."""
    tests = " && ".join(f"({_holding(word.lower())})" for word in words.split()[:8])
    rows: Any = snapshot.query(
        f"""SELECT ?x (MIN(CONCAT(IF(LANG(?label) IN ("en", ""), "0", "1"), STR(?label))) AS ?name)
        (SAMPLE(?kind) AS ?type) {{
        VALUES ?p {{ skos:prefLabel skos:altLabel rdfs:label }} ?x ?p ?label FILTER({tests})
        ?x a ?kind FILTER(?kind NOT IN (skos:Concept, eq:Link, eq:Participation)
        && !STRSTARTS(STR(?kind), STR(owl:))) }}
        GROUP BY ?x ORDER BY STRLEN(?name) ?name ?x LIMIT {int(limit)}"""
    )
    found = {row["x"].value: (row["name"].value[1:], row["type"].value) for row in rows}
    if not found:
        return []
    values = " ".join(f"<{iri}>" for iri in found if not iri.startswith("_:"))
    rows = snapshot.query(
        f"""SELECT ?x (MIN(STR(?c)) AS ?context) {{ VALUES ?x {{ {values} }}
        {{ ?x a eq:Principle ; skos:inScheme/skos:prefLabel ?c FILTER(LANG(?c) IN ("en", "")) }}
        UNION {{ VALUES ?t {{ sdgo:Goal sdgo:Target }} ?x a ?t ; skos:notation ?c }}
        UNION {{ ?x a eq:Source ; dcterms:publisher/rdfs:label ?c }} }} GROUP BY ?x"""
    )
    contexts = {row["x"].value: _value(row["context"]) for row in rows if row["x"]}
    names = labels_of(snapshot, found)
    return [
        Hit(iri, names[iri], matched, kind, contexts.get(iri, ""))
        for iri, (matched, kind) in found.items()
    ]


def _holding(word: str) -> str:
    # Whoever types l'eau means l’eau too, and the other way round.
    spelt = {word, word.replace("’", "'"), word.replace("'", "’")}
    return " || ".join(f"CONTAINS(LCASE(STR(?label)), {_literal(text)})" for text in sorted(spelt))


def _literal(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))


def _value(term: Any) -> str:
    return "" if term is None else str(term.value)
