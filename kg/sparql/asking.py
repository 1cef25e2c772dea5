"""What is asked, and what goes back: a query as a client sent it, and its answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import KGError

if TYPE_CHECKING:
    from kg.sparql.pool import Reply

_log = logging.getLogger("kg.sparql")


@dataclass(frozen=True, slots=True)
class Question:
    """A query as a client sent it.

    Args:
        text: SPARQL.
        accept: ``Accept`` header.
        override: ``?format=``, which wins over it.
        default_graphs: ``default-graph-uri`` parameters.
        named_graphs: ``named-graph-uri`` parameters.
        base: What relative IRIs are resolved against.
    """

    text: str
    accept: str = ""
    override: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str | None = None

    @property
    def states_dataset(self) -> bool:
        """Whether the protocol parameters choose the dataset."""
        return bool(self.default_graphs or self.named_graphs)


@dataclass(slots=True)
class Answer:
    """What goes back.

    Args:
        content_type: Label of the body.
        body: All of it, or ``None`` when it streams.
        stream: The rest of a long answer.
        etag: Entity tag; empty when the answer may differ the next time.
        rows: Rows, where they were counted.
        seconds: What it took so far.
        path: ``cache``, ``lookup``, ``process`` or ``remote``.
    """

    content_type: str
    body: bytes | None
    etag: str
    rows: int | None = None
    seconds: float = 0.0
    path: str = "process"
    stream: Reply | None = field(default=None)

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece.

        A long answer that is stopped midway ends in a line that is well-formed in no format, so
        that nobody takes what came before it for the whole: the status was sent long before.
        """
        if self.stream is not None:
            try:
                yield from self.stream
            except KGError as error:
                _log.warning("a long answer was broken off: %s", error)
                yield f'\n"ERROR: this result is incomplete: {error.message}\n'.encode()
        elif self.body is not None:
            yield self.body
