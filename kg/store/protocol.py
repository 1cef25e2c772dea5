"""What every store promises, whatever engine is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pyoxigraph as ox

    GraphName: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
    QueryResults: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
    Quads: TypeAlias = Iterable[ox.Quad | ox.Triple]


@dataclass(frozen=True, slots=True)
class Revision:
    """One published state of the dataset.

    Args:
        number: 1, 2, 3 …; 0 for a remote engine, which does not count.
        id: ``r000012``, or what a remote engine gives.
        created: When it was published, UTC, ISO 8601.
        message: What the writer said it did.
        touched: Graphs that the writer may have changed; ``None`` means any.
    """

    number: int
    id: str
    created: str
    message: str = ""
    touched: tuple[str, ...] | None = None


class Snapshot(Protocol):
    """One revision, pinned for reading: it does not change and is not removed while held."""

    @property
    def revision(self) -> Revision:
        """Which revision this is."""

    @property
    def cache_dir(self) -> Path:
        """A directory kept with the revision, for what can be computed from it."""

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Run a trusted query in this process; see :meth:`GraphStore.query`."""

    def triple_count(self) -> int:
        """Number of quads; counted once and kept."""

    def content_hash(self) -> str:
        """``sha256:…`` over all quads outside the catalogue graph; computed once and kept."""


class Writer(Protocol):
    """A write in progress; nothing is seen by anybody until it is left without an exception."""

    @property
    def store(self) -> ox.Store:
        """The working copy, readable and writable."""

    def update(self, sparql: str) -> None:
        """Run a SPARQL update."""

    def load(
        self, path: Path, *, graph: str | None = None, base_iri: str | None = None
    ) -> None:
        """Load an RDF file; ``graph`` receives triples of formats without graph names."""

    def replace_graph(self, graph: str, quads: Quads) -> None:
        """Put ``quads`` where all of ``graph`` was."""

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads."""

    def remove_graph(self, graph: str) -> None:
        """Remove a graph and its name."""

    def touch(self, *graphs: str) -> None:
        """Say that graphs were changed through :attr:`store` directly."""

    def touch_links(self, graph: str, links: Iterable[str] = ()) -> None:
        """Say that of a graph's links only these were changed through :attr:`store`."""

    def mark_derived(self, graph: str) -> None:
        """Say that the plain triples of this graph's accepted links are already in place."""


class GraphStore(Protocol):
    """A store of RDF graphs with published revisions."""

    @property
    def location(self) -> str:
        """Directory or address."""

    @property
    def revision(self) -> Revision:
        """The revision that reads see now."""

    def refresh(self) -> bool:
        """Look for a newer revision and move to it; says whether there was one."""

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Run a trusted query on the current revision.

        Args:
            sparql: SPARQL 1.1 query; the common prefixes may be left out.
            union: Whether the default graph is the union of all graphs.
            default_graphs: Graph IRIs that make up the default graph (overrides ``union``).
            named_graphs: Graph IRIs that ``GRAPH ?g`` ranges over; all when ``None``.

        Raises:
            QuerySyntaxError: The query does not parse.
        """

    def reader(self) -> AbstractContextManager[Snapshot]:
        """Pin the newest revision for reading."""

    def writer(self, message: str = "") -> AbstractContextManager[Writer]:
        """Write: all or nothing, published as the next revision when the block ends."""
