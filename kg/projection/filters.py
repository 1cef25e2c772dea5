"""Which units and which statements an analysis looks at.

A dataset filter limits *links*: a case counts where its link lies in that dataset's graph. All
other filters limit *cases*, whatever dataset states the attribute. See
``docs/explanation/methods.md`` for the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from kg.errors import InputError
from kg.identifiers import compact

Polarity = Literal["positive", "negative", "both"]
Links = Literal["accepted", "all"]
Unit = Literal["case", "framework"]

POLARITIES: Final[tuple[Polarity, ...]] = ("positive", "negative", "both")
LINK_CHOICES: Final[tuple[Links, ...]] = ("accepted", "all")
MATCHES: Final = ("exact", "close", "narrow", "broad", "related")
COUNTING_MATCHES: Final = ("exact", "close", "narrow")
"""Mapping strengths that carry a link from a framework's principle to the pivot and back."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits on cases and links; empty means no limit.

    Attributes:
        datasets: Graph IRIs; a link counts when it lies in one of them.
        countries: Country IRIs; a case counts when it took place in one of them.
        regions: Region IRIs of any level (M49).
        years: First and last start year, both included; None leaves that end open.
        statuses: Status IRIs.
        technologies: Technology IRIs, narrower ones included.
        organisations: Organisation IRIs (publishers, when the unit is a framework).
        inverse: Turn the choice round: all units that the other limits would leave out.

    Example:
        >>> Filters(years=(2019, None)).is_empty
        False
    """

    datasets: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    years: tuple[int | None, int | None] | None = None
    statuses: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    inverse: bool = False

    def __post_init__(self) -> None:
        if self.years is not None:
            first, last = self.years
            if first is not None and last is not None and first > last:
                raise InputError(f"The year range ends ({last}) before it begins ({first}).")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        """The limits in words; empty when there is none.

        Example:
            >>> str(Filters(countries=("https://w3id.org/equipoise/id/country/KE",),
            ...             years=(2019, None)))
            'countries id:country/KE; years 2019 to now'
        """
        said = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "years" and value:
                first, last = value
                said.append(f"years {first or 'of old'} to {last or 'now'}")
            elif isinstance(value, tuple) and value:
                said.append(f"{field.name} {', '.join(map(compact, value))}")
        words = "; ".join(said)
        return f"all but {words}" if words and self.inverse else words

    def to_dict(self) -> dict[str, Any]:
        """The limits that are set, as plain JSON values."""
        out: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value:
                out[field.name] = list(value) if isinstance(value, tuple) else value
        return out


NO_FILTERS: Final = Filters()
"""Everything counts."""


@dataclass(frozen=True, slots=True)
class Rollups:
    """How statements about one thing count for another.

    Attributes:
        matches: Mapping strengths that carry a link between a framework's principle and the
            pivot: some of exact, close, narrow, broad, related.
        technology: Whether a case that uses a technology also counts for its broader ones.

    Example:
        >>> Rollups().matches
        ('exact', 'close', 'narrow')
    """

    matches: tuple[str, ...] = COUNTING_MATCHES
    technology: bool = False

    def __post_init__(self) -> None:
        unknown = [match for match in self.matches if match not in MATCHES]
        if unknown:
            raise InputError(f"Unknown mapping strength {unknown[0]!r}; one of {MATCHES}.")


DEFAULT_ROLLUPS: Final = Rollups()
"""Exact, close and narrower mappings count; technologies count as stated."""
