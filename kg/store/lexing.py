"""SPARQL text, read lexically: enough to know what a request would do before an engine sees it.

Strings, comments, IRIs and escaped names are told apart from words and brackets exactly as the
SPARQL 1.1 grammar's terminals do (longest match), so a keyword inside a literal is not taken for
one, and a keyword that follows a number without a space is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

# A string with any other escape is none to the engine, which then looks for a shorter one.
_ESCAPED: Final = (
    r"""\\(?:[tbnrf"'\\]|u(?![dD][89abAB])[0-9A-Fa-f]{4}|U00(?:0(?!0[dD][89abAB])|10)[0-9A-Fa-f]{4})"""
)
_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s+|\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*(?:\\u[0-9A-Fa-f]{4}[^<>"{}|^`\\\x00-\x20]*
              |\\U[0-9A-Fa-f]{8}[^<>"{}|^`\\\x00-\x20]*)*>)
    | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|ESCAPED))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|ESCAPED))*'''
        |"(?:[^"\\\n\r]|ESCAPED)*"|'(?:[^'\\\n\r]|ESCAPED)*')
    | (?P<name>(?:[^\W\d_](?:[\w.\-\u00b7]*[\w\-\u00b7])?)?
        :(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:\-\u00b7]|%[0-9A-Fa-f]{2}|\\.)*
           (?:[\w:\-\u00b7]|%[0-9A-Fa-f]{2}|\\.))?)?)
    | (?P<blank>_:\w(?:[\w.\-\u00b7]*[\w\-\u00b7])?)
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<other>.)
    """.replace("ESCAPED", _ESCAPED),
    re.VERBOSE | re.DOTALL,
)
# Everything that may hide brackets or words, for texts too long to be read token by token.
_HIDING: Final = re.compile(
    r"""\#[^\n\r]*|<[^<>"{}|^`\x00-\x20]*>|\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\"
    |'''(?:'{0,2}(?:[^'\\]|\\.))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|\\.""",
    re.VERBOSE | re.DOTALL,
)
_BRACKET: Final = re.compile(r"[(){}\[\]]")
_NOTABLE: Final = re.compile(
    r"SERVICE|LOAD|FROM|USING|WITH|NOW|RAND|UUID|BNODE", re.IGNORECASE
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LONG: Final = 200_000
_KEPT: Final = 10_000
_QUERY_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATE_FORMS: Final = frozenset(
    {"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
)
_FRESH: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"})


class Token(NamedTuple):
    """One terminal: its kind (a group of the pattern above), text and place in the request."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What a SPARQL request is and names, told from its text alone.

    Args:
        form: ``SELECT``, ``ASK``, ``CONSTRUCT``, ``DESCRIBE``, ``UPDATE``, or empty.
        depth: Deepest nesting of brackets.
        keywords: Upper-case words found outside strings, comments, IRIs and names. For very long
            texts only the words that matter to callers.
    """

    form: str
    depth: int
    keywords: frozenset[str]

    @property
    def states_dataset(self) -> bool:
        """Whether the request chooses its own dataset (FROM)."""
        return "FROM" in self.keywords

    @property
    def repeatable(self) -> bool:
        """Whether the same data always give the same answer."""
        return not (self.keywords & _FRESH)


def tokens(text: str) -> Iterator[Token]:
    """The terminals of a request, white space and comments left out.

    Example:
        >>> [token.text for token in tokens("ASK {?s :p 'a # b'} # end")]
        ['ASK', '{', '?s', ':p', "'a # b'", '}']
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield Token(kind, match.group(), match.start(), match.end())


def replaced(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """A text with other words in some places.

    Args:
        text: The text.
        pieces: Start, end and what stands there instead, in the order of the text.

    Example:
        >>> replaced("ASK { ?s :p 1 }", [(6, 8, "?x"), (12, 13, "2")])
        'ASK { ?x :p 2 }'
    """
    parts, last = [], 0
    for start, end, new in pieces:
        parts += [text[last:start], new]
        last = end
    return "".join([*parts, text[last:]])


def outline(text: str) -> Outline:
    """Read a request's form, depth and keywords. Cost: about 1 µs per token, kept for repeats.

    What is kept is bounded, so long texts are not.

    Example:
        >>> sorted(outline("PREFIX e: <http://e/> SELECT * FROM e:g {?s ?p 'LOAD'}").keywords)
        ['FROM', 'PREFIX', 'SELECT']
    """
    if len(text) > _KEPT:
        return _long_outline(text) if len(text) > _LONG else _outline(text)
    return _kept_outline(text)


@lru_cache(maxsize=512)
def _kept_outline(text: str) -> Outline:
    return _outline(text)


def _outline(text: str) -> Outline:
    depth = deepest = 0
    form = ""
    words = set()
    for kind, word, _, _ in tokens(text):
        if kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "word":
            upper = word.upper()
            words.add(upper)
            if not form:
                form = _form(upper)
    return Outline(form, deepest, frozenset(words))


def _form(word: str) -> str:
    if word in _QUERY_FORMS:
        return word
    return "UPDATE" if word in _UPDATE_FORMS else ""


def _long_outline(text: str) -> Outline:
    bare = _HIDING.sub(" ", text)
    depth = deepest = 0
    for match in _BRACKET.finditer(bare):
        if match.group() in "({[":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(0, depth - 1)
    form = next(
        (found for token in tokens(text[:_LONG]) if token.kind == "word"
         and (found := _form(token.text.upper()))),
        "",
    )
    if not _NOTABLE.search(bare):
        return Outline(form, deepest, frozenset())
    words = frozenset(token.text.upper() for token in tokens(text) if token.kind == "word")
    return Outline(form, deepest, words)


def written_graphs(update: str, prefixes: Mapping[str, str]) -> frozenset[str | None] | None:
    """Graphs that an update may change, told from its text.

    Args:
        update: SPARQL update.
        prefixes: Prefixes it may use without declaring them.

    Returns:
        Graph IRIs, ``None`` among them for the default graph; ``None`` instead of a set when any
        graph may change. Graphs that are only read may be among them.

    Example:
        >>> written_graphs("INSERT DATA { GRAPH <http://e/g> { <a> <b> 1 } }", {}) == {
        ...     "http://e/g", None}
        True
        >>> written_graphs("CLEAR ALL", {}) is None
        True
    """
    if len(update) > _LONG:
        return None
    known = dict(prefixes)
    found: set[str | None] = {None}
    listed = list(tokens(update))
    for index, token in enumerate(listed[:-1]):
        if token.kind != "word":
            continue
        word, following = token.text.upper(), listed[index + 1]
        if word in {"ALL", "NAMED", "BASE"} or (word == "GRAPH" and following.kind == "variable"):
            return None
        if word == "PREFIX" and index + 2 < len(listed):
            known[following.text[:-1]] = listed[index + 2].text[1:-1]
        elif word in {"GRAPH", "WITH", "TO", "ADD", "MOVE", "COPY", "INTO", "SILENT"}:
            if following.kind == "iri":
                found.add(following.text[1:-1])
            elif following.kind == "name":
                prefix, _, local = following.text.partition(":")
                if prefix not in known or "\\" in local or "%" in local:
                    return None
                found.add(known[prefix] + local)
    if listed and listed[-1].text.upper() in {"ALL", "NAMED"}:
        return None
    if any(name is not None and (not _SCHEME.match(name) or "\\" in name) for name in found):
        return None  # relative to a base, or escaped
    return frozenset(found)
