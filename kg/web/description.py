"""What the service says about itself: SPARQL 1.1 Service Description, VoID and DCAT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.sparql.formats import GRAPHS, RESULTS, Format

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.sparql.service import QueryService
    from kg.store import Snapshot

FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMAT_IRIS: Final = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
}
_PREFIXES: Final = {**v.PREFIXES, "sd": v.SD, "void": v.VOID, "formats": FORMATS}


def service_description(service: QueryService, endpoint: str, chosen: Format) -> bytes:
    """The service description of an endpoint.

    Args:
        service: Whose.
        endpoint: Its address.
        chosen: Serialisation.
    """
    with service.store.reader() as snapshot:
        return _serialised(_service(service, endpoint, snapshot), chosen)


def void_description(service: QueryService, root: str, chosen: Format) -> bytes:
    """The dataset and its parts in VoID and DCAT, records of the catalogue included.

    Args:
        service: Whose.
        root: Address of the server.
        chosen: Serialisation.
    """
    with service.store.reader() as snapshot:
        return _serialised(_void(root, snapshot), chosen)


def _serialised(triples: Iterator[ox.Triple], chosen: Format) -> bytes:
    import pyoxigraph as ox

    form = ox.RdfFormat.from_extension(chosen.extension)
    data = ox.serialize(triples, format=form, prefixes=_PREFIXES)
    assert data is not None
    return data


def _service(
    service: QueryService, endpoint: str, snapshot: Snapshot
) -> Iterator[ox.Triple]:
    import pyoxigraph as ox

    me = ox.NamedNode(endpoint)
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    settings = service.settings
    yield _iri(me, v.TYPE, f"{v.SD}Service")
    yield ox.Triple(me, ox.NamedNode(f"{v.SD}endpoint"), me)
    languages = ["SPARQL11Query"]
    if settings.token or settings.open_writes:
        languages.append("SPARQL11Update")
    for language in languages:
        yield _iri(me, f"{v.SD}supportedLanguage", f"{v.SD}{language}")
    if service.union:
        yield _iri(me, f"{v.SD}feature", f"{v.SD}UnionDefaultGraph")
    if service.settings.service_allow:
        yield _iri(me, f"{v.SD}feature", f"{v.SD}BasicFederatedQuery")
    yield _iri(me, f"{v.SD}feature", f"{v.SD}EmptyGraphs")
    for item in (*RESULTS, *GRAPHS):
        yield _iri(me, f"{v.SD}resultFormat", f"{FORMATS}{_FORMAT_IRIS[item.name]}")
    for item in GRAPHS:
        yield _iri(me, f"{v.SD}inputFormat", f"{FORMATS}{_FORMAT_IRIS[item.name]}")
    yield ox.Triple(me, ox.NamedNode(f"{v.SD}defaultDataset"), dataset)
    yield _iri(dataset, v.TYPE, f"{v.SD}Dataset")
    yield ox.Triple(dataset, ox.NamedNode(f"{v.SD}defaultGraph"), default)
    yield _iri(default, v.TYPE, f"{v.SD}Graph")
    for index, (graph, count) in enumerate(_graph_sizes(snapshot)):
        named, described = ox.BlankNode(f"n{index}"), ox.BlankNode(f"g{index}")
        yield ox.Triple(dataset, ox.NamedNode(f"{v.SD}namedGraph"), named)
        yield _iri(named, v.TYPE, f"{v.SD}NamedGraph")
        yield _iri(named, f"{v.SD}name", graph)
        yield ox.Triple(named, ox.NamedNode(f"{v.SD}graph"), described)
        yield _iri(described, v.TYPE, f"{v.SD}Graph")
        yield _number(described, f"{v.VOID}triples", count)


def _void(root: str, snapshot: Snapshot) -> Iterator[ox.Triple]:
    import pyoxigraph as ox

    whole = ox.NamedNode(v.DATASET.rstrip("/"))
    yield _iri(whole, v.TYPE, f"{v.VOID}Dataset")
    yield _iri(whole, v.TYPE, v.DCAT_DATASET)
    yield _text(whole, v.TITLE, "Equipoise: principles, SDG targets, cases and technologies")
    yield _iri(whole, f"{v.VOID}sparqlEndpoint", f"{root}/sparql")
    yield _iri(whole, f"{v.VOID}vocabulary", v.EQ)
    yield _iri(whole, f"{v.VOID}vocabulary", v.SKOS)
    yield _text(whole, f"{v.VOID}uriSpace", v.ID)
    yield _iri(whole, f"{v.VOID}dataDump", f"{root}/graphs")
    yield _text(whole, f"{v.DCAT}version", snapshot.revision.id)
    total = 0
    for graph, count in _graph_sizes(snapshot):
        part = ox.NamedNode(graph)
        total += count
        yield ox.Triple(whole, ox.NamedNode(f"{v.VOID}subset"), part)
        yield _iri(part, v.TYPE, f"{v.VOID}Dataset")
        yield _number(part, f"{v.VOID}triples", count)
    yield _number(whole, f"{v.VOID}triples", total)
    for item in GRAPHS:
        yield _iri(whole, f"{v.VOID}feature", f"{FORMATS}{_FORMAT_IRIS[item.name]}")
    records = snapshot.query(
        "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <" + v.CATALOG_GRAPH + "> "
        "{ ?s ?p ?o FILTER(isIRI(?s)) } }"
    )
    assert isinstance(records, ox.QueryTriples)
    yield from records


def _graph_sizes(snapshot: Snapshot) -> list[tuple[str, int]]:
    import pyoxigraph as ox

    found = snapshot.query(
        "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)"
    )
    assert isinstance(found, ox.QuerySolutions)
    return [
        (row["g"].value, int(row["n"].value))
        for row in found
        if isinstance(row["g"], ox.NamedNode)
    ]


def _iri(subject: ox.NamedNode | ox.BlankNode, predicate: str, object_: str) -> ox.Triple:
    import pyoxigraph as ox

    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(object_))


def _text(subject: ox.NamedNode | ox.BlankNode, predicate: str, value: str) -> ox.Triple:
    import pyoxigraph as ox

    return ox.Triple(subject, ox.NamedNode(predicate), ox.Literal(value))


def _number(subject: ox.NamedNode | ox.BlankNode, predicate: str, value: int) -> ox.Triple:
    import pyoxigraph as ox

    return ox.Triple(subject, ox.NamedNode(predicate), ox.Literal(value))
