"""Named questions: SPARQL files that answer what people keep asking.

A file begins with comments that say what it is::

    # title: Cases that support a target
    # description: Cases with an accepted link, newest first.
    # param target: iri = 7.3, an SDG target (7.3, SDG 7.3 or its IRI)

and binds each parameter on a line of its own that ends with ``# param``::

    VALUES ?target { sdg:7.3 } # param

so the file is a query by itself, with the defaults in it. Values are read as typed terms and put
in as terms; text is never pasted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from kg.errors import InputError, NotFound
from kg.identifiers import expand, is_absolute_iri
from kg.vocabulary import XSD

_FOLDER: Final = Path(__file__).resolve().parent / "questions"
_HEADER: Final = re.compile(r"#\s*(title|description|param\s+(\w+)):\s*(.*)\Z")
_PARAMETER: Final = re.compile(r"(iri|text|integer|year|boolean)\s*(?:=\s*([^,]*?)\s*)?,\s*(.+)\Z")
_BINDING: Final = re.compile(
    r"VALUES\s+\?(\w+)\s*\{[^{}\n]*\}([^\n]*#\s*param[ \t]*)$", re.MULTILINE
)
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question.

    Args:
        name: As in ``--param name=value``; also the variable it binds.
        kind: ``iri``, ``text``, ``integer``, ``year`` or ``boolean``.
        default: Value when none is given; empty means any.
        description: What to give.
    """

    name: str
    kind: str
    default: str
    description: str

    def term(self, value: str) -> str:
        """A value as a SPARQL term.

        Raises:
            InputError: It is not of the parameter's kind.
        """
        value = value.strip()
        if not value:
            return "UNDEF"
        match self.kind:
            case "iri":
                iri = expand(value) or (value if is_absolute_iri(value) else None)
                if iri is None or not is_absolute_iri(iri):
                    raise self._wrong(value, "an IRI, a prefixed name or an SDG code")
                return f"<{iri}>"
            case "integer" | "year":
                if not _INTEGER.match(value):
                    raise self._wrong(value, "a whole number")
                return str(int(value))
            case "boolean":
                if value.lower() not in {"true", "false"}:
                    raise self._wrong(value, "true or false")
                return f'"{value.lower()}"^^<{XSD}boolean>'
            case _:
                return _literal(value)

    def _wrong(self, value: str, wanted: str) -> InputError:
        return InputError(f"parameter {self.name} must be {wanted}, not {value[:80]!r}")


@dataclass(frozen=True, slots=True)
class NamedQuestion:
    """A question with a name.

    Args:
        name: File name without its extension.
        title: One line.
        description: What it answers.
        parameters: What may be given.
        text: SPARQL with the defaults in place.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str

    def bound(self, values: Mapping[str, str] | None = None) -> str:
        """The query with values in place.

        Args:
            values: Values by parameter name; defaults for those left out.

        Raises:
            InputError: A parameter is not known, or a value is not of its kind.
        """
        values = values or {}
        known = {item.name: item for item in self.parameters}
        for name in values:
            if name not in known:
                names = ", ".join(known) or "none"
                raise InputError(f"question {self.name} has no parameter {name!r}; it has {names}")
        terms = {
            item.name: item.term(values.get(item.name, item.default)) for item in self.parameters
        }
        return _BINDING.sub(
            lambda match: f"VALUES ?{match[1]} {{ {terms[match[1]]} }}{match[2]}", self.text
        )

    def example(self) -> str:
        """The query without its header, with the defaults, for an editor."""
        lines = self.text.split("\n")
        while lines and (lines[0].startswith("#") or not lines[0].strip()):
            lines.pop(0)
        return re.sub(r"[ \t]*# param[ \t]*$", "", "\n".join(lines), flags=re.MULTILINE).strip()

    def to_dict(self) -> dict[str, object]:
        """Name, title, description and parameters, as interfaces show them."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "parameters": [
                {
                    "name": item.name,
                    "kind": item.kind,
                    "default": item.default or None,
                    "description": item.description,
                }
                for item in self.parameters
            ],
        }


@cache
def questions() -> tuple[NamedQuestion, ...]:
    """All named questions, by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.rq")))


def question(name: str) -> NamedQuestion:
    """One named question.

    Raises:
        NotFound: There is none of that name; names the closest.

    Example:
        >>> question("cases-for-target").title
        'Cases that support or undermine a target'
    """
    for item in questions():
        if item.name == name:
            return item
    import difflib

    close = difflib.get_close_matches(name, [item.name for item in questions()], n=3)
    listed = "see kg query --list or /api/v1/questions"
    hint = f"; did you mean {' or '.join(close)}?" if close else f"; {listed}"
    raise NotFound(f"there is no question named {name[:80]!r}{hint}")


def _read(path: Path) -> NamedQuestion:
    text = path.read_text(encoding="utf-8")
    title = description = ""
    parameters: list[Parameter] = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if match is None:
            continue
        if match[1] == "title":
            title = match[3]
        elif match[1] == "description":
            description = match[3]
        elif (found := _PARAMETER.match(match[3])) is not None:
            parameters.append(Parameter(match[2], found[1], found[2] or "", found[3]))
    return NamedQuestion(path.stem, title, description, tuple(parameters), text)


def _literal(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, escape)
    return f'"{escaped}"'
