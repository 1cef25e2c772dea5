"""Checking graphs against the shapes, with SPARQL on the engine that holds them.

Compiles ``ontology/shapes.ttl`` into one query per constraint. Focus nodes are those that the
given graphs state; what a record points at may lie in any graph. ``tests`` compare the outcome
with pySHACL on good and bad data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from kg.ingest.closest import ClosestIris
from kg.ingest.findings import Finding, Severity
from kg.ingest.shape_model import SET_CONSTRAINTS, Constraint, Shape, ShapeReader
from kg.locations import ontology_dir
from kg.vocabulary import TYPE

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph as ox

_NAMES: Final = frozenset({"Class", "Node", "In", "Or"})
"""Components whose values are known things; what was meant can be told."""
_SIDE_BY_SIDE: Final = 2
LIMIT: Final = 1_000
"""Findings reported per constraint and graph."""


class Asks(Protocol):
    """Answers queries; an Oxigraph store, or a snapshot through :func:`snapshot_asks`."""

    def __call__(self, sparql: str) -> ox.QuerySolutions:
        """The solutions of a query."""


@dataclass(frozen=True, slots=True)
class Check:
    """One compiled constraint.

    Args:
        shape: IRI of the shape.
        targets: Classes of its focus nodes.
        component: SHACL constraint component, without its suffix.
        path: IRI of the property, or the path as text.
        pattern: SPARQL group that finds faults of ``?this`` and binds ``?value`` where there is
            one; ``{focus}`` stands for what finds the focus nodes.
        severity: ``error`` or ``warning``.
        message: What to tell people.
        value_fits: For checks of single values of a plain property: the condition on ``?value``.
        fault: For other checks that allow it: a condition on ``?this`` that tells a fault.
        plain: Whether ``path`` is the IRI of a property.
        allowed: Properties that a closed shape allows.
    """

    shape: str
    targets: tuple[str, ...]
    component: str
    path: str
    pattern: str
    severity: Severity
    message: str
    value_fits: str = ""
    fault: str = ""
    plain: bool = False
    allowed: tuple[str, ...] = ()


def checks(directory: Path | None = None) -> tuple[Check, ...]:
    """The compiled checks of the shipped shapes, or of a directory's ``shapes.ttl``."""
    return _compiled(directory or ontology_dir())


@lru_cache(maxsize=4)
def _compiled(directory: Path) -> tuple[Check, ...]:
    ontology = [
        path
        for path in (directory / "equipoise.ttl", directory / "alignments.ttl")
        if path.exists()
    ]
    reader = ShapeReader(directory / "shapes.ttl", *ontology)
    found: list[Check] = []
    for shape in reader.node_shapes():
        targets = tuple(
            sorted({lower for item in shape.targets for lower in reader.classes_below(item)})
        )
        found += _checks_of_node(reader, shape, targets)
    return tuple(found)


def check_graphs(
    ask: Asks,
    graphs: Sequence[str],
    *,
    directory: Path | None = None,
    components: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Finding]:
    """Findings about the nodes that some graphs state.

    Args:
        ask: Runs a query with the union of all graphs as default graph.
        graphs: IRIs of named graphs.
        directory: Where ``shapes.ttl`` lies, if not the shipped one.
        components: Only these constraint components; all when empty.
        progress: Told how many checks of how many are done.

    Cost: about 2 ms per graph that holds none of our classes; one index pass per constraint
    otherwise.
    """
    compiled = [
        check for check in checks(directory) if not components or check.component in components
    ]
    closest = ClosestIris(ask)
    for done, graph in enumerate(graphs):
        present = {
            kind
            for kind in {target for check in compiled for target in check.targets}
            if _any(ask, graph, kind)
        }
        kinds = sorted(present)

        def of_kind(kind: str, graph: str = graph) -> list[Finding]:
            concerned = [check for check in compiled if kind in check.targets]
            return [
                finding
                for check in _suspects(ask, graph, concerned, kind)
                for finding in _run(ask, graph, check, [kind], closest)
            ]

        # The engine lets go of the interpreter while it looks, so classes are checked side by side.
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            for number, found in enumerate(pool.map(of_kind, kinds)):
                if progress is not None:
                    progress(done * len(kinds) + number, len(graphs) * len(kinds))
                yield from found


