"""Measuring the linker on passages labelled with principles.

A file has the columns ``id, text, principle`` and, if some passages are counter-examples,
``label``. A cell names one or more pivot principles, by identifier, IRI or label, separated by
``;``. What is measured is whether the principles come first: a guideline passage speaks of many
things, and a person who reviews it looks at the first few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError
from kg.linking.evaluation import FALSE, TRUE, labelled_rows

if TYPE_CHECKING:
    from kg.linking.linker import Linker

COLUMNS: Final = ("principle", "passages", "top1", "top3", "first")
FIRST: Final = 3


@dataclass(frozen=True, slots=True)
class PrinciplePassage:
    """A passage and the IRIs of the principles it states."""

    id: str
    text: str
    principles: frozenset[str]


@dataclass(frozen=True, slots=True)
class PrincipleQuality:
    """How well one principle is found.

    Args:
        principle: Its identifier; ``all`` for all passages.
        passages: Passages that state it.
        top1: Share of those in which it comes first; of all passages, share whose first is right.
        top3: Share of those in which it is among the first three; of all passages, mean share of
            their principles among the first three.
        first: Passages in which it comes first, rightly or not.
    """

    principle: str
    passages: int
    top1: float
    top3: float
    first: int

    def to_dict(self) -> dict[str, object]:
        """One row, four digits."""
        return {
            "principle": self.principle,
            "passages": self.passages,
            "top1": round(self.top1, 4),
            "top3": round(self.top3, 4),
            "first": self.first,
        }


def names_principles(path: Path) -> bool:
    """Whether a file's passages are labelled with principles and not with goals."""
    heading = next(labelled_rows(path, set()), None)
    return heading is not None and _column(heading[1]) is not None and "sdg" not in heading[1]


def _column(row: dict[str, str]) -> str | None:
    return next((name for name in ("principle", "principles") if name in row), None)


def read_principle_passages(path: Path, linker: Linker) -> list[PrinciplePassage]:
    """Passages of a CSV file that state a principle; those labelled ``False`` are left out.

    Raises:
        InputError: A column is missing, a label is wrong or a principle unknown; names the row.
    """
    return list(_passages(path, _names(linker)))


def _names(linker: Linker) -> dict[str, str]:
    """IRI of every principle by its identifier, IRI and labels."""
    found: dict[str, str] = {}
    for concept in linker.index.groups["principle"].concepts:
        labels = [phrase for phrase, _, weight in concept.phrases if weight > 1]
        tail = concept.iri.rsplit("/", 1)[-1]
        for name in (concept.iri, concept.notation, tail, concept.label, *labels):
            if name:
                found.setdefault(name.casefold(), concept.iri)
    return found


def _passages(path: Path, names: dict[str, str]) -> Iterator[PrinciplePassage]:
    for number, row in labelled_rows(path, {"text"}):
        column = _column(row)
        if column is None:
            raise InputError("has no column principle", file=str(path))
        label = (row.get("label") or "true").strip().lower()
        if label not in TRUE | FALSE:
            raise InputError(
                f"{label!r} is neither True nor False", file=str(path), row=number, column="label"
            )
        told = [part.strip() for part in (row[column] or "").split(";") if part.strip()]
        unknown = [part for part in told if part.casefold() not in names]
        if unknown or not told:
            problem = f"{unknown[0]!r} is no pivot principle" if unknown else "names no principle"
            known = ", ".join(sorted({iri.rsplit("/", 1)[-1] for iri in names.values()}))
            raise InputError(
                f"{problem}; there are {known}", file=str(path), row=number, column=column
            )
        if label in TRUE:
            iris = frozenset(names[part.casefold()] for part in told)
            yield PrinciplePassage(row.get("id") or str(number), row["text"] or "", iris)


def rank_principles(linker: Linker, passages: Sequence[PrinciplePassage]) -> list[list[str]]:
    """IRIs of all principles for each passage, most probable first, read as English documents."""
    import numpy as np

    iris = [concept.iri for concept in linker.index.groups["principle"].concepts]
    ranks: list[list[str]] = []
    for passage in passages:
        prepared = linker.prepare(passage.text, "en")
        scored: dict[str, Any] = linker.score(prepared, ["principle"]) if prepared else {}
        order = np.argsort(-scored["principle"].document, kind="stable") if scored else range(0)
        ranks.append([iris[int(at)] for at in order])
    return ranks


def principle_quality(
    passages: Sequence[PrinciplePassage], ranks: Sequence[Sequence[str]]
) -> list[PrincipleQuality]:
    """Quality of each principle that a passage states, and of all.

    Raises:
        InputError: There are no passages.

    Example:
        >>> passages = [PrinciplePassage("1", "", frozenset({"p/a"}))]
        >>> principle_quality(passages, [["p/b", "p/a"]])[-1]
        PrincipleQuality(principle='all', passages=1, top1=0.0, top3=1.0, first=1)
    """
    if not passages:
        raise InputError("there are no passages to evaluate on")
    pairs = list(zip(passages, ranks, strict=True))
    found = []
    for iri in sorted({iri for passage in passages for iri in passage.principles}):
        mine = [rank for passage, rank in pairs if iri in passage.principles]
        found.append(
            PrincipleQuality(
                iri.rsplit("/", 1)[-1],
                len(mine),
                sum(iri in rank[:1] for rank in mine) / len(mine),
                sum(iri in rank[:FIRST] for rank in mine) / len(mine),
                sum(iri in rank[:1] for rank in ranks),
            )
        )
    first = [bool(passage.principles.intersection(rank[:1])) for passage, rank in pairs]
    three = [
        len(passage.principles.intersection(rank[:FIRST])) / len(passage.principles)
        for passage, rank in pairs
    ]
    count = len(pairs)
    found.append(
        PrincipleQuality(
            "all", count, sum(first) / count, sum(three) / count, sum(map(bool, ranks))
        )
    )
    return found
