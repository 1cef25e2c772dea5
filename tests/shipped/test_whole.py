"""The shipped graph as one whole: nothing dangles, everything is named, sourced and counted."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from kg import vocabulary as v
from kg.identifiers import dataset_iri, link_iri, participation_iri, source_iri
from kg.locations import data_dir, ontology_dir
from kg.report.language import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store import GraphStore

OUR_NAMESPACES = (v.ONTOLOGY, v.ID, v.DATASET, v.SDG_SCHEME)
LEGAL_SUFFIX = re.compile(
    r" (?:inc|incorporated|ltd|limited|llc|plc|gmbh|ag|corp|corporation|co|company|sa|ab|bv|srl"
    r"|spa|pte|group)$"
)
COUNT_ROW = re.compile(r"^\| (?P<what>[^|]+) \| `(?P<pattern>[^`]+)` \| (?P<count>[\d,]+) \|$")


def data_files() -> list[Path]:
    """The shipped datasets."""
    return sorted(data_dir().glob("*.ttl"))


@pytest.fixture(scope="module")
def whole() -> Store:
    """Every shipped file, each in the graph of its dataset, with nothing derived."""
    store = Store()
    for path in data_files():
        store.bulk_load(path=path, to_graph=NamedNode(dataset_iri(path.stem)))
    for path in sorted(ontology_dir().glob("*.ttl")):
        if path.stem != "shapes":
            store.bulk_load(path=path, to_graph=NamedNode(v.ONTOLOGY_GRAPH))
    return store


def rows(store: Store, pattern: str) -> list[tuple[str, ...]]:
    """Distinct values of ``SELECT DISTINCT …`` over all graphs, as strings."""
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in v.PREFIXES.items())
    found = store.query(f"{prefixes}SELECT DISTINCT {pattern}", use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return sorted(
        tuple("" if value is None else value.value for value in solution) for solution in found
    )


def test_no_blank_node(whole: Store) -> None:
    """Every record in data/ has an identifier that others can cite."""
    nameless = [
        quad
        for quad in whole
        if quad.graph_name.value != v.ONTOLOGY_GRAPH
        and (isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode))
    ]
    assert nameless == []


def test_nothing_of_ours_dangles(whole: Store) -> None:
    """What a record points at in our namespaces and the SDG namespace is itself described."""
    described = {quad.subject.value for quad in whole if isinstance(quad.subject, NamedNode)}
    dangling = {
        (quad.object.value, quad.graph_name.value)
        for quad in whole
        if isinstance(quad.object, NamedNode)
        and quad.object.value.startswith(OUR_NAMESPACES)
        and quad.object.value not in described
    }
    assert dangling == set()


def test_every_object_has_a_name(whole: Store) -> None:
    """Whatever data/ points at, in any namespace, has a label that a person can read."""
    named = {
        quad.subject.value
        for quad in whole
        if quad.predicate.value in {v.RDFS + "label", v.SKOS + "prefLabel"}
        and isinstance(quad.object, Literal)
        and quad.object.value.strip()
    }
    nameless = {
        (quad.predicate.value, quad.object.value)
        for quad in whole
        if isinstance(quad.object, NamedNode)
        and quad.graph_name.value != v.ONTOLOGY_GRAPH
        and quad.object.value not in named
    }
    assert nameless == set()


def test_no_plain_link_triple_is_authored(whole: Store) -> None:
    """Plain triples of links are derived by the store, never written in data/."""
    authored = [
        quad
        for predicate in v.LINK_PREDICATES
        for quad in whole.quads_for_pattern(None, NamedNode(predicate), None)
    ]
    assert authored == []


def test_every_link_is_sourced_and_complete(whole: Store) -> None:
    """A link has subject, predicate and object that exist, and at least one described source."""
    links = {iri for (iri,) in rows(whole, "?l { ?l a eq:Link }")}
    sound = rows(
        whole,
        """?l { ?l a eq:Link ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ;
             dcterms:source ?source . ?s a ?sc . ?o a ?oc . ?p a ?pc .
             ?source a eq:Source ; schema:url ?url ; dcterms:publisher ?publisher }""",
    )
    assert links
    assert links == {iri for (iri,) in sound}


def test_identifiers_follow_from_content(whole: Store) -> None:
    """Links, participations and sources carry the identifier that an import would mint."""
    links = rows(
        whole,
        "?l ?s ?p ?o ?g { GRAPH ?g { ?l a eq:Link ; rdf:subject ?s ; rdf:predicate ?p ;"
        " rdf:object ?o } }",
    )
    assert [row[0] for row in links if row[0] != link_iri(*row[1:])] == []
    parts = rows(
        whole,
        "?x ?c ?o ?r { ?c eq:participation ?x . ?x eq:organisation ?o ; eq:role ?r }",
    )
    assert [row[0] for row in parts if row[0] != participation_iri(*row[1:])] == []
    sources = rows(whole, "?x ?url { ?x a eq:Source ; schema:url ?url }")
    assert [iri for iri, url in sources if iri != source_iri(url)] == []


def quads(store: GraphStore, pattern: str) -> set[str]:
    """What the pattern binds to graph, subject, predicate and object."""
    found = store.query(f"SELECT DISTINCT ?g ?s ?p ?o {{ {pattern} }}")
    assert isinstance(found, QuerySolutions)
    return {" ".join(str(solution[name]) for name in "gspo") for solution in found}


def test_derived_triples_equal_accepted_links(shipped: GraphStore) -> None:
    """In the built store a plain triple stands for each accepted link, and for nothing else."""
    names = ", ".join(f"<{predicate}>" for predicate in v.LINK_PREDICATES)
    plain = quads(shipped, f"GRAPH ?g {{ ?s ?p ?o FILTER (?p IN ({names})) }}")
    accepted = quads(
        shipped,
        f"""GRAPH ?g {{ ?l a <{v.LINK}> ; <{v.RDF}subject> ?s ; <{v.RDF}predicate> ?p ;
               <{v.RDF}object> ?o .
            FILTER NOT EXISTS {{ ?l <{v.REVIEW_STATUS}> <{v.PROPOSED}> }}
            FILTER NOT EXISTS {{ ?l <{v.REVIEW_STATUS}> <{v.REJECTED}> }} }}""",
    )
    assert plain
    assert plain == accepted


def normalised(name: str) -> str:
    """A name without case, accents, punctuation, leading article and legal form."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    folded = re.sub(r"\W+", " ", folded.replace("&", " and ")).strip().removeprefix("the ")
    while (shorter := LEGAL_SUFFIX.sub("", folded)) != folded:
        folded = shorter
    return folded


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The Wharton School", "wharton school"),
        ("SenseTime Group Inc.", "Sensetime"),
        ("Université de Montréal", "UNIVERSITE DE MONTREAL"),
        ("Bird & Bird", "Bird and Bird"),
    ],
)
def test_normalising_sees_through_spelling(left: str, right: str) -> None:
    """The comparison of names would notice these pairs."""
    assert normalised(left) == normalised(right)


