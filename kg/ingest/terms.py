"""Finding what a cell names: IRIs, codes, identifiers and labels → IRIs of the graph.

Within one kind of thing the order is: IRI or code, identifier (the last part of the IRI), main
label, alternative label. A label that stands for two things on the same level is refused, and
both are named; for principles those of the pivot go first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.identifiers import expand, slugify
from kg.ingest.cells import CellProblem
from kg.ingest.closest import LISTED, closest_names, codes_beside
from kg.ingest.country_names import code_of, spellings

if TYPE_CHECKING:
    import pyoxigraph as ox

KINDS: Final = {
    "target": (v.GOAL, v.TARGET),
    "principle": (v.PRINCIPLE,),
    "technology": (v.TECHNOLOGY,),
    "country": (v.COUNTRY_CLASS,),
    "region": (v.REGION_CLASS,),
    "organisation": (v.ORGANISATION,),
    "case": (v.CASE,),
    "framework": (v.PRINCIPLE_FRAMEWORK,),
}
"""Kind of thing → its classes."""
SCHEMES: Final = ("status", "role", "organisation-type", "source-kind")
"""Kinds whose members lie in a scheme of the same name."""
_CODE: Final = re.compile(
    r"(?:un\s*)?(?:sdg|goal|target|indicator)?[\s#:_-]*((?:1[0-7]|0?[1-9])(?:\.(?:\d{1,2}|[a-d]))?)"
    r"(?:\s*[:–—-]\s+.*)?\Z",
    re.IGNORECASE,
)
_NOT_WORD: Final = re.compile(r"[\W_]+")
_REMEMBERED: Final = 20_000
_CUES: Final = f"{v.DATASET}sdg-cues"
_LONGEST: Final = 6
"""Parts between commas that may be one name."""
_AND_FIRST: Final = re.compile(r"\A(?:and|&)\s+", re.IGNORECASE)
_JOINTS: Final = re.compile(r"\s*[/&+]\s*|\s+and\s+", re.IGNORECASE)
_TIERS: Final = {v.NOTATION: 1, v.IDENTIFIER: 1, v.PREF_LABEL: 2, v.LABEL: 2, v.TITLE: 2,
                 v.ALT_LABEL: 3, f"{v.EQ}iso3": 1}


def normal(text: str) -> str:
    """A label without case, accents and punctuation.

    Example:
        >>> normal("São Paulo’s “Open-Data” Office"), normal("数据")
        ('sao paulo s open data office', '数据')
    """
    if text.isascii():
        return " ".join(_NOT_WORD.sub(" ", text.lower()).split())
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(_NOT_WORD.sub(" ", bare).split())


def _slug_key(text: str) -> str:
    return normal(slugify(text))


class AmbiguousCell(CellProblem):
    """A text that names several things."""


class Terms:
    """Everything of some kinds that the graph knows, loaded kind by kind when first asked for.

    Args:
        store: The working copy.
    """

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._kinds: dict[str, _Kind] = {}

    def find(self, kind: str, text: str) -> str:
        """IRI of what a text names.

        Raises:
            CellProblem: Nothing, or several things.
        """
        return self._kind(kind).find(text)

    def lookup(self, kind: str, text: str) -> str:
        """IRI of what a text names, or nothing.

        Raises:
            AmbiguousCell: It names several things.
        """
        return self._kind(kind).lookup(text)

    def known(self, kind: str, text: str) -> str | None:
        """IRI of what a text names for certain, or ``None``."""
        try:
            return self._kind(kind).lookup(text) or None
        except AmbiguousCell:
            return None

    def find_several(self, kind: str, text: str) -> list[str]:
        """IRIs of what a text names; other marks separate when the whole names nothing.

        Commas do, where the longest run of parts that is a name counts as one; then strokes,
        ampersands and the word *and*, where all parts are names.

        Raises:
            CellProblem: A part names nothing, or several things.
        """
        names = self._kind(kind)
        if found := names.lookup(text):
            return [found]
        pieces = [piece for piece in text.split(",") if piece.strip()]
        if len(pieces) < 2:
            return self._joined(names, text)
        found_all: list[str] = []
        unknown: list[str] = []
        at = 0
        while at < len(pieces):
            for end in range(min(len(pieces), at + _LONGEST), at, -1):
                part = ",".join(pieces[at:end]).strip()
                if iri := names.lookup(part):
                    found_all.append(iri)
                    break
            else:
                end, part = at + 1, _AND_FIRST.sub("", pieces[at].strip())
                try:
                    found_all += self._joined(names, part)
                except AmbiguousCell:
                    raise
                except CellProblem:
                    unknown.append(part)
            at = end
        if unknown or not found_all:
            raise names.unknown(unknown[0] if found_all else text)
        return list(dict.fromkeys(found_all))

    def _joined(self, names: _Kind, text: str) -> list[str]:
        """What a text names whose parts are joined by strokes or words.

        Raises:
            CellProblem: It names nothing, or a part several things.
        """
        if found := names.lookup(text):
            return [found]
        parts = [part for part in _JOINTS.split(text) if part.strip()]
        if len(parts) > 1 and all(iris := [names.lookup(part.strip()) for part in parts]):
            return list(dict.fromkeys(iris))
        raise names.unknown(text)

    def label(self, iri: str) -> str:
        """A readable name for a thing of any kind loaded so far; the end of its IRI otherwise."""
        for kind in self._kinds.values():
            if name := kind.names.get(iri):
                return name
        return iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]

    def add(self, kind: str, iri: str, *labels: str) -> None:
        """Make something new known, so that later rows find it."""
        self._kind(kind).add(iri, labels)

    def contains(self, kind: str, iri: str) -> bool:
        """Whether an IRI is a known thing of that kind."""
        return iri in self._kind(kind).names

    def _kind(self, kind: str) -> _Kind:
        if kind not in self._kinds:
            self._kinds[kind] = _load(self._store, kind)
        return self._kinds[kind]


class _Kind:
    """The names of all things of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.names: dict[str, str] = {}
        self.first: set[str] = set()
        # One mapping per level; a key leads to one IRI nearly always, rarely to several.
        self._levels: tuple[dict[str, str | tuple[str, ...]], ...] = ({}, {}, {})
        self._found: dict[str, str] = {}
        self._close: dict[str, list[str]] = {}

    def put(self, key: str, iri: str, tier: int) -> None:
        """Let a key lead to a thing, on a level (1 identifier, 2 main label, 3 other label)."""
        level = self._levels[tier - 1]
        known = level.setdefault(key, iri)
        if known != iri and iri not in known:
            level[key] = (*((known,) if isinstance(known, str) else known), iri)

    def add(self, iri: str, labels: Iterable[str]) -> None:
        """A new thing with its main labels."""
        if self._close:
            self._close.clear()
        self.names.setdefault(iri, next(iter(labels), iri))
        for label in dict.fromkeys((*labels, iri.rsplit("/", 1)[-1])):
            self.put(normal(label), iri, 2)

    def find(self, text: str) -> str:
        """IRI of what a text names.

        Raises:
            CellProblem: Nothing (with the closest), or several things.
        """
        found = self.lookup(text)
        if not found:
            raise self.unknown(text)
        return found

    def lookup(self, text: str) -> str:
        """IRI of what a text names, or nothing; remembered.

        Raises:
            AmbiguousCell: Several things.
        """
        found = self._found.get(text)
        if found is None:
            found = self._lookup(text)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            if found:
                self._found[text] = found
        return found

    def _lookup(self, text: str) -> str:
        if self.kind == "target" and (code := _CODE.match(text)):
            iri = f"{v.SDG}{code.group(1).lower().lstrip('0')}"
            if iri in self.names:
                return iri
        iri = expand(text) or ""
        if iri in self.names:
            return iri
        if iri.startswith(("http", "urn:")):
            return ""
        for spell in (normal, _slug_key):
            key = spell(text)
            found = [level[key] for level in self._levels if key in level]
            if found:
                return self._first(found) or self._one_of(text, found[0])
        return self._other_spelling(text)

    def _other_spelling(self, text: str) -> str:
        """What a text names when it is written in a way that no label has."""
        if self.kind == "country":
            iri = f"{v.ID}country/{code_of(normal(text))}"
            if iri in self.names:
                return iri
            return next(filter(None, map(self.lookup, spellings(text))), "")
        if self.kind == "principle":
            return self._first([found]) if (found := self._squeezed(text)) else ""
        return ""

    def _squeezed(self, text: str) -> str | tuple[str, ...]:
        """Preferred things of that identifier when neither has hyphens or spaces."""
        key = normal(text).replace(" ", "")
        return tuple(
            iri for iri in sorted(self.first) if key == iri.rsplit("/", 1)[-1].replace("-", "")
        )

    def _first(self, levels: list[str | tuple[str, ...]]) -> str:
        """The one preferred thing on the first level that has any, if it is one."""
        if not self.first:
            return ""
        for found in levels:
            preferred = [
                iri
                for iri in ((found,) if isinstance(found, str) else found)
                if iri in self.first
            ]
            if preferred:
                return preferred[0] if len(preferred) == 1 else ""
        return ""

    def _one_of(self, text: str, found: str | tuple[str, ...]) -> str:
        if isinstance(found, str):
            return found
        best = sorted(found)
        both = " and ".join(f"{self.names[iri]} <{iri}>" for iri in best[:4])
        raise AmbiguousCell(
            f"{text!r} names {len(best)} things: {both}", "write the id or IRI of the one meant"
        )

    def unknown(self, text: str) -> CellProblem:
        """The problem that a text names nothing, with the closest known names."""
        if text not in self._close:
            key = normal(text.rsplit("/", 1)[-1] if "://" in text else text)
            close = codes_beside(text, self.names) if self.kind == "target" else []
            close = close or closest_names(key, self._levels)
            self._close[text] = [self._shown(iri) for iri in close]
        hint = f"closest: {', '.join(self._close[text])}" if self._close[text] else ""
        if not hint and self.kind in LISTED:
            hint = "kg template writes a workbook whose sheet lists has all known values"
        what = {"target": "SDG target or goal"}.get(self.kind, self.kind.replace("-", " "))
        return CellProblem(f"no {what} {text!r}", hint)

    def _shown(self, iri: str) -> str:
        short = iri.rsplit("/", 1)[-1]
        name = self.names.get(iri, "")
        return f"{short} ({name})" if name and normal(name) != normal(short) else short


