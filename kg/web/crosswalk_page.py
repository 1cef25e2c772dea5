"""The crosswalk as a page: which framework states which principle of the pivot, and how closely."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template

from kg.analysis.crosswalk import crosswalk
from kg.projection import Projection
from kg.projection.filters import COUNTING_MATCHES, MATCHES
from kg.web import state
from kg.web.asking import one_of

blueprint = Blueprint("crosswalk_page", __name__)

COUNTED: Final = {
    "counting": ("exact, close and narrower", COUNTING_MATCHES),
    "exact": ("exact only", ("exact",)),
    "all": ("all, broader and related too", MATCHES),
}
"""Which mappings the page counts: the choice, what it is called, the strengths."""


@blueprint.get("/crosswalk")
def page() -> str:
    """Frameworks × pivot, what they share, who stands apart, and what nothing maps to."""
    counted = one_of("match", COUNTED, "counting")
    store = state.store()
    with store.reader() as snapshot:
        found = crosswalk(Projection.open(store), matches=COUNTED[counted][1])
        document = found.to_dict()
        labels = {row["id"]: row["label"] for row in document["rows"]}
        return render_template(
            "crosswalk.html",
            table=document,
            has=found.has.tolist(),
            share={row["principle"]["id"]: row for row in document["consensus"]},
            labels=labels,
            matches=COUNTED,
            counted=counted,
            revision=snapshot.revision,
        )
