"""The formats there are: names, file endings, media types, and who writes each.

A writer is imported when its format is asked for, so a format that needs an optional library
costs nothing to those who do not use it.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from kg.errors import InputError, UnknownTermError

Family = Literal["graph", "rdf", "records", "picture"]


@dataclass(frozen=True, slots=True)
class Format:
    """One export format.

    Attributes:
        name: As in ``--format``.
        endings: File endings that mean it, the usual one first.
        media_type: For HTTP.
        family: ``graph`` (nodes and edges), ``rdf`` (quads), ``records`` (whole records),
            ``picture`` (drawn graph).
        title: What it is, for lists of formats.
        writer: ``module:function``.
        binary: Whether it is not text.
    """

    name: str
    endings: tuple[str, ...]
    media_type: str
    family: Family
    title: str
    writer: str
    binary: bool = False

    def load(self) -> Callable[..., Any]:
        """The function that writes it."""
        module, _, name = self.writer.partition(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return function


def _rdf(name: str, endings: tuple[str, ...], media_type: str, title: str) -> Format:
    return Format(name, endings, media_type, "rdf", title, "kg.export.rdf:write_rdf")


_FORMATS: Final = (
    Format("graphml", ("graphml",), "application/graphml+xml", "graph",
           "GraphML (networkx, igraph, yEd, Cytoscape, Gephi)", "kg.export.graphml:write_graphml"),
    Format("gexf", ("gexf",), "application/gexf+xml", "graph",
           "GEXF 1.3 (Gephi)", "kg.export.gexf:write_gexf"),
    Format("cytoscape", ("cyjs",), "application/json", "graph",
           "Cytoscape JSON (Cytoscape, Cytoscape.js)", "kg.export.cytoscape:write_cytoscape"),
    Format("cx2", ("cx2",), "application/json", "graph",
           "CX2 (Cytoscape 3.10, NDEx)", "kg.export.cytoscape:write_cx2"),
    Format("dot", ("dot", "gv"), "text/vnd.graphviz", "graph",
           "DOT (Graphviz)", "kg.export.line_formats:write_dot"),
    Format("node-link", ("node-link.json", "json"), "application/json", "graph",
           "Node-link JSON (networkx, D3)", "kg.export.json_graph:write_node_link"),
    Format("jgf", ("jgf.json", "jgf"), "application/json", "graph",
           "JSON Graph Format 2", "kg.export.json_graph:write_jgf"),
    Format("pajek", ("net",), "text/plain", "graph",
           "Pajek NET", "kg.export.line_formats:write_pajek"),
    Format("csv", ("csv.zip",), "application/zip", "graph",
           "Nodes and edges as CSV in a ZIP", "kg.export.table_files:write_csv_archive",
           binary=True),
    _rdf("turtle", ("ttl",), "text/turtle", "Turtle"),
    _rdf("trig", ("trig",), "application/trig", "TriG, with named graphs"),
    _rdf("nquads", ("nq",), "application/n-quads", "N-Quads, with named graphs"),
    _rdf("ntriples", ("nt",), "application/n-triples", "N-Triples"),
    _rdf("jsonld", ("jsonld",), "application/ld+json", "JSON-LD, with named graphs"),
    _rdf("rdfxml", ("rdf", "owl"), "application/rdf+xml", "RDF/XML"),
    Format("sssom", ("sssom.tsv",), "text/tab-separated-values", "records",
           "SSSOM: mappings of principles", "kg.export.sssom:write_sssom"),
    Format("sqlite", ("sqlite", "db"), "application/vnd.sqlite3", "records",
           "SQLite: cases, links, sources as tables", "kg.export.table_files:write_sqlite",
           binary=True),
    Format("parquet", ("parquet.zip",), "application/zip", "records",
           "Parquet: the same tables in a ZIP", "kg.export.table_files:write_parquet",
           binary=True),
    Format("rocrate", ("rocrate.zip",), "application/zip", "records",
           "RO-Crate: all of it with its description", "kg.export.rocrate:write_rocrate",
           binary=True),
    Format("iati", ("iati.xml",), "application/xml", "records",
           "IATI 2.03 SDG tags", "kg.export.reporting_back:write_iati"),
    Format("crs", ("crs.csv",), "text/csv", "records",
           "OECD-DAC CRS SDG focus field", "kg.export.reporting_back:write_crs"),
    Format("ocds", ("ocds.json",), "application/json", "records",
           "OCDS 1.1 SDG classifications", "kg.export.reporting_back:write_ocds"),
    Format("svg", ("svg",), "image/svg+xml", "picture",
           "Picture of the graph, as vectors", "kg.export.picture:write_svg"),
    Format("png", ("png",), "image/png", "picture",
           "Picture of the graph, as pixels", "kg.export.raster:write_png", binary=True),
    Format("html", ("html",), "text/html", "picture",
           "Page to explore the graph, offline", "kg.export.graph_page:write_page"),
)
FORMATS: Final = {format_.name: format_ for format_ in _FORMATS}
"""Every format by name, in order of display."""


def format_named(name: str) -> Format:
    """The format of that name or file ending.

    Raises:
        UnknownTermError: There is none; the closest names are offered.

    Example:
        >>> format_named("ttl").name
        'turtle'
    """
    wanted = name.strip().lower().removeprefix(".")
    if wanted in FORMATS:
        return FORMATS[wanted]
    for format_ in FORMATS.values():
        if wanted in format_.endings:
            return format_
    raise UnknownTermError(
        f"No export format {name!r}; there are {', '.join(FORMATS)}.",
        suggestions=difflib.get_close_matches(wanted, FORMATS, n=3, cutoff=0.4),
    )


def format_of(path: Path) -> Format:
    """The format that a file name's ending means, the longest ending first.

    Raises:
        InputError: The name has no ending that means a format.

    Example:
        >>> format_of(Path("cases.graphml")).name
        'graphml'
    """
    name = path.name.lower()
    found = [
        (len(ending), format_)
        for format_ in FORMATS.values()
        for ending in format_.endings
        if name.endswith(f".{ending}")
    ]
    if not found:
        raise InputError(
            f"{path.name} does not say which format is meant: give --format, one of "
            f"{', '.join(FORMATS)}"
        )
    return max(found, key=lambda item: item[0])[1]
