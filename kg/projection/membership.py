"""Which members a statement counts for: hierarchies, mappings, regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg import vocabulary as v
from kg.projection.filters import MATCHES
from kg.projection.incidence import distinct
from kg.projection.segment import literal_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from numpy.typing import NDArray

    from kg.projection.statements import Pool

    Ints: TypeAlias = NDArray[np.int64]

VIA_SELF: Final = 0
VIA: Final = {name: place + 1 for place, name in enumerate(MATCHES)}
VIA_BROADER: Final = len(MATCHES) + 1
"""How a statement about a thing came to count for a member; see :class:`Rollups`."""


class Rolled:
    """Objects of a statement table and the members they count for."""

    def __init__(self, closed: Iterable[int | str] = ()) -> None:
        self._members: dict[int | str, int] = {}
        self.rows: list[tuple[int, int, int]] = []
        for member in closed:
            self._members.setdefault(member, len(self._members))

    def add(self, target: int, member: int | str, via: int = VIA_SELF) -> None:
        """A statement about ``target`` counts for ``member``."""
        place = self._members.setdefault(member, len(self._members))
        self.rows.append((target, place, via))

    def attach(self, name: str, arrays: dict[str, NDArray[Any]]) -> list[str]:
        """Write the arrays, sorted by object; give the members."""
        rows = np.array(sorted(set(self.rows)), dtype=np.int64).reshape(-1, 3)
        arrays[f"rollup.{name}.object"] = rows[:, 0].astype(np.int32)
        arrays[f"rollup.{name}.member"] = rows[:, 1].astype(np.int32)
        arrays[f"rollup.{name}.via"] = rows[:, 2].astype(np.int8)
        return [str(member) for member in self._members]


class Hierarchy:
    """The concepts and how they hang together, as small dictionaries."""

    def __init__(self, every: Pool, pivots: set[int]) -> None:
        self.broader = _grouped(*every.pairs("broader"))
        self.region = _grouped(*every.pairs("region"))
        self.organisation_type = _grouped(*every.pairs("organisation-type"))
        scheme = _grouped(*every.pairs("in-scheme"))
        included = _grouped(*every.pairs("includes-principle"))
        of_pivot = {code for pivot in pivots for code in included.get(pivot, ())}
        principles = every.members("Principle")
        self.pivot = {
            code
            for code in principles
            if code in of_pivot or any(parent in pivots for parent in scheme.get(code, ()))
        }
        self.framework_principles = principles - self.pivot
        self.in_scheme = scheme
        self.mappings = [
            (principle, other, VIA[match])
            for match in MATCHES
            for principle, others in _grouped(*every.pairs(match)).items()
            for other in others
            if principle in self.framework_principles and other in self.pivot
        ]

    def ancestors(self, code: int) -> set[int]:
        """The code itself and everything broader."""
        found = {code}
        queue = [code]
        while queue:
            for parent in self.broader.get(queue.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    queue.append(parent)
        return found

    def principle_iris(self, every: Pool) -> set[str]:
        """IRIs of all principles, of the pivot and of frameworks."""
        return {every.text(code) for code in self.pivot | self.framework_principles}

    def scheme_members(self, iri_code: int) -> list[int]:
        """Concepts of a scheme."""
        return [code for code, schemes in self.in_scheme.items() if iri_code in schemes]


def _grouped(subjects: Ints, objects: Ints) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for subject, target in zip(subjects.tolist(), objects.tolist(), strict=True):
        grouped.setdefault(subject, []).append(target)
    return grouped


def rollups(
    every: Pool, hierarchy: Hierarchy, unit: str, arrays: dict[str, NDArray[Any]]
) -> dict[str, Rolled]:
    """For every dimension of a unit: which objects count for which members."""

    def objects(table: str) -> list[int]:
        return distinct(arrays[f"{unit}.{table}.object"]).tolist()  # type: ignore[no-any-return]

    def named(codes: Iterable[int]) -> list[str]:
        return [every.text(code) for code in codes]

    country, region = Rolled(), Rolled(named(sorted(every.members("Region"))))
    regions = every.members("Region")
    for code in objects("country"):
        country.add(code, every.text(code))
        near = {
            step for first in hierarchy.region.get(code, ()) for step in hierarchy.ancestors(first)
        }
        for step in sorted(near & regions):
            region.add(code, every.text(step))
    year = Rolled()
    for code in objects("year"):
        year.add(code, literal_text(every.terms[code])[:4])
    dataset = Rolled()
    for code in objects("dataset"):
        dataset.add(code, every.graphs[code])
    principle = _principles(every, hierarchy, objects("principle"))
    rolled = {"country": country, "region": region, "year": year, "dataset": dataset}
    if unit == "framework":
        publisher_type = _scheme(every, hierarchy, "organisation-type")
        binding = Rolled(("true", "false"))
        publisher = Rolled()
        for code in objects("publisher-type"):
            publisher_type.add(code, every.text(code))
        for code in objects("binding"):
            truth = literal_text(every.terms[code]) in ("true", "1")
            binding.add(code, "true" if truth else "false")
        for code in objects("publisher"):
            publisher.add(code, every.text(code))
        return rolled | {
            "principle": principle,
            "publisher-type": publisher_type,
            "binding": binding,
            "publisher": publisher,
        }
    return rolled | _case_rollups(every, hierarchy, principle, objects)


def _principles(every: Pool, hierarchy: Hierarchy, objects: list[int]) -> Rolled:
    principle = Rolled(every.text(code) for code in sorted(hierarchy.pivot))
    for code in objects:
        if code in hierarchy.pivot:
            principle.add(code, every.text(code))
    for code, pivot, via in hierarchy.mappings:
        principle.add(code, every.text(pivot), via)
    return principle


def _case_rollups(
    every: Pool, hierarchy: Hierarchy, principle: Rolled, objects: Any
) -> dict[str, Rolled]:
    goals, targets = every.members("Goal"), every.members("Target")
    goal = Rolled(every.text(code) for code in sorted(goals))
    target = Rolled(every.text(code) for code in sorted(targets))
    for code in objects("sdg"):
        above = hierarchy.ancestors(code)
        for step in above & goals:
            goal.add(code, every.text(step))
        for step in above & targets:
            target.add(code, every.text(step))
    own = Rolled(every.text(code) for code in sorted(hierarchy.framework_principles))
    for code in objects("principle"):
        if code in hierarchy.framework_principles:
            own.add(code, every.text(code))
    for code, pivot, via in hierarchy.mappings:
        own.add(pivot, every.text(code), via)
    technologies = every.members("Technology")
    technology = Rolled(every.text(code) for code in sorted(technologies))
    for code in objects("technology"):
        technology.add(code, every.text(code))
        for step in (hierarchy.ancestors(code) - {code}) & technologies:
            technology.add(code, every.text(step), VIA_BROADER)
    organisation, kind = Rolled(), _scheme(every, hierarchy, "organisation-type")
    for code in objects("organisation"):
        organisation.add(code, every.text(code))
        for of_type in hierarchy.organisation_type.get(code, ()):
            kind.add(code, every.text(of_type))
    status = _scheme(every, hierarchy, "status")
    for code in objects("status"):
        status.add(code, every.text(code))
    return {
        "goal": goal,
        "target": target,
        "principle": principle,
        "framework-principle": own,
        "technology": technology,
        "organisation": organisation,
        "organisation-type": kind,
        "status": status,
    }


def _scheme(every: Pool, hierarchy: Hierarchy, name: str) -> Rolled:
    scheme = every.code(f"{v.ID}scheme/{name}")
    codes = hierarchy.scheme_members(scheme) if scheme >= 0 else []
    return Rolled(sorted(every.text(code) for code in codes))
