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
    _rdf("turtle", ("ttl",), "text/turtle", "Turtle"),
    _rdf("trig", ("trig",), "application/trig", "TriG, with named graphs"),
    _rdf("nquads", ("nq",), "application/n-quads", "N-Quads, with named graphs"),
    _rdf("ntriples", ("nt",), "application/n-triples", "N-Triples"),
    _rdf("jsonld", ("jsonld",), "application/ld+json", "JSON-LD, with named graphs"),
    _rdf("rdfxml", ("rdf", "owl"), "application/rdf+xml", "RDF/XML"),
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
