"""What was given is wrong: files, tables, terms, labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.errors.root import KGError


class InputError(KGError):
    """What was given is wrong; says where.

    Example:
        >>> str(InputError("not a year", file="cases.csv", row=3, column="start_year"))
        'cases.csv, row 3, column start_year: not a year'
    """

    exit_code = 2
    status = 400
    title = "Invalid input"
    slug = "invalid-input"

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        iri: str | None = None,
    ) -> None:
        super().__init__(message)
        self.file, self.row, self.column, self.iri = file, row, column, iri

    def __str__(self) -> str:
        place = [
            text
            for text in (
                self.file,
                f"row {self.row}" if self.row is not None else None,
                f"column {self.column}" if self.column else None,
                f"<{self.iri}>" if self.iri else None,
            )
            if text
        ]
        return f"{', '.join(place)}: {self.message}" if place else self.message

    def extras(self) -> Mapping[str, object]:
        """File, row, column and IRI of the fault, where known."""
        return {"file": self.file, "row": self.row, "column": self.column, "iri": self.iri}


class ParseError(InputError):
    """Not well-formed; ``line`` and ``column_number`` are 1-based where known."""

    title = "Not well-formed"
    slug = "not-well-formed"

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column_number: int | None = None,
    ) -> None:
        super().__init__(message, file=file)
        self.line, self.column_number = line, column_number

    def __str__(self) -> str:
        place = ":".join(
            str(part) for part in (self.file, self.line, self.column_number) if part is not None
        )
        return f"{place}: {self.message}" if place else self.message

    def extras(self) -> Mapping[str, object]:
        """File, line and column of the fault."""
        return {"file": self.file, "line": self.line, "column": self.column_number}


class ValidationError(InputError):
    """Well-formed but against the shapes; ``findings`` lists every fault as a mapping."""

    exit_code = 3
    status = 422
    title = "Does not fit the shapes"
    slug = "validation-failed"

    def __init__(
        self,
        message: str,
        *,
        findings: Sequence[Mapping[str, object]] = (),
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        iri: str | None = None,
    ) -> None:
        super().__init__(message, file=file, row=row, column=column, iri=iri)
        self.findings = tuple(findings)

    def extras(self) -> Mapping[str, object]:
        """The place and the first hundred findings."""
        return {**super().extras(), "findings": list(self.findings[:100]) or None}


class UnknownTermError(InputError):
    """No such thing in the graph; ``suggestions`` are the closest known values."""

    title = "Unknown term"
    slug = "unknown-term"

    def __init__(
        self,
        message: str,
        *,
        suggestions: Sequence[str] = (),
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        iri: str | None = None,
    ) -> None:
        super().__init__(message, file=file, row=row, column=column, iri=iri)
        self.suggestions = tuple(suggestions)

    def __str__(self) -> str:
        hint = f" (closest: {', '.join(self.suggestions)})" if self.suggestions else ""
        return super().__str__() + hint

    def extras(self) -> Mapping[str, object]:
        """The place and the closest known values."""
        return {**super().extras(), "suggestions": list(self.suggestions) or None}


class AmbiguousLabelError(UnknownTermError):
    """A label that matches several things; ``suggestions`` names them all."""

    title = "Ambiguous label"
    slug = "ambiguous-label"
