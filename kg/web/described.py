"""Requests held against the description of the API, before anything is worked out.

What the description does not know is refused: a misspelt filter must not silently count everything,
and the second of two values must not silently go missing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, Final

from flask import request

from kg.errors import InputError

_SWITCH: Final = {"", "0", "1", "true", "false", "yes", "no"}


def check(parameters: Iterable[Mapping[str, Any]]) -> None:
    """Refuse query parameters of this request that do not fit their description.

    Args:
        parameters: OpenAPI parameter objects.

    Raises:
        InputError: Names the parameter and what it takes.
    """
    allowed = {item["name"]: item for item in parameters if item["in"] == "query"}
    for name, values in request.args.lists():
        if name not in allowed:
            close = difflib.get_close_matches(name, allowed, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(f"Unknown parameter {name!r}.{hint}", column=name)
        schema = allowed[name]["schema"]
        if schema.get("type") != "array" and len(values) > 1:
            raise InputError(f"Given {len(values)} times; once is enough.", column=name)
        for value in values:
            wrong = fault(value, schema.get("items", schema))
            if wrong:
                raise InputError(f"{value[:200]!r} is {wrong}.", column=name)
    for name, item in allowed.items():
        if item.get("required") and name not in request.args:
            raise InputError(f"The parameter {name!r} is needed.", column=name)


def fault(text: str, schema: Mapping[str, Any]) -> str:
    """What is wrong with the text of a value, by its schema; nothing when it fits.

    Example:
        >>> fault("0", {"type": "integer", "minimum": 1})
        'no whole number from 1 up'
        >>> fault("7", {"type": "integer", "minimum": 1})
        ''
    """
    kind = schema.get("type")
    if "enum" in schema:
        choices = [str(choice) for choice in schema["enum"]]
        return "" if text in choices else f"not one of {', '.join(choices)}"
    if kind == "integer":
        whole = re.fullmatch(r"[+-]?[0-9]{1,18}", text) and _within(int(text), schema)
        return "" if whole else f"no whole number{_range(schema)}"
    if kind == "number":
        return "" if _is_number(text, schema) else f"no number{_range(schema)}"
    if kind == "boolean":
        return "" if text.lower() in _SWITCH else "neither true nor false"
    if "pattern" in schema and text and not re.search(schema["pattern"], text):
        return f"not of the form {schema['pattern']}"
    longest = schema.get("maxLength", len(text))
    return f"longer than {longest} characters" if len(text) > longest else ""


def _is_number(text: str, schema: Mapping[str, Any]) -> bool:
    try:
        return _within(float(text), schema)
    except ValueError:
        return False


def _within(value: float, schema: Mapping[str, Any]) -> bool:
    return bool(
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", -inf)
        and value < schema.get("exclusiveMaximum", inf)
    )


def _range(schema: Mapping[str, Any]) -> str:
    """In words.

    Example:
        >>> _range({"exclusiveMinimum": 0, "exclusiveMaximum": 1})
        ' between 0 and 1'
    """
    if "exclusiveMinimum" in schema and "exclusiveMaximum" in schema:
        return f" between {schema['exclusiveMinimum']} and {schema['exclusiveMaximum']}"
    if "minimum" in schema and "maximum" in schema:
        return f" from {schema['minimum']:,} to {schema['maximum']:,}"
    return f" from {schema['minimum']:,} up" if "minimum" in schema else ""
