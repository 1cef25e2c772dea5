"""Every graph format is read back by a reader that is not ours, with nothing lost."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export.characters import printable
from kg.export.cytoscape import write_cx2, write_cytoscape
from kg.export.gexf import write_gexf
from kg.export.graphml import identifier, write_graphml
from kg.export.graphs import PropertyGraph
from kg.export.json_graph import write_jgf, write_node_link
from kg.export.line_formats import write_dot, write_pajek
from kg.export.table_files import write_csv_archive

Write = Callable[[PropertyGraph, Any], None]
Nodes = dict[str, dict[str, Any]]
Edges = Counter[tuple[str, str, str]]
SCHEMAS = Path(__file__).parents[2] / "fixtures" / "schemas"


def written(write: Write, graph: PropertyGraph) -> bytes:
    out = io.BytesIO()
    write(graph, out)
    return out.getvalue()


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: printable(value) if isinstance(value, str) else value for key, value in values.items()
    }


def expected(graph: PropertyGraph, cleaned: bool = True) -> tuple[Nodes, Edges]:
    tidy = clean if cleaned else dict
    nodes = {node.id: tidy(node.attributes) for node in graph.nodes()}
    edges = Counter(
        (edge.source, edge.target, json.dumps(tidy(edge.attributes), sort_keys=True))
        for edge in graph.edges()
    )
    return nodes, edges


def of_networkx(graph: Any, *dropped: str) -> tuple[Nodes, Edges]:
    nodes = {
        node: {key: value for key, value in values.items() if key not in dropped}
        for node, values in graph.nodes(data=True)
    }
    edges = Counter(
        (
            source,
            target,
            json.dumps(
                {key: value for key, value in values.items() if key not in dropped},
                sort_keys=True,
            ),
        )
        for source, target, values in graph.edges(data=True)
    )
    return nodes, edges


@pytest.fixture(params=["awkward", "cases"])
def graph(request: pytest.FixtureRequest) -> PropertyGraph:
    found: PropertyGraph = request.getfixturevalue(request.param)
    return found


def test_graphml_in_networkx(graph: PropertyGraph) -> None:
    read = nx.read_graphml(io.BytesIO(written(write_graphml, graph)), force_multigraph=True)
    assert read.is_directed()
    assert read.is_multigraph()
    named = nx.relabel_nodes(read, dict(read.nodes("iri")))
    nodes, edges = of_networkx(named, "iri")
    wanted = expected(graph)
    # An element without text is read as missing.
    assert {iri: filled(values) for iri, values in nodes.items()} == {
        iri: filled(values) for iri, values in wanted[0].items()
    }
    assert texts_apart(edges) == texts_apart(wanted[1])
    assert Counter(nx.get_edge_attributes(read, "iri").values()) == Counter(
        edge.id for edge in graph.edges()
    )


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None)}


def texts_apart(edges: Edges) -> Edges:
    found: Edges = Counter()
    for (source, target, values), number in edges.items():
        found[source, target, json.dumps(filled(json.loads(values)), sort_keys=True)] += number
    return found


def test_graphml_in_igraph(graph: PropertyGraph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    path = tmp_path / "graph.graphml"
    path.write_bytes(written(write_graphml, graph))
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    assert (read.vcount(), read.ecount()) == (graph.node_count, graph.edge_count)
    nodes, edges = expected(graph)
    for vertex in read.vs:
        given = nodes[vertex["iri"]]
        for key in ("label", "kind", "color", "status", "description"):
            if key in read.vs.attributes():
                assert vertex[key] == given.get(key, ""), (vertex["iri"], key)
        for key in ("size", "degree", "year"):
            if key in given:
                assert vertex[key] == given[key]
    names = read.vs["iri"]
    by_id = {edge.id: edge for edge in graph.edges()}
    assert len(by_id) == graph.edge_count == sum(edges.values())
    for link in read.es:
        edge = by_id[link["iri"]]
        assert (names[link.source], names[link.target]) == (edge.source, edge.target)
        values = clean(edge.attributes)
        for key in ("label", "kind", "polarity", "color", "rationale"):
            assert link[key] == values.get(key, ""), (edge.id, key)
        assert link["weight"] == values["weight"]


def test_gexf_in_networkx(graph: PropertyGraph) -> None:
    read = nx.read_gexf(io.BytesIO(written(write_gexf, graph)), version="1.3")
    nodes, _ = expected(graph)
    assert set(read.nodes) == set(nodes)
    for iri, values in read.nodes(data=True):
        given = nodes[iri]
        assert values["label"] == (given.get("label") or iri)
        for key in ("kind", "code", "degree", "year", "status", "description"):
            assert values.get(key, "") == given.get(key, ""), (iri, key)
        if "color" in given:
            colour = values["viz"]["color"]
            assert "#{r:02X}{g:02X}{b:02X}".format(**colour) == given["color"]
            assert values["viz"]["size"] == given["size"]
    ends = Counter((source, target) for source, target in read.edges())
    assert ends == Counter((edge.source, edge.target) for edge in graph.edges())
    by_id = {edge.id: edge for edge in graph.edges()}
    for _, _, values in read.edges(data=True):
        given = by_id[values["id"]].attributes
        assert values["weight"] == given["weight"]
        assert values.get("rationale", "") == printable(str(given.get("rationale", "")))
        assert values["polarity"] == given["polarity"]


@pytest.mark.parametrize(("write", "schema"), [(write_gexf, "gexf"), (write_graphml, "graphml")])
def test_xml_formats_keep_their_schema(graph: PropertyGraph, write: Write, schema: str) -> None:
    # None of the packages at hand (gexfpy, pygexf, simplegexf, networkx) carries the official
    # schemas; these were written from the descriptions of the formats, see the notes inside.
    etree = pytest.importorskip("lxml.etree")
    rules = etree.XMLSchema(etree.parse(SCHEMAS / f"{schema}.xsd"))
    parser = etree.XMLParser(huge_tree=True)
    rules.assertValid(etree.fromstring(written(write, graph), parser))


def test_the_schemas_refuse_what_the_formats_forbid(awkward: PropertyGraph) -> None:
    etree = pytest.importorskip("lxml.etree")
    for write, schema, changes in (
        (write_graphml, "graphml", [(b'<node id="iri:', b'<node id="a/'),
                                    (b'<data key="n_label"', b'<data key="n_nothing"'),
                                    (b' edgedefault="directed"', b""),
                                    (b'attr.type="int"', b'attr.type="integer"')]),
        (write_gexf, "gexf", [(b' r="252"', b' r="256"'), (b' class="node"', b""),
                              (b' version="1.3"', b' version="1.2"'),
                              (b'target="https://example.org/id/bare"', b'target="nowhere"')]),
    ):
        rules = etree.XMLSchema(etree.parse(SCHEMAS / f"{schema}.xsd"))
        data = written(write, awkward)
        assert rules.validate(etree.fromstring(data))
        for old, new in changes:
            assert old in data
            assert not rules.validate(etree.fromstring(data.replace(old, new, 1))), new


@given(iris=st.lists(st.text(min_size=1), min_size=2, max_size=8, unique=True))
def test_graphml_identifiers_stay_apart(iris: list[str]) -> None:
    starts = ("", "https://w3id.org/equipoise/id/", "http://metadata.un.org/sdg/")
    made = {identifier(start + iri) for iri in iris for start in starts}
    assert len(made) == len({start + iri for iri in iris for start in starts})
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]+", name) for name in made)


def test_cytoscape_in_networkx(graph: PropertyGraph) -> None:
    document = json.loads(written(write_cytoscape, graph))
    read = nx.cytoscape_graph(document)
    assert read.is_directed()
    assert read.is_multigraph()
    nodes, edges = expected(graph, cleaned=False)
    found = of_networkx(read, "id", "value", "name", "key", "source", "target", "interaction")
    assert found == (nodes, edges)


def test_cx2_in_ndex2(graph: PropertyGraph, tmp_path: Path) -> None:
    cx2 = pytest.importorskip("ndex2.cx2")
    path = tmp_path / "graph.cx2"
    path.write_bytes(written(write_cx2, graph))
    read = cx2.RawCX2NetworkFactory().get_cx2network(str(path))
    found = {
        item["v"]["iri"]: {k: v for k, v in item["v"].items() if k not in ("iri", "name")}
        for item in read.get_nodes().values()
    }
    nodes, edges = expected(graph, cleaned=False)
    assert found == nodes
    iris = {number: item["v"]["iri"] for number, item in read.get_nodes().items()}
    ends = Counter((iris[item["s"]], iris[item["t"]]) for item in read.get_edges().values())
    assert ends == Counter((a, b) for a, b, _ in edges.elements())
    aspects = {name: aspect for part in json.loads(path.read_bytes())
               for name, aspect in part.items()}
    counts = {item["name"]: item["elementCount"] for item in aspects["metaData"]}
    assert counts["nodes"] == len(aspects["nodes"])
    assert counts["edges"] == len(aspects["edges"])


def test_node_link_in_networkx(graph: PropertyGraph) -> None:
    document = json.loads(written(write_node_link, graph))
    read = nx.node_link_graph(document, edges="edges")
    assert of_networkx(read) == expected(graph, cleaned=False)


def test_jgf_holds_everything(graph: PropertyGraph) -> None:
    document = json.loads(written(write_jgf, graph))["graph"]
    nodes, edges = expected(graph, cleaned=False)
    assert {iri: item["metadata"] for iri, item in document["nodes"].items()} == nodes
    assert Counter(
        (item["source"], item["target"], json.dumps(item["metadata"], sort_keys=True))
        for item in document["edges"]
    ) == edges
    assert document["directed"] is True


def test_dot_in_graphviz(awkward: PropertyGraph) -> None:
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed; .ci/run installs it")
    data = written(write_dot, awkward)
    drawn = subprocess.run(["dot", "-Tsvg"], input=data, capture_output=True, check=True)
    assert drawn.stdout.count(b'class="node"') == awkward.node_count
    assert drawn.stdout.count(b'class="edge"') == awkward.edge_count
    read = json.loads(
        subprocess.run(["dot", "-Tjson0"], input=data, capture_output=True, check=True).stdout
    )
    nodes = {item["name"]: item for item in read["objects"]}
    assert set(nodes) == {node.id for node in awkward.nodes()}
    for node in awkward.nodes():
        for key in ("label", "description"):
            text = printable(str(node.attributes.get(key, "")))
            # A label keeps its escapes, other attributes too: "\n" stands for a line end.
            shown = text.replace("\\", "\\\\").replace("\r\n", "\\n").replace("\n", "\\n")
            assert nodes[node.id].get(key, "").replace("\\N", "") in (shown, text), (node.id, key)


def test_dot_of_the_shipped_graph_parses(cases: PropertyGraph) -> None:
    if shutil.which("gc") is None:
        pytest.skip("Graphviz is not installed; .ci/run installs it")
    counted = subprocess.run(
        ["gc", "-n", "-e"], input=written(write_dot, cases), capture_output=True, check=True
    ).stdout.split()
    assert [int(counted[0]), int(counted[1])] == [cases.node_count, cases.edge_count]


def test_pajek_in_networkx_and_igraph(graph: PropertyGraph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    path = tmp_path / "graph.net"
    path.write_bytes(written(write_pajek, graph))
    read = nx.read_pajek(path)
    assert (read.number_of_nodes(), read.number_of_edges()) == (graph.node_count, graph.edge_count)
    assert {values["id"] for _, values in read.nodes(data=True)} == {
        node.id for node in graph.nodes()
    }
    other = igraph.Graph.Read_Pajek(str(path))
    assert (other.vcount(), other.ecount()) == (graph.node_count, graph.edge_count)
    assert sorted(other.es["weight"]) == sorted(
        float(edge.attributes["weight"]) for edge in graph.edges()
    )


def test_csv_lists_hold_everything(graph: PropertyGraph) -> None:
    with zipfile.ZipFile(io.BytesIO(written(write_csv_archive, graph))) as archive:
        tables = {
            name: list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
        }
    csv.field_size_limit(10**6)
    nodes = {row["Id"]: row for row in tables["nodes.csv"]}
    assert len(nodes) == graph.node_count
    for node in graph.nodes():
        for key, value in node.attributes.items():
            assert nodes[node.id][key] == str(value).replace("\x00", "\ufffd")
    ends = Counter((row["Source"], row["Target"]) for row in tables["edges.csv"])
    assert ends == Counter((edge.source, edge.target) for edge in graph.edges())
    described = {(row["file"], row["column"]) for row in tables["columns.csv"]}
    for name in ("nodes.csv", "edges.csv"):
        assert {(name, column) for column in tables[name][0]} <= described


@pytest.mark.parametrize(
    "write",
    [write_graphml, write_gexf, write_cytoscape, write_cx2, write_node_link, write_jgf, write_dot,
     write_pajek, write_csv_archive],
)
def test_same_graph_same_bytes(write: Write, cases: PropertyGraph) -> None:
    assert written(write, cases) == written(write, cases)
