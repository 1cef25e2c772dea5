"""``kg query``: ask the graph, in SPARQL or by the name of a question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import opened, output_option, store_option
from kg.cli.output import emit_json, emit_rows, table
from kg.errors import InputError, QueryFailed

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import QueryResults

_RESULTS = {"json": "srj", "csv": "csv", "tsv": "tsv", "xml": "srx"}
_GRAPHS = {
    "turtle": "ttl", "ntriples": "nt", "xml": "rdf", "json": "jsonld", "jsonld": "jsonld",
}


@click.command()
@click.argument("sparql", required=False)
@store_option
@click.option("--format", "format_", default="table", show_default=True,
              type=click.Choice(["table", *_RESULTS, "turtle", "ntriples", "jsonld"]),
              help="How to print; a graph is printed as Turtle unless said otherwise.")
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE",
              help="A parameter of a named question (repeatable).")
@click.option("--list", "list_", is_flag=True, help="List the named questions.")
@click.option("--default-graph", type=click.Choice(["union", "strict"]),
              help="Default graph: the union of all graphs, or only what is in no named graph.")
@output_option
def query(
    sparql: str | None,
    store: str | None,
    format_: str,
    parameters: tuple[str, ...],
    default_graph: str | None,
    output: Path | None,
    *,
    list_: bool,
) -> None:
    """Run a SPARQL query or a named question.

    SPARQL is the text of a query, a .rq file, - for standard input, or the name of a question.
    """
    if list_:
        _list(format_, output)
        return
    if sparql is None:
        raise InputError("name a query, a .rq file or a question; --list shows the questions")
    from kg.settings import load_settings

    text = _text(sparql, parameters)
    union = (default_graph or load_settings().default_graph) != "strict"
    try:
        data = _printed(opened(store).query(text, union=union), format_)
    except (OSError, RuntimeError) as error:  # SERVICE calls out while results are read
        raise QueryFailed(f"the query cannot be evaluated: {error}") from error
    if output is not None:
        output.write_bytes(data)
        click.echo(f"Wrote {output}", err=True)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _list(format_: str, output: Path | None) -> None:
    from kg.sparql.library import questions

    found = [item.to_dict() for item in questions()]
    if format_ == "json":
        emit_json({"questions": found}, output)
        return
    rows = [
        {
            "name": item.name,
            "title": item.title,
            "parameters": ", ".join(
                f"{p.name}={p.default}" if p.default else p.name for p in item.parameters
            ),
        }
        for item in questions()
    ]
    emit_rows(rows, "csv" if format_ == "csv" else "table", output=output)


def _text(sparql: str, parameters: tuple[str, ...]) -> str:
    if sparql == "-":
        text = sys.stdin.read()
    elif sparql.endswith(".rq"):
        try:
            text = Path(sparql).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read: {error}", file=sparql) from error
    elif " " in sparql.strip() or "{" in sparql:
        text = sparql
    else:
        from kg.sparql.library import question

        return question(sparql).bound(_values(parameters))
    if parameters:
        raise InputError("--param belongs to a named question; --list shows them")
    return text


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for item in parameters:
        name, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--param is NAME=VALUE, not {item!r}")
        values[name.strip()] = value
    return values


def _printed(results: QueryResults, format_: str) -> bytes:
    import pyoxigraph as ox

    if isinstance(results, ox.QueryTriples):
        return _graph(results, format_)
    if format_ == "table":
        return _table(results)
    if format_ not in _RESULTS:
        raise InputError(f"{format_} is for graphs; rows are printed as {', '.join(_RESULTS)}")
    if isinstance(results, ox.QueryBoolean) and format_ in {"csv", "tsv"}:
        return f"{bool(results)}\n".lower().encode()
    data = results.serialize(format=ox.QueryResultsFormat.from_extension(_RESULTS[format_]))
    assert data is not None
    return data + b"\n" if format_ in {"json", "xml"} else data


def _graph(results: ox.QueryTriples, format_: str) -> bytes:
    import pyoxigraph as ox

    from kg.vocabulary import PREFIXES

    if format_ in {"csv", "tsv"}:
        raise InputError(f"{format_} is for rows; a graph is printed as {', '.join(_GRAPHS)}")
    form = ox.RdfFormat.from_extension(_GRAPHS.get(format_, "ttl"))
    # Sorted, so that the same graph always prints the same; prefixes only where they are used.
    triples = sorted(set(results), key=str)
    text = "".join(map(str, triples))
    prefixes = {name: iri for name, iri in PREFIXES.items() if f"<{iri}" in text}
    data = ox.serialize(triples, format=form, prefixes=prefixes)
    assert data is not None
    return data


def _table(results: ox.QuerySolutions | ox.QueryBoolean) -> bytes:
    import pyoxigraph as ox

    if isinstance(results, ox.QueryBoolean):
        return b"yes\n" if results else b"no\n"
    names = [variable.value for variable in results.variables]
    rows = [[_shown(row[name]) for name in names] for row in results]
    return table(names, rows).encode()


def _shown(term: object) -> str:
    import pyoxigraph as ox

    from kg.identifiers import compact

    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return str(getattr(term, "value", term))
