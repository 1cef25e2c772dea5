"""Gaps: everything missing, thin, contested or badly evidenced, ranked and explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kg.analysis.gap import Gap
from kg.analysis.gap_contested import contested_gaps
from kg.analysis.gap_context import Choices, Context
from kg.analysis.gap_evidence import case_gaps, link_gaps, self_reported_targets
from kg.analysis.gap_frameworks import framework_gaps, unpractised_principles
from kg.analysis.gap_members import member_gaps
from kg.analysis.gap_pairs import PairGaps, pair_gaps
from kg.analysis.results import Tabular, plain
from kg.analysis.triage import CELL_CLASSES
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.projection import Projection
    from kg.projection.filters import Unit

SUBJECTS: Final = ("members", "pairs", "contested", "regional", "evidence", "frameworks", "white")
"""Groups of kinds that can be chosen: whole members, goal × principle pairs, contested members,
regions, evidence, frameworks, technology white spots."""
_WITHIN_CHANCE: Final = 50


@dataclass(frozen=True)
class GapReport(Tabular):
    """Gaps in order of importance.

    Attributes:
        gaps: The gaps, most important first.
        kinds: How many of each kind there are, listed or not.
        classes: Per table looked at, how many empty or thin cells fell into each class of the
            triage.
        models: The null model behind each pair table: name, tests, draws, seed.
        agreement: How far the null models agree.
        total_units: Cases that the filters leave.
        revision: Of the store.
        choices: As asked for.
        unit: What is counted.
        associations: For the pairs of two chosen dimensions, those that differ from chance in
            either direction.
        within_chance: Pairs that hold fewer cases than expected, which chance can explain; the
            weightiest of each table. They are no gaps and stand in no count of gaps.
    """

    gaps: tuple[Gap, ...]
    kinds: dict[str, int]
    classes: dict[str, dict[str, int]]
    models: list[dict[str, Any]]
    agreement: dict[str, Any]
    total_units: int
    revision: str
    choices: Choices = field(default_factory=Choices)
    unit: Unit = "case"
    associations: tuple[dict[str, Any], ...] = ()
    within_chance: tuple[Gap, ...] = ()

    @property
    def significant(self) -> dict[str, Any]:
        """Pairs tested and found significant, over all tables; ``None`` for what was not tested."""
        totals: dict[str, Any] = {"tests": sum(model["tests"] for model in self.models)}
        for name in ("rarer", "more_frequent", "two_sided"):
            counts = [model[name] for model in self.models]
            totals[name] = None if None in counts else sum(counts)
        return totals

    @property
    def class_counts(self) -> dict[str, int]:
        """Empty and thin cells per class over all tables."""
        return {
            name.value: sum(counts.get(name.value, 0) for counts in self.classes.values())
            for name in CELL_CLASSES
        }

    def of_kind(self, *kinds: str) -> list[Gap]:
        """The listed gaps of some kinds."""
        return [gap for gap in self.gaps if gap.kind in kinds]

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """Plain JSON values; ``limit`` cuts the list, never the counts."""
        chosen = self.choices
        return {
            "gaps": [gap.to_dict() for gap in self.gaps[:limit]],
            "total_gaps": sum(self.kinds.values()),
            "significant_pairs": self.significant,
            "associations": list(self.associations),
            "kinds": self.kinds,
            "classes": self.class_counts,
            "classes_by_table": self.classes,
            "models": plain(self.models),
            "agreement": plain(self.agreement),
            "unit": self.unit,
            "polarity": chosen.polarity,
            "links": chosen.links,
            "filters": chosen.filters.to_dict(),
            "scope": chosen.scope.name or None,
            "baseline": chosen.baseline,
            "alpha": chosen.alpha,
            "seed": chosen.seed,
            "total_units": self.total_units,
            "store_revision": self.revision,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """One mapping per gap, then one per pair that is more frequent than chance."""
        return [
            {
                "kind": gap.kind,
                "class": gap.triage.value,
                "subject": gap.subject["label"],
                "subject_id": gap.subject["id"],
                "object": gap.object["label"] if gap.object else "",
                "object_id": gap.object["id"] if gap.object else "",
                "observed": gap.observed,
                "expected": plain(gap.expected),
                "q": plain(gap.q),
                "score": plain(gap.score),
                "explanation": gap.explanation,
            }
            for gap in self.gaps
        ] + [
            {
                "kind": "pair-more-frequent",
                "class": "more-than-chance",
                "subject": pair["subject"]["label"],
                "subject_id": pair["subject"]["id"],
                "object": pair["object"]["label"],
                "object_id": pair["object"]["id"],
                "observed": pair["observed"],
                "expected": pair["expected"],
                "q": pair["q"],
                "score": None,
                "explanation": "",
            }
            for pair in self.associations
            if pair["direction"] == "more frequent"
        ]


def gaps(
    projection: Projection,
    choices: Choices | None = None,
    *,
    subjects: tuple[str, ...] = SUBJECTS,
    **options: Any,
) -> GapReport:
    """Find, test and rank gaps.

    Args:
        projection: Of the store.
        choices: How; see :class:`~kg.analysis.gap_context.Choices`.
        subjects: Which groups of kinds to look for.
        options: Single choices by name, changing those of ``choices``.

    Returns:
        The report. Cost: about a second on the shipped graph, under 5 s at a million cases.

    Raises:
        InputError: No such group of kinds.
    """
    unknown = [name for name in subjects if name not in SUBJECTS]
    if unknown:
        raise InputError(f"No kind of gap {unknown[0]!r}; choose from {', '.join(SUBJECTS)}.")
    context = Context(projection, replace(choices or Choices(), **options))
    collected = _Collected()
    if "members" in subjects:
        for dimension in ("target", "goal", "principle", "technology"):
            collected.cells(dimension, *member_gaps(context, dimension))
    if "pairs" in subjects:
        collected.pairs(pair_gaps(context, "goal", "principle"))
    if "regional" in subjects:
        collected.pairs(pair_gaps(context, "region", "goal", full=False))
    if "white" in subjects:
        collected.pairs(pair_gaps(context, "technology", "goal", full=False))
    if "contested" in subjects:
        for dimension in ("goal", "target", "principle"):
            collected.facts(*contested_gaps(context, dimension))
    if "evidence" in subjects:
        for find in (link_gaps, case_gaps, self_reported_targets):
            collected.facts(*find(context))
    if "frameworks" in subjects:
        collected.cells("framework × principle", *framework_gaps(context))
        collected.facts(*unpractised_principles(context))
    return collected.report(context)


def pair_report(
    projection: Projection,
    rows: str,
    cols: str,
    choices: Choices | None = None,
    *,
    unit: Unit = "case",
) -> GapReport:
    """Gaps among the pairs of any two dimensions; of one dimension with itself, each pair once.

    Pairs that are more frequent than chance are named too, in :attr:`GapReport.associations`.
    """
    context = Context(projection, choices or Choices())
    collected = _Collected()
    collected.pairs(pair_gaps(context, rows, cols, unit=unit, both_tails=True))
    return collected.report(context, unit)


class _Collected:
    def __init__(self) -> None:
        self._gaps: list[Gap] = []
        self._kinds: Counter[str] = Counter()
        self._classes: dict[str, dict[str, int]] = {}
        self._models: list[dict[str, Any]] = []
        self._agreement: dict[str, Any] = {}
        self._associations: list[dict[str, Any]] = []
        self._within: list[Gap] = []

    def cells(self, table: str, found: list[Gap], classes: Counter[str]) -> None:
        """Gaps from a table whose empty and thin cells were classed."""
        self._gaps += found
        self._kinds.update(gap.kind for gap in found)
        self._classes[table] = {name.value: classes.get(name.value, 0) for name in CELL_CLASSES}

    def pairs(self, found: PairGaps) -> None:
        """Gaps of pairs, with their model."""
        name = f"{found.model['rows']} × {found.model['cols']}"
        self.cells(name, found.gaps, found.classes)
        self._models.append(found.model)
        self._associations += found.associations
        self._within += sorted(found.within_chance, key=Gap.order)[:_WITHIN_CHANCE]
        if found.agreement:
            self._agreement = found.agreement

    def facts(self, found: list[Gap], kinds: Counter[str]) -> None:
        """Gaps that are facts; ``kinds`` counts those not listed too."""
        self._gaps += found
        self._kinds.update(kinds)

    def report(self, context: Context, unit: Unit = "case") -> GapReport:
        """All in order, each kind cut to the limit."""
        room: Counter[str] = Counter()
        listed = []
        for gap in sorted(self._gaps, key=Gap.order):
            room[gap.kind] += 1
            if room[gap.kind] <= context.choices.limit:
                listed.append(gap)
        return GapReport(
            gaps=tuple(context.labelled(listed)),
            kinds=dict(sorted(self._kinds.items())),
            classes=self._classes,
            models=self._models,
            agreement=self._agreement,
            total_units=context.units(unit),
            revision=context.projection.revision,
            choices=context.choices,
            unit=unit,
            associations=tuple(self._associations),
            within_chance=tuple(context.labelled(self._within)),
        )
