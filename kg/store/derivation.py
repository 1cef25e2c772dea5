"""Plain triples of accepted links, derived on every write.

For a graph *g*: every accepted link in *g* has its plain triple in *g*; a plain triple whose link
records in *g* are all proposed or rejected goes; so does one whose accepted link was in *g*
before the write and is there no longer. A plain triple that never had a link record stays: it
counts as accepted, without evidence.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import product, zip_longest
from typing import IO, TYPE_CHECKING, Final, TypeAlias, cast

from kg.store.pipes import loading
from kg.vocabulary import (
    ACCEPTED,
    EQ,
    LINK,
    LINK_PREDICATES,
    OBJECT,
    PREDICATE,
    REVIEW_STATUS,
    SUBJECT,
    TYPE,
)

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.changes import LinkChanges
    from kg.store.protocol import GraphName, QueryResults

    Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Triple

_PREDICATES: Final = ", ".join(f"<{predicate}>" for predicate in LINK_PREDICATES)
_LINKS: Final = (
    "?link a eq:Link ; rdf:predicate ?p ; rdf:subject ?s ; rdf:object ?o . "
    f"FILTER(?p IN ({_PREDICATES}) && isIRI(?o))"
)
_NOT_ACCEPTED: Final = f"?link <{REVIEW_STATUS}> ?status FILTER(?status != <{ACCEPTED}>)"
_ACCEPTED: Final = f"FILTER NOT EXISTS {{ {_NOT_ACCEPTED} }}"
_PREFIXES: Final = {"eq": EQ, "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}


def derive_plain_triples(
    store: ox.Store, graphs: Iterable[GraphName], before: ox.Store | None = None
) -> None:
    """Bring the plain triples of some graphs in line with their links.

    Args:
        store: The working copy.
        graphs: Names of graphs that may have changed.
        before: The revision the write began from; ``None`` for an empty one.

    Cost: proportional to the links of those graphs, about 2 s per 100,000; memory does not grow
    with them.
    """
    import pyoxigraph as ox

    is_link = ox.NamedNode(TYPE), ox.NamedNode(LINK)
    for graph in graphs:
        if _has(store, *is_link, graph):
            only_accepted = _only_accepted(store, graph)
            _add_missing(store, graph, only_accepted)
            if only_accepted:
                _remove_unaccepted(store, graph)
        if before is not None and _has(before, *is_link, graph):
            _remove_orphans(store, before, graph)


def derive_for_changes(
    store: ox.Store, graph: ox.NamedNode, changes: LinkChanges, before: ox.Store | None
) -> None:
    """Bring the plain triples of a few links in line, when nothing else of their graph changed.

    Args:
        store: The working copy.
        graph: The graph that holds the links.
        changes: The links and plain triples that were written to.
        before: The revision the write began from.

    Cost: some look-ups a link, however many others there are.
    """
    import pyoxigraph as ox

    links = [ox.NamedNode(iri) for iri in sorted(changes.links)]
    told = {triple for link in links for triple in _told(store, link, graph)}
    if before is not None:
        told |= {
            triple
            for link in links
            if _is_accepted(before, link, graph)
            for triple in _told(before, link, graph)
        }
    for triple in told | changes.plain:
        plain = ox.Quad(triple.subject, triple.predicate, triple.object, graph)
        if triple in told or any(_records(store, plain)):
            _settle(store, plain)


def _told(store: ox.Store, link: Node, graph: GraphName) -> Iterator[ox.Triple]:
    """What a record says, if it is a link's; more than one triple where it says several things."""
    import pyoxigraph as ox

    if ox.Quad(link, ox.NamedNode(TYPE), ox.NamedNode(LINK), graph) not in store:
        return
    subjects, predicates, objects = (
        [quad.object for quad in
         store.quads_for_pattern(link, ox.NamedNode(name), None, graph)]
        for name in (SUBJECT, PREDICATE, OBJECT)
    )
    for subject, predicate, object_ in product(subjects, predicates, objects):
        if (
            isinstance(predicate, ox.NamedNode)
            and predicate.value in LINK_PREDICATES
            and isinstance(object_, ox.NamedNode)
            and not isinstance(subject, ox.Literal)
        ):
            yield ox.Triple(subject, predicate, object_)


def _has(
    store: ox.Store, predicate: ox.NamedNode, object_: ox.NamedNode | None, graph: GraphName
) -> bool:
    return next(iter(store.quads_for_pattern(None, predicate, object_, graph)), None) is not None


def _query(store: ox.Store, graph: GraphName, form: str, pattern: str) -> QueryResults:
    """Ask about one graph; naming it in the query is much faster than making it the default."""
    import pyoxigraph as ox

    if isinstance(graph, ox.NamedNode):
        return store.query(f"{form} {{ GRAPH {graph} {{ {pattern} }} }}", prefixes=_PREFIXES)
    return store.query(f"{form} {{ {pattern} }}", prefixes=_PREFIXES, default_graph=graph)


def _only_accepted(store: ox.Store, graph: GraphName) -> str:
    """What leaves out links that are not accepted; empty when all are, which spares a look each."""
    return _ACCEPTED if bool(_query(store, graph, "ASK", _NOT_ACCEPTED)) else ""


def _rows(store: ox.Store, graph: GraphName, extra: str) -> Iterator[ox.QuerySolution]:
    import pyoxigraph as ox

    results = _query(store, graph, "SELECT ?link ?s ?p ?o", f"{_LINKS} {extra}")
    assert isinstance(results, ox.QuerySolutions)
    return iter(results)


