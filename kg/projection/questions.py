"""The same numbers asked in SPARQL.

Every figure an analysis reports can be asked again on the endpoint (union default graph). The
queries follow the definitions, not the matrices, so they serve as the independent path that the
tests compare with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.projection.dimensions import dimension_named
from kg.projection.filters import (
    DEFAULT_ROLLUPS,
    NO_FILTERS,
    Filters,
    Links,
    Polarity,
    Rollups,
    Unit,
)
from kg.projection.patterns import PREFIXES, filter_patterns, touching, unit_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable


def count_query(
    touched: Iterable[tuple[str, str]],
    *,
    unit: Unit = "case",
    polarity: Polarity = "positive",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    rollups: Rollups = DEFAULT_ROLLUPS,
) -> str:
    """A query for the number of units that touch all of some members.

    Args:
        touched: Dimension names with member ids.
        unit: What is counted.
        polarity: Which links count.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        rollups: As in the projection.

    Returns:
        SPARQL text that gives one row with ``?n``.
    """
    lines = [unit_pattern(unit)]
    for place, (dimension, member) in enumerate(touched):
        lines.append(
            touching(
                dimension,
                f"?m{place}",
                unit=unit,
                polarity=polarity,
                filters=filters,
                links=links,
                rollups=rollups,
                suffix=str(place),
            )
        )
        lines.append(_is_member(dimension, f"?m{place}", member))
    lines += filter_patterns(filters, unit)
    body = "\n  ".join(line for line in lines if line)
    return f"{PREFIXES}\nSELECT (COUNT(DISTINCT ?unit) AS ?n) WHERE {{\n  {body}\n}}"


def link_count_query(
    dimension: str,
    member: str,
    *,
    polarity: Polarity,
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    rollups: Rollups = DEFAULT_ROLLUPS,
) -> str:
    """A query for the number of distinct links (unit and thing) that count for a member."""
    pattern = touching(
        dimension,
        "?m",
        unit="case",
        polarity=polarity,
        filters=filters,
        links=links,
        rollups=rollups,
        suffix="",
    )
    lines = [unit_pattern("case"), pattern, _is_member(dimension, "?m", member)]
    body = "\n  ".join([*lines, *filter_patterns(filters, "case")])
    inner = f"SELECT DISTINCT ?unit ?thing WHERE {{\n  {body}\n}}"
    return f"{PREFIXES}\nSELECT (COUNT(*) AS ?n) WHERE {{ {inner} }}"


def sources_query(case: str, link: str | None, statement: tuple[str, str, str]) -> str:
    """A query for the number of a link's sources whose publisher takes no part in the case.

    Args:
        case: IRI of the case.
        link: IRI of the link record, or ``None`` when there is none.
        statement: Predicate, object and graph of the link.
    """
    predicate, target, graph = statement
    cited = (
        f"<{link}> dcterms:source ?source ."
        if link
        else f"?link rdf:subject <{case}> ; rdf:predicate <{predicate}> ; rdf:object <{target}> ; "
        "dcterms:source ?source ."
    )
    scoped = f"GRAPH <{graph}> {{ {cited} }}" if graph else cited
    return (
        f"{PREFIXES}\nSELECT (COUNT(DISTINCT ?source) AS ?n) WHERE {{\n  {scoped}\n"
        "  ?source dcterms:publisher ?body .\n"
        f"  FILTER NOT EXISTS {{ <{case}> eq:participation/eq:organisation ?body }}\n}}"
    )


def property_count_query(subject: str, path: str) -> str:
    """A query for the number of distinct values a thing has for a property or path."""
    return (
        f"{PREFIXES}\nSELECT (COUNT(DISTINCT ?value) AS ?n) WHERE {{ <{subject}> {path} ?value }}"
    )


def table_query(
    rows: str,
    cols: str,
    *,
    unit: Unit = "case",
    polarity: Polarity = "positive",
    filters: Filters = NO_FILTERS,
    links: Links = "accepted",
    rollups: Rollups = DEFAULT_ROLLUPS,
) -> str:
    """A query for a whole coverage table: ``?row ?col ?n`` for every cell that is not empty."""
    lines = [unit_pattern(unit)]
    graphs = _dataset_graphs((rows, cols), unit)
    for variable, dimension, graph in (("?row", rows, graphs[1]), ("?col", cols, graphs[0])):
        if dimension == "dataset" and "?" in "".join(graphs):
            continue
        lines.append(
            touching(
                dimension,
                variable,
                unit=unit,
                polarity=polarity,
                filters=filters,
                links=links,
                rollups=rollups,
                suffix=variable.removeprefix("?"),
                graph=graph,
            )
        )
    lines += filter_patterns(filters, unit)
    body = "\n  ".join(line for line in lines if line)
    return (
        f"{PREFIXES}\nSELECT ?row ?col (COUNT(DISTINCT ?unit) AS ?n) WHERE {{\n  {body}\n}}\n"
        "GROUP BY ?row ?col"
    )


def _dataset_graphs(names: tuple[str, str], unit: Unit) -> tuple[str, str]:
    """Graph variables that tie a dataset dimension to the links of the other dimension."""
    graphs = ["", ""]
    for place, name in enumerate(names):
        other = names[1 - place]
        if name == "dataset" and other != "dataset" and dimension_named(other, unit).link:
            graphs[place] = ("?row", "?col")[place]
    return graphs[0], graphs[1]


def _is_member(dimension: str, variable: str, member: str) -> str:
    if dimension in ("year", "years"):
        return f'FILTER({variable} = "{member}")'
    if dimension == "binding":
        return f"FILTER({variable} = {member})"
    return f"FILTER({variable} = <{member}>)"
