"""``/api/v1/report`` and ``/api/v1/export``: formats, filters, revalidation, refusals."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import networkx as nx
import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web import create_app


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store))).test_client()


def test_an_export_is_readable_and_revalidates(client: FlaskClient) -> None:
    answer = client.get("/api/v1/export?format=graphml&country=IN")
    assert answer.status_code == 200
    assert 'filename="cases.graphml"' in answer.headers["Content-Disposition"]
    graph = nx.read_graphml(io.BytesIO(answer.data), force_multigraph=True)
    kinds = {values["kind"] for _, values in graph.nodes(data=True)}
    assert {"case", "target", "principle"} <= kinds
    again = client.get(
        "/api/v1/export?format=graphml&country=IN",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304
    assert not again.data


def test_an_archive_keeps_its_length(client: FlaskClient) -> None:
    answer = client.get("/api/v1/export?format=csv&node=7.3")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def test_the_graph_page_may_run_its_own_script_only(client: FlaskClient) -> None:
    answer = client.get("/api/v1/export?format=html&node=7.3")
    assert answer.content_type.startswith("text/html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_report_in_html_and_as_data(client: FlaskClient) -> None:
    answer = client.get("/api/v1/report?country=IN&title=India")
    assert answer.status_code == 200
    assert b"<h1>India</h1>" in answer.data
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    data = client.get("/api/v1/report?country=IN&format=json").get_json()
    assert data["findings"]["gaps"]["total_units"] > 0


def test_a_report_in_the_readers_language(client: FlaskClient) -> None:
    pages = {
        lang: client.get(f"/api/v1/report?country=IN&format=md&lang={lang}").get_data(as_text=True)
        for lang in ("en", "fr", "es")
    }
    assert "## 1 Résumé" in pages["fr"]
    assert "## 1 Resumen" in pages["es"]
    assert "## 1 Summary" in pages["en"]
    refused = client.get("/api/v1/report?lang=de").get_json()["detail"]
    assert "en, fr, es" in refused


def test_members_can_be_put_out_of_scope(client: FlaskClient) -> None:
    data = client.get("/api/v1/report?country=IN&format=json&out=1.1&out=1.2").get_json()
    assert data["findings"]["gaps"]["classes"]["out-of-scope"] > 0


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/export?format=nope",
        "/api/v1/export?contry=IN",
        "/api/v1/export?node=7.3&depth=far",
        "/api/v1/export?node=7.3&depth=99",
        "/api/v1/export?graph=ego",
        "/api/v1/report?format=odt",
        "/api/v1/report?level=indicator",
        "/api/v1/report?lang=xx",
        "/api/v1/report?framework=nothing-like-it",
    ],
)
def test_mistakes_are_named(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["detail"]
