from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.factory import create_app

TEXT = "Solar power for schools in Kenya; privacy is kept. <b>bold</b>"


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store), link_characters=5_000)).test_client()


def test_a_text_is_linked(client: FlaskClient) -> None:
    answer = client.post("/api/v1/link", json={"text": TEXT, "kinds": ["goal", "country"]})
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["characters"] == len(TEXT)
    assert {p["kind"] for p in body["proposals"]} == {"goal", "country"}
    for proposal in body["proposals"]:
        for span in proposal["evidence"]:
            assert TEXT[span["start"] : span["end"]] == span["quote"]


def test_a_file_is_linked(client: FlaskClient) -> None:
    page = io.BytesIO(b"<p>Safe drinking water and sanitation</p>")
    answer = client.post("/api/v1/link", data={"file": (page, "policy.html")})
    assert "6" in {p["notation"] for p in answer.get_json()["proposals"]}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "JSON object"),
        ({}, "text must be a string"),
        ({"text": 1}, "text must be a string"),
        ({"text": "x", "kinds": "goal"}, "list of strings"),
        ({"text": "x", "kinds": ["planet"]}, "no kind planet"),
        ({"text": "x", "preset": "brave"}, "no preset"),
        ({"text": "x", "threshold": 2}, "from 0 to 1"),
        ({"text": "x", "threshold": True}, "from 0 to 1"),
        ({"text": "x", "limit": 0}, "positive"),
        ({"text": "x", "language": 3}, "language must be"),
        ({"text": "x", "colour": "red"}, "unknown member"),
    ],
)
def test_what_is_wrong_is_named(client: FlaskClient, body: object, detail: str) -> None:
    answer = client.post("/api/v1/link", json=body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert detail in answer.get_json()["detail"]


def test_sizes_and_types_are_limited(client: FlaskClient) -> None:
    assert client.post("/api/v1/link", json={"text": "x" * 5_001}).status_code == 413
    assert client.post("/api/v1/link", data=b"x", content_type="text/csv").status_code == 415
    exe = {"file": (io.BytesIO(b"MZ"), "a.exe")}
    assert client.post("/api/v1/link", data=exe).status_code == 400


def test_the_page_marks_the_evidence_and_escapes_the_rest(client: FlaskClient) -> None:
    assert client.get("/link").status_code == 200
    page = client.post("/link", data={"text": TEXT}).get_data(as_text=True)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold</b>" not in page
    marks = re.findall(r'<mark title="([^"]*)">([^<]*)</mark>', page)
    assert any(
        "Affordable and clean energy" in title and "Solar" in quote for title, quote in marks
    )


def test_the_page_says_what_is_wrong(client: FlaskClient) -> None:
    text = "Τα συστήματα πρέπει να είναι δίκαια και διαφανή για όλους."
    page = client.post("/link", data={"text": text}).get_data(as_text=True)
    assert "Greek" in page
    assert text in page


def test_a_form_without_text_and_file_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/link", data={"words": (io.BytesIO(b"x"), "")},
                         content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "neither a file nor a text" in answer.get_json()["detail"]
