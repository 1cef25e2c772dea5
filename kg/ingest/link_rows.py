"""Rows of the links table → statements; also what ``kg link`` writes."""

from __future__ import annotations

from typing import Final

from kg import vocabulary as v
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.columns import LINKS
from kg.ingest.rows import Row, Surroundings
from kg.ingest.statements import Statements

_PREDICATES: Final = {
    "supports": (v.SUPPORTS, "target"),
    "undermines": (v.UNDERMINES, "target"),
    "upholds": (v.UPHOLDS, "principle"),
    "violates": (v.VIOLATES, "principle"),
    "uses-technology": (v.USES_TECHNOLOGY, "technology"),
    "relates-to-goal": (v.RELATES_TO_GOAL, "target"),
}
_SPELLINGS: Final = {
    "support": "supports", "undermine": "undermines", "uphold": "upholds", "violate": "violates",
    "uses": "uses-technology", "usestechnology": "uses-technology", "use": "uses-technology",
    "technology": "uses-technology", "relatestogoal": "relates-to-goal",
    "relates-to": "relates-to-goal", "contributes-to": "supports", "harms": "undermines",
}
_BY_KIND: Final = {
    ("target", "positive"): "supports",
    ("target", "negative"): "undermines",
    ("principle", "positive"): "upholds",
    ("principle", "negative"): "violates",
    ("technology", "positive"): "uses-technology",
    ("technology", "negative"): "uses-technology",
}
_POLARITIES: Final = {
    "positive": "positive", "+": "positive", "pos": "positive", "1": "positive",
    "negative": "negative", "-": "negative", "neg": "negative", "-1": "negative",
    "−": "negative",
}
_NOT_LINKS: Final = frozenset({"organisation", "organization", "country", "region"})
_REVIEW: Final = LINKS.column("review_status").choices
_EVIDENCE: Final = LINKS.column("evidence_status").choices
_DIRECTNESS: Final = LINKS.column("directness").choices


