"""A write in progress on the embedded store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, ParseError, QueryFailed
from kg.store import receipts
from kg.store.changes import LinkChanges, only_adds, stated_quads
from kg.store.derivation import derive_for_changes, derive_plain_triples
from kg.store.layout import Layout, clone_database, sync_directory, translate, write_atomically
from kg.store.lexing import written_graphs
from kg.store.protocol import Revision
from kg.store.snapshot import EmbeddedSnapshot, syntax_error
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import GraphName, Quads

_SMALL_FILE = 4_000_000


class EmbeddedWriter:
    """The working copy of one write; made and published by the embedded store.

    Everything happens in ``incoming/``: nothing is seen by anybody before :meth:`publish`.

    Args:
        layout: Where.
        base: Revision it begins from.
        message: What it does.
        number: Number of the revision it makes.
        order: What whoever ordered the write will ask for its receipt by; empty for none.
    """

    def __init__(
        self,
        layout: Layout,
        base: EmbeddedSnapshot | None,
        message: str,
        *,
        number: int,
        order: str = "",
    ) -> None:
        import pyoxigraph as ox

        self._layout, self._base, self._message = layout, base, message
        self._number, self._order = number, order
        self.existed = True
        """Whether what was written to was there before; goes onto the receipt."""
        self._touched: set[str] = set()
        self._anything = base is None
        self._default_graph = False
        self._derived: set[str] = set()
        self._changes: dict[str, LinkChanges] = {}
        self._only_adds = True
        layout.clear_incoming()
        layout.incoming.mkdir()
        database = layout.incoming / "db"
        if base is not None:
            clone_database(base.database, database)
        self._store: ox.Store | None = ox.Store(str(database))

    @property
    def store(self) -> ox.Store:
        """The working copy; say what you changed with :meth:`touch`."""
        assert self._store is not None, "the write is over"
        return self._store

    @property
    def base_revision(self) -> str:
        """Name of the revision the write began from; empty before the first."""
        return self._base.revision.id if self._base is not None else ""

    def update(self, sparql: str, *, base_iri: str | None = None) -> None:
        """Run a SPARQL update (trusted: LOAD and SERVICE are not guarded here).

        Raises:
            QuerySyntaxError: It does not parse.
            QueryFailed: An operation of it cannot be done.
        """
        stated = stated_quads(sparql, base_iri)
        if stated is not None:
            self._note(stated)
        else:
            self._may_write(sparql)
        try:
            self.store.update(sparql, prefixes=dict(PREFIXES), base_iri=base_iri)
        except SyntaxError as error:
            raise syntax_error(error) from error
        except RuntimeError as error:  # an operation that cannot be done, such as dropping nothing
            found = translate(error, self._layout.root)
            if found is error:
                found = QueryFailed(f"the update cannot be done: {error}")
            raise found from error

    def _may_write(self, sparql: str) -> None:
        """Remember the graphs that an update can have changed, told from its text."""
        self._only_adds = self._only_adds and only_adds(sparql)
        written = written_graphs(sparql, PREFIXES)
        if written is None:
            self._anything = True
        else:
            self._touched.update(name for name in written if name is not None)
            self._default_graph = self._default_graph or None in written

    def load(
        self, path: Path, *, graph: str | None = None, base_iri: str | None = None
    ) -> None:
        """Load an RDF file, its format told by its name.

        Args:
            path: Turtle, TriG, N-Triples, N-Quads, RDF/XML, N3 or JSON-LD.
            graph: Receives the triples of formats without graph names.
            base_iri: Against which relative IRIs are resolved.

        Raises:
            ParseError: Not well-formed; names file, line and column.
        """
        import pyoxigraph as ox

        form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
        if form is None:
            raise InputError(f"{path.suffix or 'no extension'!r} is no RDF format", file=str(path))
        target = None if graph is None or form.supports_datasets else ox.NamedNode(graph)
        if target is None:
            self._anything = True
        else:
            self._touched.add(graph or "")
        # Small files go in as one transaction; large ones straight to new table files.
        load = self.store.load if path.stat().st_size < _SMALL_FILE else self.store.bulk_load
        try:
            load(path=str(path), format=form, to_graph=target, base_iri=base_iri)
        except SyntaxError as error:
            raise ParseError(
                error.msg or str(error),
                file=str(path),
                line=error.lineno,
                column_number=error.offset,
            ) from error

    def replace_graph(self, graph: str, quads: Quads) -> None:
        """Put quads or triples where all of a graph was."""
        import pyoxigraph as ox

        name = ox.NamedNode(graph)
        self.store.remove_graph(name)
        self.touch(graph)
        self.store.bulk_extend(
            ox.Quad(item.subject, item.predicate, item.object, name) for item in quads
        )

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads; small sets in one transaction."""
        listed = list(quads)
        self._note(listed)
        (self.store.extend if len(listed) < 100_000 else self.store.bulk_extend)(listed)

    def _note(self, quads: Iterable[ox.Quad]) -> None:
        """Remember which links and graphs these quads can have changed."""
        import pyoxigraph as ox

        by_graph: dict[GraphName, list[ox.Quad]] = {}
        for quad in quads:
            by_graph.setdefault(quad.graph_name, []).append(quad)
        for name, found in by_graph.items():
            if isinstance(name, ox.NamedNode):
                self._changes.setdefault(name.value, LinkChanges()).note(found)
            elif isinstance(name, ox.DefaultGraph):
                self._default_graph = True
            else:
                self._anything = True

    def remove_graph(self, graph: str) -> None:
        """Remove a graph and its name."""
        import pyoxigraph as ox

        self.store.remove_graph(ox.NamedNode(graph))
        self.touch(graph)

    def touch(self, *graphs: str) -> None:
        """Say that graphs were changed through :attr:`store`; without names, any graph."""
        self._touched.update(graphs)
        self._only_adds = False
        if not graphs:
            self._anything = True

    def touch_links(self, graph: str, links: Iterable[str] = ()) -> None:
        """Say that of a graph's links only these were changed through :attr:`store`.

        Spares reading all others of the graph (about a second for 30,000).
        """
        self._changes.setdefault(graph, LinkChanges()).links.update(links)

    def mark_derived(self, graph: str) -> None:
        """Say that this graph's plain triples are in place already (large table imports)."""
        self._touched.add(graph)
        self._derived.add(graph)

    def publish(self) -> Revision:
        """Derive, close, and make this the current revision."""
        import pyoxigraph as ox

        store = self.store
        before = self._base.store if self._base is not None else None
        self._touched.update(graph for graph, found in self._changes.items() if found.unknown)
        changed = self._changed(store)
        derive_plain_triples(store, changed, None if self._only_adds else before)
        for graph, changes in self._changes.items():
            if (name := ox.NamedNode(graph)) not in changed:
                derive_for_changes(store, name, changes, before)
        self._touched.update(self._changes)
        store.flush()
        del store
        self._store = None  # closes the database
        revision = Revision(
            number=self._number,
            id=f"r{self._number:06d}",
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
            message=self._message,
            touched=None if self._anything or self._default_graph else tuple(sorted(self._touched)),
        )
        record = {
            "number": revision.number,
            "id": revision.id,
            "created": revision.created,
            "message": revision.message,
            "touched": None if revision.touched is None else list(revision.touched),
            "receipts": receipts.carried(
                self._layout,
                self._order,
                receipts.Receipt(revision.id, revision.created, self.existed),
            ),
        }
        (self._layout.incoming / "lease").touch()
        write_atomically(self._layout.incoming / "revision.json", json.dumps(record, indent=1))
        sync_directory(self._layout.incoming)
        self._layout.publish(revision.id)
        return revision

    def abandon(self) -> None:
        """Drop everything written."""
        self._store = None
        self._layout.clear_incoming()

    def _changed(self, store: ox.Store) -> list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]:
        import pyoxigraph as ox

        if not self._anything:
            changed: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
                ox.NamedNode(iri) for iri in sorted(self._touched - self._derived)
            ]
            return [*changed, ox.DefaultGraph()] if self._default_graph else changed
        names: set[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = set(store.named_graphs())
        names.add(ox.DefaultGraph())
        return [
            name
            for name in sorted(names, key=str)
            if not (isinstance(name, ox.NamedNode) and name.value in self._derived)
        ]
