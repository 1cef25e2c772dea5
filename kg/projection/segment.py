"""One named graph, read once and written as integers.

A segment holds the quads of one graph that analyses look at, column by column: per predicate
two arrays of codes into the segment's own table of terms. Segments of untouched graphs are
carried over from revision to revision; only touched graphs are read again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from kg import vocabulary as v

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Codes: TypeAlias = NDArray[np.int32]

TRIPLES: Final = {
    "supports": v.SUPPORTS,
    "undermines": v.UNDERMINES,
    "upholds": v.UPHOLDS,
    "violates": v.VIOLATES,
    "uses-technology": v.USES_TECHNOLOGY,
    "relates-to-goal": v.RELATES_TO_GOAL,
    "link-subject": v.SUBJECT,
    "link-predicate": v.PREDICATE,
    "link-object": v.OBJECT,
    "directness": v.DIRECTNESS,
    "confidence": v.CONFIDENCE,
    "review-status": v.REVIEW_STATUS,
    "evidence-status": v.EVIDENCE_STATUS,
    "disputed-by": v.DISPUTED_BY,
    "source": v.DCT_SOURCE,
    "publisher": v.PUBLISHER,
    "participation": v.PARTICIPATION_PROPERTY,
    "organisation": v.ORGANISATION_PROPERTY,
    "organisation-type": v.ORGANISATION_TYPE,
    "country": v.COUNTRY,
    "region": v.REGION,
    "start-year": v.START_YEAR,
    "year": v.YEAR,
    "status": v.STATUS,
    "broader": v.BROADER,
    "in-scheme": v.IN_SCHEME,
    "exact": v.EXACT_MATCH,
    "close": v.CLOSE_MATCH,
    "narrow": v.NARROW_MATCH,
    "broad": v.BROAD_MATCH,
    "related": v.RELATED_MATCH,
    "includes-principle": v.INCLUDES_PRINCIPLE,
    "publisher-type": v.PUBLISHER_TYPE,
    "binding": v.BINDING,
    "is-pivot": v.IS_PIVOT,
}
"""Columns with a subject and an object each."""
TYPES: Final = {
    "Case": v.CASE,
    "PrincipleFramework": v.PRINCIPLE_FRAMEWORK,
    "Principle": v.PRINCIPLE,
    "Technology": v.TECHNOLOGY,
    "Goal": v.GOAL,
    "Target": v.TARGET,
    "Region": v.REGION_CLASS,
}
"""Columns that list the members of a class."""
PRESENCE: Final = {"outcome": v.OUTCOME}
"""Columns that list the subjects that have a property, whatever its value."""


class Source(Protocol):
    """What a projection is read from: a pinned snapshot of a store."""

    def query(self, sparql: str, *, union: bool = True, named_graphs: Any = None) -> Any:
        """Run a SPARQL query."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One graph as integer-coded columns.

    Attributes:
        graph: Its IRI; the empty string for the default graph.
        terms: Every term once, in order of first appearance; IRIs bare, literals as in Turtle.
        columns: Per column name the codes of subjects, or of subjects and objects.
    """

    graph: str
    terms: list[bytes]
    columns: dict[str, tuple[Codes, ...]]

    def save(self, path: Path) -> None:
        """Write to a file; the caller makes it visible by renaming."""
        import numpy as np

        arrays: dict[str, Any] = {"terms": np.frombuffer(b"\n".join(self.terms), dtype=np.uint8)}
        for name, parts in self.columns.items():
            for position, part in enumerate(parts):
                arrays[f"{name}.{position}"] = part
        with path.open("wb") as file:
            np.savez(file, **arrays)

    @classmethod
    def load(cls, path: Path, graph: str) -> Segment:
        """Read what :meth:`save` wrote.

        Raises:
            OSError, ValueError, KeyError: The file is missing or torn.
        """
        import numpy as np

        with np.load(path) as data:
            blob = data["terms"].tobytes()
            columns = {
                name: tuple(data[f"{name}.{position}"] for position in range(width))
                for name, width in column_widths()
            }
        return cls(graph, blob.split(b"\n") if blob else [], columns)


def column_widths() -> list[tuple[str, int]]:
    """Every column name with its number of parts."""
    return [
        *((name, 2) for name in TRIPLES),
        *((name, 1) for name in TYPES),
        *((name, 1) for name in PRESENCE),
    ]


def segment_name(graph: str) -> str:
    """File name of a graph's segment."""
    return hashlib.sha256(graph.encode()).hexdigest()[:20] + ".npz"


def literal_text(term: bytes) -> str:
    """The lexical form of a literal as it stands in a segment.

    Example:
        >>> literal_text(b'2024'), literal_text(b'"2024"^^http://www.w3.org/2001/XMLSchema#gYear')
        ('2024', '2024')
    """
    text = term.decode()
    if not text.startswith('"'):
        return text
    return text[1 : text.rfind('"')]
