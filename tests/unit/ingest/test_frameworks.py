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
        ("d1,T,P,company,Atlantis,2019,,no,privacy", "row 2, column country"),
        ("d1,T,P,company,US,twenty,,no,privacy", "row 2, column year"),
        ("d1,T,P,company,US,2019,,partly,privacy", "row 2, column binding"),
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
