"""SPARQL requests: what does not parse, is not evaluated, or asks for too much."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors.root import KGError


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