def _any(ask: Asks, graph: str, kind: str) -> bool:
    query = f"SELECT ?s {{ GRAPH <{graph}> {{ ?s <{TYPE}> <{kind}> }} }} LIMIT 1"
    return next(iter(ask(query)), None) is not None


def _suspects(
    ask: Asks, graph: str, concerned: Sequence[Check], kind: str
) -> Iterator[Check]:
    """The checks that may find something, told by a few passes over all nodes of a class.

    They count how often each property is stated, look once at the values of each, and once for
    what must be there. Only where they meet a fault are checks run one by one.
    """
    focus = f"GRAPH <{graph}> {{ ?this <{TYPE}> <{kind}> }}"
    counts, faulty = _passed(ask, focus, [check for check in concerned if check.value_fits])
    nodes = counts.get(TYPE, 0)
    missing = [check for check in concerned if check.fault]
    faults = " || ".join(f"({check.fault})" for check in missing)
    complete = not faults or not _found(ask, f"{focus} FILTER({faults})")
    lacking = {
        check
        for check in missing
        if not complete and _found(ask, f"{focus} FILTER({check.fault})")
    }
    required = {check.path for check in missing if check not in lacking}
    for check in concerned:
        if check.value_fits:
            suspect = check.path in faulty
        elif check.fault:
            suspect = check in lacking
        elif check.component == "Closed":
            suspect = any(path not in check.allowed for path in counts)
        elif check.component == "MaxCount" and check.path in required:
            suspect = counts.get(check.path, 0) != nodes  # each has one: as many as there are nodes
        else:
            suspect = not check.path or not check.plain or check.path in counts
        if suspect:
            yield check


def _passed(
    ask: Asks, focus: str, checked: Sequence[Check]
) -> tuple[dict[str, int], set[str]]:
    """Per property how often it is stated, and the properties with a value that does not fit."""
    rows = ask(f"SELECT ?path (COUNT(*) AS ?n) {{ {focus} ?this ?path ?value }} GROUP BY ?path")
    counts = {row["path"].value: int(row["n"].value) for row in rows}
    by_path: dict[str, list[Check]] = {}
    for check in checked:
        if check.path in counts:
            by_path.setdefault(check.path, []).append(check)
    # One query per property: tests on ?path in one large condition would decode it every time.
    faulty = set()
    for path, of_path in by_path.items():
        fits = " && ".join(check.value_fits for check in of_path)
        stated = f"?any <{path}> ?value"
        if any(check.component in _NAMES for check in of_path):
            # Many records point at few things, and looking up what a thing is costs most.
            stated = f"{{ SELECT DISTINCT ?value {{ {stated} }} }}"
        # All that have the property first, whatever they are: one index, and no join.
        if _found(ask, f"{stated} FILTER(!({fits}))", "?value") and _found(
            ask, f"{focus} ?this <{path}> ?value FILTER(!({fits}))"
        ):
            faulty.add(path)
    return counts, faulty


def _found(ask: Asks, pattern: str, name: str = "?this") -> bool:
    return next(iter(ask(f"SELECT {name} {{ {pattern} }} LIMIT 1")), None) is not None


def _run(
    ask: Asks, graph: str, check: Check, targets: Sequence[str], closest: ClosestIris
) -> Iterator[Finding]:
    for kind in targets:
        focus = f"GRAPH <{graph}> {{ ?this <{TYPE}> <{kind}> }}"
        pattern = check.pattern.replace("{focus}", focus)
        for row in ask(f"SELECT DISTINCT ?this ?value ?path {{ {pattern} }} LIMIT {LIMIT}"):
            this, value, path = row["this"], row["value"], row["path"]
            named = check.component in _NAMES and str(value).startswith("<")
            yield Finding(
                check.message,
                check.severity,
                column=path.value if path is not None else check.path,
                iri=this.value if this is not None else "",
                value=value.value if value is not None else "",
                suggestion=closest.hint(value.value) if named and value is not None else "",
                check=check.component,
                shape=check.shape,
            )


