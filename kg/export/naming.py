"""Which node a typed name means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import UnknownTermError
from kg.identifiers import expand, thing_iri

if TYPE_CHECKING:
    from kg.projection import Projection

_KINDS: Final = (
    "technology", "principle", "goal", "target", "framework", "organisation", "country",
)


def node_named(projection: Projection, text: str) -> str:
    """The IRI of the case, concept, framework, organisation or country that a text means.

    Args:
        projection: Of the store.
        text: IRI, prefixed name, code such as ``7.3``, identifier of a case, or label.

    Raises:
        UnknownTermError: Nothing is called that; the closest labels are offered.
    """
    if (iri := expand(text)) is not None:
        return iri
    suggestions: list[str] = []
    for kind in _KINDS:
        try:
            return projection.resolve(kind, text)
        except UnknownTermError as error:
            suggestions.extend(error.suggestions)
    case = thing_iri("case", text.strip())
    if case in projection.incidence(dimension="goal").units:
        return case
    raise UnknownTermError(
        f"Nothing in this graph is called {text!r}.", suggestions=suggestions[:3]
    )