def _add_missing(store: ox.Store, graph: GraphName, extra: str) -> None:
    """Add the plain triples of links, without an object of Python for each."""
    import pyoxigraph as ox

    if any(_has(store, ox.NamedNode(predicate), None, graph) for predicate in LINK_PREDICATES):
        extra += " FILTER NOT EXISTS { ?s ?p ?o }"
    results = _query(store, graph, "SELECT ?s ?p ?o", f"{_LINKS} {extra}")
    assert isinstance(results, ox.QuerySolutions)
    with loading(store, graph) as write:
        table = _AsTriples(write)
        results.serialize(cast("IO[bytes]", table), format=ox.QueryResultsFormat.TSV)
    # A loader would give these other names.
    found = ox.parse("".join(table.blank), format=ox.RdfFormat.N_TRIPLES)
    store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found)


class _AsTriples:
    """A binary file that makes N-Triples of a table in TSV: a header, then ``<s> <p> <o>``.

    Args:
        out: Receives whole lines, but for those about blank nodes.
    """

    def __init__(self, out: Callable[[str], None]) -> None:
        self._out, self._in_header, self._rest = out, True, b""
        self.blank: list[str] = []
        """Lines about blank nodes."""

    def write(self, data: bytes) -> int:
        """Take a piece of the table."""
        self._rest += data
        if self._in_header and b"\n" in self._rest:
            self._in_header, self._rest = False, self._rest.partition(b"\n")[2]
        if not self._in_header and b"\n" in self._rest:
            whole, _, self._rest = self._rest.rpartition(b"\n")
            lines = whole.decode().replace("\n", " .\n") + " .\n"
            if lines.startswith("_") or "\n_" in lines:
                rows = lines.splitlines(keepends=True)
                self.blank += [row for row in rows if row[0] == "_"]
                lines = "".join(row for row in rows if row[0] != "_")
            self._out(lines)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _remove_unaccepted(store: ox.Store, graph: GraphName) -> None:
    import pyoxigraph as ox

    extra = (
        f"{_NOT_ACCEPTED} . ?s ?p ?o . FILTER NOT EXISTS {{ ?other a eq:Link ; rdf:subject ?s ; "
        f"rdf:predicate ?p ; rdf:object ?o . FILTER NOT EXISTS {{ ?other <{REVIEW_STATUS}> ?st "
        f"FILTER(?st != <{ACCEPTED}>) }} }}"
    )
    for quad in {
        ox.Quad(row["s"], row["p"], row["o"], graph) for row in _rows(store, graph, extra)
    }:
        store.remove(quad)


def _remove_orphans(store: ox.Store, before: ox.Store, graph: GraphName) -> None:
    """Look again at what links said before the write and do not say any more."""
    import pyoxigraph as ox

    with tempfile.TemporaryFile() as old, tempfile.TemporaryFile() as new:
        for found, file in ((before, old), (store, new)):
            pattern = f"{_LINKS} {_only_accepted(found, graph)}"
            results = _query(found, graph, "SELECT ?s ?p ?o ?link", pattern)
            assert isinstance(results, ox.QuerySolutions)
            results.serialize(cast("IO[bytes]", file), format=ox.QueryResultsFormat.TSV)
            file.seek(0)
        gone = _only_in_first(old, new)
    triples = b"".join(line.rpartition(b"\t")[0] + b" .\n" for line in gone)
    for quad in ox.parse(triples, format=ox.RdfFormat.N_TRIPLES, lenient=True):
        _settle(store, ox.Quad(quad.subject, quad.predicate, quad.object, graph))


def _only_in_first(first: Iterable[bytes], second: Iterable[bytes]) -> set[bytes]:
    """Lines of one table that are not in another; quick where they come in the same order."""
    here: set[bytes] = set()
    there: set[bytes] = set()
    for one, other in zip_longest(first, second, fillvalue=b""):
        if one == other:
            continue
        here.add(one)
        there.add(other)
        both = {one, other} & here & there
        here -= both
        there -= both
    return here - {b""}


def _settle(store: ox.Store, plain: ox.Quad) -> None:
    """Keep or add a plain triple if an accepted link states it; else take it away."""
    if any(_is_accepted(store, link, plain.graph_name) for link in _records(store, plain)):
        store.add(plain)
    else:
        store.remove(plain)


def _records(store: ox.Store, plain: ox.Quad) -> Iterator[Node]:
    """The links of its graph that say what a plain triple says."""
    import pyoxigraph as ox

    subject, graph = ox.NamedNode(SUBJECT), plain.graph_name
    for quad in store.quads_for_pattern(None, subject, plain.subject, graph):
        if _states(store, quad.subject, plain):
            yield quad.subject


def _states(store: ox.Store, link: Node, plain: ox.Quad) -> bool:
    """Whether a link says what a plain triple says."""
    import pyoxigraph as ox

    return all(
        ox.Quad(link, ox.NamedNode(predicate), value, plain.graph_name) in store
        for predicate, value in (
            (OBJECT, plain.object),
            (SUBJECT, plain.subject),
            (PREDICATE, plain.predicate),
            (TYPE, ox.NamedNode(LINK)),
        )
    )


def _is_accepted(
    store: ox.Store, link: Node, graph: GraphName
) -> bool:
    import pyoxigraph as ox

    found = store.quads_for_pattern(link, ox.NamedNode(REVIEW_STATUS), None, graph)
    return all(quad.object == ox.NamedNode(ACCEPTED) for quad in found)
