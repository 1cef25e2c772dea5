"""The application factory."""

from __future__ import annotations

import importlib
import os
from typing import Final

from flask import Flask

from kg.settings import Settings, load_settings
from kg.store import GraphStore, open_store
from kg.web import problems, state
from kg.web.bodies import Request, refuse_encoded

BLUEPRINTS: Final[tuple[str, ...]] = (
    "kg.web.pages",
    "kg.web.listings",
    "kg.web.gaps_page",
    "kg.web.crosswalk_page",
    "kg.web.network_page",
    "kg.web.problem_kinds",
    "kg.web.openapi",
    "kg.web.api_analysis",
    "kg.web.sparql",
    "kg.web.graphs",
    "kg.web.linked_data",
    "kg.web.questions",
    "kg.web.datasets",
    "kg.web.health",
    "kg.web.metrics",
    "kg.web.link",
    "kg.web.review",
    "kg.web.search",
    "kg.web.reconcile",
    "kg.web.report",
    "kg.web.export",
)
"""Modules with a ``blueprint``, in the order they are registered."""


def create_app(settings: Settings | None = None, store: GraphStore | None = None) -> Flask:
    """Build the application.

    Args:
        settings: Settings; read from the environment when left out.
        store: The store to serve; opened (and built on first use) by the settings when left out.

    Returns:
        A WSGI application.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # see kg.cli.group.main
    settings = settings or load_settings()
    app = Flask("kg.web", static_folder="static", template_folder="templates")
    app.request_class = Request
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.request_bytes
    state.attach(app, settings, store or open_store(settings=settings))
    for module in BLUEPRINTS:
        app.register_blueprint(importlib.import_module(module).blueprint)
    app.before_request(refuse_encoded)
    problems.register(app)
    return app
