"""The parameters of an analysis request, read by name and checked."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from flask import request

from kg.errors import InputError
from kg.projection import Projection, unit_named
from kg.projection.naming import filters_named
from kg.web import state
from kg.web.analysis_parameters import FILTERS, PARAMETERS

if TYPE_CHECKING:
    from kg.projection import Filters, Links, Unit


class Asked:
    """The parameters of a request, read by name and checked.

    Unknown names are refused: a misspelt filter must not silently count everything.
    """

    def __init__(self, route: str) -> None:
        allowed = {item["name"]: item for item in PARAMETERS[route]}
        self._allowed = allowed
        for name in request.args:
            if name not in allowed:
                close = difflib.get_close_matches(name, allowed, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise InputError(f"Unknown parameter {name!r}.{hint}", column=name)
        self.projection = Projection.open(state.store())
        self.unit: Unit = unit_named(self.text("units") or "cases")
        self.links: Links = "all" if self.text("links") == "all" else "accepted"

    def text(self, name: str) -> str | None:
        """A parameter given at most once, checked against its allowed values."""
        value = request.args.get(name)
        schema = self._allowed.get(name, {}).get("schema", {})
        if value is None:
            default = schema.get("default")
            return None if default is None else str(default)
        allowed = schema.get("enum")
        if allowed and value not in allowed:
            choices = ", ".join(map(str, allowed))
            raise InputError(f"{value!r} is not one of {choices}.", column=name)
        return value

    def word(self, name: str) -> Any:
        """A parameter that has a default."""
        value = self.text(name)
        assert value is not None, name
        return value

    def several(self, name: str) -> tuple[str, ...]:
        """A parameter that may be repeated."""
        return tuple(value for value in request.args.getlist(name) if value)

    def whole(self, name: str, least: int = 1) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None:
            return None
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise InputError(f"{value!r} is no whole number from {least} up.", column=name)
        return number

    def number(self, name: str) -> float:
        """A number between 0 and 1."""
        value = self.word(name)
        try:
            found = float(value)
        except ValueError:
            found = -1.0
        if not 0.0 < found < 1.0:
            raise InputError(f"{value!r} is no number between 0 and 1.", column=name)
        return found

    def flag(self, name: str) -> bool:
        """A switch: present, ``1`` or ``true``."""
        value = request.args.get(name)
        if value is None or value.lower() in ("0", "false", "no"):
            return False
        if value.lower() in ("", "1", "true", "yes"):
            return True
        raise InputError(f"{value!r} is neither true nor false.", column=name)

    def filters(self, prefix: str = "") -> Filters:
        """The filters, or with a prefix those of the other side of a comparison."""
        return filters_named(
            self.projection,
            unit=self.unit,
            years=self.text(f"{prefix}years") if f"{prefix}years" in self._allowed else None,
            **{plural: self.several(f"{prefix}{name}") for name, plural in FILTERS.items()},
        )
