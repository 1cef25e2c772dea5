"""From what people type (codes, labels, short names) to IRIs."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from kg.errors import AmbiguousLabelError, InputError, UnknownTermError
from kg.identifiers import dataset_iri, expand, slugify
from kg.projection.filters import Filters, Unit
from kg.projection.incidence import Member
from kg.vocabulary import ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.projection.projection import Projection

_CODES: Final = {"country": re.compile(r"[A-Z]{2}\Z"), "region": re.compile(r"\d{3}\Z")}
_YEARS: Final = re.compile(r"(\d{4})?\s*(?:(-|\.\.|–)\s*(\d{4})?)?\Z")


def resolve(projection: Projection, kind: str, text: str) -> str:
    """The IRI of the one thing of a kind that a text means.

    Args:
        projection: Of the store.
        kind: Dimension name, or ``framework`` or ``dataset``.
        text: IRI, prefixed name, code (``7.3``, ``AE``, ``145``), slug or label.

    Raises:
        UnknownTermError: Nothing fits; the closest labels are offered.
        AmbiguousLabelError: Several things bear that label.
    """
    text = text.strip()
    if kind == "dataset":
        return dataset_iri(text)
    if (code := _CODES.get(kind)) and code.match(text.upper()):
        return f"{ID}{kind}/{text.upper()}"
    if (iri := expand(text)) is not None and (kind in ("goal", "target") or "//" in iri):
        return iri
    members = _members(projection, kind)
    wanted, slug = text.casefold(), slugify(text)
    tests = (
        lambda member: wanted in (member.id.casefold(), member.notation.casefold()),
        lambda member: member.id.rsplit("/", 1)[-1] in (text, slug),
        lambda member: member.label.casefold() == wanted,
    )
    for test in tests:
        found = [member for member in members if test(member)]
        if len(found) == 1:
            return found[0].id
        if found:
            raise AmbiguousLabelError(
                f"{text!r} may mean {len(found)} different things.",
                suggestions=[member.id for member in found],
            )
    names = [member.label for member in members]
    close = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
    raise UnknownTermError(f"No {kind} {text!r} in this graph.", suggestions=close)


def _members(projection: Projection, kind: str) -> tuple[Member, ...]:
    if kind == "framework":
        return tuple(
            Member(entry["id"], entry["label"], entry["notation"])
            for entry in projection.crosswalk()["frameworks"]
        )
    return projection.members(kind)


def year_range(text: str) -> tuple[int | None, int | None]:
    """First and last year of a range as typed.

    Raises:
        InputError: Not a year or range of years.

    Example:
        >>> year_range("2019"), year_range("2015-2020"), year_range("2015-")
        ((2019, 2019), (2015, 2020), (2015, None))
    """
    match = _YEARS.match(text.strip())
    if match is None or not text.strip() or not (match[1] or match[3]):
        raise InputError(f"{text!r} is no year or range of years; write 2019 or 2015-2020.")
    first = int(match[1]) if match[1] else None
    last = int(match[3]) if match[3] else None
    return (first, last) if match[2] else (first, first)


def filters_named(
    projection: Projection,
    *,
    datasets: Iterable[str] = (),
    countries: Iterable[str] = (),
    regions: Iterable[str] = (),
    years: str | None = None,
    statuses: Iterable[str] = (),
    technologies: Iterable[str] = (),
    organisations: Iterable[str] = (),
    unit: Unit = "case",
) -> Filters:
    """Filters from what was typed on a command line or in an address.

    Raises:
        UnknownTermError: A name means nothing here; the closest are offered.
    """

    def iris(kind: str, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({resolve(projection, kind, text) for text in texts}))

    known = {member.id for member in projection.members("dataset", unit)}
    known.update(graph for graph in projection.tables.document("graphs") if graph)
    chosen = iris("dataset", datasets)
    for iri in chosen:
        if iri not in known:
            names = sorted(name.rsplit("/", 1)[-1] for name in known)
            raise UnknownTermError(
                f"No dataset {iri!r} in this store.",
                suggestions=difflib.get_close_matches(iri.rsplit("/", 1)[-1], names, n=3),
            )
    return Filters(
        datasets=chosen,
        countries=iris("country", countries),
        regions=iris("region", regions),
        years=year_range(years) if years else None,
        statuses=iris("status", statuses),
        technologies=iris("technology", technologies),
        organisations=iris("organisation", organisations),
    )
