"""Tables of guideline documents: two hundred messy rows whose counts come out exactly."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import GRAPH, ask, values

from kg.errors import ValidationError
from kg.ingest.carrying import ImportOptions, import_files, validate_files
from kg.store import GraphStore

Writes = Callable[..., Path]
ID = "https://w3id.org/equipoise/id/"
COLUMNS = [
    "id",
    "title",
    "publisher",
    "publisher_type",
    "country",
    "year",
    "url",
    "binding",
    "principles",
]
PRINCIPLES = [
    "accountability",
    "beneficence",
    "privacy",
    "fairness",
    "transparency",
    "labor-rights",
    "human-rights",
    "reliability-safety",
    "sustainability",
    "truthfulness",
]
TYPES = [
    "government",
    "company",
    "igo",
    "ngo",
    "academia",
    "Academic institution",
    "Private sector",
    "CSO/NGO",
    "Government Institution/Agency",
    "Non-profit",
    "",
]
PLACES = ["US", "GB", "XZ", "DE", "CN", "IN", "Brazil", "United Kingdom", "Kenya", "", "XZ"]


def test_two_hundred_documents(store: GraphStore, tmp_path: Path) -> None:
    draw = random.Random(7)
    path = tmp_path / "guidelines.csv"
    wanted: Counter[str] = Counter()
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number in range(200):
            chosen = draw.sample(PRINCIPLES, draw.randint(0, 6))
            wanted.update(chosen)
            writer.writerow(
                [
                    number + 1,
                    f"Guideline {number % 190}",
                    draw.choice(["", f"Body {number % 60}", "Google"]),
                    draw.choice(TYPES),
                    draw.choice(PLACES),
                    draw.choice(["", 2019, "2020", "2018.0"]),
                    draw.choice(["", "https://example.org/a", "http://example.org/b?x=1;y=2"]),
                    draw.choice(["true", "false", "", "yes", "no"]),
                    draw.choice([";", "; ", "|"]).join(chosen),
                ]
            )
    report = import_files(store, [path])
    assert not report.findings.failed
    assert report.files[0].taken == 200
    rows = values(
        store,
        f"""SELECT ?p (COUNT(DISTINCT ?f) AS ?n) {{ GRAPH <{GRAPH}guidelines> {{
        ?f a eq:PrincipleFramework ; eq:includesPrinciple ?p }} }} GROUP BY ?p""",
    )
    assert {p.rsplit("/", 1)[-1]: int(n) for p, n in rows} == dict(wanted)
    assert not ask(
        store,
        "?k skos:inScheme <https://w3id.org/equipoise/id/scheme/organisation-type>",
        "guidelines",
    )


def test_a_row(store: GraphStore, write: Writes) -> None:
    text = (
        ",".join(COLUMNS) + "\n"
        'd1,"Doc, one",OECD,igo,XZ,2019,www.example.org/x,yes,"privacy; oecd-2019-accountability"\n'
        "d2,Doc two,New Body,Wizards' guild,NA,,see annex,,transparency\n"
    )
    report = import_files(store, [write("docs.csv", text)])
    one = f"<{ID}framework/d1>"
    assert ask(
        store,
        f"""{one} a eq:PrincipleFramework , skos:ConceptScheme ; dcterms:publisher
        <{ID}organisation/oecd> ; eq:publisherType <{ID}organisation-type/igo> ;
        eq:country <{ID}country/XZ> ;
        eq:year 2019 ; eq:binding true ; eq:includesPrinciple <{ID}principle/privacy> ;
        skos:prefLabel "Doc, one"@en ; dcterms:identifier "d1" """,
        "docs",
    )
    two = f"<{ID}framework/d2>"
    assert ask(
        store,
        f"{two} eq:country <{ID}country/NA> ; eq:publisherType "
        f"<{ID}organisation-type/wizards-guild>",
        "docs",
    )
    assert not ask(store, f"{two} schema:url ?u", "docs")
    warned = {item.column for item in report.findings}
    assert warned == {"publisher_type", "url"}
    assert (
        values(store, "SELECT ?n { ?f eq:includesPrinciple ?p . ?p dcterms:identifier ?n } LIMIT 1")
        is not None
    )


def test_a_region_counts_as_international(store: GraphStore, write: Writes) -> None:
    text = "id,title,country,principles,publisher\nd,D,Northern America,privacy,P\n"
    report = import_files(store, [write("d.csv", text)])
    assert [item.column for item in report.findings] == ["country"]
    assert ask(store, f"<{ID}framework/d> eq:country <{ID}country/XZ>", "d")


def test_an_id_that_another_dataset_has_is_told(store: GraphStore, write: Writes) -> None:
    report = validate_files(
        store, [write("d.csv", "id,title,principles,publisher\nunesco-2021,U,privacy,UNESCO\n")]
    )
    assert [item.severity for item in report.findings] == ["warning"]
    assert "dataset principles" in str(next(iter(report.findings)))


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (
            "d1,T,P,company,US,2019,,no,privvacy",
            "row 2, column principles: no principle 'privvacy'",
        ),
        ("pivot,T,P,company,US,2019,,no,privacy", "row 2, column id"),
        ("d1,,P,company,US,2019,,no,privacy", "row 2, column title"),
        (
            "d1,T,P,company,US,2019,,no,privacy\nd1,S,P,company,US,2019,,no,privacy",
            "row 3, column id",
        ),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_wrong_rows(store: GraphStore, write: Writes, row: str, place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        import_files(
            store, [write("f.csv", ",".join(COLUMNS) + f"\n{row}\n")], ImportOptions(dataset="f")
        )
    assert f"f.csv, {place}" in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Google Inc.", ["Google"]),
        ("The OECD", ["Organisation for Economic Co-operation and Development"]),
        (
            "Organisation for Economic Co-operation and Development (OECD)",
            ["Organisation for Economic Co-operation and Development"],
        ),
        (
            "United Nations Development Programme",
            ["United Nations Development Programme (UNDP)"],
        ),
        ("Google, Microsoft", ["Google", "Microsoft"]),
        ("Google and New Labs", ["Google and New Labs"]),
        ("Ministry of Arts, Sport & Trade; Google", ["Google", "Ministry of Arts, Sport & Trade"]),
        ("Smith, Jones and Partners, Ltd.", ["Smith, Jones and Partners, Ltd."]),
        ("AT&amp;T", ["AT&T"]),
        ("Ministry of\nJustice", ["Ministry of Justice"]),
        ("Body one\nBody two", ["Body one", "Body two"]),
        ("Google (Kenya)", ["Google (Kenya)"]),
        ("n/a", []),
    ],
)
def test_publishers(store: GraphStore, write: Writes, cell: str, names: list[str]) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    path = write("d.csv", f"id,title,publisher,principles\nd,D,{quoted},privacy\n")
    report = import_files(store, [path])
    assert not report.findings.failed
    rows = values(
        store, f"SELECT ?n {{ <{ID}framework/d> dcterms:publisher ?p . ?p rdfs:label ?n }}"
    )
    assert sorted(name for (name,) in rows) == names


def test_what_cannot_be_read_is_left_out_with_a_warning(store: GraphStore, write: Writes) -> None:
    text = (
        ",".join(COLUMNS) + ",checked\n"
        "d1,T,P,company,Atlantis,twenty,see annex,partly,privacy,perhaps\n"
        "d2,T,P,other,US; Atlantis,2018-2019,,,privacy,\n"
    )
    report = import_files(store, [write("d.csv", text)])
    warned = sorted((item.row or 0, item.column, item.severity) for item in report.findings)
    columns = ("binding", "country", "url", "verified", "year")
    assert warned == [
        *((2, column, "warning") for column in columns),
        *((3, column, "warning") for column in ("country", "publisher_type", "year")),
    ]
    for predicate in ("eq:country", "eq:year", "eq:binding", "schema:url", "eq:verified"):
        assert not ask(store, f"<{ID}framework/d1> {predicate} ?o", "d"), predicate
    assert ask(store, f"<{ID}framework/d2> eq:country <{ID}country/US>", "d")
    assert not ask(store, f"<{ID}framework/d2> eq:publisherType ?o", "d")


def test_ids_that_differ_in_marks_only_stay_apart(store: GraphStore, write: Writes) -> None:
    text = "id,title,principles\nEU 1,One,privacy\neu-1,Two,privacy\nEU/1,Three,fairness\n"
    report = import_files(store, [write("d.csv", text)])
    assert [item.column for item in report.findings] == ["id", "id"]
    assert ask(store, f"<{ID}framework/eu-1> skos:prefLabel 'One'@en", "d")
    found = values(store, f"SELECT ?f {{ GRAPH <{GRAPH}d> {{ ?f a eq:PrincipleFramework }} }}")
    assert len(found) == 3
    again = import_files(store, [write("d.csv", text)])
    assert not again.findings.failed
    same = values(store, f"SELECT ?f {{ GRAPH <{GRAPH}d> {{ ?f a eq:PrincipleFramework }} }}")
    assert sorted(same) == sorted(found)


def test_equal_titles_without_ids(store: GraphStore, write: Writes) -> None:
    text = (
        "title,publisher,year,principles\nAI principles,A,2019,privacy\n"
        "AI principles,B,2019,privacy\nAI principles,B,2020,privacy\n"
    )
    import_files(store, [write("d.csv", text)])
    rows = values(
        store,
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}d> {{ ?f a eq:PrincipleFramework }} }}",
    )
    assert rows == [("3",)]
    twice = text + "AI principles,B,2020,privacy\n"
    with pytest.raises(ValidationError, match="row 5, column title: row 4 describes the same"):
        import_files(store, [write("e.csv", twice)])


@pytest.mark.parametrize(
    "cell",
    [
        "privacy;fairness;labor-rights",
        "['privacy', 'fairness', 'labor-rights']",
        '["privacy"; "fairness"; "labor rights"]',
        "{privacy|fairness|Labour rights}",
        "Privacy, fairness and labour rights",
        "Privacy, Fairness, and Labor Rights",
        "PRIVACY\nFAIRNESS\nLABOR_RIGHTS",
        "id:principle/privacy; fairness; laborrights; ; fairness",
        "privacy / fairness / labour rights",
    ],
)
def test_lists_of_principles(store: GraphStore, write: Writes, cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    import_files(store, [write("d.csv", f"id,title,principles\nd,D,{quoted}\n")])
    rows = values(store, f"SELECT ?p {{ <{ID}framework/d> eq:includesPrinciple ?p }}")
    assert {iri.rsplit("/", 1)[-1] for (iri,) in rows} == {"privacy", "fairness", "labor-rights"}


def test_a_principle_of_another_framework_whose_label_has_commas(
    store: GraphStore, write: Writes
) -> None:
    rows = values(
        store,
        "SELECT ?p ?l { ?p a eq:Principle ; skos:prefLabel ?l ; skos:inScheme ?f "
        f"FILTER(CONTAINS(?l, ', ') && ?f != <{ID}framework/pivot> && LANG(?l) = 'en') }} "
        "ORDER BY ?l LIMIT 1",
    )
    iri, label = rows[0]
    path = write("d.csv", f'id,title,principles\nd,D,"privacy, {label}, fairness"\n')
    import_files(store, [path])
    found = values(store, f"SELECT ?p {{ <{ID}framework/d> eq:includesPrinciple ?p }}")
    assert {value for (value,) in found} == {
        iri, f"{ID}principle/privacy", f"{ID}principle/fairness"
    }


def test_columns_beyond_those_known_are_told_and_passed_over(
    store: GraphStore, write: Writes
) -> None:
    text = (
        ",".join([*COLUMNS, "summary_en", "notes", "comments", "institution", "Unnamed: 12"])
        + "\nd1,T,P,company,US,2019,,no,privacy,S,first,second,Q,9\n"
    )
    report = import_files(store, [write("d.csv", text)])
    told = {item.column for item in report.findings}
    assert told == {"summary_en", "comments", "institution", "Unnamed: 12"}
    assert {item.severity for item in report.findings} == {"warning"}
    assert ask(store, f"<{ID}framework/d1> skos:editorialNote 'first'@en", "d")


@pytest.mark.usefixtures("unchanged")
def test_a_misspelt_column_is_no_extra_one(store: GraphStore, write: Writes) -> None:
    with pytest.raises(ValidationError, match=r"principels.*did you mean 'principles'"):
        import_files(store, [write("d.csv", "id,title,publisher,principels\nd,D,P,privacy\n")])
