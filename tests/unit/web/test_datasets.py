"""/api/v1/datasets."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store import GraphStore
from kg.web import create_app


@pytest.fixture(scope="module")
def client(shipped: GraphStore) -> FlaskClient:
    return create_app(Settings(), shipped).test_client()


def test_all_datasets_with_their_counts(client: FlaskClient, shipped: GraphStore) -> None:
    body = client.get("/api/v1/datasets").get_json()
    assert body["store_revision"] == shipped.revision.id
    found = {item["name"]: item for item in body["datasets"]}
    assert "catalog" not in found
    rows = shipped.query("SELECT (COUNT(?s) AS ?n) { GRAPH dataset:cases { ?s a eq:Case } }")
    assert found["cases"]["cases"] == int(next(iter(rows))["n"].value)  # type: ignore[arg-type, index, union-attr]
    assert found["cases"]["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_one_dataset(client: FlaskClient) -> None:
    assert client.get("/api/v1/datasets/principles").get_json()["name"] == "principles"
    answer = client.get("/api/v1/datasets/none")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
