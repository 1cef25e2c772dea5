"""Reading SPARQL 1.1 Protocol requests: which operation, which text, which dataset.

Sections 2.1 (query) and 2.2 (update) of the Protocol, and nothing more lenient: whoever sends
something else learns at once what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs

from kg.errors import InputError, MethodNotAllowed, UnsupportedMediaType
from kg.identifiers import is_absolute_iri
from kg.sparql.formats import is_known

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_QUERY_DATASET: Final = ("default-graph-uri", "named-graph-uri")
_UPDATE_DATASET: Final = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True, slots=True)
class Operation:
    """One protocol operation.

    Args:
        kind: ``query``, ``update``, or ``describe`` for a bare GET.
        text: SPARQL.
        default_graphs: ``default-graph-uri`` or ``using-graph-uri``.
        named_graphs: ``named-graph-uri`` or ``using-named-graph-uri``.
        override: ``format``, which wins over the ``Accept`` header.
    """

    kind: str
    text: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    override: str | None = None


def read(method: str, query_string: str, content_type: str, body: bytes) -> Operation:
    """The operation that a request asks for.

    Args:
        method: HTTP method.
        query_string: What follows ``?``, undecoded.
        content_type: ``Content-Type`` header.
        body: Request body.

    Raises:
        InputError: Parameters are missing, repeated or do not go together.
        MethodNotAllowed: The method is not GET, HEAD or POST, or an update came by GET.
        UnsupportedMediaType: The body is none of the three kinds the Protocol knows.
    """
    url = _parameters(query_string.encode("latin-1", "replace"), "query string")
    if method in {"GET", "HEAD"}:
        if "update" in url:
            raise MethodNotAllowed("updates are sent by POST", allowed=("POST",))
        if "query" not in url:
            _refuse_strays(url)
            return Operation("describe", override=_format(url))
        return _query(_single(url, "query"), url)
    if method != "POST":
        raise MethodNotAllowed(
            f"/sparql answers GET, HEAD and POST, not {method}",
            allowed=("GET", "HEAD", "POST", "OPTIONS"),
        )
    media, charset = _media_type(content_type)
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"requests are read as UTF-8, not {charset}")
    if media == FORM:
        return _form(url, body)
    if media not in {QUERY, UPDATE}:
        raise UnsupportedMediaType(
            f"POST to /sparql takes {FORM}, {QUERY} or {UPDATE}, not {media or 'no type at all'}"
        )
    for name in ("query", "update"):
        if name in url:
            raise InputError(f"the body is {media}, and the address has {name}=, too")
    text = _decoded(body, "body")
    return _query(text, url) if media == QUERY else _update(text, url)


def untangled(operation: Operation, is_graph: Callable[[str], bool]) -> Operation:
    """The operation with graph parameters apart that a client encoded into one another.

    ``named-graph-uri=A%26named-graph-uri%3DB`` names one graph with an odd name, by the letter.
    Clients that encode a list of parameters once too often mean two (and so does a test of the
    W3C suite); they get them, unless there is a graph of the odd name.

    Args:
        operation: As it was read.
        is_graph: Whether the store has a graph of that name.

    Example:
        >>> odd = read("GET", "query=ASK{}&named-graph-uri=urn:a%26named-graph-uri=urn:b", "", b"")
        >>> untangled(odd, lambda name: False).named_graphs
        ('urn:a', 'urn:b')
    """
    default, named = _UPDATE_DATASET if operation.kind == "update" else _QUERY_DATASET
    return replace(
        operation,
        default_graphs=_apart(operation.default_graphs, default, is_graph),
        named_graphs=_apart(operation.named_graphs, named, is_graph),
    )


def _apart(
    values: tuple[str, ...], name: str, is_graph: Callable[[str], bool]
) -> tuple[str, ...]:
    mark = f"&{name}="
    if not any(mark in value for value in values):
        return values
    found: list[str] = []
    for value in values:
        parts = value.split(mark)
        whole = not all(map(is_absolute_iri, parts)) or is_graph(value)
        found += [value] if whole else parts
    return tuple(found)


def _form(url: Mapping[str, list[str]], body: bytes) -> Operation:
    form = _parameters(body, "form")
    for name in ("query", "update"):
        if name in url:
            raise InputError(f"{name}= belongs into the form, not into the address")
    merged = {name: [*url.get(name, []), *form.get(name, [])] for name in {*url, *form}}
    if "query" in form and "update" in form:
        raise InputError("a request has either query= or update=, not both")
    if "update" in form:
        return _update(_single(form, "update"), merged)
    if "query" in form:
        return _query(_single(form, "query"), merged)
    raise InputError("the form has neither query= nor update=")


def _query(text: str, parameters: Mapping[str, list[str]]) -> Operation:
    _refuse(parameters, _UPDATE_DATASET, "a query")
    _one(parameters, "version")  # SPARQL 1.2: at most one, and ours reads them all alike
    default, named = (_iris(parameters, name) for name in _QUERY_DATASET)
    return Operation("query", text, default, named, _format(parameters))


def _update(text: str, parameters: Mapping[str, list[str]]) -> Operation:
    _refuse(parameters, _QUERY_DATASET, "an update")
    _one(parameters, "version")
    default, named = (_iris(parameters, name) for name in _UPDATE_DATASET)
    return Operation("update", text, default, named)


def _refuse(parameters: Mapping[str, list[str]], names: Sequence[str], what: str) -> None:
    for name in names:
        if name in parameters:
            raise InputError(f"{what} does not take {name}=")


def _refuse_strays(parameters: Mapping[str, list[str]]) -> None:
    _refuse(parameters, (*_QUERY_DATASET, *_UPDATE_DATASET), "a request without query=")


def _parameters(data: bytes, where: str) -> dict[str, list[str]]:
    try:
        return parse_qs(
            data.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=2_000,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError(f"the {where} is not URL-encoded UTF-8: {error}") from None


def _single(parameters: Mapping[str, list[str]], name: str) -> str:
    values = parameters[name]
    if len(values) > 1:
        raise InputError(f"{name}= is given {len(values)} times; once is enough")
    return values[0]


def _format(parameters: Mapping[str, list[str]]) -> str | None:
    """The first ``format`` we know: clients that cannot tell servers apart send several names."""
    values = [value for value in parameters.get("format", []) if value]
    return next((value for value in values if is_known(value)), values[0] if values else None)


def _one(parameters: Mapping[str, list[str]], name: str) -> str | None:
    values = [value for value in parameters.get(name, []) if value]
    if len(values) > 1:
        raise InputError(f"{name}= is given {len(values)} times; once is enough")
    return values[0] if values else None


def _iris(parameters: Mapping[str, list[str]], name: str) -> tuple[str, ...]:
    values = tuple(parameters.get(name, ()))
    for value in values:
        if not is_absolute_iri(value):
            raise InputError(f"{name}={value[:200]!r} is not an absolute IRI", iri=value[:200])
    return values


def _media_type(header: str) -> tuple[str, str]:
    media, _, rest = header.partition(";")
    charset = ""
    for parameter in rest.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return media.strip().lower(), charset


def _decoded(body: bytes, where: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the {where} is not UTF-8: {error}") from None
