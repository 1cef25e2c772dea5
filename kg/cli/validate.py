"""``kg validate``: what is wrong with files, or with the store."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import format_option, opened, output_option, store_option
from kg.cli.output import destination, emit_json, emit_rows


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE…]")
@store_option
@format_option("table", "json", "csv", "shacl")
@output_option
@click.option("--engine", type=click.Choice(["fast", "pyshacl"]), default="fast",
              show_default=True, help="Our compiled checks, or pySHACL as the reference.")
@click.option("--table", type=click.Choice(["cases", "frameworks", "links"]),
              help="Which table it is. Default: told by the header.")
@click.option("--dataset", default="", help="Dataset the files are meant for; without files, the "
              "only dataset to check.")
def validate(
    files: tuple[Path, ...],
    store: str | None,
    format_: str,
    output: Path | None,
    *,
    engine: str,
    table: str | None,
    dataset: str,
) -> None:
    """Check files as kg import would, or, without files, everything in the store.

    Each finding names file, row and column or IRI, what is wrong and what would be right. Exit
    code 3 when there is an error, 0 when there are only warnings.
    """
    from kg.ingest.findings import shacl_report
    from kg.ingest.validation import validate_data

    findings = validate_data(
        opened(store), files, engine=engine, table=table or "", dataset=dataset
    )
    if format_ == "json":
        emit_json(
            {
                "conforms": not findings.failed,
                "errors": findings.errors,
                "warnings": findings.warnings,
                "findings": [item.to_dict() for item in findings],
            },
            output,
        )
    elif format_ == "shacl":
        with destination(output) as stream:
            stream.write(shacl_report(findings))
    else:
        columns = ["severity", "file", "row", "column", "iri", "value", "message", "suggestion"]
        rows = [item.to_dict() for item in findings]
        if format_ == "table":
            rows = _readable(rows)
        used = [name for name in columns if any(name in row for row in rows)]
        if rows or format_ == "csv":
            emit_rows(rows, format_, columns=used or columns, output=output)
        click.echo(
            f"{findings.errors} errors, {findings.warnings} warnings" if len(findings)
            else "No findings",
            err=True,
        )
    if findings.failed:
        sys.stdout.flush()
        raise click.exceptions.Exit(3)


def _readable(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows for people: properties by their short names, and what looks the same once."""
    from kg.identifiers import compact

    shown = [{**row, "column": compact(str(row.get("column", "")))} for row in rows]
    hidden = {"check", "shape"}
    unique = {
        tuple((name, value) for name, value in row.items() if name not in hidden): row
        for row in shown
    }
    return list(unique.values())
