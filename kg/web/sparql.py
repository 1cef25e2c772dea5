"""``/sparql``: the SPARQL 1.1 Protocol, an editor for people, and the service description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Flask, current_app, render_template, request
from werkzeug.wrappers import Response

from kg.errors import KGError, PayloadTooLarge
from kg.identifiers import compact
from kg.sparql import formats, guard
from kg.sparql.asking import Answer, Question
from kg.sparql.formats import GRAPHS, RESULTS, TABLE
from kg.sparql.service import QueryService
from kg.web import headers, protocol, state
from kg.web.access import may_write, require_write
from kg.web.addresses import local_path
from kg.web.bodies import require_length
from kg.web.metrics import counters
from kg.web.request_log import note
from kg.web.shortcut import FOUND, Shortcut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from kg.sparql.formats import Format
    from kg.web.protocol import Operation

blueprint = Blueprint("sparql", __name__)

_KEY: Final = "equipoise-sparql"
_SHOWN_ROWS: Final = 1_000
_FIRST_QUERY: Final = """# Cases that undermine a target, with the party that says so
SELECT ?case ?title ?target ?who WHERE {
  ?link rdf:subject ?case ; rdf:predicate eq:undermines ; rdf:object ?target ;
        prov:wasAttributedTo ?who .
  ?case dcterms:title ?title
}
ORDER BY ?title
LIMIT 50"""
"""What stands in the editor of a newcomer."""


@blueprint.record_once
def _install(setup: Any) -> None:
    app: Flask = setup.app
    service = QueryService(state.of(app).store, state.of(app).settings)
    app.extensions[_KEY] = service
    app.jinja_env.globals["local"] = local_path
    app.jinja_env.filters["short"] = compact
    app.jinja_env.filters["weblink"] = _weblink
    headers.install(app)
    app.wsgi_app = Shortcut(app.wsgi_app, service)  # type: ignore[method-assign]
    if service.is_embedded:
        service.pool.warm()


def service() -> QueryService:
    """The query service of the application that answers this request."""
    found: QueryService = current_app.extensions[_KEY]
    return found


def of(app: Flask) -> QueryService:
    """The query service of an application, outside a request."""
    found: QueryService = app.extensions[_KEY]
    return found


@blueprint.route("/sparql", methods=["GET", "POST", "OPTIONS"])
def sparql() -> Response:
    """Query, update, or describe the service."""
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
    with service().changes.holding(_size(_longest_body())):
        operation = protocol.read(
            request.method,
            request.query_string.decode("latin-1"),
            request.headers.get("Content-Type", ""),
            request.get_data(),
        )
        if operation.kind == "describe":
            return _front(operation)
        operation = protocol.untangled(operation, service().has_graph)
        if operation.kind == "update":
            return _update(operation)
    _check_length(operation)
    return answered(operation)


def _longest_body() -> int:
    """How much of a body is read: only who may write may send much."""
    settings = state.settings()
    if request.mimetype == protocol.UPDATE:
        require_write()
        return settings.request_bytes
    if request.mimetype != protocol.FORM:
        return min(settings.query_text, settings.request_bytes)
    encoded = settings.request_bytes if may_write() else 3 * settings.query_text + 65_536
    return min(encoded, settings.request_bytes)


def _size(longest: int) -> int:
    request.max_content_length = longest
    if request.content_length is not None:
        return min(longest, request.content_length)
    return 0 if request.method in {"GET", "HEAD"} else longest


def _check_length(operation: Operation) -> None:
    longest = state.settings().query_text
    if len(operation.text) > longest:
        raise PayloadTooLarge(f"the query is longer than the {longest:,} bytes allowed here")


def body_held() -> AbstractContextManager[None]:
    """Read the request's body only while this is held: the bodies of a service are bounded.

    Raises:
        QueueFull: Too many large ones are held already.
    """
    return service().changes.holding(_size(state.settings().request_bytes))


def endpoint_address() -> str:
    """This service's own address, against which relative IRIs are resolved."""
    return public_root() + "/sparql"


def public_root() -> str:
    """Scheme and host that clients see, without a slash at the end."""
    return state.settings().base_url.rstrip("/") or request.host_url.rstrip("/")


def answered(operation: Operation) -> Response:
    """The answer to a query, in the format wanted, or 304."""
    if _wants_table(operation):
        return _table(operation)
    question = _question(operation)
    counters().count("query")
    try:
        answer = _answer(question)
    except KGError as error:
        counters().failed(error)
        raise
    note(counters(), question.text, answer)
    if request.method == "POST":
        answer.etag = ""  # the address says nothing of what was asked
    tag = answer.etag.removeprefix("W/").strip('"')
    if tag and request.if_none_match.contains_weak(tag):
        if answer.stream is not None:
            answer.stream.close()
        return labelled(Response(status=304), answer)
    body: bytes | Iterator[bytes]
    body = answer.body if answer.body is not None else _counted(answer)
    return labelled(Response(body, content_type=answer.content_type), answer)


