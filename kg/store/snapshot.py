"""One published revision, opened for reading."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import QuerySyntaxError, StoreCorrupt
from kg.store.hashing import content_hash
from kg.store.layout import Layout, translate, write_atomically
from kg.store.lexing import outline
from kg.store.locks import Lease
from kg.store.protocol import Revision
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import QueryResults


_POSITION: Final = re.compile(r"error at (\d+):(\d+): ")
_CHARACTER_CLASS: Final = re.compile(r'("(?:\\.|[^"\\])*")|(?:, )?\[(?:\'[^\']*\'|[^\]\'])*\]')
_FROM: Final = re.compile("FROM", re.IGNORECASE)


class EmbeddedSnapshot:
    """A revision of the embedded store, kept alive by a lease until :meth:`close`.

    Several processes may hold the same revision. The database is opened when first asked for
    (about 30 ms for millions of triples).
    """

    def __init__(self, layout: Layout, name: str) -> None:
        self.path = layout.revision_dir(name)
        self._lease = Lease(self.path / "lease")
        self.revision: Revision = layout.read_revision(name)
        self._opening = threading.Lock()

    @property
    def cache_dir(self) -> Path:
        """Directory for what can be computed from this revision; made when first asked for.

        On a disk that cannot be written it lies under the platform's cache directory instead.
        """
        directory = self.path / "cache"
        try:
            directory.mkdir(exist_ok=True)
        except OSError:
            return self._cache_elsewhere()
        return directory if os.access(directory, os.W_OK) else self._cache_elsewhere()

    def _cache_elsewhere(self) -> Path:
        import platformdirs

        identity = f"{self.path}{self.revision.created}"
        name = hashlib.sha256(identity.encode()).hexdigest()[:16]
        root = Path(platformdirs.user_cache_dir("equipoise", appauthor=False))
        directory = root / "stores" / f"{self.revision.id}-{name}"
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    @property
    def database(self) -> Path:
        """Directory of the Oxigraph database, to be opened read-only."""
        return self.path / "db"

    @cached_property
    def _store(self) -> ox.Store:
        import pyoxigraph as ox

        try:
            return ox.Store.read_only(str(self.database))
        except (OSError, RuntimeError, ValueError) as error:
            found = translate(error, self.database)
            if found is error:
                found = StoreCorrupt(f"{self.database} cannot be read: {error}")
            raise found from error

    @property
    def store(self) -> ox.Store:
        """The read-only Oxigraph store."""
        with self._opening:
            return self._store

    def query(
        self,
        sparql: str,
        *,
        union: bool = True,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResults:
        """Run a trusted query in this process, without limits.

        Raises:
            QuerySyntaxError: It does not parse.
        """
        return run_query(
            self.store,
            sparql,
            union=union,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
        )

    def triple_count(self) -> int:
        """Number of quads. Cost: one pass over an index the first time (0.5 s per million)."""
        return int(self._kept("triples", lambda: str(len(self.store))))

    def content_hash(self) -> str:
        """Hash over all quads outside the catalogue graph.

        Two stores with the same content have the same hash, whatever the order of writing. Cost:
        about 5 s per million quads the first time.
        """
        return self._kept("content-hash", lambda: content_hash(self.store))

    def _kept(self, name: str, compute: object) -> str:
        path = self.cache_dir / name
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            assert callable(compute)
            value = str(compute())
        try:
            write_atomically(self.cache_dir / name, f"{value}\n")
        except OSError:  # a read-only disk only costs the next reader the computation
            return value
        return value

    def close(self) -> None:
        """Let go of the revision."""
        self.__dict__.pop("_store", None)
        self._lease.release()


def run_query(
    store: ox.Store,
    sparql: str,
    *,
    union: bool = True,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] | None = None,
    base_iri: str | None = None,
) -> QueryResults:
    """Evaluate a query with the common prefixes and the chosen dataset.

    Raises:
        QuerySyntaxError: It does not parse.
    """
    import pyoxigraph as ox

    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in default_graphs
    ]
    named: list[ox.NamedNode | ox.BlankNode] | None = (
        None if named_graphs is None else [ox.NamedNode(iri) for iri in named_graphs]
    )
    stated = bool(default) or named is not None
    # The engine lets a union override FROM; SPARQL 1.1 section 13.2 has it the other way round.
    union = union and not stated and not (_FROM.search(sparql) and outline(sparql).states_dataset)
    try:
        return store.query(
            sparql,
            base_iri=base_iri,
            prefixes=dict(PREFIXES),
            use_default_graph_as_union=union,
            default_graph=default if stated else None,
            named_graphs=named,
        )
    except SyntaxError as error:
        raise syntax_error(error) from error
    except (OSError, RuntimeError) as error:
        raise translate(error, Path("the store")) from error


def syntax_error(error: SyntaxError) -> QuerySyntaxError:
    """Our form of the parser's message, with its position (1-based) where it names one."""
    message = error.msg or str(error)
    line, column = error.lineno, error.offset
    if match := _POSITION.match(message):
        line, column = int(match.group(1)), int(match.group(2))
        # Ranges of letters and digits are no help to anybody who mistyped a word.
        message = _CHARACTER_CLASS.sub(r"\1", message[match.end() :]) or message
    place = "" if line is None else f" at line {line}, column {column}"
    return QuerySyntaxError(
        f"SPARQL syntax error{place}: {message}", line=line, column=column
    )
