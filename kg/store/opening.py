"""Opening a store by its location, and building the default one on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreLocked
from kg.locations import default_store_dir
from kg.settings import Settings, load_settings
from kg.store.layout import Layout
from kg.store.locks import exclusive

if TYPE_CHECKING:
    from kg.store.protocol import GraphStore


def is_remote(location: str) -> bool:
    """Whether a location is the address of a SPARQL server.

    Example:
        >>> is_remote("https://example.org/sparql"), is_remote("./store")
        (True, False)
    """
    return location.startswith(("http://", "https://"))


def open_store(
    location: str | Path | None = None,
    *,
    settings: Settings | None = None,
    build: bool = True,
) -> GraphStore:
    """Open the store at a location.

    Args:
        location: Directory or SPARQL address; the setting ``store``, then the platform's data
            directory, when left out.
        settings: Settings; read from the environment when left out.
        build: Whether to build the shipped graph when the directory holds no store yet.

    Raises:
        StoreMissing: No store there, and ``build`` is off.
    """
    settings = settings or load_settings()
    place = str(location or settings.store or default_store_dir())
    if is_remote(place):
        from kg.store.remote import RemoteStore

        return RemoteStore(place, settings=settings)
    from kg.store.embedded import EmbeddedStore

    root = Path(place).expanduser()
    layout = Layout(root)
    if build and not (layout.exists() and layout.current.exists()):
        _build_once(root, settings)
    return EmbeddedStore(root, lock_timeout=settings.lock_timeout, keep=settings.keep_revisions)


def _build_once(root: Path, settings: Settings) -> None:
    """Build the shipped graph; of several processes that start at once, one does it."""
    from kg.store.embedded import EmbeddedStore
    from kg.store.shipped import build_shipped

    layout = Layout(root)
    layout_store = EmbeddedStore.create(
        root, lock_timeout=settings.lock_timeout, keep=settings.keep_revisions
    )
    with exclusive(root / "BUILD", timeout=max(settings.lock_timeout, 120.0)):
        if layout.current.exists():
            return
        try:
            build_shipped(layout_store, settings)
        except StoreLocked:
            if not layout.current.exists():
                raise
