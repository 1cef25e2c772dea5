"""``kg review``: decide on proposed links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import format_option, opened, output_option, store_option
from kg.cli.output import emit_json, emit_rows

if TYPE_CHECKING:
    from kg.linking.queue import QueueItem

_COLUMNS = ("id", "case", "predicate", "concept", "confidence", "status", "rationale")
_reviewer = click.option(
    "--reviewer", default="", help="Who decides. Default: the system's user name."
)
_reason = click.option("--reason", default="", help="Why.")


@click.group()
def review() -> None:
    """Accept, reject or correct links that were proposed.

    A link counts once all who judged it agree; accepted ones become plain triples at once,
    rejected ones are remembered and not proposed again.
    """


@review.command("list")
@store_option
@click.option(
    "--status",
    type=click.Choice(["proposed", "accepted", "rejected"]),
    default="proposed",
    show_default=True,
    help="Which links.",
)
@click.option("--dataset", help="Only this dataset.")
@click.option(
    "--kind",
    type=click.Choice(["goal", "target", "principle", "technology"]),
    help="Only links to this kind of concept.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@click.option("--disagreements", "differing", is_flag=True, help="Links that reviewers differ on.")
@format_option("table", "json", "csv")
@output_option
def list_(
    store: str | None,
    *,
    status: str,
    dataset: str | None,
    kind: str | None,
    limit: int,
    differing: bool,
    format_: str,
    output: Path | None,
) -> None:
    """Links waiting for review, most probable first."""
    from kg.linking.queue import items
    from kg.linking.review import disagreements

    target = opened(store)
    found = (
        disagreements(target)[:limit]
        if differing
        else items(target, status=status, dataset=dataset, kind=kind, limit=limit)
    )
    _emit(found, format_, output)


@review.command("next")
@store_option
@format_option("table", "json")
def next_(store: str | None, format_: str) -> None:
    """The most probable link that waits, with its evidence."""
    from kg.linking.queue import items

    found = items(opened(store), limit=1)
    if not found:
        click.echo("Nothing waits for review.", err=True)
        return
    if format_ == "json":
        emit_json(found[0].to_dict())
        return
    entry = found[0]
    verb = entry.predicate.rsplit("#", 1)[-1]
    click.echo(f"{_short(entry.id)}\n  {entry.case_label}\n  {verb} {entry.concept_label}")
    click.echo(f"  probability {entry.confidence}\n  {entry.rationale}")
    click.echo(f"kg review accept {_short(entry.id)}   or   kg review reject {_short(entry.id)}")


@review.command()
@click.argument("links", nargs=-1, required=True, metavar="LINK…")
@store_option
@_reviewer
@_reason
def accept(links: tuple[str, ...], store: str | None, reviewer: str, reason: str) -> None:
    """Accept links."""
    _decide(links, "accepted", store, reviewer, reason)


@review.command()
@click.argument("links", nargs=-1, required=True, metavar="LINK…")
@store_option
@_reviewer
@_reason
def reject(links: tuple[str, ...], store: str | None, reviewer: str, reason: str) -> None:
    """Reject links; they are not proposed again."""
    _decide(links, "rejected", store, reviewer, reason)


@review.command()
@click.argument("link")
@store_option
@click.option("--concept", default="", help="The right concept: IRI, id:… or SDG code.")
@click.option(
    "--predicate",
    default="",
    type=click.Choice(["", "supports", "undermines", "upholds", "violates", "usesTechnology"]),
    help="The right predicate.",
)
@_reviewer
@_reason
def edit(
    link: str, store: str | None, concept: str, predicate: str, reviewer: str, reason: str
) -> None:
    """Put a corrected link in place of a proposed one."""
    from kg.linking.review import edit as correct

    entry = correct(
        opened(store), link, concept=concept, predicate=predicate, reviewer=reviewer, reason=reason
    )
    click.echo(f"{_short(entry.id)} {entry.status}: {entry.case_label} – {entry.concept_label}")


@review.command()
@store_option
@format_option("table", "json", "csv")
def agreement(store: str | None, format_: str) -> None:
    """Cohen's kappa of every two reviewers who judged the same links."""
    from kg.linking.review import agreements

    found = [pair.to_dict() for pair in agreements(opened(store))]
    emit_rows(found, format_, columns=("reviewers", "both", "agreed", "kappa"))


@review.command()
@store_option
@format_option("table", "json", "csv")
@output_option
def log(store: str | None, format_: str, output: Path | None) -> None:
    """Who decided what, when and why."""
    from kg.linking.review import verdicts

    rows = [verdict.to_dict() for verdict in verdicts(opened(store))]
    emit_rows(
        rows, format_, columns=("when", "reviewer", "verdict", "link", "reason"), output=output
    )


def _decide(
    links: tuple[str, ...], verdict: str, store: str | None, reviewer: str, reason: str
) -> None:
    from kg.linking.review import decide

    for entry in decide(opened(store), links, verdict, reviewer=reviewer, reason=reason):
        note = "" if entry.status == verdict else " (reviewers differ)"
        click.echo(
            f"{_short(entry.id)} {entry.status}{note}: {entry.case_label} – {entry.concept_label}"
        )


def _emit(found: list[QueueItem], format_: str, output: Path | None) -> None:
    rows = [{**entry.to_dict(), "id": _short(entry.id)} for entry in found]
    emit_rows(rows, format_, columns=_COLUMNS, output=output)


def _short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