def _answer(question: Question) -> Answer:
    found = request.environ.pop(FOUND, None)  # the short way has asked already
    if isinstance(found, KGError):
        raise found
    return found if isinstance(found, Answer) else service().answer(question)


def labelled(response: Response, answer: Answer) -> Response:
    """Put the validators on an answer; one without may not be kept."""
    if answer.etag:
        response.headers["ETag"] = answer.etag
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "Accept")
    return response


def _counted(answer: Answer) -> Iterator[bytes]:
    yield from answer.chunks()


def _question(operation: Operation, *, override: str | None = None) -> Question:
    return Question(
        operation.text,
        request.headers.get("Accept", ""),
        override or operation.override,
        operation.default_graphs,
        operation.named_graphs,
        endpoint_address(),
    )


def _wants_table(operation: Operation) -> bool:
    if operation.override:
        return operation.override.lower() == TABLE.name
    accept = request.headers.get("Accept", "")
    return "html" in accept and formats.negotiate(accept, (*RESULTS, *GRAPHS, TABLE)) is TABLE


def _table(operation: Operation) -> Response:
    """Results as a page, with the query ready to be changed."""
    import json

    page: dict[str, Any] = {"query": operation.text, "examples": _examples()}
    status = 200
    extra: dict[str, str] = {}
    try:
        outline = guard.inspect(operation.text)
        is_graph = outline.form in {"CONSTRUCT", "DESCRIBE"}
        question = _question(operation, override="turtle" if is_graph else "json")
        answer = service().answer(question)
        note(counters(), question.text, answer)
        text = _up_to(answer, 4_000_000)
        page["seconds"] = answer.seconds
        if text is None:
            page["too_large"] = True
        elif is_graph:
            page["turtle"] = text.decode()
        else:
            found = json.loads(text)
            if "boolean" in found:
                page["boolean"] = found["boolean"]
            else:
                rows = found["results"]["bindings"]
                page |= {"names": found["head"]["vars"], "rows": rows[:_SHOWN_ROWS],
                         "row_count": len(rows), "shown": _SHOWN_ROWS}
    except KGError as error:
        counters().failed(error)
        page["error"] = error.to_problem()
        status = error.status
        extra = dict(error.headers())
    response = Response(
        render_template("sparql.html", **page), status=status, content_type=TABLE.content_type
    )
    response.headers.update(extra)
    response.headers.add("Vary", "Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _weblink(iri: str) -> str:
    """An IRI as a link target, if it is one that a browser may follow."""
    return iri if iri.startswith(("http://", "https://")) else ""


def _up_to(answer: Answer, size: int) -> bytes | None:
    data = bytearray()
    for chunk in answer.chunks():
        data += chunk
        if len(data) > size:
            if answer.stream is not None:
                answer.stream.close()
            return None
    return bytes(data)


def _front(operation: Operation) -> Response:
    """A bare GET: the editor for a browser, the service description for everybody else."""
    from kg.web.description import service_description

    accept = request.headers.get("Accept", "")
    offered = (*GRAPHS, TABLE)
    chosen = formats.choose(accept, operation.override, offered)
    if chosen is None:
        raise formats.not_acceptable(offered, operation.override or accept)
    if chosen is TABLE:
        response = Response(
            render_template("sparql.html", query=_FIRST_QUERY, examples=_examples()),
            content_type=TABLE.content_type,
        )
    else:
        response = Response(
            service_description(service(), endpoint_address(), chosen),
            content_type=chosen.content_type,
        )
        validated(response, chosen)
    response.headers.add("Vary", "Accept")
    return response


def validated(response: Response, chosen: Format) -> Response:
    """Label an answer with the revision it comes from, and shorten it to 304 if known."""
    revision = state.store().revision
    if revision.number:
        response.headers["ETag"] = service().etag(revision, chosen.name)
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
    return response


def _examples() -> list[dict[str, str]]:
    from kg.sparql.library import questions

    return [
        {"title": item.title, "text": item.example()} for item in questions()
    ]


def _update(operation: Operation) -> Response:
    require_write()
    require_length()
    guard.inspect(operation.text, update=True)
    if not state.settings().service_allow.strip():
        guard.refuse_calls(guard.calls(operation.text))
    counters().count("update")
    receipt = service().changes.write(
        {
            "op": "update",
            "text": operation.text,
            "base": endpoint_address(),
            "using": list(operation.default_graphs),
            "using_named": list(operation.named_graphs),
            "service_timeout": state.settings().service_timeout,
            "message": "SPARQL update",
        }
    )
    return Response(status=204, headers={"X-Revision": receipt.revision})
