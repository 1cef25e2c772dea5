"""The parameters of an analysis request, read by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from kg.projection import Projection, unit_named
from kg.projection.naming import filters_named
from kg.web import state
from kg.web.analysis_parameters import FILTERS, PARAMETERS

if TYPE_CHECKING:
    from kg.projection import Filters, Links, Unit


class Asked:
    """The parameters of a request, read by name; they are known to fit their description."""

    def __init__(self, route: str) -> None:
        self._allowed = {item["name"]: item for item in PARAMETERS[route]}
        self.projection = Projection.open(state.store())
        self.unit: Unit = unit_named(self.text("units") or "cases")
        self.links: Links = "all" if self.text("links") == "all" else "accepted"

    def text(self, name: str) -> str | None:
        """A parameter given at most once; an empty one, as forms send them, is not given."""
        value = request.args.get(name)
        if not value:
            default = self._allowed.get(name, {}).get("schema", {}).get("default")
            return None if default is None else str(default)
        return value

    def word(self, name: str) -> Any:
        """A parameter that has a default."""
        value = self.text(name)
        assert value is not None, name
        return value

    def several(self, name: str) -> tuple[str, ...]:
        """A parameter that may be repeated."""
        return tuple(value for value in request.args.getlist(name) if value)

    def whole(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        return None if value is None else int(value)

    def number(self, name: str) -> float:
        """A number."""
        return float(self.word(name))

    def flag(self, name: str) -> bool:
        """A switch: present, ``1`` or ``true``."""
        return request.args.get(name, "no").lower() in ("", "1", "true", "yes")

    def filters(self, prefix: str = "") -> Filters:
        """The filters, or with a prefix those of the other side of a comparison."""
        return filters_named(
            self.projection,
            unit=self.unit,
            years=self.text(f"{prefix}years") if f"{prefix}years" in self._allowed else None,
            **{plural: self.several(f"{prefix}{name}") for name, plural in FILTERS.items()},
        )
