"""Reconciliation: names in a spreadsheet to things in the graph.

The logic behind the Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group):
candidates from the label index, scored by how alike the names are and by the properties given.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.errors import InputError
from kg.identifiers import compact, expand
from kg.linking.concepts import Queryable
from kg.linking.search import KINDS, Found, LabelSearch, folded

if TYPE_CHECKING:
    from kg.store.protocol import Snapshot

TYPE_NAMES: Final = {
    v.GOAL: "SDG goal",
    v.TARGET: "SDG target",
    v.INDICATOR: "SDG indicator",
    v.PRINCIPLE: "Principle",
    v.TECHNOLOGY: "Technology",
    v.PRINCIPLE_FRAMEWORK: "Principle framework",
    v.CASE: "Case",
    v.ORGANISATION: "Organisation",
    v.COUNTRY_CLASS: "Country",
    v.REGION_CLASS: "Region",
}
"""Types offered, by IRI."""
PROPERTIES: Final = {
    v.NOTATION: "code",
    v.BROADER: "broader concept",
    v.DEFINITION: "definition",
    v.COUNTRY: "country",
    v.REGION: "region",
    v.ORGANISATION_TYPE: "organisation type",
    v.STATUS: "status",
    v.START_YEAR: "start year",
    v.END_YEAR: "end year",
    v.USES_TECHNOLOGY: "technology",
    v.SUPPORTS: "supports",
    v.UNDERMINES: "undermines",
    v.UPHOLDS: "upholds",
    v.VIOLATES: "violates",
    v.PUBLISHER: "publisher",
    v.YEAR: "year",
    v.IN_SCHEME: "scheme",
    v.URL: "web address",
    v.ALT_LABEL: "other name",
}
"""Properties offered for matching and extension, by IRI."""
BATCH_LIMIT: Final = 100
QUERY_LIMIT: Final = 1_000
_CERTAIN: Final = 95.0
_KIND_OF: Final = dict(KINDS)
_NUMBER: Final = re.compile(r"-?\d+\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a name may mean, with a score from 0 to 100."""

    id: str
    name: str
    kind: str
    score: float
    match: bool
    name_score: float
    property_score: float | None

    def to_dict(self, description: str = "") -> dict[str, object]:
        """The candidate as the API tells it."""
        features: list[dict[str, object]] = [{"id": "name", "value": round(self.name_score, 2)}]
        if self.property_score is not None:
            features.append({"id": "properties", "value": round(self.property_score, 2)})
        found: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "score": round(self.score, 2),
            "match": self.match,
            "type": [type_of(self.kind)],
            "features": features,
        }
        if description:
            found["description"] = description
        return found


def type_of(kind: str) -> dict[str, str]:
    """The type of a kind, as ``{"id", "name"}``."""
    iri = next(iri for iri, name in KINDS.items() if name == kind)
    return {"id": iri, "name": TYPE_NAMES.get(iri, kind.capitalize())}


