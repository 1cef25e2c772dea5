"""``/metrics``: counters for Prometheus, added up over all web workers.

Each worker counts in a small file of its own that it maps into memory; whichever worker is asked
adds up the files. Without a directory to share, a worker tells only what it saw itself.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint
from werkzeug.wrappers import Response

from kg.errors import KGError, StoreError
from kg.web import state

if TYPE_CHECKING:
    from kg.settings import Settings

blueprint = Blueprint("metrics", __name__)

OPENAPI: Final = {
    "/metrics": {
        "get": {
            "summary": "Counters in the Prometheus text format",
            "operationId": "metrics",
            "tags": ["service"],
            "responses": {"200": {"description": "Prometheus text format 0.0.4."}},
        }
    }
}

BUCKETS: Final = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)
_PATHS: Final = ("cache", "lookup", "process", "remote")
_FAILURES: Final = (
    "query-syntax", "query-refused", "query-failed", "call-refused", "query-timeout",
    "query-too-large", "queue-full", "not-acceptable", "other",
)
_SLOTS: Final = (
    "query",
    "update",
    *(f"path:{path}" for path in _PATHS),
    *(f"failure:{slug}" for slug in _FAILURES),
    *(f"bucket:{bound}" for bound in BUCKETS),
    "seconds",
    "answers",
)
_PLACE: Final = {name: 8 * index for index, name in enumerate(_SLOTS)}
_SIZE: Final = 8 * len(_SLOTS)
_NUMBER: Final = struct.Struct("<d")


class Counters:
    """Counters of one worker.

    Args:
        directory: Where workers keep their files; empty for memory only.
    """

    def __init__(self, directory: str) -> None:
        self._guard = threading.Lock()
        self._directory = Path(directory) if directory else None
        self._pid = 0
        self._map: mmap.mmap | bytearray = bytearray(_SIZE)

    def count(self, name: str, by: float = 1.0) -> None:
        """Add to a counter."""
        with self._guard:
            self._add(name, by)

    def answered(self, path: str, seconds: float) -> None:
        """Count an answer, by the way it took and how long."""
        with self._guard:
            self._add(f"path:{path}", 1)
            self._add("answers", 1)
            self._add("seconds", seconds)
            for bound in BUCKETS:
                if seconds <= bound:
                    self._add(f"bucket:{bound}", 1)
                    break

    def failed(self, error: KGError) -> None:
        """Count a refusal or failure by its kind."""
        slug = error.slug if error.slug in _FAILURES else "other"
        self.count(f"failure:{slug}")

    def _add(self, name: str, by: float) -> None:
        if self._directory is not None and self._pid != os.getpid():
            self._open()
        place = _PLACE[name]
        _NUMBER.pack_into(self._map, place, _NUMBER.unpack_from(self._map, place)[0] + by)

    def _open(self) -> None:
        assert self._directory is not None
        self._pid = os.getpid()
        path = self._directory / f"{self._pid}.counters"
        try:
            with path.open("w+b") as stream:
                stream.truncate(_SIZE)
                self._map = mmap.mmap(stream.fileno(), _SIZE)
        except OSError:
            self._directory = None
            return

    def totals(self) -> dict[str, float]:
        """All counters, added up over the workers that share the directory."""
        tables = [bytes(self._map)]
        if self._directory is not None:
            tables = []
            for path in sorted(self._directory.glob("*.counters")):
                data = path.read_bytes()
                if len(data) == _SIZE:
                    tables.append(data)
        return {
            name: sum(_NUMBER.unpack_from(table, place)[0] for table in tables)
            for name, place in _PLACE.items()
        }


_shared: dict[str, Counters] = {}


def counters_of(settings: Settings) -> Counters:
    """The counters that belong to some settings."""
    return _shared.setdefault(settings.metrics_dir, Counters(settings.metrics_dir))


def counters() -> Counters:
    """The counters of the application that answers this request."""
    return counters_of(state.settings())


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text format."""
    from kg.web import sparql

    totals = counters().totals()
    running, waiting = sparql.service().pool.load
    lines = [
        "# HELP kg_requests_total SPARQL operations received.",
        "# TYPE kg_requests_total counter",
        *(f'kg_requests_total{{operation="{op}"}} {totals[op]:.0f}' for op in ("query", "update")),
        "# HELP kg_answers_total Queries answered, by the way the answer took.",
        "# TYPE kg_answers_total counter",
        *(f'kg_answers_total{{path="{path}"}} {totals[f"path:{path}"]:.0f}' for path in _PATHS),
        "# HELP kg_failures_total Queries refused or stopped, by kind.",
        "# TYPE kg_failures_total counter",
        *(
            f'kg_failures_total{{kind="{slug}"}} {totals[f"failure:{slug}"]:.0f}'
            for slug in _FAILURES
        ),
        "# HELP kg_query_seconds Time to the answer, or to its first part.",
        "# TYPE kg_query_seconds histogram",
        *_histogram(totals),
        "# HELP kg_queries_running Queries running in this worker's processes.",
        "# TYPE kg_queries_running gauge",
        f"kg_queries_running {running}",
        "# HELP kg_queries_waiting Queries waiting in this worker.",
        "# TYPE kg_queries_waiting gauge",
        f"kg_queries_waiting {waiting}",
        *_revision(),
    ]
    return Response(
        "\n".join(lines) + "\n",
        content_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _revision() -> list[str]:
    try:
        number = state.store().revision.number
    except StoreError:  # whoever watches wants to know the rest all the more
        return []
    return [
        "# HELP kg_store_revision Number of the revision served.",
        "# TYPE kg_store_revision gauge",
        f"kg_store_revision {number}",
    ]


def _histogram(totals: dict[str, float]) -> list[str]:
    lines, sum_so_far = [], 0.0
    for bound in BUCKETS:
        sum_so_far += totals[f"bucket:{bound}"]
        lines.append(f'kg_query_seconds_bucket{{le="{bound:g}"}} {sum_so_far:.0f}')
    lines += [
        f'kg_query_seconds_bucket{{le="+Inf"}} {totals["answers"]:.0f}',
        f"kg_query_seconds_sum {totals['seconds']:.6f}",
        f"kg_query_seconds_count {totals['answers']:.0f}",
    ]
    return lines
