"""Concepts of a class as pages list them: with code and parents, in the order of their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.store import Snapshot


def members(snapshot: Snapshot, kind: str) -> list[dict[str, str]]:
    """All things of a class with label, definition, notation and parent, by notation and label."""
    rows: Any = snapshot.query(
        f"""SELECT ?x ?label ?definition ?code ?parent ?scheme ?colour {{ ?x a <{kind}> .
        OPTIONAL {{ ?x skos:prefLabel ?label FILTER(LANG(?label) IN ('en', '')) }}
        OPTIONAL {{ ?x skos:definition ?definition FILTER(LANG(?definition) IN ('en', '')) }}
        OPTIONAL {{ ?x skos:notation ?code }} OPTIONAL {{ ?x skos:broader ?parent }}
        OPTIONAL {{ ?x schema:color ?colour }}
        OPTIONAL {{ ?x skos:inScheme ?scheme }} }} ORDER BY ?x ?label ?definition ?parent ?scheme"""
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        item = found.setdefault(row["x"].value, {"id": row["x"].value})
        for name in ("label", "definition", "code", "parent", "scheme", "colour"):
            if row[name] is not None:
                item.setdefault(name, row[name].value)
    return sorted(found.values(), key=lambda item: item.get("label", item["id"]).lower())


def parents_of(snapshot: Snapshot, kind: str) -> dict[str, list[str]]:
    """The broader things of each member of a class; a technology may have several."""
    rows: Any = snapshot.query(
        f"SELECT DISTINCT ?x ?parent {{ ?x a <{kind}> ; skos:broader ?parent }} ORDER BY ?x ?parent"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["x"].value, []).append(row["parent"].value)
    return found


def code_order(code: str | None) -> tuple[int, int, str]:
    """Sort key of codes: 2 before 10, 3.9 before 3.10 before 3.a.

    Example:
        >>> sorted(["3.10", "3.a", "3.9", "10"], key=code_order)
        ['3.9', '3.10', '3.a', '10']
    """
    head, _, tail = (code or "").partition(".")
    return (int(head) if head.isdigit() else 99, int(tail) if tail.isdigit() else 99, tail)