class Reconciler:
    """Answers reconciliation queries on one revision."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._store: Queryable = snapshot
        self.labels = LabelSearch.open(snapshot)

    def batch(self, queries: object) -> dict[str, dict[str, object]]:
        """Answers to a batch ``{name: {"query", "type", "limit", "properties"}}``.

        Raises:
            InputError: It has another shape, or too many queries.
        """
        if not isinstance(queries, Mapping):
            raise InputError("queries must be a JSON object of named queries")
        if len(queries) > BATCH_LIMIT:
            raise InputError(f"{len(queries)} queries in a batch; {BATCH_LIMIT} are allowed")
        answers: dict[str, dict[str, object]] = {}
        for name, query in queries.items():
            found = self.candidates(query)
            about = describe(self._store, [candidate.id for candidate in found])
            answers[str(name)] = {
                "result": [candidate.to_dict(about.get(candidate.id, "")) for candidate in found]
            }
        return answers

    def candidates(self, query: object) -> list[Candidate]:
        """Candidates for one query, best first.

        Raises:
            InputError: It has another shape than the API's.
        """
        if not isinstance(query, Mapping):
            raise InputError("a query must be a JSON object")
        text = query.get("query", "")
        limit = query.get("limit", 10)
        wanted = query.get("type", [])
        properties = query.get("properties", [])
        if not isinstance(text, str) or not isinstance(properties, Sequence):
            raise InputError("query must be a string and properties a list")
        if not isinstance(limit, int | float) or isinstance(limit, bool):
            raise InputError("limit must be a number")
        kinds = _kinds([wanted] if isinstance(wanted, str) else wanted)
        found = self._by_name(text[:QUERY_LIMIT], kinds, max(1, min(int(limit), 50)))
        if not properties:
            return found
        return self._with_properties(found, properties)

    def _by_name(self, text: str, kinds: Sequence[str] | None, limit: int) -> list[Candidate]:
        if kinds is not None and not kinds:
            return []
        pool: dict[str, tuple[Found, float]] = {}
        for exact in self._by_code(text, kinds):
            pool[exact.id] = (exact, 100.0)
        for query in _attempts(folded(text)):
            for found in self.labels.search(query, kinds=kinds or (), limit=40):
                score = similarity(text, found.match)
                if found.id not in pool or pool[found.id][1] < score:
                    pool[found.id] = (found, score)
        ranked = sorted(pool.values(), key=lambda pair: (-pair[1], len(pair[0].label), pair[0].id))
        ranked = [pair for pair in ranked if pair[1] >= 40][:limit]
        alone = len([pair for pair in ranked if pair[1] >= _CERTAIN]) == 1
        return [
            Candidate(
                found.id, found.label, found.kind, score, alone and score >= _CERTAIN, score, None
            )
            for found, score in ranked
        ]

    def _by_code(self, text: str, kinds: Sequence[str] | None) -> list[Found]:
        iri = expand(text)
        if iri is None or any(char in iri for char in "<>\"{}|^`\\ "):
            return []
        rows: Any = self._store.query(
            f"SELECT ?k ?l {{ <{iri}> a ?k ; skos:prefLabel|rdfs:label ?l "
            "FILTER(lang(?l) IN ('en', '')) }"
        )
        return [
            Found(iri, row[1].value, row[1].value, "en", KINDS[row[0].value])
            for row in rows
            if row[0].value in KINDS and (kinds is None or KINDS[row[0].value] in kinds)
        ][:1]

    def _with_properties(
        self, found: list[Candidate], properties: Sequence[object]
    ) -> list[Candidate]:
        asked: list[tuple[str, list[str]]] = []
        for item in properties:
            if not isinstance(item, Mapping) or "pid" not in item or "v" not in item:
                raise InputError("a property must have the members pid and v")
            value = item["v"]
            values = value if isinstance(value, list) else [value]
            asked.append((_property(str(item["pid"])), [_plain(one) for one in values]))
        known = values_of(self._store, [c.id for c in found], [pid for pid, _ in asked])
        scored: list[Candidate] = []
        for candidate in found:
            parts = [
                max(
                    (
                        100.0 if mine in (iri, label) else similarity(mine, label)
                        for iri, label in known.get((candidate.id, pid), [])
                        for mine in values
                    ),
                    default=50.0,  # the graph does not say: neither for nor against
                )
                for pid, values in asked
            ]
            share = sum(parts) / len(parts)
            score = 0.7 * candidate.name_score + 0.3 * share
            scored.append(
                Candidate(
                    candidate.id,
                    candidate.name,
                    candidate.kind,
                    score,
                    False,
                    candidate.name_score,
                    share,
                )
            )
        scored.sort(key=lambda c: (-c.score, c.id))
        if scored and scored[0].score >= _CERTAIN - 5 and (
            len(scored) == 1 or scored[1].score < scored[0].score - 5
        ):
            best = scored[0]
            scored[0] = Candidate(
                best.id, best.name, best.kind, best.score, True, best.name_score,
                best.property_score,
            )
        return scored

    def extend(self, request: object) -> dict[str, object]:
        """Values of properties for reconciled things (data extension).

        Raises:
            InputError: It has another shape than ``{"ids": [...], "properties": [{"id"}]}``.
        """
        if not isinstance(request, Mapping):
            raise InputError("extend must be a JSON object")
        ids, properties = request.get("ids"), request.get("properties")
        if not isinstance(ids, list) or not isinstance(properties, list):
            raise InputError("extend needs the lists ids and properties")
        if len(ids) > 1_000:
            raise InputError(f"{len(ids)} things to extend; 1,000 are allowed at once")
        names: list[tuple[str, str]] = []
        for item in properties:
            if not isinstance(item, Mapping) or not isinstance(item.get("id"), str):
                raise InputError("a property to extend by must have an id")
            names.append((item["id"], _property(item["id"])))
        things = {str(one): expand(str(one)) or str(one) for one in ids}
        known = values_of(self._store, list(things.values()), [iri for _, iri in names])
        return {
            "meta": [
                {"id": given, "name": PROPERTIES.get(iri, compact(iri))} for given, iri in names
            ],
            "rows": {
                given: {
                    pid: [_cell(iri, label) for iri, label in known.get((thing, prop), [])]
                    for pid, prop in names
                }
                for given, thing in things.items()
            },
        }


def suggest_types(prefix: str) -> list[dict[str, str]]:
    """Types whose name has a word that begins so."""
    return _suggested(TYPE_NAMES, prefix)


def suggest_properties(prefix: str) -> list[dict[str, str]]:
    """Properties whose name has a word that begins so."""
    return _suggested(PROPERTIES, prefix)


def _suggested(names: Mapping[str, str], prefix: str) -> list[dict[str, str]]:
    start = folded(prefix)
    return [
        {"id": iri, "name": name}
        for iri, name in names.items()
        if not start
        or folded(name).startswith(start)
        or any(word.startswith(start) for word in folded(name).split(" "))
        or start in iri.lower()
    ]


def propose_properties(kind: str | None) -> list[dict[str, str]]:
    """Properties worth fetching for things of a type."""
    by_kind = {
        "case": (v.START_YEAR, v.END_YEAR, v.STATUS, v.COUNTRY, v.USES_TECHNOLOGY, v.SUPPORTS,
                 v.UNDERMINES, v.UPHOLDS, v.VIOLATES),
        "organisation": (v.ORGANISATION_TYPE, v.COUNTRY, v.ALT_LABEL),
        "country": (v.NOTATION, v.REGION),
        "framework": (v.PUBLISHER, v.YEAR, v.COUNTRY, v.URL),
    }
    chosen = by_kind.get(kind or "", (v.NOTATION, v.DEFINITION, v.BROADER, v.ALT_LABEL))
    return [{"id": iri, "name": PROPERTIES[iri]} for iri in chosen]


def similarity(query: str, label: str) -> float:
    """How alike two names are, 0 to 100; word order and accents hardly count.

    Example:
        >>> similarity("énergie propre", "Energie propre"), similarity("solar", "water") < 50
        (100.0, True)
    """
    a, b = folded(query), folded(label)
    if not a or not b:
        return 0.0
    if a == b:
        return 100.0
    ratio = difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
    left, right = sorted(a.split(" ")), sorted(b.split(" "))
    if left == right:
        return 97.0
    tokens = difflib.SequenceMatcher(None, " ".join(left), " ".join(right), autojunk=False).ratio()
    shared = len(set(left) & set(right)) / len(set(left) | set(right))
    return min(94.9, 100.0 * max(ratio, 0.97 * tokens, 0.9 * shared))


def describe(store: Queryable, iris: Sequence[str]) -> dict[str, str]:
    """One line about each thing, where the graph has one."""
    if not iris:
        return {}
    rows: Any = store.query(
        f"SELECT ?s (SAMPLE(?t) AS ?text) {{ VALUES ?s {{ {_nodes(iris)} }} "
        "?s skos:definition|dcterms:description ?t FILTER(lang(?t) IN ('en', '')) } GROUP BY ?s"
    )
    return {row[0].value: _short(row[1].value) for row in rows}


def values_of(
    store: Queryable, iris: Sequence[str], properties: Sequence[str]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """``(IRI or empty, label or literal)`` of each value, by thing and property."""
    if not iris or not properties:
        return {}
    rows: Any = store.query(
        f"SELECT DISTINCT ?s ?p ?o ?l {{ VALUES ?s {{ {_nodes(iris)} }} VALUES ?p "
        f"{{ {_nodes(properties)} }} ?s ?p ?o . OPTIONAL {{ ?o skos:prefLabel|rdfs:label ?l "
        "FILTER(lang(?l) IN ('en', '')) } } ORDER BY ?s ?p ?l ?o"
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, value, label in rows:
        is_literal = hasattr(value, "language")
        pair = ("", value.value) if is_literal else (value.value, label.value if label else value.value)
        if pair not in found[(subject.value, predicate.value)]:
            found[(subject.value, predicate.value)].append(pair)
    return found


def _kinds(wanted: Sequence[object]) -> list[str] | None:
    """Kinds of the types asked for; ``None`` for any, empty when none of them is known."""
    if not wanted:
        return None
    kinds = []
    for one in wanted:
        text = str(one.get("id", "")) if isinstance(one, Mapping) else str(one)
        iri = expand(text) or text
        if iri in _KIND_OF:
            kinds.append(_KIND_OF[iri])
        elif text in _KIND_OF.values():
            kinds.append(text)
    return kinds


def _attempts(text: str) -> list[str]:
    """The query, then looser forms: first letters of its longest words."""
    parts = sorted({part for part in text.split(" ") if len(part) >= 3}, key=len, reverse=True)
    loose = [part[: max(3, len(part) - 3)] for part in parts[:3]]
    return list(dict.fromkeys([text, *parts[:3], *loose, *(part[:3] for part in parts[:2])]))


def _property(name: str) -> str:
    iri = expand(name) or next((i for i, label in PROPERTIES.items() if label == name), name)
    if any(char in iri for char in "<>\"{}|^`\\ \n\t") or ":" not in iri:
        raise InputError(f"{name!r} is no property; known are {', '.join(PROPERTIES.values())}")
    return iri


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("id") or value.get("name") or "")
    return str(value)


def _cell(iri: str, label: str) -> dict[str, object]:
    if iri:
        return {"id": iri, "name": label}
    return {"int": int(label)} if _NUMBER.match(label) else {"str": label}


def _short(text: str, size: int = 200) -> str:
    return text if len(text) <= size else text[: size - 1].rsplit(" ", 1)[0] + "…"


def _nodes(iris: Sequence[str]) -> str:
    return " ".join(
        f"<{iri}>" for iri in iris if iri and not any(char in iri for char in "<>\"{}|^`\\ \n\t")
    )
