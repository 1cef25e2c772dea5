"""Bringing together the segments of a revision, from an earlier one where nothing was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.projection.cache import kept_segment, open_tables
from kg.projection.reading import graph_names, read_segment
from kg.projection.segment import Segment

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store import Snapshot


def segments_of(snapshot: Snapshot) -> list[Segment]:
    """Every graph's segment: kept ones for graphs not written since, the rest read anew."""
    base, touched = _base(snapshot)
    segments = []
    for graph in graph_names(snapshot, remote=snapshot.revision.number == 0):
        kept = None
        if base is not None and graph and graph not in touched:
            kept = kept_segment(base, graph)
        segments.append(kept or read_segment(snapshot, graph))
    return segments


def _base(snapshot: Snapshot) -> tuple[Path | None, set[str]]:
    """The nearest earlier revision with kept tables, and the graphs written since."""
    touched: set[str] = set()
    revision = snapshot.revision
    directory = snapshot.cache_dir.parent
    since, number = revision.touched, revision.number
    while since is not None and number > 1:
        touched.update(since)
        number -= 1
        earlier = directory.parent / f"r{number:06d}"
        if open_tables(earlier / "cache") is not None:
            return earlier / "cache", touched
        try:
            record = json.loads((earlier / "revision.json").read_text())["touched"]
        except (OSError, ValueError, KeyError):
            return None, set()
        since = None if record is None else tuple(record)
    return None, set()
