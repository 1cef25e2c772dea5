"""Suggestions: what would close a gap with least effort, and which links may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.link_prediction import METHODS, HeldOut, held_out
from kg.analysis.results import Tabular, plain
from kg.analysis.set_cover import Cover, cover
from kg.errors import InputError
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Incidence, Member, Projection

_MOST_ROWS: Final = 3_000
_MOST_SETS: Final = 100_000


@dataclass(frozen=True)
class Suggestion:
    """One thing to take up: a case or member, and which missing members it brings."""

    id: str
    label: str
    gain: int
    covers: tuple[Member, ...]


@dataclass(frozen=True)
class CoverPlan(Tabular):
    """The smallest set of known cases (or members) that closes the gaps of a dimension.

    Attributes:
        dimension: Whose members were missing.
        by: What was chosen: ``case`` or a dimension.
        missing: Members missing under the filters.
        steps: What to take up, most useful first.
        uncoverable: Missing members nothing known touches.
        method: ``exact`` or ``greedy``.
        guarantee: How far from the best it may be.
        greedy_size: How many the greedy choice needs.
        revision: Of the store.
    """

    dimension: str
    by: str
    missing: tuple[Member, ...]
    steps: tuple[Suggestion, ...]
    uncoverable: tuple[Member, ...]
    method: str
    guarantee: str
    greedy_size: int
    revision: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "suggestion": "cover",
            "dimension": self.dimension,
            "by": self.by,
            "missing": [member.to_dict() for member in self.missing],
            "steps": [
                {
                    "id": step.id,
                    "label": step.label,
                    "gain": step.gain,
                    "covers": [member.to_dict() for member in step.covers],
                }
                for step in self.steps
            ],
            "uncoverable": [member.to_dict() for member in self.uncoverable],
            "method": self.method,
            "guarantee": self.guarantee,
            "greedy_size": self.greedy_size,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per step."""
        return [
            {
                "step": number,
                "label": step.label,
                "id": step.id,
                "gain": step.gain,
                "covers": "; ".join(member.name for member in step.covers),
            }
            for number, step in enumerate(self.steps, start=1)
        ]


def suggest_cover(
    projection: Projection,
    dimension: str = "target",
    *,
    by: str = "case",
    within: Filters = NO_FILTERS,
    polarity: Polarity = "positive",
    links: Links = "accepted",
    members: tuple[str, ...] = (),
    most: int | None = None,
    exact: bool = True,
) -> CoverPlan:
    """Close the gaps of a portfolio with as few known cases, or members, as possible.

    Args:
        projection: Of the store.
        dimension: Whose missing members are to be covered.
        by: ``case``: choose among the cases outside the portfolio. A dimension (target,
            technology …): choose members; each brings what its cases touch.
        within: The portfolio. Left empty, everything counts as missing, so the plan is the
            smallest set that shows every member.
        polarity: Which links count.
        links: Accepted ones or proposed ones too.
        members: Only these members are to be covered (names or IRIs).
        most: At most so many steps.
        exact: Solve exactly where the problem is small enough.

    Returns:
        The plan. Cost: about 0.1 s on the shipped graph.
    """
    whole = projection.incidence("case", dimension, polarity, links=links)
    covered = np.zeros(len(whole.members), dtype=np.bool_)
    candidates = np.ones(whole.shape[0], dtype=np.bool_)
    if not within.is_empty:
        own = projection.incidence("case", dimension, polarity, within, links=links)
        covered = own.totals > 0
        mask = projection.mask("case", within)
        candidates = ~mask if mask is not None else candidates
    wanted = ~covered
    if members:
        chosen = {projection.resolve(dimension, name) for name in members}
        wanted &= np.array([member.id in chosen for member in whole.members], dtype=np.bool_)
    columns = np.flatnonzero(wanted)
    kept = whole.select(candidates)
    sets, names = (
        _case_sets(projection, kept, columns)
        if by == "case"
        else _member_sets(projection, kept, by, columns, polarity, links)
    )
    result = cover(sets, most=most, exact=exact)
    covers = _first_time(sets, result, columns, whole.members)
    labels = projection.labels([names[number] for number in result.chosen])
    return CoverPlan(
        dimension=dimension,
        by=by,
        missing=tuple(whole.members[place] for place in columns),
        steps=tuple(
            Suggestion(names[number], labels[names[number]], gain, gained)
            for number, gain, gained in zip(result.chosen, result.gains, covers, strict=True)
        ),
        uncoverable=tuple(
            whole.members[place]
            for place, any_ in zip(columns, np.atleast_1d(sets.any(axis=0)), strict=True)
            if not any_
        ),
        method=result.method,
        guarantee=result.guarantee,
        greedy_size=result.greedy_size,
        revision=projection.revision,
    )


