from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.factory import create_app


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store))).test_client()


def test_search_as_you_type(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=gender&kind=goal").get_json()
    assert body["query"] == "gender"
    assert [item["id"] for item in body["results"]] == ["http://metadata.un.org/sdg/5"]


def test_no_words_no_results(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=").get_json()["results"] == []


@pytest.mark.parametrize(
    "query",
    ["q=a&kind=planet", "q=a&limit=0", "q=a&limit=x", "q=" + "a" * 501, "limit=3", "q=a&q=b",
     "q=a&kinds=goal"],
)
def test_wrong_parameters_are_named(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/search?{query}").status_code == 400
