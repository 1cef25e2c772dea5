"""Search as you type: labels in all languages, accents folded, word prefixes.

Every label is entered once per word, from that word to its end, so ``clean ener`` finds
*Affordable and clean energy*. The entries are sorted; a query is two binary searches over a
memory-mapped file and one partial sort by rank. Kept beside the revision.

Measured with ``benchmarks/linking.py search``: see docs/explanation/linking.md.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.linking.concepts import Queryable
from kg.linking.text import fold, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.store.protocol import Snapshot

FORMAT: Final = 2
KINDS: Final = {
    v.GOAL: "goal",
    v.TARGET: "target",
    v.PRINCIPLE: "principle",
    v.TECHNOLOGY: "technology",
    v.PRINCIPLE_FRAMEWORK: "framework",
    v.CASE: "case",
    v.ORGANISATION: "organisation",
    v.COUNTRY_CLASS: "country",
    v.REGION_CLASS: "region",
    v.INDICATOR: "indicator",
    v.DOCUMENT: "document",
    v.EVENT: "event",
    v.COMMITTEE: "committee",
    f"{v.FOAF}Person": "person",
}
"""Classes whose things are found, most wanted first."""
_LABELS: Final = {v.PREF_LABEL: 0, v.LABEL: 0, v.TITLE: 0, v.ALT_LABEL: 1, v.NOTATION: 1}
_ENTRY_LIMIT: Final = 96
_SCAN_LIMIT: Final = 60_000


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found.

    Args:
        id: IRI.
        label: Its preferred label, English where there is one.
        match: The label that matched.
        language: Language of that label, or empty.
        kind: One of the values of :data:`KINDS`.
    """

    id: str
    label: str
    match: str
    language: str
    kind: str

    def to_dict(self) -> dict[str, str]:
        """The JSON of one result."""
        return {
            "id": self.id,
            "label": self.label,
            "match": self.match,
            "language": self.language,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One label of one thing, as read from the graph."""

    id: str
    label: str
    language: str
    kind: str
    preferred: bool


def read_entries(store: Queryable) -> Iterable[Entry]:
    """Every label of every findable thing. Cost: about 2 s per million labels."""
    classes = " ".join(f"<{iri}>" for iri in KINDS)
    predicates = " ".join(f"<{iri}>" for iri in _LABELS)
    rows: Any = store.query(
        f"SELECT DISTINCT ?s ?k ?p ?l {{ VALUES ?k {{ {classes} }} ?s a ?k . "
        f"VALUES ?p {{ {predicates} }} ?s ?p ?l }}"
    )
    for subject, kind, predicate, label in rows:
        if hasattr(label, "language"):
            yield Entry(
                subject.value,
                label.value,
                label.language or "",
                KINDS[kind.value],
                _LABELS[predicate.value] == 0,
            )


def folded(text: str) -> str:
    """A label or query as it is compared: folded words, single spaces.

    Example:
        >>> folded("Énergie  propre,")
        'energie propre'
    """
    return " ".join(fold(word) for word in words(text).surface)


class LabelSearch:
    """A read-only index of labels in a directory.

    Args:
        directory: Made by :meth:`build`.
    """

    def __init__(self, directory: Path) -> None:
        import numpy as np

        self._entry_text = _Blob(directory / "entries")
        self._label_text = _Blob(directory / "labels")
        self._thing_text = _Blob(directory / "things")
        self._ranks: NDArray[Any] = np.load(directory / "ranks.npy", mmap_mode="r")
        self._label_of: NDArray[Any] = np.load(directory / "label_of.npy", mmap_mode="r")
        self._thing_of: NDArray[Any] = np.load(directory / "thing_of.npy", mmap_mode="r")

    @classmethod
    def open(cls, snapshot: Snapshot) -> LabelSearch:
        """The index of a revision, built on first use."""
        directory = snapshot.cache_dir / f"search-{FORMAT}"
        if not (directory / "ranks.npy").exists():
            cls.build(read_entries(snapshot), directory)
        return cls(directory)

    @classmethod
    def build(cls, entries: Iterable[Entry], directory: Path) -> None:
        """Write an index. Cost: about 20 s and 1 GB per million labels."""
        import numpy as np

        labels: list[Entry] = []
        things: dict[str, int] = {}
        preferred: dict[int, tuple[int, str]] = {}
        thing_of: list[int] = []
        keys: list[tuple[str, int, int]] = []
        order = {kind: number for number, kind in enumerate(KINDS.values())}
        for entry in entries:
            thing = things.setdefault(entry.id, len(things))
            choice = (not entry.preferred) * 2 + (entry.language not in ("en", ""))
            if thing not in preferred or (choice, entry.label) < preferred[thing]:
                preferred[thing] = (choice, entry.label)
            labels.append(entry)
            thing_of.append(thing)
        for number, entry in enumerate(labels):
            text = folded(entry.label)
            # Names in other languages come after English ones, be these shown or alternatives.
            beside = entry.label != preferred[thing_of[number]][1]
            behind = 300 * beside if entry.preferred else 200
            base = min(len(text), 199) + behind + 40 * order[entry.kind]
            base += min(len(entry.id) // 8, 30)  # of namesakes, the more general identifier
            keys += [
                (text[at : at + _ENTRY_LIMIT], number, base + 1_000 * (at > 0))
                for at in _word_starts(text)
            ]
        keys.sort(key=lambda key: key[0].encode())
        work = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        work.mkdir(parents=True, exist_ok=True)
        _Blob.write(work / "entries", (text for text, _, _ in keys))
        _Blob.write(
            work / "labels",
            (json.dumps([e.label, e.language, e.kind], ensure_ascii=False) for e in labels),
        )
        _Blob.write(
            work / "things",
            (
                json.dumps([iri, preferred[thing][1]], ensure_ascii=False)
                for iri, thing in things.items()
            ),
        )
        np.save(work / "label_of.npy", np.asarray([n for _, n, _ in keys], np.int32))
        np.save(work / "thing_of.npy", np.asarray(thing_of, np.int32))
        np.save(work / "ranks.npy", np.asarray([rank for _, _, rank in keys], np.int32))
        try:
            work.rename(directory)
        except OSError:  # another process was faster
            shutil.rmtree(work, ignore_errors=True)

    def search(self, query: str, *, kinds: Collection[str] = (), limit: int = 10) -> list[Found]:
        """Things with a label in which the query's words begin words.

        Labels that hold the words in a row come first, then labels that hold all of them
        anywhere.

        Args:
            query: What was typed.
            kinds: Only these kinds; all when empty.
            limit: At most so many.

        Returns:
            Best first; empty for a query without letters or digits.
        """
        text = folded(query)
        if not text:
            return []
        found: dict[int, Found] = {}
        self._gather(self._range(text), found, kinds, limit)
        if len(found) < limit and " " in text:
            self._gather_scattered(text.split(" "), found, kinds, limit)
        return list(found.values())

    def _range(self, prefix: str) -> tuple[int, int]:
        low = prefix.encode()
        return (
            bisect_left(self._entry_text, low),
            bisect_left(self._entry_text, low + b"\xff"),
        )

    def _gather(
        self,
        span: tuple[int, int],
        found: dict[int, Found],
        kinds: Collection[str],
        limit: int,
    ) -> None:
        import numpy as np

        low, high = span
        ranks = self._ranks[low:high]
        size = len(ranks)
        wanted = limit * 8
        while size and len(found) < limit:
            count = min(wanted, size)
            best = np.argpartition(ranks, count - 1)[:count] if count < size else np.arange(size)
            for at in best[np.lexsort((best, ranks[best]))]:
                self._add(int(self._label_of[low + int(at)]), found, kinds)
                if len(found) >= limit:
                    return
            if count == size:
                return
            wanted *= 16

    def _gather_scattered(
        self, parts: Sequence[str], found: dict[int, Found], kinds: Collection[str], limit: int
    ) -> None:
        import numpy as np

        spans = sorted(
            (self._range(part) for part in set(parts)), key=lambda span: span[1] - span[0]
        )
        low, high = spans[0]
        high = min(high, low + _SCAN_LIMIT)
        labels, ranks = self._label_of[low:high], self._ranks[low:high]
        for start, end in spans[1:]:
            holds = np.zeros(len(self._label_text), bool)
            holds[self._label_of[start:end]] = True
            kept = holds[labels]
            labels, ranks = labels[kept], ranks[kept]
        for at in np.argsort(ranks, kind="stable"):
            self._add(int(labels[at]), found, kinds)
            if len(found) >= limit:
                return

    def _label(self, number: int) -> tuple[str, str, str]:
        label, language, kind = json.loads(self._label_text[number])
        return label, language, kind

    def _add(self, number: int, found: dict[int, Found], kinds: Collection[str]) -> None:
        thing = int(self._thing_of[number])
        if thing in found:
            return
        label, language, kind = self._label(number)
        if kinds and kind not in kinds:
            return
        iri, shown = json.loads(self._thing_text[thing])
        found[thing] = Found(iri, shown, label, language, kind)


class _Blob:
    """Many short texts in one memory-mapped file, addressed by number."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        self._starts: NDArray[Any] = np.load(path.with_suffix(".npy"), mmap_mode="r")
        with path.with_suffix(".bin").open("rb") as stream:
            empty = os.fstat(stream.fileno()).st_size == 0
            self._data = b"" if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._data[int(self._starts[number]) : int(self._starts[number + 1])])

    @staticmethod
    def write(path: Path, texts: Iterable[str]) -> None:
        """Write texts in order."""
        import numpy as np

        starts = [0]
        with path.with_suffix(".bin").open("wb") as stream:
            for text in texts:
                starts.append(starts[-1] + stream.write(text.encode()))
        np.save(path.with_suffix(".npy"), np.asarray(starts, np.int64))


def _word_starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(text) if char == " ")] if text else []
