"""Which nodes and edges an export holds: all of the graph, and no more than the limits leave."""

from __future__ import annotations

import io

import pytest

from kg import vocabulary as v
from kg.errors import InputError, UnknownTermError
from kg.export import Selection, export, selected_graph
from kg.export.case_graph import case_graph
from kg.export.concept_graph import surroundings
from kg.export.graphs import PropertyGraph
from kg.export.naming import node_named
from kg.projection import Filters, Projection
from kg.store import GraphStore, Snapshot
from kg.store.embedded import EmbeddedStore

_LINKS = ("supports", "undermines", "upholds", "violates", "usesTechnology")


def count(store: GraphStore | Snapshot, query: str) -> int:
    return int(next(iter(store.query(query)))[0].value)  # type: ignore[arg-type, index, union-attr]


def test_every_link_is_an_edge(cases: PropertyGraph, shipped: GraphStore) -> None:
    for kind in _LINKS:
        found = sum(edge.attributes["kind"] == kind for edge in cases.edges())
        query = f"SELECT (COUNT(*) AS ?n) {{ ?s a eq:Case . GRAPH ?g {{ ?s <{v.EQ}{kind}> ?o }} }}"
        assert found == count(shipped, query), kind


def test_every_case_goal_target_and_principle_is_a_node(
    cases: PropertyGraph, shipped: GraphStore
) -> None:
    kinds = [node.kind for node in cases.nodes()]
    for kind, pattern in (
        ("case", "?x a eq:Case"),
        ("goal", "?x a sdgo:Goal"),
        ("target", "?x a sdgo:Target"),
        ("principle", f"?x skos:inScheme <{v.PIVOT_FRAMEWORK}>"),
    ):
        assert kinds.count(kind) == count(
            shipped, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}"
        ), kind


def test_counts_are_told_and_ends_exist(cases: PropertyGraph) -> None:
    nodes = [node.id for node in cases.nodes()]
    edges = list(cases.edges())
    assert (len(nodes), len(edges)) == (cases.node_count, cases.edge_count)
    assert len(set(nodes)) == len(nodes)
    assert len({edge.id for edge in edges}) == len(edges)
    assert {end for edge in edges for end in (edge.source, edge.target)} <= set(nodes)


def test_degrees_are_those_of_the_export(cases: PropertyGraph) -> None:
    degrees: dict[str, int] = {}
    for edge in cases.edges():
        for end in (edge.source, edge.target):
            degrees[end] = degrees.get(end, 0) + 1
    assert {node.id: node.attributes["degree"] for node in cases.nodes()} == {
        node.id: degrees.get(node.id, 0) for node in cases.nodes()
    }


def test_goals_and_targets_carry_the_official_colour(cases: PropertyGraph) -> None:
    colors = {node.id: node.attributes["color"] for node in cases.nodes()}
    assert colors[f"{v.SDG}7"] == colors[f"{v.SDG}7.3"] == "#FCC30B"


def test_link_attributes_come_from_the_record(tiny_store: EmbeddedStore) -> None:
    projection = Projection.open(tiny_store)
    with tiny_store.reader() as snapshot:
        accepted = list(case_graph(projection, snapshot, texts=True).edges())
        every = list(case_graph(projection, snapshot, links="all").edges())
    kinds = sorted(str(edge.attributes["kind"]) for edge in accepted)
    assert "violates" not in kinds
    proposed = [edge for edge in every if edge.attributes["kind"] == "violates"]
    assert [edge.attributes["review"] for edge in proposed] == ["proposed"]


@pytest.mark.parametrize("polarity", ["positive", "negative"])
def test_polarity_keeps_one_side(
    projection: Projection, snapshot: Snapshot, polarity: str
) -> None:
    graph = case_graph(projection, snapshot, polarity=polarity)  # type: ignore[arg-type]
    signs = {edge.attributes["polarity"] for edge in graph.edges()}
    assert signs == {polarity, "neutral"}


def test_filters_limit_the_cases(projection: Projection, snapshot: Snapshot) -> None:
    country = projection.resolve("country", "IN")
    graph = case_graph(projection, snapshot, filters=Filters(countries=(country,)))
    cases = {node.id for node in graph.nodes() if node.kind == "case"}
    wanted = {
        row[0].value
        for row in snapshot.query(f"SELECT DISTINCT ?x {{ ?x a eq:Case ; eq:country <{country}> }}")
    }
    assert cases == wanted
    assert cases


