"""What was probably meant by a name, code or IRI that the graph does not have."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.identifiers import compact

if TYPE_CHECKING:
    import pyoxigraph as ox

LISTED: Final = frozenset(
    {"target", "principle", "technology", "country", "status", "role", "organisation-type",
     "source-kind"}
)
"""Kinds whose members the templates list."""
_CODE: Final = re.compile(r"(?:\A|[\s#:_/-]|sdg|goal|target)(\d{1,3})(\.\w{1,3})?\Z", re.IGNORECASE)
_COMPARED: Final = 20_000
_SHOWN: Final = 3
_CODES: Final = 8
_MEMBERS: Final = {
    **{
        f"{v.ID}{kind}/": f"?s <{v.IN_SCHEME}> <{v.ID}scheme/{kind}>"
        for kind in ("status", "role", "organisation-type", "source-kind")
    },
    f"{v.ID}country/": f"?s a <{v.COUNTRY_CLASS}>",
    f"{v.ID}principle/": f"?s a <{v.PRINCIPLE}>",
    f"{v.ID}technology/": f"?s a <{v.TECHNOLOGY}>",
    v.SDG: f"?s a ?k VALUES ?k {{ <{v.GOAL}> <{v.TARGET}> }}",
    v.EQ: f"?s a ?k VALUES ?k {{ <{v.DIRECTNESS_CLASS}> <{v.REVIEW_STATUS_CLASS}> "
          f"<{v.EVIDENCE_STATUS_CLASS}> }}",
}
"""Begin of an IRI → what finds the things whose IRIs begin so."""


def closest_names(
    key: str,
    levels: Sequence[Mapping[str, str | tuple[str, ...]]],
) -> list[str]:
    """IRIs of the things whose names come closest to one.

    Args:
        key: The name, in normal form.
        levels: Per level of labels, what each name in normal form leads to.

    Cost: one comparison per known name, of the first 20,000.
    """
    keys = [known for level in levels for known in level]
    found: dict[str, None] = {}
    for near in difflib.get_close_matches(key, keys[:_COMPARED], n=_SHOWN, cutoff=0.6):
        for level in levels:
            iris = level.get(near, ())
            found.update(dict.fromkeys((iris,) if isinstance(iris, str) else iris))
    return list(found)[:_SHOWN]


def codes_beside(text: str, known: Iterable[str]) -> list[str]:
    """For a code that nothing has: the goal of its number and its targets, or goals 1 and 17.

    What the code begins with goes first. A text that is no code has nothing beside it.

    Example:
        >>> goals = [f"{v.SDG}{code}" for code in ("1", "7", "7.10", "7.2", "7.a", "17")]
        >>> [iri.rsplit("/")[-1] for iri in codes_beside("SDG 7.9", goals)]
        ['7', '7.2', '7.10', '7.a']
        >>> [iri.rsplit("/")[-1] for iri in codes_beside("7.22", goals)]
        ['7.2', '7', '7.10', '7.a']
        >>> [iri.rsplit("/")[-1] for iri in codes_beside("SDG 18", goals)]
        ['1', '17']
    """
    match = _CODE.search(text)
    if match is None:
        return []
    goal = f"{v.SDG}{int(match.group(1))}"
    written = goal + (match.group(2) or "")
    iris = set(known)
    found = [iri for iri in iris if iri == goal or iri.startswith(f"{goal}.")]
    found.sort(key=lambda iri: (-len(iri) if written.startswith(iri) else 0, _natural(iri)))
    return found[:_CODES] or sorted(iris & {f"{v.SDG}1", f"{v.SDG}17"})


def _natural(iri: str) -> tuple[int, ...]:
    parts = iri.rsplit("/", 1)[-1].split(".")
    return tuple(int(part) if part.isdigit() else 100 + ord(part[:1] or "~") for part in parts)


class ClosestIris:
    """Finds the known IRI that comes closest to one that is not known.

    Args:
        ask: Runs a query over all graphs.
    """

    def __init__(self, ask: Callable[[str], ox.QuerySolutions]) -> None:
        self._ask = ask
        self._members: dict[str, list[str]] = {}
        self._found: dict[str, str] = {}

    def hint(self, iri: str) -> str:
        """What to write instead of an IRI, for people; nothing when nothing comes close.

        Only values out of a list are looked at: statuses, countries, principles, targets and the
        like; cases and organisations are too many to compare.
        """
        if iri not in self._found:
            self._found[iri] = self._hint(iri)
        return self._found[iri]

    def _hint(self, iri: str) -> str:
        start = next((start for start in _MEMBERS if iri.startswith(start)), "")
        if not start:
            return ""
        if start not in self._members:
            rows = self._ask(f"SELECT DISTINCT ?s {{ {_MEMBERS[start]} }}")
            self._members[start] = [row["s"].value for row in rows]
        members = self._members[start]
        if iri in members:
            return ""  # a thing that is there and does not fit here
        ends = {member.removeprefix(start).lower(): member for member in sorted(members)}
        end = iri.removeprefix(start).lower()
        found = codes_beside(end, members) if start == v.SDG else []
        if not found:
            close = difflib.get_close_matches(end, ends, n=_SHOWN, cutoff=0.5)
            found = [ends[name] for name in close]
        return f"closest: {', '.join(map(compact, found))}" if found else ""
