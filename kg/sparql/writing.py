"""Updates and uploads, as they run in a process of their own.

The process takes the store's lock, writes into a private copy and publishes it. Killed before that,
it leaves nothing; killed after, it leaves a receipt.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError, NotFound, ParseError, PreconditionFailed, QueryError
from kg.sparql.memory import confine, confinement_ends
from kg.store.lexing import Token, outline, replaced, tokens
from kg.store.snapshot import syntax_error
from kg.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.writer import EmbeddedWriter

_ENTITY: Final = re.compile(rb"""<!ENTITY\s[^"'>]*("[^"]*|'[^']*)""", re.IGNORECASE)
_LONGEST_ENTITY: Final = 300
_LARGE: Final = 1_000_000
"""Bytes from which what is uploaded goes straight to new table files."""


def prepared(
    text: str, *, using: tuple[str, ...] = (), using_named: tuple[str, ...] = ()
) -> str:
    """An update as the engine is to see it.

    - ``using-graph-uri`` and ``using-named-graph-uri`` become USING clauses of every operation
      with a WHERE (SPARQL 1.1 Protocol, section 2.2.3).
    - Clearing a graph that is not there succeeds: it is empty already.

    Raises:
        QueryError: The update chooses its own dataset while the parameters choose one, too.

    Example:
        >>> prepared("DELETE WHERE { ?s ?p ?o }", using=("http://e/g",))
        'DELETE { ?s ?p ?o } USING <http://e/g> WHERE { ?s ?p ?o }'
    """
    stated = bool(using or using_named)
    words = outline(text).keywords
    if stated and words & {"USING", "WITH"}:
        raise QueryError(
            "the update says USING or WITH, and the request has using-graph-uri or "
            "using-named-graph-uri: only one of them may choose the graphs"
        )
    if not stated and "CLEAR" not in words:
        return text
    clause = "".join(f"USING <{iri}> " for iri in using)
    clause += "".join(f"USING NAMED <{iri}> " for iri in using_named)
    found = sorted(_insertions(text, clause))
    return replaced(text, ((place, place, extra) for place, extra in found))


def _insertions(text: str, clause: str) -> Iterator[tuple[int, str]]:
    listed = list(tokens(text))
    depth = 0
    for index, token in enumerate(listed):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth or token.kind != "word":
            continue
        word = token.text.upper()
        following = _word(listed, index + 1)
        if word == "CLEAR" and following == "GRAPH":
            yield token.end, " SILENT"
        elif word == "DELETE" and following == "WHERE" and clause:
            pattern = _group(text, listed, index + 2)
            yield token.end, f" {pattern} {clause.rstrip()}"
        elif word == "WHERE" and clause and _word(listed, index - 1) != "DELETE":
            yield token.start, clause


def _word(listed: list[Token], index: int) -> str:
    if 0 <= index < len(listed) and listed[index].kind == "word":
        return listed[index].text.upper()
    return ""


def _group(text: str, listed: list[Token], start: int) -> str:
    depth = 0
    for token in listed[start:]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return text[listed[start].start : token.end]
    return "{}"


def run_write(job: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """Do one write and publish it.

    Args:
        job: ``op`` is ``update`` (``text``, ``base``), ``put``, ``post``, ``patch`` (``text``) or
            ``delete``; for graphs ``graph`` (IRI, or ``None`` for the default graph),
            ``parts`` (extension of the RDF format and bytes of each), ``base``, and
            ``if_match`` and ``if_none_match`` (lists of entity tags). ``memory`` is what it may
            take on top of the opened store, in megabytes; ``order`` a name for its receipt.
        body: RDF for ``put`` and ``post``.

    Returns:
        The write's receipt.

    Raises:
        MemoryError: It takes more than it may; often the engine ends the process instead.
        KGError: It is refused or fails.
    """
    from kg.settings import load_settings
    from kg.store.embedded import EmbeddedStore

    settings = load_settings()
    store = EmbeddedStore(
        Path(job["store"]),
        lock_timeout=min(settings.lock_timeout, float(job["timeout"])),
        keep=settings.keep_revisions,
    )
    operation, order = job["op"], str(job["order"])
    message = str(job.get("message", operation))
    with confinement_ends(), store.writer(message, order=order) as write:
        confine(int(job["memory"]))  # publishing included
        if operation == "update":
            with _reaching(job) as text:
                write.update(text, base_iri=job["base"])
        else:
            write.existed = _change_graph(write, operation, job, body)
    receipt = store.receipt(order)
    assert receipt is not None
    return asdict(receipt)


def _change_graph(
    write: EmbeddedWriter, operation: str, job: Mapping[str, Any], body: bytes
) -> bool:
    import pyoxigraph as ox

    iri: str | None = job["graph"]
    name = ox.DefaultGraph() if iri is None else ox.NamedNode(iri)
    store = write.store
    existed = iri is None or store.contains_named_graph(ox.NamedNode(iri))
    known = operation == "post" and iri is not None and len(body) < _LARGE
    _check_preconditions(job, write.base_revision, existed=existed)
    if operation == "patch":
        _patch(store, name, job)
    elif operation == "delete":
        if not existed:
            raise NotFound(f"there is no graph <{iri}>")
        store.remove_graph(name)
    else:
        if operation == "put" and existed:
            store.clear_graph(name)
        if isinstance(name, ox.NamedNode):
            store.add_graph(name)
        for extension, part in _parts(job, body):
            quads = _parsed(part, extension, job["base"], name)
            if known:
                write.add(quads)
            else:
                (store.extend if len(part) < _LARGE else store.bulk_extend)(quads)
    if known:
        write.touch_links(str(iri))
    else:
        write.touch(*([] if iri is None else [iri]))
    return existed


def _check_preconditions(job: Mapping[str, Any], revision: str, *, existed: bool) -> None:
    """Evaluate If-Match and If-None-Match while nobody else can write.

    Entity tags begin with the revision, so a tag of any other revision does not match: stricter
    than needed where another graph was changed, and never too lax.
    """
    wanted, unwanted = job.get("if_match"), job.get("if_none_match")
    if wanted is not None:
        known = existed if "*" in wanted else any(
            tag.startswith(f"{revision}-") for tag in wanted
        )
        if not known:
            raise PreconditionFailed(f"the graph is not as it was: this is revision {revision}")
    if unwanted is not None and "*" in unwanted and existed:
        raise PreconditionFailed("there is such a graph already")


def _patch(
    store: ox.Store, name: ox.NamedNode | ox.DefaultGraph, job: Mapping[str, Any]
) -> None:
    """Run an update on one graph as if it were all there is."""
    import pyoxigraph as ox

    if outline(job["text"]).keywords & {"GRAPH", "USING", "WITH", "LOAD", "SERVICE", "NAMED"}:
        raise QueryError("an update by PATCH changes the graph it is sent to and names no other")
    alone = ox.Store()
    alone.extend(
        ox.Quad(quad.subject, quad.predicate, quad.object)
        for quad in store.quads_for_pattern(None, None, None, name)
    )
    try:
        alone.update(job["text"], base_iri=job["base"], prefixes=dict(PREFIXES))
    except SyntaxError as error:
        raise syntax_error(error) from error
    kept = [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in alone]
    if isinstance(name, ox.NamedNode):
        store.add_graph(name)
    store.clear_graph(name)
    store.extend(kept)


def _parts(job: Mapping[str, Any], body: bytes) -> Iterator[tuple[str, bytes]]:
    start = 0
    for extension, size in job["parts"]:
        yield extension, body[start : start + size]
        start += size


def _parsed(
    body: bytes, extension: str, base: str, name: ox.NamedNode | ox.DefaultGraph
) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    form = ox.RdfFormat.from_extension(extension)
    assert form is not None
    if form == ox.RdfFormat.RDF_XML:
        _refuse_explosions(body)
    try:
        for quad in ox.parse(
            body,
            form,
            base_iri=base,
            without_named_graphs=True,
            rename_blank_nodes=True,
        ):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
    except SyntaxError as error:
        raise ParseError(
            error.msg or str(error), line=error.lineno, column_number=error.offset
        ) from error
    except ValueError as error:
        raise InputError(f"the body cannot be read as {extension}: {error}") from error


def _refuse_explosions(body: bytes) -> None:
    """Refuse XML whose entities stand for much more than they take: the parser expands them all.

    Raises:
        InputError: An entity names another, or is longer than an abbreviation of an IRI.
    """
    for match in _ENTITY.finditer(body):
        value = match.group(1)
        if len(value) > _LONGEST_ENTITY or b"&" in value or b"%" in value:
            raise InputError("XML entities may abbreviate IRIs here, and nothing longer or nested")


@contextlib.contextmanager
def _reaching(job: Mapping[str, Any]) -> Iterator[str]:
    using, using_named = tuple(job.get("using", ())), tuple(job.get("using_named", ()))
    text = prepared(job["text"], using=using, using_named=using_named)
    if not outline(text).keywords & {"SERVICE", "LOAD"}:
        yield text
        return
    from kg.sparql.relay import relayed

    with relayed(text, job["allow"], timeout=float(job["service_timeout"])) as changed:
        yield changed
