"""Look-ups: queries so small that they may be answered without a process of their own.

What a query of this class costs is bounded by the number of triples around the one thing it asks
about, it produces output all along (so a limit on output is a limit on time), and it has nothing
nested, so the engine cannot run away with it or crash on it. Anything else goes to a query
process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

MAX_TEXT: Final = 4_000
MAX_PATTERNS: Final = 6
MAX_OUTPUT: Final = 256 * 1024
"""Bytes after which a look-up turns out not to be one."""

_IRI: Final = r"<[A-Za-z][A-Za-z0-9+.\-]*:[^<>\"{}|^`\\\x00-\x20]*>"
_QUERY: Final = re.compile(
    rf"""\s*+(?P<prologue>(?:PREFIX\s++(?:[A-Za-z][A-Za-z0-9_-]*+)?:\s*+{_IRI}\s*+)*+)
    (?:(?P<select>SELECT\s++(?:\*\s*+|(?:[?$][A-Za-z0-9_]++\s*+)++))|(?P<ask>ASK\s*+)
      |(?P<describe>DESCRIBE\s*+{_IRI}\s*+\Z))
    (?(describe)|(?:WHERE\s*+)?\{{(?P<body>[^{{}}]*+)\}}\s*+(?:LIMIT\s++[0-9]{{1,7}}\s*+)?\Z)""",
    re.VERBOSE | re.IGNORECASE,
)
_TERM: Final = re.compile(
    rf"""\s*+(?:(?P<iri>{_IRI})
    |(?P<variable>[?$][A-Za-z0-9_]++)
    |(?P<name>[A-Za-z][A-Za-z0-9_-]*+:[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+)
    |(?P<literal>(?:"[^"\\\n\r]*+"|'[^'\\\n\r]*+')(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+
        |\^\^(?:{_IRI}|[A-Za-z][A-Za-z0-9_-]*+:[A-Za-z0-9_-]++))?+|[+-]?[0-9]++(?:\.[0-9]++)?+)
    |(?P<a>a(?=[\s<?$"']))
    |(?P<stop>[.;]))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A query that may be answered at once.

    Args:
        form: ``SELECT``, ``ASK`` or ``DESCRIBE``.
        needs_prefixes: Whether it uses prefixed names, perhaps without declaring them.
    """

    form: str
    needs_prefixes: bool


def classify(text: str) -> Lookup | None:
    """Whether a query is a look-up. Cost: about 10 µs.

    Look-ups are ``DESCRIBE <iri>``, and SELECT and ASK (with LIMIT or without, nothing else) over

    - one triple pattern, no variable twice, or
    - up to six triple patterns about one or more given things, or
    - patterns about one given thing and at most two more that follow from its values.

    Example:
        >>> classify("SELECT ?p ?o WHERE { <http://e/s> ?p ?o }")
        Lookup(form='SELECT', needs_prefixes=False)
        >>> classify("SELECT * { ?a ?b ?c . ?c ?d ?e }") is None
        True
    """
    if len(text) > MAX_TEXT:
        return None
    match = _QUERY.match(text)
    if match is None:
        return None
    if match["describe"]:
        return Lookup("DESCRIBE", needs_prefixes=False)
    read = _patterns(match["body"])
    if read is None or not _is_bounded(read[0]):
        return None
    return Lookup("ASK" if match["ask"] else "SELECT", needs_prefixes=read[1])


def _patterns(body: str) -> tuple[list[tuple[str, str, str]], bool] | None:
    """Triple patterns of a group without anything else in it, and whether it has prefixed names."""
    patterns: list[tuple[str, str, str]] = []
    subject, position = "", 0
    held: list[str] = []
    names = False
    end = len(body.rstrip())
    while position < end:
        match = _TERM.match(body, position)
        if match is None:
            return None
        position = match.end()
        kind = match.lastgroup
        if kind == "stop":
            if len(held) != (2 if subject else 3):
                return None
            patterns.append((subject or held[0], held[-2], held[-1]))
            subject = patterns[-1][0] if match["stop"] == ";" else ""
            held = []
            continue
        names = names or kind in {"name", "literal"}
        held.append(match.group().strip())
    if held:
        if len(held) != (2 if subject else 3):
            return None
        patterns.append((subject or held[0], held[-2], held[-1]))
    elif subject:
        return None
    return (patterns, names) if 0 < len(patterns) <= MAX_PATTERNS else None


def _is_bounded(patterns: list[tuple[str, str, str]]) -> bool:
    seen: set[str] = set()
    given = followed = open_predicates = 0
    for subject, predicate, object_ in patterns:
        if subject[0] in "?$":
            if len(patterns) > 1:
                followed += 1
                if subject not in seen or predicate[0] in "?$":
                    return False
            elif subject in (predicate, object_):
                return False
        else:
            given += 1
        open_predicates += predicate[0] in "?$"
        for term in (predicate, object_):
            if term[0] in "?$":
                if term in seen:
                    return False
                seen.add(term)
    if followed:
        return followed <= 2 and given <= 3 and open_predicates <= 1
    return open_predicates <= 1


class _Full(Exception):
    """The output limit is reached."""


class _Bounded:
    """A binary file that takes so many bytes and no more."""

    def __init__(self, size: int) -> None:
        self.data = bytearray()
        self._size = size

    def write(self, data: bytes) -> int:
        """Take data."""
        self.data += data
        if len(self.data) > self._size:
            raise _Full
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""


def answer(
    store: ox.Store, text: str, lookup: Lookup, extension: str, *, union: bool
) -> bytes | None:
    """Answer a look-up in this process.

    Args:
        store: The revision to ask.
        text: The query.
        lookup: What :func:`classify` said of it.
        extension: File extension of the result format.
        union: Whether the default graph is the union of all graphs.

    Returns:
        The serialised result, or ``None`` when it grew larger than a look-up's.

    Raises:
        SyntaxError: It does not parse after all.
    """
    import pyoxigraph as ox

    results = store.query(
        text,
        prefixes=dict(PREFIXES) if lookup.needs_prefixes else None,
        use_default_graph_as_union=union,
    )
    out = _Bounded(MAX_OUTPUT)
    stream = cast("IO[bytes]", out)
    try:
        if isinstance(results, ox.QueryTriples):
            form = ox.RdfFormat.from_extension(extension)
            ox.serialize(results, stream, form, prefixes=dict(PREFIXES))
        else:
            results.serialize(stream, format=ox.QueryResultsFormat.from_extension(extension))
    except _Full:
        return None
    return bytes(out.data)
