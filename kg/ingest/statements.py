"""Writing statements as lines of N-Triples, fast.

Tables become text that Oxigraph's bulk loader reads; making a Python object per triple would cost
more than everything else together.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from kg import vocabulary as v
from kg.identifiers import link_iri, participation_iri, slugify, source_iri

_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)
_BAD_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|^`\\]")

_IS_LINK: Final = f"<{v.TYPE}> <{v.LINK}> .\n"
_SUBJECT: Final = f"<{v.SUBJECT}> <"
_PREDICATE: Final = f"<{v.PREDICATE}> <"
_OBJECT: Final = f"<{v.OBJECT}> <"
_SOURCE: Final = f"<{v.DCT_SOURCE}> <"
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_DIRECTNESS: Final = {"direct": v.DIRECT, "indirect": v.INDIRECT}
_REVIEW: Final = {"proposed": v.PROPOSED, "accepted": v.ACCEPTED, "rejected": v.REJECTED}
_EVIDENCE: Final = {
    "confirmed": v.CONFIRMED,
    "self-reported": v.SELF_REPORTED,
    "alleged": v.ALLEGED,
    "unverified": v.UNVERIFIED,
}


def escaped(value: str) -> str:
    """A text as it stands between the quotes of a literal."""
    if value.isprintable() and '"' not in value and "\\" not in value:
        return value
    return value.translate(_ESCAPES)


def text(value: str, language: str = "") -> str:
    r"""A literal.

    Example:
        >>> text('say "hi"', "en")
        '"say \\\\"hi\\\\""@en'
    """
    return f'"{escaped(value)}"@{language}' if language else f'"{escaped(value)}"'


def typed(value: object, datatype: str) -> str:
    """A literal with an XSD datatype, given by its local name."""
    return f'"{escaped(str(value))}"^^<{v.XSD}{datatype}>'


def usable_iri(iri: str) -> bool:
    """Whether a text can stand as an IRI."""
    return not _BAD_IN_IRI.search(iri)


class Statements:
    """The lines of one row, kept until the row is known to be right.

    Args:
        dataset: IRI of the dataset, part of every link's identity.
        language: Language tag of texts.
    """

    def __init__(self, dataset: str, language: str) -> None:
        self._dataset, self._language = dataset, language
        self.lines: list[str] = []

    def put(self, subject: str, predicate: str, object_: str) -> None:
        """A statement about a thing; ``object_`` as N-Triples writes it."""
        self.lines.append(f"<{subject}> <{predicate}> {object_} .\n")

    def refer(self, subject: str, predicate: str, object_: str) -> None:
        """A statement whose object is an IRI."""
        self.lines.append(f"<{subject}> <{predicate}> <{object_}> .\n")

    def say(self, subject: str, predicate: str, value: str) -> None:
        """A statement whose object is a text in the table's language; nothing when empty."""
        if value:
            self.lines.append(
                f'<{subject}> <{predicate}> "{escaped(value)}"@{self._language} .\n'
            )

    def link(
        self,
        subject: str,
        predicate: str,
        object_: str,
        *,
        directness: str = "",
        rationale: str = "",
        confidence: str | None = None,
        review: str = "accepted",
        evidence: str = "",
        sources: list[str] | tuple[str, ...] = (),
        attributed_to: str = "",
        note: str = "",
    ) -> str:
        """A link with its evidence, and its plain triple when it is accepted.

        It gets no label of its own: what it links tells its name, and a label for each of
        hundreds of thousands of links is a sixth of what an import costs.

        Returns:
            The link's IRI.
        """
        iri = link_iri(subject, predicate, object_, self._dataset)
        node = f"<{iri}> "
        line = (
            f"{node}{_IS_LINK}{node}{_SUBJECT}{subject}> .\n{node}{_PREDICATE}{predicate}> .\n"
            f"{node}{_OBJECT}{object_}> .\n"
        )
        if review == "accepted":
            line += f"<{subject}> <{predicate}> <{object_}> .\n"
        else:
            line += f"{node}<{v.REVIEW_STATUS}> <{_REVIEW[review]}> .\n"
        for source in sources:
            line += f"{node}{_SOURCE}{source}> .\n"
        self.lines.append(line)
        if directness:
            self.refer(iri, v.DIRECTNESS, _DIRECTNESS[directness])
        if evidence:
            self.refer(iri, v.EVIDENCE_STATUS, _EVIDENCE[evidence])
        if confidence is not None:
            self.put(iri, v.CONFIDENCE, typed(confidence, "decimal"))
        if attributed_to:
            self.refer(iri, v.ATTRIBUTED_TO, attributed_to)
        self.say(iri, v.RATIONALE, rationale)
        self.say(iri, v.EDITORIAL_NOTE, note)
        return iri


def participation(case: str, organisation: str, role: str) -> str:
    """IRI of an organisation's part in a case."""
    return participation_iri(case, organisation, role)


def source_named(address: str, title: str) -> str:
    """IRI of a source, from its address, or from its title when it has none."""
    if address:
        return source_iri(address)
    return f"{v.ID}source/{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def minted(kind: str, name: str) -> str:
    """IRI of a thing from what its table calls it; an IRI stays as it is."""
    if name.startswith(("http://", "https://", "urn:")) and usable_iri(name):
        return name
    slug = name if len(name) <= 80 and _SLUG.match(name) else slugify(name)
    return f"{v.ID}{kind}/{slug}"
