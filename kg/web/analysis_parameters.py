"""What the analysis routes understand: parameters with their values, and their description."""

from __future__ import annotations

from typing import Any, Final

FILTERS: Final = {
    "dataset": "datasets",
    "country": "countries",
    "region": "regions",
    "status": "statuses",
    "technology": "technologies",
    "organisation": "organisations",
}
"""Repeatable filters and their names in :class:`kg.projection.Filters`."""


def _query(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": {"type": "string", **schema},
    }


def _several(name: str, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{text} Repeatable.",
        "explode": True,
        "schema": {"type": "array", "items": {"type": "string"}},
    }


def _switch(name: str, text: str) -> dict[str, Any]:
    return _query(name, text, type="boolean")


def _polarity(default: str) -> dict[str, Any]:
    return _query(
        "polarity",
        "Which links count.",
        enum=["positive", "negative", "both"],
        default=default,
    )


_FILTERS: Final = [
    _several("dataset", "Only links in these datasets."),
    _several("country", "Only cases in these countries (ISO code)."),
    _several("region", "Only cases in these M49 regions."),
    _query("years", "Only cases begun in these years: 2019 or 2015-2020."),
    _several("status", "Only cases of these statuses."),
    _several("technology", "Only cases that use these technologies or narrower ones."),
    _several("organisation", "Only cases with these participants."),
    _query(
        "links",
        "Accepted links only, or proposed ones too.",
        enum=["reviewed", "all"],
        default="reviewed",
    ),
]
_FORMAT: Final = _query("format", "Form of the answer.", enum=["json", "csv"], default="json")
_UNITS: Final = _query(
    "units",
    "What is counted.",
    enum=["cases", "frameworks", "case", "framework"],
    default="cases",
)
_SEED: Final = _query("seed", "Seed of the random numbers.", type="integer", minimum=0, default=0)
_OVER: Final = _query("over", "Dimension that is compared or described.", default="goal")

PARAMETERS: Final[dict[str, list[dict[str, Any]]]] = {
    "coverage": [
        _query("rows", "Dimension of the rows.", default="goal"),
        _query("cols", "Dimension of the columns.", default="principle"),
        _polarity("positive"),
        _UNITS,
        _query("framework", "Keep only this framework's principles."),
        _several("match", "Mapping strengths that count."),
        _switch("roll-up", "Count a technology for its broader ones too."),
        _switch("cumulative", "Each row (year) includes all earlier ones."),
        _switch("detail", "Add shares, intervals, fractional and weighted counts."),
        *_FILTERS,
        _FORMAT,
    ],
    "gaps": [
        _several(
            "kind", "Groups: members, pairs, contested, regional, evidence, frameworks, white."
        ),
        _query("rows", "Instead: gaps among pairs of this dimension …"),
        _query("cols", "… and this one."),
        _polarity("both"),
        _UNITS,
        _several("out", "Members out of scope."),
        _several("relevant", "Members relevant beforehand."),
        _query("baseline", "uniform, or a reference dataset.", default="uniform"),
        _query(
            "null",
            "Null model of pairs; hypergeometric is only a screen.",
            enum=["auto", "curveball", "bicm", "hypergeometric"],
            default="auto",
        ),
        _query("draws", "Random tables of the curveball model; the command line takes more.",
               type="integer", minimum=1, maximum=200_000),
        _query("alpha", "Level after correction.", type="number", exclusiveMinimum=0,
               exclusiveMaximum=1, default=0.05),
        _SEED,
        _query("limit", "Most gaps listed; all are counted.", type="integer", minimum=1),
        *_FILTERS,
        _FORMAT,
    ],
    "robustness": [
        _OVER,
        _query("top", "Size of the headline.", type="integer", minimum=1, default=5),
        *_FILTERS,
        _FORMAT,
    ],
    "crosswalk": [
        _several("framework", "Only these frameworks."),
        _several("match", "Mapping strengths that count."),
        *_FILTERS,
        _FORMAT,
    ],
    "compare": [
        _OVER,
        _several("with-dataset", "Against this dataset."),
        _several("with-country", "Against cases of this country."),
        _several("with-region", "Against cases of this region."),
        _several("with-status", "Against cases of this status."),
        _several("with-technology", "Against cases with this technology."),
        _several("with-organisation", "Against cases of this organisation."),
        _query("with-years", "Against cases of these years."),
        _several("frameworks", "Two frameworks, one against the other."),
        _query("revision", "From this earlier revision to the newest."),
        _switch("trend", "Year after year."),
        _polarity("positive"),
        _UNITS,
        *_FILTERS,
        _FORMAT,
    ],
    "network": [
        _several("kind", "Dimensions whose members are the nodes."),
        _polarity("both"),
        _SEED,
        *_FILTERS,
        _FORMAT,
    ],
    "profile": [
        _query("subject", "One group only."),
        _query("by", "Dimension of the groups.", default="organisation"),
        _OVER,
        _query("top", "Most groups.", type="integer", minimum=1, default=20),
        _polarity("positive"),
        _SEED,
        *_FILTERS,
        _FORMAT,
    ],
    "suggest": [
        _query(
            "what",
            "The smallest set that closes a gap, or links that may be missing.",
            enum=["cover", "links"],
            default="cover",
        ),
        _query("of", "Dimension of the members to reach.", default="target"),
        _query("by", "What to choose or start from.", default="case"),
        _several("member", "cover: only these members."),
        _query("most", "cover: at most so many steps.", type="integer", minimum=1),
        _switch("greedy", "cover: do not look for the exact best."),
        _query("subject", "links: only for this subject."),
        _query("method", "links: method, or best.", default="best"),
        _query("top", "links: how many.", type="integer", minimum=1, default=20),
        _polarity("positive"),
        _SEED,
        *_FILTERS,
        _FORMAT,
    ],
}
"""Parameters of every route, as OpenAPI describes them."""

