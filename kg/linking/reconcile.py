"""Reconciliation: names in a spreadsheet to things in the graph.

The logic behind the Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group):
candidates from the label index, scored by how alike the names are and by the properties given.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError
from kg.identifiers import compact, expand
from kg.linking.concepts import Queryable
from kg.linking.reconcile_schema import PROPERTIES, describe, property_iri, type_of, values_of
from kg.linking.search import KINDS, Found, LabelSearch, folded

if TYPE_CHECKING:
    from kg.store.protocol import Snapshot

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
        if iri is None or any(char in iri for char in '<>"{}|^`\\ '):
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
            asked.append((property_iri(str(item["pid"])), [_plain(one) for one in values]))
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
        if (
            scored
            and scored[0].score >= _CERTAIN - 5
            and (len(scored) == 1 or scored[1].score < scored[0].score - 5)
        ):
            best = scored[0]
            scored[0] = Candidate(
                best.id,
                best.name,
                best.kind,
                best.score,
                True,
                best.name_score,
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
            names.append((item["id"], property_iri(item["id"])))
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


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("id") or value.get("name") or "")
    return str(value)


def _cell(iri: str, label: str) -> dict[str, object]:
    if iri:
        return {"id": iri, "name": label}
    return {"int": int(label)} if _NUMBER.match(label) else {"str": label}
