"""The linker and the label index of the application, one per revision."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from kg.web import state

if TYPE_CHECKING:
    from kg.linking.linker import Linker
    from kg.linking.proposals import Proposal
    from kg.linking.reconcile import Reconciler

_KEY = "equipoise.linkers"


@dataclass(slots=True)
class Linkers:
    """What was loaded for which revision; the lock keeps one text at a time in the linker."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    linker: tuple[str, Linker] | None = None
    reconciler: tuple[str, Reconciler] | None = None


def install(app: Flask) -> None:
    """Give an application a place for its linker; harmless when done twice."""
    app.extensions.setdefault(_KEY, Linkers())


def link(text: str, **options: Any) -> list[Proposal]:
    """Link one text on the newest revision."""
    from kg.linking.linker import Linker

    held: Linkers = current_app.extensions[_KEY]
    store = state.store()
    with held.lock:
        revision = store.revision.id
        if held.linker is None or held.linker[0] != revision:
            use = state.settings().link_embeddings == "on"
            held.linker = (revision, Linker.load(store, embeddings=use))
        return held.linker[1].link(text, **options)


def reconciler() -> Reconciler:
    """The reconciler, which also holds the label index, on the newest revision."""
    from kg.linking.reconcile import Reconciler

    held: Linkers = current_app.extensions[_KEY]
    store = state.store()
    with held.lock:
        revision = store.revision.id
        if held.reconciler is None or held.reconciler[0] != revision:
            with store.reader() as snapshot:
                held.reconciler = (snapshot.revision.id, Reconciler(snapshot))
        return held.reconciler[1]
