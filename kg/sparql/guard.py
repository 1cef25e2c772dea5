"""What is refused before an engine sees it.

Deep nesting overflows the engine's stack, and SERVICE and LOAD make it call other machines; both
are told from the text alone, and the query processes are the second line of defence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kg.errors import CallRefused, QueryRefused, QuerySyntaxError
from kg.store.lexing import Outline, Token, outline, tokens
from kg.vocabulary import PREFIXES

MAX_DEPTH: Final = 150
"""Nested brackets allowed; the engine's process dies of some 3,000."""
# The engine reads keywords without asking for a space between them: trueSERVICE<…>, LOADSILENT<…>.
_CALLING: Final = re.compile("SERVICE|LOAD", re.IGNORECASE)
_DISGUISED: Final = re.compile("(SERVICE|LOAD)(?:SILENT)?$", re.IGNORECASE)
_SHAPE: Final = re.compile(
    r"(?:SERVICE|LOAD)(?:SILENT|\s|\#[^\n\r]*[\n\r])*+(?:[<?$]|[\w.\-]*+:)", re.IGNORECASE
)
_OPERANDS: Final = frozenset({"iri", "string", "name", "blank", "variable", "tag", "number",
                              "word", "close"})
_HIDING: Final = re.compile(r"[#')]")
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
    if not _CALLING.search(text):
        return []
    prefixes = dict(PREFIXES)
    found: list[Call] = []
    listed = list(tokens(text))
    depth = 0
    is_update = outline(text).form in {"UPDATE", ""}
    for index, token in enumerate(listed):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "name":
            _refuse_disguised(listed, index, between=is_update and depth <= 0)
        if token.kind != "word":
            continue
        keyword = token.text.upper()
        if keyword == "PREFIX" and index + 2 < len(listed):
            prefixes[listed[index + 1].text.rstrip(":")] = _unescape(listed[index + 2].text[1:-1])
        elif keyword in {"SERVICE", "LOAD"}:
            found.append(_call(keyword, listed[index + 1 : index + 3], prefixes))
        elif _CALLING.search(keyword):
            raise QueryRefused(f"{token.text[:60]}: write keywords apart from one another")
    _refuse_ambiguous(text, listed)
    return found


def _refuse_disguised(listed: list[Token], index: int, *, between: bool) -> None:
    """Refuse ``SERVICE:x {`` and ``LOAD:x``, which the engine may read as two words.

    ``between`` says whether the name stands outside all brackets of an update.
    """
    prefix = listed[index].text.partition(":")[0]
    match = _DISGUISED.search(prefix)
    if match is None:
        return
    before = listed[index - 1] if index else None
    after = listed[index + 1] if index + 1 < len(listed) else None
    if match[1].upper() == "SERVICE":
        named = before is not None and before.text.upper() in {"GRAPH", "FROM", "NAMED", "PREFIX"}
        suspect = not named and after is not None and after.text == "{"
    else:
        suspect = between and (before is None or before.kind != "word")
    if suspect:
        raise QueryRefused(f"{listed[index].text[:60]}: write keywords apart from names")


def _refuse_ambiguous(text: str, listed: list[Token]) -> None:
    """Refuse what may be an address or a comparison, where the difference hides a call.

    ``(?a <b) … >`` compares and goes on; read as an address, it swallows what follows.
    """
    if not _SHAPE.search(text):
        return
    inside: list[str] = []
    for before, token in pairwise([Token("other", "", 0, 0), *listed]):
        if token.kind == "open":
            inside.append(token.text)
        elif token.kind == "close" and inside:
            inside.pop()
        elif (
            token.kind == "iri" and before.kind in _OPERANDS and inside[-1:] == ["("]
            and _HIDING.search(token.text)
        ):
            raise QueryRefused(f"{token.text[:60]}: put a space after < where it compares")


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
        CallRefused: There is at least one, other than LOAD SILENT, which loads nothing.
    """
    for call in found:
        if call.may_fail:
            continue
        target = f" <{call.iri}>" if call.iri else ""
        raise CallRefused(
            f"{call.keyword}{target} is off on this service"
            f"{': ' + reason if reason else ' (an operator may allow hosts)'}"
        )


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
