"""The description of the API and the routes agree, both ways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kg.settings import Settings
from kg.web import create_app


@pytest.fixture(scope="module")
def app(shipped_store: Path) -> Flask:
    return create_app(Settings(store=str(shipped_store)))


@pytest.fixture(scope="module")
def description(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_described_and_every_description_is_a_route(
    app: Flask, description: dict[str, Any]
) -> None:
    described = {
        (path, method)
        for path, operations in description["paths"].items()
        for method in operations
        if path.startswith("/api/v1/") and method != "parameters"
    }
    assert described == routes(app)


def test_operations_have_summaries_and_own_names(description: dict[str, Any]) -> None:
    names = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation.get("summary"), (method, path)
            names.append(operation["operationId"])
            written = set(re.findall(r"{([^}]+)}", path))
            given = {
                item["name"] for item in operation.get("parameters", []) if item["in"] == "path"
            }
            assert written == given, (method, path)
    assert len(names) == len(set(names))
