"""The content hash: one number for what a dataset says.

Quads are hashed one by one and the hashes added modulo 2**256, so the order of writing does not
matter. Quads with blank nodes are canonicalised together first (RDFC-1.0 names), because their
labels are only local.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from kg.vocabulary import CATALOG_GRAPH

if TYPE_CHECKING:
    import pyoxigraph as ox

_MODULUS: Final = 1 << 256


def content_hash(store: ox.Store, *, leave_out: tuple[str, ...] = (CATALOG_GRAPH,)) -> str:
    """Hash of all quads except those of some graphs.

    Args:
        store: What to hash.
        leave_out: Graphs that do not count; by default the catalogue, which holds import times.

    Returns:
        ``sha256:`` and 64 hexadecimal digits.

    Example:
        >>> import pyoxigraph as ox
        >>> content_hash(ox.Store())[:14]
        'sha256:0000000'
    """
    import pyoxigraph as ox

    skipped = {ox.NamedNode(iri) for iri in leave_out}
    total = 0
    with_blank = ox.Dataset()
    for quad in store:
        if quad.graph_name in skipped:
            continue
        if _has_blank(quad):
            with_blank.add(quad)
        else:
            total += _hash(str(quad))
    with_blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    total += sum(_hash(str(quad)) for quad in with_blank)
    return f"sha256:{total % _MODULUS:064x}"


def _has_blank(quad: ox.Quad) -> bool:
    import pyoxigraph as ox

    return (
        isinstance(quad.subject, ox.BlankNode)
        or isinstance(quad.object, ox.BlankNode)
        or isinstance(quad.graph_name, ox.BlankNode)
    )


def _hash(line: str) -> int:
    return int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())
