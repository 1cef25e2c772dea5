"""Tables of whole records: cases, links, sources, organisations, concepts; with their dictionary.

The same tables feed SQLite, Parquet and CSV. They are read case by case in batches, so their
number does not decide how much memory is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from kg.identifiers import dataset_name
from kg.projection.records import CaseRecord, case_records, predicate_word

if TYPE_CHECKING:
    from kg.export.exporting import Selection
    from kg.model import Link, Source
    from kg.projection import Projection
    from kg.store import Snapshot

ColumnType = Literal["TEXT", "INTEGER", "REAL"]
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A table: its name, what it holds, and its columns with type and meaning."""

    name: str
    description: str
    columns: Mapping[str, tuple[ColumnType, str]]


CASES: Final = RecordTable(
    "cases",
    "One row per case",
    {
        "id": ("TEXT", "IRI of the case"),
        "title": ("TEXT", "Title"),
        "summary": ("TEXT", "What happened, in two or three sentences"),
        "outcome": ("TEXT", "What became of it"),
        "start_year": ("INTEGER", "First year"),
        "end_year": ("INTEGER", "Last year"),
        "status": ("TEXT", "IRI of the status"),
        "status_label": ("TEXT", "Status in words"),
        "countries": ("TEXT", "Countries, separated by semicolons"),
        "verified": ("INTEGER", "1 when an editor has read the sources, 0 when not"),
        "datasets": ("TEXT", "Datasets that describe it, separated by semicolons"),
    },
)
LINKS: Final = RecordTable(
    "links",
    "One row per link of a case to a goal, target, principle or technology",
    {
        "id": ("TEXT", "IRI of the link record; empty for a plain triple"),
        "case_id": ("TEXT", "IRI of the case"),
        "predicate": ("TEXT", "supports, undermines, upholds, violates or usesTechnology"),
        "object_id": ("TEXT", "IRI of the goal, target, principle or technology"),
        "object_label": ("TEXT", "Its label"),
        "polarity": ("TEXT", "positive, negative or neutral"),
        "review": ("TEXT", "accepted, proposed or rejected"),
        "directness": ("TEXT", "direct or indirect"),
        "evidence": ("TEXT", "confirmed, self-reported, alleged or unverified"),
        "confidence": ("REAL", "0 to 1"),
        "rationale": ("TEXT", "Why the link is stated"),
        "sources": ("TEXT", "IRIs of its sources, separated by semicolons"),
        "disputed_by": ("TEXT", "Who objects, separated by semicolons"),
        "dataset": ("TEXT", "Dataset that states it"),
    },
)
CASE_SOURCES: Final = RecordTable(
    "case_sources",
    "Which case cites which source",
    {
        "case_id": ("TEXT", "IRI of the case"),
        "source_id": ("TEXT", "IRI of the source"),
    },
)
PARTICIPANTS: Final = RecordTable(
    "participants",
    "Which organisation takes part in which case, in which role",
    {
        "case_id": ("TEXT", "IRI of the case"),
        "organisation_id": ("TEXT", "IRI of the organisation"),
        "organisation_label": ("TEXT", "Its name"),
        "role": ("TEXT", "Role in words"),
    },
)
SOURCES: Final = RecordTable(
    "sources",
    "One row per source",
    {
        "id": ("TEXT", "IRI of the source"),
        "title": ("TEXT", "Title"),
        "url": ("TEXT", "Web address"),
        "publisher": ("TEXT", "Publisher"),
        "kind": ("TEXT", "paper, news, official, report, database …"),
        "year": ("INTEGER", "Year of publication"),
    },
)
CONCEPTS: Final = RecordTable(
    "concepts",
    "Goals, targets, principles and technologies that links may point to",
    {
        "id": ("TEXT", "IRI"),
        "kind": ("TEXT", "goal, target, principle or technology"),
        "code": ("TEXT", "Code"),
        "label": ("TEXT", "English label"),
    },
)
TABLES: Final = (CASES, LINKS, CASE_SOURCES, PARTICIPANTS, SOURCES, CONCEPTS)
DICTIONARY: Final = RecordTable(
    "dictionary",
    "What every column of every table holds",
    {
        "table_name": ("TEXT", "Table"),
        "column_name": ("TEXT", "Column"),
        "type": ("TEXT", "TEXT, INTEGER or REAL"),
        "description": ("TEXT", "What it holds"),
    },
)
Row = dict[str, Any]