def test_no_two_organisations_share_a_name(whole: Store) -> None:
    """One body, one identifier: labels and other names are told apart after normalising."""
    owners: dict[str, set[str]] = defaultdict(set)
    for iri, name in rows(whole, "?o ?n { ?o a org:Organization ; rdfs:label|skos:altLabel ?n }"):
        owners[normalised(name)].add(iri)
    assert {name: iris for name, iris in owners.items() if len(iris) > 1} == {}


def test_no_label_belongs_to_two_countries(whole: Store) -> None:
    """A country named in a table means one country."""
    owners: dict[str, set[str]] = defaultdict(set)
    for iri, name in rows(
        whole, "?o ?n { ?o a eq:Country ; skos:prefLabel|skos:altLabel|skos:notation ?n }"
    ):
        owners[name.casefold()].add(iri)
    assert {name: iris for name, iris in owners.items() if len(iris) > 1} == {}


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("?x a sdgo:Goal", 17),
        ("?x a sdgo:Target", 169),
        (f"?x skos:inScheme <{v.PIVOT_FRAMEWORK}>", 17),
        ("?x a eq:Technology", 216),
        ("?x a eq:Country", 250),
        ("?x a eq:Region", 30),
    ],
)
def test_names_in_the_languages_of_reports(shipped: GraphStore, pattern: str, count: int) -> None:
    """One each, told apart from all others of the scheme in the same language."""
    rows: Any = shipped.query(f"SELECT DISTINCT ?x ?l {{ {pattern} . ?x skos:prefLabel ?l }}")
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        names[row["x"].value][row["l"].language].append(row["l"].value)
    assert len(names) == count
    for language in LANGUAGES:
        told = [label for by in names.values() for label in by[language]]
        assert {iri: by[language] for iri, by in names.items() if len(by[language]) != 1} == {}
        assert len({label.casefold() for label in told}) == count
        assert all(label == " ".join(label.split()) != "" for label in told)
    assert not any("'" in label for by in names.values() for label in by["fr"])


