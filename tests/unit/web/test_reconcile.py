"""A client shaped like OpenRefine walks through the service; answers are checked against schemas.

The schemas below state what version 0.2 of the Reconciliation Service API requires of answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.vocabulary import COUNTRY, COUNTRY_CLASS, GOAL, NOTATION, REGION, TARGET, TECHNOLOGY
from kg.web.factory import create_app

STRING = {"type": "string"}
TYPE = {
    "oneOf": [
        STRING,
        {"type": "object", "required": ["id"], "properties": {"id": STRING, "name": STRING}},
    ]
}
URL_TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}
SERVICE = {"type": "object", "properties": {"service_url": STRING, "service_path": STRING}}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": STRING, "contains": {"const": "0.2"}},
        "name": STRING,
        "identifierSpace": STRING,
        "schemaSpace": STRING,
        "documentation": STRING,
        "view": {"type": "object", "required": ["url"], "properties": {"url": URL_TEMPLATE}},
        "defaultTypes": {"type": "array", "uniqueItems": True, "items": TYPE},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": URL_TEMPLATE,
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
        },
        "suggest": {
            "type": "object",
            "properties": {"entity": SERVICE, "type": SERVICE, "property": SERVICE},
        },
        "extend": {
            "type": "object",
            "properties": {"propose_properties": SERVICE, "property_settings": {"type": "array"}},
        },
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name", "score"],
                    "properties": {
                        "id": STRING,
                        "name": STRING,
                        "description": STRING,
                        "score": {"type": "number"},
                        "match": {"type": "boolean"},
                        "type": {"type": "array", "items": TYPE},
                        "features": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "id": STRING,
                                    "value": {"type": ["boolean", "number"]},
                                },
                            },
                        },
                    },
                },
            }
        },
    },
}
SUGGESTIONS = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": STRING,
                    "name": STRING,
                    "description": STRING,
                    "notable": {"type": "array", "items": TYPE},
                },
            },
        }
    },
}
CELL = {
    "oneOf": [
        {"type": "object", "additionalProperties": False},
        {
            "type": "object",
            "required": ["id", "name"],
            "additionalProperties": False,
            "properties": {"id": STRING, "name": STRING, "description": STRING},
        },
        *(
            {
                "type": "object",
                "required": [name],
                "additionalProperties": False,
                "properties": {name: {"type": kind}},
            }
            for name, kind in (("str", "string"), ("float", "number"), ("int", "integer"))
        ),
    ]
}
EXTENSION = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": STRING, "name": STRING},
            },
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": CELL},
            },
        },
    },
}


@pytest.fixture(scope="module")
def client(shipped_store: Path) -> FlaskClient:
    return create_app(Settings(store=str(shipped_store))).test_client()


def fetched(client: FlaskClient, url: str, schema: dict[str, Any]) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    jsonschema.validate(answer.get_json(), schema)
    return answer.get_json()


def reconciled(client: FlaskClient, **queries: object) -> dict[str, list[dict[str, Any]]]:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_json()
    jsonschema.validate(body, RESULTS)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return {name: part["result"] for name, part in body.items()}


def test_openrefine_walks_through_the_service(client: FlaskClient) -> None:
    manifest = fetched(client, "/reconcile", MANIFEST)
    root = manifest["suggest"]["entity"]["service_url"]

    # choose a type, as the dialogue for a column does
    path = manifest["suggest"]["type"]["service_path"]
    types = fetched(client, f"{path}?prefix=goal", SUGGESTIONS)["result"]
    assert GOAL in [item["id"] for item in types]

    # reconcile the column
    found = reconciled(
        client,
        q0={"query": "SDG 7", "type": GOAL, "limit": 3, "type_strict": "should"},
        q1={"query": "Machine Lerning", "type": TECHNOLOGY},
        q2={"query": "kenya", "type": COUNTRY_CLASS, "properties": []},
        q3={"query": "qqqq zzzz"},
    )
    assert found["q0"][0]["id"] == "http://metadata.un.org/sdg/7"
    assert found["q0"][0]["match"] is True
    assert found["q1"][0]["name"] == "Machine learning"
    assert found["q1"][0]["match"] is False
    assert found["q2"][0]["id"].endswith("country/KE")
    assert found["q3"] == []

    # look at a candidate
    chosen = found["q0"][0]["id"]
    preview = client.get(manifest["preview"]["url"].removeprefix(root).replace("{{id}}", chosen))
    assert "Affordable and clean energy" in preview.get_data(as_text=True)
    view = client.get(manifest["view"]["url"].removeprefix(root).replace("{{id}}", chosen))
    assert (view.status_code, view.headers["Location"]) == (302, "/sdg/7")

    # search for another match by hand
    path = manifest["suggest"]["entity"]["service_path"]
    named = fetched(client, f"{path}?prefix=clean+ener", SUGGESTIONS)["result"]
    assert chosen in [item["id"] for item in named]

    # add columns from reconciled values
    path = manifest["extend"]["propose_properties"]["service_path"]
    offered = client.get(path, query_string={"type": COUNTRY_CLASS, "limit": 5}).get_json()
    assert REGION in [item["id"] for item in offered["properties"]]
    extend = {
        "ids": [found["q2"][0]["id"], "https://w3id.org/equipoise/id/country/none"],
        "properties": [{"id": REGION}, {"id": NOTATION, "settings": {}}],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(extend)}).get_json()
    jsonschema.validate(answer, EXTENSION)
    row = answer["rows"][found["q2"][0]["id"]]
    assert row[REGION][0]["name"] == "Eastern Africa"
    assert row[NOTATION] == [{"str": "KE"}]
    assert answer["rows"]["https://w3id.org/equipoise/id/country/none"][REGION] == []


def test_properties_tell_namesakes_apart(client: FlaskClient) -> None:
    plain = reconciled(client, q={"query": "Privacy", "limit": 20})["q"]
    assert len([item for item in plain if item["score"] > 95]) > 1
    assert not plain[0]["match"]
    scheme = "https://w3id.org/equipoise/id/framework/pivot"
    told = reconciled(
        client,
        q={
            "query": "Privacy",
            "limit": 20,
            "properties": [{"pid": "skos:inScheme", "v": {"id": scheme}}],
        },
    )["q"]
    assert told[0]["id"].endswith("id/principle/privacy")
    assert told[0]["score"] > told[1]["score"]


def test_types_are_strict(client: FlaskClient) -> None:
    found = reconciled(
        client,
        a={"query": "7.3", "type": TARGET},
        b={"query": "7.3", "type": GOAL},
        c={"query": "7.3", "type": "http://example.org/none"},
    )
    assert found["a"][0]["id"] == "http://metadata.un.org/sdg/7.3"
    assert "http://metadata.un.org/sdg/7.3" not in [item["id"] for item in found["b"]]
    assert found["c"] == []


def test_get_and_jsonp(client: FlaskClient) -> None:
    single = client.get("/reconcile", query_string={"query": "Kenya"}).get_json()
    assert single["result"][0]["name"] == "Kenya"
    answer = client.get("/reconcile?callback=jQuery.cb_1")
    assert answer.mimetype == "application/javascript"
    assert answer.get_data(as_text=True).startswith("/**/jQuery.cb_1({")
    assert client.get("/reconcile?callback=alert(1)//").status_code == 400


@pytest.mark.parametrize(
    "data",
    [
        {"queries": "{"},
        {"queries": "[]"},
        {"queries": json.dumps({"q": 1})},
        {"queries": json.dumps({"q": {"query": 1}})},
        {"queries": json.dumps({"q": {"query": "a", "limit": "x"}})},
        {"queries": json.dumps({"q": {"query": "Kenya", "properties": [{"pid": "x"}]}})},
        {"queries": json.dumps({str(n): {"query": "a"} for n in range(101)})},
        {"extend": "{}"},
        {"extend": json.dumps({"ids": ["x"], "properties": [{"id": "> } INSERT"}]})},
        {"extend": json.dumps({"ids": ["x"] * 1_001, "properties": []})},
    ],
)
def test_wrong_requests_are_named(client: FlaskClient, data: dict[str, str]) -> None:
    assert client.post("/reconcile", data=data).status_code == 400


@pytest.mark.parametrize("path", ["/reconcile/preview", "/reconcile/view"])
def test_unknown_things(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}?id=").status_code == 400
    assert client.get(f"{path}?id=https://example.org/x").status_code == 404


def test_suggested_properties(client: FlaskClient) -> None:
    found = fetched(client, "/reconcile/suggest/property?prefix=cou", SUGGESTIONS)["result"]
    assert COUNTRY in [item["id"] for item in found]
