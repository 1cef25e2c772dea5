"""Who published a document: names as tables write them, and what kind of body they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg import vocabulary as v
from kg.identifiers import slugify
from kg.ingest import cells
from kg.ingest.cells import CellProblem
from kg.ingest.statements import Statements, text

if TYPE_CHECKING:
    from kg.ingest.rows import Row, Surroundings
    from kg.ingest.terms import Terms

_KINDS: Final = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "igo": r"\binter-?government|\bigo\b|\bsupra-?national|\binternational organi[sz]ation",
        "government": r"(?<!inter)(?<!inter-)(?<!non-)(?<!non)\bgovernment(?!s)|ministr|"
                      r"\bpublic (?!-?\s?private)\w+|municipal|parliament|\bregulator",
        "company": r"\bcompan|corporat|\bprivate sector|industr|\bbusiness|\bfor-profit",
        "academia": r"universit|academ|\bresearch|scientific",
        "ngo": r"\bngo|\bcso\b|(?:non|not-for)-?\s?profit|civil society|charit|non-?government",
        "standards-body": r"\bstandard",
        "multi": r"\bmulti-?\s?stakeholder|coalition|alliance|consorti|\bmixed\b|"
                 r"public[-\s–/]+private|\bppp\b",
        "media": r"newspaper|broadcast|\bnews\b",
    }.items()
}
"""Words that tell the kind of a publisher in free text."""
_NO_KIND: Final = frozenset({"other", "others", "misc", "miscellaneous", "various"})
_LEGAL_FORM: Final = re.compile(
    r"[,\s]+(?:inc|llc|ltd|limited|corp|corporation|co|gmbh|ag|se|plc|s\.?a|n\.?v|b\.?v|oy|ab)"
    r"\.?\s*\Z",
    re.IGNORECASE,
)
_SHORT_FORM: Final = re.compile(r"(.*\S)\s*\(([^()\s]{2,12})\)\s*\Z", re.DOTALL)
_GOES_ON: Final = re.compile(
    r"(?:\b(?:of|for|and|the|on|in|de|des|du|la|für|und|der)|[,&/–-])\s*\n\s*|"
    r"\s*\n\s*(?=(?:of|for|and|on|in|de|des|du|für|und)\b|[a-z(&])",
)
"""A line break inside a name, rather than between two."""


def publisher_names(value: str, terms: Terms) -> list[str]:
    """The names in a publisher cell.

    Semicolons, ``|`` and new lines separate. Commas, strokes and *and* are part of a name, unless
    everything between them is the name of an organisation that the graph has.
    """
    if not value or terms.known("organisation", value):
        return [value] if value else []
    joined = _GOES_ON.sub(lambda match: re.sub(r"\s*\n\s*", " ", match.group()), value)
    if "\n" in joined and terms.known("organisation", whole := " ".join(joined.split())):
        return [whole]
    found: list[str] = []
    for name in cells.split_values(joined):
        if cells.is_nothing(name):
            continue
        parts = [part.strip() for part in re.split(r",|/|&|\band\b", name) if part.strip()]
        if (
            len(parts) > 1
            and not terms.known("organisation", name)
            and all(terms.known("organisation", part) for part in parts)
        ):
            found += parts
        else:
            found.append(name)
    return list(dict.fromkeys(found))


def same_body(name: str, terms: Terms) -> str:
    """Name of the known organisation that a name writes in another way, or nothing.

    A legal form at the end, a leading *The*, and a short form in brackets that agrees with the
    name make no other organisation.
    """
    for other in _other_names(name):
        if terms.known("organisation", other):
            return other
    return ""


def _other_names(name: str) -> list[str]:
    plain = name[4:] if name[:4].lower() == "the " else name
    found = [plain, f"The {plain}"]
    bare = _LEGAL_FORM.sub("", plain)
    while bare != (shorter := _LEGAL_FORM.sub("", bare)):
        bare = shorter
    if len(bare) > 2:
        found.append(bare)
    if match := _SHORT_FORM.match(plain):
        if _initials(match.group(1)).endswith(match.group(2).upper()):
            found += [match.group(1), match.group(2)]
    elif (initials := _initials(plain)) and len(initials) > 2:
        found.append(f"{plain} ({initials})")
    return [other for other in found if other != name]


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W\d_]+", name) if word[0].isupper())


class PublisherKinds:
    """Reads what kind of body published something; new kinds are described once.

    Args:
        around: What the rows of an import share.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around, self._terms = around, around.terms

    def read(self, row: Row, out: Statements) -> list[str]:
        """The kinds in a row's cell."""
        value = row.text("publisher_type")
        if not value:
            return []
        if whole := self._terms.known("organisation-type", value):
            return [whole]
        found: list[str] = []
        for part in cells.split_values(value):
            if cells.is_nothing(part):
                continue
            if part.lower() in _NO_KIND:
                row.doubtful("publisher_type", f"{part!r} names no kind of body: left out")
                continue
            found += self._kinds(row, out, part)
        return list(dict.fromkeys(found))

    def _kinds(self, row: Row, out: Statements, part: str) -> list[str]:
        try:
            return self._terms.find_several("organisation-type", part)
        except CellProblem:
            pass
        meant = self._meant(row, part) or self._plural(part)
        return [meant or self._new(row, out, part)]

    def _plural(self, name: str) -> str:
        """A known kind named in the plural."""
        singular = re.sub(r"ies\Z", "y", name) if name.endswith("ies") else name.removesuffix("s")
        return self._terms.known("organisation-type", singular) or ""

    def _meant(self, row: Row, name: str) -> str:
        """The one known kind that the words of a free text point at, or nothing."""
        found = {kind for kind, words in _KINDS.items() if words.search(name)}
        if len(found) != 1:
            return ""
        kind = found.pop()
        row.doubtful("publisher_type", f"{name!r} is read as {kind}")
        return f"{v.ID}organisation-type/{kind}"

    def _new(self, row: Row, out: Statements, name: str) -> str:
        iri = f"{v.ID}organisation-type/{slugify(name)}"
        if self._around.describe_once(iri):
            out.refer(iri, v.TYPE, v.CONCEPT)
            out.say(iri, v.PREF_LABEL, name)
            out.put(iri, v.NOTATION, text(slugify(name)))
            out.say(iri, v.DEFINITION, f"A kind of publisher named {name} in an imported table.")
            out.refer(iri, v.IN_SCHEME, f"{v.ID}scheme/organisation-type")
            hint = ""
            try:
                self._terms.find("organisation-type", name)
            except CellProblem as problem:
                hint = problem.suggestion
            row.doubtful("publisher_type", f"{name!r} is a new kind of publisher: added", hint)
            self._around.count("kinds of publisher")
        return iri
