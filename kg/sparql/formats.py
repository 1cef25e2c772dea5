"""Result formats: their media types, short names, and which one a client gets.

Content negotiation follows RFC 9110 section 12.5.1: the most specific range that matches a type
sets its quality; among equals the order here decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.errors import InputError, NotAcceptable


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A serialisation. Each exists once, so they are told apart by identity.

    Args:
        name: Short name, as ``--format`` and ``?format=`` take it.
        media_type: What answers are labelled with.
        extension: File name extension, which the engine knows it by.
        aliases: Other media types it is asked for by.
        charset: Whether the label carries ``charset=utf-8``.
        datasets: Whether it can hold several graphs.
    """

    name: str
    media_type: str
    extension: str
    aliases: tuple[str, ...] = ()
    charset: bool = False
    datasets: bool = False

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


RESULTS: Final = (
    Format("json", "application/sparql-results+json", "srj", ("application/json", "text/json")),
    Format("xml", "application/sparql-results+xml", "srx", ("application/xml", "text/xml")),
    Format("csv", "text/csv", "csv", charset=True),
    Format("tsv", "text/tab-separated-values", "tsv", charset=True),
)
"""For SELECT and ASK, most wanted first."""

TABLE: Final = Format("html", "text/html", "", ("application/xhtml+xml",), charset=True)
"""A page with the results, for a browser."""

GRAPHS: Final = (
    Format("turtle", "text/turtle", "ttl", ("application/x-turtle",), charset=True),
    Format("ntriples", "application/n-triples", "nt", ("text/plain",), charset=True),
    Format("rdfxml", "application/rdf+xml", "rdf", ("application/xml", "text/xml")),
    Format(
        "jsonld", "application/ld+json", "jsonld", ("application/json",), datasets=True
    ),
    Format("trig", "application/trig", "trig", ("application/x-trig",), datasets=True),
    Format("nquads", "application/n-quads", "nq", ("text/x-nquads",), datasets=True),
)
"""For CONSTRUCT, DESCRIBE and whole graphs, most wanted first."""

_NAMES: Final[Mapping[str, str]] = {
    "srj": "json", "srx": "xml", "ttl": "turtle", "nt": "ntriples", "n-triples": "ntriples",
    "rdf": "rdfxml", "rdf/xml": "rdfxml", "rdf+xml": "rdfxml", "n3": "turtle",
    "json-ld": "jsonld", "nq": "nquads", "n-quads": "nquads",
}
# ``format=xml`` of a CONSTRUCT means RDF/XML, ``format=json`` JSON-LD.
_GRAPH_NAMES: Final[Mapping[str, str]] = {"xml": "rdfxml", "json": "jsonld"}


def named(name: str, offered: Sequence[Format]) -> Format | None:
    """The format of a short name, file extension or media type; ``None`` if not offered.

    Example:
        >>> named("ttl", GRAPHS).name, named("text/csv", RESULTS).name, named("csv", GRAPHS)
        ('turtle', 'csv', None)
    """
    wanted = name.strip().lower()
    wanted = _NAMES.get(wanted, wanted)
    for item in offered:
        if wanted in (item.name, item.media_type, *item.aliases):
            return item
    if other := _GRAPH_NAMES.get(wanted):
        return next((item for item in offered if item.name == other), None)
    return None


@lru_cache(maxsize=512)
def negotiate(accept: str, offered: tuple[Format, ...]) -> Format | None:
    """The best of some formats for an ``Accept`` header; ``None`` when none will do.

    Example:
        >>> negotiate("text/csv;q=0.4, application/xml;q=0.9", RESULTS).name
        'xml'
        >>> negotiate("", RESULTS).name, negotiate("image/png", RESULTS)
        ('json', None)
    """
    if not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    best: Format | None = None
    best_quality = 0.0
    for item in offered:
        quality = max(
            _quality(media_type, ranges) * (1.0 if position == 0 else 0.999)
            for position, media_type in enumerate((item.media_type, *item.aliases))
        )
        if quality > best_quality:
            best, best_quality = item, quality
    return best


def choose(accept: str, override: str | None, offered: tuple[Format, ...]) -> Format | None:
    """What ``?format=`` names, or what the ``Accept`` header wants."""
    return named(override, offered) if override else negotiate(accept, offered)


def not_acceptable(offered: Sequence[Format], asked: str) -> NotAcceptable:
    """The refusal that lists what there is."""
    available = [item.media_type for item in offered]
    return NotAcceptable(
        f"cannot answer as {asked!r}; there is {', '.join(available)}", available=available
    )


def is_known(name: str) -> bool:
    """Whether any kind of result has a format of that name."""
    return named(name, (*RESULTS, *GRAPHS, TABLE)) is not None


def known_format(name: str) -> None:
    """Refuse a ``?format=`` that no kind of result has.

    Raises:
        InputError: Names all there are.
    """
    if not is_known(name):
        names = ", ".join(item.name for item in (*RESULTS, *GRAPHS, TABLE))
        raise InputError(f"format {name!r} is not known; there is {names}")


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        pieces = part.split(";")
        media = pieces[0].strip().lower()
        if not media:
            continue
        quality = 1.0
        for parameter in pieces[1:]:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value.strip())))
                except ValueError:
                    quality = 0.0
        found.append((media, quality))
    return found


def _quality(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    kind = media_type.split("/", 1)[0]
    best, best_rank = 0.0, -1
    for media, quality in ranges:
        if media == media_type:
            rank = 2
        elif media == f"{kind}/*":
            rank = 1
        elif media in {"*/*", "*"}:
            rank = 0
        else:
            continue
        if rank > best_rank or (rank == best_rank and quality > best):
            best, best_rank = quality, rank
    return best
