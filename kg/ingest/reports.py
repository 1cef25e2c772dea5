"""How an import is asked for, and what it tells afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.identifiers import dataset_name
from kg.ingest.findings import Findings
from kg.ingest.records import DatasetDetails

Progress = Callable[[str, float], None]
"""Told what is being done and which share of it is done (0 to 1)."""

@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import.

    Args:
        dataset: Name or IRI of the dataset; from the first file's name when empty.
        replace: Whether the dataset's graph is emptied first.
        skip_invalid: Whether good rows and records go in although others are bad.
        details: Title, licence, source, version and creator of the dataset.
        table: ``cases``, ``frameworks`` or ``links``; told by the header when empty.
        language: Language tag of titles, summaries and labels in tables.
        rejected: File for rows left out; beside each input when ``None``.
    """

    dataset: str = ""
    replace: bool = False
    skip_invalid: bool = False
    details: DatasetDetails = field(default_factory=DatasetDetails)
    table: str = ""
    language: str = "en"
    rejected: Path | None = None


@dataclass(slots=True)
class FileReport:
    """What one file brought: rows read, taken and left out (0 for RDF), by kind of record."""

    file: str
    format: str
    rows: int = 0
    taken: int = 0
    left_out: int = 0
    made: dict[str, int] = field(default_factory=dict)
    rejected_file: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As a plain mapping."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class ImportReport:
    """What an import did or would do."""

    dataset: str
    graphs: tuple[str, ...]
    files: list[FileReport]
    findings: Findings
    triples: int
    published: bool = False
    revision: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As a plain mapping, the shape of ``kg import --format json``."""
        return {
            "dataset": dataset_name(self.dataset),
            "graphs": list(self.graphs),
            "files": [item.to_dict() for item in self.files],
            "triples": self.triples,
            "errors": self.findings.errors,
            "warnings": self.findings.warnings,
            "findings": [item.to_dict() for item in self.findings],
            "published": self.published,
            "revision": self.revision,
        }
