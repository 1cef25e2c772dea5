"""The same counts under other labels, such as those of another language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.projection.projection import Projection

if TYPE_CHECKING:
    from kg.projection.dimensions import Dimension
    from kg.projection.incidence import Member


class Relabelled(Projection):
    """A projection that shows other labels; members keep their order, and nothing else changes.

    Args:
        base: The projection.
        label: Gives the label to show, from an IRI and the label that it has.
    """

    def __init__(self, base: Projection, label: Callable[[str, str], str]) -> None:
        super().__init__(base.tables, base.revision, base._store)
        self._label = label

    def members_of(self, dimension: Dimension) -> tuple[Member, ...]:
        """All members of a dimension, under their other labels."""
        name = f"{dimension.unit}.{dimension.name}"
        if name not in self._members:
            self._members[name] = tuple(
                replace(member, label=self._label(member.id, member.label))
                for member in super().members_of(dimension)
            )
        return self._members[name]

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Labels of any things."""
        return {iri: self._label(iri, label) for iri, label in super().labels(iris).items()}

    def crosswalk(self) -> dict[str, Any]:
        """Frameworks with their principles, all principles, and the mappings to the pivot."""
        return self._crosswalk

    @cached_property
    def _crosswalk(self) -> dict[str, Any]:
        document = super().crosswalk()

        def relabelled(entry: dict[str, Any]) -> dict[str, Any]:
            return {**entry, "label": self._label(entry["id"], entry["label"])}

        return {
            **document,
            "frameworks": [relabelled(entry) for entry in document["frameworks"]],
            "principles": {
                iri: relabelled(entry) for iri, entry in document["principles"].items()
            },
        }
