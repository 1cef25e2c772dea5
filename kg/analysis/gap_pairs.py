"""Gaps of pairs: two members that no unit, or strikingly few units, bring together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.analysis.association import associate
from kg.analysis.gap import Gap, counted, inflected, node, score
from kg.analysis.intervals import wilson
from kg.analysis.results import plain
from kg.analysis.triage import Triage, thin, triage
from kg.analysis.verdicts import Association, agreement
from kg.projection import Incidence, cooccurrence
from kg.projection.dimensions import dimension_named
from kg.projection.filters import POLARITIES, Unit
from kg.projection.incidence import fractional

if TYPE_CHECKING:
    from kg.analysis.gap_context import Context

_KINDS: Final = {
    ("goal", "principle"): ("pair-without-case", "pair-thin"),
    ("technology", "goal"): ("technology-goal-without-case", "technology-goal-thin"),
    ("region", "goal"): ("region-goal-without-case", "region-goal-thin"),
}


@dataclass(frozen=True)
class PairGaps:
    """What was found for one pair of dimensions."""

    gaps: list[Gap]
    classes: Counter[str]
    model: dict[str, Any]
    agreement: dict[str, Any] = field(default_factory=dict)
    associations: list[dict[str, Any]] = field(default_factory=list)
    within_chance: list[Gap] = field(default_factory=list)


def pair_gaps(
    context: Context,
    rows: str,
    cols: str,
    *,
    unit: Unit = "case",
    full: bool = True,
    both_tails: bool = False,
) -> PairGaps:
    """Empty and thin pairs of two dimensions, each with its class.

    Args:
        context: Projection and choices.
        rows: Row dimension.
        cols: Column dimension.
        unit: What is counted.
        full: List every empty pair; otherwise only those that stand out or are relevant.
        both_tails: Also look for pairs that are more frequent than chance, and name all that
            differ from it.
    """
    choices = context.choices
    first, second = context.incidence(rows, unit=unit), context.incidence(cols, unit=unit)
    keep = [_leaves(context, name, side) for name, side in ((rows, first), (cols, second))]
    first, second = (
        _narrowed(side, kept) for side, kept in zip((first, second), keep, strict=True)
    )
    left, right = _inside(context, first, unit), _inside(context, second, unit)
    out = np.array(
        [[choices.scope.is_out(a.id, b.id) for b in second.members] for a in first.members],
        dtype=np.bool_,
    ).reshape(len(first.members), len(second.members))
    result = associate(
        left,
        None if rows == cols else right,
        model=choices.model if full else "bicm",
        draws=choices.draws,
        seed=choices.seed,
        alpha=choices.alpha,
        seconds=choices.seconds,
        tested=~out,
        tail="both" if both_tails else "lower" if full or choices.alpha > 0.1 else "striking",
    )
    listed, classes, within = _listed(
        context, (rows, cols), (first, second), result, out, unit, full=full
    )
    compared = (
        _compared(context, left, None if rows == cols else right, result, out, both_tails)
        if (full and choices.agreement)
        else {}
    )
    return PairGaps(
        listed,
        classes,
        {**result.summary(choices.alpha), "rows": rows, "cols": cols},
        compared,
        _associations((first, second), result, choices.alpha) if both_tails else [],
        within,
    )


def _associations(
    sides: tuple[Incidence, Incidence], result: Association, alpha: float
) -> list[dict[str, Any]]:
    """Pairs that differ from chance in either direction, the surest first."""
    found = []
    for direction, tail in (("more frequent", "upper"), ("rarer", "lower")):
        p, q = getattr(result, tail), getattr(result, f"q_{tail}")
        marked = result.significant(tail, alpha)  # type: ignore[arg-type]
        for i, j in np.argwhere(np.triu(marked) if result.one_family else marked).tolist():
            found.append(
                {
                    "direction": direction,
                    "subject": node(sides[0].members[i]),
                    "object": node(sides[1].members[j]),
                    "observed": int(result.observed[i, j]),
                    "expected": plain(float(result.expected[i, j])),
                    "p": plain(float(p[i, j])),
                    "q": plain(float(q[i, j])),
                }
            )
    return sorted(found, key=lambda pair: (pair["q"], pair["subject"]["id"], pair["object"]["id"]))


def _listed(
    context: Context,
    names: tuple[str, str],
    sides: tuple[Incidence, Incidence],
    result: Association,
    out: Any,
    unit: Unit,
    *,
    full: bool,
) -> tuple[list[Gap], Counter[str], list[Gap]]:
    choices = context.choices
    units = context.units(unit)
    first, second = sides
    empty_kind, thin_kind = _KINDS.get(names, ("pair-without-unit", "pair-thin"))
    if unit == "case" and names not in _KINDS:
        empty_kind = "pair-without-case"
    gaps: list[Gap] = []
    within: list[Gap] = []
    classes: Counter[str] = Counter()
    cells = thin(result.observed, result.expected)
    if names[0] == names[1]:
        cells = np.triu(cells, k=1)
    low, high = wilson(result.observed, units)
    beside = _beside(context, names, sides, unit) if full else {}
    for i, j in np.argwhere(cells).tolist():
        a, b, seen = first.members[i], second.members[j], int(result.observed[i, j])
        relevant = choices.scope.is_relevant(a.id, b.id)
        expected, q = float(result.expected[i, j]), float(result.q_lower[i, j])
        verdict = triage(
            seen,
            q,
            float(result.none[i, j]),
            tests=result.tests,
            alpha=choices.alpha,
            relevant=relevant,
            out_of_scope=bool(out[i, j]),
        )
        classes[verdict.value] += 1
        striking = verdict in (Triage.SIGNIFICANT, Triage.RELEVANT)
        named = striking or (full and not seen)
        if not named and verdict is not Triage.CHANCE:
            continue
        totals = int(first.totals[i]), int(second.totals[j])
        (gaps if named else within).append(
            Gap(
                kind=thin_kind if seen else empty_kind,
                triage=verdict,
                subject=node(a),
                object=node(b),
                observed=seen,
                expected=expected,
                score=score(verdict, expected, q),
                explanation=(
                    f"{counted(seen, unit).capitalize()} {inflected('bring', seen)} "
                    f"{a.label if names[0] == 'region' else a.name} and {b.name} together, "
                    f"though {totals[0]:,} touch the one and {totals[1]:,} the other; "
                    f"{expected:.1f} would be expected{_words(verdict)}."
                ),
                sparql=context.query((names[0], a.id), (names[1], b.id), unit=unit),
                interval=(float(low[i, j]), float(high[i, j])),
                p=float(result.lower[i, j]),
                q=q,
                details={
                    "subject_units": totals[0],
                    "object_units": totals[1],
                    "units": units,
                    "model": result.model,
                    **{name: plain(counts[i, j].item()) for name, counts in beside.items()},
                },
            )
        )
    return gaps, classes, within


def _beside(
    context: Context, names: tuple[str, str], sides: tuple[Incidence, Incidence], unit: Unit
) -> dict[str, Any]:
    """Other ways to count the same pairs: fractional, and the two layers apart."""
    first, second = sides
    out: dict[str, Any] = {
        "fractional": cooccurrence(first, second, fractional(first), fractional(second))
    }
    if unit == "case" and any(dimension_named(name).signed for name in names):
        for layer in POLARITIES[:2]:
            made = [context.incidence(name, layer) for name in names]
            left, right = (
                _narrowed(side, _leaves(context, name, side))
                for name, side in zip(names, made, strict=True)
            )
            out[layer] = cooccurrence(left, right)
    return out


def _words(verdict: Triage) -> str:
    return {
        Triage.SIGNIFICANT: ", and chance does not explain so few",
        Triage.RELEVANT: "; the scope file calls the pair relevant",
        Triage.CHANCE: ", which chance can explain",
        Triage.UNTESTABLE: ", too little for a verdict",
        Triage.OUT_OF_SCOPE: "; the scope file leaves the pair out",
    }.get(verdict, "")


def _inside(context: Context, incidence: Incidence, unit: Unit) -> Incidence:
    """Only the rows of units that the filters leave, so that absent units are not sampled."""
    mask = context.mask(unit)
    if mask.all():
        return incidence
    chosen = incidence.select(mask)
    breadth = chosen.breadth[mask]
    indptr = np.concatenate([[0], np.cumsum(breadth)]).astype(np.int64)
    return Incidence(indptr, chosen.indices, incidence.members)


def _leaves(context: Context, dimension: str, incidence: Incidence) -> Any:
    """For regions only the finest level: the others are sums of them."""
    if dimension != "region":
        return None
    tables = context.projection.tables
    broader = {context.projection.term(code) for code in tables.array("edges.broader.to").tolist()}
    return np.array([member.id not in broader for member in incidence.members], dtype=np.bool_)


def _narrowed(incidence: Incidence, keep: Any) -> Incidence:
    if keep is None or keep.all():
        return incidence
    number = np.cumsum(keep) - 1
    entries = keep[incidence.indices]
    breadth = np.bincount(incidence.rows[entries], minlength=incidence.shape[0])
    return Incidence(
        np.concatenate([[0], np.cumsum(breadth)]).astype(np.int64),
        number[incidence.indices[entries]].astype(np.int32),
        tuple(member for member, kept in zip(incidence.members, keep, strict=True) if kept),
        units=incidence.units,
    )


def _compared(
    context: Context,
    left: Incidence,
    right: Incidence | None,
    main: Association,
    out: Any,
    both_tails: bool,
) -> dict[str, Any]:
    """The other models beside the main one."""
    results = {main.model: main}
    for model in ("bicm", "hypergeometric"):
        if model not in results:
            results[model] = associate(
                left,
                right,
                model=model,
                alpha=context.choices.alpha,
                tested=~out,
                tail="both" if both_tails else "lower",
            )
    told = agreement(results, "lower", context.choices.alpha)
    if both_tails:
        told["upper"] = agreement(results, "upper", context.choices.alpha)
    return told
