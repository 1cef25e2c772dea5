"""What the application holds: its settings and its store."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g

from kg.settings import Settings
from kg.store import GraphStore

_KEY = "equipoise"


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
