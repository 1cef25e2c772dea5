"""Gaps of evidence: links nobody independent vouches for, cases with one source or no outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg import vocabulary as v
from kg.analysis.gap import Gap, counted, fact_score, node
from kg.analysis.triage import Triage
from kg.projection.patterns import PREFIXES, filter_patterns
from kg.projection.questions import property_count_query, sources_query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.analysis.gap_context import Context

_PREDICATES: Final = {
    ("sdg", 1): (v.SUPPORTS, "supports"),
    ("sdg", -1): (v.UNDERMINES, "undermines"),
    ("principle", 1): (v.UPHOLDS, "upholds"),
    ("principle", -1): (v.VIOLATES, "violates"),
    ("technology", 1): (v.USES_TECHNOLOGY, "uses"),
}
_SELF_REPORTED: Final = 2
_COLUMNS: Final = (
    "unit",
    "object",
    "sign",
    "graph",
    "review",
    "record",
    "evidence",
    "sources",
    "independent",
)


@dataclass(frozen=True)
class Statements:
    """Links of one table under the choices."""

    table: str
    columns: dict[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]


def statements(context: Context, table: str) -> Statements:
    """The links that the filters leave, as columns; worked out once per table."""
    kept = context.kept.get(f"statements {table}")
    if kept is None:
        kept = context.kept[f"statements {table}"] = _statements(context, table)
    assert isinstance(kept, Statements)
    return kept


def _statements(context: Context, table: str) -> Statements:
    tables, choices = context.projection.tables, context.choices
    columns = {name: tables.array(f"case.{table}.{name}") for name in _COLUMNS}
    conditions = []
    if choices.links == "accepted":
        conditions.append(columns["review"] == 0)
    if choices.filters.datasets:
        graphs = tables.document("graphs")
        codes = [n for n, graph in enumerate(graphs) if graph in choices.filters.datasets]
        conditions.append(np.isin(columns["graph"], codes))
    if not choices.filters.is_empty:
        conditions.append(context.mask()[columns["unit"]])
    if conditions:
        keep = np.logical_and.reduce(conditions)
        if not keep.all():
            columns = {name: values[keep] for name, values in columns.items()}
    return Statements(table, columns)


def link_gaps(context: Context) -> tuple[list[Gap], Counter[str]]:
    """Links without an independent source, self-reported ones, unverified ones."""
    gaps: list[Gap] = []
    counts: Counter[str] = Counter()
    tests: dict[str, Callable[[Statements], NDArray[Any]]] = {
        "link-without-independent-source": lambda rows: ~rows["independent"].astype(np.bool_),
        "link-self-reported": lambda rows: rows["evidence"] == _SELF_REPORTED,
        "link-unverified": lambda rows: rows["evidence"] > _SELF_REPORTED,
    }
    every = [statements(context, table) for table in ("sdg", "principle", "technology")]
    for kind, test in tests.items():
        room = context.choices.limit
        for rows in every:
            found = np.flatnonzero(test(rows))
            counts[kind] += len(found)
            chosen = _urgent(rows, found, room)
            room -= len(chosen)
            gaps += _link_gaps(context, kind, rows, chosen)
    return gaps, counts


def _urgent(rows: Statements, found: NDArray[Any], room: int) -> NDArray[Any]:
    """The first few: harm that nobody vouches for, then links with fewest sources."""
    sources = np.minimum(rows["sources"][found], 9)
    rank = np.where(rows["sign"][found] < 0, 0, 10) + sources
    chosen: list[NDArray[Any]] = []
    for level in np.flatnonzero(np.bincount(rank, minlength=1)).tolist():
        some = found[rank == level][:room]
        chosen.append(some)
        room -= len(some)
        if room <= 0:
            break
    return np.concatenate(chosen) if chosen else found


def _link_gaps(context: Context, kind: str, rows: Statements, chosen: Any) -> list[Gap]:
    projection = context.projection
    numbers = chosen.tolist()
    cases = [projection.unit_iri("case", int(rows["unit"][n])) for n in numbers]
    targets = [projection.term(int(rows["object"][n])) for n in numbers]
    records = [
        projection.term(int(rows["record"][n])) if rows["record"][n] >= 0 else None for n in numbers
    ]
    context.look_up([*cases, *targets])
    graphs = projection.tables.document("graphs")
    made = []
    for n, case, target, record in zip(numbers, cases, targets, records, strict=True):
        predicate, verb = _PREDICATES[rows.table, int(rows["sign"][n])]
        graph = graphs[int(rows["graph"][n])]
        sources = int(rows["sources"][n])
        words = f"{context.labels[case]} {verb} {_with_code(target, context.labels[target])}"
        subject = {"id": record, "label": words} if record else context.node(case)
        negative = int(rows["sign"][n]) < 0
        if kind == "link-without-independent-source":
            observed = 0
            sparql = sources_query(case, record, (predicate, target, graph))
            reason = (
                "no source is given"
                if sources == 0
                else f"{'its only source is' if sources == 1 else f'all {sources} sources are'} "
                "published by a body that takes part in the case, or by nobody named"
            )
        else:
            observed = 1
            status = "eq:SelfReported" if kind == "link-self-reported" else None
            sparql = _status_query(record or "", status)
            reason = (
                "only those who run it say so"
                if kind == "link-self-reported"
                else "it is alleged or not verified"
            )
        made.append(
            Gap(
                kind=kind,
                triage=Triage.FACT,
                subject=subject,
                object=context.node(target),
                observed=observed,
                expected=1.0 if observed == 0 else 0.0,
                score=fact_score(kind, 0.5 * negative + 0.5 * (sources == 0)),
                explanation=f"“{words}”: {reason}.",
                sparql=sparql,
                evidence=(context.node(case),),
                details={"sources": sources, "predicate": predicate, "dataset": graph},
            )
        )
    return made


def _status_query(record: str, status: str | None) -> str:
    wanted = status or "eq:Alleged, eq:Unverified"
    return (
        f"PREFIX eq: <{v.EQ}>\nSELECT (COUNT(DISTINCT ?status) AS ?n) WHERE {{ "
        f"<{record}> eq:evidenceStatus ?status . FILTER(?status IN ({wanted})) }}"
    )


def _with_code(iri: str, label: str) -> str:
    return f"{iri.rsplit('/', 1)[-1]} ({label})" if iri.startswith(v.SDG) else label


def case_gaps(context: Context) -> tuple[list[Gap], Counter[str]]:
    """Cases with at most one source, and cases without a stated outcome."""
    tables, mask = context.projection.tables, context.mask()
    sources = tables.array("case.sources")
    found = {
        "case-single-source": np.flatnonzero((sources <= 1) & mask),
        "case-without-outcome": np.flatnonzero(~tables.array("case.outcome") & mask),
    }
    gaps: list[Gap] = []
    counts = Counter({kind: len(numbers) for kind, numbers in found.items() if len(numbers)})
    for kind, numbers in found.items():
        chosen = numbers[: context.choices.limit].tolist()
        iris = [context.projection.unit_iri("case", number) for number in chosen]
        context.look_up(iris)
        for number, iri in zip(chosen, iris, strict=True):
            one_source = kind == "case-single-source"
            observed = int(sources[number]) if one_source else 0
            path = "(dcterms:source|^rdf:subject/dcterms:source)" if one_source else "eq:outcome"
            said = f"rests on {counted(observed, 'source')}" if one_source else "states no outcome"
            gaps.append(
                Gap(
                    kind=kind,
                    triage=Triage.FACT,
                    subject=context.node(iri),
                    object=None,
                    observed=observed,
                    expected=2.0 if one_source else 1.0,
                    score=fact_score(kind, 1.0 if one_source and observed == 0 else 0.0),
                    explanation=f"The case “{context.labels[iri]}” {said}.",
                    sparql=property_count_query(iri, path),
                )
            )
    return gaps, counts


def self_reported_targets(context: Context) -> tuple[list[Gap], Counter[str]]:
    """Targets whose every link rests on what the operators say of themselves."""
    rows = statements(context, "sdg")
    members = context.projection.members("target")
    span = int(rows["object"].max(initial=0)) + 1
    theirs_too = rows["object"][rows["evidence"] == _SELF_REPORTED]
    things = np.arange(span)
    place, member = context.projection.expanded("case.target", things)
    every, theirs = (
        np.rint(
            np.bincount(member, np.bincount(of, minlength=span)[place], minlength=len(members))
        ).astype(np.int64)
        for of in (rows["object"], theirs_too)
    )
    found = np.flatnonzero((every > 0) & (theirs == every)).tolist()
    gaps = []
    for number in found:
        mine = np.isin(rows["object"], things[place[member == number]])
        units = np.unique(rows["unit"][mine])
        name = members[number].name
        gaps.append(
            Gap(
                kind="target-self-reported-only",
                triage=Triage.FACT,
                subject=node(members[number]),
                object=None,
                observed=0,
                expected=float(every[number]),
                score=fact_score("target-self-reported-only", every[number] / 10),
                explanation=(
                    f"All evidence on target {name} ({counted(int(every[number]), 'link')}) comes "
                    "from those who run the cases."
                ),
                sparql=_confirmed_query(context, members[number].id),
                evidence=context.cases(units),
            )
        )
    return gaps, Counter({"target-self-reported-only": len(gaps)} if gaps else {})


def _confirmed_query(context: Context, target: str) -> str:
    filters = context.choices.filters
    cited = "?link rdf:predicate ?predicate ; rdf:object ?thing ; rdf:subject ?unit ."
    if filters.datasets:
        graphs = " ".join(f"<{iri}>" for iri in filters.datasets)
        cited = f"VALUES ?graph {{ {graphs} }} GRAPH ?graph {{ {cited} }}"
    body = "\n  ".join(
        [
            cited,
            "FILTER(?predicate IN (eq:supports, eq:undermines))",
            f"?unit ?predicate ?thing . ?thing skos:broader* <{target}> .",
            "FILTER NOT EXISTS { ?link eq:evidenceStatus eq:SelfReported }",
            *filter_patterns(filters, "case"),
        ]
    )
    return f"{PREFIXES}\nSELECT (COUNT(DISTINCT ?link) AS ?n) WHERE {{\n  {body}\n}}"
