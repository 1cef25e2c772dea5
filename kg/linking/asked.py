"""What may be asked of the linker: known kinds and presets, texts within the limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.errors import InputError
from kg.linking.calibration import PRESETS
from kg.linking.concepts import KINDS

TEXT_LIMIT: Final = 20_000_000
"""Characters a text may have."""


def check_request(kinds: Sequence[str], preset: str, text: str = "") -> list[str]:
    """The kinds in their fixed order.

    Raises:
        InputError: Unknown kind or preset, or a text over the limit.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise InputError(f"no kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
    if preset not in PRESETS:
        raise InputError(f"no preset {preset!r}; there are {', '.join(PRESETS)}")
    if len(text) > TEXT_LIMIT:
        raise InputError(
            f"the text has {len(text):,} characters, more than the {TEXT_LIMIT:,} allowed"
        )
    return [kind for kind in KINDS if kind in kinds]
