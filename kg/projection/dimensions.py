"""The dimensions a unit can be counted along, and where each one's statements come from."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import InputError, UnknownTermError

if TYPE_CHECKING:
    from kg.projection.filters import Unit


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to sort units.

    Attributes:
        name: As written on the command line and in addresses.
        unit: ``case`` or ``framework``.
        table: The statement table it is read from.
        signed: Whether its links are positive or negative (polarity applies).
        link: Whether it comes from links, which a dataset filter limits.
        closed: Whether members without any unit belong to the table.
    """

    name: str
    unit: Unit
    table: str
    signed: bool = False
    link: bool = False
    closed: bool = False


CASE_DIMENSIONS: Final = (
    Dimension("goal", "case", "sdg", signed=True, link=True, closed=True),
    Dimension("target", "case", "sdg", signed=True, link=True, closed=True),
    Dimension("principle", "case", "principle", signed=True, link=True, closed=True),
    Dimension("framework-principle", "case", "principle", signed=True, link=True, closed=True),
    Dimension("technology", "case", "technology", link=True, closed=True),
    Dimension("organisation", "case", "organisation"),
    Dimension("organisation-type", "case", "organisation", closed=True),
    Dimension("country", "case", "country"),
    Dimension("region", "case", "country", closed=True),
    Dimension("year", "case", "year"),
    Dimension("status", "case", "status", closed=True),
    Dimension("dataset", "case", "dataset"),
)
FRAMEWORK_DIMENSIONS: Final = (
    Dimension("principle", "framework", "principle", link=True, closed=True),
    Dimension("publisher-type", "framework", "publisher-type", closed=True),
    Dimension("country", "framework", "country"),
    Dimension("region", "framework", "country", closed=True),
    Dimension("year", "framework", "year"),
    Dimension("binding", "framework", "binding", closed=True),
    Dimension("dataset", "framework", "dataset"),
)
DIMENSIONS: Final = {
    (dimension.unit, dimension.name): dimension
    for dimension in (*CASE_DIMENSIONS, *FRAMEWORK_DIMENSIONS)
}
UNITS: Final[tuple[Unit, ...]] = ("case", "framework")


def unit_named(name: str) -> Unit:
    """The unit of that name, singular or plural.

    Raises:
        InputError: There is no such unit.

    Example:
        >>> unit_named("cases")
        'case'
    """
    for unit in UNITS:
        if name in (unit, f"{unit}s"):
            return unit
    raise InputError(f"Unknown unit {name!r}; choose cases or frameworks.")


def dimension_named(name: str, unit: Unit = "case") -> Dimension:
    """The dimension of that name.

    Raises:
        UnknownTermError: There is none for this unit; the closest names are offered.

    Example:
        >>> dimension_named("goal").table
        'sdg'
    """
    found = DIMENSIONS.get((unit, name)) or DIMENSIONS.get((unit, name.removesuffix("s")))
    if found is not None:
        return found
    names = dimension_names(unit)
    raise UnknownTermError(
        f"No dimension {name!r} for {unit}s; there are {', '.join(names)}.",
        suggestions=difflib.get_close_matches(name, names, n=3, cutoff=0.4),
    )


def dimension_names(unit: Unit = "case") -> tuple[str, ...]:
    """The names of all dimensions of a unit, in their order of display."""
    return tuple(name for of_unit, name in DIMENSIONS if of_unit == unit)
