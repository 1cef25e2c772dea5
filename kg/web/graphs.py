"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by ``?graph=IRI``, by ``?default``, or directly: ``/graphs/NAME`` is the graph
whose IRI is that address.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from flask import Blueprint, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kg.errors import InputError, MethodNotAllowed, UnsupportedMediaType
from kg.identifiers import is_absolute_iri
from kg.sparql import formats, guard
from kg.sparql.formats import GRAPHS, Format
from kg.web import sparql
from kg.web.access import require_write
from kg.web.bodies import require_length
from kg.web.protocol import UPDATE

if TYPE_CHECKING:
    from kg.store.receipts import Receipt

blueprint = Blueprint("graphs", __name__)

_METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")
_PATH_SAFE: Final = "/:@!$&'()*+,;=~"
_MULTIPART: Final = "multipart/form-data"


@blueprint.route("/graphs", methods=list(_METHODS))
@blueprint.route("/graphs/<path:name>", methods=list(_METHODS))
def graphs(name: str | None = None) -> Response:
    """Read, replace, extend, change or delete a graph."""
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(_METHODS)})
    named, graph = _identified(name)
    if request.method in {"GET", "HEAD"}:
        return _read(graph, everything=not named)
    require_write()
    require_length()
    with sparql.body_held():
        return _written(graph, named=named)


def _written(graph: str | None, *, named: bool) -> Response:
    if not named:
        if request.method != "POST":
            raise MethodNotAllowed(
                "say which graph: ?default, ?graph=IRI or /graphs/NAME",
                allowed=("GET", "HEAD", "POST", "OPTIONS"),
            )
        return _create()
    match request.method:
        case "PUT" | "POST":
            return _load(request.method.lower(), graph)
        case "PATCH":
            return _patch(graph)
        case _:
            return _done(_write("delete", graph), 204)


def _identified(name: str | None) -> tuple[bool, str | None]:
    """Whether the request names a graph, and its IRI (``None`` for the default graph)."""
    wanted = request.args.getlist("graph")
    default = "default" in request.args
    if name is not None:
        if wanted or default:
            raise InputError("the address is a graph itself; it takes no ?graph= and no ?default")
        # The graph's IRI is the address as it was sent: what had to be escaped stays escaped.
        return True, sparql.public_root() + quote(request.path, safe=_PATH_SAFE)
    if default and wanted:
        raise InputError("either ?default or ?graph=, not both")
    if len(wanted) > 1:
        raise InputError("?graph= is given several times; once is enough")
    if default:
        if request.args["default"]:
            raise InputError("?default takes no value")
        return True, None
    if not wanted:
        return False, None
    if not is_absolute_iri(wanted[0]):
        raise InputError("?graph= must be an absolute IRI", iri=wanted[0][:200])
    return True, wanted[0]


def _read(graph: str | None, *, everything: bool) -> Response:
    offered = tuple(item for item in GRAPHS if item.datasets) if everything else GRAPHS
    accept, override = request.headers.get("Accept", ""), request.args.get("format") or None
    if override:
        formats.known_format(override)
    chosen = formats.choose(accept, override, offered)
    if chosen is None:
        raise formats.not_acceptable(offered, override or accept)
    answer = sparql.service().graph(graph, chosen, everything=everything)
    tag = answer.etag.removeprefix("W/").strip('"')
    if tag and request.if_none_match.contains_weak(tag):
        if answer.stream is not None:
            answer.stream.close()
        return sparql.labelled(Response(status=304), answer)
    body: Any = answer.body if answer.body is not None else answer.chunks()
    return sparql.labelled(Response(body, content_type=answer.content_type), answer)


def _load(operation: str, graph: str | None) -> Response:
    receipt = _write(operation, graph, _bodies())
    return _done(receipt, 204 if receipt.existed else 201)


def _create() -> Response:
    graph = f"{sparql.public_root()}/graphs/{secrets.token_hex(8)}"
    receipt = _write("post", graph, _bodies(), conditional=False)
    response = _done(receipt, 201)
    response.headers["Location"] = graph
    return response


def _patch(graph: str | None) -> Response:
    _check_charset(request.mimetype_params)
    if request.mimetype != UPDATE:
        raise UnsupportedMediaType(f"PATCH takes {UPDATE}, not {request.mimetype or 'no type'}")
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the body is not UTF-8: {error}") from None
    guard.inspect(text, update=True)
    receipt = sparql.service().changes.write(
        {"op": "patch", "graph": graph, "text": text, "base": graph or sparql.endpoint_address(),
         "message": "patch of a graph", **_preconditions()}
    )
    return _done(receipt, 204 if receipt.existed else 201)


def _done(receipt: Receipt, status: int) -> Response:
    return Response(status=status, headers={"X-Revision": receipt.revision})


def _write(
    operation: str,
    graph: str | None,
    parts: Sequence[tuple[Format, bytes]] = (),
    *,
    conditional: bool = True,
) -> Receipt:
    return sparql.service().changes.write(
        {
            "op": operation,
            "graph": graph,
            "parts": [(form.extension, len(part)) for form, part in parts],
            "base": graph or sparql.endpoint_address(),
            "message": f"{operation} of {graph or 'the default graph'}",
            **(_preconditions() if conditional else {}),
        },
        b"".join(part for _, part in parts),
    )


def _preconditions() -> dict[str, list[str]]:
    """Entity tags that the request supposes, as a write process compares them."""
    found = {}
    for name, tags in (("if_match", request.if_match), ("if_none_match", request.if_none_match)):
        if name.replace("_", "-").title() in request.headers:
            found[name] = ["*"] if tags.star_tag else sorted(tags.as_set(include_weak=True))
    return found


def _bodies() -> list[tuple[Format, bytes]]:
    if request.mimetype == _MULTIPART:
        files = [item for _, item in request.files.items(multi=True)]
        if not files:
            raise InputError("the form holds no file")
        return [(_file_format(item), item.read()) for item in files]
    _check_charset(request.mimetype_params)
    body = request.get_data()
    if not request.mimetype:
        return [(_guessed(body), body)]
    chosen = formats.named(request.mimetype, GRAPHS)
    if chosen is None:
        raise _unknown(request.mimetype)
    return [(chosen, body)]


def _check_charset(parameters: Mapping[str, str]) -> None:
    charset = parameters.get("charset", "utf-8")
    if charset.lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"requests are read as UTF-8, not {charset[:40]}")


def _file_format(item: FileStorage) -> Format:
    _check_charset(item.mimetype_params)
    extension = (item.filename or "").rpartition(".")[2]
    chosen = formats.named(item.mimetype or "", GRAPHS) or formats.named(extension, GRAPHS)
    if chosen is None:
        raise _unknown(item.mimetype or extension)
    return chosen


def _guessed(body: bytes) -> Format:
    # Without a Content-Type, RDF/XML is what the protocol has in mind; Turtle what people send.
    start = body[:200].lstrip()
    is_xml = start.startswith((b"<?xml", b"<rdf:", b"<RDF"))
    chosen = formats.named("rdfxml" if is_xml else "turtle", GRAPHS)
    assert chosen is not None
    return chosen


def _unknown(media_type: str) -> UnsupportedMediaType:
    names = ", ".join(item.media_type for item in GRAPHS)
    return UnsupportedMediaType(f"graphs are sent as {names}, not {media_type}")
