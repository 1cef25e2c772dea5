"""Pages for people: coverage, cases, search and what a thing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from kg.errors import InputError, NotFound
from kg.identifiers import expand
from kg.web import state
from kg.web.addresses import local_path
from kg.web.asking import one_of, page_number
from kg.web.case_lists import Choice, cases_matching
from kg.web.choosing import KIND_WORDS, case_choices, datasets_of, headline
from kg.web.labels import find_labels, labels_of
from kg.web.matrix import coverage_matrix

if TYPE_CHECKING:
    from kg.projection.filters import Polarity

blueprint = Blueprint("pages", __name__)

NAVIGATION = (
    ("/", "Coverage"),
    ("/gaps", "Gaps"),
    ("/crosswalk", "Crosswalk"),
    ("/network", "Network"),
    ("/cases", "Cases"),
    ("/frameworks", "Frameworks"),
    ("/principles", "Principles"),
    ("/sdg", "SDGs"),
    ("/technologies", "Technologies"),
    ("/link", "Link"),
    ("/sparql", "SPARQL"),
)
SERVICE = (
    ("/api/v1/report", "Report", "/api/v1/report?format=html"),
    ("/review", "Review", "/review"),
    ("/ontology", "Ontology", "/ontology"),
    ("/datasets", "Datasets", "/datasets"),
    ("/api", "API", "/api"),
)
"""What the foot of every page leads to: route, name, address."""
POLARITIES = ("positive", "negative", "both")
ROWS = {
    "goal": "goals",
    "target": "targets",
    "technology": "technologies",
    "country": "countries",
    "region": "regions",
}
COLUMNS = {
    "principle": "principles",
    "goal": "goals",
    "technology": "technologies",
    "region": "regions",
    "status": "status",
}
NARROWINGS = (
    "goal",
    "target",
    "principle",
    "framework-principle",
    "technology",
    "technology-family",
    "country",
    "region",
    "organisation",
    "status",
    "dataset",
)

UNLISTED = {"target", "framework-principle", "technology-family", "organisation"}
"""Narrowings too long for a list to choose from; links lead to them."""


@blueprint.record_once
def _templates(setup: Any) -> None:
    app: Flask = setup.app
    app.jinja_env.globals["navigation"] = lambda: _navigation(app)
    app.jinja_env.globals["here"] = page_address
    app.jinja_env.globals["service"] = lambda: _service(app)


def _known(app: Flask) -> set[str]:
    return {rule.rule.rstrip("/") or "/" for rule in app.url_map.iter_rules()}


def _service(app: Flask) -> list[tuple[str, str]]:
    known = _known(app)
    return [(label, href) for route, label, href in SERVICE if route in known]


def _navigation(app: Flask) -> list[dict[str, Any]]:
    known = _known(app)
    return [
        {"href": path, "label": label, "current": request.path == path}
        for path, label in NAVIGATION
        if path in known
    ]


@blueprint.get("/")
def home() -> str:
    """The coverage matrix, each cell a link to its cases."""
    rows, cols = one_of("rows", ROWS, "goal"), one_of("cols", COLUMNS, "principle")
    polarity = one_of("polarity", POLARITIES, "both")
    dataset = request.args.get("dataset", "")
    chosen = (_iri("dataset", dataset),) if dataset else ()
    store = state.store()
    with store.reader() as snapshot:
        matrix = coverage_matrix(
            store, rows=rows, cols=cols, polarity=cast("Polarity", polarity), datasets=chosen
        )
        return render_template(
            "home.html",
            matrix=matrix,
            rows=rows,
            cols=cols,
            polarity=polarity,
            row_choices=ROWS,
            column_choices=COLUMNS,
            polarities=POLARITIES,
            headline=headline(store, snapshot),
            datasets=datasets_of(store),
            dataset=chosen[0] if chosen else "",
            revision=snapshot.revision,
        )


@blueprint.get("/cases")
def cases() -> str:
    """Cases, narrowed by what they link to."""
    choices = [
        Choice(name, _iri(name, text))
        for name in NARROWINGS
        for text in request.args.getlist(name)
        if text
    ]
    polarity = one_of("polarity", POLARITIES, "both")
    page = page_number()
    store = state.store()
    with store.reader() as snapshot:
        found = cases_matching(snapshot, choices, polarity, page=page)
        if page > found.pages:
            raise NotFound(f"the list has {found.pages} pages, and no page {page}")
        names = labels_of(snapshot, [choice.iri for choice in choices])
        return render_template(
            "cases.html",
            found=found,
            choices=[(choice, names[choice.iri]) for choice in choices],
            selects=case_choices(store),
            chosen={choice.dimension: choice.iri for choice in choices},
            others=[choice for choice in choices if choice.dimension in UNLISTED],
            polarity=polarity,
            revision=snapshot.revision,
        )


@blueprint.get("/search")
def search() -> str:
    """Everything whose label holds the words typed."""
    words = request.args.get("q", "").strip()[:200]
    with state.store().reader() as snapshot:
        found = find_labels(snapshot, words) if words else []
        return render_template(
            "search.html",
            words=words,
            found=found,
            kind_words=KIND_WORDS,
            revision=snapshot.revision,
        )


@blueprint.get("/case/<slug>")
def case(slug: str) -> Response:
    """The short address of a case."""
    return redirect(f"/id/case/{slug}", 303)


@blueprint.get("/browse/<path:iri>")
def browse(iri: str) -> Response:
    """Any IRI or short form typed by hand: goes to the page that shows it."""
    expanded = expand(iri)
    path = expanded and local_path(expanded)
    if not path:
        raise InputError(f"{iri[:200]!r} is not something this server shows")
    return redirect(path, 303)


def _iri(name: str, text: str) -> str:
    kind = name.removeprefix("framework-").removesuffix("-family")
    short = (
        (f"dataset:{text}" if kind == "dataset" else f"id:{kind}/{text}")
        if text.replace("-", "").isalnum()
        else ""
    )
    expanded = expand(text) or (expand(short) if short else None)
    if expanded is None or set(expanded) & set('<>"{}|\\^` \n\r\t'):
        raise InputError(f"{text[:80]!r} names no {name}")
    return expanded


def page_address(iri: str) -> str:
    """Where a link to a thing leads: its page here, its own address, or nowhere.

    Data may hold any IRI; only web addresses become links.

    Example:
        >>> page_address("javascript:alert(1)")
        '#'
    """
    return local_path(iri) or (iri if iri.startswith(("http://", "https://")) else "#")
