"""The concept index on disk, beside the revision it was made from."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.linking.concepts import Concept, read_concepts, read_examples
from kg.linking.index import ConceptIndex, Examples, Group, build_index
from kg.linking.terms import TermWeights

if TYPE_CHECKING:
    from kg.linking.static import StaticEmbedder
    from kg.store.protocol import Snapshot

FORMAT: Final = 1


def index_of(snapshot: Snapshot, embedder: StaticEmbedder) -> ConceptIndex:
    """The index of a revision: kept from before, or built now and kept.

    A directory that cannot be written only costs the next reader the computation.
    """
    directory = snapshot.cache_dir
    index = load_index(directory)
    if index is None:
        index = build_index(read_concepts(snapshot), read_examples(snapshot), embedder)
        with contextlib.suppress(OSError):
            save_index(index, directory)
    return index


def save_index(index: ConceptIndex, directory: Path) -> None:
    """Write ``linking-<format>.npz`` and ``.json``; readers see both or neither."""
    import numpy as np

    arrays: dict[str, Any] = {}
    described: dict[str, Any] = {}
    for kind, group in index.groups.items():
        described[kind] = {
            "concepts": [asdict(concept) for concept in group.concepts],
            "forms": group.forms,
            "owners": group.owners,
        }
        if group.terms is not None:
            _put(arrays, kind, group.terms)
            arrays[f"{kind}.prototypes"] = group.prototypes
            arrays[f"{kind}.cues"] = group.cue_prototypes
    _put(arrays, "examples", index.examples.terms)
    arrays["examples.vectors"] = index.examples.vectors
    document = {
        "format": FORMAT,
        "groups": described,
        "vocabulary": list(index.vocabulary),
        "examples": {"iris": index.examples.iris, "links": index.examples.links},
        "languages": sorted(index.languages),
    }
    mark = f"{os.getpid()}.tmp"
    with (directory / f"linking-{FORMAT}.npz.{mark}").open("wb") as stream:
        np.savez(stream, **arrays)
    (directory / f"linking-{FORMAT}.json.{mark}").write_text(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    for ending in ("npz", "json"):
        (directory / f"linking-{FORMAT}.{ending}.{mark}").replace(
            directory / f"linking-{FORMAT}.{ending}"
        )


def load_index(directory: Path) -> ConceptIndex | None:
    """The index kept in a directory, or ``None`` when there is none that can be read."""
    import numpy as np

    try:
        document = json.loads((directory / f"linking-{FORMAT}.json").read_text(encoding="utf-8"))
        with np.load(directory / f"linking-{FORMAT}.npz", allow_pickle=False) as arrays:
            return _restore(document, dict(arrays))
    except (OSError, ValueError, KeyError):
        return None


def _restore(document: dict[str, Any], arrays: dict[str, Any]) -> ConceptIndex:
    groups: dict[str, Group] = {}
    for kind, part in document["groups"].items():
        concepts = [Concept(**concept) for concept in part["concepts"]]
        group = Group(kind, concepts, part["forms"], part["owners"])
        if f"{kind}.prototypes" in arrays:
            group.terms = _get(arrays, kind)
            group.prototypes = arrays[f"{kind}.prototypes"]
            group.cue_prototypes = arrays[f"{kind}.cues"]
        groups[kind] = group
    examples = Examples(
        document["examples"]["iris"],
        document["examples"]["links"],
        _get(arrays, "examples"),
        arrays["examples.vectors"],
    )
    vocabulary = {term: number for number, term in enumerate(document["vocabulary"])}
    return ConceptIndex(groups, vocabulary, examples, frozenset(document["languages"]))


def _put(arrays: dict[str, Any], name: str, terms: TermWeights) -> None:
    import numpy as np

    for part in ("place", "idf", "starts", "documents", "weights"):
        arrays[f"{name}.terms.{part}"] = getattr(terms, part)
    arrays[f"{name}.terms.size"] = np.asarray(terms.size)


def _get(arrays: dict[str, Any], name: str) -> TermWeights:
    parts = {
        part: arrays[f"{name}.terms.{part}"]
        for part in ("place", "idf", "starts", "documents", "weights")
    }
    return TermWeights(**parts, size=int(arrays[f"{name}.terms.size"]))