def test_ego_holds_what_is_near(
    projection: Projection, snapshot: Snapshot, cases: PropertyGraph
) -> None:
    middle = f"{v.SDG}3.3"
    graph = selected_graph(projection, snapshot, Selection(graph="ego", node=middle))
    near = {middle}
    for edge in cases.edges():
        if middle in (edge.source, edge.target):
            near |= {edge.source, edge.target}
    assert {node.id for node in graph.nodes()} == near
    wider = selected_graph(projection, snapshot, Selection(graph="ego", node=middle, depth=2))
    assert near < {node.id for node in wider.nodes()}


def test_ego_of_a_framework_shows_its_principles(
    projection: Projection, snapshot: Snapshot
) -> None:
    iri = projection.resolve("framework", "unesco-2021")
    graph = selected_graph(projection, snapshot, Selection(graph="ego", node=iri))
    kinds = [node.kind for node in graph.nodes()]
    assert kinds.count("framework") == 1
    assert kinds.count("framework-principle") + kinds.count("principle") == len(
        projection.principles_of(iri)
    )


def test_concepts_weigh_shared_cases(projection: Projection, snapshot: Snapshot) -> None:
    graph = selected_graph(projection, snapshot, Selection(graph="concepts"))
    weights = {
        frozenset((edge.source, edge.target)): edge.attributes["weight"] for edge in graph.edges()
    }
    one, two = f"{v.SDG}16", f"{v.ID}principle/transparency"
    query = (
        f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ ?c eq:supports|eq:undermines ?t . "
        f"?t skos:broader* <{one}> . ?c eq:upholds|eq:violates <{two}> }}"
    )
    assert weights[frozenset((one, two))] == count(snapshot, query)
    assert not graph.directed


def test_names_people_type_are_understood(projection: Projection) -> None:
    assert node_named(projection, "7.3") == f"{v.SDG}7.3"
    assert node_named(projection, "Privacy") == f"{v.ID}principle/privacy"
    assert node_named(projection, "unesco-2021") == f"{v.ID}framework/unesco-2021"
    case = projection.unit_iri("case", 0)
    assert node_named(projection, case.rsplit("/", 1)[1]) == case
    with pytest.raises(UnknownTermError):
        node_named(projection, "no such thing at all")


def test_impossible_selections_are_refused(shipped: GraphStore) -> None:
    with pytest.raises(InputError):
        Selection(graph="ego")
    with pytest.raises(InputError):
        Selection(graph="ego", node="x", depth=0)
    with pytest.raises(InputError):
        Selection(graph="everything")  # type: ignore[arg-type]
    with pytest.raises(UnknownTermError):
        export(shipped, "graphml", io.BytesIO(), Selection(graph="ego", node="urn:nothing"))
    with pytest.raises(UnknownTermError):
        export(shipped, "graphlm", io.BytesIO())


def test_an_empty_store_gives_an_empty_graph(empty_store: EmbeddedStore) -> None:
    for format_ in ("graphml", "gexf", "cytoscape", "cx2", "dot", "node-link", "jgf", "pajek",
                    "csv", "turtle", "trig", "sqlite", "sssom", "iati", "crs", "ocds", "svg",
                    "html"):
        out = io.BytesIO()
        export(empty_store, format_, out)
        assert out.tell() > 0 or format_ in ("turtle", "trig"), format_


def test_surroundings_are_named_after_their_middle(cases: PropertyGraph) -> None:
    principle = next(node for node in cases.nodes() if node.kind == "principle")
    near, far = (surroundings(cases, principle.id, depth) for depth in (1, 2))
    assert near.heading == f"{principle.label}, and what lies around it"
    assert near.description.endswith(f"Within one step of {principle.label} <{principle.id}>.")
    assert "Within 2 steps of" in far.description


def test_limits_are_told_in_words(projection: Projection, snapshot: Snapshot) -> None:
    filters = Filters(countries=("https://w3id.org/equipoise/id/country/KE",), years=(2015, 2020))
    graph = case_graph(projection, snapshot, filters=filters)
    assert graph.description.endswith(
        "limited to countries id:country/KE; years 2015 to 2020."
    )
