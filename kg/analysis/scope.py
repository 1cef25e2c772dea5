"""The scope file: what an analysis leaves out, and what it holds to be relevant beforehand.

A CSV file with the columns ``member`` and ``scope`` (``out`` or ``relevant``), and ``other`` for
a pair; or a YAML or JSON mapping with the lists ``out`` and ``relevant``, whose items are names or
pairs of names. Names are IRIs, codes (``7.3``) or labels.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import InputError, UnknownTermError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.projection import Projection

_KINDS: Final = ("target", "goal", "principle", "framework-principle", "technology", "region")
_WORDS: Final = {
    "out": "out",
    "out-of-scope": "out",
    "out of scope": "out",
    "relevant": "relevant",
    "relevant a priori": "relevant",
    "a-priori": "relevant",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Members and pairs of members marked by hand (IRIs; pairs in both orders).

    Example:
        >>> Scope(out=frozenset({"x"})).is_out("x", "y")
        True
    """

    out: frozenset[str] = frozenset()
    relevant: frozenset[str] = frozenset()
    out_pairs: frozenset[tuple[str, str]] = frozenset()
    relevant_pairs: frozenset[tuple[str, str]] = frozenset()
    name: str = ""

    def is_out(self, member: str, other: str | None = None) -> bool:
        """Whether a member or pair is left out."""
        if other is None:
            return member in self.out
        return member in self.out or other in self.out or (member, other) in self.out_pairs

    def is_relevant(self, member: str, other: str | None = None) -> bool:
        """Whether a member or pair is relevant beforehand; a pair also when both members are."""
        if other is None:
            return member in self.relevant
        both = member in self.relevant and other in self.relevant
        return both or (member, other) in self.relevant_pairs


NO_SCOPE: Final = Scope()


def load_scope(path: Path, projection: Projection) -> Scope:
    """Read a scope file.

    Raises:
        InputError: Not readable; names file, row and column.
        UnknownTermError: A name means nothing in this graph; names file and row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", file=str(path)) from error
    suffix = path.suffix.lower()
    if suffix in {".json", ".yaml", ".yml"}:
        marked = _from_mapping(_mapping(text, path, suffix), path)
    else:
        marked = _from_csv(text, path)
    single: dict[str, set[str]] = {"out": set(), "relevant": set()}
    pairs: dict[str, set[tuple[str, str]]] = {"out": set(), "relevant": set()}
    for row, word, names in marked:
        iris = [_meant(projection, name, path, row) for name in names]
        if len(iris) == 1:
            single[word].add(iris[0])
        else:
            pairs[word].update([(iris[0], iris[1]), (iris[1], iris[0])])
    return Scope(
        frozenset(single["out"]),
        frozenset(single["relevant"]),
        frozenset(pairs["out"]),
        frozenset(pairs["relevant"]),
        path.name,
    )


def _from_csv(text: str, path: Path) -> Iterable[tuple[int, str, list[str]]]:
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in ("member", "scope") if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError("this column is missing", file=str(path), row=1, column=missing[0])
    for row, record in enumerate(reader, start=2):
        word = _WORDS.get((record["scope"] or "").strip().casefold())
        if word is None:
            raise InputError("write out or relevant", file=str(path), row=row, column="scope")
        names = [record["member"], record.get("other") or ""]
        kept = [name.strip() for name in names if name and name.strip()]
        if not kept:
            raise InputError("this cell is empty", file=str(path), row=row, column="member")
        yield row, word, kept


def _mapping(text: str, path: Path, suffix: str) -> object:
    if suffix == ".json":
        try:
            return json.loads(text)
        except ValueError as error:
            raise InputError(f"is not JSON: {error}", file=str(path)) from error
    import yaml

    try:
        # The base loader keeps every scalar a text: as a number, target 16.10 would become 16.1.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {error}", file=str(path)) from error


def _from_mapping(document: object, path: Path) -> Iterable[tuple[int, str, list[str]]]:
    if not isinstance(document, dict):
        raise InputError("must be a mapping with the lists out and relevant", file=str(path))
    row = 0
    for key, items in document.items():
        word = _WORDS.get(str(key).casefold())
        if word is None or not isinstance(items, list):
            raise InputError(f"unknown entry {key!r}; out and relevant are lists", file=str(path))
        for item in items:
            row += 1
            names = [item] if isinstance(item, str) else item
            fits = isinstance(names, list) and 1 <= len(names) <= 2
            if not fits or not all(isinstance(name, str) for name in names):
                raise InputError("write a name or a pair of names", file=str(path), row=row)
            yield row, word, names


def _meant(projection: Projection, name: str, path: Path, row: int) -> str:
    try:
        return meant(projection, name)
    except UnknownTermError as error:
        raise UnknownTermError(
            error.message, suggestions=error.suggestions, file=str(path), row=row
        ) from None


def meant(projection: Projection, name: str) -> str:
    """The IRI of the goal, target, principle, technology or region that a name means.

    Raises:
        UnknownTermError: None bears that name; the closest are offered.
    """
    suggestions: list[str] = []
    for kind in _KINDS:
        try:
            return projection.resolve(kind, name)
        except UnknownTermError as error:
            suggestions += error.suggestions
    raise UnknownTermError(f"{name!r} means nothing in this graph", suggestions=suggestions[:3])
