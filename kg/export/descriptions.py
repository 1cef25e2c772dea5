"""Labels, codes and texts of nodes, asked from the store in batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg import vocabulary as v
from kg.identifiers import listed_iris

if TYPE_CHECKING:
    from kg.store import Snapshot


class Descriptions:
    """Labels, codes and texts of things, read in batches and forgotten with the next batch."""

    def __init__(self, snapshot: Snapshot, *, texts: bool) -> None:
        self._snapshot = snapshot
        self._wanted = [v.PREF_LABEL, v.LABEL, v.NOTATION]
        if texts:
            self._wanted += [v.DESCRIPTION, v.DEFINITION]
        self._found: dict[str, dict[str, str]] = {}

    def read(self, iris: Iterable[str]) -> None:
        """Look up a batch; English texts first, then untagged ones, then any."""
        self._found = {}
        rank: dict[tuple[str, str], int] = {}
        listed = list(iris)
        predicates = " ".join(f"<{name}>" for name in self._wanted)
        for start in range(0, len(listed), 500):
            values = listed_iris(listed[start : start + 500])
            results: Any = self._snapshot.query(
                f"SELECT ?x ?p ?o {{ VALUES ?x {{ {values} }} VALUES ?p {{ {predicates} }} "
                "?x ?p ?o }"
            )
            for thing, predicate, value in results:
                language = getattr(value, "language", None)
                grade = 0 if (language or "").startswith("en") else 1 if language is None else 2
                key = thing.value, predicate.value
                held = self._found.setdefault(thing.value, {}).get(predicate.value, "")
                if key not in rank or (grade, value.value) < (rank[key], held):
                    rank[key] = grade
                    self._found[thing.value][predicate.value] = value.value

    def label(self, iri: str) -> str:
        """Preferred label, else label, else the IRI's tail."""
        found = self._found.get(iri, {})
        return found.get(v.PREF_LABEL) or found.get(v.LABEL) or iri.rsplit("/", 1)[-1]

    def notation(self, iri: str) -> str:
        """Code, or nothing."""
        return self._found.get(iri, {}).get(v.NOTATION, "")

    def text(self, iri: str) -> str:
        """Summary or definition, or nothing."""
        found = self._found.get(iri, {})
        return found.get(v.DESCRIPTION) or found.get(v.DEFINITION, "")