_SUMMARIES: Final = {
    "coverage": "Distinct units for every pair of members of two dimensions",
    "gaps": "What is missing, thin, contested or badly evidenced, ranked and explained",
    "robustness": "Ranks of members under every defensible choice",
    "crosswalk": "Frameworks compared through the pivot principles",
    "compare": "Portfolios, frameworks, years or revisions against each other",
    "network": "Measures of the network of concepts",
    "profile": "What groups do more of than others, and what lies next to it",
    "suggest": "What would close a gap, and which links may be missing",
}
_CELL: Final = {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}
_NODE: Final = {
    "type": "object",
    "required": ["id", "label"],
    "properties": {"id": {"type": "string"}, "label": {"type": "string"}},
}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "coverage": {
        "type": "object",
        "required": ["unit", "rows", "cols", "cells", "total_units", "store_revision"],
        "properties": {
            "unit": {"type": "string"},
            "rows": {"type": "array", "items": _NODE},
            "cols": {"type": "array", "items": _NODE},
            "cells": _CELL,
            "total_units": {"type": "integer"},
            "store_revision": {"type": "string"},
        },
    },
    "gaps": {
        "type": "object",
        "required": ["gaps", "classes", "store_revision"],
        "properties": {
            "gaps": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": [
                        "kind",
                        "class",
                        "subject",
                        "object",
                        "observed",
                        "expected",
                        "score",
                        "explanation",
                        "sparql",
                    ],
                },
            },
            "classes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "store_revision": {"type": "string"},
        },
    },
}

OPENAPI: Final[dict[str, Any]] = {
    f"/api/v1/{name}": {
        "get": {
            "summary": _SUMMARIES[name],
            "operationId": name,
            "tags": ["analysis"],
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "The result.",
                    "content": {
                        "application/json": {"schema": _SCHEMAS.get(name, {"type": "object"})},
                        "text/csv": {"schema": {"type": "string"}},
                    },
                }
            },
        }
    }
    for name, parameters in PARAMETERS.items()
}
"""Operations of the analysis routes."""
