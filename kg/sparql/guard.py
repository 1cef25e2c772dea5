"""What is refused before an engine sees it.

Deep nesting overflows the engine's stack, and SERVICE and LOAD make it call other machines; both
are told from the text alone, and the query processes are the second line of defence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.errors import QueryRefused, QuerySyntaxError
from kg.store.lexing import Outline, Token, outline, tokens
from kg.vocabulary import PREFIXES

MAX_DEPTH: Final = 150
"""Nested brackets allowed; the engine's process dies of some 3,000."""
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Call:
    """A place where a request names another machine.

    Args:
        keyword: ``SERVICE`` or ``LOAD``.
        iri: The address, or ``None`` for a variable.
        start: Where its token begins in the text.
        end: Where it ends.
        silent: Whether it says SILENT.
    """

    keyword: str
    iri: str | None
    start: int
    end: int
    silent: bool = False

    @property
    def may_fail(self) -> bool:
        """Whether a refusal changes nothing but leaves the request valid: LOAD SILENT."""
        return self.silent and self.keyword == "LOAD" and self.iri is not None


def inspect(text: str, *, update: bool = False) -> Outline:
    """Check a request's form and shape.

    Args:
        text: SPARQL query or update.
        update: Whether an update is expected.

    Raises:
        QuerySyntaxError: It is empty, or an update where a query is expected or the reverse.
        QueryRefused: It is nested too deeply.

    Example:
        >>> inspect("ASK {}").form
        'ASK'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise QuerySyntaxError("the request is not valid Unicode text") from None
    found = outline(text)
    if update and found.form not in {"UPDATE", ""}:
        raise QuerySyntaxError(f"this is a {found.form} query; an update was expected")
    if not update and found.form in {"UPDATE", ""}:
        what = "an update; send it as update=" if found.form else "not a SPARQL query"
        raise QuerySyntaxError(f"this is {what} (a query begins with SELECT, ASK, CONSTRUCT or "
                               "DESCRIBE)")
    if found.depth > MAX_DEPTH:
        raise QueryRefused(
            f"brackets are nested {found.depth} deep; this service takes {MAX_DEPTH}"
        )
    return found


def calls(text: str) -> list[Call]:
    """Where a request names other machines, in order.

    Raises:
        QueryRefused: A prefixed name in such a place has a prefix that is not declared.

    Example:
        >>> [call.iri for call in calls("SELECT * { SERVICE <http://e/sparql> { ?s ?p ?o } }")]
        ['http://e/sparql']
    """
    if not outline(text).keywords & {"SERVICE", "LOAD"}:
        return []
    prefixes = dict(PREFIXES)
    found: list[Call] = []
    listed = list(tokens(text))
    for index, token in enumerate(listed):
        if token.kind != "word":
            continue
        keyword = token.text.upper()
        if keyword == "PREFIX" and index + 2 < len(listed):
            prefixes[listed[index + 1].text.rstrip(":")] = _unescape(listed[index + 2].text[1:-1])
        elif keyword in {"SERVICE", "LOAD"}:
            found.append(_call(keyword, listed[index + 1 : index + 3], prefixes))
    return found


def _call(keyword: str, following: list[Token], prefixes: dict[str, str]) -> Call:
    silent = bool(following) and following[0].text.upper() == "SILENT"
    following = following[silent:]
    if not following:
        return Call(keyword, None, 0, 0)
    target = following[0]
    if target.kind == "iri":
        iri = _unescape(target.text[1:-1])
        return Call(keyword, iri, target.start, target.end, silent)
    if target.kind == "name":
        prefix, _, local = target.text.partition(":")
        if prefix not in prefixes:
            raise QueryRefused(f"{keyword} {target.text}: its prefix is not declared")
        local = re.sub(r"\\(.)", r"\1", local)
        return Call(keyword, prefixes[prefix] + local, target.start, target.end, silent)
    return Call(keyword, None, target.start, target.end)


def refuse_calls(found: Iterable[Call], *, reason: str = "") -> None:
    """Refuse a request that names another machine.

    Raises:
        QueryRefused: There is at least one, other than LOAD SILENT, which loads nothing.
    """
    for call in found:
        if call.may_fail:
            continue
        target = f" <{call.iri}>" if call.iri else ""
        raise QueryRefused(
            f"{call.keyword}{target} is off on this service"
            f"{': ' + reason if reason else ' (an operator may allow hosts)'}"
        )


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
