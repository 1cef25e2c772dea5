"""``kg query``: ask the graph."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import opened, output_option, store_option
from kg.cli.output import table


@click.command()
@click.argument("sparql")
@store_option
@click.option("--format", "format_", default="table", show_default=True,
              type=click.Choice(["table", "json", "csv", "tsv", "xml", "turtle", "ntriples"]))
@output_option
def query(sparql: str, store: str | None, format_: str, output: Path | None) -> None:
    """Run a SPARQL query; SPARQL is the text, a .rq file, or - for standard input."""
    import pyoxigraph as ox

    if sparql == "-":
        sparql = sys.stdin.read()
    elif sparql.endswith(".rq") and Path(sparql).exists():
        sparql = Path(sparql).read_text(encoding="utf-8")
    results = opened(store).query(sparql)
    if isinstance(results, ox.QueryTriples):
        form = ox.RdfFormat.N_TRIPLES if format_ == "ntriples" else ox.RdfFormat.TURTLE
        data = results.serialize(format=form)
    elif format_ == "table" and isinstance(results, ox.QuerySolutions):
        names = [variable.value for variable in results.variables]
        rows = [
            ["" if row[name] is None else str(getattr(row[name], "value", row[name]))
             for name in names]
            for row in results
        ]
        data = table(names, rows).encode()
    elif format_ == "table":
        data = f"{bool(results)}\n".lower().encode()
    else:
        form_name = "tsv" if format_ in {"turtle", "ntriples"} else format_
        chosen = ox.QueryResultsFormat.from_extension({"json": "srj", "xml": "srx"}.get(
            form_name, form_name))
        data = results.serialize(format=chosen)
    assert data is not None
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
