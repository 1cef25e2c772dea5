"""The projection: one revision of the store as incidence matrices.

Example:
    >>> from kg.projection import Projection
    >>> from kg.store import open_store
    >>> projection = Projection.open(open_store())          # doctest: +SKIP
    >>> projection.incidence(dimension="goal").shape         # doctest: +SKIP
    (218, 17)
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import InputError
from kg.projection.build import build
from kg.projection.cache import MemoryTables, Tables, keep_tables, open_tables
from kg.projection.dimensions import Dimension, dimension_named
from kg.projection.filters import (
    DEFAULT_ROLLUPS,
    LINK_CHOICES,
    NO_FILTERS,
    POLARITIES,
    Filters,
    Links,
    Polarity,
    Rollups,
    Unit,
)
from kg.projection.gathering import segments_of
from kg.projection.incidence import Incidence, Member
from kg.projection.labels import describe, read_labels
from kg.projection.making import expanded, made_incidence
from kg.projection.reading import graph_names, read_segment
from kg.projection.segment import Source
from kg.projection.unit_names import term_text

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    from kg.store import GraphStore, Snapshot

_KEPT: Final = (
    *(
        ("case", name, polarity)
        for name in ("goal", "target", "principle")
        for polarity in POLARITIES
    ),
    ("case", "technology", "both"),
    ("framework", "principle", "both"),
)
"""Incidences kept on disk, so that a new process can count at once."""
_REMEMBERED: Final = 48
_opened: OrderedDict[tuple[str, str], Projection] = OrderedDict()
_opening: Final = threading.Lock()


class Projection:
    """Incidences of one revision; see :meth:`open`.

    Attributes:
        revision: Identifier of the revision, such as ``r000012``.
    """

    def __init__(
        self, tables: Tables, revision: str = "", store: GraphStore | Source | None = None
    ) -> None:
        self.tables = tables
        self.revision = revision
        self._store = store
        self._incidences: OrderedDict[Any, Incidence] = OrderedDict()
        self._members: dict[str, tuple[Member, ...]] = {}
        self._guard = threading.Lock()

    @classmethod
    def open(cls, store: GraphStore) -> Projection:
        """The projection of a store's newest revision.

        Read from the tables kept with the revision; where there are none they are worked out
        and kept, reusing those of an earlier revision for graphs not written since.

        Cost: a few milliseconds from kept tables; otherwise about 4 µs per case and 2 µs per link.
        """
        with store.reader() as snapshot:
            key = (str(store.location), snapshot.revision.id)
            with _opening:
                if key in _opened:
                    _opened.move_to_end(key)
                    return _opened[key]
                projection = cls(_tables(snapshot), snapshot.revision.id, store)
                _opened[key] = projection
                while len(_opened) > 3:
                    _opened.popitem(last=False)
        return projection

    @classmethod
    def at(cls, store: GraphStore, revision: str) -> Projection:
        """The projection of an earlier revision that is still kept.

        Raises:
            InputError: This engine keeps no earlier revisions.
            NotFound: The revision is not kept (any more).
        """
        pin = getattr(store, "at", None)
        if pin is None:
            raise InputError(f"{store.location} keeps no earlier revisions.")
        with pin(revision) as snapshot:
            return cls(_tables(snapshot), snapshot.revision.id, store)

    @classmethod
    def of(cls, source: Source, revision: str = "") -> Projection:
        """The projection of anything that answers SPARQL, kept in memory only."""
        segments = [read_segment(source, graph) for graph in graph_names(source)]
        return cls(MemoryTables(*build(segments, source)), revision, source)

    def members(self, dimension: str, unit: Unit = "case") -> tuple[Member, ...]:
        """All members of a dimension, in their order of display."""
        return self.members_of(dimension_named(dimension, unit))

    def members_of(self, dimension: Dimension) -> tuple[Member, ...]:
        """All members of a dimension that need not be among the named ones."""
        name = f"{dimension.unit}.{dimension.name}"
        if name not in self._members:
            self._members[name] = tuple(
                Member(item["id"], item["label"], item["notation"])
                for item in self.tables.document(f"members.{name}")
            )
        return self._members[name]

    def unit_count(self, unit: Unit = "case") -> int:
        """Number of units in the whole revision."""
        return len(self.tables.array(f"{unit}.units"))

    def total_units(self, unit: Unit = "case", filters: Filters = NO_FILTERS) -> int:
        """Number of units that the filters leave."""
        mask = self.mask(unit, filters)
        return self.unit_count(unit) if mask is None else int(mask.sum())

    def incidence(
        self,
        unit: Unit = "case",
        dimension: str = "target",
        polarity: Polarity = "positive",
        filters: Filters = NO_FILTERS,
        *,
        links: Links = "accepted",
        rollups: Rollups = DEFAULT_ROLLUPS,
        weighted: bool = False,
    ) -> Incidence:
        """Which units touch which members of a dimension.

        Args:
            unit: ``case`` or ``framework``.
            dimension: Name of the dimension; see :mod:`kg.projection.dimensions`.
            polarity: Which links of a signed dimension count; both means either.
            filters: Limits on cases and links.
            links: ``accepted`` ones, or ``all`` with the proposed ones too.
            rollups: How mappings and broader technologies count.
            weighted: Whether entries carry directness × confidence (direct 1, indirect ½, both
                1 when unstated) instead of 1; the strongest of several links counts.

        Returns:
            Incidence over all units of the revision; units outside the filters have empty rows.

        Cost: some milliseconds when kept or remembered, else about 0.2 s per million links.
        """
        chosen = dimension_named(dimension, unit)
        if polarity not in POLARITIES or links not in LINK_CHOICES:
            raise InputError(f"Unknown polarity {polarity!r} or choice of links {links!r}.")
        layer = polarity if chosen.signed else "both"
        key = (chosen, layer, filters, links, rollups, weighted)
        with self._guard:
            if key in self._incidences:
                self._incidences.move_to_end(key)
                return self._incidences[key]
        made = made_incidence(self, chosen, layer, filters, links, rollups, weighted=weighted)
        with self._guard:
            self._incidences[key] = made
            while len(self._incidences) > _REMEMBERED:
                self._incidences.popitem(last=False)
        return made

    def mask(self, unit: Unit, filters: Filters) -> NDArray[np.bool_] | None:
        """Which units the filters leave; ``None`` for all of them.

        A technology filter goes by accepted links, whatever links are counted.
        """
        from kg.projection.selection import selected

        return selected(self, unit, filters)

    def publishers(self) -> Incidence:
        """Which frameworks which bodies publish."""
        return made_incidence(
            self,
            Dimension("publisher", "framework", "publisher"),
            "both",
            NO_FILTERS,
            "accepted",
            DEFAULT_ROLLUPS,
        )

    def expanded(
        self, name: str, targets: NDArray[Any], rollups: Rollups = DEFAULT_ROLLUPS
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Statements and the members they count for; see :mod:`kg.projection.making`."""
        return expanded(self.tables, name, targets, rollups)

    def concept_graph(self, filters: Filters = NO_FILTERS, **options: Any) -> nx.Graph:
        """Concepts joined where cases bring them together; see :mod:`kg.projection.graphs`."""
        from kg.projection.graphs import concept_graph

        return concept_graph(self, filters, **options)

    def case_graph(self, filters: Filters = NO_FILTERS, **options: Any) -> nx.MultiGraph:
        """Cases and everything they touch; see :mod:`kg.projection.graphs`."""
        from kg.projection.graphs import case_graph

        return case_graph(self, filters, **options)

    def crosswalk(self) -> dict[str, Any]:
        """Frameworks with their principles, all principles, and the mappings to the pivot."""
        document: dict[str, Any] = self.tables.document("crosswalk")
        return document

    def principles_of(self, framework: str) -> list[str]:
        """IRIs of a framework's principles; empty for what is no framework."""
        for entry in self.crosswalk()["frameworks"]:
            if entry["id"] == framework:
                return list(entry["principles"])
        return []

    def resolve(self, kind: str, text: str) -> str:
        """The IRI that a code, label or short name means; see :mod:`kg.projection.naming`."""
        from kg.projection.naming import resolve

        return resolve(self, kind, text)

    def unit_iri(self, unit: Unit, number: int) -> str:
        """IRI of a unit."""
        return term_text(self.tables, int(self.tables.array(f"{unit}.units")[number]))

    def term(self, code: int) -> str:
        """IRI behind a term code of the statement tables."""
        return term_text(self.tables, code)

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Labels of any things, asked from the store; the IRI's tail where it has none."""
        wanted = list(dict.fromkeys(iris))
        known = read_labels(self._store, wanted) if self._store is not None else {}
        return {iri: describe(iri, known.get(iri, {}))["label"] for iri in wanted}


def _tables(snapshot: Snapshot) -> Tables:
    if (kept := open_tables(snapshot.cache_dir)) is not None:
        return kept
    segments = segments_of(snapshot)
    arrays, documents = build(segments, snapshot)
    fresh = Projection(MemoryTables(arrays, documents))
    for unit, name, polarity in _KEPT:
        made = fresh.incidence(unit, name, polarity)  # type: ignore[arg-type]
        layer = polarity if dimension_named(name, unit).signed else "both"  # type: ignore[arg-type]
        arrays[f"kept.{unit}.{name}.{layer}.indptr"] = made.indptr
        arrays[f"kept.{unit}.{name}.{layer}.indices"] = made.indices
    written = keep_tables(snapshot.cache_dir, arrays, documents, segments)
    return written or MemoryTables(arrays, documents)
