"""What a report tells: in the order promised, with the numbers that the graph has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg import vocabulary as v
from kg.analysis.scope import Scope
from kg.analysis.triage import CELL_CLASSES
from kg.errors import InputError, NotFound
from kg.projection import Filters, Projection
from kg.report.building import build_report
from kg.report.document import Figure, Heading, ReportModel, Table
from kg.report.naming import natural
from kg.report.options import ReportOptions
from kg.store import GraphStore, open_store
from kg.store.embedded import EmbeddedStore

ORDER = (
    "summary", "data", "coverage", "gaps", "negative", "evidence", "frameworks", "robustness",
    "suggestions", "methods", "appendix", "reproduce",
)


def tables(model: ReportModel) -> dict[str, Table]:
    return {table.id: table for table in model.tables()}


def count(store: GraphStore, query: str) -> int:
    return int(next(iter(store.query(query)))[0].value)  # type: ignore[arg-type, index, union-attr]


def test_sections_come_in_order(model: ReportModel) -> None:
    assert tuple(section.id for section in model.sections) == ORDER
    assert all(section.blocks for section in model.sections)


def test_same_revision_same_model(shipped: GraphStore, model: ReportModel) -> None:
    assert build_report(shipped) == model


def test_five_findings_lead(model: ReportModel) -> None:
    findings = model.findings["main_findings"]
    assert len(findings) == 5
    assert len({finding["family"] for finding in findings}) == 5
    assert all(finding["statement"].endswith(".") for finding in findings)
    assert all(finding["sureness"].endswith(".") for finding in findings)


def test_main_findings_tell_what_the_graph_holds(shipped: GraphStore, model: ReportModel) -> None:
    told = {finding["family"]: finding for finding in model.findings["main_findings"]}
    targets = count(
        shipped,
        "SELECT (COUNT(DISTINCT ?t) AS ?n) { ?t a sdgo:Target "
        "FILTER NOT EXISTS { ?c a eq:Case ; eq:supports|eq:undermines ?t } }",
    )
    assert told["targets"]["number"] == targets
    assert told["targets"]["statement"].startswith(f"{targets} of 169 targets")
    doubtful = count(
        shipped,
        "SELECT (COUNT(DISTINCT ?l) AS ?n) { ?l a eq:Link ; rdf:subject ?c ; eq:evidenceStatus ?e ;"
        " eq:reviewStatus eq:Accepted . ?c a eq:Case "
        "FILTER(?e IN (eq:Alleged, eq:Unverified, eq:SelfReported)) }",
    )
    assert told["evidence"]["number"] == doubtful
    rows = tables(model)["gaps-significant-gap-table"].rows
    single = [row for row in rows if " × " not in str(row[0].value)]
    assert told["members"]["number"] == len(single)
    assert all(f"{row[0].value} ({row[1].value})" in told["members"]["statement"]
               for row in single[:4])


def test_the_list_of_untouched_targets_is_complete(shipped: GraphStore, model: ReportModel) -> None:
    listed = {
        code
        for row in tables(model)["targets-table"].rows
        if row[3].value
        for code in str(row[3].value).split(", ")
    }
    query = (
        "SELECT ?t { ?t a sdgo:Target "
        "FILTER NOT EXISTS { ?c a eq:Case ; eq:supports|eq:undermines ?t } }"
    )
    untouched = {
        row[0].value.rsplit("/", 1)[-1]  # type: ignore[index, union-attr]
        for row in shipped.query(query)
    }
    assert listed == untouched


def test_what_chance_explains_is_named_too(model: ReportModel) -> None:
    found = tables(model)
    total = found["classes"].rows[-1][3].value
    rows = found["gaps-consistent-with-chance-table"].rows
    assert len(rows) == total
    for row in rows:
        assert row[1].value < row[2].value  # type: ignore[operator]
        assert row[3].value <= row[1].value <= row[4].value  # type: ignore[operator]
        assert row[5].value >= 0.05  # type: ignore[operator]
        assert "chance can explain" in str(row[6].value)


@pytest.mark.parametrize(
    ("options", "line", "same"),
    [
        ({"filters": {"datasets": "dataset:sensetime"}}, "links of the datasets: sensetime", False),
        ({"filters": {"regions": "region:Africa"}}, "regions: Africa", False),
        ({"filters": {"statuses": "status:pilot"}}, "statuses: ", False),
        ({"filters": {"technologies": "technology:drones"}}, "technologies: Drones", False),
        ({"filters": {"organisations": "organisation:SenseTime"}}, "organisations: ", False),
        ({"links": "all"}, "links: proposed ones too", True),
        ({"baseline": "dataset:cases"}, "yardstick for single members: the dataset cases", True),
    ],
)
def test_every_limit_is_told_and_kept(
    shipped: GraphStore, model: ReportModel, options: dict[str, Any], line: str, same: bool
) -> None:
    projection = Projection.open(shipped)

    def named(text: str) -> str:
        kind, _, name = text.partition(":")
        return projection.resolve(kind, name)

    given: dict[str, Any] = {
        name: named(value) if name == "baseline" else value for name, value in options.items()
    }
    if "filters" in options:
        given["filters"] = Filters(
            **{name: (named(value),) for name, value in options["filters"].items()}
        )
    limited = build_report(shipped, ReportOptions(**given))
    assert any(told.startswith(line) for told in limited.findings["limits"])
    units = limited.findings["gaps"]["total_units"]
    assert (units == model.findings["gaps"]["total_units"]) is same
    assert len(tables(limited)["cases"].rows) == units
    if "baseline" in options:
        expected = {row[2].value for row in tables(limited)["gaps-untestable-table"].rows}
        assert expected != {row[2].value for row in tables(model)["gaps-untestable-table"].rows}


def test_a_scope_puts_what_is_relevant_first(shipped: GraphStore) -> None:
    scope = Scope(relevant=frozenset({f"{v.SDG}14.3", f"{v.SDG}17.4"}), name="s.yaml")
    first = build_report(shipped, ReportOptions(scope=scope)).findings["main_findings"][0]
    assert first["family"] == "relevant"
    assert "14.3" in first["statement"]
    assert "17.4" in first["statement"]


def test_what_is_equally_important_comes_in_order_of_codes(model: ReportModel) -> None:
    codes = [
        str(row[0].value).split()[0]
        for row in tables(model)["gaps-untestable-table"].rows
        if " × " not in str(row[0].value)
    ]
    assert codes == sorted(codes, key=natural)


def test_matrix_equals_sparql(shipped: GraphStore, model: ReportModel) -> None:
    table = tables(model)["matrix-positive-table"]
    places = [(0, "accountability"), (15, "privacy"), (16, "transparency")]
    for row, principle in places:
        column = next(
            place for place, item in enumerate(table.columns)
            if item.key == principle
        )
        query = (
            f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ ?c eq:supports/skos:broader* <{v.SDG}{row + 1}> "
            f"; eq:upholds <{v.ID}principle/{principle}> }}"
        )
        assert table.rows[row][column].value == count(shipped, query)


def test_every_class_of_the_triage_is_told(model: ReportModel) -> None:
    gaps = next(section for section in model.sections if section.id == "gaps")
    headings = [block.id for block in gaps.blocks if isinstance(block, Heading)]
    assert headings == [
        f"gaps-{name}"
        for name in ("significant-gap", "untestable", "consistent-with-chance", "out-of-scope",
                     "no-evidence-but-relevant")
    ]
    table = tables(model)["classes"]
    sums = [sum(row[place].value for row in table.rows[:-1]) for place in range(1, 6)]  # type: ignore[misc]
    assert sums == [cell.value for cell in table.rows[-1][1:]]
    assert len(CELL_CLASSES) == len(table.columns) - 1


def test_gaps_name_the_nearest_cases(model: ReportModel) -> None:
    table = tables(model)["gaps-untestable-table"]
    named = {str(row[-1].value) for row in table.rows}
    assert len(named) > 5  # not the same three cases for everything


def test_appendix_names_every_case_and_source(shipped: GraphStore, model: ReportModel) -> None:
    found = tables(model)
    assert len(found["cases"].rows) == count(shipped, "SELECT (COUNT(*) AS ?n) { ?x a eq:Case }")
    cited = (
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?x dcterms:source ?s . ?s a eq:Source . "
        "{ ?x a eq:Case } UNION { ?x a eq:Link ; rdf:subject ?c . ?c a eq:Case } }"
    )
    assert len(found["sources"].rows) == count(shipped, cited)
    assert len(set(found["cases"].anchors)) == len(found["cases"].rows)


def test_pictures_have_texts(model: ReportModel) -> None:
    figures = [b for section in model.sections for b in section.blocks if isinstance(b, Figure)]
    assert {"matrix-positive", "matrix-negative", "gap-plot", "wheel", "regions", "timeline",
            "crosswalk", "curve-goal", "curve-principle"} <= {figure.id for figure in figures}
    for figure in figures:
        assert figure.alt
        assert figure.caption
        assert "<title" in figure.svg
        assert "<desc" in figure.svg


def test_limits_narrow_the_report(shipped: GraphStore) -> None:
    projection = Projection.open(shipped)
    country = projection.resolve("country", "IN")
    model = build_report(
        shipped, ReportOptions(filters=Filters(countries=(country,), years=(2010, 2025)))
    )
    query = (
        f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ ?c a eq:Case ; eq:country <{country}> ; "
        "eq:startYear ?y FILTER(?y >= 2010 && ?y <= 2025) }"
    )
    assert len(tables(model)["cases"].rows) == count(shipped, query)
    assert "cover-table" in tables(model)
    assert "--country" in model.meta["Command"]
    assert "2010-2025" in model.meta["Command"]


def test_targets_and_fractional_counting(shipped: GraphStore) -> None:
    model = build_report(shipped, ReportOptions(level="target", counting="fractional"))
    table = tables(model)["matrix-positive-table"]
    assert len(table.rows) == 169
    values = [cell.value for row in table.rows for cell in row[1:]]
    assert any(isinstance(value, float) and value % 1 for value in values)
    # Every case is counted once in all, so the sum cannot exceed the number of cases.
    assert sum(values) <= len(tables(model)["cases"].rows) + 1e-6  # type: ignore[arg-type]


def test_a_framework_gives_the_columns(shipped: GraphStore) -> None:
    projection = Projection.open(shipped)
    iri = projection.resolve("framework", "unesco-2021")
    model = build_report(shipped, ReportOptions(framework=iri))
    columns = [column.key for column in tables(model)["matrix-positive-table"].columns[1:]]
    assert len(columns) == len(projection.principles_of(iri))


def test_scope_moves_gaps_between_classes(shipped: GraphStore, model: ReportModel) -> None:
    missing = tables(model)["gaps-untestable-table"].rows
    code = next(
        str(row[0].value).split(" ")[0] for row in missing if "×" not in str(row[0].value)
    )
    scope = Scope(out=frozenset({f"{v.SDG}{code}"}), name="scope.csv")
    scoped = build_report(shipped, ReportOptions(scope=scope))
    out = tables(scoped)["gaps-out-of-scope-table"]
    assert any(str(row[0].value).startswith(f"{code} ") for row in out.rows)
    relevant = Scope(relevant=frozenset({f"{v.SDG}{code}"}), name="scope.csv")
    told = build_report(shipped, ReportOptions(scope=relevant))
    assert any(
        str(row[0].value).startswith(f"{code} ")
        for row in tables(told)["gaps-no-evidence-but-relevant-table"].rows
    )


def test_changes_since_a_revision(scratch_store: Path) -> None:
    store = open_store(scratch_store)
    before = store.revision.id
    with store.writer("one more case") as write:
        write.update(
            "INSERT DATA { GRAPH <https://w3id.org/equipoise/dataset/more> { "
            '<https://w3id.org/equipoise/id/case/new> a eq:Case ; rdfs:label "New"@en ; '
            "eq:supports <http://metadata.un.org/sdg/17.13> } }"
        )
    model = build_report(store, ReportOptions(since=before))
    assert [section.id for section in model.sections][:3] == ["summary", "data", "changes"]
    rows = {str(row[0].value): row for row in tables(model)["changes-target-table"].rows}
    changed = next(row for name, row in rows.items() if name.startswith("17.13"))
    assert changed[2].value == changed[1].value + 1  # type: ignore[operator]
    with pytest.raises(NotFound, match="r999999"):
        build_report(store, ReportOptions(since="r999999"))


def test_an_empty_store_has_a_report(empty_store: EmbeddedStore) -> None:
    import io

    from kg.report.formats import REPORT_FORMATS

    model = build_report(empty_store)
    assert "No case" in str(model.sections[0].blocks[0])
    for name in ("html", "md", "json"):
        REPORT_FORMATS[name].write(model, io.BytesIO())


def test_limits_without_any_case_have_a_report(shipped: GraphStore) -> None:
    model = build_report(shipped, ReportOptions(filters=Filters(years=(1801, 1802))))
    assert not tables(model)["cases"].rows


def test_options_are_checked() -> None:
    with pytest.raises(InputError, match="en"):
        ReportOptions(lang="tlh")
    with pytest.raises(InputError, match="counting"):
        ReportOptions(counting="twice")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="level"):
        ReportOptions(level="indicator")  # type: ignore[arg-type]


def test_the_command_line_says_what_was_asked() -> None:
    options = ReportOptions(
        filters=Filters(regions=(f"{v.ID}region/145",), years=(2019, None)),
        links="all",
        counting="fractional",
        title="A report; with 'quotes'",
    )
    assert options.command() == (
        "kg report --region https://w3id.org/equipoise/id/region/145 --years 2019- --links all "
        """--counting fractional --title 'A report; with '"'"'quotes'"'"'' -o report.html"""
    )
