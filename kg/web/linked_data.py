"""Linked data: every IRI the graph mints is an address here that answers as HTML or RDF.

``https://w3id.org/equipoise/id/…`` is ``/id/…`` on this server, and so for datasets, the ontology
and the goals and targets. A resource's description is what the graph says with it as subject, and
the labels of what it mentions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kg import vocabulary as v
from kg.errors import NotFound
from kg.sparql import formats
from kg.sparql.asking import Question
from kg.sparql.formats import GRAPHS, TABLE, Format
from kg.web import sparql
from kg.web.addresses import iri_of

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("linked_data", __name__)

_OFFERED: Final = (TABLE, *GRAPHS)
_DESCRIBE: Final = """
CONSTRUCT {{ <{iri}> ?p ?o . ?o rdfs:label ?label . ?link ?lp ?lo }} WHERE {{
  {{ <{iri}> ?p ?o OPTIONAL {{ ?o rdfs:label|skos:prefLabel ?label }} }}
  UNION {{ ?link a eq:Link ; rdf:subject <{iri}> ; ?lp ?lo }}
}}
"""


@blueprint.get("/id/<path:rest>")
@blueprint.get("/sdg/<path:rest>")
def thing(rest: str) -> Response:  # noqa: ARG001 - the IRI is made of the whole path
    """A thing: its page or its RDF."""
    return _resource(_requested_iri())


@blueprint.get("/dataset/<path:rest>")
def dataset(rest: str) -> Response:
    """A dataset: its record as a page or RDF, its content by ``?content``."""
    iri = _requested_iri()
    if "content" in request.args:
        return _whole_graph(iri)
    del rest
    return _resource(iri)


@blueprint.get("/ontology")
def ontology() -> Response:
    """The ontology: a page, or all of its graph."""
    from kg.web import ontology_page

    chosen = _chosen()
    if chosen is TABLE:
        return _page(ontology_page.page)
    return _whole_graph(v.ONTOLOGY_GRAPH, chosen)


@blueprint.get("/ontology/<version>")
def ontology_version(version: str) -> Response:
    """The ontology by the IRI of its version; only the version in the store is here."""
    current = f"ASK {{ <{v.ONTOLOGY}> owl:versionIRI <{_requested_iri()}> }}"
    if not bool(sparql.service().store.query(current)):
        raise NotFound(f"version {version} of the ontology is not here")
    return ontology()


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The datasets in VoID and DCAT."""
    from kg.web.description import void_description

    accept = request.headers.get("Accept", "")
    chosen = formats.choose(accept, request.args.get("format") or None, GRAPHS)
    # A browser gets Turtle, which it can show, rather than a refusal.
    chosen = chosen or (GRAPHS[0] if "text/html" in accept else None)
    if chosen is None:
        raise formats.not_acceptable(GRAPHS, accept)
    response = Response(
        void_description(sparql.service(), sparql.public_root(), chosen),
        content_type=chosen.content_type,
    )
    return _validated(response, chosen)


def _requested_iri() -> str:
    iri = iri_of(request.path)
    if iri is None or any(character in iri for character in '<>"{}|\\^` ') or not iri.isprintable():
        raise NotFound(f"there is nothing at {request.path}")
    return iri


def _chosen() -> Format:
    override = request.args.get("format") or None
    accept = request.headers.get("Accept", "")
    if override:
        formats.known_format(override)
    elif accept in {"", "*/*"}:
        return GRAPHS[0]
    chosen = formats.choose(accept, override, _OFFERED)
    if chosen is None:
        raise formats.not_acceptable(_OFFERED, override or accept)
    return chosen


def _resource(iri: str) -> Response:
    chosen = _chosen()
    if chosen is TABLE:
        from kg.web import entities

        return _page(lambda: entities.page(iri))
    service = sparql.service()
    if not bool(service.store.query(f"ASK {{ <{iri}> ?p ?o }}")):
        raise NotFound(f"the graph says nothing about <{iri}>")
    answer = service.answer(Question(_DESCRIBE.format(iri=iri), override=chosen.name))
    body: Any = answer.body if answer.body is not None else answer.chunks()
    response = Response(body, content_type=answer.content_type)
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return _validated(response, chosen)


def _whole_graph(iri: str, chosen: Format | None = None) -> Response:
    chosen = chosen or _chosen()
    if chosen is TABLE:
        chosen = GRAPHS[0]
    answer = sparql.service().graph(iri, chosen)
    body: Any = answer.body if answer.body is not None else answer.chunks()
    return _validated(Response(body, content_type=answer.content_type), chosen)


def _page(render: Callable[[], str]) -> Response:
    return _validated(Response(render(), content_type=TABLE.content_type), TABLE)


def _validated(response: Response, chosen: Format) -> Response:
    response.headers.add("Vary", "Accept")
    return sparql.validated(response, chosen)
