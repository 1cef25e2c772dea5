"""Evidence quality: how many links rest on one source, on the operators' word, on allegations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.projection.records import predicate_word
from kg.report.document import Cell, Column, Heading, Section, Span, Table, linked, paragraph
from kg.report.findings import anchor

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_PREDICATES: Final = ("supports", "undermines", "upholds", "violates", "usesTechnology")
_STATES: Final = ("confirmed", "self-reported", "alleged", "unverified", "")
_RELATIONS: Final = {
    v.SUPPORTS: "supports",
    v.UNDERMINES: "undermines",
    v.UPHOLDS: "upholds",
    v.VIOLATES: "violates",
    v.USES_TECHNOLOGY: "uses",
}
_FACTS: Final = {
    "target-self-reported-only": (
        "Targets known from operators only",
        "Every link to these targets rests on what the operators say of themselves.",
    ),
    "link-without-independent-source": (
        "Links without an independent source",
        "All sources come from those who take part in the case, or from nobody named.",
    ),
    "case-single-source": (
        "Cases that rest on a single source",
        "A second, independent source would make these cases firmer.",
    ),
    "case-without-outcome": (
        "Cases without a stated outcome",
        "What became of these cases is not recorded.",
    ),
}


def evidence(found: Findings) -> Section:
    """How good the evidence is."""
    kinds = found.gaps.kinds
    links = sum(
        link.evidence.review == "accepted" for case in found.cases for link in case.links
    )
    blocks: list[Block] = [
        paragraph(
            f"The cases carry {links:,} accepted links. "
            f"{kinds.get('link-without-independent-source', 0):,} have no source outside the "
            "organisations that take part in the case; "
            f"{kinds.get('link-self-reported', 0):,} rest on what those who run it say of it; "
            f"{kinds.get('link-unverified', 0):,} are alleged or not verified. "
            f"{kinds.get('case-single-source', 0):,} cases have at most one source and "
            f"{kinds.get('case-without-outcome', 0):,} state no outcome."
        ),
        states(found),
    ]
    for kind, (title, intro) in _FACTS.items():
        table = facts(found, kind, title)
        if table.rows:
            blocks += [Heading(title, f"evidence-{kind}"), paragraph(intro), table]
    return Section("evidence", "Evidence quality", tuple(blocks))


def states(found: Findings) -> Table:
    """Links by relation and evidence status."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in _PREDICATES}
    single: Counter[str] = Counter()
    for case in found.cases:
        for link in case.links:
            if link.evidence.review != "accepted":
                continue
            name = predicate_word(link.predicate)
            counted[name][link.evidence.status] += 1
            single[name] += len(link.evidence.sources) <= 1
    rows = []
    for name in _PREDICATES:
        counts = counted[name]
        total = sum(counts.values())
        rows.append(
            (
                Cell("uses technology" if name == "usesTechnology" else name),
                Cell(total),
                *(Cell(counts[state]) for state in _STATES),
                Cell(single[name]),
                Cell(round(counts["confirmed"] / total, 6) if total else None),
            )
        )
    return Table(
        "evidence-table",
        "Accepted links by relation and evidence status",
        (
            Column("relation", "Relation", width=1.6, description="What the link states"),
            Column("links", "Links", "int", "Accepted links"),
            Column("confirmed", "Confirmed", "int", "Confirmed by somebody independent"),
            Column("self_reported", "Self-reported", "int", "Only those who run the case say so"),
            Column("alleged", "Alleged", "int", "Alleged, not established"),
            Column("unverified", "Unverified", "int", "Not checked"),
            Column("unstated", "Not stated", "int", "No evidence status given"),
            Column("single", "At most one source", "int", "Links with one source or none"),
            Column("share", "Confirmed share", "share", "Confirmed links divided by all"),
        ),
        tuple(rows),
        shade=("confirmed", "self_reported", "alleged", "unverified"),
    )


def facts(found: Findings, kind: str, title: str) -> Table:
    """Gaps of one kind that are facts; links of one case stand together."""
    gaps = found.gaps.of_kind(kind)
    grouped: dict[str, list[str]] = {}
    for gap in gaps:
        cases = [item["id"] for item in (*gap.evidence, gap.subject) if "/id/case/" in item["id"]]
        known = [iri for iri in dict.fromkeys(cases) if iri in found.case_names]
        if gap.object and known:
            said = f"{_RELATIONS.get(str(gap.details.get('predicate')), '')} {gap.object['label']}"
            grouped.setdefault(known[0], []).append(said.strip())
        else:
            grouped.setdefault(" ".join(known), []).append(gap.explanation)
    rows = []
    for key, statements in grouped.items():
        iris = key.split()
        spans = [Span(found.case_names[iri], f"#{anchor('case', iri)}") for iri in iris]
        title_of = f"{found.titles[iris[0]]}: " if gaps[0].object and iris else ""
        rows.append(
            (Cell(title_of + "; ".join(statements)), linked(*spans) if spans else Cell(None))
        )
    total = found.gaps.kinds.get(kind, 0)
    note = f"{len(gaps):,} of {total:,} are named." if total > len(gaps) else ""
    return Table(
        f"{kind}-table",
        title,
        (
            Column("what", "What", width=6, description="What is thin"),
            Column("cases", "Cases", width=1, description="Numbers as in the appendix"),
        ),
        tuple(rows),
        note=note,
    )
