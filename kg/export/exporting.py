"""From a store to a file in any format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from kg.errors import InputError
from kg.export.formats import Format, format_named
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from kg.export.graphs import PropertyGraph
    from kg.projection import Projection
    from kg.store import GraphStore, Snapshot

GraphName = Literal["cases", "concepts", "ego"]
GRAPHS: Final[tuple[GraphName, ...]] = ("cases", "concepts", "ego")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export.

    Attributes:
        graph: ``cases``, ``concepts`` or ``ego`` (the surroundings of one node).
        node: IRI of the node in the middle of an ego graph.
        depth: Steps from that node.
        filters: Limits on cases and links.
        links: Accepted links, or proposed ones too.
        polarity: Positive links, negative links or both.
        texts: Carry summaries, definitions and rationales in graph formats.

    Example:
        >>> Selection(graph="ego", node="http://metadata.un.org/sdg/7").depth
        1
    """

    graph: GraphName = "cases"
    node: str = ""
    depth: int = 1
    filters: Filters = NO_FILTERS
    links: Links = "accepted"
    polarity: Polarity = "both"
    texts: bool = False

    def __post_init__(self) -> None:
        if self.graph not in GRAPHS:
            raise InputError(f"Unknown graph {self.graph!r}; choose one of {', '.join(GRAPHS)}.")
        if self.graph == "ego" and not self.node:
            raise InputError("An ego graph needs a node to stand in the middle.")
        if not 1 <= self.depth <= 6:
            raise InputError(f"The depth must lie between 1 and 6, not {self.depth}.")


EVERYTHING: Final = Selection()


def export(
    store: GraphStore,
    format_: str | Format,
    out: BinaryIO,
    selection: Selection = EVERYTHING,
) -> None:
    """Write the store, or a part of it, in a format.

    Args:
        store: What to write; its newest revision is pinned while writing.
        format_: Name or file ending of the format, or the format itself.
        out: Where to; written piece by piece.
        selection: Which part.

    Raises:
        UnknownTermError: No such format, or no such node.
        MissingExtra: The format needs an optional library.

    Example:
        >>> import io
        >>> from kg.store import open_store
        >>> out = io.BytesIO()
        >>> export(open_store(), "graphml", out)
        >>> out.getvalue()[:38].decode()
        '<?xml version="1.0" encoding="UTF-8"?>'
    """
    from kg.projection import Projection

    chosen = format_named(format_) if isinstance(format_, str) else format_
    projection = Projection.open(store)
    write = chosen.load()
    with store.reader() as snapshot:
        match chosen.family:
            case "graph" | "picture":
                write(selected_graph(projection, snapshot, selection), out)
            case "rdf":
                from kg.export.rdf import limits_of

                links: Links = "all" if selection.links == "all" else "accepted"
                whole = selection.filters.is_empty and links == "all"
                limits = None if whole else limits_of(
                    projection, snapshot, selection.filters, links
                )
                write(snapshot, out, chosen.name, limits)
            case "records":
                write(projection, snapshot, out, selection)


def selected_graph(
    projection: Projection, snapshot: Snapshot, selection: Selection
) -> PropertyGraph:
    """The nodes and edges that a selection means."""
    if selection.graph == "concepts":
        from kg.export.concept_graph import concept_graph

        return concept_graph(projection, snapshot, selection)
    from kg.export.case_graph import case_graph

    whole = case_graph(
        projection,
        snapshot,
        filters=selection.filters,
        links=selection.links,
        polarity=selection.polarity,
        texts=selection.texts,
        frameworks=selection.graph == "ego",
    )
    if selection.graph == "cases":
        return whole
    from kg.export.concept_graph import surroundings

    return surroundings(whole, selection.node, selection.depth)