def test_every_country_rolls_up_to_the_world(whole: Store) -> None:
    """All 249 codes of ISO 3166-1 and XZ lie in a region that is part of the world."""
    reached = rows(
        whole,
        f"?c {{ ?c a eq:Country ; eq:region/skos:broader* <{v.ID}region/001> }}",
    )
    assert len(reached) == 250
    assert reached == rows(whole, "?c { ?c a eq:Country }")


def test_every_concept_is_labelled_and_defined(whole: Store) -> None:
    """Concepts of data/ carry a preferred label in English and a definition."""
    missing = rows(
        whole,
        """?c { ?c a skos:Concept .
            FILTER (STRSTARTS(STR(?c), STR(id:)))
            FILTER NOT EXISTS { ?c skos:prefLabel ?l . FILTER (LANG(?l) = "en")
                                ?c skos:definition ?d } }""",
    )
    assert missing == []


def documented_counts() -> list[tuple[str, str, int]]:
    """The table of counts in data/README.md."""
    text = (data_dir() / "README.md").read_text(encoding="utf-8")
    found = filter(None, (COUNT_ROW.match(line) for line in text.splitlines()))
    return [
        (row["what"].strip(), row["pattern"], int(row["count"].replace(",", ""))) for row in found
    ]


def test_counts_are_as_documented(whole: Store) -> None:
    """Every number in data/README.md is what its pattern counts."""
    documented = documented_counts()
    assert len(documented) > 20
    counted = [
        (what, pattern, len(rows(whole, f"?x {{ ?x {pattern} }}")))
        for what, pattern, _ in documented
    ]
    assert counted == documented


def test_every_file_has_a_record_and_a_paragraph(whole: Store) -> None:
    """Each dataset is described in the catalogue and in data/README.md."""
    text = (data_dir() / "README.md").read_text(encoding="utf-8")
    recorded = {
        iri
        for (iri,) in rows(
            whole,
            "?d { ?d a dcat:Dataset ; dcterms:title ?t ; dcterms:license ?l ; dcat:version ?v ;"
            " dcterms:issued ?i ; dcterms:creator ?c ; dcterms:source ?s }",
        )
    }
    for path in data_files():
        assert dataset_iri(path.stem) in recorded, path.name
        assert f"`{path.name}`" in text, path.name


def test_shapes_find_nothing() -> None:
    """SHACL: no violation and no warning anywhere in data/."""
    import pyshacl
    from rdflib import Graph

    graph = Graph()
    for path in [*data_files(), ontology_dir() / "equipoise.ttl"]:
        graph.parse(path)
    shapes = Graph().parse(ontology_dir() / "shapes.ttl")
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
    assert conforms, report
