"""RDF files hold the same statements, read by rdflib, which is not the library that wrote them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg import vocabulary as v
from kg.export import Selection, export
from kg.export.characters import printable
from kg.projection import Filters, Projection
from kg.store import GraphStore
from kg.store.embedded import EmbeddedStore

GRAPH = "https://w3id.org/equipoise/dataset/awkward"
NAMES = {"turtle": "turtle", "trig": "trig", "nquads": "nquads", "ntriples": "nt",
         "jsonld": "json-ld", "rdfxml": "xml"}


@pytest.fixture
def store(tmp_path: Path, awkward_texts: dict[str, str]) -> Iterator[EmbeddedStore]:
    """A store with every awkward text, in several languages and types."""
    store = EmbeddedStore.create(tmp_path / "store")
    note = ox.NamedNode(v.EDITORIAL_NOTE)
    quads = []
    for name, text in awkward_texts.items():
        subject, graph = ox.NamedNode(f"https://example.org/id/{name}"), ox.NamedNode(GRAPH)
        quads.append(ox.Quad(subject, note, ox.Literal(text), graph))
        quads.append(ox.Quad(subject, note, ox.Literal(text, language="ar"), graph))
        other = ox.NamedNode(f"{GRAPH}-two")
        quads.append(ox.Quad(subject, note, ox.Literal(text), other))
    with store.writer("awkward") as write:
        write.add(quads)
    yield store
    store.close()


def exported(store: GraphStore, format_: str, selection: Selection | None = None) -> bytes:
    out = io.BytesIO()
    export(store, format_, out, selection or Selection(links="all"))
    return out.getvalue()


@pytest.mark.parametrize("format_", NAMES)
def test_awkward_literals_survive(
    store: EmbeddedStore, awkward_texts: dict[str, str], format_: str
) -> None:
    read = rdflib.Dataset(default_union=True)
    read.parse(data=exported(store, format_), format=NAMES[format_])
    found = {
        (str(subject), str(value), getattr(value, "language", None))
        for subject, _, value in read.triples((None, rdflib.URIRef(v.EDITORIAL_NOTE), None))
    }
    tidy = printable if format_ == "rdfxml" else str
    wanted = {
        (f"https://example.org/id/{name}", tidy(text), language)
        for name, text in awkward_texts.items()
        for language in (None, "ar")
    }
    if format_ == "rdfxml":  # XML readers turn the line end \\r\\n into \\n unless it is escaped
        found = {(s, t.replace("\r\n", "\n"), lang) for s, t, lang in found}
        wanted = {(s, t.replace("\r\n", "\n"), lang) for s, t, lang in wanted}
    assert found == wanted


@pytest.mark.parametrize("format_", ["trig", "nquads", "jsonld"])
def test_graph_names_survive(
    store: EmbeddedStore, awkward_texts: dict[str, str], format_: str
) -> None:
    read = rdflib.Dataset()
    read.parse(data=exported(store, format_), format=NAMES[format_])
    sizes = {str(graph.identifier): len(graph) for graph in read.graphs() if len(graph)}
    assert sizes == {GRAPH: 2 * len(awkward_texts), f"{GRAPH}-two": len(awkward_texts)}


@pytest.mark.parametrize("format_", NAMES)
def test_same_revision_same_bytes(shipped: GraphStore, format_: str) -> None:
    selection = Selection(filters=Filters(datasets=(f"{v.DATASET}controlled",)), links="all")
    first = exported(shipped, format_, selection)
    assert first
    assert first == exported(shipped, format_, selection)


def test_one_dataset_in_turtle_is_that_dataset(shipped: GraphStore) -> None:
    iri = f"{v.DATASET}controlled"
    data = exported(shipped, "turtle", Selection(filters=Filters(datasets=(iri,)), links="all"))
    read = rdflib.Graph().parse(data=data, format="turtle")
    rows = shipped.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=[iri])
    assert len(read) == int(next(iter(rows))[0].value)  # type: ignore[arg-type, index, union-attr]
    assert b"@prefix skos:" in data
    assert b"id:organisation-type\\/" not in data


def test_filters_leave_out_cases_with_all_their_statements(shipped: GraphStore) -> None:
    projection = Projection.open(shipped)
    country = projection.resolve("country", "IN")
    data = exported(shipped, "trig", Selection(filters=Filters(countries=(country,))))
    read = ox.Store()
    read.bulk_load(data, format=ox.RdfFormat.TRIG)
    cases = read.query(
        f"SELECT DISTINCT ?c {{ ?c a <{v.CASE}> }}", use_default_graph_as_union=True
    )
    wanted = shipped.query(f"SELECT DISTINCT ?c {{ ?c a <{v.CASE}> ; eq:country <{country}> }}")
    assert {row[0] for row in cases} == {row[0] for row in wanted}
    strays = read.query(
        f"ASK {{ ?x <{v.SUBJECT}> ?c . FILTER(STRSTARTS(STR(?c), '{v.ID}case/')) "
        f"FILTER NOT EXISTS {{ ?c a <{v.CASE}> }} }}",
        use_default_graph_as_union=True,
    )
    assert not bool(strays)


def test_accepted_links_only_leaves_proposals_out(tiny_store: EmbeddedStore) -> None:
    assert b"Proposed" not in exported(tiny_store, "nquads", Selection())
    assert b"Proposed" in exported(tiny_store, "nquads", Selection(links="all"))
