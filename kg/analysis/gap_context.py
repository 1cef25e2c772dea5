"""What all finders of gaps share: the projection, the choices, labels and queries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analysis.scope import NO_SCOPE, Scope
from kg.projection.dimensions import dimension_named
from kg.projection.filters import (
    NO_FILTERS,
    POLARITIES,
    Filters,
    Links,
    Polarity,
    Unit,
)
from kg.projection.questions import count_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kg.analysis.association import Model
    from kg.analysis.gap import Gap
    from kg.projection import Incidence, Projection


@dataclass(frozen=True)
class Choices:
    """How gaps are looked for.

    Attributes:
        polarity: Which links fill a cell; both: any link does.
        filters: Limits on cases and links.
        links: Accepted ones or proposed ones too.
        model: Null model of pairs.
        draws: Of the curveball model; enough for the correction when left out.
        seed: Of everything random.
        alpha: Level of significance after correction.
        scope: Members left out or relevant beforehand.
        baseline: ``uniform``, or the IRI of a reference dataset.
        limit: Most gaps listed per kind; all are counted.
        seconds: Longest that the curveball model may draw, by estimate; any time if left out.
        agreement: Whether the other null models are run too and compared.
    """

    polarity: Polarity = "both"
    filters: Filters = NO_FILTERS
    links: Links = "accepted"
    model: Model = "auto"
    draws: int | None = None
    seed: int = 0
    alpha: float = 0.05
    scope: Scope = NO_SCOPE
    baseline: str = "uniform"
    limit: int = 500
    seconds: float | None = None
    agreement: bool = True


@dataclass
class Context:
    """A projection with choices, and what was already looked up."""

    projection: Projection
    choices: Choices
    labels: dict[str, str] = field(default_factory=dict)
    kept: dict[str, object] = field(default_factory=dict)

    def incidence(
        self, dimension: str, polarity: Polarity | None = None, unit: Unit = "case"
    ) -> Incidence:
        """Incidence of a dimension under the choices."""
        chosen = self.choices
        return self.projection.incidence(
            unit, dimension, polarity or chosen.polarity, chosen.filters, links=chosen.links
        )

    def layer_totals(self, dimension: str) -> dict[str, NDArray[np.int64]]:
        """Cases per member in the positive and the negative layer, where links have a sign."""
        if not dimension_named(dimension).signed:
            return {}
        return {layer: self.incidence(dimension, layer).totals for layer in POLARITIES[:2]}

    def units(self, unit: Unit = "case") -> int:
        """Units that the filters leave."""
        return self.projection.total_units(unit, self.choices.filters)

    def mask(self, unit: Unit = "case") -> NDArray[np.bool_]:
        """Which units the filters leave."""
        mask = self.projection.mask(unit, self.choices.filters)
        return np.ones(self.projection.unit_count(unit), np.bool_) if mask is None else mask

    def query(
        self,
        *touched: tuple[str, str],
        polarity: Polarity | None = None,
        unit: Unit = "case",
    ) -> str:
        """The query that counts units touching all of these."""
        chosen = self.choices
        return count_query(
            touched,
            unit=unit,
            polarity=polarity or chosen.polarity,
            filters=chosen.filters,
            links=chosen.links,
        )

    def framework_query(self, framework: str, principle: str) -> str:
        """The query that says whether a framework has a pivot principle (1) or not (0)."""
        query = count_query([("principle", principle)], unit="framework")
        head, _, tail = query.rpartition("}")
        return f"{head}  FILTER(?unit = <{framework}>)\n}}{tail}"

    def look_up(self, iris: Iterable[str]) -> None:
        """Fetch labels that will be needed, all at once."""
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self.labels]
        if missing:
            self.labels.update(self.projection.labels(missing))

    def node(self, iri: str) -> dict[str, str]:
        """A thing with its label."""
        if iri not in self.labels:
            self.look_up([iri])
        return {"id": iri, "label": self.labels[iri]}

    def cases(self, numbers: Any, at_most: int = 5) -> tuple[dict[str, str], ...]:
        """The first few cases; their labels are added when the report is put together."""
        return tuple(
            {"id": self.projection.unit_iri("case", int(number))} for number in numbers[:at_most]
        )

    def labelled(self, gaps: list[Gap]) -> list[Gap]:
        """The gaps with labels for all their evidence, asked for at once."""
        self.look_up(item["id"] for gap in gaps for item in gap.evidence)
        return [
            replace(gap, evidence=tuple(self.node(item["id"]) for item in gap.evidence))
            if gap.evidence
            else gap
            for gap in gaps
        ]
