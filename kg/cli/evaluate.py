"""``kg evaluate``: how good is the linker on labelled passages?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import format_option, opened, output_option, store_option
from kg.cli.output import destination, emit_json, emit_rows

if TYPE_CHECKING:
    from kg.linking.linker import Linker

_COLUMNS = (
    "goal",
    "passages",
    "positives",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "observed",
    "corrected",
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@store_option
@click.option(
    "--embeddings/--no-embeddings",
    default=None,
    help="Use sentence embeddings, or not. Default: when the extra is installed.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Probability from which the answer is yes.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the reliability diagram to this SVG file.",
)
@format_option("table", "json", "csv")
@output_option
def evaluate(
    file: Path,
    store: str | None,
    *,
    embeddings: bool | None,
    threshold: float,
    picture: Path | None,
    format_: str,
    output: Path | None,
) -> None:
    """Measure the linker on FILE, a CSV of labelled passages.

    With the columns id, text, sdg and label (does the passage address the goal?) it prints
    accuracy, precision, recall and F1 of each goal, the average, the calibration error and a
    reliability diagram. "corrected" is the observed share freed of the linker's own errors.

    With the columns id, text and principle (one or more pivot principles, by identifier or
    label, separated by ;) it prints how often a principle comes first and among the first three.
    """
    from kg.linking.evaluation import (
        evaluate as measure,
    )
    from kg.linking.evaluation import (
        goal_probabilities,
        read_labelled,
        reliability_svg,
        reliability_text,
    )
    from kg.linking.linker import Linker
    from kg.linking.principle_evaluation import names_principles

    if names_principles(file):
        if picture:
            raise click.UsageError("--picture is for passages labelled with goals")
        linker = Linker.load(opened(store), embeddings=embeddings)
        _principles(linker, file, format_, output)
        return
    passages = read_labelled(file)
    linker = Linker.load(opened(store), embeddings=embeddings)
    found = measure(passages, goal_probabilities(linker, passages), threshold=threshold)
    if picture:
        with destination(picture) as stream:
            stream.write(reliability_svg(found.bins, found.calibration_error))
    if format_ == "json":
        emit_json(found.to_dict(), output)
        return
    rows = [goal.to_dict() for goal in (*found.goals, found.average)]
    emit_rows(rows, format_, columns=_COLUMNS, output=output)
    if format_ == "table":
        click.echo(f"\nExpected calibration error: {found.calibration_error:.4f}\n", err=True)
        click.echo(reliability_text(found.bins), err=True)


def _principles(linker: Linker, file: Path, format_: str, output: Path | None) -> None:
    from kg.linking.principle_evaluation import (
        COLUMNS,
        principle_quality,
        rank_principles,
        read_principle_passages,
    )

    passages = read_principle_passages(file, linker)
    found = principle_quality(passages, rank_principles(linker, passages))
    rows = [quality.to_dict() for quality in found]
    if format_ == "json":
        emit_json({"principles": rows[:-1], "all": rows[-1]}, output)
    else:
        emit_rows(rows, format_, columns=COLUMNS, output=output)
