"""``kg link``: from a text, a document or a table to ranked links."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import format_option, opened, output_option, store_option
from kg.cli.output import emit_json, emit_rows
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.ingest.documents import DocumentText
    from kg.linking.proposals import Proposal
    from kg.store import GraphStore

_TABLES = (".csv", ".tsv", ".xlsx")
_SHOWN = ("kind", "concept", "label", "probability", "polarity", "quote", "method")


@click.command()
@click.argument("source", required=False)
@store_option
@click.option(
    "--kind",
    "kinds",
    metavar="KIND[,KIND…]",
    help="Kinds of concept: goal, target, "
    "principle, framework-principle, technology, organisation, country. Default: all "
    "but framework-principle.",
)
@click.option(
    "--preset",
    type=click.Choice(["high-precision", "balanced", "high-recall"]),
    default="balanced",
    show_default=True,
    help="How sure a proposal must be.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Probability from which to propose, instead of a preset.",
)
@click.option("--limit", type=click.IntRange(1), help="At most this many proposals of a kind.")
@click.option(
    "--language", help="Language of the text (en, de, fr, es, pt, zh). Default: told from the text."
)
@click.option(
    "--embeddings/--no-embeddings",
    default=None,
    help="Use sentence embeddings, or not. Default: when the extra is installed.",
)
@click.option("--text-column", help="Of a table: the column that holds the texts.")
@click.option("--id-column", help="Of a table: the column that holds the identifiers.")
@click.option("--case", help="Identifier of the case the text is about; needed to --propose.")
@click.option(
    "--propose",
    metavar="DATASET",
    help="Store the proposals for review, in the graph DATASET-proposals.",
)
@click.option("--fetch", is_flag=True, help="SOURCE is a web address; fetch it.")
@click.option(
    "--rerank",
    metavar="URL",
    help="Let a local OpenAI-compatible model at URL look at the proposals again. Off by default.",
)
@click.option("--learn", is_flag=True, help="Choose thresholds anew from reviewed proposals.")
@format_option("table", "json", "csv")
@output_option
def link(
    source: str | None, store: str | None, format_: str, output: Path | None, **given: Any
) -> None:
    """Link SOURCE to goals, targets, principles, technologies, organisations and countries.

    SOURCE is a text, a file (.txt .md .html .docx .pdf), a table (.csv .tsv .xlsx with
    --text-column), or - for standard input. Nothing leaves this machine.
    """
    target = opened(store)
    if given["learn"]:
        _learn(target, format_, output)
        return
    if source is None:
        raise click.UsageError("say what to link: a text, a file, or - for standard input")
    options = _options(given)
    if Path(source).suffix.lower() in _TABLES and not given["fetch"]:
        _table(target, Path(source), given, options, output)
        return
    document = _document(source, fetch=given["fetch"])
    from kg.linking.linker import Linker

    linker = Linker.load(target, embeddings=given["embeddings"], progress=_reading)
    found = linker.link(document.text, pages=document.pages, **options)
    if given["rerank"]:
        from kg.linking.rerank import rerank

        found = rerank(found, document.text, given["rerank"])
    if given["propose"]:
        _propose(target, found, given)
    if format_ == "json":
        emit_json([proposal.to_dict() for proposal in found], output)
    elif format_ == "csv":
        from kg.linking.proposals import COLUMNS

        rows = [proposal.to_row(given["case"] or "") for proposal in found]
        emit_rows(rows, "csv", columns=COLUMNS, output=output)
    else:
        _show(found, output)


def _reading(count: int) -> None:
    click.echo(f"Reading {count:,} new descriptions of concepts, once …", err=True)


def _options(given: dict[str, Any]) -> dict[str, Any]:
    from kg.linking.asked import check_request
    from kg.linking.concepts import DEFAULT_KINDS

    kinds = [part.strip() for part in (given["kinds"] or "").split(",") if part.strip()]
    chosen = check_request(kinds or DEFAULT_KINDS, given["preset"])
    names = ("preset", "threshold", "limit", "language")
    return {"kinds": chosen, **{name: given[name] for name in names}}


def _document(source: str, *, fetch: bool) -> DocumentText:
    from kg.ingest.documents import SUFFIXES, DocumentText, decode, read_document

    if fetch:
        from kg.ingest.fetching import fetch_document
        from kg.settings import load_settings

        return fetch_document(source, load_settings().service_allow)
    if source == "-":
        return DocumentText(decode(sys.stdin.buffer.read(), "standard input"), "text")
    if source.startswith(("http://", "https://")):
        raise InputError(f"{source} is a web address: add --fetch to have it fetched")
    path = Path(source)
    looks_like_a_file = (
        len(source) < 1_000
        and "\n" not in source
        and (path.suffix.lower() in SUFFIXES or path.is_file())
    )
    return read_document(path) if looks_like_a_file else DocumentText(source, "text")


def _table(
    target: GraphStore,
    path: Path,
    given: dict[str, Any],
    options: dict[str, Any],
    output: Path | None,
) -> None:
    from kg.linking.batch import link_table
    from kg.linking.linker import Linker

    if not given["text_column"]:
        raise click.UsageError("a table needs --text-column, the column that holds the texts")
    if output is None:
        raise click.UsageError("a table needs -o FILE for its proposals")
    if given["propose"]:
        raise click.UsageError("link a table into a file, then: kg import FILE --dataset NAME")
    linker = Linker.load(target, embeddings=given["embeddings"], progress=_reading)
    with click.progressbar(length=_rows(path), label="Linking", file=sys.stderr) as bar:
        rows, written = link_table(
            linker,
            path,
            output,
            text_column=given["text_column"],
            id_column=given["id_column"],
            options=options,
            progress=lambda done: bar.update(done - bar.pos),
            warn=lambda message: click.echo(f"Warning: {message}", err=True),
        )
    click.echo(f"{rows:,} texts, {written:,} proposals in {output}", err=True)


def _rows(path: Path) -> int:
    """About how many rows a table has; exact for one-line rows."""
    if path.suffix.lower() == ".xlsx" or not path.exists():
        return 0
    with path.open("rb") as stream:
        return max(sum(1 for _ in stream) - 1, 0)


def _propose(target: GraphStore, found: list[Proposal], given: dict[str, Any]) -> None:
    from kg.linking.queue import propose

    if not given["case"]:
        raise click.UsageError("--propose needs --case, the case that the text is about")
    stored = propose(target, given["case"], found, dataset=given["propose"])
    click.echo(
        f"{stored.added} proposals stored for review in {stored.graph}; "
        f"{stored.known} known already, {stored.decided} decided before",
        err=True,
    )


def _learn(target: GraphStore, format_: str, output: Path | None) -> None:
    from kg.linking.learning import ENOUGH, learn
    from kg.linking.linker import Linker
    from kg.linking.queue import verdicts

    linker = Linker.load(target, embeddings=False)
    report = learn(target, verdicts(target), linker.thresholds())
    if not report:
        raise InputError(
            f"there are no reviewed proposals to learn from yet: {ENOUGH} of a kind are needed"
        )
    emit_rows([row for item in report for row in item.to_rows()], format_, output=output)


def _show(found: list[Proposal], output: Path | None) -> None:
    rows = [
        {**proposal.to_row(), "concept": proposal.notation or _tail(proposal.concept)}
        for proposal in found
    ]
    if not rows:
        click.echo("No link is probable enough. Try --preset high-recall.", err=True)
    emit_rows(rows, "table", columns=_SHOWN, output=output)


def _tail(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
