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

from kg.errors.input import (
    AmbiguousLabelError,
    InputError,
    ParseError,
    UnknownTermError,
    ValidationError,
)
from kg.errors.query import (
    CallRefused,
    QueryError,
    QueryFailed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueueFull,
)
from kg.errors.request import (
    AccessError,
    LengthRequired,
    MethodNotAllowed,
    NotAcceptable,
    PayloadTooLarge,
    PreconditionFailed,
    RequestRefused,
    Unauthorised,
    UnsupportedMediaType,
    WriteForbidden,
)
from kg.errors.root import KGError, MissingExtra, NotFound
from kg.errors.store import (
    DiskFull,
    ReadOnlyStore,
    RemoteStoreError,
    StoreCorrupt,
    StoreError,
    StoreLayoutError,
    StoreLocked,
    StoreMissing,
)

__all__ = [
    "AccessError",
    "AmbiguousLabelError",
    "CallRefused",
    "DiskFull",
    "InputError",
    "KGError",
    "LengthRequired",
    "MethodNotAllowed",
    "MissingExtra",
    "NotAcceptable",
    "NotFound",
    "ParseError",
    "PayloadTooLarge",
    "PreconditionFailed",
    "QueryError",
    "QueryFailed",
    "QueryRefused",
    "QuerySyntaxError",
    "QueryTimeout",
    "QueryTooLarge",
    "QueueFull",
    "ReadOnlyStore",
    "RemoteStoreError",
    "RequestRefused",
    "StoreCorrupt",
    "StoreError",
    "StoreLayoutError",
    "StoreLocked",
    "StoreMissing",
    "Unauthorised",
    "UnknownTermError",
    "UnsupportedMediaType",
    "ValidationError",
    "WriteForbidden",
]

# One name for each, in tracebacks, too; in which room it lies is nobody's business.
for _name in __all__:
    globals()[_name].__module__ = __name__
