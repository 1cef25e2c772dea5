"""``kg suggest``: what would close a gap, and which links may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.analysis_options import polarity_option, prepared, seed_option
from kg.cli.options import filter_options, format_option, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option(
    "--what",
    type=click.Choice(["cover", "links"]),
    default="cover",
    show_default=True,
    help="The smallest set that closes a gap, or links that may be missing.",
)
@click.option("--of", "dimension", default="target", show_default=True, help="Members to reach.")
@click.option(
    "--by",
    default="case",
    show_default=True,
    help="What to choose or start from: case, technology…",
)
@click.option("--member", "members", multiple=True, help="cover: only these members.")
@click.option("--most", type=click.IntRange(1), help="cover: at most so many steps.")
@click.option("--greedy", is_flag=True, help="cover: do not look for the exact best.")
@click.option("--subject", help="links: only for this subject.")
@click.option("--method", default="best", show_default=True, help="links: method, or best.")
@click.option(
    "--top", type=click.IntRange(1), default=20, show_default=True, help="links: how many."
)
@polarity_option("positive")
@seed_option
@filter_options
@store_option
@format_option()
@output_option
def suggest(
    what: str,
    dimension: str,
    by: str,
    members: tuple[str, ...],
    most: int | None,
    greedy: bool,
    subject: str | None,
    method: str,
    top: int,
    polarity: Any,
    seed: int,
    format_: str,
    output: Path | None,
    **chosen: Any,
) -> None:
    """Suggest the smallest set of cases (or targets …) that closes the gaps of a portfolio.

    With filters, the portfolio is what they leave and the rest of the graph is what to choose
    from. With --what links, propose links that may be missing; they are candidates, never
    evidence, and every method's record on hidden links is printed beside them.
    """
    from kg.analysis.suggest import suggest_cover, suggest_links

    scene = prepared(**chosen)
    if what == "cover":
        plan = suggest_cover(
            scene.projection,
            dimension,
            by=by,
            within=scene.filters,
            polarity=polarity,
            links=scene.links,
            members=members,
            most=most,
            exact=not greedy,
        )
        if format_ == "json":
            emit_json(plan.to_dict(), output)
            return
        columns = ["step", "gain", "label", "covers"] if format_ == "table" else None
        emit_rows(plan.to_rows(), format_, columns=columns, output=output)
        click.echo(
            f"\n{len(plan.missing)} missing, {len(plan.uncoverable)} of them touched by nothing "
            f"known; {plan.method}: {plan.guarantee}.",
            err=True,
        )
        return
    found = suggest_links(
        scene.projection,
        dimension,
        rows=by,
        subject=subject,
        method=method,
        polarity=polarity,
        filters=scene.filters,
        links=scene.links,
        top=top,
        seed=seed,
    )
    if format_ == "json":
        emit_json(found.to_dict(), output)
        return
    emit_rows(found.to_rows(), format_, output=output)
    for item in found.record:
        click.echo(
            f"{item.method:<20} AUC {item.auc:.3f} ± {item.auc_sd:.3f}  precision@L "
            f"{item.precision:.3f}  against degree {item.gain:+.3f} "
            f"[{item.gain_low:+.3f}, {item.gain_high:+.3f}]",
            err=True,
        )