def _case_sets(
    projection: Projection, kept: Incidence, columns: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], list[str]]:
    """What each case covers; of cases that cover the same, the first."""
    number = np.full(len(kept.members), -1)
    number[columns] = np.arange(len(columns))
    useful = number[kept.indices] >= 0
    rows, places = kept.rows[useful], number[kept.indices[useful]]
    cases, row = np.unique(rows, return_inverse=True)
    if len(cases) * max(len(columns), 1) > _MOST_SETS * 200:
        raise InputError("Too many cases to choose from; narrow the members to cover.")
    table = np.zeros((len(cases), len(columns)), dtype=np.bool_)
    table[row, places] = True
    table, first = np.unique(table, axis=0, return_index=True)
    order = np.argsort(first)
    iris = [projection.unit_iri("case", int(cases[first[place]])) for place in order]
    return table[order], iris


def _member_sets(
    projection: Projection,
    kept: Incidence,
    by: str,
    columns: NDArray[np.int64],
    polarity: Polarity,
    links: Links,
) -> tuple[NDArray[np.bool_], list[str]]:
    from kg.projection import cooccurrence

    groups = projection.incidence("case", by, polarity, links=links)
    together = cooccurrence(groups, kept)[:, columns] > 0
    return together, [member.id for member in groups.members]


def _first_time(
    sets: NDArray[np.bool_],
    result: Cover,
    columns: NDArray[np.int64],
    members: tuple[Member, ...],
) -> list[tuple[Member, ...]]:
    done = np.zeros(sets.shape[1], dtype=np.bool_)
    gained = []
    for number in result.chosen:
        fresh = sets[number] & ~done
        done |= sets[number]
        gained.append(tuple(members[place] for place in columns[fresh]))
    return gained


@dataclass(frozen=True)
class Candidate:
    """A link that may be missing: a candidate to look into, never evidence."""

    subject: str
    subject_label: str
    object: Member
    score: float


@dataclass(frozen=True)
class Predictions(Tabular):
    """Candidates with the record of the methods on hidden links.

    Attributes:
        rows: What the subjects are: ``case`` or a dimension.
        dimension: Of the objects.
        method: The one the candidates come from.
        candidates: Highest score first.
        record: Every method's held-out AUC and precision, the degree baseline among them.
        sampled: How many subjects the record is based on.
        revision: Of the store.
    """

    rows: str
    dimension: str
    method: str
    candidates: tuple[Candidate, ...]
    record: tuple[HeldOut, ...]
    sampled: int
    revision: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "suggestion": "links",
            "rows": self.rows,
            "dimension": self.dimension,
            "method": self.method,
            "status": "candidate",
            "candidates": [
                {
                    "subject": {"id": item.subject, "label": item.subject_label},
                    "object": item.object.to_dict(),
                    "score": plain(item.score),
                }
                for item in self.candidates
            ],
            "held_out": [item.to_dict() for item in self.record],
            "sampled": self.sampled,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per candidate, with its method's record."""
        record = {item.method: item for item in self.record}
        mine, baseline = record.get(self.method), record.get("degree")
        return [
            {
                "subject": item.subject_label,
                "subject_id": item.subject,
                "object": item.object.name,
                "object_id": item.object.id,
                "score": item.score,
                "method": self.method,
                "auc": mine.auc if mine else None,
                "precision": mine.precision if mine else None,
                "degree_auc": baseline.auc if baseline else None,
                "status": "candidate",
            }
            for item in self.candidates
        ]


