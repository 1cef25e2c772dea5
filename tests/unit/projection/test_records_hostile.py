"""A text where a thing belongs spoils its own record, and no other."""

from __future__ import annotations

from pathlib import Path

from kg.projection.records import case_records
from kg.store import open_store

BROKEN = """
PREFIX eq: <https://w3id.org/equipoise/ontology#>
INSERT DATA { GRAPH <http://example.org/g> {
    <http://example.org/case/broken> a eq:Case ; rdfs:label "broken" ; eq:country "a text", "x" ;
        eq:startYear "no year" ; eq:status "http://example.org/%" ; eq:supports "a text" ;
        dcterms:source "another > text", <javascript:alert(1)> .
} }
"""


def test_texts_in_place_of_things(scratch_store: Path) -> None:
    store = open_store(scratch_store)
    with store.writer(message="broken data") as write:
        write.update(BROKEN)
    store.refresh()
    with store.reader() as snapshot:
        found = case_records(snapshot)
    assert any(record.id == "http://example.org/case/broken" for record in found)
    assert len(found) > 1
