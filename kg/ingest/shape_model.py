"""Reading shapes.ttl into plain values, and writing their conditions as SPARQL.

Only SHACL Core as far as ``ontology/shapes.ttl`` uses it. A constraint that is not understood is
an error, never silently skipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InputError
from kg.vocabulary import RDF, RDFS, SH, TYPE, XSD

if TYPE_CHECKING:
    import pyoxigraph as ox

VALUE_CONSTRAINTS: Final = (
    "class", "datatype", "nodeKind", "in", "pattern", "minLength", "maxLength",
    "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "node", "or", "and", "not",
)
"""Constraints on each value of a path."""
SET_CONSTRAINTS: Final = (
    "minCount", "maxCount", "uniqueLang", "hasValue", "lessThan", "lessThanOrEquals", "disjoint",
    "equals",
)
"""Constraints on the values of a path together."""
_QUIET: Final = frozenset(
    {"path", "property", "targetClass", "severity", "message", "name", "description", "order",
     "group", "closed", "ignoredProperties", "flags", "deactivated"}
)
_CASTABLE: Final = frozenset(
    f"{XSD}{name}"
    for name in ("integer", "decimal", "double", "float", "boolean", "date", "dateTime")
)
_NIL: Final = f"{RDF}nil"


@dataclass(frozen=True, slots=True)
class Constraint:
    """One parameter of a shape, such as ``minCount 1``: name and terms as SPARQL text."""

    name: str
    values: tuple[str, ...]
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A node or property shape.

    Args:
        iri: Its name (empty for one without).
        path: SPARQL property path; empty for a node shape.
        constraints: Its parameters.
        properties: Property shapes of a node shape.
        targets: Classes whose members it is about.
        closed: Properties a closed node may have; ``None`` when open.
        severity: ``error`` or ``warning``.
        message: What to tell people.
    """

    iri: str
    path: str
    constraints: tuple[Constraint, ...]
    properties: tuple[Shape, ...]
    targets: tuple[str, ...]
    closed: tuple[str, ...] | None
    severity: str
    message: str


