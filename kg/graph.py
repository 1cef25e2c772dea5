"""The Python interface: one object that asks, counts, links and exports.

Example:
    >>> from kg import open_graph
    >>> graph = open_graph("my-store")  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.settings import Settings
from kg.store import GraphStore, Revision, open_store

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from kg.analysis.coverage import CoverageTable
    from kg.analysis.gaps import GapReport
    from kg.linking.linker import Linker
    from kg.linking.proposals import Proposal
    from kg.projection import Projection
    from kg.store.protocol import QueryResults


def open_graph(store: str | Path | None = None, *, settings: Settings | None = None) -> Graph:
    """Open a graph.

    Args:
        store: Directory of an embedded store, or the address of a SPARQL server; ``KG_STORE``, then
            the platform's data directory (built from the shipped graph on first use), when left
            out.
        settings: Settings; read from the environment when left out.

    Returns:
        A graph that always reads the newest published revision.
    """
    return Graph(open_store(store, settings=settings))


class Graph:
    """A knowledge graph: SPARQL, coverage, gaps, linking, pictures.

    Methods return frozen results with ``to_dict()`` and ``to_pandas()``. Any number of processes
    may use the same store while another one writes.
    """

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self._linker: tuple[str, Linker] | None = None

    def __repr__(self) -> str:
        return f"<Graph {self.store.location} {self.revision.id}>"

    @property
    def revision(self) -> Revision:
        """The revision that is read."""
        self.store.refresh()
        return self.store.revision

    @property
    def projection(self) -> Projection:
        """The graph as incidence matrices: what all counting starts from."""
        from kg.projection import Projection

        self.store.refresh()
        return Projection.open(self.store)

    def query(self, sparql: str) -> QueryResults:
        """Run a SPARQL query; common prefixes may be left out.

        Returns:
            pyoxigraph solutions, triples or a boolean.

        Raises:
            QuerySyntaxError: It does not parse.
        """
        self.store.refresh()
        return self.store.query(sparql)

    def frame(self, sparql: str) -> pd.DataFrame:
        """Run a SELECT query into a pandas frame, one column per variable, values as text."""
        import pandas as pd

        results: Any = self.query(sparql)
        names = [variable.value for variable in results.variables]
        rows = [
            [
                None if row[name] is None else getattr(row[name], "value", str(row[name]))
                for name in names
            ]
            for row in results
        ]
        return pd.DataFrame(rows, columns=names)

    def coverage(
        self, rows: str = "goal", cols: str = "principle", **options: Any
    ) -> CoverageTable:
        """Count distinct units for every pair of members; see :func:`kg.analysis.coverage`."""
        from kg.analysis.coverage import coverage

        return coverage(self.projection, rows, cols, **options)

    def gaps(self, **options: Any) -> GapReport:
        """Rank and explain what is missing; see :func:`kg.analysis.gaps`."""
        from kg.analysis.gaps import gaps

        return gaps(self.projection, **options)

    def concept_graph(self, **options: Any) -> nx.Graph:
        """The weighted graph of concepts, for networkx."""
        return self.projection.concept_graph(**options)

    def case_graph(self, **options: Any) -> nx.Graph:
        """The graph of cases and what they link to, for networkx."""
        return self.projection.case_graph(**options)

    def link(
        self,
        text: str,
        **options: Any,
    ) -> list[Proposal]:
        """Link a text to goals, targets, principles and technologies, with the evidence.

        Options are those of :meth:`kg.linking.linker.Linker.link` (``kinds``, ``preset`` …).
        """
        return self.linker.link(text, **options)

    @property
    def linker(self) -> Linker:
        """The linker of the newest revision; loaded once per revision."""
        from kg.linking.linker import Linker

        revision = self.revision.id
        if self._linker is None or self._linker[0] != revision:
            self._linker = (revision, Linker.load(self.store))
        return self._linker[1]
