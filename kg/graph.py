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

    from kg.analysis.compare import Comparison
    from kg.analysis.coverage import CoverageTable
    from kg.analysis.crosswalk import Crosswalk
    from kg.analysis.gaps import GapReport
    from kg.analysis.network import NetworkReport
    from kg.analysis.profile import Profile
    from kg.analysis.robustness import Robustness
    from kg.analysis.suggest import CoverPlan, Predictions
    from kg.analysis.trend import Trend
    from kg.linking.linker import Linker
    from kg.linking.proposals import Proposal
    from kg.projection import Filters, Projection
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
    """A knowledge graph: SPARQL, analyses, linking, exports and reports.

    Analyses bear the names of the commands and return frozen results with ``to_dict()``,
    ``to_rows()`` and ``to_pandas()``. Any number of processes may use the same store while
    another one writes.
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

    def filters(self, **names: Any) -> Filters:
        """Limits for any analysis, from codes, labels or IRIs.

        Args:
            names: ``datasets``, ``countries``, ``regions``, ``statuses``, ``technologies``,
                ``organisations`` (several each) and ``years`` (``"2018-2025"``).

        Raises:
            UnknownTermError: A name means nothing here; the closest are offered.
        """
        from kg.projection.naming import filters_named

        return filters_named(self.projection, **names)

    def crosswalk(self, **options: Any) -> Crosswalk:
        """Compare frameworks through the pivot; see :func:`kg.analysis.crosswalk`."""
        from kg.analysis.crosswalk import crosswalk

        return crosswalk(self.projection, **options)

    def compare(
        self, over: str = "goal", *, first: Filters, second: Filters, **options: Any
    ) -> Comparison:
        """Hold one part of the graph against another; see :func:`kg.analysis.compare`."""
        from kg.analysis.compare import compare

        return compare(self.projection, over, first=first, second=second, **options)

    def trend(self, over: str = "goal", **options: Any) -> Trend:
        """Follow shares over the years; see :func:`kg.analysis.trend`."""
        from kg.analysis.trend import trend

        return trend(self.projection, over, **options)

    def network(self, **options: Any) -> NetworkReport:
        """Measure the network of concepts; see :func:`kg.analysis.network`."""
        from kg.analysis.network import network

        return network(self.projection, **options)

    def profile(self, by: str = "organisation", over: str = "goal", **options: Any) -> Profile:
        """What groups do more of than others; see :func:`kg.analysis.profile`."""
        from kg.analysis.profile import profile

        return profile(self.projection, by, over, **options)

    def robustness(self, over: str = "goal", **options: Any) -> Robustness:
        """Ranks under every defensible choice; see :func:`kg.analysis.robustness`."""
        from kg.analysis.robustness import robustness

        return robustness(self.projection, over, **options)

    def suggest(self, of: str = "target", **options: Any) -> CoverPlan:
        """The smallest set that closes a gap; see :func:`kg.analysis.suggest.suggest_cover`."""
        from kg.analysis.suggest import suggest_cover

        return suggest_cover(self.projection, of, **options)

    def suggest_links(self, of: str = "target", **options: Any) -> Predictions:
        """Links that may be missing; see :func:`kg.analysis.suggest.suggest_links`."""
        from kg.analysis.suggest import suggest_links

        return suggest_links(self.projection, of, **options)

    def export(self, path: str | Path, **selection: Any) -> Path:
        """Write the graph or a part of it; the ending decides the format.

        Args:
            path: File to write.
            selection: Fields of :class:`kg.export.Selection` (``graph``, ``node``, ``depth``,
                ``filters``, ``links``, ``polarity``, ``texts``).

        Raises:
            InputError: No format has this ending.
        """
        from kg.export import Selection, export, format_of
        from kg.export.naming import node_named
        from kg.export.whole_file import whole_file

        path = Path(path)
        chosen = format_of(path)
        if node := selection.get("node"):
            selection = {"graph": "ego", **selection, "node": node_named(self.projection, node)}
        wanted = Selection(**selection)
        self.store.refresh()
        with whole_file(path) as out:
            export(self.store, chosen, out, wanted)
        return path

    def report(self, path: str | Path, **options: Any) -> Path:
        """Write the gap report; the ending decides the format.

        Args:
            path: File to write.
            options: Fields of :class:`kg.report.ReportOptions` (``filters``, ``level``,
                ``counting``, ``title`` …).

        Raises:
            InputError: No format has this ending.
        """
        from kg.export.whole_file import whole_file
        from kg.report import ReportOptions, report_format_of
        from kg.report.building import build_report

        path = Path(path)
        chosen = report_format_of(path)
        self.store.refresh()
        model = build_report(self.store, ReportOptions(**options))
        with whole_file(path) as out:
            chosen.write(model, out)
        return path

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
