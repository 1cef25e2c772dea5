"""What the three kinds of tables share: a row with its problems, and what rows bring into being.

Organisations and sources are matched with those the graph has; new ones are described once, in
the dataset's own graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from kg import vocabulary as v
from kg.identifiers import slugify
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.findings import Severity
from kg.ingest.statements import Statements, source_named, text, typed
from kg.ingest.terms import Terms, normal

if TYPE_CHECKING:
    import pyoxigraph as ox

Value = TypeVar("Value")
TITLE: Final = 2_000
"""Characters of the longest title; more are a cell that has swallowed its neighbours."""
_BRACKETS: Final = re.compile(r"(.*\S)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*\Z", re.DOTALL)
_DIRECTNESS_FIRST: Final = re.compile(
    r"(direct|indirect)\b[\s:,;–—-]*(.*)\Z", re.IGNORECASE | re.DOTALL
)
_DIRECTNESS: Final = re.compile(r"(.*?)[\s:,–—-]+(direct|indirect)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Row:
    """One row of a table.

    Args:
        number: As the spreadsheet counts.
        cells: Column name → clean text; only cells of known columns that say something.
        problems: Column, message, suggestion, severity of what is wrong.
    """

    number: int
    cells: dict[str, str]
    problems: list[tuple[str, str, str, Severity]] = field(default_factory=list)

    def text(self, column: str) -> str:
        """A cell, or nothing."""
        return self.cells.get(column, "")

    def read(self, column: str, parse: Callable[[str], Value]) -> Value | None:
        """A parsed cell; notes the problem and gives ``None`` when it cannot be read."""
        value = self.cells.get(column)
        if not value:
            return None
        try:
            return parse(value)
        except CellProblem as problem:
            self.wrong(column, problem.message, problem.suggestion)
            return None

    def title(self, what: str) -> str:
        """The title in one line; notes the problem and gives nothing when it is none.

        Args:
            what: What the row describes, for the message.
        """
        title = self.cells.get("title", "")
        if "\n" in title or "  " in title:
            title = " ".join(title.split())
        if len(title) > TITLE:
            self.wrong(
                "title",
                f"{len(title):,} characters are no title; is a double quote missing?",
                f"a line of at most {TITLE:,} characters",
            )
            return ""
        if not title and not any(problem[0] == "title" for problem in self.problems):
            self.wrong("title", f"every {what} needs a title")
        return title

    def wrong(self, column: str, message: str, suggestion: str = "") -> None:
        """Note an error."""
        self.problems.append((column, message, suggestion, "error"))

    def doubtful(self, column: str, message: str, suggestion: str = "") -> None:
        """Note a warning."""
        self.problems.append((column, message, suggestion, "warning"))

    @property
    def failed(self) -> bool:
        """Whether any problem is an error."""
        return any(problem[3] == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class LinkCell:
    """One value of a links cell: what it names, directness, reason."""

    iris: tuple[str, ...]
    directness: str = ""
    rationale: str = ""


class Surroundings:
    """What rows of one import share: the known terms and what has been described already.

    Args:
        store: The working copy.
        dataset: IRI of the dataset.
        language: Language tag of texts.
    """

    def __init__(self, store: ox.Store, dataset: str, language: str) -> None:
        self.store, self.dataset, self.language = store, dataset, language
        self.terms = Terms(store)
        self.made: dict[str, int] = {}
        self._organisations: dict[str, str] = {}
        self._described: set[str] = set()
        self._sources_elsewhere: set[str] | None = None
        self._link_cells: dict[tuple[str, str], LinkCell] = {}
        self._last_sources: tuple[str | None, ...] | None = None
        self._last_found: list[str] = []
        self.place = ""
        self._links: dict[int, tuple[str, int]] = {}  # hash of IRI → table and row; small
        self._new: list[str] = []
        self._new_names: list[str] = []
        self._new_links: list[int] = []
        self._counted: dict[str, int] = {}

    def begin(self) -> Statements:
        """Start a row."""
        self._new, self._new_names, self._new_links, self._counted = [], [], [], {}
        return Statements(self.dataset, self.language)

    def keep(self) -> None:
        """The row is right: what it made counts."""
        for kind, number in self._counted.items():
            self.made[kind] = self.made.get(kind, 0) + number

    def forget(self) -> None:
        """The row is wrong: what it would have described is still to be described."""
        self._described.difference_update(self._new)
        self._last_sources = None
        for key in self._new_links:
            self._links.pop(key, None)
        for name in self._new_names:
            self._organisations.pop(name, None)

    def count(self, kind: str, number: int = 1) -> None:
        """Count what the row makes."""
        self._counted[kind] = self._counted.get(kind, 0) + number

    def first_stated(self, link: str, row: Row) -> tuple[str, int] | None:
        """Table and row that state a link already in this import; ``None`` when this is the first.

        A row that turns out to be wrong must give its links back with :meth:`forget`.
        """
        key = hash(link)
        found = self._links.get(key)
        if found is None:
            self._links[key] = (self.place, row.number)
            self._new_links.append(key)
        return found

    def describe_once(self, iri: str) -> bool:
        """Whether a thing is still to be described in this dataset."""
        if iri in self._described:
            return False
        self._described.add(iri)
        self._new.append(iri)
        return True

    def organisation(
        self, out: Statements, name: str, kind: str = "", country: str = ""
    ) -> str:
        """IRI of the organisation of that name, described in ``out`` when it is new.

        Raises:
            CellProblem: The name stands for several organisations, or is an unknown IRI.
        """
        key = normal(name) or name
        if key in self._organisations:
            return self._organisations[key]
        iri = self.terms.lookup("organisation", name)
        if not iri:
            if "://" in name:
                raise CellProblem(f"no organisation {name!r}", "write its name instead")
            iri = f"{v.ID}organisation/{slugify(name)}"
            if self.describe_once(iri):
                out.refer(iri, v.TYPE, v.ORGANISATION)
                out.put(iri, v.LABEL, text(name, self.language))
                if kind:
                    out.refer(iri, f"{v.EQ}organisationType", kind)
                if country:
                    out.refer(iri, v.COUNTRY, country)
                self.count("organisations")
            self._new_names.append(key)
        self._organisations[key] = iri
        return iri

    def sources(self, row: Row, out: Statements) -> list[str]:
        """IRIs of the sources of a row, described in ``out`` when they are new."""
        given = row.cells.get
        key = (
            given("source_url"), given("source_title"), given("source_publisher"),
            given("source_kind"), given("source_year"),
        )
        if key == self._last_sources:
            return self._last_found
        found = self._read_sources(row, out)
        if not row.failed:
            self._last_sources, self._last_found = key, found
        return found

    def _read_sources(self, row: Row, out: Statements) -> list[str]:
        addresses = cells.split_addresses(row.text("source_url"))
        title_cell = row.text("source_title")
        if not addresses and not title_cell:
            return []
        count = max(1, len(addresses))
        titles = self._parallel(row, "source_title", count)
        publishers = self._parallel(row, "source_publisher", count)
        kinds = self._parallel(row, "source_kind", count)
        years = self._parallel(row, "source_year", count)
        found = []
        for index in range(count):
            address = ""
            if addresses:
                try:
                    address = cells.web_address(addresses[index])
                except CellProblem as problem:
                    row.wrong("source_url", problem.message, problem.suggestion)
                    continue
            iri = source_named(address, titles[index])
            if iri not in found:
                found.append(iri)
            if self._is_elsewhere(iri) or not self.describe_once(iri):
                continue
            self._describe_source(
                row, out, iri, (address, titles[index], publishers[index], kinds[index],
                                years[index])
            )
        return found

    def _describe_source(
        self, row: Row, out: Statements, iri: str, facts: tuple[str, str, str, str, str]
    ) -> None:
        address, title, publisher, kind, year = facts
        out.refer(iri, v.TYPE, v.SOURCE)
        out.put(iri, v.LABEL, text(title or address, "" if not title else self.language))
        if address:
            out.put(iri, v.URL, typed(address, "anyURI"))
        try:
            if publisher:
                out.refer(iri, v.PUBLISHER, self.organisation(out, publisher))
            if kind and not cells.is_nothing(kind):
                out.refer(iri, v.SOURCE_KIND, self.terms.find("source-kind", kind))
        except CellProblem as problem:
            column = "source_kind" if publisher and "kind" in problem.message else (
                "source_kind" if not publisher else "source_publisher")
            row.wrong(column, problem.message, problem.suggestion)
        try:
            if year and (value := cells.year(year)) is not None:
                out.put(iri, v.YEAR, typed(value, "integer"))
        except CellProblem as problem:
            row.wrong("source_year", problem.message, problem.suggestion)
        self.count("sources")

    def link_cell(self, row: Row, column: str, kind: str) -> list[LinkCell]:
        """The values of a cell such as ``7.3 direct (why); 13.1``."""
        value = row.text(column)
        if not value:
            return []
        found = []
        for part in cells.split_values(value):
            known = self._link_cells.get((kind, part))
            if known is None:
                try:
                    known = self._read_link(kind, part)
                except CellProblem as problem:
                    row.wrong(column, problem.message, problem.suggestion)
                    continue
                if "(" not in part and len(self._link_cells) < 100_000:
                    self._link_cells[(kind, part)] = known
            found.append(known)
        return found

    def _read_link(self, kind: str, part: str) -> LinkCell:
        if found := self.terms.lookup(kind, part):
            return LinkCell((found,))
        head, reason, directness = part, "", ""
        if match := _BRACKETS.match(part):
            head, reason = match.group(1).strip(), match.group(2).strip()
            if inner := _DIRECTNESS_FIRST.match(reason):
                directness, reason = inner.group(1).lower(), inner.group(2)
        if match := _DIRECTNESS.match(head):
            head, directness = match.group(1).strip(), match.group(2).lower()
        elif ":" in head and "://" not in head and not self.terms.lookup(kind, head):
            left, right = (piece.strip() for piece in head.split(":", 1))
            if self.terms.lookup(kind, left):
                head, reason = left, reason or right
        return LinkCell(tuple(self.terms.find_several(kind, head)), directness, reason)

    def _parallel(self, row: Row, column: str, count: int) -> list[str]:
        """As many values as there are addresses; one stands for all, except a title."""
        value = row.text(column)
        if count == 1 or not value:
            return [value] * count
        for pattern in (r"\s*[|\n]\s*", r"\s*;\s*"):
            parts = re.split(pattern, value)
            if len(parts) == count:
                return [part.strip() for part in parts]
        parts = re.split(r"\s*[|\n]\s*", value)
        if len(parts) == 1:
            return [value, *([""] * (count - 1))] if column == "source_title" else [value] * count
        row.wrong(
            column,
            f"{len(parts)} values for {count} addresses in source_url",
            "as many values as addresses, with | between, or one for all",
        )
        return [""] * count

    def _is_elsewhere(self, iri: str) -> bool:
        """Whether another dataset describes this source already."""
        if self._sources_elsewhere is None:
            import pyoxigraph as ox

            kind = self.store.quads_for_pattern(
                None, ox.NamedNode(v.TYPE), ox.NamedNode(v.SOURCE), None
            )
            self._sources_elsewhere = {
                quad.subject.value
                for quad in kind
                if getattr(quad.graph_name, "value", "") != self.dataset
                and isinstance(quad.subject, ox.NamedNode)
            }
        return iri in self._sources_elsewhere
