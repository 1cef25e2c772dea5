"""What the types of problem documents mean: ``/problem/query-syntax`` and so on.

A problem document names its type by an IRI (RFC 9457); here that IRI has an answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from flask import Blueprint, render_template

from kg import errors
from kg.errors import KGError, NotFound

blueprint = Blueprint("problem_kinds", __name__)


@blueprint.get("/problem")
@blueprint.get("/problem/<slug>")
def page(slug: str | None = None) -> str:
    """One kind of problem, or all of them."""
    listed = [kind for kind in kinds() if slug in {None, kind.slug}]
    if not listed:
        raise NotFound(f"no kind of problem is called {slug!r}")
    return render_template(
        "problem_kinds.html",
        heading=listed[0].title if slug else "Problems",
        kinds=[(kind, (inspect.getdoc(kind) or "").split("\n\n")[0]) for kind in listed],
    )


def kinds(parent: type[KGError] = KGError) -> Iterator[type[KGError]]:
    """Every error the service may tell, families first."""
    yield parent
    for child in parent.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from kinds(child)