def records(
    projection: Projection, snapshot: Snapshot, selection: Selection
) -> Iterator[CaseRecord]:
    """Cases of a selection, in the order of their IRIs."""
    mask = projection.mask("case", selection.filters)
    count = projection.unit_count("case")
    numbers = range(count) if mask is None else mask.nonzero()[0].tolist()
    iris = [projection.unit_iri("case", number) for number in numbers]
    for start in range(0, len(iris), _BATCH):
        for record in case_records(snapshot, iris[start : start + _BATCH]):
            yield _limited(record, selection)


def _limited(record: CaseRecord, selection: Selection) -> CaseRecord:
    """Only the links that the selection leaves."""
    from dataclasses import replace

    kept = tuple(link for link in record.links if _kept(link, selection))
    return replace(record, links=kept)


def _kept(link: Link, selection: Selection) -> bool:
    if link.evidence.review == "rejected":
        return False
    if selection.links == "accepted" and link.evidence.review != "accepted":
        return False
    if selection.filters.datasets and link.dataset not in selection.filters.datasets:
        return False
    sign = polarity(link)
    return selection.polarity == "both" or sign in (selection.polarity, "neutral")


def polarity(link: Link) -> str:
    """positive, negative or neutral."""
    word = predicate_word(link.predicate)
    if word in ("supports", "upholds"):
        return "positive"
    return "negative" if word in ("undermines", "violates") else "neutral"


def rows(
    projection: Projection, snapshot: Snapshot, selection: Selection
) -> Iterator[tuple[RecordTable, Row]]:
    """Every row of every table, in an order fit for streaming; the dictionary last."""
    seen: set[str] = set()
    for record in records(projection, snapshot, selection):
        yield CASES, _case(record)
        for link in record.links:
            yield LINKS, _link(record, link)
        for organisation, role in record.participants:
            yield (
                PARTICIPANTS,
                {
                    "case_id": record.id,
                    "organisation_id": organisation.id,
                    "organisation_label": organisation.label,
                    "role": role.label if role else None,
                },
            )
        cited = {source.id: source for source in record.sources}
        for link in record.links:
            cited.update({source.id: source for source in link.evidence.sources})
        for iri in sorted(cited):
            yield CASE_SOURCES, {"case_id": record.id, "source_id": iri}
            if iri not in seen:
                seen.add(iri)
                yield SOURCES, _source(cited[iri])
    for kind in ("goal", "target", "principle", "technology"):
        for member in projection.members(kind):
            yield (
                CONCEPTS,
                {"id": member.id, "kind": kind, "code": member.notation, "label": member.label},
            )
    yield from ((DICTIONARY, row) for row in dictionary((*TABLES, DICTIONARY)))


def dictionary(tables: tuple[RecordTable, ...]) -> Iterator[Row]:
    """The rows of the data dictionary."""
    for table in tables:
        for name, (type_, description) in table.columns.items():
            yield {
                "table_name": table.name,
                "column_name": name,
                "type": type_,
                "description": description,
            }


def _case(record: CaseRecord) -> Row:
    return {
        "id": record.id,
        "title": record.title,
        "summary": record.summary,
        "outcome": record.outcome or None,
        "start_year": record.start_year,
        "end_year": record.end_year,
        "status": record.status.id if record.status else None,
        "status_label": record.status.label if record.status else None,
        "countries": "; ".join(place.label for place in record.countries),
        "verified": None if record.verified is None else int(record.verified),
        "datasets": "; ".join(dataset_name(iri) for iri in record.datasets),
    }


def _link(record: CaseRecord, link: Link) -> Row:
    given = link.evidence
    return {
        "id": link.id or None,
        "case_id": record.id,
        "predicate": predicate_word(link.predicate),
        "object_id": link.object.id,
        "object_label": link.object.label,
        "polarity": polarity(link),
        "review": given.review,
        "directness": given.directness or None,
        "evidence": given.status or None,
        "confidence": given.confidence,
        "rationale": given.rationale or None,
        "sources": "; ".join(source.id for source in given.sources) or None,
        "disputed_by": "; ".join(node.label for node in given.disputed_by) or None,
        "dataset": dataset_name(link.dataset),
    }


def _source(source: Source) -> Row:
    return {
        "id": source.id,
        "title": source.label,
        "url": source.url or None,
        "publisher": source.publisher.label if source.publisher else None,
        "kind": source.kind or None,
        "year": source.year,
    }
