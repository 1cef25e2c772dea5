"""Frozen values that rooms hand to each other, without RDF."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the graph: its IRI, its label, and what kind of thing it is.

    Example:
        >>> Node("http://metadata.un.org/sdg/7", "Affordable and clean energy", "goal").to_dict()
        {'id': 'http://metadata.un.org/sdg/7', 'label': 'Affordable and clean energy'}
    """

    id: str
    label: str
    kind: str = ""

    def to_dict(self) -> dict[str, str]:
        """``{"id", "label"}``, the shape every interface prints."""
        return {"id": self.id, "label": self.label}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from.

    Args:
        id: IRI of the source.
        label: Title.
        url: Web address, or empty.
        publisher: Publisher, or ``None`` when unknown.
        kind: ``paper``, ``news``, ``official``, ``report``, ``database`` …
        year: Year of publication, or ``None``.
    """

    id: str
    label: str
    url: str = ""
    publisher: Node | None = None
    kind: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a link.

    Args:
        directness: ``direct``, ``indirect`` or empty.
        rationale: One sentence.
        confidence: 0 to 1, or ``None`` when nobody said.
        status: ``confirmed``, ``self-reported``, ``alleged``, ``unverified`` or empty.
        review: ``proposed``, ``accepted`` or ``rejected``.
        sources: Where it comes from.
        attributed_to: Who says so.
        disputed_by: Who objects.
        dispute_note: What they object.
    """

    directness: str = ""
    rationale: str = ""
    confidence: float | None = None
    status: str = ""
    review: str = "accepted"
    sources: tuple[Source, ...] = ()
    attributed_to: tuple[Node, ...] = ()
    disputed_by: tuple[Node, ...] = ()
    dispute_note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A statement with evidence: subject, predicate, object, and what speaks for it."""

    id: str
    subject: Node
    predicate: str
    object: Node
    dataset: str
    evidence: Evidence = field(default_factory=Evidence)
