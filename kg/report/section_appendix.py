"""Appendix: the cases behind every number, every case, every link, every source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.identifiers import dataset_name
from kg.projection.records import predicate_word
from kg.report.document import (
    Cell,
    Column,
    Heading,
    Section,
    Span,
    Table,
    linked,
    paragraph,
)
from kg.report.findings import anchor
from kg.report.section_coverage import cell_anchor

if TYPE_CHECKING:
    from kg.analysis.coverage import CoverageTable
    from kg.projection.filters import Polarity
    from kg.projection.records import CaseRecord
    from kg.report.document import Block
    from kg.report.findings import Findings

_SIGNS: Final = {"supports": "+", "undermines": "−", "upholds": "+", "violates": "−"}


def appendix(found: Findings) -> Section:
    """Reference matter."""
    blocks: list[Block] = [
        paragraph(
            f"{len(found.cases):,} cases (C1 …) and {len(found.sources):,} sources (S1 …) stand "
            "behind this report. Numbers in the matrices lead here."
        ),
        Heading("Cases behind the positive matrix", "behind-positive"),
        behind(found, found.positive, "positive"),
        Heading("Cases behind the negative matrix", "behind-negative"),
        behind(found, found.negative, "negative"),
        Heading("Cases", "cases-heading"),
        cases(found),
        links(found),
        Heading("Sources", "sources-heading"),
        sources(found),
    ]
    return Section("appendix", "Appendix: cases and sources", tuple(blocks))


def behind(found: Findings, table: CoverageTable, layer: Polarity) -> Table:
    """For every cell that is not empty, its cases."""
    rows_side = found.incidence(table.row_dimension, layer)
    cols_side = found.incidence(table.col_dimension, layer)
    numbers = {member.id: place for place, member in enumerate(cols_side.members)}
    touching: dict[int, set[int]] = {}
    for unit, place in zip(cols_side.rows.tolist(), cols_side.indices.tolist(), strict=True):
        touching.setdefault(place, set()).add(unit)
    rows, anchors = [], []
    for member in table.rows:
        place = next(i for i, item in enumerate(rows_side.members) if item.id == member.id)
        units = set(rows_side.units_with(place).tolist())
        for other in table.cols:
            both = units & touching.get(numbers[other.id], set())
            names = [found.projection.unit_iri("case", unit) for unit in both]
            known = sorted(
                (iri for iri in names if iri in found.case_names),
                key=lambda iri: int(found.case_names[iri][1:]),
            )
            if not known:
                continue
            rows.append(
                (
                    Cell(member.name),
                    Cell(other.name),
                    Cell(len(known)),
                    linked(
                        *(Span(found.case_names[iri], f"#{anchor('case', iri)}") for iri in known)
                    ),
                )
            )
            anchors.append(cell_anchor(layer, member.id, other.id))
    return Table(
        f"behind-{layer}-table",
        f"Cases behind each number of the {layer} matrix",
        (
            Column("row", found.options.level.capitalize(), width=2.2, description="Row"),
            Column("column", "Principle", width=1.8, description="Column"),
            Column("number", "Cases", "int", "Number of cases", 0.6),
            Column("cases", "Which", width=4, description="Case numbers"),
        ),
        tuple(rows),
        appendix=True,
        anchors=tuple(anchors),
    )


def cases(found: Findings) -> Table:
    """Every case in one line."""
    return Table(
        "cases",
        "Cases",
        (
            Column("number", "No.", width=0.7, description="Number in this report"),
            Column("title", "Case", width=3, description="Title"),
            Column("where", "Where", width=1.2, description="Countries"),
            Column("years", "Years", width=0.9, description="First and last year"),
            Column("status", "Status", width=0.9, description="Status"),
            Column("links", "Goals, targets and principles", width=3.4,
                   description="+ supports or upholds, − undermines or violates"),
            Column("sources", "Sources", width=1.1, description="Numbers of the sources"),
        ),
        tuple(
            (
                Cell(found.case_names[case.id]),
                Cell(case.title, case.id),
                Cell(", ".join(place.label for place in case.countries)),
                Cell(_years(case)),
                Cell(case.status.label if case.status else ""),
                Cell(_links(case)),
                _source_cell(found, case),
            )
            for case in found.cases
        ),
        appendix=True,
        anchors=tuple(anchor("case", case.id) for case in found.cases),
    )


def _years(case: CaseRecord) -> str:
    if case.start_year is None and case.end_year is None:
        return ""
    if case.end_year == case.start_year:
        return f"{case.start_year}"
    return f"{case.start_year or '?'}–{case.end_year or ''}"


def _links(case: CaseRecord) -> str:
    parts = []
    for link in case.links:
        word = predicate_word(link.predicate)
        if word in _SIGNS and link.evidence.review == "accepted":
            label = link.object.label
            short = label.split(" ", 1)[0] if link.object.kind == "sdg" else label
            parts.append(f"{_SIGNS[word]}{short}")
    return "; ".join(parts)


def _source_cell(found: Findings, case: CaseRecord) -> Cell:
    wanted = {source.id for source in case.sources}
    wanted.update(source.id for link in case.links for source in link.evidence.sources)
    names = sorted((found.source_names[iri] for iri in wanted), key=lambda name: int(name[1:]))
    back = {name: iri for iri, name in found.source_names.items() if iri in wanted}
    spans = [Span(name, f"#{anchor('source', back[name])}") for name in names]
    return linked(*spans) if spans else Cell(None)


def links(found: Findings) -> Table:
    """Every link with its evidence; for workbooks, where it can be filtered."""
    rows = []
    for case in found.cases:
        for link in case.links:
            given = link.evidence
            rows.append(
                (
                    Cell(found.case_names[case.id]),
                    Cell(case.title),
                    Cell(predicate_word(link.predicate)),
                    Cell(link.object.label),
                    Cell(link.object.id),
                    Cell(given.review),
                    Cell(given.directness),
                    Cell(given.status),
                    Cell(given.confidence),
                    Cell(len(given.sources)),
                    Cell(", ".join(found.source_names[item.id] for item in given.sources)),
                    Cell(given.rationale),
                    Cell(dataset_name(link.dataset)),
                    Cell(link.id),
                )
            )
    names = (
        ("case", "Case", "Number of the case in this report"),
        ("title", "Title", "Title of the case"),
        ("relation", "Relation", "supports, undermines, upholds, violates, usesTechnology"),
        ("object", "Object", "Goal, target, principle or technology"),
        ("object_id", "Object address", "Its IRI"),
        ("review", "Review", "accepted, proposed or rejected"),
        ("directness", "Directness", "direct or indirect"),
        ("evidence", "Evidence", "confirmed, self-reported, alleged or unverified"),
        ("confidence", "Confidence", "0 to 1"),
        ("source_count", "Number of sources", "How many sources the link has"),
        ("sources", "Sources", "Numbers of the sources in this report"),
        ("rationale", "Rationale", "Why the link is stated"),
        ("dataset", "Dataset", "Which dataset states it"),
        ("id", "Link address", "IRI of the link record"),
    )
    kinds = {"confidence": "number", "source_count": "int"}
    return Table(
        "links",
        "Links with their evidence",
        tuple(
            Column(key, label, kinds.get(key, "text"), description)  # type: ignore[arg-type]
            for key, label, description in names
        ),
        tuple(rows),
        appendix=True,
        workbook_only=True,
    )


def sources(found: Findings) -> Table:
    """Every source in one line."""
    return Table(
        "sources",
        "Sources",
        (
            Column("number", "No.", width=0.7, description="Number in this report"),
            Column("title", "Title", width=5, description="Title, with its address"),
            Column("publisher", "Publisher", width=2, description="Who published it"),
            Column("year", "Year", width=0.6, description="Year of publication"),
            Column("kind", "Kind", width=0.9, description="paper, news, official, report …"),
        ),
        tuple(
            (
                Cell(found.source_names[source.id]),
                Cell(source.label, source.url),
                Cell(source.publisher.label if source.publisher else ""),
                Cell(None if source.year is None else f"{source.year}"),
                Cell(source.kind),
            )
            for source in found.sources
        ),
        appendix=True,
        anchors=tuple(anchor("source", source.id) for source in found.sources),
    )
