"""Building a store from the shipped ontology and data."""

from __future__ import annotations

from pathlib import Path

from kg.locations import data_dir, ontology_dir
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.vocabulary import DATASET, ONTOLOGY_GRAPH


def shipped_files(settings: Settings | None = None) -> list[tuple[Path, str]]:
    """The shipped Turtle files and the graph each belongs in, in a fixed order.

    Example:
        >>> [graph.rsplit("/", 1)[-1] for _, graph in shipped_files()][:2]
        ['ontology', 'ontology']
    """
    ontology = ontology_dir(settings)
    files = [
        (ontology / name, ONTOLOGY_GRAPH)
        for name in ("equipoise.ttl", "alignments.ttl")
        if (ontology / name).exists()
    ]
    files += [(path, f"{DATASET}{path.stem}") for path in sorted(data_dir(settings).glob("*.ttl"))]
    return files


def build_shipped(store: EmbeddedStore, settings: Settings | None = None) -> None:
    """Publish a revision that holds the shipped graph and nothing else."""
    import pyoxigraph as ox

    files = shipped_files(settings)
    with store.writer("shipped graph") as write:
        write.store.clear()
        write.touch()
        for path, graph in files:
            write.store.bulk_load(
                path=str(path), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph)
            )
