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
from kg.report.language import message, plural
from kg.report.timeline import Year, timeline

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_NEGATIVE: Final = ("undermines", "violates")
_LABELLED: Final = {
    "countries": message("countries: {names}"),
    "regions": message("regions: {names}"),
    "statuses": message("statuses: {names}"),
    "technologies": message("technologies: {names}"),
    "organisations": message("organisations: {names}"),
}
_HELD: Final = {
    "Cases": plural("{number:,} case", "{number:,} cases"),
    "Links": plural("{number:,} link", "{number:,} links"),
    "Principles": plural("{number:,} principle", "{number:,} principles"),
    "Frameworks": plural("{number:,} framework", "{number:,} frameworks"),
    "Technologies": plural("{number:,} technology", "{number:,} technologies"),
    "Organisations": plural("{number:,} organisation", "{number:,} organisations"),
    "Sources": plural("{number:,} source", "{number:,} sources"),
    "Goals": plural("{number:,} goal", "{number:,} goals"),
    "Targets": plural("{number:,} target", "{number:,} targets"),
}


def data(found: Findings) -> Section:
    """What the report rests on."""
    say, contents = found.say, found.contents
    held = ", ".join(
        say.count(*_HELD[kind], number) for kind, number in contents.counts.items()
    )
    blocks: list[Block] = [
        paragraph(
            say(
                "The graph holds {triples:,} statements in {datasets} datasets: {held}.",
                triples=contents.triples, datasets=len(contents.datasets), held=held,
            ),
            " ",
            say(
                "This report covers the {cases:,} cases that fit these limits, with {links:,} "
                "accepted links between them and what they touch:",
                cases=found.gaps.total_units, links=_accepted(found),
            ),
        ),
        Items(tuple(text(line) for line in limits(found))),
        datasets(found),
    ]
    if not say.native:
        blocks.append(
            paragraph(
                say(
                    "Titles, summaries and names that the graph holds in English only, such as "
                    "those of cases, sources and frameworks, are shown in English."
                )
            )
        )
    if figure := years(found):
        blocks.append(figure)
    blocks.append(
        paragraph(
            say("Revision"),
            " ",
            Span(contents.revision.id, strong=True),
            " ",
            say("of {date}; content hash", date=say.date(contents.revision.created[:10])),
            " ",
            Span(contents.content_hash, strong=True),
            ". ",
            say("Two stores with the same content hash hold the same statements."),
        )
    )
    return Section("data", say("Scope and data"), tuple(blocks))


def limits(found: Findings) -> list[str]:
    """The limits in words, one line each."""
    say, chosen = found.say, found.options
    filters = chosen.filters
    iris = [iri for name in _LABELLED for iri in getattr(filters, name)]
    labels = found.projection.labels([*iris, *([chosen.framework] if chosen.framework else [])])
    lines = []
    if filters.datasets:
        names = ", ".join(found.quoted(dataset_name(iri)) for iri in filters.datasets)
        lines.append(say("links of the datasets: {names}", names=names))
    lines += [
        say(sentence, names=", ".join(labels[iri] for iri in values))
        for name, sentence in _LABELLED.items()
        if (values := getattr(filters, name))
    ]
    if filters.years is not None:
        first, last = filters.years
        lines.append(
            say("begun in the years {first} to {last}", first=first or "…", last=last or "…")
        )
    if not lines:
        lines.append(say("no limits: every case in the graph"))
    lines.append(
        say("links: accepted ones only")
        if chosen.links == "accepted"
        else say("links: proposed ones too")
    )
    lines.append(
        say("counting: a case counts once for every pair it touches")
        if chosen.counting == "full"
        else say("counting: a case counts once in all, spread evenly over the pairs it touches")
    )
    if chosen.framework:
        lines.append(say("principles: those of {framework}", framework=labels[chosen.framework]))
    lines.append(
        say("yardstick for single members: even attention to all")
        if chosen.baseline == "uniform"
        else say(
            "yardstick for single members: the dataset {dataset}",
            dataset=found.quoted(dataset_name(chosen.baseline)),
        )
    )
    scope = chosen.scope
    if scope.name:
        lines.append(
            say(
                "scope file {file}: {out} members out of scope, {relevant} relevant beforehand",
                file=scope.name, out=len(scope.out), relevant=len(scope.relevant),
            )
        )
    return lines


def datasets(found: Findings) -> Table:
    """The datasets with licence and version."""
    say = found.say
    return Table(
        "datasets",
        say("Datasets in the graph"),
        (
            Column("name", say("Dataset"), width=1.6, description=say("Title of the dataset")),
            Column("version", say("Version"), width=0.7,
                   description=say("Version the dataset states")),
            Column("issued", say("Issued"), width=0.9, description=say("Date of issue")),
            Column("licence", say("Licence"), width=1.6, description=say("Terms of use")),
            Column("triples", say("Statements"), "int", say("Number of triples"), 0.9),
            Column("cases", say("Cases"), "int", say("Number of cases described"), 0.6),
            Column("links", say("Links"), "int", say("Number of link records"), 0.6),
        ),
        tuple(
            row(
                found.quoted(item.title or item.name),
                item.version,
                item.issued,
                _licence(item.licence) or say("not stated"),
                item.triples,
                item.cases,
                item.links,
            )
            for item in found.contents.datasets
        ),
    )


def years(found: Findings) -> Figure | None:
    """Cases per start year."""
    say = found.say
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
    caption = [say("Cases by the year in which they began.")]
    if unknown:
        caption.append(
            say.count("{number} case has no known start year.",
                      "{number} cases have no known start year.", unknown)
        )
    if earlier:
        caption.append(
            say.count("{number} case began before {year}.",
                      "{number} cases began before {year}.", earlier, year=first)
        )
    return Figure(
        "timeline",
        timeline(say("Cases by start year"), span, unknown=unknown, say=say),
        " ".join(caption),
        say.count(
            "Column chart of {number} case by start year from {first} to {last}; the hatched part "
            "of a column is cases with a negative link.",
            "Column chart of {number} cases by start year from {first} to {last}; the hatched part "
            "of a column is cases with a negative link.",
            len(known), first=first, last=known[-1],
        ),
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
    return known.get(iri, compact(iri)) if iri else ""
