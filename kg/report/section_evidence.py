"""Evidence quality: how many links rest on one source, on the operators' word, on allegations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.projection.records import predicate_word
from kg.report.document import Cell, Column, Heading, Section, Span, Table, linked, paragraph
from kg.report.findings import anchor
from kg.report.language import message
from kg.report.terms import RELATIONS

if TYPE_CHECKING:
    from kg.report.document import Block
    from kg.report.findings import Findings

_PREDICATES: Final = ("supports", "undermines", "upholds", "violates", "usesTechnology")
_STATES: Final = ("confirmed", "self-reported", "alleged", "unverified", "")
_RELATIONS: Final = {
    v.SUPPORTS: message("supports {thing}"),
    v.UNDERMINES: message("undermines {thing}"),
    v.UPHOLDS: message("upholds {thing}"),
    v.VIOLATES: message("violates {thing}"),
    v.USES_TECHNOLOGY: message("uses {thing}"),
}
_FACTS: Final = {
    "target-self-reported-only": (
        message("Targets known from operators only"),
        message("Every link to these targets rests on what the operators say of themselves."),
    ),
    "link-without-independent-source": (
        message("Links without an independent source"),
        message("All sources come from those who take part in the case, or from nobody named."),
    ),
    "case-single-source": (
        message("Cases that rest on a single source"),
        message("A second, independent source would make these cases firmer."),
    ),
    "case-without-outcome": (
        message("Cases without a stated outcome"),
        message("What became of these cases is not recorded."),
    ),
}


def evidence(found: Findings) -> Section:
    """How good the evidence is."""
    say, kinds = found.say, found.gaps.kinds
    links = sum(
        link.evidence.review == "accepted" for case in found.cases for link in case.links
    )
    without, told, doubtful, single, open_ = (
        kinds.get(kind, 0)
        for kind in (
            "link-without-independent-source", "link-self-reported", "link-unverified",
            "case-single-source", "case-without-outcome",
        )
    )
    blocks: list[Block] = [
        paragraph(
            say("The cases carry {links:,} accepted links.", links=links),
            " ",
            say(
                "{without:,} have no source outside the organisations that take part in the case; "
                "{told:,} rest on what those who run it say of it; {doubtful:,} are alleged or not "
                "verified.",
                without=without, told=told, doubtful=doubtful,
            ),
            " ",
            say(
                "{single:,} cases have at most one source and {open:,} state no outcome.",
                single=single, open=open_,
            ),
        ),
        states(found),
    ]
    for kind, (title, intro) in _FACTS.items():
        table = facts(found, kind, say(title))
        if table.rows:
            blocks += [Heading(say(title), f"evidence-{kind}"), paragraph(say(intro)), table]
    return Section("evidence", say("Evidence quality"), tuple(blocks))


def states(found: Findings) -> Table:
    """Links by relation and evidence status."""
    say = found.say
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
                Cell(say(RELATIONS[name])),
                Cell(total),
                *(Cell(counts[state]) for state in _STATES),
                Cell(single[name]),
                Cell(round(counts["confirmed"] / total, 6) if total else None),
            )
        )
    return Table(
        "evidence-table",
        say("Accepted links by relation and evidence status"),
        (
            Column("relation", say("Relation"), width=1.6,
                   description=say("What the link states")),
            Column("links", say("Links"), "int", say("Accepted links")),
            Column("confirmed", say("Confirmed"), "int",
                   say("Confirmed by somebody independent")),
            Column("self_reported", say("Self-reported"), "int",
                   say("Only those who run the case say so")),
            Column("alleged", say("Alleged"), "int", say("Alleged, not established")),
            Column("unverified", say("Unverified"), "int", say("Not checked")),
            Column("unstated", say("Not stated"), "int", say("No evidence status given")),
            Column("single", say("At most one source"), "int",
                   say("Links with one source or none")),
            Column("share", say("Confirmed share"), "share",
                   say("Confirmed links divided by all")),
        ),
        tuple(rows),
        shade=("confirmed", "self_reported", "alleged", "unverified"),
    )


def facts(found: Findings, kind: str, title: str) -> Table:
    """Gaps of one kind that are facts; links of one case stand together."""
    say, gaps = found.say, found.gaps.of_kind(kind)
    grouped: dict[str, list[str]] = {}
    for gap in gaps:
        cases = [item["id"] for item in (*gap.evidence, gap.subject) if "/id/case/" in item["id"]]
        known = [iri for iri in dict.fromkeys(cases) if iri in found.case_names]
        if gap.object and known:
            relation = _RELATIONS[str(gap.details["predicate"])]
            said = say(relation, thing=gap.object["label"])
            grouped.setdefault(known[0], []).append(said)
        else:
            grouped.setdefault(" ".join(known), []).append(gap.explanation)
    rows = []
    for key, statements in grouped.items():
        iris = key.split()
        spans = [Span(found.case_names[iri], f"#{anchor('case', iri)}") for iri in iris]
        what = say.joint.join(statements)
        if gaps[0].object and iris:
            what = say("{name}: {value}", name=found.titles[iris[0]], value=what)
        rows.append((Cell(what), linked(*spans) if spans else Cell(None)))
    total = found.gaps.kinds.get(kind, 0)
    note = (
        say("{named:,} of {total:,} are named.", named=len(gaps), total=total)
        if total > len(gaps)
        else ""
    )
    return Table(
        f"{kind}-table",
        title,
        (
            Column("what", say("What"), width=6, description=say("What is thin")),
            Column("cases", say("Cases"), width=1, description=say("Numbers as in the appendix")),
        ),
        tuple(rows),
        note=note,
    )
