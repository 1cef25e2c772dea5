"""CONSTRUCT with bounded memory.

The engine keeps the first million triples of an answer, terms and all, to leave out repeats; that
takes more memory than the answer's own length. Here the same solutions are asked for as a table,
and the template is filled in as they come. Repeats are left out within a window; a graph is a set,
so one that comes again later says nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from kg.errors import QuerySyntaxError
from kg.store.lexing import Token, replaced, tokens
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.protocol import QueryResults

    Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_VARIABLE: Final = "urn:x-equipoise:variable:"
_WINDOW: Final = 100_000
"""Triples in half of the window within which repeats are left out; each takes about 0.1 kB."""
_NOT_SIMPLE: Final = frozenset({"GROUP", "HAVING", "VALUES"})
_OTHER_FORMS: Final = frozenset({"SELECT", "ASK", "DESCRIBE"})
_LONGEST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Construct:
    """A CONSTRUCT query taken apart.

    Args:
        select: The query for the solutions; its columns are ``variables``.
        variables: Names of the template's variables.
        template: Triples; numbers stand for variables by place.
    """

    select: str
    variables: tuple[str, ...]
    template: tuple[tuple[Node | int, Node | int, Node | int], ...]

    def triples(self, solutions: Iterable[ox.QuerySolution]) -> Iterator[ox.Triple]:
        """The answer, without those that are no RDF and without repeats nearby."""
        return _without_repeats(self._filled(solutions))

    def _filled(self, solutions: Iterable[ox.QuerySolution]) -> Iterator[ox.Triple]:
        import pyoxigraph as ox

        for row in solutions:
            for parts in self.template:
                subject, predicate, object_ = (
                    row[part] if isinstance(part, int) else part for part in parts
                )
                if (
                    object_ is not None
                    and isinstance(predicate, ox.NamedNode)
                    and isinstance(subject, ox.NamedNode | ox.BlankNode)
                ):
                    yield ox.Triple(subject, predicate, object_)


def constructed(
    text: str, run: Callable[[str], QueryResults], base_iri: str | None
) -> Iterator[ox.Triple] | None:
    """The triples of a CONSTRUCT query, or ``None`` for what the engine is to answer itself.

    Args:
        text: The query.
        run: Evaluates a query.
        base_iri: Against which relative IRIs are resolved.
    """
    found = taken_apart(text, base_iri)
    if found is None:
        return None
    try:
        solutions = run(found.select)
    except QuerySyntaxError:
        return None  # so that the error names a place in the query as it was sent
    return found.triples(cast("ox.QuerySolutions", solutions))


def taken_apart(text: str, base_iri: str | None = None) -> Construct | None:
    """Take a CONSTRUCT query apart.

    Args:
        text: The query.
        base_iri: Against which relative IRIs are resolved.

    Returns:
        ``None`` for other queries, for templates with blank nodes, which stand for a new node in
        each solution, and for solutions that are grouped: the engine answers those.

    Example:
        >>> found = taken_apart("CONSTRUCT { ?s a <http://e/T> } WHERE { ?s ?p ?o } LIMIT 3")
        >>> found.select, found.variables
        ('SELECT ?s WHERE { ?s ?p ?o } LIMIT 3', ('s',))
    """
    if len(text) > _LONGEST or "CONSTRUCT" not in text.upper():
        return None
    listed = list(tokens(text))
    start = next(
        (place for place, token in enumerate(listed) if _word(token) == "CONSTRUCT"), None
    )
    if start is None or any(_word(token) in _OTHER_FORMS for token in listed[:start]):
        return None
    brace = next((place for place, token in enumerate(listed) if place > start
                  and token.text == "{"), None)
    if brace is None or (end := _closing(listed, brace)) is None:
        return None
    is_short = brace != start + 1  # CONSTRUCT WHERE { … }, perhaps with FROM: one group for both
    depth = 0
    for token in listed[end + 1 :]:
        depth += (token.kind == "open") - (token.kind == "close")
        if not depth and _word(token) in _NOT_SIMPLE:
            return None
    body = listed[brace : end + 1]
    names = tuple(dict.fromkeys(token.text[1:] for token in body if token.kind == "variable"))
    template = _template(text, text[: listed[start].start], body, base_iri)
    if template is None or not names:
        return None
    head = f"{text[: listed[start].start]}SELECT {' '.join(f'?{name}' for name in names)} "
    rest = text[listed[start].end :] if is_short else text[listed[end].end :]
    return Construct(f"{head}{rest.lstrip()}", names, template)


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""


def _closing(listed: list[Token], brace: int) -> int | None:
    depth = 0
    for place in range(brace, len(listed)):
        depth += (listed[place].kind == "open") - (listed[place].kind == "close")
        if not depth:
            return place
    return None


def _template(
    text: str, prologue: str, body: list[Token], base_iri: str | None
) -> tuple[tuple[Node | int, Node | int, Node | int], ...] | None:
    """Have the engine read a template, its variables dressed up as IRIs."""
    import pyoxigraph as ox

    if any(token.kind == "open" for token in body[1:]) or _VARIABLE in prologue:
        return None  # brackets make blank nodes
    variables = [token for token in body if token.kind == "variable"]
    stated = replaced(
        text[: body[-1].end],
        ((token.start, token.end, f"<{_VARIABLE}{token.text[1:]}>") for token in variables),
    )[body[0].start :]
    store = ox.Store()
    try:
        store.update(
            f"{prologue}\nINSERT DATA {stated}",
            base_iri=base_iri,
            prefixes=dict(PREFIXES),
        )
    except (SyntaxError, ValueError):
        return None
    names = dict.fromkeys(token.text[1:] for token in variables)
    places = {f"{_VARIABLE}{name}": number for number, name in enumerate(names)}

    def part(term: Node) -> Node | int:
        return places.get(term.value, term) if isinstance(term, ox.NamedNode) else term

    found = sorted(store, key=str)
    if any(isinstance(term, ox.BlankNode) for quad in found for term in quad.triple):
        return None
    return tuple((part(q.subject), part(q.predicate), part(q.object)) for q in found)


def _without_repeats(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    fresh: set[bytes] = set()
    old: set[bytes] = set()
    for triple in triples:
        key = hashlib.blake2b(str(triple).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key in fresh or key in old:
            continue
        if len(fresh) >= _WINDOW:
            fresh, old = set(), fresh
        fresh.add(key)
        yield triple
