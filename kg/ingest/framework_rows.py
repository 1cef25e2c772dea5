"""Rows of the frameworks table → statements."""

from __future__ import annotations

import re
from typing import Final

from kg import vocabulary as v
from kg.identifiers import slugify
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import Statements, minted, text, typed

_KINDS: Final = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "igo": r"\binter-?government|\bigo\b|\bsupra-?national|\binternational organi[sz]ation",
        "government": r"(?<!inter)(?<!inter-)(?<!non-)(?<!non)\bgovernment(?!s)|ministr|"
                      r"\bpublic (?!-private)\w+|municipal|parliament",
        "company": r"\bcompan|corporat|\bprivate sector|industr|\bbusiness",
        "academia": r"universit|academ|\bresearch|scientific",
        "ngo": r"\bngo|\bcso\b|non-?\s?profit|civil society|charit|non-?government",
        "standards-body": r"\bstandard",
        "multi": r"\bmulti-?\s?stakeholder|coalition|alliance|consorti",
        "media": r"newspaper|broadcast|\bnews\b",
    }.items()
}
"""Words that tell the kind of a publisher in free text."""


class FrameworkRows:
    """Reads rows of documents that set out principles.

    Args:
        around: What the rows of an import share.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around, self._terms = around, around.terms
        self._seen: dict[str, int] = {}
        self._new_types: dict[str, str] = {}

    def read(self, row: Row) -> Statements:
        """The statements of a row; what is wrong is noted in the row."""
        around = self._around
        out = around.begin()
        title = row.text("title")
        name = row.text("id") or title
        if not name:
            row.wrong("title", "every framework needs a title")
            return out
        iri = minted("framework", name)
        if iri in self._seen:
            row.wrong("id", f"{name!r} is the id of row {self._seen[iri]} too",
                      "give each framework its own id")
            return out
        self._seen[iri] = row.number
        if not title:
            row.wrong("title", "every framework needs a title")
        if self._terms.contains("framework", iri):
            self._note_existing(row, iri)
        self._facts(row, out, iri, name, title)
        kinds = self._publisher_types(row, out)
        for kind in kinds:
            out.refer(iri, v.PUBLISHER_TYPE, kind)
        countries = self._countries(row)
        for country in countries:
            out.refer(iri, v.COUNTRY, country)
        for publisher in self._publishers(row.text("publisher")):
            try:
                body = around.organisation(
                    out, publisher, kinds[0] if len(kinds) == 1 else "",
                    countries[0] if len(countries) == 1 else "",
                )
            except CellProblem as problem:
                row.wrong("publisher", problem.message, problem.suggestion)
                continue
            out.refer(iri, v.PUBLISHER, body)
        principles = self._principles(row)
        for principle in principles:
            out.refer(iri, v.INCLUDES_PRINCIPLE, principle)
        around.count("frameworks")
        around.count("principles named", len(principles))
        return out

    def _note_existing(self, row: Row, iri: str) -> None:
        import pyoxigraph as ox

        kind = ox.NamedNode(v.TYPE)
        graphs = {
            getattr(quad.graph_name, "value", "")
            for quad in self._around.store.quads_for_pattern(ox.NamedNode(iri), kind, None, None)
        } - {self._around.dataset}
        if graphs:
            row.doubtful(
                "id",
                f"{iri.rsplit('/', 1)[-1]!r} is in dataset {min(graphs).rsplit('/', 1)[-1]} too: "
                "both describe one framework",
                "choose another id if it is another document",
            )

    def _facts(self, row: Row, out: Statements, iri: str, name: str, title: str) -> None:
        language = self._around.language
        out.refer(iri, v.TYPE, v.PRINCIPLE_FRAMEWORK)
        out.refer(iri, v.TYPE, v.CONCEPT_SCHEME)
        out.put(iri, v.IDENTIFIER, text(iri.rsplit("/", 1)[-1] if "://" in name else name))
        out.put(iri, v.PREF_LABEL, text(title, language))
        out.put(iri, v.TITLE, text(title, language))
        out.say(iri, v.DESCRIPTION, row.text("summary"))
        out.say(iri, v.EDITORIAL_NOTE, row.text("note"))
        if (year := row.read("year", cells.year)) is not None:
            out.put(iri, v.YEAR, typed(year, "integer"))
        if (binding := row.read("binding", cells.boolean)) is not None:
            out.put(iri, v.BINDING, typed(str(binding).lower(), "boolean"))
        if (verified := row.read("verified", cells.boolean)) is not None:
            out.put(iri, v.VERIFIED, typed(str(verified).lower(), "boolean"))
        for part in cells.split_addresses(row.text("url")):
            try:
                out.put(iri, v.URL, typed(cells.web_address(part), "anyURI"))
            except CellProblem as problem:
                # A document without a working address is still a document.
                row.doubtful("url", f"{problem.message}; left out", problem.suggestion)

    def _publisher_types(self, row: Row, out: Statements) -> list[str]:
        value = row.text("publisher_type")
        if not value:
            return []
        try:
            if whole := self._terms.lookup("organisation-type", value):
                return [whole]
            return [
                self._terms.lookup("organisation-type", part)
                or self._kind_meant(row, part)
                or self._new_type(row, out, part)
                for part in cells.split_values(value)
            ]
        except CellProblem as problem:
            row.wrong("publisher_type", problem.message, problem.suggestion)
            return []

    def _kind_meant(self, row: Row, name: str) -> str:
        """The one known kind that the words of a free text point at, or nothing."""
        found = {kind for kind, words in _KINDS.items() if words.search(name)}
        if len(found) != 1:
            return ""
        kind = found.pop()
        row.doubtful("publisher_type", f"{name!r} is read as {kind}")
        return f"{v.ID}organisation-type/{kind}"

    def _new_type(self, row: Row, out: Statements, name: str) -> str:
        iri = f"{v.ID}organisation-type/{slugify(name)}"
        if self._around.describe_once(iri):
            scheme = f"{v.ID}scheme/organisation-type"
            out.refer(iri, v.TYPE, v.CONCEPT)
            out.say(iri, v.PREF_LABEL, name)
            out.put(iri, v.NOTATION, text(slugify(name)))
            out.say(iri, v.DEFINITION, f"A kind of publisher named {name} in an imported table.")
            out.refer(iri, v.IN_SCHEME, scheme)
            try:
                self._terms.find("organisation-type", name)
            except CellProblem as problem:
                row.doubtful(
                    "publisher_type", f"{name!r} is a new kind of publisher: added",
                    problem.suggestion,
                )
            self._around.count("kinds of publisher")
        return iri

    def _countries(self, row: Row) -> list[str]:
        found: dict[str, None] = {}
        for part in cells.split_values(row.cells.get("country", "")):
            if cells.is_nothing(part) and part != "NA":
                continue
            try:
                found.update(dict.fromkeys(self._terms.find_several("country", part)))
            except CellProblem as problem:
                if self._terms.known("region", part):
                    row.doubtful("country", f"{part!r} is a region: read as XZ, international")
                    found[f"{v.ID}country/XZ"] = None
                else:
                    row.wrong("country", problem.message, problem.suggestion)
        return list(found)

    def _publishers(self, value: str) -> list[str]:
        if not value or self._terms.known("organisation", value):
            return [value] if value else []
        return cells.split_values(value)

    def _principles(self, row: Row) -> list[str]:
        found: dict[str, None] = {}
        for part in cells.split_values(row.text("principles")):
            try:
                found.update(dict.fromkeys(self._terms.find_several("principle", part)))
            except CellProblem as problem:
                row.wrong("principles", problem.message, problem.suggestion)
        return list(found)
