"""HTTP requests: who may do what, and what is no request of this service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.errors.root import KGError


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
