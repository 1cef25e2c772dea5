"""Where tables are kept: beside the revision they were worked out from.

``cache/projection-<layout>/`` is written in a temporary directory and renamed, so a reader sees
all of it or nothing. A manifest names every file with its size; anything missing, cut short or
of another layout is built again. Arrays are opened by memory map, so all processes share them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kg.projection.segment import Segment, segment_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LAYOUT: Final = 2
"""Raised whenever a file changes its meaning; older caches are then built again."""
_MANIFEST: Final = "manifest.json"


class Tables(Protocol):
    """Named arrays and documents, from memory or from disk."""

    def array(self, name: str) -> NDArray[Any]:
        """An array; read-only."""

    def document(self, name: str) -> Any:
        """A JSON document."""

    def has(self, name: str) -> bool:
        """Whether there is an array of that name."""


class MemoryTables:
    """Tables that were just built."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], documents: Mapping[str, Any]) -> None:
        self._arrays, self._documents = dict(arrays), dict(documents)

    def array(self, name: str) -> NDArray[Any]:
        """An array."""
        return self._arrays[name]

    def document(self, name: str) -> Any:
        """A document."""
        return self._documents[name]

    def has(self, name: str) -> bool:
        """Whether there is an array of that name."""
        return name in self._arrays


class DiskTables:
    """Tables kept on disk, opened one by one as they are asked for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._open: dict[str, NDArray[Any]] = {}

    def array(self, name: str) -> NDArray[Any]:
        """An array, memory-mapped."""
        if name not in self._open:
            path = self.directory / f"{name}.npy"
            try:
                # As a plain array over the mapping: that class is slow to take single items from.
                self._open[name] = np.load(path, mmap_mode="r").view(np.ndarray)
            except ValueError:  # an empty array cannot be mapped
                self._open[name] = np.load(path)
        return self._open[name]

    def document(self, name: str) -> Any:
        """A document."""
        return json.loads((self.directory / f"{name}.json").read_bytes())

    def has(self, name: str) -> bool:
        """Whether there is an array of that name."""
        return (self.directory / f"{name}.npy").exists()


def tables_dir(cache_dir: Path) -> Path:
    """Where a revision's tables lie."""
    return cache_dir / f"projection-{LAYOUT}"


def open_tables(cache_dir: Path) -> DiskTables | None:
    """The tables of a revision, or ``None`` when they are missing, torn or of another layout."""
    directory = tables_dir(cache_dir)
    try:
        manifest = json.loads((directory / _MANIFEST).read_bytes())
        if manifest["layout"] != LAYOUT:
            return None
        for name, size in manifest["files"].items():
            if (directory / name).stat().st_size != size:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return DiskTables(directory)


def keep_tables(
    cache_dir: Path,
    arrays: Mapping[str, NDArray[Any]],
    documents: Mapping[str, Any],
    segments: Sequence[Segment],
) -> DiskTables | None:
    """Write tables and segments for all processes; ``None`` when the disk cannot be written."""
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="making-", dir=cache_dir))
    except OSError:
        return None
    try:
        for name, values in arrays.items():
            np.save(work / f"{name}.npy", np.ascontiguousarray(values))
        for name, document in documents.items():
            (work / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False))
        (work / "segments").mkdir()
        for segment in segments:
            segment.save(work / "segments" / segment_name(segment.graph))
        files = {
            path.relative_to(work).as_posix(): path.stat().st_size
            for path in sorted(work.rglob("*"))
            if path.is_file()
        }
        manifest = {"layout": LAYOUT, "files": files}
        (work / _MANIFEST).write_text(json.dumps(manifest))
        _put_in_place(work, tables_dir(cache_dir))
    except OSError:
        shutil.rmtree(work, ignore_errors=True)
        return None
    return open_tables(cache_dir)


def _put_in_place(work: Path, final: Path) -> None:
    try:
        work.replace(final)
    except OSError:
        # Something is there already: another process was quicker, or it is torn.
        if open_tables(final.parent) is not None:
            shutil.rmtree(work, ignore_errors=True)
            return
        torn = Path(tempfile.mkdtemp(prefix="torn-", dir=final.parent))
        final.replace(torn / "tables")
        work.replace(final)
        shutil.rmtree(torn, ignore_errors=True)


def kept_segment(cache_dir: Path, graph: str) -> Segment | None:
    """The segment of a graph kept with a revision, if it is whole."""
    if open_tables(cache_dir) is None:
        return None
    path = tables_dir(cache_dir) / "segments" / segment_name(graph)
    try:
        return Segment.load(path, graph)
    except (OSError, ValueError, KeyError):
        return None
