"""Rows of the cases table → statements."""

from __future__ import annotations

import re
from typing import Final

from kg import vocabulary as v
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.columns import CASES
from kg.ingest.described import note_described_elsewhere
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import (
    Statements,
    minted,
    participation,
    text,
    typed,
)

_LINKS: Final = (
    ("technologies", v.USES_TECHNOLOGY, "technology"),
    ("supports", v.SUPPORTS, "target"),
    ("undermines", v.UNDERMINES, "target"),
    ("upholds", v.UPHOLDS, "principle"),
    ("violates", v.VIOLATES, "principle"),
)
_EVIDENCE: Final = CASES.column("evidence_status").choices
_DEFAULT_ROLE: Final = "partner"


class CaseRows:
    """Reads rows of cases.

    Args:
        around: What the rows of an import share.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around, self._terms = around, around.terms
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Statements:
        """The statements of a row; what is wrong is noted in the row."""
        around = self._around
        out = around.begin()
        title = row.title("case")
        name = row.text("id") or title
        iri = minted("case", name) if name else ""
        if not iri:
            return out
        if first := self._seen.get(iri):
            if row.text("id"):
                row.wrong("id", f"{name!r} is the id of row {first} too",
                          "give each case its own id")
            else:
                row.wrong("title", f"row {first} has this title too, and neither has an id",
                          "keep one of the two rows, or give each case its own id")
            return out
        self._seen[iri] = row.number
        note_described_elsewhere(around, row, "case", iri)
        self._facts(row, out, iri, name, title)
        self._participants(row, out, iri)
        sources = around.sources(row, out)
        for source in sources:
            out.refer(iri, v.DCT_SOURCE, source)
        self._links(row, out, iri, sources)
        around.count("cases")
        if not row.failed:
            self._terms.add("case", iri, title, name)
        return out

    def _facts(self, row: Row, out: Statements, iri: str, name: str, title: str) -> None:
        language = self._around.language
        out.refer(iri, v.TYPE, v.CASE)
        out.put(iri, v.IDENTIFIER, text(iri.rsplit("/", 1)[-1] if "://" in name else name))
        out.put(iri, v.TITLE, text(title, language))
        out.put(iri, v.LABEL, text(title, language))
        out.say(iri, v.DESCRIPTION, row.text("summary"))
        for country in self._several(row, "countries", "country"):
            out.refer(iri, v.COUNTRY, country)
        start, end = row.read("start_year", cells.year), row.read("end_year", cells.year)
        if start is not None:
            out.put(iri, v.START_YEAR, typed(start, "integer"))
        if end is not None:
            out.put(iri, v.END_YEAR, typed(end, "integer"))
        if start is not None and end is not None and end < start:
            row.wrong("end_year", f"it ends ({end}) before it starts ({start})")
        if value := row.text("status"):
            try:
                out.refer(iri, v.STATUS, self._terms.find("status", value))
            except CellProblem as problem:
                row.wrong("status", problem.message, problem.suggestion)
        out.say(iri, v.OUTCOME, row.text("outcome"))
        out.say(iri, v.EDITORIAL_NOTE, row.text("note"))
        if (verified := row.read("verified", cells.boolean)) is not None:
            out.put(iri, v.VERIFIED, typed(str(verified).lower(), "boolean"))

    def _several(self, row: Row, column: str, kind: str) -> list[str]:
        found: dict[str, None] = {}
        for part in cells.split_values(row.cells.get(column, "")):
            if cells.is_nothing(part) and part != "NA":
                continue
            try:
                found.update(dict.fromkeys(self._terms.find_several(kind, part)))
            except CellProblem as problem:
                row.wrong(column, problem.message, problem.suggestion)
        return list(found)

    def _participants(self, row: Row, out: Statements, iri: str) -> None:
        seen: set[str] = set()
        for part in cells.split_values(row.text("organisations")):
            try:
                name, roles, kind = self._organisation(part)
                organisation = self._around.organisation(out, name, kind)
            except CellProblem as problem:
                row.wrong("organisations", problem.message, problem.suggestion)
                continue
            for role in roles:
                node = participation(iri, organisation, role)
                if node in seen:
                    continue
                seen.add(node)
                out.refer(iri, v.PARTICIPATION_PROPERTY, node)
                out.refer(node, v.TYPE, v.PARTICIPATION)
                out.refer(node, v.ORGANISATION_PROPERTY, organisation)
                out.refer(node, v.ROLE, role)

    def _organisation(self, part: str) -> tuple[str, list[str], str]:
        """Name, roles and type out of ``Example Labs (developer, company)``."""
        default = [f"{v.ID}role/{_DEFAULT_ROLE}"]
        match = re.match(r"(.*\S)\s*\(([^()]*)\)\s*\Z", part, re.DOTALL)
        if match is None:
            return part, default, ""
        roles: list[str] = []
        kind = ""
        words = [word.strip() for word in re.split(r"[,;/&]| and ", match.group(2)) if word.strip()]
        for word in words:
            role = self._terms.lookup("role", word)
            found = "" if role else self._terms.lookup("organisation-type", word)
            if role:
                roles.append(role)
            elif found:
                kind = found
            elif roles or kind:
                raise self._unknown_role(word)
            else:
                self._refuse_misspelt(word)
                return part, default, ""  # the brackets belong to the name
        return match.group(1).strip(), roles or default, kind

    def _refuse_misspelt(self, word: str) -> None:
        import difflib

        known = ("developer", "deployer", "funder", "partner", "regulator")
        if difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.75):
            raise self._unknown_role(word)

    def _unknown_role(self, word: str) -> CellProblem:
        try:
            self._terms.find("role", word)
        except CellProblem as problem:
            return problem
        return CellProblem(f"no role {word!r}")

    def _links(self, row: Row, out: Statements, iri: str, sources: list[str]) -> None:
        around = self._around
        evidence = row.read("evidence_status", lambda value: cells.choice(value, _EVIDENCE)) or ""
        seen: dict[tuple[str, str], str] = {}
        for column, predicate, kind in _LINKS:
            if column not in row.cells:
                continue
            for value in around.link_cell(row, column, kind):
                for object_ in value.iris:
                    if (predicate, object_) in seen:
                        row.doubtful(column, f"{self._terms.label(object_)!r} stands there twice")
                        continue
                    seen[(predicate, object_)] = column
                    link = out.link(
                        iri,
                        predicate,
                        object_,
                        directness=value.directness,
                        rationale=value.rationale,
                        evidence=evidence,
                        sources=sources,
                    )
                    around.first_stated(link, row)
        if seen:
            around.count("links", len(seen))
