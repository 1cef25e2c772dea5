"""Minting identifiers, and reading the short forms people type.

Identifiers are decided by content, never by a counter or the clock, so that importing the same
thing twice changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from kg.errors import InputError
from kg.vocabulary import DATASET, ID, PREFIXES, SDG

_GOAL: Final = re.compile(r"(?:SDG\s*)?(1[0-7]|[1-9])\Z", re.IGNORECASE)
_TARGET: Final = re.compile(r"(?:SDG\s*)?((?:1[0-7]|[1-9])\.(?:\d{1,2}|[a-d]))\Z", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*\Z")
_CURIE: Final = re.compile(r"([A-Za-z][\w-]*):([^\s<>\"{}|\\^`/][^\s<>\"{}|\\^`]*)\Z")
_TRANSLITERATION: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "ı": "i"}
)


def slugify(text: str, *, limit: int = 80) -> str:
    """A readable, stable path segment: lower-case ASCII letters, digits and hyphens.

    Text with no Latin letters or digits (or cut at ``limit``) carries eight hexadecimal digits of
    its hash, so two different texts rarely share a slug.

    Example:
        >>> slugify("São Paulo – Health & Care")
        'sao-paulo-health-care'
    """
    folded = unicodedata.normalize("NFKD", text.translate(_TRANSLITERATION))
    ascii_text = folded.encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    letters = sum(character.isalnum() for character in text)
    kept = sum(character.isalnum() for character in slug)
    if slug and len(slug) <= limit and kept * 2 >= letters:
        return slug
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    stem = slug[: limit - 9].rstrip("-")
    return f"{stem}-{digest}" if stem else digest


def thing_iri(kind: str, slug: str) -> str:
    """IRI of a thing: ``…/id/<kind>/<slug>``.

    Example:
        >>> thing_iri("technology", "deep-learning")
        'https://w3id.org/equipoise/id/technology/deep-learning'
    """
    return f"{ID}{kind}/{slug}"


def case_iri(slug: str) -> str:
    """IRI of a case."""
    return thing_iri("case", slug)


def dataset_iri(name: str) -> str:
    """IRI of a dataset, which is also the IRI of its named graph.

    Example:
        >>> dataset_iri("cases")
        'https://w3id.org/equipoise/dataset/cases'
    """
    if _ABSOLUTE.match(name):
        return name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise InputError(
            f"dataset name {name!r} may hold letters, digits, dots, hyphens and underscores only"
        )
    return f"{DATASET}{name}"


def dataset_name(iri: str) -> str:
    """Short name of a dataset, or its IRI when it lies outside our namespace."""
    return iri.removeprefix(DATASET) if iri.startswith(DATASET) else iri


def link_iri(subject: str, predicate: str, object_: str, dataset: str) -> str:
    """IRI of a link, from what it states and where.

    The same subject, predicate, object and dataset always give the same IRI.
    """
    return f"{ID}link/{_digest(subject, predicate, object_, dataset)}"


def participation_iri(case: str, organisation: str, role: str) -> str:
    """IRI of an organisation's part in a case."""
    return f"{ID}participation/{_digest(case, organisation, role)}"


def source_iri(url: str) -> str:
    """IRI of a source, from its web address."""
    return f"{ID}source/{hashlib.sha256(url.encode()).hexdigest()[:12]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def expand(text: str) -> str | None:
    """The IRI that a typed short form means, or ``None`` when it is not one.

    Understands absolute IRIs, ``<IRI>``, prefixed names (``eq:Case``, ``id:technology/drones``),
    and SDG codes (``7``, ``SDG 7``, ``7.3``, ``16.b``).

    Example:
        >>> expand("7.3"), expand("SDG 16.B"), expand("id:principle/privacy")[-17:]
        ('http://metadata.un.org/sdg/7.3', 'http://metadata.un.org/sdg/16.b', 'principle/privacy')
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    for pattern in (_TARGET, _GOAL):
        if match := pattern.match(text):
            return f"{SDG}{match.group(1).lower()}"
    if (match := _CURIE.match(text)) and match.group(1) in PREFIXES:
        return f"{PREFIXES[match.group(1)]}{match.group(2)}"
    if _ABSOLUTE.match(text) and ("//" in text or text.startswith("urn:")):
        return text
    return None


def is_absolute_iri(text: str) -> bool:
    """Whether a text is an absolute IRI, by its characters.

    Example:
        >>> is_absolute_iri("http://example.org/a"), is_absolute_iri("a b")
        (True, False)
    """
    return _ABSOLUTE.match(text) is not None


def listed_iris(texts: Iterable[str]) -> str:
    """IRIs as a VALUES clause lists them; what is no absolute IRI is left out.

    Data that nobody checked may have a text where a thing belongs, and one such text must not
    take a whole answer with it.

    Example:
        >>> listed_iris(["http://example.org/a", "a text", "http://example.org/%"])
        '<http://example.org/a>'
    """
    from pyoxigraph import NamedNode

    found: list[str] = []
    for text in texts:
        try:
            found.append(str(NamedNode(text)))
        except ValueError:
            continue
    return " ".join(found)


def compact(iri: str) -> str:
    """The shortest prefixed form of an IRI, for people to read.

    Example:
        >>> compact("http://metadata.un.org/sdg/7.3")
        'sdg:7.3'
    """
    best = max(
        (item for item in PREFIXES.items() if iri.startswith(item[1])),
        key=lambda item: len(item[1]),
        default=None,
    )
    return f"{best[0]}:{iri[len(best[1]) :]}" if best else iri
