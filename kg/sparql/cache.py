"""Answers kept in memory. Revisions do not change, so an answer kept by revision is exact."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

_OVERHEAD: Final = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer: its label, its bytes, its entity tag and its rows."""

    content_type: str
    body: bytes
    etag: str
    rows: int | None


class AnswerCache:
    """The most recently used answers, up to a number of bytes.

    Args:
        size: Bytes in all.
        largest: Bytes of one answer; larger ones are not kept.
    """

    def __init__(self, size: int, largest: int = 512 * 1024) -> None:
        self._size, self._largest = size, min(largest, size)
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._taken = 0
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        """The answer kept under a key."""
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, answer: Kept, *, weight: int = 0) -> None:
        """Keep an answer; ``weight`` is the size of what its key holds."""
        taken = len(answer.body) + weight + _OVERHEAD
        if taken > self._largest:
            return
        with self._guard:
            if key in self._kept:
                return
            self._kept[key] = answer
            self._taken += taken
            while self._taken > self._size and self._kept:
                old_key, old = self._kept.popitem(last=False)
                self._taken -= len(old.body) + _weight(old_key) + _OVERHEAD

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._kept.clear()
            self._taken = 0


def _weight(key: Hashable) -> int:
    return sum(len(part) for part in key if isinstance(part, str)) if isinstance(key, tuple) else 0
