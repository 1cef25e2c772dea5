"""Every error Equipoise raises on purpose, in one tree.

::

    KGError
    ├── InputError                what was given is wrong (names file, row, column or IRI)
    │   ├── ParseError            not well-formed (names line and column)
    │   ├── ValidationError       well-formed, against the shapes
    │   ├── UnknownTermError      no such thing in the graph (offers the closest)
    │   └── AmbiguousLabelError   a label that matches several things (names them)
    ├── QueryError                a SPARQL request
    │   ├── QuerySyntaxError      does not parse
    │   ├── QueryRefused          not evaluated here, whatever it means
    │   │   └── CallRefused       calls another machine
    │   ├── QueryFailed           parses, and cannot be evaluated
    │   ├── QueryTimeout          ran past its deadline
    │   ├── QueryTooLarge         asked for more rows, bytes or memory than allowed
    │   └── QueueFull             more requests waiting than allowed
    ├── StoreError                the store on disk or behind an address
    │   ├── StoreMissing          there is none
    │   ├── StoreLocked           another process is writing
    │   ├── StoreLayoutError      written by another version
    │   ├── StoreCorrupt          cannot be read
    │   ├── DiskFull              no room left
    │   ├── ReadOnlyStore         cannot be written
    │   └── RemoteStoreError      a remote engine did not answer as it should
    ├── AccessError               who may do what
    │   ├── WriteForbidden        writing is off, or not with these rights
    │   └── Unauthorised          a token is needed
    ├── NotFound                  no such resource
    ├── NotAcceptable             no format that both sides speak
    ├── MethodNotAllowed          the route exists, the verb does not
    ├── PayloadTooLarge           the request is larger than allowed
    ├── PreconditionFailed        the graph is not as the request supposes (If-Match)
    ├── LengthRequired            a write does not say how long it is
    ├── UnsupportedMediaType      the request's own format is not understood
    ├── RequestRefused            the request is not HTTP as this service reads it
    └── MissingExtra              an optional part is not installed (names the pip line)

Each class carries what the edges need: ``exit_code`` for the command line, ``status`` and
``title`` for HTTP problem documents (RFC 9457), ``slug`` for the problem type. The edges
translate; nobody else looks at these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class KGError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: One sentence that says what is wrong and, where known, what to do.

    Example:
        >>> KGError("nothing works").to_problem()["status"]
        500
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    slug: ClassVar[str] = "internal-error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def extras(self) -> Mapping[str, object]:
        """Machine-readable members beyond the message (place, suggestions, limits)."""
        return {}

    def headers(self) -> Mapping[str, str]:
        """HTTP headers an answer with this error should carry."""
        return {}

    def to_problem(self) -> dict[str, object]:
        """The error as a problem document (RFC 9457), without the ``instance`` member."""
        problem: dict[str, object] = {
            "type": f"https://w3id.org/equipoise/problem/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.message,
        }
        problem.update({key: value for key, value in self.extras().items() if value is not None})
        return problem


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


class QueryError(KGError):
    """A SPARQL request that cannot be answered."""

    exit_code = 4
    status = 400
    title = "Query error"
    slug = "query-error"


class QuerySyntaxError(QueryError):
    """Does not parse; ``line`` and ``column`` are 1-based where the parser says so."""

    title = "SPARQL syntax error"
    slug = "query-syntax"

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line, self.column = line, column

    def extras(self) -> Mapping[str, object]:
        """Position of the fault."""
        return {"line": self.line, "column": self.column}


class QueryRefused(QueryError):
    """Is not evaluated here whatever it means (nesting too deep, keywords run together)."""

    title = "Query refused"
    slug = "query-refused"


class CallRefused(QueryRefused):
    """Calls another machine (SERVICE, LOAD) that this service does not call.

    Not 400, which the SPARQL Protocol keeps for what is no SPARQL.
    """

    status = 403
    slug = "call-refused"


class QueryFailed(QueryError):
    """Parses, and cannot be evaluated (an unknown function, a graph that is not there)."""

    status = 422
    title = "Query cannot be evaluated"
    slug = "query-failed"


class QueryTimeout(QueryError):
    """Ran past its deadline and was stopped."""

    exit_code = 5
    status = 504
    title = "Query timed out"
    slug = "query-timeout"


class QueryTooLarge(QueryError):
    """Asked for more rows, bytes or memory than the service allows."""

    status = 413
    title = "Result or request too large"
    slug = "query-too-large"


class QueueFull(QueryError):
    """More requests waiting than allowed; try again after ``retry_after`` seconds."""

    status = 503
    title = "Too many requests waiting"
    slug = "queue-full"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def headers(self) -> Mapping[str, str]:
        """``Retry-After`` in seconds."""
        return {"Retry-After": str(self.retry_after)}


class StoreError(KGError):
    """The store on disk or behind an address."""

    exit_code = 6
    status = 503
    title = "Store unavailable"
    slug = "store-error"


class StoreMissing(StoreError):
    """There is no store at the place named."""

    slug = "store-missing"


class StoreLocked(StoreError):
    """Another process is writing and did not finish within the waiting time."""

    exit_code = 7
    title = "Store is being written"
    slug = "store-locked"


class StoreLayoutError(StoreError):
    """The store was written by a version with another layout."""

    slug = "store-layout"


class StoreCorrupt(StoreError):
    """The store cannot be read."""

    slug = "store-corrupt"


class DiskFull(StoreError):
    """No room left on the disk that holds the store."""

    status = 507
    title = "No room left"
    slug = "disk-full"


class ReadOnlyStore(StoreError):
    """The store cannot be written (permissions, read-only disk, remote engine)."""

    status = 403
    title = "Store is read-only"
    slug = "read-only-store"


class RemoteStoreError(StoreError):
    """A remote engine did not answer as the protocol says it should."""

    status = 502
    title = "Remote engine failed"
    slug = "remote-store"


class AccessError(KGError):
    """Who may do what."""

    exit_code = 8
    status = 403
    title = "Forbidden"
    slug = "forbidden"


class WriteForbidden(AccessError):
    """Writing is off, or not allowed with these rights."""

    title = "Writing is not allowed"
    slug = "write-forbidden"


class Unauthorised(AccessError):
    """A valid token is needed; ``reason`` is RFC 6750's word for what is wrong with the one sent.

    Example:
        >>> Unauthorised("not this one", reason="invalid_token").headers()["WWW-Authenticate"]
        'Bearer realm="equipoise", error="invalid_token"'
    """

    status = 401
    title = "A token is needed"
    slug = "unauthorised"

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason

    def headers(self) -> Mapping[str, str]:
        """The challenge RFC 6750 asks for; it names no error when no token was sent."""
        error = f', error="{self.reason}"' if self.reason else ""
        return {"WWW-Authenticate": f'Bearer realm="equipoise"{error}'}


class NotFound(KGError):
    """No such resource."""

    exit_code = 9
    status = 404
    title = "Not found"
    slug = "not-found"


class NotAcceptable(KGError):
    """No format that both sides speak; ``available`` lists what there is."""

    exit_code = 2
    status = 406
    title = "No acceptable format"
    slug = "not-acceptable"

    def __init__(self, message: str, *, available: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.available = tuple(available)

    def extras(self) -> Mapping[str, object]:
        """The formats there are."""
        return {"available": list(self.available)}


class MethodNotAllowed(KGError):
    """The resource exists, the HTTP method is not among those it answers."""

    status = 405
    title = "Method not allowed"
    slug = "method-not-allowed"

    def __init__(self, message: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)

    def headers(self) -> Mapping[str, str]:
        """``Allow`` with the methods that are answered."""
        return {"Allow": ", ".join(self.allowed)} if self.allowed else {}


class PayloadTooLarge(KGError):
    """The request body is larger than the service reads."""

    status = 413
    title = "Request too large"
    slug = "payload-too-large"


class PreconditionFailed(KGError):
    """What is to be changed is not in the state the request supposes (If-Match, If-None-Match)."""

    status = 412
    title = "Precondition failed"
    slug = "precondition-failed"


class LengthRequired(KGError):
    """A request that writes does not say how long its body is.

    Half of an upload often parses as well as all of it, and without a length one that breaks off
    cannot be told from a whole one.
    """

    status = 411
    title = "Length required"
    slug = "length-required"


class UnsupportedMediaType(KGError):
    """The request body's own format is not understood."""

    status = 415
    title = "Unsupported media type"
    slug = "unsupported-media-type"


class RequestRefused(KGError):
    """The request is not HTTP as this service reads it; the status says more where it is known."""

    status = 400
    title = "Request refused"
    slug = "request-refused"


class MissingExtra(KGError):
    """An optional part is not installed.

    Example:
        >>> print(MissingExtra("PDF reports", extra="pdf"))
        PDF reports needs an optional part: pip install 'equipoise[pdf]'
    """

    exit_code = 10
    status = 501
    title = "Optional part not installed"
    slug = "missing-extra"

    def __init__(self, feature: str, *, extra: str) -> None:
        super().__init__(f"{feature} needs an optional part: pip install 'equipoise[{extra}]'")
        self.extra = extra
