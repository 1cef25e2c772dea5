"""Records of datasets: what each named graph is, in the catalogue graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.errors import NotFound
from kg.identifiers import dataset_iri, dataset_name

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import GraphStore, Writer

MODIFIED: Final = f"{v.DCTERMS}modified"
CREATOR: Final = f"{v.DCTERMS}creator"
LICENCES: Final = {
    "cc-by-4.0": ("https://creativecommons.org/licenses/by/4.0/",
                  "Creative Commons Attribution 4.0 International"),
    "cc-by-sa-4.0": ("https://creativecommons.org/licenses/by-sa/4.0/",
                     "Creative Commons Attribution-ShareAlike 4.0 International"),
    "cc-by-nc-4.0": ("https://creativecommons.org/licenses/by-nc/4.0/",
                     "Creative Commons Attribution-NonCommercial 4.0 International"),
    "cc0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/",
                "Creative Commons Zero 1.0 Universal"),
    "odbl-1.0": ("https://opendatacommons.org/licenses/odbl/1-0/",
                 "Open Data Commons Open Database License 1.0"),
    "odc-by-1.0": ("https://opendatacommons.org/licenses/by/1-0/",
                   "Open Data Commons Attribution License 1.0"),
    "pddl-1.0": ("https://opendatacommons.org/licenses/pddl/1-0/",
                 "Open Data Commons Public Domain Dedication and License 1.0"),
}
"""SPDX identifier (lower case) → address and name."""


@dataclass(frozen=True, slots=True)
class DatasetDetails:
    """What a person says about the data they import; empty means nothing new.

    Args:
        title: Title.
        licence: SPDX identifier (``CC-BY-4.0``), address, or any text.
        source: Where the data come from: address or text.
        version: Version.
        creator: Who imports them.
    """

    title: str = ""
    licence: str = ""
    source: str = ""
    version: str = ""
    creator: str = ""


def write_record(
    write: Writer,
    graph: str,
    details: DatasetDetails,
    *,
    digest: str = "",
    triples: int | None = None,
    files: str = "",
) -> None:
    """Make or bring up to date the record of a dataset.

    What the details leave empty stays as it was; title and source have defaults for a new record
    (the dataset's name and the names of its files).
    """
    import pyoxigraph as ox

    catalog, subject = ox.NamedNode(v.CATALOG_GRAPH), ox.NamedNode(graph)
    store = write.store
    known = {
        quad.predicate.value for quad in store.quads_for_pattern(subject, None, None, catalog)
    }
    name = dataset_name(graph)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    title = details.title or ("" if v.TITLE in known else name)
    source = details.source or ("" if v.DCT_SOURCE in known else files)
    values: dict[str, list[ox.NamedNode | ox.Literal]] = {}
    if title:
        values[v.TITLE] = [ox.Literal(title, language="en")]
        values[v.LABEL] = [ox.Literal(title, language="en")]
    if v.IDENTIFIER not in known:
        values[v.IDENTIFIER] = [ox.Literal(name)]
    if v.ISSUED not in known:
        values[v.ISSUED] = [_date_time(now)]
    values[MODIFIED] = [_date_time(now)]
    if details.licence:
        values[v.LICENSE] = [_licence(store, details.licence)]
    if source:
        values[v.DCT_SOURCE] = [ox.Literal(source)]
    if details.version:
        values[v.VERSION] = [ox.Literal(details.version)]
    if details.creator:
        values[CREATOR] = [ox.Literal(details.creator)]
    if digest:
        values[v.CONTENT_HASH] = [ox.Literal(digest)]
    for predicate in (v.TRIPLE_COUNT, *values):
        for quad in list(
            store.quads_for_pattern(subject, ox.NamedNode(predicate), None, catalog)
        ):
            store.remove(quad)
    if triples is not None:
        values[v.TRIPLE_COUNT] = [ox.Literal(triples)]
    values[v.TYPE] = [ox.NamedNode(v.DCAT_DATASET)]
    store.extend(
        ox.Quad(subject, ox.NamedNode(predicate), term, catalog)
        for predicate, terms in values.items()
        for term in terms
    )
    write.touch(v.CATALOG_GRAPH)


def remove_dataset(store: GraphStore, name: str) -> int:
    """Remove a dataset's graph and its record, as one new revision.

    Returns:
        How many triples went.

    Raises:
        NotFound: There is no such dataset; names those there are.
    """
    import pyoxigraph as ox

    graph = existing_dataset(store, name)
    with store.writer(f"remove dataset {dataset_name(graph)}") as write:
        node, catalog = ox.NamedNode(graph), ox.NamedNode(v.CATALOG_GRAPH)
        gone = sum(1 for _ in write.store.quads_for_pattern(None, None, None, node))
        write.remove_graph(graph)
        for quad in list(write.store.quads_for_pattern(node, None, None, catalog)):
            write.store.remove(quad)
        write.touch(v.CATALOG_GRAPH)
    return gone


def existing_dataset(store: GraphStore, name: str) -> str:
    """IRI of a dataset that is there.

    Raises:
        NotFound: It is not; names the closest.
    """
    import difflib

    graph = dataset_iri(name)
    rows = store.query("SELECT DISTINCT ?g { GRAPH ?g {} }", union=False)
    names = {dataset_name(row[0].value) for row in rows}  # type: ignore[union-attr]
    if dataset_name(graph) in names:
        return graph
    close = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.4)
    hint = f"; closest: {', '.join(close)}" if close else ""
    raise NotFound(f"there is no dataset {name!r}{hint} (kg dataset list shows all)")


def _licence(store: ox.Store, text: str) -> ox.NamedNode | ox.Literal:
    import pyoxigraph as ox

    iri, name = LICENCES.get(text.strip().lower(), ("", ""))
    if not iri and text.startswith(("http://", "https://")):
        iri = text.strip()
        name = next((known for address, known in LICENCES.values() if address == iri), iri)
    if not iri:
        return ox.Literal(text)
    node = ox.NamedNode(iri)
    label = ox.NamedNode(v.LABEL)
    if next(store.quads_for_pattern(node, label, None, None), None) is None:
        store.add(
            ox.Quad(node, label, ox.Literal(name, language="en"), ox.NamedNode(v.CATALOG_GRAPH))
        )
    return node


def _date_time(text: str) -> ox.Literal:
    import pyoxigraph as ox

    return ox.Literal(text, datatype=ox.NamedNode(f"{v.XSD}dateTime"))
