"""The web application: pages, SPARQL, linked data and the API.

``create_app()`` is the factory; every subject is a blueprint in its own file.
"""

from __future__ import annotations

from kg.web.factory import create_app

__all__ = ["create_app"]
