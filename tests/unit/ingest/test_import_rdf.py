"""RDF files: every format, blank nodes, graphs of their own, everything that can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from asking import GRAPH, PREFIXES, ask, values

from kg.errors import InputError, ParseError, ValidationError
from kg.ingest.carrying import ImportOptions, import_files, validate_files
from kg.ingest.records import DatasetDetails
from kg.store import GraphStore

CASE = PREFIXES + 'case:x a eq:Case ; rdfs:label "X"@en ; eq:supports sdg:7.3 .\n'
Writes = Callable[..., Path]


def test_turtle_with_a_plain_triple(store: GraphStore, write: Writes) -> None:
    report = import_files(store, [write("mine.ttl", CASE)], ImportOptions(dataset="mine"))
    assert report.published
    assert ask(store, "<https://w3id.org/equipoise/id/case/x> eq:supports sdg:7.3", "mine")
    record = dict(
        values(store, f"SELECT ?p ?o {{ GRAPH dataset:catalog {{ <{GRAPH}mine> ?p ?o }} }}")
    )
    assert record["https://w3id.org/equipoise/ontology#contentHash"].startswith("sha256:")
    assert record["http://purl.org/dc/terms/source"] == "mine.ttl"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.nt", ox.RdfFormat.N_TRIPLES),
        ("a.nq", ox.RdfFormat.N_QUADS),
        ("a.trig", ox.RdfFormat.TRIG),
        ("a.rdf", ox.RdfFormat.RDF_XML),
        ("a.jsonld", ox.RdfFormat.JSON_LD),
    ],
)
def test_every_format(store: GraphStore, write: Writes, name: str, form: ox.RdfFormat) -> None:
    triples = [quad.triple for quad in ox.parse(CASE, format=ox.RdfFormat.TURTLE)]
    body = ox.serialize(triples, format=form)
    assert body is not None
    import_files(store, [write(name, body)], ImportOptions(dataset="formats"))
    assert ask(store, "<https://w3id.org/equipoise/id/case/x> eq:supports sdg:7.3", "formats")


def test_accepted_links_get_their_plain_triple(store: GraphStore, write: Writes) -> None:
    text = (
        CASE
        + """
    link:one a eq:Link ; rdfs:label "X upholds privacy"@en ; rdf:subject case:x ;
      rdf:predicate eq:upholds ; rdf:object principle:privacy .
    link:two a eq:Link ; rdfs:label "X violates fairness"@en ; rdf:subject case:x ;
      rdf:predicate eq:violates ; rdf:object principle:fairness ; eq:reviewStatus eq:Proposed .
    """
    )
    import_files(store, [write("links.ttl", text)], ImportOptions(dataset="mine"))
    x = "<https://w3id.org/equipoise/id/case/x>"
    privacy = "<https://w3id.org/equipoise/id/principle/privacy>"
    assert ask(store, f"{x} eq:upholds {privacy}", "mine")
    assert not ask(store, f"{x} eq:violates ?any", "mine")


def test_importing_twice_changes_nothing(empty_store: GraphStore, write: Writes) -> None:
    path = write("twice.ttl", CASE + 'case:x dcterms:creator [ rdfs:label "Somebody" ] .')
    import_files(empty_store, [path], ImportOptions(dataset="twice"))
    with empty_store.reader() as snapshot:
        first = snapshot.content_hash()
    import_files(empty_store, [path], ImportOptions(dataset="twice"))
    with empty_store.reader() as snapshot:
        assert snapshot.content_hash() == first
    import_files(empty_store, [path], ImportOptions(dataset="twice", replace=True))
    with empty_store.reader() as snapshot:
        assert snapshot.content_hash() == first


def test_blank_nodes_of_two_files_stay_apart(store: GraphStore, write: Writes) -> None:
    paths = [write(f"{name}.nt", f'_:b <https://example.org/p> "{name}" .\n') for name in "ab"]
    import_files(store, paths, ImportOptions(dataset="blank"))
    assert len(values(store, f"SELECT DISTINCT ?s {{ GRAPH <{GRAPH}blank> {{ ?s ?p ?o }} }}")) == 2


def test_replace_takes_the_old_away(store: GraphStore, write: Writes) -> None:
    import_files(store, [write("one.ttl", CASE)], ImportOptions(dataset="d"))
    other = CASE.replace("case:x", "case:y").replace('"X"', '"Y"')
    import_files(store, [write("two.ttl", other)], ImportOptions(dataset="d", replace=True))
    assert not ask(store, "<https://w3id.org/equipoise/id/case/x> ?p ?o", "d")
    assert ask(store, "<https://w3id.org/equipoise/id/case/y> ?p ?o", "d")


def test_graphs_of_their_own_are_kept_or_put_together(store: GraphStore, write: Writes) -> None:
    quads = '<a:s> <a:p> "1" <https://example.org/g1> .\n<a:s> <a:p> "2" .\n'
    report = import_files(store, [write("own.nq", quads)])
    assert set(report.graphs) == {"https://example.org/g1", f"{GRAPH}own"}
    report = import_files(store, [write("own.nq", quads)], ImportOptions(dataset="flat"))
    assert report.graphs == (f"{GRAPH}flat",)
    assert report.findings.warnings == 1
    assert ask(store, '<a:s> <a:p> "1" , "2"', "flat")


def test_a_name_of_a_shipped_dataset_is_not_taken_by_accident(
    store: GraphStore, write: Writes
) -> None:
    report = import_files(store, [write("cases.ttl", CASE)])
    assert report.dataset == f"{GRAPH}my-cases"


def test_the_record_keeps_what_was_said_before(store: GraphStore, write: Writes) -> None:
    path = write("mine.ttl", CASE)
    details = DatasetDetails("Mine", "CC-BY-4.0", "https://example.org", "1", "Ada")
    import_files(store, [path], ImportOptions(dataset="mine", details=details))
    import_files(store, [path], ImportOptions(dataset="mine", details=DatasetDetails(version="2")))
    record = dict(
        values(store, f"SELECT ?p ?o {{ GRAPH dataset:catalog {{ <{GRAPH}mine> ?p ?o }} }}")
    )
    assert record["http://purl.org/dc/terms/title"] == "Mine"
    assert record["http://www.w3.org/ns/dcat#version"] == "2"
    assert (
        record["http://purl.org/dc/terms/license"] == "https://creativecommons.org/licenses/by/4.0/"
    )
    assert record["http://purl.org/dc/terms/creator"] == "Ada"
    assert record["https://w3id.org/equipoise/ontology#tripleCount"] == "3"


def test_the_shipped_context_is_read_from_disk(store: GraphStore, write: Writes) -> None:
    text = """{"@context": ["https://w3id.org/equipoise/context.jsonld"],
      "@id": "https://w3id.org/equipoise/id/case/j", "@type": "eq:Case",
      "rdfs:label": "J"}"""
    text = text.replace('"eq:Case"', '"https://w3id.org/equipoise/ontology#Case"').replace(
        '"rdfs:label"', '"http://www.w3.org/2000/01/rdf-schema#label"'
    )
    import_files(store, [write("j.jsonld", text)])
    assert ask(store, "<https://w3id.org/equipoise/id/case/j> a eq:Case", "j")


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
)
OUTSIDE = BOMB.replace('"&a;&a;&a;&a;&a;&a;&a;&a;"', 'SYSTEM "file:///etc/hostname"')


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.ttl", PREFIXES + "case:x a eq:Case\ncase:y a eq:Case .", "a.ttl:1[0-9]:"),
        ("a.ttl", "<https://e.org/a> <https://e.org/p> <relative> .", "a.ttl:1:.*relative"),
        ("a.nt", "<a:a> <a:b> <a:c> .\nnonsense\n", "a.nt:2:"),
        ("a.nq", "<a:a> <a:b> .\n", "a.nq:1:"),
        ("a.trig", "<a:g> { <a:a> <a:b> <a:c>", "a.trig:1:"),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<open>',
            "a.rdf:2:",
        ),
        (
            "a.rdf",
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
                '<rdf:Description rdf:about="x y"/></rdf:RDF>'
            ),
            "a.rdf:2:.*x y",
        ),
        ("a.jsonld", '{"@id": "a:a",}', "a.jsonld:1:"),
        (
            "a.jsonld",
            '{"@context": "https://example.org/c", "@id": "a:a", "b": 1}',
            "a.jsonld.*context",
        ),
        ("a.ttl", b'<a:a> <a:b> "\xff\xfe" .', "a.ttl"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_what_is_not_well_formed_is_refused(
    store: GraphStore, write: Writes, name: str, content: str | bytes, place: str
) -> None:
    with pytest.raises(ParseError, match=f"(?s){place}"):
        import_files(store, [write(name, content)], ImportOptions(dataset="bad"))


@pytest.mark.parametrize(("content", "message"), [(BOMB, "nested"), (OUTSIDE, "another file")])
@pytest.mark.usefixtures("unchanged")
def test_hostile_entities_are_refused(
    store: GraphStore, write: Writes, content: str, message: str
) -> None:
    with pytest.raises(InputError, match=f"a.rdf.*{message}"):
        import_files(store, [write("a.rdf", content)])


def test_plain_entities_of_owl_files_are_read(store: GraphStore, write: Writes) -> None:
    text = (
        '<!DOCTYPE rdf:RDF [<!ENTITY e "https://example.org/">]>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
        '<rdf:Description rdf:about="&e;a"><e:p>1</e:p></rdf:Description></rdf:RDF>'
    )
    import_files(store, [write("a.rdf", text)])
    assert ask(store, '<https://example.org/a> <https://example.org/p> "1"', "a")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("case:x a eq:Case .", "title"),
        ('case:x a eq:Case ; rdfs:label "X"@en ; eq:startYear "soon" .', "start year"),
        ('case:x a eq:Case ; rdfs:label "X"@en ; eq:startYear 2020, 2021 .', "start year"),
        ('case:x a eq:Case ; rdfs:label "X"@en ; eq:startYear 2020 ; eq:endYear 2010 .', "before"),
        ('case:x a eq:Case ; rdfs:label "X"@en ; eq:country sdg:7 .', "country"),
        ('case:x a eq:Case ; rdfs:label "X"@en ; eq:status country:KE .', "status"),
        ("link:x a eq:Link ; rdf:subject case:x ; rdf:predicate eq:supports .", "object"),
        (
            "link:x a eq:Link ; rdf:subject case:x ; rdf:predicate rdfs:label ; rdf:object sdg:7 .",
            "predicate",
        ),
        (
            (
                "link:x a eq:Link ; rdf:subject case:x ; rdf:predicate eq:supports ; "
                "rdf:object sdg:7 ;"
                " eq:confidence 1.5 ."
            ),
            "onfidence",
        ),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_what_is_against_the_shapes_is_refused(
    store: GraphStore, write: Writes, statement: str, message: str
) -> None:
    path = write("bad.ttl", PREFIXES + statement)
    with pytest.raises(ValidationError, match=message) as caught:
        import_files(store, [path], ImportOptions(dataset="bad"))
    assert "bad.ttl" in str(caught.value)
    assert "https://w3id.org/equipoise/id/" in str(caught.value)
    assert caught.value.findings[0]["file"] == "bad.ttl"


def test_a_very_large_file_is_checked_only_when_asked(
    store: GraphStore, write: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.ingest import carrying
    from kg.ingest.validation import validate_data

    monkeypatch.setattr(carrying, "CHECKED", 50)
    report = import_files(
        store, [write("bad.ttl", PREFIXES + "case:x a eq:Case .")], ImportOptions(dataset="large")
    )
    assert report.published
    (found,) = report.findings
    assert found.suggestion == "kg validate --dataset large checks it now"
    assert validate_data(store, dataset="large").failed


@pytest.mark.usefixtures("unchanged")
def test_validating_finds_the_same_and_writes_nothing(store: GraphStore, write: Writes) -> None:
    report = validate_files(store, [write("bad.ttl", PREFIXES + "case:x a eq:Case .")])
    assert report.findings.failed
    assert not report.published
    good = validate_files(store, [write("good.ttl", CASE)])
    assert not good.findings.failed


@pytest.mark.usefixtures("unchanged")
def test_one_bad_file_keeps_all_out(store: GraphStore, write: Writes) -> None:
    with pytest.raises(ParseError):
        import_files(store, [write("good.ttl", CASE), write("bad.nt", "x\n")])


@pytest.mark.usefixtures("unchanged")
def test_a_file_without_triples_is_refused(store: GraphStore, write: Writes) -> None:
    with pytest.raises(InputError, match="no triples"):
        import_files(store, [write("none.ttl", "# nothing\n")])


@pytest.mark.usefixtures("unchanged")
def test_the_catalogue_is_no_dataset(store: GraphStore, write: Writes) -> None:
    with pytest.raises(InputError, match="catalog"):
        import_files(store, [write("a.ttl", CASE)], ImportOptions(dataset="catalog"))


def test_wrong_records_can_be_left_out(store: GraphStore, write: Writes, tmp_path: Path) -> None:
    text = (
        CASE
        + """
    case:bad a eq:Case ; rdfs:label "Bad"@en ; eq:startYear "soon" .
    link:to a eq:Link ; rdfs:label "l"@en ; rdf:subject case:bad ;
      rdf:predicate eq:supports ; rdf:object sdg:7 .
    """
    )
    rejected = tmp_path / "rejected.ttl"
    options = ImportOptions(dataset="part", skip_invalid=True, rejected=rejected)
    report = import_files(store, [write("part.ttl", text)], options)
    assert report.published
    assert ask(store, "<https://w3id.org/equipoise/id/case/x> a eq:Case", "part")
    assert not ask(store, "<https://w3id.org/equipoise/id/case/bad> ?p ?o", "part")
    assert not ask(store, "?l a eq:Link", "part")
    body = rejected.read_text()
    assert body.startswith("# ")
    assert '"soon"' in body
    assert len(list(ox.parse(body, format=ox.RdfFormat.TURTLE))) == 8
    assert report.files[0].left_out == 2


def test_a_check_with_skip_invalid_leaves_no_file(store: GraphStore, write: Writes) -> None:
    path = write("model.ttl", CASE + 'case:bad a eq:Case ; rdfs:label "B"@en ; eq:startYear "x" .')
    options = ImportOptions(dataset="mine", skip_invalid=True)
    left = path.with_name("model.rejected.ttl")
    checked = validate_files(store, [path], options)
    assert (checked.files[0].left_out, checked.files[0].rejected_file) == (1, "")
    assert not left.exists()
    imported = import_files(store, [path], options)
    assert (imported.files[0].left_out, imported.files[0].rejected_file) == (1, str(left))
    assert '"x"' in left.read_text()
