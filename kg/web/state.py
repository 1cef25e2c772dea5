"""What the application holds: its settings and its store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g

from kg.settings import Settings
from kg.store import GraphStore, Snapshot

_KEY = "equipoise"
_KEPT = "equipoise.kept"
Found = TypeVar("Found")


@dataclass(slots=True)
class State:
    """Kept on the application, not in module globals, so two applications do not mix."""

    settings: Settings
    store: GraphStore


def attach(app: Flask, settings: Settings, store: GraphStore) -> None:
    """Give an application its settings and its store."""
    app.extensions[_KEY] = State(settings, store)


def of(app: Flask) -> State:
    """What an application holds, outside a request."""
    found: State = app.extensions[_KEY]
    return found


def settings() -> Settings:
    """Settings of the application that answers this request."""
    found: State = current_app.extensions[_KEY]
    return found.settings


def store() -> GraphStore:
    """The store, moved to the newest revision once per request."""
    found: State = current_app.extensions[_KEY]
    if not g.get("equipoise_fresh"):
        found.store.refresh()
        g.equipoise_fresh = True
    return found.store


def location() -> str:
    """Where the store is, whether it can be read or not."""
    found: State = current_app.extensions[_KEY]
    return found.store.location


def once_per_revision(name: str, snapshot: Snapshot, make: Callable[[Snapshot], Found]) -> Found:
    """What is slow to count in a large store, and changes only with its revision.

    Args:
        name: Of what is kept; the answer of the newest revision asked for replaces older ones.
        snapshot: What is asked.
        make: Works it out.
    """
    kept: dict[str, tuple[str, Any]] = current_app.extensions.setdefault(_KEPT, {})
    revision, found = kept.get(name, ("", None))
    if revision != snapshot.revision.id:
        found = make(snapshot)
        # One assignment: another thread sees the old answer or the new one, never none.
        kept[name] = snapshot.revision.id, found
    result: Found = found
    return result