def suggest_links(
    projection: Projection,
    dimension: str = "target",
    *,
    rows: str = "case",
    subject: str | None = None,
    method: str = "best",
    polarity: Polarity = "positive",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    top: int = 20,
    rounds: int = 10,
    seed: int = 0,
) -> Predictions:
    """Propose links that may be missing.

    Args:
        projection: Of the store.
        dimension: Of the objects: target, goal, principle, technology.
        rows: ``case``, or a dimension whose members are the subjects (organisation, technology).
        subject: Only candidates of this subject (name or IRI; for cases an IRI).
        method: One of the methods, or ``best`` by held-out AUC.
        polarity: Which links count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        top: How many candidates.
        rounds: Of hiding links.
        seed: Of what is hidden, and of the sample of subjects above 3,000.

    Returns:
        Candidates with the record beside them.

    Raises:
        InputError: No such method, or too few links to learn from.
    """
    if method != "best" and method not in METHODS:
        raise InputError(f"No method {method!r}; choose best, {', '.join(METHODS)}.")
    table, names, members = _bipartite(projection, rows, dimension, polarity, filters, links)
    busy = np.flatnonzero(table.any(axis=1))
    if len(busy) > _MOST_ROWS:
        busy = np.sort(np.random.default_rng(seed).choice(busy, _MOST_ROWS, replace=False))
    if subject is not None:
        wanted = subject if rows == "case" else projection.resolve(rows, subject)
        place = [number for number, name in enumerate(names) if name == wanted]
        if not place or not table[place[0]].any():
            raise InputError(f"{subject!r} has no link to learn from.")
        busy = np.unique(np.append(busy, place[0]))
    small = np.asarray(table[busy], dtype=np.float64)
    record = held_out(small, rounds=rounds, seed=seed)
    if not record:
        raise InputError("Too few links to predict from; at least ten are needed.")
    chosen = record[0].method if method == "best" else method
    score = METHODS[chosen](small, np.random.default_rng(seed))
    score[small > 0] = -np.inf
    if subject is not None:
        others = np.array([names[number] != wanted for number in busy], dtype=np.bool_)
        score[others] = -np.inf
    flat = np.argsort(-score, axis=None, kind="stable")[:top]
    pairs = [(int(at // small.shape[1]), int(at % small.shape[1])) for at in flat]
    pairs = [(i, j) for i, j in pairs if np.isfinite(score[i, j])]
    labels = projection.labels([names[busy[i]] for i, _ in pairs])
    return Predictions(
        rows=rows,
        dimension=dimension,
        method=chosen,
        candidates=tuple(
            Candidate(names[busy[i]], labels[names[busy[i]]], members[j], float(score[i, j]))
            for i, j in pairs
        ),
        record=tuple(record),
        sampled=len(busy),
        revision=projection.revision,
    )


def _bipartite(
    projection: Projection,
    rows: str,
    dimension: str,
    polarity: Polarity,
    filters: Filters,
    links: Links,
) -> tuple[NDArray[np.bool_], Any, tuple[Member, ...]]:
    from kg.projection import cooccurrence

    incidence = projection.incidence("case", dimension, polarity, filters, links=links)
    if rows == "case":
        return incidence.dense() > 0, incidence.units, incidence.members
    groups = projection.incidence("case", rows, polarity, filters, links=links)
    names = [member.id for member in groups.members]
    return cooccurrence(groups, incidence) > 0, names, incidence.members
