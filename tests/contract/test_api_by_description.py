"""Requests made from the description of the API: answers are as described, whatever was asked.

Values are drawn with Hypothesis, right and wrong ones, for every operation that the OpenAPI
document names, and always the same. `benchmarks/described.py` runs Schemathesis on the same
document, longer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.settings import Settings
from kg.web import create_app

SLOW = {"report", "export", "gaps", "network", "robustness", "suggest", "profile"}
OPERATIONS = [
    "agreement", "compare", "coverage", "crosswalk", "decide", "export", "gaps", "getDataset",
    "link", "listDatasets", "network", "openapi", "profile", "question", "questions", "report",
    "review", "review_log", "robustness", "search", "suggest", "healthz", "readyz", "metrics",
]
WORDS = st.sampled_from(
    ["", "7", "7.3", "goal", "target", "cases", "europe", "2020", "2019-2021", "-1", "0", "1e9",
     "99999999999999999999", "true", "nan", "%", "'", '"', "<script>", "\\", "é", "\u202e",
     "https://w3id.org/equipoise/id/technology/drones", "javascript:alert(1)", "a" * 3_000,
     "../../etc/passwd", "uniform", "\x00", "r000001"]
)


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store))).test_client()


@pytest.fixture(scope="module")
def operations(client: FlaskClient) -> dict[str, tuple[str, str, dict[str, Any]]]:
    document = client.get("/api/v1/openapi.json").get_json()
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "operationId" in operation
    }


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, mostly, and some that do not."""
    if "items" in schema:
        return st.lists(values(schema["items"]), max_size=3)
    fitting: st.SearchStrategy[Any] = WORDS
    if "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif schema.get("type") == "integer":
        fitting = st.integers(schema.get("minimum", 0), schema.get("maximum", 50))
    elif schema.get("type") == "boolean":
        fitting = st.sampled_from(["true", "false", ""])
    return st.one_of(fitting, fitting, fitting, WORDS)


def request_of(method: str, path: str, operation: dict[str, Any]) -> st.SearchStrategy[Any]:
    query, inside = {}, {}
    for item in operation.get("parameters", []):
        place = inside if item["in"] == "path" else query
        place[item["name"]] = values(item.get("schema", {}))
    body: st.SearchStrategy[Any] = st.none()
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        fields = content["application/json"]["schema"].get("properties", {})
        body = st.one_of(
            st.fixed_dictionaries({}, optional={n: values(s) for n, s in fields.items()}),
            st.sampled_from([None, [], "text", 1, {"links": {}, "text": []}]),
        )
    return st.tuples(
        st.fixed_dictionaries({}, optional={**query, "unknown": WORDS}),
        st.fixed_dictionaries(inside), body,
    )


def test_every_operation_is_here(operations: dict[str, Any]) -> None:
    api = {name for name, (_, path, _) in operations.items() if not path.startswith("/reconcile")}
    assert set(OPERATIONS) == api


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_as_described(
    client: FlaskClient, operations: dict[str, tuple[str, str, dict[str, Any]]], name: str
) -> None:
    method, path, operation = operations[name]

    @settings(max_examples=6 if name in SLOW else 25, deadline=None, derandomize=True,
              database=None, suppress_health_check=list(HealthCheck))
    @given(request_of(method, path, operation))
    def check(asked: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
        query, inside, body = asked
        address = path.format(**{key: str(value) or "-" for key, value in inside.items()})
        sent = {"json": body} if body is not None else {}
        answer = client.open(address.replace("\x00", "%00"), method=method.upper(),
                             query_string=query, **sent)
        text = answer.get_data()
        place = f"{method} {address} {query} {body} → {answer.status_code} {text[:300]!r}"
        assert b"Traceback" not in text, place
        known = operation["responses"]
        if "{" in path and not inside[next(iter(inside))].strip("/."):
            return  # another address
        assert str(answer.status_code) in known, place
        described = known[str(answer.status_code)].get("content", {})
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", place
            assert answer.get_json()["status"] == answer.status_code
        elif described and text:
            assert answer.mimetype in described or name == "question", place
            schema = described.get(answer.mimetype, {}).get("schema", {})
            if answer.mimetype == "application/json":
                jsonschema.validate(json.loads(text), schema)

    check()
