"""What a write is known to have changed, so that it need not look at all there is.

Whoever adds quads one by one, or says INSERT DATA and DELETE DATA only, tells exactly which links
and plain triples a write can have touched. Everything else is derived afresh for the graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.store.lexing import replaced, tokens
from kg.vocabulary import (
    LINK_PREDICATES,
    OBJECT,
    PREDICATE,
    PREFIXES,
    REVIEW_STATUS,
    SUBJECT,
    TYPE,
)

if TYPE_CHECKING:
    import pyoxigraph as ox

MOST: Final = 20_000
"""Links and plain triples up to which looking at each is cheaper than looking at all."""
_LONGEST: Final = 200_000
_OF_LINKS: Final = frozenset({TYPE, SUBJECT, PREDICATE, OBJECT, REVIEW_STATUS})
_PLAIN: Final = frozenset(LINK_PREDICATES)
_TAKING: Final = ("DELETE", "CLEAR", "DROP", "MOVE", "COPY")


@dataclass(slots=True)
class LinkChanges:
    """Links and plain triples of one graph that were written to.

    Attributes:
        links: IRIs of records of which a defining statement was added or taken away.
        plain: Plain triples that were added or taken away by themselves.
        unknown: Whether more may have changed than these.
    """

    links: set[str] = field(default_factory=set)
    plain: set[ox.Triple] = field(default_factory=set)
    unknown: bool = False

    def note(self, quads: Iterable[ox.Quad]) -> None:
        """Take account of quads that were added or taken away, all of this graph."""
        import pyoxigraph as ox

        for quad in quads:
            predicate = quad.predicate.value
            if predicate in _OF_LINKS:
                if isinstance(quad.subject, ox.NamedNode):
                    self.links.add(quad.subject.value)
                else:
                    self.unknown = True
            elif predicate in _PLAIN:
                self.plain.add(quad.triple)
        if len(self.links) + len(self.plain) > MOST:
            self.unknown = True
            self.links.clear()
            self.plain.clear()


def only_adds(update: str) -> bool:
    """Whether an update's text rules out that it takes anything away.

    Example:
        >>> only_adds("INSERT { ?s a <http://e/T> } WHERE { ?s ?p 'DELETE' }")
        True
        >>> only_adds("DROP GRAPH <http://e/g>")
        False
    """
    # The engine needs no space behind a keyword: DELETEWHERE and DROPSILENTGRAPH:g are two words.
    return len(update) <= _LONGEST and not any(
        token.kind in {"word", "name"} and token.text.upper().startswith(_TAKING)
        for token in tokens(update)
    )


def stated_quads(update: str, base_iri: str | None = None) -> list[ox.Quad] | None:
    """The quads that an update adds or takes away, if it states them all.

    Args:
        update: A SPARQL update that parses.
        base_iri: Against which relative IRIs are resolved.

    Returns:
        ``None`` when it has any operation but INSERT DATA and DELETE DATA, or is long.

    Example:
        >>> [str(quad.predicate) for quad in stated_quads(
        ...     "DELETE DATA { <http://e/s> <http://e/p> 1 }")]
        ['<http://e/p>']
        >>> stated_quads("DELETE WHERE { ?s ?p ?o }") is None
        True
    """
    import pyoxigraph as ox

    if len(update) > _LONGEST:
        return None
    operations: list[tuple[int, int, str]] = []
    depth, before = 0, ""
    for token in tokens(update):
        depth += (token.kind == "open") - (token.kind == "close")
        word = "" if depth else token.text.upper()
        if token.kind == "word" and word in {"INSERT", "DELETE"}:
            operations.append((token.start, token.end, "INSERT"))
        elif (
            (token.kind == "word" and word and word not in {"PREFIX", "BASE", "DATA"})
            or (token.kind == "name" and word and before != "PREFIX")
            or (before in {"INSERT", "DELETE"} and word != "DATA")
        ):
            return None
        before = word
    alone = ox.Store()
    try:
        alone.update(replaced(update, operations), base_iri=base_iri, prefixes=dict(PREFIXES))
    except (SyntaxError, RuntimeError):
        return None
    return list(alone)
