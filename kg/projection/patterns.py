"""What counts, as SPARQL patterns: units, what they touch, and the limits on them.

The patterns follow the definitions, not the matrices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.errors import InputError
from kg.projection.dimensions import dimension_named
from kg.projection.filters import Filters, Links, Polarity, Rollups, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

_MATCH: Final = {
    "exact": "skos:exactMatch",
    "close": "skos:closeMatch",
    "narrow": "skos:narrowMatch",
    "broad": "skos:broadMatch",
    "related": "skos:relatedMatch",
}
_SIGNED: Final = {
    "sdg": {"positive": ("eq:supports",), "negative": ("eq:undermines",)},
    "principle": {"positive": ("eq:upholds",), "negative": ("eq:violates",)},
    "technology": {"positive": ("eq:usesTechnology",), "negative": ("eq:usesTechnology",)},
}
PREFIXES: Final = "\n".join(
    f"PREFIX {name}: <{v.PREFIXES[name]}>" for name in ("eq", "sdgo", "skos", "dcterms", "rdf")
)


def unit_pattern(unit: Unit) -> str:
    """The pattern of the units themselves; the pivot is a yardstick, not a framework."""
    if unit == "case":
        return "?unit a eq:Case ."
    return (
        "?unit a eq:PrincipleFramework . FILTER(?unit != id:framework/pivot) "
        "FILTER NOT EXISTS { ?unit eq:isPivot true }"
    ).replace("id:framework/pivot", f"<{v.PIVOT_FRAMEWORK}>")


def touching(
    dimension: str,
    variable: str,
    *,
    unit: Unit,
    polarity: Polarity,
    filters: Filters,
    links: Links,
    rollups: Rollups,
    suffix: str,
    graph: str = "",
) -> str:
    """The pattern that binds ``variable`` to the members of a dimension that ``?unit`` touches."""
    chosen = dimension_named(dimension, unit)
    thing = f"?thing{suffix}"
    if chosen.link:
        stated = (
            _linked(chosen.table, thing, polarity, filters, links, graph)
            if unit == "case"
            else _scoped(f"?unit eq:includesPrinciple {thing} .", filters, graph)
        )
        return f"{stated} {_rolled_up(chosen.name, thing, variable, rollups)}"
    attribute = {
        "organisation": f"?unit eq:participation/eq:organisation {variable} .",
        "organisation-type": (
            f"?unit eq:participation/eq:organisation/eq:organisationType {variable} ."
        ),
        "country": f"?unit eq:country {variable} .",
        "region": (
            f"?unit eq:country/eq:region/skos:broader* {variable} . {variable} a eq:Region ."
        ),
        "status": f"?unit eq:status {variable} .",
        "publisher-type": f"?unit eq:publisherType {variable} .",
        "binding": f"?unit eq:binding {variable} .",
        "year": f"?unit {'eq:startYear' if unit == 'case' else 'eq:year'} {thing} . "
        f"BIND(STR({thing}) AS {variable})",
        "dataset": _membership(variable, unit),
    }
    return attribute[chosen.name]


def filter_patterns(filters: Filters, unit: Unit) -> list[str]:
    """One pattern per limit on units. The limit to datasets also narrows the links themselves."""
    wanted = {
        "datasets": ("?inDataset", _membership("?inDataset", unit)),
        "countries": ("?inCountry", "?unit eq:country ?inCountry ."),
        "regions": ("?inRegion", "?unit eq:country/eq:region/skos:broader* ?inRegion ."),
        "statuses": ("?inStatus", "?unit eq:status ?inStatus ."),
        "technologies": ("?using", "?unit eq:usesTechnology/skos:broader* ?using ."),
        "organisations": (
            "?with",
            "?unit eq:participation/eq:organisation ?with ."
            if unit == "case"
            else "?unit dcterms:publisher ?with .",
        ),
    }
    patterns = []
    for name, (variable, pattern) in wanted.items():
        if values := getattr(filters, name):
            patterns.append(f"EXISTS {{ VALUES {variable} {{ {_iris(values)} }} {pattern} }}")
    if filters.years is not None:
        year = "eq:startYear" if unit == "case" else "eq:year"
        first, last = filters.years
        limits = [f"?began >= {first}"] if first is not None else []
        limits += [f"?began <= {last}"] if last is not None else []
        condition = " && ".join(limits) or "true"
        patterns.append(f"EXISTS {{ ?unit {year} ?began . FILTER({condition}) }}")
    if filters.inverse:
        return [f"FILTER(!({' && '.join(patterns)}))" if patterns else "FILTER(false)"]
    return [f"FILTER {pattern}" for pattern in patterns]


def _linked(
    table: str, thing: str, polarity: Polarity, filters: Filters, links: Links, graph: str
) -> str:
    layers = _SIGNED[table]
    names: tuple[str, ...] = layers["positive" if polarity == "positive" else "negative"]
    if polarity == "both":
        names = tuple(dict.fromkeys((*layers["positive"], *layers["negative"])))
    suffix = thing.removeprefix("?")
    graph = graph or f"?graph{suffix}"
    plain = _scoped(f"?unit {'|'.join(names)} {thing} .", filters, graph)
    if links == "accepted":
        return plain
    record = (
        f"?record{suffix} rdf:subject ?unit ; rdf:object {thing} ; rdf:predicate ?p{suffix} ; "
        f"eq:reviewStatus eq:Proposed . FILTER(?p{suffix} IN ({', '.join(names)}))"
    )
    return f"{{ {plain} }} UNION {{ {_scoped(record, filters, graph)} }}"


def _scoped(pattern: str, filters: Filters, graph: str) -> str:
    if not graph:
        graph = "?graph"
    if filters.datasets and not filters.inverse:
        return f"VALUES {graph} {{ {_iris(filters.datasets)} }} GRAPH {graph} {{ {pattern} }}"
    return f"GRAPH {graph} {{ {pattern} }}" if graph in ("?row", "?col") else pattern


def _rolled_up(dimension: str, thing: str, variable: str, rollups: Rollups) -> str:
    matches = "|".join(_MATCH[name] for name in rollups.matches)
    in_pivot = "{0} skos:inScheme <" + v.PIVOT_FRAMEWORK + "> ."
    if dimension == "goal":
        return f"{thing} skos:broader* {variable} . {variable} a sdgo:Goal ."
    if dimension == "target":
        return f"{thing} skos:broader* {variable} . {variable} a sdgo:Target ."
    if dimension == "technology":
        if rollups.technology:
            return (
                f"{thing} skos:broader* {variable} . "
                f"FILTER({variable} = {thing} || EXISTS {{ {variable} a eq:Technology }})"
            )
        return f"BIND({thing} AS {variable})"
    if dimension == "principle":
        same = f"{{ {in_pivot.format(thing)} BIND({thing} AS {variable}) }}"
        if not matches:
            return same
        mapped = f"{{ {thing} {matches} {variable} . {in_pivot.format(variable)} }}"
        return f"{same} UNION {mapped}"
    if dimension == "framework-principle":
        own = (
            f"{thing} a eq:Principle . FILTER NOT EXISTS {{ {in_pivot.format(thing)} }} "
            f"BIND({thing} AS {variable})"
        )
        if not matches:
            return f"{{ {own} }}"
        mapped = f"{variable} {matches} {thing} . {in_pivot.format(thing)}"
        return f"{{ {own} }} UNION {{ {mapped} }}"
    raise InputError(f"The dimension {dimension} is not read from links.")


def _membership(variable: str, unit: Unit) -> str:
    predicates = "eq:supports|eq:undermines|eq:upholds|eq:violates|eq:usesTechnology"
    if unit == "framework":
        return (
            f"{{ GRAPH {variable} {{ ?unit a eq:PrincipleFramework }} }} UNION "
            f"{{ GRAPH {variable} {{ ?unit eq:includesPrinciple ?any }} }}"
        )
    return (
        f"{{ GRAPH {variable} {{ ?unit a eq:Case }} }} UNION "
        f"{{ GRAPH {variable} {{ ?unit {predicates} ?any }} }} UNION "
        f"{{ GRAPH {variable} {{ ?any rdf:subject ?unit }} }}"
    )


def _iris(values: Iterable[str]) -> str:
    return " ".join(f"<{value}>" for value in values)
