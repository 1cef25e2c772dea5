"""The analyses over HTTP: ``/api/v1/coverage``, ``gaps``, ``crosswalk``, ``compare`` and so on.

Parameters bear the names of the command line's options. Answers are kept per revision, so asking
twice costs nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from kg.errors import InputError
from kg.projection import Projection, Rollups
from kg.web import state
from kg.web.analysis_parameters import OPENAPI
from kg.web.asked import Asked

if TYPE_CHECKING:
    from kg.analysis.scope import Scope

__all__ = ["OPENAPI", "blueprint"]

blueprint = Blueprint("analysis", __name__, url_prefix="/api/v1")

_KEPT: Final = 128
_KEPT_BYTES: Final = 8_000_000
_DRAWING: Final = 20.0
"""Seconds that random tables may take; the command line draws as long as it is asked to."""
_guard: Final = threading.Lock()


Analysis = Callable[[Asked], Any]


def _answer(route: str, run: Analysis) -> Response:
    """Run an analysis once per revision and parameters; JSON, or CSV with ``format=csv``."""
    asked = Asked(route)
    form = asked.word("format")
    key = (asked.projection.revision, state.store().location, route, request.query_string)
    kept: OrderedDict[Any, tuple[bytes, str]] = current_app.extensions.setdefault(
        "equipoise-analyses", OrderedDict()
    )
    with _guard:
        found = kept.get(key)
        if found is not None:
            kept.move_to_end(key)
    if found is None:
        result = run(asked)
        found = _as_csv(result.to_rows()) if form == "csv" else _as_json(result)
        with _guard:
            kept[key] = found
            while len(kept) > _KEPT or sum(len(body) for body, _ in kept.values()) > _KEPT_BYTES:
                if len(kept) == 1:
                    break
                kept.popitem(last=False)
    body, kind = found
    response = Response(body, content_type=kind)
    response.headers["X-Store-Revision"] = asked.projection.revision
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest()[:24])
    return response.make_conditional(request.environ)


def _as_json(result: Any) -> tuple[bytes, str]:
    document = result if isinstance(result, dict) else result.to_dict()
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode(), "application/json"


def _as_csv(rows: list[dict[str, Any]]) -> tuple[bytes, str]:
    stream = io.StringIO()
    names = list(rows[0]) if rows else []
    writer = csv.DictWriter(stream, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(), "text/csv; charset=utf-8"


class _Shaped:
    """A result whose JSON needs an argument."""

    def __init__(self, result: Any, document: Mapping[str, Any]) -> None:
        self._document = dict(document)
        self.to_rows = result.to_rows

    def to_dict(self) -> dict[str, Any]:
        return self._document


@blueprint.get("/coverage")
def coverage() -> Response:
    """Distinct units for every pair of members of two dimensions."""
    from kg.analysis.coverage import coverage as counted

    def run(asked: Asked) -> _Shaped:
        detail = asked.flag("detail")
        table = counted(
            asked.projection,
            asked.word("rows"),
            asked.word("cols"),
            unit=asked.unit,
            polarity=asked.word("polarity"),
            filters=asked.filters(),
            links=asked.links,
            rollups=Rollups(asked.several("match") or Rollups().matches, asked.flag("roll-up")),
            framework=asked.text("framework"),
            cumulative=asked.flag("cumulative"),
            detail=detail,
        )
        return _Shaped(table, table.to_dict(detail=detail))

    return _answer("coverage", run)


@blueprint.get("/gaps")
def gaps() -> Response:
    """Gaps, most important first, each explained and with its query."""
    from kg.analysis.gap_context import Choices
    from kg.analysis.gaps import SUBJECTS, pair_report
    from kg.analysis.gaps import gaps as found

    def run(asked: Asked) -> _Shaped:
        baseline, limit = asked.word("baseline"), asked.whole("limit")
        choices = Choices(
            polarity=asked.word("polarity"),
            filters=asked.filters(),
            links=asked.links,
            model=asked.word("null"),
            draws=asked.whole("draws"),
            seed=asked.whole("seed") or 0,
            alpha=asked.number("alpha"),
            seconds=_DRAWING,
            scope=_scope(asked),
            baseline=(
                baseline if baseline == "uniform" else asked.projection.resolve("dataset", baseline)
            ),
        )
        rows, cols = asked.text("rows"), asked.text("cols")
        if rows or cols or asked.unit == "framework":
            default = "principle" if asked.unit == "framework" else "goal"
            names = rows or cols or default, cols or rows or default
            report = pair_report(asked.projection, *names, choices, unit=asked.unit)
        else:
            report = found(asked.projection, choices, subjects=asked.several("kind") or SUBJECTS)
        return _Shaped(report, report.to_dict(limit))

    return _answer("gaps", run)


def _scope(asked: Asked) -> Scope:
    """``out`` and ``relevant`` as in a scope file, one name each."""
    from kg.analysis.scope import Scope, meant

    return Scope(
        out=frozenset(meant(asked.projection, name) for name in asked.several("out")),
        relevant=frozenset(meant(asked.projection, name) for name in asked.several("relevant")),
    )


@blueprint.get("/robustness")
def robustness() -> Response:
    """Ranks of members under every defensible choice."""
    from kg.analysis.robustness import robustness as curve

    return _answer(
        "robustness",
        lambda asked: curve(
            asked.projection,
            asked.word("over"),
            filters=asked.filters(),
            top=asked.whole("top") or 5,
        ),
    )


@blueprint.get("/crosswalk")
def crosswalk() -> Response:
    """Frameworks × pivot principles."""
    from kg.analysis.crosswalk import crosswalk as crossed

    return _answer(
        "crosswalk",
        lambda asked: crossed(
            asked.projection,
            frameworks=asked.several("framework"),
            matches=Rollups(asked.several("match") or Rollups().matches).matches,
            filters=asked.filters(),
        ),
    )


@blueprint.get("/compare")
def compare() -> Response:
    """Portfolios, frameworks, years or revisions against each other."""
    from kg.analysis.compare import compare as compared
    from kg.analysis.compare import compare_frameworks
    from kg.analysis.trend import trend

    def run(asked: Asked) -> Any:
        over, polarity = asked.word("over"), asked.word("polarity")
        frameworks = asked.several("frameworks")
        if frameworks:
            if len(frameworks) != 2:
                raise InputError("Name exactly two frameworks.", column="frameworks")
            return compare_frameworks(asked.projection, *frameworks)
        filters = asked.filters()
        if asked.flag("trend"):
            return trend(
                asked.projection, over, polarity=polarity, filters=filters, links=asked.links
            )
        second, other, first = asked.filters("with-"), None, asked.projection
        names = ("chosen", "against")
        if revision := asked.text("revision"):
            first, other, second = Projection.at(state.store(), revision), first, filters
            names = (revision, other.revision)
        elif second.is_empty:
            second = replace(filters, inverse=True)
        return compared(
            first,
            over,
            first=filters,
            second=second,
            names=names,
            unit=asked.unit,
            polarity=polarity,
            links=asked.links,
            other=other,
        )

    return _answer("compare", run)


@blueprint.get("/network")
def network() -> Response:
    """Measures of the network of concepts."""
    from kg.analysis.network import network as measured
    from kg.projection.graphs import CONCEPTS

    return _answer(
        "network",
        lambda asked: measured(
            asked.projection,
            kinds=asked.several("kind") or CONCEPTS,
            polarity=asked.word("polarity"),
            filters=asked.filters(),
            links=asked.links,
            seed=asked.whole("seed") or 0,
        ),
    )


@blueprint.get("/profile")
def profile() -> Response:
    """What groups do more of than others, and what lies next to it."""
    from kg.analysis.profile import profile as described

    return _answer(
        "profile",
        lambda asked: described(
            asked.projection,
            asked.word("by"),
            asked.word("over"),
            subject=asked.text("subject"),
            polarity=asked.word("polarity"),
            filters=asked.filters(),
            links=asked.links,
            top=asked.whole("top") or 20,
            seed=asked.whole("seed") or 0,
        ),
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """The smallest set that closes a gap, or links that may be missing."""
    from kg.analysis.suggest import suggest_cover, suggest_links

    def run(asked: Asked) -> Any:
        dimension, by, polarity = asked.word("of"), asked.word("by"), asked.word("polarity")
        if asked.word("what") == "cover":
            return suggest_cover(
                asked.projection,
                dimension,
                by=by,
                within=asked.filters(),
                polarity=polarity,
                links=asked.links,
                members=asked.several("member"),
                most=asked.whole("most"),
                exact=not asked.flag("greedy"),
            )
        return suggest_links(
            asked.projection,
            dimension,
            rows=by,
            subject=asked.text("subject"),
            method=asked.word("method"),
            polarity=polarity,
            filters=asked.filters(),
            links=asked.links,
            top=asked.whole("top") or 20,
            seed=asked.whole("seed") or 0,
        )

    return _answer("suggest", run)
