"""Addresses of things on this server, and back: ``https://w3id.org/equipoise/id/…`` ↔ ``/id/…``."""

from __future__ import annotations

from urllib.parse import quote, unquote

from kg.vocabulary import DATASET, EQ, ID, ONTOLOGY, SDG

_MAPPED = (
    (ID, "/id/"),
    (DATASET, "/dataset/"),
    (SDG, "/sdg/"),
    (f"{ONTOLOGY}/", "/ontology/"),
)
_SAFE = "/:@!$&'()*+,;=~-._"


def local_path(iri: str) -> str | None:
    """The path on this server that shows an IRI, or ``None`` for IRIs of others.

    Example:
        >>> local_path("http://metadata.un.org/sdg/7.3"), local_path("https://example.org/")
        ('/sdg/7.3', None)
    """
    if iri == ONTOLOGY:
        return "/ontology"
    if iri.startswith(EQ):
        return f"/ontology#{quote(iri.removeprefix(EQ), safe=_SAFE)}"
    for namespace, path in _MAPPED:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            rest = iri.removeprefix(namespace)
            return None if rest.startswith("ontology#") else f"{path}{quote(rest, safe=_SAFE)}"
    return None


def iri_of(path: str) -> str | None:
    """The IRI that a path on this server shows.

    Example:
        >>> iri_of("/id/technology/drones")
        'https://w3id.org/equipoise/id/technology/drones'
    """
    if path == "/ontology":
        return ONTOLOGY
    for namespace, prefix in _MAPPED:
        if path.startswith(prefix) and len(path) > len(prefix):
            return f"{namespace}{unquote(path.removeprefix(prefix))}"
    return None
