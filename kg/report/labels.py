"""What things are called in the language of a report, where the graph tells."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kg import vocabulary as v
from kg.projection.relabelled import Relabelled
from kg.report.foreign import foreign

if TYPE_CHECKING:
    from kg.model import Evidence, Link, Node, Source
    from kg.projection import Projection
    from kg.projection.records import CaseRecord
    from kg.report.language import Language
    from kg.store import Snapshot


@dataclass(frozen=True)
class Labels:
    """Labels of one language by IRI; what has none keeps its own, marked as foreign."""

    native: bool
    known: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, snapshot: Snapshot, say: Language) -> Labels:
        """The labels that a graph has in a language. Cost: none in English, else one query."""
        if say.native:
            return cls(native=True)
        results: Any = snapshot.query(
            f"SELECT ?s ?o {{ ?s <{v.PREF_LABEL}> ?o FILTER(langMatches(lang(?o), '{say.code}')) }}"
        )
        known: dict[str, str] = {}
        for thing, label in results:
            known[thing.value] = min(label.value, known.get(thing.value, label.value))
        return cls(native=False, known=known)

    def of(self, iri: str, label: str) -> str:
        """The label to show for a thing that is called ``label`` in the data."""
        return self.known.get(iri) or foreign(label)

    def on(self, projection: Projection) -> Projection:
        """A projection with these labels."""
        return projection if self.native else Relabelled(projection, self.of)

    def on_cases(self, cases: tuple[CaseRecord, ...]) -> tuple[CaseRecord, ...]:
        """Records of cases with these labels; texts are marked as what they are: data."""
        if self.native:
            return cases
        return tuple(
            replace(
                case,
                title=foreign(case.title),
                status=self._node(case.status) if case.status else None,
                countries=tuple(sorted(map(self._node, case.countries), key=_alphabetical)),
                links=tuple(self._link(link) for link in case.links),
                sources=tuple(self._source(source) for source in case.sources),
            )
            for case in cases
        )

    def _node(self, node: Node) -> Node:
        return replace(node, label=self.of(node.id, node.label))

    def _link(self, link: Link) -> Link:
        thing = link.object
        code = thing.id.removeprefix(v.SDG) if thing.kind == "sdg" else thing.id
        if code != thing.id:
            named = f"{code} {self.of(thing.id, thing.label.removeprefix(f'{code} '))}"
            thing = replace(thing, label=named)
        else:
            thing = self._node(thing)
        return replace(link, object=thing, evidence=self._evidence(link.evidence))

    def _evidence(self, evidence: Evidence) -> Evidence:
        return replace(
            evidence,
            rationale=foreign(evidence.rationale),
            dispute_note=foreign(evidence.dispute_note),
            disputed_by=tuple(self._node(node) for node in evidence.disputed_by),
            sources=tuple(self._source(source) for source in evidence.sources),
        )

    def _source(self, source: Source) -> Source:
        return replace(
            source,
            label=foreign(source.label),
            publisher=self._node(source.publisher) if source.publisher else None,
        )


def _alphabetical(node: Node) -> tuple[str, str]:
    # Équateur stands between Espagne and Estonie, not behind Zambie.
    parts = unicodedata.normalize("NFKD", node.label.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)), node.id
