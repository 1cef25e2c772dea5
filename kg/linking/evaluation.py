"""Measuring the linker on labelled passages, and what its errors do to counts.

A file of labelled passages has the columns ``id, text, sdg, label``: does this passage address
this goal? From it come accuracy, precision, recall and F1 of each goal, the calibration error
over all, and the correction of an observed share for the linker's errors (Rogan and Gladen 1978,
American Journal of Epidemiology 107:71).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InputError
from kg.linking.calibration import Bin, expected_calibration_error, reliability, sigmoid

if TYPE_CHECKING:
    from kg.linking.linker import Linker

TRUE: Final = {"true", "1", "yes"}
FALSE: Final = {"false", "0", "no"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One passage: does it address the goal?"""

    id: str
    text: str
    goal: str
    label: bool


@dataclass(frozen=True, slots=True)
class GoalQuality:
    """How well one goal is told.

    Args:
        goal: Code of the goal; ``all`` for the average over goals.
        passages: Passages judged.
        positives: Of those, how many address the goal.
        accuracy: Share judged rightly.
        precision: Share of "yes" that is right.
        recall: Share of addressed passages found (sensitivity).
        specificity: Share of other passages left out.
        f1: Harmonic mean of precision and recall.
        observed: Share the linker says addresses the goal.
        corrected: That share corrected for the linker's errors, or ``None`` when it tells the
            goal no better than chance.
    """

    goal: str
    passages: int
    positives: int
    accuracy: float
    precision: float
    recall: float
    specificity: float
    f1: float
    observed: float
    corrected: float | None

    def to_dict(self) -> dict[str, object]:
        """One row, four digits."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in values.items()
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Quality on a file of passages.

    Args:
        goals: One entry per goal, in order.
        average: Mean over the goals.
        calibration_error: Expected calibration error over all passages, ten bins.
        bins: The reliability diagram.
    """

    goals: tuple[GoalQuality, ...]
    average: GoalQuality
    calibration_error: float
    bins: tuple[Bin, ...]

    def to_dict(self) -> dict[str, object]:
        """The JSON of an evaluation."""
        return {
            "goals": [goal.to_dict() for goal in self.goals],
            "average": self.average.to_dict(),
            "calibration_error": round(self.calibration_error, 4),
            "reliability": [
                {
                    "low": part.low,
                    "high": part.high,
                    "count": part.count,
                    "predicted": round(part.predicted, 4),
                    "observed": round(part.observed, 4),
                }
                for part in self.bins
            ],
        }


def read_labelled(path: Path) -> list[Labelled]:
    """Labelled passages of a CSV file.

    Raises:
        InputError: A column is missing or a value is wrong; names the row.
    """
    return list(_labelled(path))


def _labelled(path: Path) -> Iterator[Labelled]:
    for number, row in labelled_rows(path, {"text", "sdg", "label"}):
        goal, label = (row["sdg"] or "").strip(), (row["label"] or "").strip().lower()
        if goal not in {str(n) for n in range(1, 18)}:
            raise InputError(
                f"{goal!r} is no goal from 1 to 17", file=str(path), row=number, column="sdg"
            )
        if label not in TRUE | FALSE:
            raise InputError(
                f"{label!r} is neither True nor False", file=str(path), row=number, column="label"
            )
        yield Labelled(row.get("id") or str(number), row["text"] or "", goal, label in TRUE)


