"""The network of concepts as a page: who is central, what goes together, what bridges."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from flask import Blueprint, render_template

from kg.analysis.network import NetworkReport, network
from kg.projection import Projection
from kg.projection.graphs import CONCEPTS
from kg.web import state
from kg.web.asking import one_of

if TYPE_CHECKING:
    from kg.projection.filters import Polarity

blueprint = Blueprint("network_page", __name__)

KINDS: Final = {
    "": ("goals, principles, technologies", CONCEPTS),
    "goal-principle": ("goals and principles", ("goal", "principle")),
    "target-principle": ("targets and principles", ("target", "principle")),
    "goal-technology": ("goals and technologies", ("goal", "technology")),
    "principle-technology": ("principles and technologies", ("principle", "technology")),
}
"""Which concepts are the nodes: the choice, what it is called, the dimensions."""
_SHOWN: Final = 40


@blueprint.get("/network")
def page() -> str:
    """Concepts by their place in the network, communities, and bridges between them."""
    kinds = one_of("kinds", KINDS, "")
    polarity = one_of("polarity", ("both", "positive", "negative"), "both")
    store = state.store()
    with store.reader() as snapshot:
        report = _report(Projection.open(store), KINDS[kinds][1], cast("Polarity", polarity))
        return render_template(
            "network.html",
            report=report,
            nodes=report.nodes[:_SHOWN],
            choices=KINDS,
            kinds=kinds,
            dimensions=KINDS[kinds][1],
            polarity=polarity,
            revision=snapshot.revision,
        )


@lru_cache(maxsize=16)
def _report(projection: Projection, kinds: tuple[str, ...], polarity: Polarity) -> NetworkReport:
    # One projection per revision, so a new revision is a new question; 16 answers are kept.
    return network(projection, kinds=kinds, polarity=polarity)
