"""Findings: what is wrong, where, and what would be right.

Checks never raise for a fault in the data; they return findings, so that a person sees all of
them at once. Whoever needs a yes or no asks :attr:`Findings.failed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Final, Literal
from urllib.parse import quote

from kg.errors import ValidationError
from kg.identifiers import compact
from kg.vocabulary import SH

Severity = Literal["error", "warning"]

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\brow \d+")
KEPT: Final = 10_000
"""Findings kept in full; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Args:
        message: One sentence.
        severity: ``error`` stops an import, ``warning`` does not.
        file: File name.
        row: 1-based row of a table as the spreadsheet shows it, or line of a text file.
        column: Column name of a table, or the property's path.
        iri: The thing at fault, in RDF.
        value: The value at fault, as written.
        suggestion: What would be right, where known.
        check: Short name of the check (SHACL constraint component for shapes).
        shape: IRI of the shape, where one was violated.

    Example:
        >>> print(Finding("no such country", file="cases.csv", row=3, column="countries"))
        cases.csv, row 3, column countries: no such country
    """

    message: str
    severity: Severity = "error"
    file: str = ""
    row: int | None = None
    column: str = ""
    iri: str = ""
    value: str = ""
    suggestion: str = ""
    check: str = ""
    shape: str = ""

    @property
    def place(self) -> str:
        """File, row, column and IRI, as far as known."""
        parts = (
            self.file,
            f"row {self.row}" if self.row is not None else "",
            f"{self._side} {compact(self.column)}" if self.column else "",
            f"<{self.iri}>" if self.iri else "",
        )
        return ", ".join(part for part in parts if part)

    @property
    def _side(self) -> str:
        return "property" if self.column.startswith(("http:", "https:", "urn:")) else "column"

    def __str__(self) -> str:
        hint = f" ({self.suggestion})" if self.suggestion else ""
        return f"{self.place}: {self.message}{hint}" if self.place else f"{self.message}{hint}"

    def to_dict(self) -> dict[str, object]:
        """The members that say something, as plain JSON values."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: value for name, value in pairs if value not in ("", None)}


def condensed(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[str]]]:
    """Findings that say the same of several rows or records as one, with where it holds.

    What they quote may differ: the first one stands for all.

    Example:
        >>> found = [Finding(f"{name!r} is new", row=row) for row, name in ((2, "a"), (3, "b"))]
        >>> [(str(first), places) for first, places in condensed(found)]
        [("row 2: 'a' is new", ['2', '3'])]
    """
    alike: dict[tuple[str, ...], tuple[Finding, dict[str, None]]] = {}
    for item in findings:
        said = (_QUOTED.sub("…", item.message), _QUOTED.sub("…", item.suggestion))
        key = (item.severity, item.file, item.column, "" if item.row is None else "row", *said)
        first, places = alike.setdefault(key, (item, {}))
        places.setdefault(f"<{item.iri}>" if item.row is None and item.iri else str(item.row or ""))
    for first, places in alike.values():
        yield first, [place for place in places if place]


@dataclass(slots=True)
class Findings:
    """A list of findings that stays bounded.

    Example:
        >>> found = Findings()
        >>> found.add(Finding("title is missing", row=2))
        >>> found.failed, found.errors, len(found)
        (True, 1, 1)
    """

    kept: list[Finding] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        if finding.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.kept) < KEPT:
            self.kept.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take several in."""
        for finding in findings:
            self.add(finding)

    @property
    def failed(self) -> bool:
        """Whether any of them is an error."""
        return self.errors > 0

    def __len__(self) -> int:
        return self.errors + self.warnings

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.kept)

    def raise_if_failed(self, what: str) -> None:
        """Raise when there is an error.

        Raises:
            ValidationError: Its message quotes the first three errors; ``findings`` has the kept
                ones.
        """
        if not self.failed:
            return
        told = dict.fromkeys(str(finding) for finding in self.kept if finding.severity == "error")
        more = "".join(f"\n  {text}" for text in list(told)[:3])
        # One fault may break several parts of a shape; people are told of it once.
        number = len(told) if len(self.kept) < KEPT else self.errors
        rest = f"\n  … and {number - 3:,} more; kg validate lists them" if number > 3 else ""
        count = "1 error" if number == 1 else f"{number:,} errors"
        raise ValidationError(
            f"{what}: {count}, nothing was imported{more}{rest}",
            findings=[finding.to_dict() for finding in self.kept],
        )


def shacl_report(findings: Findings) -> str:
    """The findings as a SHACL validation report, in Turtle.

    Rows of tables are named as RFC 7111 does: ``cases.csv#row=3``.
    """
    import pyoxigraph as ox

    def named(local: str) -> ox.NamedNode:
        return ox.NamedNode(f"{SH}{local}")

    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    report = ox.BlankNode("report")
    triples = [
        ox.Triple(report, kind, named("ValidationReport")),
        ox.Triple(
            report,
            named("conforms"),
            ox.Literal(not findings.failed),
        ),
    ]
    for number, finding in enumerate(findings, start=1):
        result = ox.BlankNode(f"r{number:05d}")
        triples.append(ox.Triple(report, named("result"), result))
        severity = "Violation" if finding.severity == "error" else "Warning"
        pairs: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("resultSeverity", named(severity)),
            ("resultMessage", ox.Literal(str(finding))),
            ("focusNode", ox.NamedNode(finding.iri or _row_iri(finding))),
        ]
        if finding.column.startswith("http"):
            pairs.append(("resultPath", ox.NamedNode(finding.column)))
        if finding.value:
            pairs.append(("value", _term(finding.value)))
        component = f"{finding.check}ConstraintComponent" if finding.shape else ""
        pairs.append(
            ("sourceConstraintComponent", named(component or "SPARQLConstraintComponent"))
        )
        if finding.shape:
            pairs.append(("sourceShape", ox.NamedNode(finding.shape)))
        triples.append(ox.Triple(result, kind, named("ValidationResult")))
        triples.extend(ox.Triple(result, named(local), value) for local, value in pairs)
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sh": SH})
    assert text is not None
    return text.decode()


def _row_iri(finding: Finding) -> str:
    name = quote(finding.file or "data")
    return f"urn:file:{name}#row={finding.row}" if finding.row else f"urn:file:{name}"


def _term(value: str) -> ox.NamedNode | ox.Literal:  # type: ignore[name-defined]  # noqa: F821
    import pyoxigraph as ox

    if value.startswith(("http://", "https://")) and " " not in value:
        try:
            return ox.NamedNode(value)
        except ValueError:
            return ox.Literal(value)
    return ox.Literal(value)
