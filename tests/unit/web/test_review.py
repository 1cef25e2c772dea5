from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.linking.proposals import Proposal
from kg.linking.queue import propose
from kg.settings import Settings
from kg.store import open_store
from kg.web.factory import create_app


@pytest.fixture
def client(scratch_store: Path) -> FlaskClient:
    store = open_store(scratch_store, settings=Settings())
    rows = store.query("SELECT ?c { ?c a eq:Case } ORDER BY ?c LIMIT 1")
    case = next(iter(rows))[0].value  # type: ignore[union-attr, index]
    found = [
        Proposal("target", f"http://metadata.un.org/sdg/14.{n}", "", f"14.{n}", 0.9 - n / 100)
        for n in (1, 2, 3)
    ]
    propose(store, case, found, dataset="mine")
    settings = Settings(store=str(scratch_store), token="secret")
    return create_app(settings).test_client()


def waiting(client: FlaskClient) -> list[str]:
    answer = client.get("/api/v1/review?dataset=mine-proposals")
    return [link["id"] for link in answer.get_json()["links"]]


def decided(client: FlaskClient, token: str = "secret", **body: object) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/v1/review", json=body, headers=headers).status_code


def test_deciding_needs_the_token(client: FlaskClient) -> None:
    links = waiting(client)
    body = {"links": links[:1], "verdict": "accepted", "reviewer": "Ada"}
    assert decided(client, token="", **body) == 401
    assert decided(client, token="wrong", **body) == 401
    assert waiting(client) == links
    assert decided(client, **body) == 200
    assert waiting(client) == links[1:]


def test_all_verdicts_and_the_log(client: FlaskClient) -> None:
    links = waiting(client)
    assert decided(client, links=links[:1], verdict="accepted", reviewer="Ada", reason="r") == 200
    assert decided(client, links=links[:1], verdict="rejected", reviewer="Bo") == 200
    assert (
        decided(client, links=links[1:2], verdict="corrected", reviewer="Ada", concept="14.5")
        == 200
    )
    log = client.get("/api/v1/review/log").get_json()["verdicts"]
    assert [(v["reviewer"], v["verdict"]) for v in log[:2]] == [
        ("Ada", "accepted"),
        ("Bo", "rejected"),
    ]
    agreement = client.get("/api/v1/review/agreement").get_json()
    assert agreement["pairs"][0]["both"] == 1
    assert [link["id"] for link in agreement["disagreements"]] == links[:1]
    page = client.get("/review").get_data(as_text=True)
    assert "Cohen" in page
    assert "14.3" in page or "Ocean acid" in page


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"links": [], "verdict": "accepted", "reviewer": "Ada"},
        {"links": ["x"], "verdict": "accepted"},
        {"links": ["x"], "verdict": "maybe", "reviewer": "Ada"},
        {"links": [1], "verdict": "accepted", "reviewer": "Ada"},
        {"links": ["x"], "verdict": "accepted", "reviewer": 7},
        {"links": ["x", "y"], "verdict": "corrected", "reviewer": "Ada"},
    ],
)
def test_wrong_requests_are_named(client: FlaskClient, body: dict[str, object]) -> None:
    assert decided(client, **body) == 400


def test_unknown_links_and_filters(client: FlaskClient) -> None:
    assert decided(client, links=["nothing"], verdict="accepted", reviewer="Ada") == 404
    for query in ("status=odd", "kind=planet", "limit=0", "offset=x", "limit=9999"):
        assert client.get(f"/api/v1/review?{query}").status_code == 400


def test_a_read_only_service_says_so(shipped_store: Path) -> None:
    client = create_app(Settings(store=str(shipped_store))).test_client()
    assert "read-only" in client.get("/review").get_data(as_text=True)
    assert client.post("/api/v1/review", json={}).status_code == 403
