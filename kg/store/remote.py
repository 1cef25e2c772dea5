"""A store behind somebody else's SPARQL server, read only, through SPARQLWrapper.

The same dataset on every engine: servers differ in what their default graph is, so the union is
asked for by naming all graphs, as the SPARQL protocol lets a client do.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import ReadOnlyStore, RemoteStoreError
from kg.store.endpoint import MAX_BYTES, PAUSES, Endpoint
from kg.store.hashing import content_hash
from kg.store.lexing import outline
from kg.store.protocol import Revision
from kg.vocabulary import CONTENT_HASH, DCAT_DATASET, DCTERMS, PREFIXES

if TYPE_CHECKING:
    from kg.settings import Settings
    from kg.store.protocol import QueryResults, Writer

MAX_GRAPHS: Final = 500
FRESH_SECONDS: Final = 10.0
_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_LAST_CHANGE: Final = f"""
SELECT (MAX(STR(?date)) AS ?when) WHERE {{ GRAPH ?g {{
  ?d a <{DCAT_DATASET}> ; <{DCTERMS}modified>|<{DCTERMS}issued> ?date }} }}
"""
_UNKNOWN: Final = "1970-01-01T00:00:00+00:00"
_NAME: Final = re.compile(r"\b([A-Za-z][\w-]*):")


class RemoteSnapshot:
    """What a remote engine held when it was last looked at.

    Nothing pins it there: the revision is a fingerprint of the engine's graphs, so that what was
    computed from another state is not taken for this one's.
    """

    def __init__(self, store: RemoteStore, revision: Revision) -> None:
        self._store, self.revision = store, revision

    @property
    def cache_dir(self) -> Path:
        """A directory of this engine and fingerprint under the platform's cache directory."""
        import platformdirs

        engine = hashlib.sha256(self._store.location.encode()).hexdigest()[:16]
        root = Path(platformdirs.user_cache_dir("equipoise", appauthor=False))
        directory = root / "remote" / engine / self.revision.id
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Ask the engine."""
        return self._store.query(
            sparql, union=union, default_graphs=default_graphs, named_graphs=named_graphs
        )

    def triple_count(self) -> int:
        """Number of quads in named graphs, and in the default graph where it is apart."""
        return self._store.quad_count()

    def content_hash(self) -> str:
        """Hash over all quads; the engine sends them all, so it is kept with the revision."""
        path = self.cache_dir / "content-hash"
        with contextlib.suppress(OSError):
            return path.read_text(encoding="utf-8").strip()
        import pyoxigraph as ox

        held = ox.Store()
        for graph in self._store.graphs():
            name = ox.NamedNode(graph)
            found = self.query(
                f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", union=False
            )
            assert isinstance(found, ox.QueryTriples)
            held.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in found)
        value = content_hash(held)
        with contextlib.suppress(OSError):
            path.write_text(f"{value}\n", encoding="utf-8")
        return value


class RemoteStore:
    """Any SPARQL 1.1 server that holds our data.

    Args:
        endpoint: Its query address; a user name and password in it are sent as HTTP Basic.
        settings: Deadline.
        max_bytes: Largest answer read.
        pauses: Seconds between attempts.

    Example::

        RemoteStore("https://example.org/sparql", settings=load_settings()).query("ASK {}")
    """

    def __init__(
        self,
        endpoint: str,
        *,
        settings: Settings,
        max_bytes: int = MAX_BYTES,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._endpoint = Endpoint(
            endpoint, timeout=settings.query_timeout, max_bytes=max_bytes, pauses=pauses
        )
        self.location = self._endpoint.location
        self._guard = threading.Lock()
        self._snapshot: RemoteSnapshot | None = None
        self._graphs: tuple[str, ...] = ()
        self._counts = 0
        self._looked = 0.0

    @property
    def revision(self) -> Revision:
        """Number 0, a fingerprint of the engine's graphs as id, and when they last changed."""
        return self._current().revision

    def refresh(self) -> bool:
        """Look at the engine again, at most every ten seconds."""
        with self._guard:
            if self._snapshot is not None and time.monotonic() - self._looked < FRESH_SECONDS:
                return False
            before = self._snapshot
            self._look()
            return before is None or before.revision.id != self._current().revision.id

    def graphs(self) -> tuple[str, ...]:
        """IRIs of the engine's named graphs."""
        self._current()
        return self._graphs

    def quad_count(self) -> int:
        """Number of quads when the engine was last looked at."""
        self._current()
        return self._counts

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Ask the engine; see :meth:`kg.store.protocol.GraphStore.query`.

        Raises:
            QueryError: The engine refuses the query.
            QueryTimeout: It did not answer in time.
            QueryTooLarge: It answers more than is read.
            RemoteStoreError: It does not answer as the protocol says.
        """
        if union or default_graphs or named_graphs is not None:
            self._current()  # the names of the graphs must be known
        is_graph = outline(sparql).form in {"CONSTRUCT", "DESCRIBE"}
        data = self.ask(
            sparql,
            accept=_NTRIPLES if is_graph else _JSON,
            union=union,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
        )
        return _parsed(data, is_graph=is_graph)

    def ask(
        self,
        sparql: str,
        *,
        accept: str,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> bytes:
        """The engine's own answer, in a media type."""
        default, named = list(default_graphs), list(named_graphs or ())
        stated = bool(default) or named_graphs is not None
        if not stated and union and not outline(sparql).states_dataset:
            graphs = self._graphs
            if 0 < len(graphs) <= MAX_GRAPHS:
                default = named = list(graphs)
        return self._endpoint.ask(_prefixed(sparql), accept, default, named)

    def dump(self, extension: str) -> bytes:
        """All named graphs, in a format that holds several."""
        import pyoxigraph as ox

        form = ox.RdfFormat.from_extension(extension)
        assert form is not None
        rows = self.query("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }", union=False)
        assert isinstance(rows, ox.QuerySolutions)
        quads = (ox.Quad(row["s"], row["p"], row["o"], row["g"]) for row in rows)
        data = ox.serialize(quads, format=form, prefixes=dict(PREFIXES))
        assert data is not None
        return data

    @contextlib.contextmanager
    def reader(self) -> Iterator[RemoteSnapshot]:
        """What the engine holds now."""
        self.refresh()
        yield self._current()

    def writer(self, message: str = "") -> contextlib.AbstractContextManager[Writer]:
        """Refused: remote stores are read only.

        Raises:
            ReadOnlyStore: Always.
        """
        del message
        raise ReadOnlyStore(f"{self.location} is read-only here: write with the engine's own tools")

    def content_hash(self) -> str:
        """Content hash of what the engine holds."""
        return self._current().content_hash()

    def _current(self) -> RemoteSnapshot:
        if self._snapshot is None:
            self.refresh()
        assert self._snapshot is not None
        return self._snapshot

    def _look(self) -> None:
        import pyoxigraph as ox

        # Counted graph by graph, whatever the engine takes for its default graph.
        found = _parsed(
            self._endpoint.ask(
                "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
                _JSON,
            ),
            is_graph=False,
        )
        assert isinstance(found, ox.QuerySolutions)
        counts = sorted(
            (row["g"].value, int(row["n"].value))
            for row in found
            if isinstance(row["g"], ox.NamedNode)
        )
        hashes = _parsed(
            self._endpoint.ask(
                f"SELECT ?h WHERE {{ GRAPH ?g {{ ?d <{CONTENT_HASH}> ?h }} }} ORDER BY ?h",
                _JSON,
            ),
            is_graph=False,
        )
        assert isinstance(hashes, ox.QuerySolutions)
        text = f"{counts}{[row['h'].value for row in hashes]}"
        last = _parsed(self._endpoint.ask(_LAST_CHANGE, _JSON), is_graph=False)
        assert isinstance(last, ox.QuerySolutions)
        identity = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._graphs = tuple(graph for graph, _ in counts)
        self._counts = sum(count for _, count in counts)
        self._looked = time.monotonic()
        if self._snapshot is None or self._snapshot.revision.id != f"remote-{identity}":
            created = _moment([row["when"].value for row in last if row["when"] is not None])
            self._snapshot = RemoteSnapshot(self, Revision(0, f"remote-{identity}", created))


def _moment(found: list[str]) -> str:
    """When the engine's datasets were last changed, by their own records.

    Not when somebody looked: the same data are the same revision, and give the same documents.
    """
    for text in found:
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    return _UNKNOWN


def _prefixed(sparql: str) -> str:
    """The query with declarations of the common prefixes it may use without declaring them."""
    used = {name for name in _NAME.findall(sparql) if name in PREFIXES}
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in sorted(used)) + sparql


def _parsed(data: bytes, *, is_graph: bool) -> QueryResults:
    import pyoxigraph as ox

    try:
        if not is_graph:
            return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
        held = ox.Store()
        held.bulk_extend(
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES)
        )
    except (SyntaxError, ValueError) as error:
        raise RemoteStoreError(f"the engine's answer cannot be read: {error}") from error
    return held.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
