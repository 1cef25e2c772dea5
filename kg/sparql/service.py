"""Answering SPARQL: guard, cache, look-up, query process, in this order.

Everything the network, the command line and the API ask of the graph in SPARQL by other people's
text comes through here; what they change goes through :mod:`kg.sparql.changing`.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from kg.errors import CallRefused, InputError, NotFound
from kg.identifiers import is_absolute_iri
from kg.sparql import formats, guard, lookup
from kg.sparql.asking import Answer, Question
from kg.sparql.cache import AnswerCache, Kept
from kg.sparql.changing import Changes, allowed_hosts
from kg.sparql.formats import GRAPHS, RESULTS, TABLE, Format
from kg.sparql.pool import Pool
from kg.store.snapshot import syntax_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.settings import Settings
    from kg.store import GraphStore
    from kg.store.embedded import EmbeddedStore
    from kg.store.protocol import Revision

_log = logging.getLogger("kg.sparql")
_BY_NAME: Final = {item.name: item for item in (*RESULTS, *GRAPHS)}


class QueryService:
    """Asks one store on behalf of others.

    Args:
        store: What to ask.
        settings: Limits and dataset semantics.
    """

    def __init__(self, store: GraphStore, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.union = settings.default_graph != "strict"
        self.cache = AnswerCache(settings.cache_megabytes * 1024 * 1024)
        self.pool = Pool(
            processes=settings.query_processes,
            queue=settings.query_queue,
            memory=settings.query_memory,
        )
        self.changes = Changes(store, settings)
        self._version = version("equipoise")
        self._callers: Pool | None = None
        self._guard = threading.Lock()

    @property
    def is_embedded(self) -> bool:
        """Whether the store is a directory here; otherwise it is another machine's."""
        return hasattr(self.store, "snapshot")

    def etag(self, revision: Revision, name: str) -> str:
        """Entity tag of what a revision answers in a format, by this version of the program."""
        said = f"{revision.id}{revision.created}{self.union}{self._version}"
        mark = hashlib.sha256(said.encode()).hexdigest()[:10]
        return f'W/"{revision.id}-{mark}-{name}"'

    def quick(self, question: Question, key: tuple[str, ...]) -> Answer | None:
        """An answer from the cache or by look-up; ``None`` when it takes more than that.

        Args:
            question: A query without dataset parameters.
            key: What tells questions apart besides the revision.

        Raises:
            QuerySyntaxError: It looked like a look-up and does not parse.
        """
        began = time.perf_counter()
        embedded: EmbeddedStore = self.store  # type: ignore[assignment]
        embedded.refresh()
        snapshot = embedded.snapshot()
        revision = snapshot.revision
        full_key = (revision.id, revision.created, *key)
        kept = self.cache.get(full_key)
        if kept is not None:
            return Answer(
                kept.content_type, kept.body, kept.etag, kept.rows,
                time.perf_counter() - began, "cache",
            )
        if self.settings.query_rows or self.settings.query_bytes:
            return None  # limits on results are counted where results are made
        found = lookup.classify(question.text)
        if found is None:
            return None
        offered = GRAPHS if found.form == "DESCRIBE" else RESULTS
        chosen = formats.choose(question.accept, question.override, offered)
        if chosen is None or _wants_table(question, offered):
            return None
        try:
            body = lookup.answer(
                snapshot.store, question.text, found, chosen.extension, union=self.union
            )
        except SyntaxError as error:
            raise syntax_error(error) from error
        if body is None:
            return None
        etag = self.etag(revision, chosen.name)
        self.cache.put(
            full_key, Kept(chosen.content_type, body, etag, None), weight=len(question.text)
        )
        return Answer(
            chosen.content_type, body, etag, None, time.perf_counter() - began, "lookup"
        )

    def answer(self, question: Question) -> Answer:
        """Answer a query within the limits.

        Raises:
            QuerySyntaxError: It does not parse.
            QueryRefused: It is not allowed here.
            NotAcceptable: No format fits.
            QueryTimeout: It ran past the deadline.
            QueryTooLarge: It asked for too much.
            QueueFull: Too many others wait.
        """
        outline = guard.inspect(question.text)
        allow = self._allowed(question.text)
        is_graph = outline.form in {"CONSTRUCT", "DESCRIBE"}
        offered = GRAPHS if is_graph else RESULTS
        if question.override:
            formats.known_format(question.override)
        chosen = formats.choose(question.accept, question.override, offered)
        if chosen is None:
            asked = question.override or question.accept
            raise formats.not_acceptable(offered, asked)
        if not self.is_embedded:
            return self._ask_remote(question, chosen)
        return self._ask_process(question, chosen, allow, repeatable=outline.repeatable)

    def _ask_process(
        self, question: Question, chosen: Format, allow: list[str], *, repeatable: bool
    ) -> Answer:
        began = time.perf_counter()
        embedded: EmbeddedStore = self.store  # type: ignore[assignment]
        embedded.refresh()
        snapshot = embedded.snapshot()
        revision = snapshot.revision
        key = (
            revision.id, revision.created, question.text, chosen.name, question.base,
            question.default_graphs, question.named_graphs, "whole",
        )
        if repeatable and (kept := self.cache.get(key)) is not None:
            return Answer(
                kept.content_type, kept.body, kept.etag, kept.rows,
                time.perf_counter() - began, "cache",
            )
        pool = self._calling() if allow else self.pool
        reply = pool.run(
            {
                "op": "query",
                "store": str(embedded.root),
                "revision": revision.id,
                "text": question.text,
                "base": question.base,
                "union": self.union,
                "default_graphs": list(question.default_graphs),
                "named_graphs": list(question.named_graphs) if question.states_dataset else None,
                "result": chosen.name,
                "graph": chosen.name,
                "asked": question.accept,
                "allow": allow,
                "rows": self.settings.query_rows,
                "bytes": self.settings.query_bytes,
                "service_timeout": self.settings.service_timeout,
            },
            timeout=self.settings.query_timeout,
        )
        form = _BY_NAME[reply.head["format"]]
        etag = self.etag(revision, form.name) if repeatable else ""
        if not reply.complete:
            return Answer(form.content_type, None, etag, stream=reply)
        rows = reply.statistics.rows
        if repeatable:
            self.cache.put(
                key, Kept(form.content_type, reply.first, etag, rows), weight=len(question.text)
            )
        return Answer(
            form.content_type, reply.first, etag, rows, time.perf_counter() - began, "process"
        )

    def has_graph(self, iri: str) -> bool:
        """Whether the store has a graph of that name."""
        return bool(self.store.query(f"ASK {{ GRAPH <{iri}> {{}} }}", union=False))

    def graph(self, iri: str | None, chosen: Format, *, everything: bool = False) -> Answer:
        """A whole graph.

        Args:
            iri: Its IRI; ``None`` for the default graph.
            chosen: Serialisation.
            everything: All graphs instead (formats that hold several).

        Raises:
            NotFound: There is no such graph.
        """
        began = time.perf_counter()
        if not self.is_embedded:
            return self._remote_graph(iri, chosen, everything=everything)
        embedded: EmbeddedStore = self.store  # type: ignore[assignment]
        embedded.refresh()
        revision = embedded.snapshot().revision
        reply = self.pool.run(
            {
                "op": "graph",
                "store": str(embedded.root),
                "revision": revision.id,
                "graph": iri,
                "everything": everything,
                "graph_format": chosen.name,
                "rows": 0,
                "bytes": 0,
            },
            timeout=self.settings.query_timeout,
        )
        etag = self.etag(revision, chosen.name)
        if not reply.complete:
            return Answer(chosen.content_type, None, etag, stream=reply)
        seconds = time.perf_counter() - began
        return Answer(
            chosen.content_type, reply.first, etag, reply.statistics.rows, seconds, "process"
        )

    def _remote_graph(self, iri: str | None, chosen: Format, *, everything: bool) -> Answer:
        from kg.store.remote import RemoteStore

        if everything:
            assert isinstance(self.store, RemoteStore)
            return Answer(chosen.content_type, self.store.dump(chosen.extension), "", None, 0.0,
                          "remote")
        pattern = "{ ?s ?p ?o }"
        if iri is not None:
            if not is_absolute_iri(iri):
                raise InputError("not an absolute IRI", iri=iri)
            pattern = f"{{ GRAPH <{iri}> {pattern} }}"
            if not self.store.query(f"ASK {pattern}", union=False):
                raise NotFound(f"there is no graph <{iri}>")
        question = Question(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}", override=chosen.name)
        return self._ask_remote(question, chosen, union=False)

    def _ask_remote(
        self, question: Question, chosen: Format, *, union: bool | None = None
    ) -> Answer:
        from kg.store.remote import RemoteStore

        assert isinstance(self.store, RemoteStore)
        began = time.perf_counter()
        body = self.store.ask(
            question.text,
            accept=chosen.media_type,
            union=self.union if union is None else union,
            default_graphs=question.default_graphs,
            named_graphs=question.named_graphs if question.states_dataset else None,
        )
        return Answer(
            chosen.content_type, body, "", None, time.perf_counter() - began, "remote"
        )

    def _calling(self) -> Pool:
        """For queries that call other machines, which no other query process can."""
        settings = self.settings
        with self._guard:
            if self._callers is None:
                self._callers = Pool(
                    processes=settings.query_processes,
                    queue=settings.query_queue,
                    memory=settings.query_memory,
                    offline=False,
                )
            return self._callers

    def _allowed(self, text: str) -> list[str]:
        """Hosts a request may reach; empty when it reaches for none."""
        found = guard.calls(text)
        if not found:
            return []
        hosts = allowed_hosts(self.settings)
        if not hosts:
            guard.refuse_calls(found)
        for call in found:
            if call.iri is None:
                raise CallRefused(
                    f"{call.keyword} with a variable is off on this service: name the address"
                )
        return hosts

    def ready(self) -> Revision:
        """The revision in use, after asking the store one small question.

        Raises:
            StoreError: It does not answer.
        """
        self.store.refresh()
        bool(self.store.query("ASK { ?s ?p ?o }"))
        return self.store.revision

    def close(self) -> None:
        """End all processes."""
        self.pool.close()
        self.changes.close()
        if self._callers is not None:
            self._callers.close()


def _wants_table(question: Question, offered: Sequence[Format]) -> bool:
    if question.override:
        return question.override.lower() in {"html", "table"}
    best = formats.negotiate(question.accept, (*offered, TABLE))
    return best is TABLE
