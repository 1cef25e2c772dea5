"""Links that may be missing: candidates with the record of the method that proposes them.

Sources: the methods in :mod:`kg.analysis.link_prediction`; Yang, Lichtenwalter & Chawla 2015,
Knowl. Inf. Syst. 45:751, on why AUC alone misleads and precision stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.link_prediction import METHODS, HeldOut, held_out
from kg.analysis.results import Tabular, plain
from kg.errors import InputError
from kg.projection import cooccurrence
from kg.projection.filters import NO_FILTERS, Filters, Links, Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.projection import Member, Projection

_MOST_ROWS: Final = 3_000


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
    incidence = projection.incidence("case", dimension, polarity, filters, links=links)
    if rows == "case":
        return incidence.dense() > 0, incidence.units, incidence.members
    groups = projection.incidence("case", rows, polarity, filters, links=links)
    names = [member.id for member in groups.members]
    return cooccurrence(groups, incidence) > 0, names, incidence.members
