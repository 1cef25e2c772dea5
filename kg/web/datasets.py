"""``/api/v1/datasets``: the datasets of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template

from kg.errors import NotFound
from kg.identifiers import dataset_iri
from kg.store.contents import DatasetRecord, datasets
from kg.web import state

if TYPE_CHECKING:
    from kg.store import Snapshot

blueprint = Blueprint("datasets", __name__)

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "triples", "cases", "links"],
    "properties": {
        "id": {"type": "string", "format": "uri", "description": "IRI, also of the named graph"},
        "name": {"type": "string"},
        "title": {"type": "string"},
        "triples": {"type": "integer"},
        "cases": {"type": "integer"},
        "links": {"type": "integer"},
        "licence": {"type": "string"},
        "version": {"type": "string"},
        "source": {"type": "string"},
        "issued": {"type": "string"},
        "modified": {"type": "string"},
        "hash": {"type": "string", "description": "SHA-256 of the imported files"},
    },
}
OPENAPI: dict[str, Any] = {
    "/api/v1/datasets": {
        "get": {
            "summary": "List the datasets",
            "operationId": "listDatasets",
            "tags": ["datasets"],
            "responses": {
                "200": {
                    "description": "Every dataset with its record and counts",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["datasets", "store_revision"],
                                "properties": {
                                    "datasets": {"type": "array", "items": _SCHEMA},
                                    "store_revision": {"type": "string"},
                                },
                            }
                        }
                    },
                }
            },
        }
    },
    "/api/v1/datasets/{name}": {
        "get": {
            "summary": "Describe one dataset",
            "operationId": "getDataset",
            "tags": ["datasets"],
            "parameters": [
                {
                    "name": "name",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                    "description": "Name of the dataset",
                }
            ],
            "responses": {
                "200": {
                    "description": "Its record and counts",
                    "content": {"application/json": {"schema": _SCHEMA}},
                },
                "404": {
                    "description": "There is no such dataset",
                    "content": {"application/problem+json": {"schema": {"type": "object"}}},
                },
            },
        }
    },
}


@blueprint.get("/api/v1/datasets")
def list_datasets() -> Response:
    """Every dataset with its record and counts."""
    with state.store().reader() as snapshot:
        found = _found(snapshot)
        revision = snapshot.revision.id
    return jsonify({"datasets": [item.to_dict() for item in found], "store_revision": revision})


@blueprint.get("/datasets")
def page() -> str:
    """The datasets for people: what each holds, under which licence, and where to get it."""
    with state.store().reader() as snapshot:
        return render_template(
            "datasets.html", datasets=_found(snapshot), revision=snapshot.revision
        )


@blueprint.get("/api/v1/datasets/<name>")
def get_dataset(name: str) -> Response:
    """One dataset."""
    graph = dataset_iri(name)
    with state.store().reader() as snapshot:
        for item in _found(snapshot):
            if item.id == graph:
                return jsonify(item.to_dict())
    raise NotFound(f"there is no dataset {name!r}")


def _found(snapshot: Snapshot) -> list[DatasetRecord]:
    return state.once_per_revision("datasets", snapshot, datasets)