class LinkRows:
    """Reads rows of links.

    Args:
        around: What the rows of an import share.
        proposals: Whether the table was written by ``kg link``: rows are proposals.
    """

    def __init__(self, around: Surroundings, *, proposals: bool = False) -> None:
        self._around, self._terms, self._proposals = around, around.terms, proposals
        self._decided: set[tuple[str, str, str]] | None = None
        self._objects: dict[tuple[str | None, ...], tuple[str, str]] = {}

    def read(self, row: Row) -> Statements:
        """The statements of a row; what is wrong is noted in the row."""
        out = self._around.begin()
        if row.failed:
            return out
        if (row.text("kind") or "").lower() in _NOT_LINKS:
            row.doubtful("kind", f"a case is not linked to a {row.text('kind')}: left out")
            return out
        try:
            predicate, object_ = self._statement(row)
        except CellProblem as problem:
            row.wrong("object", problem.message, problem.suggestion)
            return out
        subject = self._subject(row, predicate)
        if not subject or not predicate:
            return out
        review = row.read("review_status", self._review) or (
            "proposed" if self._proposals else "accepted"
        )
        if review == "proposed" and self._is_decided(subject, predicate, object_):
            row.doubtful("", "this link was accepted or rejected before: left out",
                         "kg review log tells by whom and why")
            return out
        self._write(row, out, subject, predicate, object_, review)
        return out

    def _write(
        self, row: Row, out: Statements, subject: str, predicate: str, object_: str, review: str
    ) -> None:
        around = self._around
        attributed = row.text("attributed_to")
        agent = ""
        if attributed:
            try:
                agent = around.organisation(out, attributed)
            except CellProblem as problem:
                row.wrong("attributed_to", problem.message, problem.suggestion)
        method = row.text("method")
        note = row.text("note")
        iri = out.link(
            subject,
            predicate,
            object_,
            directness=row.read("directness", lambda text: cells.choice(text, _DIRECTNESS)) or "",
            rationale=row.text("rationale"),
            confidence=row.read("confidence", cells.share),
            review=review,
            evidence=row.read("evidence_status", lambda text: cells.choice(text, _EVIDENCE)) or "",
            sources=around.sources(row, out),
            attributed_to=agent,
            note=note or (f"Proposed by the method {method}." if method else ""),
        )
        if first := around.first_stated(iri, row):
            out.lines.clear()
            table, number = first
            if self._proposals or table != around.place:
                row.doubtful("object", f"{table}, row {number} states this link already: left out")
            else:
                row.wrong("object", f"row {number} states the same link",
                          "keep one of the two rows")
            return
        around.count("proposed links" if review == "proposed" else "links")

    def _statement(self, row: Row) -> tuple[str, str]:
        """Predicate and object of a row.

        Raises:
            CellProblem: They do not fit, or name nothing.
        """
        given = row.cells.get
        key = (given("predicate"), given("kind"), given("polarity"), given("object"))
        known = self._objects.get(key)
        if known is None:
            known = self._read_statement(row)
            if len(self._objects) < 200_000:
                self._objects[key] = known
        return known

    def _read_statement(self, row: Row) -> tuple[str, str]:
        written, kind = row.text("predicate"), row.text("kind").lower()
        value = row.text("object")
        if not value:
            raise CellProblem("every link needs an object", "a code, id, label or IRI")
        polarity = row.text("polarity")
        name = self._predicate_name(written) if written else ""
        if not name and polarity and (named := self._predicate_name(polarity, quiet=True)):
            name, polarity = named, ""
        kind = {"goal": "target", "sdg": "target", "framework-principle": "principle"}.get(
            kind, kind
        )
        if name:
            predicate, wanted = _PREDICATES[name]
            return predicate, self._terms.find(wanted, value)
        if kind and (kind, "positive") not in _BY_KIND:
            raise CellProblem(f"unknown kind {kind!r}", "goal, target, principle or technology")
        if not kind:
            kind = self._kind_of(value)
        sign = "positive"
        if polarity:
            sign = _POLARITIES.get(polarity.strip().lower(), "")
            if not sign:
                raise CellProblem(f"unknown polarity {polarity!r}", "positive or negative")
        elif kind != "technology" and not self._proposals:
            raise CellProblem(
                "neither predicate nor polarity says whether it is good or bad",
                "supports, undermines, upholds, violates; or positive, negative",
            )
        return _PREDICATES[_BY_KIND[(kind, sign)]][0], self._terms.find(kind, value)

    def _predicate_name(self, text: str, *, quiet: bool = False) -> str:
        plain = text.strip().removeprefix(v.EQ).removeprefix("eq:").lower()
        plain = "-".join(plain.replace("_", " ").split())
        plain = _SPELLINGS.get(plain, plain)
        if plain in _PREDICATES:
            return plain
        if quiet:
            return ""
        return cells.choice(plain, tuple(_PREDICATES))

    def _kind_of(self, value: str) -> str:
        found = [
            kind
            for kind in ("target", "principle", "technology")
            if self._terms.lookup(kind, value)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise CellProblem(f"{value!r} is a {' and a '.join(found)}", "fill the column kind")
        self._terms.find("target", value)
        raise CellProblem(f"nothing is called {value!r}")

    def _subject(self, row: Row, predicate: str) -> str:
        kind = "principle" if predicate == v.RELATES_TO_GOAL else "case"
        value = row.text("case")
        if not value:
            row.wrong("case", "every link needs a case", "its id, IRI or title")
            return ""
        try:
            return self._terms.find(kind, value)
        except CellProblem as problem:
            hint = problem.suggestion or (
                "import the cases table first, or both in one go: kg import cases.csv links.csv"
            )
            row.wrong("case", problem.message, hint)
            return ""

    def _review(self, text: str) -> str:
        return cells.choice({"accept": "accepted", "reject": "rejected",
                             "propose": "proposed"}.get(text.lower(), text), _REVIEW)

    def _is_decided(self, subject: str, predicate: str, object_: str) -> bool:
        """Whether a reviewed link says the same already, in any dataset."""
        if self._decided is None:
            self._decided = set()
            rows = self._around.store.query(
                f"SELECT ?s ?p ?o {{ ?l a <{v.LINK}> ; <{v.SUBJECT}> ?s ; <{v.PREDICATE}> ?p ; "
                f"<{v.OBJECT}> ?o . OPTIONAL {{ ?l <{v.REVIEW_STATUS}> ?r }} "
                f"FILTER(!BOUND(?r) || ?r != <{v.PROPOSED}>) }}",
                use_default_graph_as_union=True,
            )
            for found in rows:  # type: ignore[union-attr]
                self._decided.add(tuple(term.value for term in found))
        return (subject, predicate, object_) in self._decided
