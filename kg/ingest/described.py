"""What other datasets describe already under the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import vocabulary as v
from kg.identifiers import dataset_name

if TYPE_CHECKING:
    from kg.ingest.rows import Row, Surroundings


def note_described_elsewhere(around: Surroundings, row: Row, kind: str, iri: str) -> None:
    """Note in a row that another dataset describes a thing of its address.

    Two datasets may describe one thing on purpose; an id such as ``1`` is more often chance.

    Args:
        around: What the rows of an import share.
        row: The row.
        kind: ``case`` or ``framework``.
        iri: What the row describes.
    """
    import pyoxigraph as ox

    if not around.terms.contains(kind, iri):
        return
    quads = around.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(v.TYPE), None, None)
    graphs = {getattr(quad.graph_name, "value", "") for quad in quads} - {around.dataset, ""}
    if graphs:
        row.doubtful(
            "id",
            f"{iri.rsplit('/', 1)[-1]!r} is in dataset {dataset_name(min(graphs))} too: both "
            f"describe one {kind}",
            "choose another id if it is another one",
        )
