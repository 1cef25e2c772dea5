"""The root of the tree, and what every part of the program may raise."""

from __future__ import annotations

from collections.abc import Mapping
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


class NotFound(KGError):
    """No such resource."""

    exit_code = 9
    status = 404
    title = "Not found"
    slug = "not-found"


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
