"""RDF files: the quads of a revision, all of them or those of some datasets and cases.

Within a graph, statements come grouped by subject, and the same content gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg import vocabulary as v
from kg.projection.filters import NO_FILTERS, Filters, Links

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.projection import Projection
    from kg.store import Snapshot

SYNTAXES: Final = {
    "turtle": "TURTLE",
    "trig": "TRIG",
    "nquads": "N_QUADS",
    "ntriples": "N_TRIPLES",
    "jsonld": "JSON_LD",
    "rdfxml": "RDF_XML",
}
"""Format names and the engine's names for them."""
_WITH_GRAPHS: Final = ("trig", "nquads", "jsonld")
_ROOT: Final = re.compile(rb"(<rdf:RDF)\s+([^>]*)")
_SORTED_UP_TO: Final = 500_000
_KINDS: Final = (
    "case", "country", "framework", "link", "organisation", "participation", "principle",
    "region", "source", "status", "technology",
)
_PREFIXES: Final = {
    **{name: iri for name, iri in v.PREFIXES.items() if name != "id"},
    **{kind: f"{v.ID}{kind}/" for kind in _KINDS},
}
"""One prefix per kind of thing: with ``id:`` every slash would need a backslash."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which quads to write.

    Attributes:
        graphs: Graph IRIs; all when empty.
        without: Subjects whose statements are left out, such as cases that a filter excludes.
    """

    graphs: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()


def limits_of(
    projection: Projection,
    snapshot: Snapshot,
    filters: Filters = NO_FILTERS,
    links: Links = "all",
) -> Limits:
    """The quads that filters on cases leave.

    Cases outside the filters go with their links and participations; everything else stays.
    With ``links="accepted"`` the records of proposed and rejected links go too.
    """
    without: set[str] = set()
    mask = projection.mask("case", filters)
    if mask is not None:
        units = projection.tables.array("case.units")
        without.update(projection.term(code) for code in units[~mask].tolist())
        query = (
            f"SELECT ?part ?case {{ {{ ?part <{v.SUBJECT}> ?case . ?case a <{v.CASE}> }} "
            f"UNION {{ ?case <{v.PARTICIPATION_PROPERTY}> ?part }} }}"
        )
        pairs: Any = snapshot.query(query)
        without.update(part.value for part, case in pairs if case.value in without)
    if links == "accepted":
        query = f"SELECT ?x {{ ?x <{v.REVIEW_STATUS}> ?r FILTER(?r != <{v.ACCEPTED}>) }}"
        rows: Any = snapshot.query(query)
        without.update(row[0].value for row in rows)
    return Limits(filters.datasets, frozenset(without))


def write_rdf(
    snapshot: Snapshot, out: BinaryIO, syntax: str, limits: Limits | None = None
) -> None:
    """Write quads in one of :data:`SYNTAXES`.

    Formats without graph names get the union of the graphs.

    Cost: about 8 µs per quad. Up to half a million quads are sorted in memory first (1 kB each),
    so that Turtle reads well; larger stores are written in the order in which they are kept, and
    what two of their graphs state is written twice.
    """
    import pyoxigraph as ox

    quads = _quads(snapshot, limits or Limits())
    items: Iterable[ox.Quad | ox.Triple] = quads
    if syntax not in _WITH_GRAPHS:
        items = (quad.triple for quad in quads)
    if snapshot.triple_count() <= _SORTED_UP_TO:
        items = sorted(set(items), key=_order)
    if syntax == "rdfxml":
        items = _writable(items)
    form = getattr(ox.RdfFormat, SYNTAXES[syntax])
    with_prefixes = syntax in ("turtle", "trig", "rdfxml")
    sink = _SortedPrologue(out) if with_prefixes else out
    ox.serialize(
        items,  # type: ignore[arg-type]  # all of one kind, triples or quads
        sink,  # type: ignore[arg-type]  # has the one method that is called
        format=form,
        prefixes=_PREFIXES if with_prefixes else None,
    )


class _SortedPrologue:
    """Puts prefix declarations in order; the engine writes them in an order by chance."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._seen = out, False

    def write(self, data: bytes) -> int:
        """Pass on what comes, the first piece (which holds all declarations) sorted."""
        data = bytes(data)
        if not self._seen:
            self._seen = True
            self._out.write(_sorted_prologue(data))
        else:
            self._out.write(data)
        return len(data)

    def flush(self) -> None:
        """Pass on."""
        self._out.flush()


def _sorted_prologue(data: bytes) -> bytes:
    if (match := _ROOT.search(data)) is not None:
        names = sorted(match[2].split())
        return data[: match.start()] + match[1] + b" " + b" ".join(names) + data[match.end(2) :]
    lines = data.splitlines(keepends=True)
    declared = [line for line in lines if line.startswith(b"@prefix")]
    rest = b"".join(lines[len(declared) :])
    return b"".join(sorted(declared)) + rest


def _quads(snapshot: Snapshot, limits: Limits) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    rows: Any = snapshot.query(
        "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }",
        union=False,
        named_graphs=list(limits.graphs) or None,
    )
    for subject, predicate, value, graph in rows:
        if limits.without and (
            getattr(subject, "value", "") in limits.without
            or getattr(value, "value", "") in limits.without
        ):
            continue
        yield ox.Quad(subject, predicate, value, graph)


def _order(item: ox.Quad | ox.Triple) -> tuple[str, str, str, str]:
    graph = getattr(item, "graph_name", None)
    # rdf:type first, as people write it.
    predicate = "" if item.predicate.value == v.TYPE else item.predicate.value
    return (str(graph or ""), str(item.subject), predicate, str(item.object))


def _writable(items: Iterable[ox.Quad | ox.Triple]) -> Iterator[ox.Quad | ox.Triple]:
    """Literals with characters that XML cannot hold get U+FFFD in their place."""
    import pyoxigraph as ox

    from kg.export.characters import printable

    for item in items:
        value = item.object
        if isinstance(value, ox.Literal) and (clean := printable(value.value)) != value.value:
            value = (
                ox.Literal(clean, language=value.language)
                if value.language
                else ox.Literal(clean, datatype=value.datatype)
            )
            yield ox.Triple(item.subject, item.predicate, value)
        else:
            yield item
