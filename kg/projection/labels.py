"""Labels of members, and their order of display."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg import vocabulary as v
from kg.identifiers import listed_iris

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.projection.segment import Source

_LABEL_RANK: Final = {v.PREF_LABEL: 0, v.LABEL: 2, v.TITLE: 4}
_BATCH: Final = 400


def read_labels(source: Source, iris: Iterable[str]) -> dict[str, dict[str, str]]:
    """Labels and notations of things.

    Returns:
        Per IRI ``label`` (English preferred: skos:prefLabel, rdfs:label, dcterms:title) and,
        where stated, ``notation``.
    """
    wanted = sorted(iri for iri in iris if iri.startswith(("http", "urn:")) and iri.isprintable())
    best: dict[str, tuple[int, str]] = {}
    out: dict[str, dict[str, str]] = {}
    for start in range(0, len(wanted), _BATCH):
        values = listed_iris(wanted[start : start + _BATCH])
        query = (
            f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {values} }} ?s ?p ?o FILTER(?p IN "
            f"(<{v.PREF_LABEL}>, <{v.LABEL}>, <{v.TITLE}>, <{v.NOTATION}>)) }}"
        )
        for subject, predicate, value in source.query(query):
            iri, text = subject.value, value.value
            if predicate.value == v.NOTATION:
                entry = out.setdefault(iri, {})
                entry["notation"] = min(entry.get("notation", text), text)
                continue
            foreign = (value.language or "en") != "en"
            candidate = (_LABEL_RANK[predicate.value] + foreign, text)
            if iri not in best or candidate < best[iri]:
                best[iri] = candidate
    for iri, (_, text) in best.items():
        out.setdefault(iri, {})["label"] = text
    return out


def describe(iri: str, known: dict[str, str]) -> dict[str, str]:
    """A member as it is kept: id, label (the IRI's tail when it has none), notation."""
    tail = re.split(r"[/#]", iri.rstrip("/#"))[-1] or iri
    return {"id": iri, "label": known.get("label", tail), "notation": known.get("notation", "")}


def sort_key(member: dict[str, str]) -> tuple[Any, ...]:
    """Numbers before letters within a code, so that 7.3 < 7.10 < 7.a; then labels."""
    code = member["notation"]
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"\d+|[^\d.]+", code)
    )
    numbered = bool(code) and code[0].isdigit()
    return (not numbered, parts if numbered else (), member["label"].casefold(), member["id"])