class ShapeReader:
    """The shapes of a file, and what classes lie below which.

    Args:
        shapes: ``shapes.ttl``.
        ontology: Files with ``rdfs:subClassOf`` statements.
    """

    def __init__(self, shapes: Path, *ontology: Path) -> None:
        import pyoxigraph as ox

        self._store = ox.Store()
        self._store.load(path=str(shapes))
        self._below: dict[str, set[str]] = defaultdict(set)
        narrower = ox.NamedNode(f"{RDFS}subClassOf")
        for path in (shapes, *ontology):
            for quad in ox.parse(path=str(path)):
                if quad.predicate == narrower and isinstance(quad.object, ox.NamedNode):
                    self._below[quad.object.value].add(str(quad.subject.value))

    def node_shapes(self) -> list[Shape]:
        """All shapes with a target class, in order of their names."""
        import pyoxigraph as ox

        target = ox.NamedNode(f"{SH}targetClass")
        found = {quad.subject for quad in self._store.quads_for_pattern(None, target, None)}
        return [self.shape(item) for item in sorted(found, key=str)]

    def classes_below(self, iri: str) -> list[str]:
        """A class and everything below it."""
        seen, waiting = {iri}, [iri]
        while waiting:
            for lower in self._below.get(waiting.pop(), ()):
                if lower not in seen:
                    seen.add(lower)
                    waiting.append(lower)
        return sorted(seen)

    def shape(self, node: object) -> Shape:
        """One shape, with all it contains.

        Raises:
            InputError: It uses a constraint that is not understood.
        """
        import pyoxigraph as ox

        iri = node.value if isinstance(node, ox.NamedNode) else ""
        properties = tuple(
            self.shape(item) for item in sorted(self._objects(node, "property"), key=str)
        )
        closed = None
        if any(item.value == "true" for item in self._objects(node, "closed")):
            ignored = [
                member.value
                for head in self._objects(node, "ignoredProperties")
                for member in self._members(head)
            ]
            paths = [item.path.strip("<>") for item in properties]
            closed = tuple(sorted({*ignored, *paths}))
        severity = next((item.value for item in self._objects(node, "severity")), "")
        messages = self._objects(node, "message")
        return Shape(
            iri=iri,
            path=next((self._path(item) for item in self._objects(node, "path")), ""),
            constraints=tuple(self._constraints(node)),
            properties=properties,
            targets=tuple(sorted(item.value for item in self._objects(node, "targetClass"))),
            closed=closed,
            severity="error" if severity in ("", f"{SH}Violation") else "warning",
            message=messages[0].value if messages else "",
        )

    def _constraints(self, node: object) -> Iterator[Constraint]:
        flags = next((item.value for item in self._objects(node, "flags")), "")
        for quad in sorted(self._store.quads_for_pattern(node, None, None), key=str):  # type: ignore[arg-type]
            name = quad.predicate.value
            if not name.startswith(SH) or name.removeprefix(SH) in _QUIET:
                continue
            name = name.removeprefix(SH)
            if name not in VALUE_CONSTRAINTS and name not in SET_CONSTRAINTS:
                raise InputError(f"shape {node} uses sh:{name}, which is not understood")
            if name in ("in", "or", "and"):
                values = tuple(self._operand(name, item) for item in self._members(quad.object))
            else:
                values = (self._operand(name, quad.object),)
            yield Constraint(name, values, flags)

    def _operand(self, name: str, term: object) -> str:
        if name in ("node", "or", "and", "not"):
            return self.conforms(self.shape(term), "?value")
        return str(term)

    def conforms(self, shape: Shape, variable: str, depth: int = 0) -> str:
        """A SPARQL condition that holds where ``variable`` fits a shape."""
        terms = [
            self.fits(item, variable) for item in shape.constraints if not shape.path
        ]
        terms += [self._property_conforms(item, variable, depth + 1) for item in shape.properties]
        if shape.path:
            terms.append(self._property_conforms(shape, variable, depth + 1))
        return f"({' && '.join(terms)})" if terms else "true"

    def _property_conforms(self, shape: Shape, variable: str, depth: int) -> str:
        value = f"?v{depth}"
        terms = []
        for item in shape.constraints:
            if item.name == "hasValue":
                terms.append(f"EXISTS {{ {variable} {shape.path} {item.values[0]} }}")
            elif item.name == "minCount":
                terms.append(f"EXISTS {{ {variable} {shape.path} {value} }}")
            elif item.name in VALUE_CONSTRAINTS:
                fault = f"!({self.fits(item, value)})"
                terms.append(
                    f"NOT EXISTS {{ {variable} {shape.path} {value} FILTER({fault}) }}"
                )
            else:
                raise InputError(f"sh:{item.name} inside sh:node or sh:or is not understood")
        return f"({' && '.join(terms)})" if terms else "true"

    def fits(self, item: Constraint, variable: str) -> str:
        """A SPARQL condition that holds where one value fits one constraint."""
        first = item.values[0] if item.values else ""
        if item.name == "class":
            kinds = ", ".join(f"<{iri}>" for iri in self.classes_below(first.strip("<>")))
            return f"EXISTS {{ {variable} <{TYPE}> ?k FILTER(?k IN ({kinds})) }}"
        if item.name == "datatype":
            kind = first.strip("<>")
            typed = f"isLiteral({variable}) && datatype({variable}) = {first}"
            if kind in _CASTABLE:
                return f"({typed} && COALESCE(isLiteral({first}(STR({variable}))), false))"
            return f"({typed})"
        if item.name == "nodeKind":
            return _node_kind(first, variable)
        if item.name == "in":
            return f"({' || '.join(f'sameTerm({variable}, {value})' for value in item.values)})"
        if item.name == "pattern":
            flags = f', "{item.flags}"' if item.flags else ""
            return f"(!isBlank({variable}) && REGEX(STR({variable}), {first}{flags}))"
        if item.name in ("minLength", "maxLength"):
            sign = ">=" if item.name == "minLength" else "<="
            number = _number(first)
            return f"(!isBlank({variable}) && STRLEN(STR({variable})) {sign} {number})"
        signs = {"minInclusive": ">=", "maxInclusive": "<=", "minExclusive": ">",
                 "maxExclusive": "<"}
        if item.name in signs:
            return f"COALESCE({variable} {signs[item.name]} {first}, false)"
        parts = [value.replace("?value", variable) for value in item.values]
        if item.name == "or":
            return f"({' || '.join(parts)})"
        if item.name == "not":
            return f"(!{parts[0]})"
        return f"({' && '.join(parts)})"

    def _path(self, node: object) -> str:
        import pyoxigraph as ox

        if isinstance(node, ox.NamedNode):
            return f"<{node.value}>"
        for inverse in self._objects(node, "inversePath"):
            return f"^{self._path(inverse)}"
        for alternatives in self._objects(node, "alternativePath"):
            return f"({'|'.join(self._path(item) for item in self._members(alternatives))})"
        return f"({'/'.join(self._path(item) for item in self._members(node))})"

    def _objects(self, node: object, local: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        import pyoxigraph as ox

        predicate = ox.NamedNode(f"{SH}{local}")
        quads = self._store.quads_for_pattern(node, predicate, None)  # type: ignore[arg-type]
        return [quad.object for quad in quads]  # type: ignore[misc]

    def _members(self, head: object) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal]:
        import pyoxigraph as ox

        first, rest = ox.NamedNode(f"{RDF}first"), ox.NamedNode(f"{RDF}rest")
        while getattr(head, "value", _NIL) != _NIL:
            yield next(self._store.quads_for_pattern(head, first, None)).object  # type: ignore[arg-type, misc]
            head = next(self._store.quads_for_pattern(head, rest, None)).object  # type: ignore[arg-type]


def _node_kind(kind: str, variable: str) -> str:
    tests = {
        "IRI": "isIRI",
        "BlankNode": "isBlank",
        "Literal": "isLiteral",
    }
    local = kind.strip("<>").removeprefix(SH)
    parts = local.split("Or")
    return f"({' || '.join(f'{tests[part]}({variable})' for part in parts)})"


def _number(term: str) -> str:
    return term.split('"')[1] if term.startswith('"') else term
