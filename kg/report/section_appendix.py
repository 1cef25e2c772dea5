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
from kg.report.language import message
from kg.report.matrix import LEVELS, cell_anchor
from kg.report.terms import TERMS

if TYPE_CHECKING:
    from kg.analysis.coverage import CoverageTable
    from kg.projection.filters import Polarity
    from kg.projection.records import CaseRecord
    from kg.report.document import Block
    from kg.report.findings import Findings

_BEHIND: Final = {
    "positive": message("Cases behind each number of the positive matrix"),
    "negative": message("Cases behind each number of the negative matrix"),
}
_SIGNS: Final = {"supports": "+", "undermines": "−", "upholds": "+", "violates": "−"}


def appendix(found: Findings) -> Section:
    """Reference matter."""
    say = found.say
    blocks: list[Block] = [
        paragraph(
            say(
                "{cases:,} cases (C1 …) and {sources:,} sources (S1 …) stand behind this report. "
                "Numbers in the matrices lead here.",
                cases=len(found.cases), sources=len(found.sources),
            )
        ),
        Heading(say("Cases behind the positive matrix"), "behind-positive"),
        behind(found, found.positive, "positive"),
        Heading(say("Cases behind the negative matrix"), "behind-negative"),
        behind(found, found.negative, "negative"),
        Heading(say("Cases"), "cases-heading"),
        cases(found),
        links(found),
        Heading(say("Sources"), "sources-heading"),
        sources(found),
    ]
    return Section("appendix", say("Appendix: cases and sources"), tuple(blocks))


def behind(found: Findings, table: CoverageTable, layer: Polarity) -> Table:
    """For every cell that is not empty, its cases."""
    say = found.say
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
        say(_BEHIND[layer]),
        (
            Column("row", say(LEVELS[found.options.level]), width=2.2, description=say("Row")),
            Column("column", say("Principle"), width=1.8, description=say("Column")),
            Column("number", say("Cases"), "int", say("Number of cases"), 0.6),
            Column("cases", say("Which"), width=4, description=say("Case numbers")),
        ),
        tuple(rows),
        appendix=True,
        anchors=tuple(anchors),
    )


def cases(found: Findings) -> Table:
    """Every case in one line."""
    say = found.say
    return Table(
        "cases",
        say("Cases"),
        (
            Column("number", say("No."), width=0.7, description=say("Number in this report")),
            Column("title", say("Case"), width=3, description=say("Title")),
            Column("where", say("Where"), width=1.2, description=say("Countries")),
            Column("years", say("Years"), width=0.9, description=say("First and last year")),
            Column("status", say("Status"), width=0.9, description=say("Status")),
            Column("links", say("Goals, targets and principles"), width=3.4,
                   description=say("+ supports or upholds, − undermines or violates")),
            Column("sources", say("Sources"), width=1.1,
                   description=say("Numbers of the sources")),
        ),
        tuple(
            (
                Cell(found.case_names[case.id]),
                Cell(case.title, case.id),
                Cell(", ".join(place.label for place in case.countries)),
                Cell(_years(case)),
                Cell(case.status.label if case.status else ""),
                Cell(_links(found, case)),
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


def _links(found: Findings, case: CaseRecord) -> str:
    parts = []
    for link in case.links:
        word = predicate_word(link.predicate)
        if word in _SIGNS and link.evidence.review == "accepted":
            label = link.object.label
            short = label.split(" ", 1)[0] if link.object.kind == "sdg" else label
            parts.append(f"{_SIGNS[word]}{short}")
    return found.say.joint.join(parts)


def _source_cell(found: Findings, case: CaseRecord) -> Cell:
    wanted = {source.id for source in case.sources}
    wanted.update(source.id for link in case.links for source in link.evidence.sources)
    names = sorted((found.source_names[iri] for iri in wanted), key=lambda name: int(name[1:]))
    back = {name: iri for iri, name in found.source_names.items() if iri in wanted}
    spans = [Span(name, f"#{anchor('source', back[name])}") for name in names]
    return linked(*spans) if spans else Cell(None)


def links(found: Findings) -> Table:
    """Every link with its evidence; for workbooks, where it can be filtered."""
    say = found.say
    rows = []
    for case in found.cases:
        for link in case.links:
            given = link.evidence
            rows.append(
                (
                    Cell(found.case_names[case.id]),
                    Cell(case.title),
                    Cell(said(found, predicate_word(link.predicate))),
                    Cell(link.object.label),
                    Cell(link.object.id),
                    Cell(said(found, given.review)),
                    Cell(said(found, given.directness)),
                    Cell(said(found, given.status)),
                    Cell(given.confidence),
                    Cell(len(given.sources)),
                    Cell(", ".join(found.source_names[item.id] for item in given.sources)),
                    Cell(given.rationale),
                    Cell(found.quoted(dataset_name(link.dataset))),
                    Cell(link.id),
                )
            )
    names = (
        ("case", say("Case"), say("Number of the case in this report")),
        ("title", say("Title"), say("Title of the case")),
        ("relation", say("Relation"),
         say("supports, undermines, upholds, violates, usesTechnology")),
        ("object", say("Object"), say("Goal, target, principle or technology")),
        ("object_id", say("Object address"), say("Its IRI")),
        ("review", say("Review"), say("accepted, proposed or rejected")),
        ("directness", say("Directness"), say("direct or indirect")),
        ("evidence", say("Evidence"), say("confirmed, self-reported, alleged or unverified")),
        ("confidence", say("Confidence"), say("0 to 1")),
        ("source_count", say("Number of sources"), say("How many sources the link has")),
        ("sources", say("Sources"), say("Numbers of the sources in this report")),
        ("rationale", say("Rationale"), say("Why the link is stated")),
        ("dataset", say("Dataset"), say("Which dataset states it")),
        ("id", say("Link address"), say("IRI of the link record")),
    )
    kinds = {"confidence": "number", "source_count": "int"}
    return Table(
        "links",
        say("Links with their evidence"),
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
    say = found.say
    return Table(
        "sources",
        say("Sources"),
        (
            Column("number", say("No."), width=0.7, description=say("Number in this report")),
            Column("title", say("Title"), width=5, description=say("Title, with its address")),
            Column("publisher", say("Publisher"), width=2, description=say("Who published it")),
            Column("year", say("Year"), width=0.6, description=say("Year of publication")),
            Column("kind", say("Kind"), width=0.9,
                   description=say("paper, news, official, report …")),
        ),
        tuple(
            (
                Cell(found.source_names[source.id]),
                Cell(source.label, source.url),
                Cell(source.publisher.label if source.publisher else ""),
                Cell(None if source.year is None else f"{source.year}"),
                Cell(said(found, source.kind)),
            )
            for source in found.sources
        ),
        appendix=True,
        anchors=tuple(anchor("source", source.id) for source in found.sources),
    )


def said(found: Findings, word: str) -> str:
    """A word of the graph's vocabulary in the language of the report."""
    return found.say(TERMS[word]) if word in TERMS and word else found.quoted(word)
