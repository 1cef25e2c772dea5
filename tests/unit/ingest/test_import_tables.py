"""Tables of cases and links: what rows become, and everything that can be wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from asking import GRAPH, ask, values

from kg.errors import InputError, ValidationError
from kg.ingest.carrying import ImportOptions, import_files, validate_files
from kg.store import GraphStore

Writes = Callable[..., Path]
ID = "https://w3id.org/equipoise/id/"
HEAD = "id,title,summary,countries,supports\n"
CASES = (
    HEAD
    + 'a,Alpha,First,KE,"7.3 direct (less is lost; more is saved); 13.1"\nb,Beta,,"DE; FR",SDG 7\n'
)
MINE = ImportOptions(dataset="mine")


def case(slug: str) -> str:
    return f"<{ID}case/{slug}>"


def test_a_full_row(store: GraphStore, write: Writes) -> None:
    text = (
        "Title,ID,Organisations,Country,Start date,End year,Status,Technologies,Supports,"
        "Undermines,"
        "Principles,Violates,Outcome,Source URL,Source title,Source publisher,Source kind,"
        "Source year,Verified,Notes,Evidence status\n"
        '"Full, case",full-1,"Google (developer); Brand New Lab (deployer, academia)",Kenya,'
        "2019-04-01,2021.0,deployed,deep-learning,7.3 direct (why),10.3 indirect,"
        '"privacy; Transparency","fairness: some were left out",It worked.,'
        "https://example.org/r | https://example.org/s,Report | Story,Example Press,report,2020,"
        "yes,Seen.,alleged\n"
    )
    report = import_files(store, [write("full.csv", text)], MINE)
    assert report.files[0].made == {
        "cases": 1,
        "links": 6,
        "organisations": 2,
        "sources": 2,
    }
    full = case("full-1")
    assert ask(store, f"{full} eq:startYear 2019 ; eq:endYear 2021 ; eq:verified true", "mine")
    assert ask(
        store, f"{full} eq:country <{ID}country/KE> ; eq:status <{ID}status/deployed>", "mine"
    )
    assert ask(
        store,
        f"{full} eq:participation [ eq:organisation <{ID}organisation/google> ; "
        f"eq:role <{ID}role/developer> ]",
        "mine",
    )
    assert ask(
        store,
        f"<{ID}organisation/brand-new-lab> a org:Organization ; "
        f"eq:organisationType <{ID}organisation-type/academia>",
        "mine",
    )
    assert not ask(store, f"<{ID}organisation/google> a org:Organization", "mine")
    links = values(
        store,
        f"""SELECT ?p ?o ?d ?r (COUNT(?s) AS ?n) {{ GRAPH <{GRAPH}mine> {{
        ?l a eq:Link ; rdf:subject {full} ; rdf:predicate ?p ; rdf:object ?o ; dcterms:source ?s ;
           eq:evidenceStatus eq:Alleged .
        OPTIONAL {{ ?l eq:directness ?d }} OPTIONAL {{ ?l eq:rationale ?r }} }} }}
        GROUP BY ?p ?o ?d ?r""",
    )
    eq = "https://w3id.org/equipoise/ontology#"
    assert {
        (p.removeprefix(eq), o.rsplit("/", 1)[-1], d.removeprefix(eq), r) for p, o, d, r, _ in links
    } == {
        ("supports", "7.3", "Direct", "why"),
        ("undermines", "10.3", "Indirect", ""),
        ("upholds", "privacy", "", ""),
        ("upholds", "transparency", "", ""),
        ("violates", "fairness", "", "some were left out"),
        ("usesTechnology", "deep-learning", "", ""),
    }
    assert {row[-1] for row in links} == {"2"}
    assert ask(store, f"{full} eq:supports sdg:7.3 ; eq:undermines sdg:10.3", "mine")
    titles = values(
        store,
        f"SELECT ?t ?y {{ GRAPH <{GRAPH}mine> {{ ?s a eq:Source ; rdfs:label ?t ; "
        "eq:year ?y ; schema:url ?u } } ORDER BY ?t",
    )
    assert titles == [("Report", "2020"), ("Story", "2020")]


def test_every_link_has_its_plain_triple_and_passes_the_shapes(
    store: GraphStore, write: Writes
) -> None:
    from kg.ingest.validation import validate_data

    import_files(store, [write("mine.csv", CASES)], MINE)
    assert not ask(
        store,
        "?l a eq:Link ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . "
        "FILTER NOT EXISTS { ?s ?p ?o }",
        "mine",
    )
    assert not validate_data(store, dataset="mine").failed


def test_a_reason_may_hold_the_mark_between_values(store: GraphStore, write: Writes) -> None:
    import_files(store, [write("mine.csv", CASES)], MINE)
    rows = values(store, "SELECT ?r { ?l eq:rationale ?r ; rdf:subject " + case("a") + " }")
    assert rows == [("less is lost; more is saved",)]


def test_importing_twice_changes_nothing(store: GraphStore, write: Writes) -> None:
    path = write("mine.csv", CASES)
    query = f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH}mine> {{ ?s ?p ?o }} }}"
    import_files(store, [path], MINE)
    first = sorted(values(store, query))
    for replace in (False, True):
        import_files(store, [path], ImportOptions(dataset="mine", replace=replace))
        assert sorted(values(store, query)) == first


def test_cases_and_links_together(store: GraphStore, write: Writes) -> None:
    links = (
        "case;predicate;object;directness;rationale;confidence;attributed_to\n"
        "a;upholds;privacy;direct;They delete all;0,9;Google\n"
        "Beta;uses;machine-learning;;;;\n"
        f"{ID}case/b;violates;fairness;;;75%;\n"
    )
    report = import_files(store, [write("links.csv", links), write("cases.csv", CASES)], MINE)
    assert [item.taken for item in report.files] == [2, 3]
    assert ask(store, f"{case('a')} eq:upholds <{ID}principle/privacy>", "mine")
    assert ask(store, f"?l rdf:subject {case('b')} ; eq:confidence 0.75", "mine")
    assert ask(store, f"?l prov:wasAttributedTo <{ID}organisation/google>", "mine")


def test_what_kg_link_writes(store: GraphStore, write: Writes) -> None:
    import_files(store, [write("cases.csv", CASES)], MINE)
    proposals = (
        "id,kind,concept,label,probability,polarity,start,end,quote,method\n"
        "a,target,http://metadata.un.org/sdg/7.1,Access,0.8731,positive,3,9,power for all,lexical\n"
        "a,goal,http://metadata.un.org/sdg/3,Health,0.5,negative,,,,ensemble\n"
        f"b,framework-principle,{ID}principle/unesco-2021-proportionality,P,0.4,,1,2,q,tfidf\n"
        f"b,technology,{ID}technology/deep-learning,DL,0.9,positive,1,2,q,lexical\n"
        f"b,country,{ID}country/KE,Kenya,0.9,,1,2,q,lexical\n"
        "a,target,http://metadata.un.org/sdg/7.1,Access,0.7,positive,30,39,again,lexical\n"
        "a,target,http://metadata.un.org/sdg/7.3,Efficiency,0.7,positive,30,39,again,lexical\n"
    )
    report = import_files(
        store, [write("links.csv", proposals)], ImportOptions(dataset="proposals")
    )
    assert report.files[0].made == {"proposed links": 4}
    assert report.findings.warnings == 3  # the country, the second 7.1, the link that is accepted
    rows = values(
        store,
        f"SELECT ?o ?c ?r {{ GRAPH <{GRAPH}proposals> {{ ?l eq:reviewStatus eq:Proposed ; "
        "rdf:predicate eq:supports ; rdf:object ?o ; eq:confidence ?c ; eq:rationale ?r } }",
    )
    assert rows == [("http://metadata.un.org/sdg/7.1", "0.8731", "power for all")]
    assert not ask(store, f"{case('a')} eq:supports sdg:7.1")
    assert ask(store, "?l rdf:predicate eq:undermines ; rdf:object sdg:3", "proposals")


def test_an_organisation_is_found_under_any_of_its_names(store: GraphStore, write: Writes) -> None:
    text = (
        "id,title,organisations\nx,X,OECD (funder)\n"
        "y,Y,organisation for economic co-operation and development\n"
    )
    import_files(store, [write("o.csv", text)], MINE)
    rows = values(
        store, f"SELECT DISTINCT ?o {{ GRAPH <{GRAPH}mine> {{ ?p eq:organisation ?o }} }}"
    )
    assert rows == [(f"{ID}organisation/oecd",)]


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ("a,Alpha,,XX,", "row 2, column countries", "no country 'XX'"),
        ("a,Alpha,,KE,7.9", "row 2, column supports", "no SDG target or goal '7.9'"),
        ("a,,,KE,", "row 2, column title", "needs a title"),
        ("a,Alpha,,KE,\n\na,Again,,KE,", "row 4, column id", "row 2"),
        ("a,Alpha,,KE,7.3,extra", "row 2", "6 cells"),
        ("a,Alpha,,Kennya,", "row 2, column countries", "closest: KE"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_bad_cells_name_row_and_column(
    store: GraphStore, write: Writes, rows: str, place: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        import_files(store, [write("bad.csv", f"{HEAD}{rows}\n")], MINE)
    assert f"bad.csv, {place}" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("start_year", "soon", "no year"),
        ("verified", "perhaps", "yes nor no"),
        ("status", "runing", "no status"),
        ("source_url", "the annex", "no web address"),
        ("organisations", "Lab (devloper)", "no role"),
        ("technologies", "magic wand", "no technology"),
        ("evidence_status", "sure", "none of confirmed"),
        ("upholds", "Transparency and explainability", "2 things|principle"),
        ("end_year", "2019-2021", "several years"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_every_kind_of_cell_can_be_wrong(
    store: GraphStore, write: Writes, column: str, cell: str, message: str
) -> None:
    report = validate_files(store, [write("bad.csv", f"id,title,{column}\nx,X,{cell}\n")], MINE)
    found = [item for item in report.findings if item.severity == "error"]
    assert len(found) == 1
    assert (found[0].row, found[0].column) == (2, column)
    import re

    assert re.search(message, str(found[0])), str(found[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name_of_it,whatever\n1,2\n", "no header of a table"),
        ("id,titel,summary,countries\n1,2,3,4\n", "'titel' meant for 'title'"),
        ("case,rationale\na,b\n", "needs the column object"),
        ("id,title,Title\n1,2,3\n", "two columns mean title"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_headers_that_do_not_fit(store: GraphStore, write: Writes, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        import_files(store, [write("head.csv", text)], MINE)
    assert "head.csv, row 1" in str(caught.value)


@pytest.mark.usefixtures("unchanged")
def test_a_misspelt_optional_column_is_an_error(store: GraphStore, write: Writes) -> None:
    report = validate_files(store, [write("h.csv", "id,title,suports\na,A,7.3\n")], MINE)
    assert [item.suggestion for item in report.findings if item.severity == "error"] == [
        "did you mean 'supports'?"
    ]


def test_an_unknown_column_is_told_and_not_read(store: GraphStore, write: Writes) -> None:
    report = import_files(store, [write("h.csv", "id,title,colour of the logo\na,A,red\n")], MINE)
    assert [(item.severity, item.column) for item in report.findings] == [
        ("warning", "colour of the logo")
    ]


@pytest.mark.usefixtures("unchanged")
def test_links_that_do_not_fit(store: GraphStore, write: Writes) -> None:
    text = (
        "case,predicate,polarity,kind,object\n"
        "no-such-case,supports,,,7.3\n"
        "abu-dhabi-airis-tb-visa-screening,likes,,,7.3\n"
        "abu-dhabi-airis-tb-visa-screening,,,,privacy\n"
        "abu-dhabi-airis-tb-visa-screening,,sideways,,privacy\n"
        "abu-dhabi-airis-tb-visa-screening,supports,,,privacy\n"
        "abu-dhabi-airis-tb-visa-screening,violates,,,privacy\n"
        "abu-dhabi-airis-tb-visa-screening,,negative,,privacy\n"
        ",supports,,,7.3\n"
        "abu-dhabi-airis-tb-visa-screening,supports,,,\n"
    )
    report = validate_files(store, [write("links.csv", text)], MINE)
    found = {item.row: item.message for item in report.findings if item.severity == "error"}
    assert "no case 'no-such-case'" in found[2]
    assert "'likes' is none of" in found[3]
    assert "good or bad" in found[4]
    assert "unknown polarity 'sideways'" in found[5]
    assert "no SDG target or goal 'privacy'" in found[6]
    assert "row 7 states the same link" in found[8]
    assert "needs a case" in found[9]
    assert "needs an object" in found[10]
    assert len(found) == 8


def test_good_rows_go_in_when_asked(store: GraphStore, write: Writes, tmp_path: Path) -> None:
    text = HEAD + 'a,Alpha,,KE,7.3\nb,Beta,,Nowhere,"7.3; 7.99"\nc,Gamma,,DE,13.1\n'
    options = ImportOptions(dataset="mine", skip_invalid=True)
    report = import_files(store, [write("some.csv", text)], options)
    assert (report.files[0].taken, report.files[0].left_out) == (2, 1)
    assert not ask(store, f"{case('b')} ?p ?o")
    with (tmp_path / "some.rejected.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == ["b"]
    assert rows[0]["row"] == "3"
    assert "no country 'Nowhere'" in rows[0]["problem"]
    assert "7.99" in rows[0]["problem"]
    # What was left out can be corrected and imported as it is.
    mended = (
        (tmp_path / "some.rejected.csv").read_text().replace("Nowhere", "FR").replace("; 7.99", "")
    )
    again = import_files(store, [write("mended.csv", mended)], MINE)
    assert again.files[0].taken == 1
    assert ask(store, f"{case('b')} eq:supports sdg:7.3", "mine")


@pytest.mark.usefixtures("unchanged")
def test_dry_runs_write_nothing_at_all(store: GraphStore, write: Writes, tmp_path: Path) -> None:
    path = write("some.csv", HEAD + "a,,,KE,\n")
    options = ImportOptions(dataset="mine", skip_invalid=True)
    assert validate_files(store, [path], options).findings.failed
    assert not (tmp_path / "some.rejected.csv").exists()


def test_a_workbook_with_a_title_above_the_merged_header(store: GraphStore, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Our portfolio 2024", None, None, None])
    sheet.merge_cells("A1:D1")
    sheet.append([None, None, None, None])
    sheet.append([None, "What", "Where and when", None])
    sheet.merge_cells("C3:D3")
    sheet.append(["ID", "Title", "Country", "Start year"])
    sheet.append(["one ", " One", "KE", 2021])
    sheet.append([None, None, None, None])
    sheet.append(["two", "Two", "nowhere", None])
    path = tmp_path / "p.xlsx"
    book.save(path)
    with pytest.raises(ValidationError, match=r"p\.xlsx \[Sheet\], row 7, column countries"):
        import_files(store, [path], MINE)
    sheet["C7"] = "XZ"
    book.save(path)
    report = import_files(store, [path], MINE)
    assert report.files[0].taken == 2
    assert ask(store, f"{case('one')} eq:startYear 2021 ; rdfs:label 'One'@en", "mine")


def test_codes_that_excel_has_spoilt_are_refused(store: GraphStore, tmp_path: Path) -> None:
    import datetime as dt

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "title", "supports"],
        ["a", "A", dt.date(2024, 3, 7)],
        ["b", "B", 8.1],
        ["c", "C", 7.3],
        ["d", "D", 7],
    ):
        sheet.append(row)
    path = tmp_path / "p.xlsx"
    book.save(path)
    report = validate_files(store, [path], MINE)
    assert {item.row: item.message for item in report.findings} == {
        2: "the spreadsheet has turned a code into the date 2024-03-07",
        3: "the number 8.1 may have been the code 8.10",
    }


def test_contradicting_an_earlier_import_is_refused(store: GraphStore, write: Writes) -> None:
    import_files(store, [write("one.csv", "id,title,start_year\na,A,2020\n")], MINE)
    with pytest.raises(ValidationError, match="--replace imports afresh"):
        import_files(store, [write("two.csv", "id,title,start_year\na,A,2021\n")], MINE)
    import_files(
        store,
        [write("two.csv", "id,title,start_year\na,A,2021\n")],
        ImportOptions(dataset="mine", replace=True),
    )
    assert ask(store, f"{case('a')} eq:startYear 2021", "mine")


def test_many_rows_take_the_bulk_loader(
    store: GraphStore, write: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.store import pipes

    monkeypatch.setattr(pipes, "FEW", 1_000)
    monkeypatch.setattr(pipes, "TURN", 500)
    rows = "".join(f"c{number},Case {number},,KE,7.3; 13.1\n" for number in range(400))
    import_files(store, [write("many.csv", HEAD + rows)], MINE)
    assert values(
        store, f"SELECT (COUNT(?s) AS ?n) {{ GRAPH <{GRAPH}mine> {{ ?s eq:supports ?o }} }}"
    ) == [("800",)]
    assert values(
        store, f"SELECT (COUNT(?s) AS ?n) {{ GRAPH <{GRAPH}mine> {{ ?s a eq:Link }} }}"
    ) == [("800",)]


@pytest.mark.usefixtures("unchanged")
def test_an_error_after_many_rows_publishes_nothing(
    store: GraphStore, write: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.store import pipes

    monkeypatch.setattr(pipes, "FEW", 1_000)
    rows = "".join(f"c{number},Case {number},,KE,7.3\n" for number in range(300))
    with pytest.raises(ValidationError, match="row 302"):
        import_files(store, [write("many.csv", f"{HEAD}{rows}x,X,,Nowhere,\n")], MINE)


@pytest.mark.usefixtures("unchanged")
def test_a_table_without_rows_is_refused(store: GraphStore, write: Writes) -> None:
    with pytest.raises(InputError, match="no rows below the header: nothing to import"):
        import_files(
            store,
            [write("c.csv", "id,title,supports\n\n")],
            ImportOptions(dataset="c", replace=True),
        )


@pytest.mark.parametrize("groups", [["", "", "Where", "Links"], ["Case", "Case", "Where", "Links"]])
def test_a_header_of_two_rows_is_read_as_one(
    store: GraphStore, tmp_path: Path, groups: list[str]
) -> None:
    """Headings merged over both rows, or under the names of groups."""
    path = tmp_path / "two.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if groups[0]:
        upper, lower = groups, ["id", "title", "countries", "supports"]
    else:
        upper, lower = ["id", "title", *groups[2:]], ["", "", "countries", "supports"]
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:B2")
    for column, (above, below) in enumerate(zip(upper, lower, strict=True), start=1):
        sheet.cell(1, column).value = above
        if below:
            sheet.cell(2, column).value = below
    sheet.append(["a", "Alpha", "KE", "7.3"])
    book.save(path)
    report = import_files(store, [path], MINE)
    assert report.files[0].rows == 1
    assert ask(store, f"{case('a')} eq:country <{ID}country/KE> ; eq:supports sdg:7.3", "mine")


def test_a_row_of_data_is_no_second_row_of_a_header(store: GraphStore, write: Writes) -> None:
    text = "title,ours,countries\nTitle,,KE\nStatus,Region,\n"
    report = import_files(store, [write("data.csv", text)], MINE)
    assert report.files[0].rows == 2


def test_titles_are_one_line_of_bearable_length(store: GraphStore, write: Writes) -> None:
    long = "x" * 1_000_000
    text = f'id,title,countries\na,"Two\nlines",KE\nb,"{long}",KE\n'
    report = import_files(
        store, [write("long.csv", text)], ImportOptions(dataset="mine", skip_invalid=True)
    )
    assert ask(store, f'{case("a")} dcterms:title "Two lines"@en', "mine")
    (finding,) = report.findings
    assert (finding.row, finding.column) == (3, "title")
    assert "1,000,000 characters" in finding.message


def test_a_cell_that_cannot_be_read_is_one_fault(store: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "error.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "title", "countries"])
    sheet.append(["a", "#REF!", "KE"])
    book.save(path)
    report = validate_files(store, [path], MINE)
    assert [item.message for item in report.findings] == ["#REF! in cell B2"]


def test_an_id_that_another_dataset_has_is_a_warning(store: GraphStore, write: Writes) -> None:
    import_files(store, [write("mine.csv", CASES)], MINE)
    again = import_files(store, [write("mine.csv", CASES)], MINE)
    assert again.findings.warnings == 0
    other = import_files(store, [write("mine.csv", CASES)], ImportOptions(dataset="other"))
    assert [(item.row, item.column) for item in other.findings] == [(2, "id"), (3, "id")]
    assert "'a' is in dataset mine too" in other.findings.kept[0].message


def test_cases_of_one_title_without_ids_are_told_so(store: GraphStore, write: Writes) -> None:
    report = validate_files(store, [write("t.csv", "title,countries\nOne,KE\nOne,NL\n")], MINE)
    (finding,) = report.findings
    assert (finding.row, finding.column) == (3, "title")
    assert "row 2 has this title too" in finding.message


@pytest.mark.parametrize(
    ("value", "hint"),
    [("SDG 18", "1 (No poverty), 17"), ("7.9", "7 (Affordable"), ("7.33", "7.3 (")],
)
def test_an_unknown_code_gets_codes_that_there_are(
    store: GraphStore, write: Writes, value: str, hint: str
) -> None:
    text = f"title,supports,upholds\nOne,{value},banana\n"
    code, word = validate_files(store, [write("t.csv", text)], MINE).findings
    assert hint in code.suggestion
    assert "kg template" in word.suggestion
