"""The pages: every cell leads to as many cases as it counts, and hostile data stay text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import vocabulary as v
from kg.analysis.gaps import gaps
from kg.projection import Projection
from kg.settings import Settings
from kg.store import GraphStore
from kg.store.embedded import EmbeddedStore
from kg.web import create_app, entities
from kg.web.case_lists import Choice, cases_matching
from kg.web.concepts import parents_of
from kg.web.problem_kinds import kinds
from kg.web.tallies import tallies, uses

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007'


def test_the_ontology_tells_version_licence_creators_and_changes(client: FlaskClient) -> None:
    page = client.get("/ontology", headers=BROWSER).get_data(as_text=True)
    for told in ("https://w3id.org/equipoise/ontology/1.0.0", "The Equipoise authors",
                 "creativecommons.org/licenses/by/4.0", "1.0.0 (2026-11-22): first version"):
        assert told in page, told


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store))).test_client()


def cells(page: str) -> list[tuple[int, str]]:
    found = re.findall(r'<td(?: class="total")?><a[^>]*href="([^"]+)">(\d+)</a>', page)
    return [(int(count), href.replace("&amp;", "&")) for href, count in found]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?polarity=positive",
        "?polarity=negative&rows=target",
        "?rows=technology&cols=status&polarity=both",
        "?rows=region",
        "?rows=country&cols=region",
        "?rows=goal&cols=goal&polarity=positive",
        "?dataset=cases&polarity=positive",
        "?dataset=sensetime&rows=region&cols=principle",
    ],
)
def test_cells_lead_to_their_cases(client: FlaskClient, query: str) -> None:
    page = client.get(f"/{query}", headers=BROWSER)
    assert page.status_code == 200
    found = cells(page.text)
    assert len(found) > 15
    for count, href in random.Random(7).sample(found, 15):
        listed = client.get(href, headers=BROWSER).text
        assert f"<h1>{count} case" in listed, href


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/cases",
        "/frameworks",
        "/principles",
        "/sdg",
        "/technologies",
        "/search?q=privacy",
        "/crosswalk",
        "/crosswalk?match=exact",
        "/network",
        "/network?kinds=goal-principle&polarity=negative",
    ],
)
def test_pages_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert not re.search(r'(?:src|href)="https?://(?!creativecommons|w3id|metadata)', answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/?rows=nonsense",
        "/?polarity=up",
        "/crosswalk?match=near",
        "/network?kinds=case",
        "/cases?goal=%3Cx%3E",
        "/cases?principle=a%22b",
        "/browse/what",
    ],
)
def test_wrong_requests_are_explained(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    machine = client.get(path, headers={"Accept": "application/json"})
    assert machine.mimetype == "application/problem+json"
    assert machine.get_json()["status"] == 400


def test_hostile_data_stay_text(tmp_path: Path) -> None:
    import pyoxigraph as ox

    text = str(ox.Literal(HOSTILE))
    store = EmbeddedStore.create(tmp_path / "store")
    with store.writer() as write:
        write.update(
            f"""INSERT DATA {{ GRAPH <https://w3id.org/equipoise/dataset/x> {{
            <https://w3id.org/equipoise/id/case/x> a eq:Case ; dcterms:title {text} ;
              rdfs:label {text} ; dcterms:description {text} ; eq:outcome {text} ;
              skos:editorialNote {text} ; eq:status <javascript:alert(1)> ;
              dcterms:source <https://w3id.org/equipoise/id/source/x> .
            <javascript:alert(1)> skos:prefLabel {text} .
            <https://w3id.org/equipoise/id/source/x> a eq:Source ; rdfs:label {text} ;
              schema:url "javascript:alert(1)"^^xsd:anyURI .
            <https://w3id.org/equipoise/id/link/x> a eq:Link ;
              rdf:subject <https://w3id.org/equipoise/id/case/x> ; rdf:predicate eq:supports ;
              rdf:object sdg:7 ; eq:rationale {text} ;
              dcterms:source <https://w3id.org/equipoise/id/source/x> .
            sdg:7 a sdgo:Goal ; skos:prefLabel {text} ; skos:notation {text} ;
              schema:color {text} . }} }}"""
        )
    app = create_app(Settings(store=str(store.root)))
    client = app.test_client()
    pages = [
        client.get(path, headers=BROWSER)
        for path in (
            "/",
            "/cases",
            "/sdg",
            "/search?q=script",
            "/cases?goal=7",
            "/id/case/x",
            "/sdg/7",
        )
    ]
    assert [page.status_code for page in pages] == [200] * len(pages)
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript:' not in page.text


@pytest.fixture(scope="module")
def shown(shipped_store: Path) -> Callable[[str], str]:
    """The page of a thing, rendered without going through the routes."""
    app = create_app(Settings(store=str(shipped_store)))

    def render(iri: str) -> str:
        with app.test_request_context("/"):
            return entities.page(iri)

    return render


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://metadata.un.org/sdg/10", ["Targets", "Supported by", "Undermined by", "#DD1367"]),
        ("http://metadata.un.org/sdg/7.3", ["Supported by", "Indicators"]),
        (f"{v.ID}principle/privacy", ["Upheld by", "Said by frameworks", "Goals it relates to"]),
        (f"{v.ID}framework/sensetime-2021", ["What it asks", "Nothing in this framework amounts"]),
        (f"{v.ID}organisation/sensetime", ["Contested", "Objects", "developer", "Published"]),
        (f"{v.ID}technology/machine-learning", ["Narrower", "Cases"]),
        (f"{v.ID}country/CN", ["Cases", "In this country"]),
        (f"{v.ID}region/001", ["Cases"]),
        (f"{v.ID}claim/entity-list-2019", ["Says so", "Objects", "alleged"]),
        (f"{v.ID}status/deployed", ["Cases with this status"]),
        (f"{v.ID}case/sensetime-csg-load-forecasting", ["Claims about it", "Sources", "Supports"]),
    ],
)
def test_page_shows_what_its_kind_needs(
    shown: Callable[[str], str], iri: str, expected: list[str]
) -> None:
    page = shown(iri)
    assert [text for text in expected if text not in page] == []


def test_every_case_page_and_a_page_of_each_class_render(
    shown: Callable[[str], str], shipped: GraphStore
) -> None:
    rows: Any = shipped.query("SELECT ?t (MIN(STR(?x)) AS ?one) { ?x a ?t } GROUP BY ?t")
    one_of_each = [row["one"].value for row in rows if row["one"].value.startswith("http")]
    assert len(one_of_each) > 20
    for iri in one_of_each:
        assert "<h1>" in shown(iri), iri


@pytest.mark.parametrize("dimension", ["goal", "principle", "framework-principle"])
def test_numbers_beside_names_are_the_lengths_of_the_lists(
    client: FlaskClient, shipped: GraphStore, dimension: str
) -> None:
    counted = tallies(shipped, dimension)
    with shipped.reader() as snapshot:
        for iri, tally in list(counted.items())[::7]:
            for polarity, number in (("positive", tally.positive), ("negative", tally.negative)):
                found = cases_matching(snapshot, [Choice(dimension, iri)], polarity)
                assert found.total == number, (iri, polarity)


def test_lists_go_on_over_pages(client: FlaskClient) -> None:
    seen: list[str] = []
    for number in range(1, 4):
        page = client.get(f"/cases?page={number}", headers=BROWSER).text
        seen += re.findall(r'class="title" href="([^"]+)"', page)
    total = re.search(r"<h1>(\d+) cases</h1>", client.get("/cases", headers=BROWSER).text)
    assert total is not None
    assert len(seen) == len(set(seen)) == int(total[1])
    assert client.get("/cases?page=4", headers=BROWSER).status_code == 404
    assert client.get("/cases?page=0", headers=BROWSER).status_code == 400


def test_contested_claims_name_both_sides(shown: Callable[[str], str]) -> None:
    page = shown(f"{v.ID}organisation/sensetime")
    contested = re.findall(r'<article class="claim contested">.*?</article>', page, re.DOTALL)
    assert len(contested) >= 4
    for claim in contested:
        assert "<dt>Says so</dt>" in claim
        assert "<dt>Objects</dt>" in claim
        assert "<dt>Sources</dt>" in claim


def test_gaps_page_shows_what_the_analysis_found(client: FlaskClient, shipped: GraphStore) -> None:
    from html import unescape

    report = gaps(Projection.open(shipped))
    page = unescape(client.get("/gaps", headers=BROWSER).text)
    for gap in report.gaps[:50]:
        assert gap.explanation in page
        assert gap.sparql in page
    for name, count in report.class_counts.items():
        assert re.search(rf'<li class="{name}"><b>{count:,}</b>', page), name


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=pairs&class=untestable", {"pair without case", "pair thin"}),
        ("?kind=frameworks&class=fact", {"framework principle without practice"}),
        ("?class=significant-gap&polarity=negative", None),
        ("?dataset=sensetime&kind=evidence", None),
        ("?page=2", None),
    ],
)
def test_gaps_page_narrows(client: FlaskClient, query: str, kinds: set[str] | None) -> None:
    answer = client.get(f"/gaps{query}", headers=BROWSER)
    assert answer.status_code == 200
    listed = set(re.findall(r'</span> <span class="sources">([a-z ]+)</span></p>', answer.text))
    assert listed
    assert kinds is None or listed <= kinds


@pytest.mark.parametrize(
    "query", ["?kind=nonsense", "?class=x", "?dataset=nowhere", "?page=x", "?polarity=up"]
)
def test_gaps_page_refuses_what_means_nothing(client: FlaskClient, query: str) -> None:
    assert client.get(f"/gaps{query}", headers=BROWSER).status_code == 400


def test_a_technology_counts_cases_of_narrower_ones_once(shipped: GraphStore) -> None:
    with shipped.reader() as snapshot:
        counted = uses(shipped, parents_of(snapshot, v.TECHNOLOGY))
        rows: Any = snapshot.query(
            "SELECT ?x (COUNT(DISTINCT ?case) AS ?n) "
            "{ ?case eq:usesTechnology/skos:broader* ?x } GROUP BY ?x"
        )
        asked = {row["x"].value: int(row["n"].value) for row in rows}
    assert {iri: count for iri, count in counted.items() if count} == asked


def test_lists_name_things_in_english_only(client: FlaskClient, shipped: GraphStore) -> None:
    """What has names in several languages is named once."""
    rows: Any = shipped.query(
        f"SELECT ?l {{ VALUES ?scheme {{ <{v.ID}scheme/country> <{v.ID}scheme/status> "
        f"<{v.ID}scheme/organisation-type> }} ?x skos:inScheme ?scheme ; skos:prefLabel ?l }}"
    )
    labels = [row["l"] for row in rows]
    english = {label.value for label in labels if label.language == "en"}
    foreign = {label.value for label in labels} - english
    assert {label.language for label in labels} == {"en", "es", "fr"}
    with shipped.reader() as snapshot:
        lines = cases_matching(snapshot, []).lines
    assert {line.status for line in lines} <= english
    countries = {name for line in lines for name in line.countries.split(", ")}
    assert len(countries & english) > 5
    assert not countries & foreign
    page = client.get("/frameworks", headers=BROWSER).text
    cells = {unescape(cell) for cell in re.findall(r"<td>([^<]+)</td>", page)}
    assert len(cells & english) > 5
    assert not cells & foreign


def test_search_shows_english_matches_first_and_both_apostrophes(client: FlaskClient) -> None:
    page = client.get("/search?q=uganda", headers=BROWSER).text
    assert "Uganda" in page
    assert "Ouganda" not in page
    for typed in ("l'assainissement", "l’assainissement"):
        found = client.get(f"/search?q={typed}", headers=BROWSER).text
        assert "International support on water and sanitation" in found


def test_search_tells_same_names_apart(client: FlaskClient) -> None:
    page = client.get("/search?q=privacy", headers=BROWSER).text
    rows = re.findall(r'<a href="/id/principle/[^"]+">Privacy</a>.*?</tr>', page, re.DOTALL)
    assert len(rows) >= 3
    assert len({re.sub(r'href="[^"]+"', "", row) for row in rows}) == len(rows)


def test_very_long_lists_are_complete_though_unsorted(
    shipped: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_cases() -> set[str]:
        with shipped.reader() as snapshot:
            parts = [cases_matching(snapshot, [], page=number) for number in range(1, 4)]
        listed = [line.id for part in parts for line in part.lines]
        assert len(listed) == len(set(listed)) == parts[0].total
        return set(listed)

    by_title = all_cases()
    monkeypatch.setattr("kg.web.case_lists.SORTED", 50)
    assert all_cases() == by_title


def test_types_of_problems_have_answers(client: FlaskClient) -> None:
    told = client.get("/?rows=nonsense", headers={"Accept": "application/json"}).get_json()
    prefix = "https://w3id.org/equipoise"
    assert told["type"].startswith(f"{prefix}/problem/")
    page = client.get(told["type"].removeprefix(prefix), headers=BROWSER)
    assert page.status_code == 200
    assert told["title"] in page.text
    assert client.get("/problem/of-nobody", headers=BROWSER).status_code == 404
    everything = client.get("/problem", headers=BROWSER).text
    for kind in kinds():
        assert f'href="/problem/{kind.slug}"' in everything


def test_crosswalk_page_counts_what_the_crosswalk_counts(
    client: FlaskClient, shipped_store: Path
) -> None:
    page = client.get("/crosswalk", headers=BROWSER).text
    table = client.get("/api/v1/crosswalk").json
    last = re.search(r'<tr class="total">.*?</tr>', page, re.DOTALL)
    assert last is not None
    stated = [int(number) for number in re.findall(r"<td><span>(\d+)</span></td>", last.group())]
    by_principle = {row["principle"]["id"]: row["frameworks"] for row in table["consensus"]}
    assert stated == [by_principle[pivot["id"]] for pivot in table["cols"]]
    assert sum(stated) > 0
    letters = re.findall(
        r'title="(?:exact|close|narrow|broad|related) match to [^"]*">([A-Z])<', page
    )
    assert len(letters) == sum(match is not None for row in table["cells"] for match in row)


def test_network_page_ranks_as_the_network_does(client: FlaskClient) -> None:
    page = client.get("/network?kinds=goal-principle", headers=BROWSER).text
    nodes = client.get("/api/v1/network?kind=goal&kind=principle").json["nodes"]
    listed = re.findall(
        r'<tr><th scope="row"><a href="[^"]*">([^<]*)</a></th><td>(?:goal|principle)', page
    )
    expected = [node["label"] for node in nodes[: len(listed)]]
    assert [unescape(label) for label in listed] == expected
    assert len(listed) > 20


@pytest.mark.parametrize(
    ("path", "drawn"),
    [("/id/principle/fairness", True), ("/sdg/9", True), ("/id/region/002", False)],
)
def test_a_thing_that_the_graph_draws_says_so(
    client: FlaskClient, path: str, *, drawn: bool
) -> None:
    page = client.get(path, headers=BROWSER).text
    found = re.search(r'href="(/api/v1/export\?graph=ego[^"]*)"', page)
    assert (found is not None) == drawn
    if found:
        answer = client.get(found.group(1).replace("&amp;", "&"))
        assert answer.status_code == 200
        assert "<svg" in answer.text


def test_api_page_names_every_operation(client: FlaskClient) -> None:
    page = unescape(client.get("/api", headers=BROWSER).text)
    paths = client.get("/api/v1/openapi.json").json["paths"]
    for path, operations in paths.items():
        assert f"<code>{path}</code>" in page
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                assert f"<code>{parameter['name']}</code>" in page
    for path in re.findall(r'<a href="(/[^"]*)">Try it', page):
        assert client.get(path).status_code < 400, path


def test_datasets_page_counts_what_the_list_counts(client: FlaskClient) -> None:
    page = client.get("/datasets", headers=BROWSER).text
    listed = client.get("/api/v1/datasets").json["datasets"]
    assert f"<h1>{len(listed)} datasets</h1>" in page
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert len(rows) == len(listed)
    for row, dataset in zip(rows, listed, strict=True):
        assert dataset["name"] in row
        assert f"{dataset['triples']:,}" in row
        assert "CC BY 4.0" in row
        content = re.search(r'href="([^"]*\?content[^"]*)"', row)
        assert content is not None
        assert client.get(unescape(content.group(1))).status_code == 200


def test_the_editor_opens_with_a_query_that_finds_something(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=BROWSER).text
    query = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert query is not None
    found = client.get(
        "/sparql", query_string={"query": unescape(query.group(1))}, headers={"Accept": "text/csv"}
    )
    assert len(found.text.splitlines()) > 20


def test_the_editor_marks_where_a_query_breaks(client: FlaskClient) -> None:
    page = client.get("/sparql?query=SELECT+*+%7B%0A+?s+?p+", headers=BROWSER).text
    assert 'data-line="2" data-column="' in page
    assert "&#34;[&#34;" in page, "the list of what could follow is not cut at a bracket"


def test_links_without_a_label_are_named_by_what_they_join(
    scratch_store: Path, tmp_path: Path
) -> None:
    from kg.ingest.carrying import ImportOptions, import_files

    store = EmbeddedStore(scratch_store)
    table = tmp_path / "cases.csv"
    table.write_text("id,title,organisations,supports\nown,Our case,Example Labs (developer),7.3\n")
    import_files(store, [table], ImportOptions(dataset="own"))
    rows: Any = store.query(
        "SELECT ?x { GRAPH <https://w3id.org/equipoise/dataset/own> { ?x a ?k } "
        "FILTER(?k IN (eq:Link, eq:Participation)) } ORDER BY DESC(?k)"
    )
    addresses = [row["x"].value.removeprefix("https://w3id.org/equipoise") for row in rows]
    web = create_app(Settings(store=str(scratch_store))).test_client()
    titles = [
        re.findall(r"<h1>(.*?)</h1>", web.get(address, headers=BROWSER).text, re.DOTALL)
        for address in addresses
    ]
    assert [unescape(title[0]) for title in titles] == [
        "Example Labs – Developer",
        "Our case – supports – 7.3",
    ]