def labelled_rows(path: Path, needed: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbered rows of a CSV file with labelled passages.

    Raises:
        InputError: The file cannot be read, or a needed column is missing.
    """
    import csv

    csv.field_size_limit(5_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = needed - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"has no column {', '.join(sorted(missing))}", file=str(path))
            yield from enumerate(reader, start=2)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"is not a CSV file in UTF-8: {error}", file=str(path)) from error


def goal_probabilities(linker: Linker, passages: Sequence[Labelled]) -> list[float]:
    """Probability that each passage addresses its goal.

    A passage is scored as one piece by the goal model alone; the targets, which may raise a goal
    when whole documents are linked, play no part.
    """
    from kg.linking.scoring import make_batch, prepare
    from kg.linking.text import sentences

    group = linker.index.groups["goal"]
    column = {concept.notation: at for at, concept in enumerate(group.concepts)}
    found = [0.0] * len(passages)
    rows = [
        (at, prepare(passage.text, sentences(passage.text))) for at, passage in enumerate(passages)
    ]
    rows = [(at, ready) for at, ready in rows if ready.starts]
    for start in range(0, len(rows), 128):
        part = rows[start : start + 128]
        batch = make_batch(
            linker.index, linker.embedder, [ready for _, ready in part], linker.context
        )
        table = sigmoid(linker.passage_logits(batch, ["goal"])["goal"])
        for row, (at, _) in enumerate(part):
            found[at] = float(table[row, column[passages[at].goal]])
    return found


def evaluate(
    passages: Sequence[Labelled], probabilities: Sequence[float], *, threshold: float = 0.5
) -> Evaluation:
    """Quality of probabilities against labels.

    Raises:
        InputError: There are no passages.

    Example:
        >>> passages = [Labelled("1", "", "7", True), Labelled("2", "", "7", False)]
        >>> evaluate(passages, [0.9, 0.2]).average.accuracy
        1.0
    """
    if not passages:
        raise InputError("there are no passages to evaluate on")
    by_goal: dict[str, list[tuple[float, bool]]] = {}
    for passage, probability in zip(passages, probabilities, strict=True):
        by_goal.setdefault(passage.goal, []).append((probability, passage.label))
    goals = tuple(_quality(goal, by_goal[goal], threshold) for goal in sorted(by_goal, key=int))
    labels = [passage.label for passage in passages]
    return Evaluation(
        goals,
        _average(goals),
        expected_calibration_error(probabilities, labels),
        tuple(reliability(probabilities, labels)),
    )


def _quality(goal: str, judged: Sequence[tuple[float, bool]], threshold: float) -> GoalQuality:
    hits = sum(p >= threshold and label for p, label in judged)
    said = sum(p >= threshold for p, _ in judged)
    positives = sum(label for _, label in judged)
    negatives = len(judged) - positives
    recall = hits / positives if positives else 0.0
    specificity = (negatives - (said - hits)) / negatives if negatives else 0.0
    precision = hits / said if said else 0.0
    return GoalQuality(
        goal,
        len(judged),
        positives,
        (hits + negatives - (said - hits)) / len(judged),
        precision,
        recall,
        specificity,
        2 * hits / (said + positives) if said + positives else 0.0,
        said / len(judged),
        rogan_gladen(said / len(judged), recall, specificity),
    )


def _average(goals: Sequence[GoalQuality]) -> GoalQuality:
    def mean(name: str) -> float:
        return math.fsum(getattr(goal, name) for goal in goals) / len(goals)

    known = [goal.corrected for goal in goals if goal.corrected is not None]
    return GoalQuality(
        "all",
        sum(goal.passages for goal in goals),
        sum(goal.positives for goal in goals),
        mean("accuracy"),
        mean("precision"),
        mean("recall"),
        mean("specificity"),
        mean("f1"),
        mean("observed"),
        math.fsum(known) / len(known) if known else None,
    )


def rogan_gladen(observed: float, sensitivity: float, specificity: float) -> float | None:
    """The true share behind an observed one, given a linker's errors, cut to 0–1.

    Returns:
        ``(observed + specificity − 1) / (sensitivity + specificity − 1)``, or ``None`` when
        sensitivity and specificity add up to no more than 1.

    Example:
        >>> round(rogan_gladen(0.30, 0.90, 0.95), 4)
        0.2941
    """
    denominator = sensitivity + specificity - 1
    if denominator <= 0:
        return None
    return min(1.0, max(0.0, (observed + specificity - 1) / denominator))


def rogan_gladen_interval(
    observed: float, cases: int, quality: GoalQuality, *, z: float = 1.96
) -> tuple[float, float] | None:
    """Confidence interval of a corrected share by the delta method.

    Args:
        observed: Share of ``cases`` that the linker linked to the goal.
        cases: Number of cases.
        quality: The goal's sensitivity and specificity, with the passages they were measured on.
        z: Quantile of the normal distribution; 1.96 for 95 %.

    Returns:
        Lower and upper bound cut to 0–1, or ``None`` as :func:`rogan_gladen`.
    """
    share = rogan_gladen(observed, quality.recall, quality.specificity)
    negatives = quality.passages - quality.positives
    if share is None or not (cases and quality.positives and negatives):
        return None
    denominator = quality.recall + quality.specificity - 1
    variance = (
        observed * (1 - observed) / cases
        + share**2 * quality.recall * (1 - quality.recall) / quality.positives
        + (1 - share) ** 2 * quality.specificity * (1 - quality.specificity) / negatives
    ) / denominator**2
    half = z * math.sqrt(variance)
    return max(0.0, share - half), min(1.0, share + half)


def reliability_text(bins: Sequence[Bin], *, width: int = 40) -> str:
    """The reliability diagram in characters: promised (``|``) against observed (bar)."""
    lines = ["probability  passages  observed"]
    for part in bins:
        bar = list(
            "█" * round(part.observed * width) + "·" * (width - round(part.observed * width))
        )
        bar[min(width - 1, round(part.predicted * width))] = "|"
        lines.append(
            f"{part.low:.1f}–{part.high:.1f}      {part.count:>8}  {part.observed:>7.2f}  "
            f"{''.join(bar)}"
        )
    return "\n".join(lines)


def reliability_svg(bins: Sequence[Bin], error: float) -> str:
    """The reliability diagram as SVG: bars of what came true, a diagonal of what was promised."""
    size, edge = 320, 44
    bars = "".join(
        f'<rect x="{edge + part.low * size:.1f}" y="{edge + (1 - part.observed) * size:.1f}" '
        f'width="{(part.high - part.low) * size - 2:.1f}" height="{part.observed * size:.1f}" '
        f'fill="#3b6ea5"><title>{part.count} passages: promised {part.predicted:.2f}, '
        f"observed {part.observed:.2f}</title></rect>"
        for part in bins
    )
    ticks = "".join(
        f'<text x="{edge + tick / 5 * size}" y="{edge + size + 16}" text-anchor="middle">'
        f'{tick / 5:.1f}</text><text x="{edge - 6}" y="{edge + size - tick / 5 * size + 4}" '
        f'text-anchor="end">{tick / 5:.1f}</text>'
        for tick in range(6)
    )
    whole = size + 2 * edge
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img" '
        f'font-family="sans-serif" font-size="11"><title>Reliability diagram, expected '
        f'calibration error {error:.3f}</title><rect x="{edge}" y="{edge}" width="{size}" '
        f'height="{size}" fill="none" stroke="#888"/>{bars}<line x1="{edge}" y1="{edge + size}" '
        f'x2="{edge + size}" y2="{edge}" stroke="#c33" stroke-dasharray="4 3"/>{ticks}'
        f'<text x="{whole / 2}" y="{whole - 6}" text-anchor="middle">promised probability</text>'
        f'<text x="{whole / 2}" y="22" text-anchor="middle">Observed share by promised '
        f"probability (ECE {error:.3f})</text></svg>\n"
    )
