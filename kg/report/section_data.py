"""Scope and data: what was looked at, where it comes from, under which licence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.identifiers import compact, dataset_name
from kg.report.document import (
    Column,
    Figure,
    Items,
    Section,
    Span,
    Table,
    paragraph,
    row,
    text,
)
from kg.report.timeline import Year, timeline

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_NEGATIVE: Final = ("undermines", "violates")
_LABELLED: Final = ("countries", "regions", "statuses", "technologies", "organisations")


def data(found: Findings) -> Section:
    """What the report rests on."""
    contents = found.contents
    held = ", ".join(f"{number:,} {kind.lower()}" for kind, number in contents.counts.items())
    blocks: list[Block] = [
        paragraph(
            f"The graph holds {contents.triples:,} statements in {len(contents.datasets)} "
            f"datasets: {held}. "
            f"This report covers the {found.gaps.total_units:,} cases that fit these limits, with "
            f"{_accepted(found):,} accepted links between them and what they touch:"
        ),
        Items(tuple(text(line) for line in limits(found))),
        datasets(found),
    ]
    if figure := years(found):
        blocks.append(figure)
    blocks.append(
        paragraph(
            "Revision ",
            Span(contents.revision.id, strong=True),
            f" of {contents.revision.created[:10]}; content hash ",
            Span(contents.content_hash, strong=True),
            ". Two stores with the same content hash hold the same statements.",
        )
    )
    return Section("data", "Scope and data", tuple(blocks))


def limits(found: Findings) -> list[str]:
    """The limits in words, one line each."""
    chosen = found.options
    filters = chosen.filters
    iris = [
        iri
        for name in _LABELLED
        for iri in getattr(filters, name)
    ]
    labels = found.projection.labels([*iris, *([chosen.framework] if chosen.framework else [])])
    lines = []
    if filters.datasets:
        names = ", ".join(dataset_name(iri) for iri in filters.datasets)
        lines.append(f"links of the datasets: {names}")
    lines += [
        f"{name}: {', '.join(labels[iri] for iri in values)}"
        for name in _LABELLED
        if (values := getattr(filters, name))
    ]
    if filters.years is not None:
        first, last = filters.years
        lines.append(f"begun in the years {first or '…'} to {last or '…'}")
    if not lines:
        lines.append("no limits: every case in the graph")
    lines.append(
        "links: accepted ones only" if chosen.links == "accepted" else "links: proposed ones too"
    )
    lines.append(
        "counting: a case counts once for every pair it touches"
        if chosen.counting == "full"
        else "counting: a case counts once in all, spread evenly over the pairs it touches"
    )
    if chosen.framework:
        lines.append(f"principles: those of {labels[chosen.framework]}")
    lines.append(
        "yardstick for single members: even attention to all"
        if chosen.baseline == "uniform"
        else f"yardstick for single members: the dataset {dataset_name(chosen.baseline)}"
    )
    scope = chosen.scope
    if scope.name:
        lines.append(
            f"scope file {scope.name}: {len(scope.out)} members out of scope, "
            f"{len(scope.relevant)} relevant beforehand"
        )
    return lines


def datasets(found: Findings) -> Table:
    """The datasets with licence and version."""
    return Table(
        "datasets",
        "Datasets in the graph",
        (
            Column("name", "Dataset", width=1.6, description="Title of the dataset"),
            Column("version", "Version", width=0.7, description="Version the dataset states"),
            Column("issued", "Issued", width=0.9, description="Date of issue"),
            Column("licence", "Licence", width=1.6, description="Terms of use"),
            Column("triples", "Statements", "int", "Number of triples", 0.9),
            Column("cases", "Cases", "int", "Number of cases described", 0.6),
            Column("links", "Links", "int", "Number of link records", 0.6),
        ),
        tuple(
            row(
                item.title or item.name,
                item.version,
                item.issued,
                _licence(item.licence),
                item.triples,
                item.cases,
                item.links,
            )
            for item in found.contents.datasets
        ),
    )


def years(found: Findings) -> Figure | None:
    """Cases per start year."""
    starts = [case.start_year for case in found.cases]
    known = sorted(year for year in starts if year is not None)
    if not known:
        return None
    counts: dict[int, list[int]] = {}
    for case in found.cases:
        if case.start_year is None:
            continue
        pair = counts.setdefault(case.start_year, [0, 0])
        pair[0] += 1
        pair[1] += any(
            link.predicate.endswith(_NEGATIVE) and link.evidence.review == "accepted"
            for link in case.links
        )
    first = max(known[0], known[-1] - 39)
    unknown, earlier = starts.count(None), sum(year < first for year in known)
    span = [Year(year, *counts.get(year, [0, 0])) for year in range(first, known[-1] + 1)]
    notes = f" {unknown} cases have no known start year." if unknown else ""
    notes += f" {earlier} cases began before {first}." if earlier else ""
    return Figure(
        "timeline",
        timeline("Cases by start year", span, unknown=unknown),
        f"Cases by the year in which they began.{notes}",
        f"Column chart of {len(known)} cases by start year from {first} to {known[-1]}; "
        "the hatched part of a column is cases with a negative link.",
    )


def _accepted(found: Findings) -> int:
    return sum(link.evidence.review == "accepted" for case in found.cases for link in case.links)


def _licence(iri: str) -> str:
    known = {
        "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
        "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
        "https://creativecommons.org/licenses/by-sa/4.0/": "CC BY-SA 4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/": "CC BY-NC 4.0",
    }
    return known.get(iri, compact(iri)) if iri else "not stated"