def _checks_of_node(
    reader: ShapeReader, shape: Shape, targets: tuple[str, ...]
) -> Iterator[Check]:
    if shape.closed is not None:
        allowed = ", ".join(f"<{iri}>" for iri in shape.closed)
        yield Check(
            shape.iri, targets, "Closed", "",
            f"{{focus}} ?this ?path ?value FILTER(?path NOT IN ({allowed}))",
            _severity(shape), shape.message, allowed=shape.closed,
        )
    for item in shape.constraints:
        yield Check(
            shape.iri, targets, component(item.name), "",
            f"{{focus}} FILTER(!({reader.fits(item, '?this')})) BIND(?this AS ?value)",
            _severity(shape), shape.message,
        )
    for part in shape.properties:
        for item in part.constraints:
            yield Check(
                part.iri or shape.iri, targets, component(item.name), part.path.strip("<>"),
                _pattern(reader, part, item), _severity(part),
                part.message or f"{item.name} {' '.join(item.values)}",
                value_fits=_value_fits(reader, part, item),
                fault=_fault(part, item),
                plain=_is_plain(part),
            )


def _value_fits(reader: ShapeReader, shape: Shape, item: Constraint) -> str:
    single = _is_plain(shape) and item.name not in SET_CONSTRAINTS
    return reader.fits(item, "?value") if single else ""


def _is_plain(shape: Shape) -> bool:
    return shape.path.startswith("<") and shape.path.count("<") == 1


def _fault(shape: Shape, item: Constraint) -> str:
    number = item.values[0].split('"')[1] if '"' in item.values[0] else item.values[0]
    if item.name == "minCount" and number == "1":
        return f"NOT EXISTS {{ ?this {shape.path} ?any }}"
    if item.name == "hasValue":
        return f"NOT EXISTS {{ ?this {shape.path} {item.values[0]} }}"
    return ""


def _pattern(reader: ShapeReader, shape: Shape, item: Constraint) -> str:
    path, first = shape.path, item.values[0] if item.values else ""
    if item.name not in SET_CONSTRAINTS:
        return f"{{focus}} ?this {path} ?value FILTER(!({reader.fits(item, '?value')}))"
    number = first.split('"')[1] if '"' in first else first
    if item.name == "minCount" and number == "1":
        return f"{{focus}} FILTER NOT EXISTS {{ ?this {path} ?any }}"
    if item.name == "maxCount" and number == "1":
        different = "STR(?a) < STR(?b) || (STR(?a) = STR(?b) && !sameTerm(?a, ?b))"
        return f"{{focus}} ?this {path} ?a . ?this {path} ?b FILTER({different})"
    if item.name in ("minCount", "maxCount"):
        sign = "<" if item.name == "minCount" else ">"
        return (
            f"{{ SELECT ?this (COUNT(DISTINCT ?v) AS ?n) {{ {{focus}} OPTIONAL {{ ?this {path} "
            f"?v }} }} GROUP BY ?this }} FILTER(?n {sign} {number})"
        )
    if item.name == "uniqueLang":
        return (
            f"{{focus}} ?this {path} ?a . ?this {path} ?b FILTER(LANG(?a) != '' && "
            f"LANG(?a) = LANG(?b) && STR(?a) < STR(?b)) BIND(?b AS ?value)"
        )
    if item.name == "hasValue":
        return f"{{focus}} FILTER NOT EXISTS {{ ?this {path} {first} }}"
    if item.name == "equals":
        return (
            f"{{focus}} {{ ?this {path} ?value FILTER NOT EXISTS {{ ?this {first} ?value }} }} "
            f"UNION {{ ?this {first} ?value FILTER NOT EXISTS {{ ?this {path} ?value }} }}"
        )
    if item.name == "disjoint":
        return f"{{focus}} ?this {path} ?value . ?this {first} ?value"
    sign = "<" if item.name == "lessThan" else "<="
    return (
        f"{{focus}} ?this {path} ?value . ?this {first} ?other "
        f"FILTER(!COALESCE(?value {sign} ?other, false))"
    )


def component(name: str) -> str:
    """Name of the SHACL constraint component of a parameter, without its suffix.

    Example:
        >>> component("minCount")
        'MinCount'
    """
    return name[:1].upper() + name[1:]


def _severity(shape: Shape) -> Severity:
    return "error" if shape.severity == "error" else "warning"


def store_asks(store: ox.Store) -> Asks:
    """Queries on a working copy, all graphs together as default graph."""
    import pyoxigraph as ox

    def ask(sparql: str) -> ox.QuerySolutions:
        results = store.query(sparql, use_default_graph_as_union=True)
        assert isinstance(results, ox.QuerySolutions)
        return results

    return ask

