"""One line for each query: a hash of its text, how long it took, its rows, and the way it went."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.sparql.asking import Answer
    from kg.web.metrics import Counters

_log = logging.getLogger("kg.web.sparql")


def note(counters: Counters, text: str, answer: Answer) -> None:
    """Count an answer, and log it where requests are logged. The text itself is not logged."""
    counters.answered(answer.path, answer.seconds)
    if _log.isEnabledFor(logging.INFO):
        _log.info(
            "query %s %.1f ms rows=%s by=%s",
            hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12],
            answer.seconds * 1e3,
            "?" if answer.rows is None else answer.rows,
            answer.path,
        )
