"""SDG tags for reporting back: IATI, the OECD-DAC Creditor Reporting System, OCDS.

Only supporting links are reported: an activity is tagged with what it contributes to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kg import vocabulary as v
from kg.export.archives import write_csv
from kg.export.characters import xml_attribute, xml_text
from kg.export.record_tables import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.export.exporting import Selection
    from kg.model import Link
    from kg.projection import Projection
    from kg.projection.records import CaseRecord
    from kg.store import Snapshot

CRS_MOST: Final = 10
"""The CRS field takes at most ten codes per activity."""
_EXTENSIONS: Final = "https://extensions.open-contracting.org/en/extensions"
_GOAL_VOCABULARY, _TARGET_VOCABULARY = "2", "3"


def sdg_tags(record: CaseRecord, *, most: int | None = None) -> list[tuple[str, str]]:
    """Codes and labels of the goals and targets that a case supports.

    Where there are more than ``most``, direct links come before indirect ones, confident ones
    before doubtful ones; the chosen codes are then put in the order of the goals.
    """
    best: dict[str, tuple[tuple[Any, ...], str]] = {}
    for link in record.links:
        if link.predicate != v.SUPPORTS or link.evidence.review != "accepted":
            continue
        code = link.object.id.removeprefix(v.SDG)
        label = link.object.label.removeprefix(f"{code} ")
        rank = _rank(link, code)
        if code not in best or rank < best[code][0]:
            best[code] = rank, label
    chosen = sorted(best, key=lambda code: best[code][0])[:most]
    return [(code, best[code][1]) for code in sorted(chosen, key=_order)]


def _rank(link: Link, code: str) -> tuple[Any, ...]:
    given = link.evidence
    sure = 1.0 if given.confidence is None else given.confidence
    return (given.directness == "indirect", -sure, _order(code))


def _order(code: str) -> tuple[int, int, str]:
    goal, _, rest = code.partition(".")
    number = int(rest) if rest.isdigit() else 99 if rest else 0
    return (int(goal) if goal.isdigit() else 99, number, rest)


def write_iati(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write IATI 2.03 ``tag`` elements, one activity per case.

    Vocabulary 2 holds goals, 3 targets. These are snippets to be merged into an organisation's
    own activity files: everything else that IATI asks for is theirs to say.
    """
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b"<!-- SDG tags to merge into your own activity file; other mandatory elements are "
        b'left out on purpose. -->\n<iati-activities version="2.03">\n'
    )
    for record in records(projection, snapshot, selection):
        tags = sdg_tags(record)
        if not tags:
            continue
        lines = [
            f"  <iati-activity>\n    <iati-identifier>{xml_text(record.id)}</iati-identifier>\n",
            f"    <title><narrative>{xml_text(record.title)}</narrative></title>\n",
        ]
        for code, label in tags:
            vocabulary = _TARGET_VOCABULARY if "." in code else _GOAL_VOCABULARY
            lines.append(
                f'    <tag code="{xml_attribute(code)}" vocabulary="{vocabulary}">'
                f"<narrative>{xml_text(label)}</narrative></tag>\n"
            )
        out.write(("".join(lines) + "  </iati-activity>\n").encode())
    out.write(b"</iati-activities>\n")


def write_crs(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write the SDG focus field of the CRS as CSV: at most ten codes, separated by semicolons."""

    def lines() -> Iterator[dict[str, object]]:
        for record in records(projection, snapshot, selection):
            every = sdg_tags(record)
            if every:
                chosen = [code for code, _ in sdg_tags(record, most=CRS_MOST)]
                yield {
                    "case": record.id,
                    "title": record.title,
                    "year": record.start_year,
                    "sdg_focus": ";".join(chosen),
                    "left_out": len(every) - len(chosen),
                }

    write_csv(out, ["case", "title", "year", "sdg_focus", "left_out"], lines())


def write_ocds(
    projection: Projection, snapshot: Snapshot, out: BinaryIO, selection: Selection
) -> None:
    """Write an OCDS 1.1 release package whose tenders carry SDG classifications.

    Schemes ``sdg`` and ``sdgTarget`` of the classification scheme codelist, in
    ``tender/additionalClassifications`` (tender classification extension). The open contracting
    ids are made from the case identifiers under the placeholder prefix ``ocds-000000``; put your
    own registered prefix in its place.
    """
    releases = []
    for record in records(projection, snapshot, selection):
        tags = sdg_tags(record)
        if not tags:
            continue
        slug = record.id.rsplit("/", 1)[-1]
        releases.append(
            {
                "ocid": f"ocds-000000-{slug}",
                "id": f"{slug}-{snapshot.revision.id}",
                "date": snapshot.revision.created,
                "tag": ["tender"],
                "initiationType": "tender",
                "tender": {
                    "id": slug,
                    "title": record.title,
                    "additionalClassifications": [
                        {
                            "scheme": "sdgTarget" if "." in code else "sdg",
                            "id": code,
                            "description": label,
                            "uri": f"{v.SDG}{code}",
                        }
                        for code, label in tags
                    ],
                },
            }
        )
    package = {
        "uri": "https://w3id.org/equipoise/dataset/ocds",
        "version": "1.1",
        "extensions": [f"{_EXTENSIONS}/tenderClassification/master/extension.json"],
        "publishedDate": snapshot.revision.created,
        "publisher": {"name": "Equipoise"},
        "releases": releases,
    }
    out.write(json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n")
