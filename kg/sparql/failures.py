"""Errors that cross from a query process to the service process, and what a death means."""

from __future__ import annotations

import inspect
import json
import signal
from typing import Any

from kg import errors
from kg.errors import KGError, QueryRefused, QueryTooLarge


def packed(error: KGError) -> dict[str, Any]:
    """An error as JSON values: its class, its message and what its constructor takes.

    Example:
        >>> packed(errors.QuerySyntaxError("expected {", line=1, column=4))["details"]
        {'line': 1, 'column': 4}
    """
    details = {
        name: list(value) if isinstance(value, tuple) else value
        for name in _keywords(type(error))
        if (value := getattr(error, name, None)) is not None
    }
    return {"class": type(error).__name__, "message": error.message, "details": details}


def unpacked(payload: bytes) -> KGError:
    """The error that :func:`packed` made JSON of."""
    found = json.loads(payload)
    kind = getattr(errors, str(found["class"]), KGError)
    parameters = inspect.signature(kind).parameters
    if "message" not in parameters:
        return KGError(found["message"])
    error: KGError = kind(found["message"], **found["details"])
    return error


def _keywords(kind: type[KGError]) -> list[str]:
    return [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]


def death(status: int) -> KGError:
    """What the exit status of a query process says about its query."""
    if status == -signal.SIGABRT:
        return QueryTooLarge("the request needs more memory than it may take")
    if status in (-signal.SIGSEGV, -signal.SIGBUS):
        return QueryRefused("the request is too deeply nested or too long for the engine")
    if status == -signal.SIGKILL:
        return QueryTooLarge("the system stopped the request: it took too much memory")
    return QueryRefused(f"the engine gave up on the request (status {status})")