def _load(store: ox.Store, kind: str) -> _Kind:
    import pyoxigraph as ox

    if kind in SCHEMES:
        members = f"?s <{v.IN_SCHEME}> <{v.ID}scheme/{kind}>"
    else:
        members = f"?s a ?k VALUES ?k {{ {' '.join(f'<{iri}>' for iri in KINDS[kind])} }}"
    predicates = " ".join(f"<{iri}>" for iri in _TIERS)
    names = _Kind(kind)
    # Cues are words that hint at a target in running text; in a cell they would name it by chance.
    no_cues = f"FILTER NOT EXISTS {{ GRAPH <{_CUES}> {{ ?s ?p ?l }} }}" if kind == "target" else ""
    rows = store.query(
        f"SELECT ?s ?p ?l {{ {members} . ?s ?p ?l VALUES ?p {{ {predicates} }} {no_cues} }}",
        use_default_graph_as_union=True,
    )
    assert isinstance(rows, ox.QuerySolutions)
    for subject, predicate, label in rows:
        if not (isinstance(subject, ox.NamedNode) and isinstance(label, ox.Literal)):
            continue
        assert isinstance(predicate, ox.NamedNode)
        iri, tier = subject.value, _TIERS[predicate.value]
        if iri not in names.names:
            names.names[iri] = ""
            names.put(normal(iri.rsplit("/", 1)[-1]), iri, 1)
        names.put(normal(label.value), iri, tier)
        if tier == 2 and (not names.names[iri] or label.language == "en"):
            names.names[iri] = label.value
    if kind == "principle":
        pivot = store.query(
            f"SELECT ?s {{ ?s <{v.IN_SCHEME}> <{v.PIVOT_FRAMEWORK}> }}",
            use_default_graph_as_union=True,
        )
        assert isinstance(pivot, ox.QuerySolutions)
        names.first = {row[0].value for row in pivot}
    return names
