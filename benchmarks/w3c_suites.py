"""The W3C's test suites as their manifests describe them, and when two answers are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyoxigraph as ox

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
BASE = "http://suite.example/"
NUMBERS = {XSD + name for name in (
    "integer", "decimal", "float", "double", "int", "long", "short", "byte", "nonNegativeInteger",
    "positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong",
    "unsignedShort", "unsignedByte",
)}
RESULTS = {"srx": "xml", "srj": "json", "tsv": "tsv"}


class Manifest:
    """One manifest as a graph.

    Args:
        path: Its file.
        root: The folder of the suites.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self.folder, self.root = path.parent, root
        self.base = BASE + str(path.relative_to(root))
        self.store = ox.Store()
        self.store.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=self.base)

    def values(self, subject: Any, predicate: str) -> list[Any]:
        """Objects of a subject and predicate."""
        return [quad.object for quad in
                self.store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]

    def value(self, subject: Any, predicate: str) -> Any:
        """The first of them, if there is one."""
        return next(iter(self.values(subject, predicate)), None)

    def tests(self) -> Iterator[tuple[Any, str]]:
        """Tests in their order, and the kind of each."""
        for quad in self.store.quads_for_pattern(None, ox.NamedNode(MF + "entries"), None):
            node = quad.object
            while node.value != RDF + "nil":
                test = self.value(node, RDF + "first")
                kinds = [kind.value.removeprefix(MF) for kind in self.values(test, RDF + "type")]
                if kinds:
                    yield test, kinds[0]
                node = self.value(node, RDF + "rest")

    def file(self, iri: Any) -> Path:
        """The file behind an address of the suite."""
        return self.root / iri.value.removeprefix(BASE)

    def triples(self, iri: Any) -> str:
        """An RDF file of the suite as N-Triples."""
        path = self.file(iri)
        form = ox.RdfFormat.from_extension(path.suffix[1:])
        found = ox.parse(path.read_bytes(), format=form, base_iri=iri.value)
        return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES).decode()

    def dataset(self, node: Any, kind: str) -> dict[str, str]:
        """Graphs that an action or a result names."""
        graphs = {"": "".join(self.triples(iri) for iri in self.values(node, kind + "data"))}
        for found in self.values(node, kind + "graphData"):
            if isinstance(found, ox.NamedNode):
                graphs[found.value] = self.triples(found)
            else:
                name = self.value(found, LABEL).value
                file = self.value(found, UT + "graph") or self.value(found, UT + "data")
                graphs[name] = self.triples(file)
        return {name: text for name, text in graphs.items() if text or name}


def canonical(term: Any) -> Any:
    """A term by its value: numbers of one type are the same however they are written."""
    if isinstance(term, ox.Literal) and term.datatype.value in NUMBERS:
        try:
            value = Decimal(term.value.strip().replace("INF", "Infinity"))
        except InvalidOperation:
            return term
        if term.datatype.value in (XSD + "float", XSD + "double"):
            return ox.Literal(repr(float(value)), datatype=term.datatype)
        text = str(value.normalize() if value.is_finite() and value else value)
        return ox.Literal(text, datatype=term.datatype)
    return term


def as_graph(rows: list[dict[str, Any]]) -> Counter[Any]:
    """Rows, comparable whatever their blank nodes are called."""
    data = ox.Dataset()
    for row in rows:
        node = ox.BlankNode()
        data.add(ox.Quad(node, ox.NamedNode("row:is"), ox.Literal("a row")))
        for name, value in row.items():
            data.add(ox.Quad(node, ox.NamedNode(f"row:{name}"), canonical(value)))
    data.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return Counter(map(str, data))


def same_triples(one: str, other: str) -> bool:
    """Whether two graphs are isomorphic, numbers taken by value."""
    found = []
    for text in (one, other):
        data = ox.Dataset()
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
            data.add(ox.Quad(quad.subject, quad.predicate, canonical(quad.object)))
        data.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        found.append({str(quad) for quad in data})
    return found[0] == found[1]


def solutions(found: Any) -> list[dict[str, Any]] | bool:
    """What a result says: rows, or true or false."""
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found]


def expected(manifest: Manifest, iri: Any) -> list[dict[str, Any]] | bool | str:
    """Rows, a truth value, or a graph as N-Triples."""
    path = manifest.file(iri)
    if (name := path.suffix[1:]) in RESULTS:
        form = ox.QueryResultsFormat.from_extension(name)
        return solutions(ox.parse_query_results(path.read_bytes(), format=form))
    text = manifest.triples(iri)
    store = ox.Store()
    store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    rows: Any = store.query(
        f"PREFIX rs: <{RS}> SELECT ?row ?index ?name ?value ?truth {{ ?set a rs:ResultSet . "
        "OPTIONAL { ?set rs:boolean ?truth } OPTIONAL { ?set rs:solution ?row . "
        "OPTIONAL { ?row rs:index ?index } OPTIONAL { ?row rs:binding ?b . "
        "?b rs:variable ?name ; rs:value ?value } } }"
    )
    listed = list(rows)
    if not listed:
        return text
    if listed[0]["truth"] is not None:
        return listed[0]["truth"].value == "true"
    table: dict[Any, dict[str, Any]] = {}
    order: dict[Any, int] = {}
    for row in listed:
        if row["row"] is None:
            continue
        values = table.setdefault(row["row"], {})
        order[row["row"]] = int(row["index"].value) if row["index"] is not None else 0
        if row["name"] is not None:
            values[row["name"].value] = row["value"]
    return [table[key] for key in sorted(table, key=lambda item: order[item])]
