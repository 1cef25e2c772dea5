"""What the address of a page asks for, checked."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from kg.errors import InputError


def one_of(name: str, allowed: Iterable[str], default: str) -> str:
    """The value of a parameter that has a few allowed ones.

    Raises:
        InputError: It is none of them.
    """
    listed = tuple(allowed)
    value = request.args.get(name, default)
    if value not in listed:
        raise InputError(
            f"{name} must be one of {', '.join(filter(None, listed))}, not {value[:40]!r}"
        )
    return value


def page_number() -> int:
    """The number of the page of a list, from 1.

    Raises:
        InputError: It is no such number.
    """
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text)):
        raise InputError(f"page must be a number from 1, not {text[:40]!r}")
    return int(text)
