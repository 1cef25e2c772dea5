"""What things are called in sentences and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kg import vocabulary as v

_PIECES: Final = re.compile(r"(\d+)")


def coded(item: Mapping[str, str]) -> str:
    """A label, with its code in front if it is a goal or target.

    Example:
        >>> coded({"id": "http://metadata.un.org/sdg/7.3", "label": "Energy efficiency"})
        '7.3 Energy efficiency'
    """
    iri, label = item["id"], item["label"]
    return f"{iri.removeprefix(v.SDG)} {label}" if iri.startswith(v.SDG) else label


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts 2 before 10, and 10.a after 10.1.

    Example:
        >>> sorted(["10.a", "2.1", "10.1"], key=natural)
        ['2.1', '10.1', '10.a']
    """
    return tuple(
        (0, int(piece), "") if piece.isdigit() else (1, 0, piece)
        for piece in _PIECES.split(text)
        if piece
    )
