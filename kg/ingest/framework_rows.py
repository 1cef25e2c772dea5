"""Rows of the frameworks table → statements.

What a document is and which principles it sets out must be right; a country, year, address or
kind of body that cannot be read is left out with a warning, since the document counts without.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable
from typing import TypeVar

from kg import vocabulary as v
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.described import note_described_elsewhere
from kg.ingest.publishers import PublisherKinds, publisher_names, same_body
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import Statements, minted, text, typed

Value = TypeVar("Value")


class FrameworkRows:
    """Reads rows of documents that set out principles.

    Args:
        around: What the rows of an import share.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around, self._terms = around, around.terms
        self._kinds = PublisherKinds(around)
        self._seen: dict[str, tuple[int, str]] = {}  # IRI → row and what it was made from

    def read(self, row: Row) -> Statements:
        """The statements of a row; what is wrong is noted in the row."""
        around = self._around
        out = around.begin()
        for column in ("title", "publisher", "principles"):
            if "&" in row.text(column):
                row.cells[column] = html.unescape(row.cells[column])
        if not (title := row.title("framework")):
            return out
        iri = self._identity(row, title)
        if not iri:
            return out
        note_described_elsewhere(around, row, "framework", iri)
        self._facts(row, out, iri, title)
        kinds = self._kinds.read(row, out)
        for kind in kinds:
            out.refer(iri, v.PUBLISHER_TYPE, kind)
        countries = self._countries(row)
        for country in countries:
            out.refer(iri, v.COUNTRY, country)
        publishers = publisher_names(row.text("publisher"), self._terms)
        alone = len(publishers) == 1  # only then kind and country are those of the publisher
        for publisher in publishers:
            body = self._publisher(
                row, out, publisher,
                kinds[0] if alone and len(kinds) == 1 else "",
                countries[0] if alone and len(countries) == 1 else "",
            )
            if body:
                out.refer(iri, v.PUBLISHER, body)
        principles = self._principles(row)
        for principle in principles:
            out.refer(iri, v.INCLUDES_PRINCIPLE, principle)
        around.count("frameworks")
        around.count("principles named", len(principles))
        return out

    def _identity(self, row: Row, title: str) -> str:
        """IRI of a row's document, or nothing when another row describes the same."""
        given = row.text("id")
        iri = minted("framework", given or title)
        if iri == v.PIVOT_FRAMEWORK:
            row.wrong("id", "'pivot' is the scheme that all principles are mapped to",
                      "give the document another id")
            return ""
        known = self._seen.get(iri)
        if known is not None and known[1] == (given or title) and given:
            row.wrong("id", f"{given!r} is the id of row {known[0]} too",
                      "give each framework its own id")
            return ""
        if known is not None and given:  # 'EU-1' and 'eu 1' are two ids with one address
            iri = f"{iri}-{hashlib.sha256(given.encode()).hexdigest()[:8]}"
            row.doubtful("id", f"{given!r} differs from {known[1]!r} of row {known[0]} only in "
                               "case or marks: kept as another document")
        elif known is not None:
            iri = self._from_more(row, title) or iri
            if (twin := self._seen.get(iri)) is not None:
                row.wrong("title", f"row {twin[0]} describes the same document",
                          "keep one of the two rows, or give each its own id")
                return ""
        self._seen.setdefault(iri, (row.number, given or title))
        return iri

    def _from_more(self, row: Row, title: str) -> str:
        """IRI for one of several documents of the same title without ids; the last one tried."""
        name, iri = title, ""
        for column in ("publisher", "year", "country", "url"):
            if value := row.text(column):
                name = f"{name} {value}"
                iri = minted("framework", name)
                if iri not in self._seen:
                    return iri
        return iri

    def _facts(self, row: Row, out: Statements, iri: str, title: str) -> None:
        language, given = self._around.language, row.text("id")
        out.refer(iri, v.TYPE, v.PRINCIPLE_FRAMEWORK)
        out.refer(iri, v.TYPE, v.CONCEPT_SCHEME)
        short = given if given and "://" not in given else iri.rsplit("/", 1)[-1]
        out.put(iri, v.IDENTIFIER, text(short))
        out.put(iri, v.PREF_LABEL, text(title, language))
        out.put(iri, v.TITLE, text(title, language))
        out.say(iri, v.DESCRIPTION, row.text("summary"))
        out.say(iri, v.EDITORIAL_NOTE, row.text("note"))
        if (year := self._if_readable(row, "year", cells.year)) is not None:
            out.put(iri, v.YEAR, typed(year, "integer"))
        if (binding := self._if_readable(row, "binding", cells.binding)) is not None:
            out.put(iri, v.BINDING, typed(str(binding).lower(), "boolean"))
        if (verified := self._if_readable(row, "verified", cells.boolean)) is not None:
            out.put(iri, v.VERIFIED, typed(str(verified).lower(), "boolean"))
        for part in cells.split_addresses(row.text("url")):
            if cells.is_nothing(part):
                continue
            try:
                address = cells.web_address(part)
            except CellProblem as problem:
                row.doubtful("url", f"{problem.message}: left out", problem.suggestion)
                continue
            out.put(iri, v.URL, typed(address, "anyURI"))

    def _if_readable(
        self, row: Row, column: str, parse: Callable[[str], Value]
    ) -> Value | None:
        """A parsed cell; a warning and nothing when it cannot be read."""
        if not (value := row.text(column)):
            return None
        try:
            return parse(value)
        except CellProblem as problem:
            row.doubtful(column, f"{problem.message}: left out", problem.suggestion)
            return None

    def _publisher(self, row: Row, out: Statements, name: str, kind: str, country: str) -> str:
        try:
            if not self._terms.lookup("organisation", name) and (
                same := same_body(name, self._terms)
            ):
                name = same
            return self._around.organisation(out, name, kind, country)
        except CellProblem as problem:
            row.doubtful("publisher", f"{problem.message}: left out", problem.suggestion)
            return ""

    def _countries(self, row: Row) -> list[str]:
        found: dict[str, None] = {}
        world = f"{v.ID}country/XZ"
        for part in cells.split_values(row.cells.get("country", "")):
            if cells.is_nothing(part) and part != "NA":
                continue
            region = self._terms.known("region", part)
            try:
                named = self._terms.find_several("country", part)
            except CellProblem as problem:
                named = [world] if region else []
                if not region:
                    row.doubtful("country", f"{problem.message}: left out", problem.suggestion)
            if region and named == [world] and region != f"{v.ID}region/001":
                row.doubtful("country", f"{part!r} is a region: read as XZ, international")
            found.update(dict.fromkeys(named))
        return list(found)

    def _principles(self, row: Row) -> list[str]:
        found: dict[str, None] = {}
        for part in cells.split_values(cells.unwrapped(row.text("principles"))):
            if cells.is_nothing(part):
                continue
            try:
                found.update(dict.fromkeys(self._terms.find_several("principle", part)))
            except CellProblem as problem:
                row.wrong("principles", problem.message, problem.suggestion)
        return list(found)
