"""What this process takes of memory, and a limit on what it may take on top.

The limit is on address space: the engine cannot be asked to stop, but it ends when the system
gives it no more.
"""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1024 * 1024


def taken() -> tuple[int, int]:
    """Bytes of address space and of resident memory; zeros where the system does not say."""
    try:
        virtual, resident = Path("/proc/self/statm").read_text().split()[:2]
    except OSError:
        return 0, 0
    page = resource.getpagesize()
    return int(virtual) * page, int(resident) * page


def confine(megabytes: int) -> None:
    """Let this process take so much more and no further; 0 for no limit."""
    virtual, _ = taken()
    if megabytes and virtual:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (virtual + megabytes * MEGABYTE, hard))


@contextlib.contextmanager
def confinement_ends() -> Iterator[None]:
    """Lift at the end of a block what :func:`confine` imposed in it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
