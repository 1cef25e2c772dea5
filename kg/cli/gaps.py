"""``kg gaps``: rank and explain what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import prepared, seed_option, unit_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from kg.analysis.gaps import GapReport

_TABLE = ["score", "kind", "class", "observed", "expected", "q", "explanation"]


@click.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="Only these groups: members, pairs, contested, regional, evidence, frameworks, white.",
)
@click.option("--rows", help="Instead: gaps among pairs of this dimension …")
@click.option("--cols", help="… and this one.")
@click.option(
    "--polarity",
    type=click.Choice(["positive", "negative", "both"]),
    default="both",
    show_default=True,
    help="Which links fill a cell; both: any does.",
)
@unit_option
@filter_options
@click.option(
    "--scope",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV, YAML or JSON file that marks members out of scope or relevant beforehand.",
)
@click.option(
    "--baseline",
    default="uniform",
    show_default=True,
    help="Yardstick of single members: uniform, or a reference dataset.",
)
@click.option(
    "--null",
    "model",
    type=click.Choice(["auto", "curveball", "bicm", "hypergeometric"]),
    default="auto",
    show_default=True,
    help="Null model of pairs; hypergeometric is only a screen.",
)
@click.option("--draws", type=click.IntRange(1), help="Random tables of the curveball model.")
@click.option(
    "--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05,
    show_default=True, help="Level.",
)
@seed_option
@click.option(
    "--robustness",
    "over",
    metavar="DIMENSION",
    help="Instead: ranks of this dimension's members under every defensible choice.",
)
@click.option(
    "--limit", type=click.IntRange(1), help="Most gaps printed. [table: 40, otherwise all]"
)
@store_option
@format_option()
@output_option
def gaps(
    kinds: tuple[str, ...],
    rows: str | None,
    cols: str | None,
    polarity: Any,
    scope: Path | None,
    baseline: str,
    model: Any,
    draws: int | None,
    alpha: float,
    seed: int,
    over: str | None,
    limit: int | None,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Rank and explain what is missing, thin, contested or badly evidenced."""
    from kg.analysis.gap_context import Choices
    from kg.analysis.gaps import SUBJECTS, pair_report
    from kg.analysis.gaps import gaps as found
    from kg.analysis.robustness import robustness
    from kg.analysis.scope import NO_SCOPE, load_scope

    scene = prepared(**chosen)
    projection = scene.projection
    if over:
        curve = robustness(projection, over, filters=scene.filters)
        if format_ == "json":
            emit_json(curve.to_dict(), output)
        else:
            ranked = curve.to_rows()[:limit]
            columns = None
            if format_ == "table":
                columns = [name for name in (ranked[0] if ranked else ()) if name != "member_id"]
            emit_rows(ranked, format_, columns=columns, output=output)
        return
    choices = Choices(
        polarity=polarity,
        filters=scene.filters,
        links=scene.links,
        model=model,
        draws=draws,
        seed=seed,
        alpha=alpha,
        scope=load_scope(scope, projection) if scope else NO_SCOPE,
        baseline=baseline if baseline == "uniform" else projection.resolve("dataset", baseline),
    )

    def reported(choices: Choices) -> GapReport:
        if rows or cols or scene.unit == "framework":
            default = "principle" if scene.unit == "framework" else "goal"
            names = rows or cols or default, cols or rows or default
            return pair_report(projection, *names, choices, unit=scene.unit)
        return found(projection, choices, subjects=kinds or SUBJECTS)

    report = reported(choices)
    sure = reported(replace(choices, links="accepted")) if scene.links == "all" else None
    _print(report, sure, format_, limit, output)


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["kind"], row["subject_id"], row["object_id"]


def _beside(
    rows: list[dict[str, Any]], sure: GapReport | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows with what reviewed links alone say, and what the two say differently."""
    if sure is None:
        return rows, []
    theirs = {_key(row): row for row in sure.to_rows()}
    beside = [
        {**row, "reviewed": theirs[_key(row)]["observed"] if _key(row) in theirs else "no gap"}
        for row in rows
    ]
    closed = theirs.keys() - {_key(row) for row in rows}
    opened = sum(row["reviewed"] == "no gap" for row in beside)
    changed = sum(row["reviewed"] not in ("no gap", row["observed"]) for row in beside)
    told = [
        f"{count:,} {text}"
        for count, text in (
            (len(closed), "that reviewed links alone show are filled by proposed ones"),
            (opened, "are there only because proposed links count"),
            (changed, "have another count"),
        )
        if count
    ]
    return beside, told


def _print(
    report: GapReport,
    sure: GapReport | None,
    format_: str,
    limit: int | None,
    output: Path | None,
) -> None:
    rows, differences = _beside(report.to_rows(), sure)
    if format_ == "json":
        body = report.to_dict(limit)
        if sure is not None:
            body["reviewed"] = {"gaps": sure.to_dict(limit)["gaps"], "differences": differences}
        emit_json(body, output)
        return
    if format_ == "csv":
        emit_rows(rows[:limit], "csv", output=output)
        return
    shown = rows[: min(limit or 40, len(report.gaps))]
    if shown:
        columns = [*_TABLE[:4], "reviewed", *_TABLE[4:]] if differences else _TABLE
        emit_rows(shown, "table", columns=columns, output=output)
    if differences:
        click.echo(f"Of the gaps, {'; '.join(differences)}.", err=True)
    if len(shown) < len(report.gaps):
        click.echo(f"… and {len(report.gaps) - len(shown):,} more; --limit shows them.", err=True)
    _print_pairs(report)
    _print_notes(report)


def _print_pairs(report: GapReport) -> None:
    """Which pairs differ from chance, and how many: on standard output, since it is a result."""
    if report.associations:
        click.echo()
        rows = [
            {"pair": f"{pair['subject']['label']} – {pair['object']['label']}", **pair}
            for pair in report.associations
        ]
        emit_rows(rows, "table", columns=["pair", "direction", "observed", "expected", "p", "q"])
    counts = report.significant
    if not counts["tests"]:
        return
    told = [f"{counts['rarer']:,} rarer than chance"]
    if counts["more_frequent"] is not None:
        told += [
            f"{counts['more_frequent']:,} more frequent",
            f"{counts['two_sided']:,} either way (two-sided)",
        ]
    click.echo(
        f"\nSignificant pairs of {counts['tests']:,} tested "
        f"(Benjamini–Hochberg, {report.choices.alpha:g}): {', '.join(told)}."
    )


def _print_notes(report: GapReport) -> None:
    cells = report.class_counts
    if sum(cells.values()):
        counts = ", ".join(f"{count:,} {name}" for name, count in cells.items())
        click.echo(f"Empty and thin cells: {counts}.", err=True)
    for model in report.models:
        draws = f", {model['draws']:,} draws, seed {model['seed']}" if model["draws"] else ""
        screen = " (only a screen)" if model["screen"] else ""
        unsure = " and ".join(
            f"{count:,} {name.replace('_', ' ')}"
            for name, count in model["borderline"].items()
            if count
        )
        unsure = f"; with more --draws these verdicts may change: {unsure}" if unsure else ""
        click.echo(
            f"{model['rows']} × {model['cols']}: {model['model']}{screen}, {model['tests']:,} "
            f"tests{draws}{unsure}.",
            err=True,
        )
    others = report.agreement.get("upper" if report.associations else "", report.agreement)
    if len(others.get("significant", {})) > 1:
        side = "more frequent" if others["tail"] == "upper" else "rarer"
        counts = ", ".join(f"{name} {count:,}" for name, count in others["significant"].items())
        click.echo(f"Significantly {side} pairs by model: {counts}.", err=True)
