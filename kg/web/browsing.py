"""What the pages look up: cases by what they link to, labels, short lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.model import Node

if TYPE_CHECKING:
    from kg.store import Snapshot

_POSITIVE: Final = {"sdg": v.SUPPORTS, "principle": v.UPHOLDS}
_NEGATIVE: Final = {"sdg": v.UNDERMINES, "principle": v.VIOLATES}


@dataclass(frozen=True, slots=True)
class Choice:
    """One narrowing of a list of cases: a dimension and a member of it."""

    dimension: str
    iri: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of a list of cases."""

    id: str
    title: str
    summary: str
    status: str
    years: str
    countries: str


def cases_matching(
    snapshot: Snapshot, choices: Sequence[Choice], polarity: str = "both"
) -> list[CaseLine]:
    """Cases that link to every chosen thing, by title.

    Args:
        snapshot: What to read.
        choices: All must hold.
        polarity: Which links count: positive, negative or both.
    """
    patterns = " ".join(_pattern(index, choice, polarity) for index, choice in enumerate(choices))
    rows: Any = snapshot.query(
        f"""SELECT ?case (SAMPLE(?t) AS ?title) (SAMPLE(?d) AS ?summary) (SAMPLE(?s) AS ?status)
        (MIN(?start) AS ?from) (MAX(?end) AS ?to)
        (GROUP_CONCAT(DISTINCT ?c; separator=", ") AS ?countries) {{
        ?case a eq:Case ; dcterms:title ?t . {patterns}
        OPTIONAL {{ ?case dcterms:description ?d }} OPTIONAL {{ ?case eq:status/skos:prefLabel ?s }}
        OPTIONAL {{ ?case eq:startYear ?start }} OPTIONAL {{ ?case eq:endYear ?end }}
        OPTIONAL {{ ?case eq:country/skos:prefLabel ?c }}
        }} GROUP BY ?case ORDER BY LCASE(?title) ?case"""
    )
    return [
        CaseLine(
            id=row["case"].value,
            title=_value(row["title"]),
            summary=_value(row["summary"]),
            status=_value(row["status"]),
            years=_years(_value(row["from"]), _value(row["to"])),
            countries=", ".join(sorted(_value(row["countries"]).split(", "))),
        )
        for row in rows
    ]


def _pattern(index: int, choice: Choice, polarity: str) -> str:
    iri = f"<{choice.iri}>"
    match choice.dimension:
        case "goal":
            return _linked(index, f"?x{index} skos:broader* {iri} .", "sdg", polarity)
        case "target":
            return _linked(index, f"FILTER(?x{index} = {iri})", "sdg", polarity)
        case "principle":
            matches = "skos:exactMatch|skos:closeMatch|skos:narrowMatch"
            return _linked(index, f"?x{index} ({matches})? {iri} .", "principle", polarity)
        case "technology":
            return f"?case eq:usesTechnology {iri} ."
        case "country":
            return f"?case eq:country {iri} ."
        case "region":
            return f"?case eq:country/eq:region/skos:broader* {iri} ."
        case "organisation":
            return f"?case eq:participation/eq:organisation {iri} ."
        case _:
            return f"?case eq:status {iri} ."


def _linked(index: int, pattern: str, family: str, polarity: str) -> str:
    predicates = [
        f"<{predicates[family]}>"
        for name, predicates in (("positive", _POSITIVE), ("negative", _NEGATIVE))
        if polarity in {name, "both"}
    ]
    return f"?case {'|'.join(predicates)} ?x{index} . {pattern}"


def labels_of(snapshot: Snapshot, iris: Iterable[str]) -> dict[str, str]:
    """English labels of things; the IRI where there is none."""
    listed = sorted({iri for iri in iris if not set(iri) & set('<>"{}|\\^` \n\r\t')})
    found = {iri: iri for iri in iris}
    for start in range(0, len(listed), 500):
        values = " ".join(f"<{iri}>" for iri in listed[start : start + 500])
        rows: Any = snapshot.query(
            f"SELECT ?x ?label {{ VALUES ?x {{ {values} }} {{ ?x skos:prefLabel ?label }} UNION "
            "{ ?x rdfs:label ?label } UNION { ?x dcterms:title ?label } } ORDER BY DESC(?label)"
        )
        for row in rows:
            language = row["label"].language
            if language is None or language.startswith("en"):
                found[row["x"].value] = row["label"].value
    return found


def find_labels(snapshot: Snapshot, words: str, *, limit: int = 100) -> list[Node]:
    """Things with a label that holds all words, shortest first."""
    tests = " && ".join(
        f"CONTAINS(LCASE(STR(?label)), {_literal(word.lower())})" for word in words.split()[:8]
    )
    rows: Any = snapshot.query(
        f"""SELECT ?x (MIN(STR(?label)) AS ?name) (SAMPLE(?kind) AS ?type) {{
        VALUES ?p {{ skos:prefLabel skos:altLabel rdfs:label }} ?x ?p ?label FILTER({tests})
        ?x a ?kind FILTER(?kind NOT IN (skos:Concept, eq:Link, eq:Participation)
        && !STRSTARTS(STR(?kind), STR(owl:))) }}
        GROUP BY ?x ORDER BY STRLEN(?name) ?name ?x LIMIT {int(limit)}"""
    )
    return [Node(row["x"].value, row["name"].value, _kind(row["type"].value)) for row in rows]


def members(snapshot: Snapshot, kind: str) -> list[dict[str, str]]:
    """All things of a class with label, definition, notation and parent, by notation and label."""
    rows: Any = snapshot.query(
        f"""SELECT ?x ?label ?definition ?code ?parent ?scheme {{ ?x a <{kind}> .
        OPTIONAL {{ ?x skos:prefLabel ?label FILTER(LANG(?label) IN ('en', '')) }}
        OPTIONAL {{ ?x skos:definition ?definition FILTER(LANG(?definition) IN ('en', '')) }}
        OPTIONAL {{ ?x skos:notation ?code }} OPTIONAL {{ ?x skos:broader ?parent }}
        OPTIONAL {{ ?x skos:inScheme ?scheme }} }} ORDER BY ?x ?label ?definition ?parent ?scheme"""
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        item = found.setdefault(row["x"].value, {"id": row["x"].value})
        for name in ("label", "definition", "code", "parent", "scheme"):
            if row[name] is not None:
                item.setdefault(name, row[name].value)
    return sorted(found.values(), key=lambda item: item.get("label", item["id"]).lower())


def _kind(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1].lower()


def _literal(text: str) -> str:
    import pyoxigraph as ox

    return str(ox.Literal(text))


def _value(term: Any) -> str:
    return "" if term is None else str(term.value)


def _years(start: str, end: str) -> str:
    if start and end and start != end:
        return f"{start}–{end}"
    return start or end or ""
