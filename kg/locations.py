"""Where the ontology, the shipped data and the store lie.

Looked up in this order: a setting, the copy inside the wheel (``kg/_bundled``), the checkout
that the package was installed from.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import StoreError
from kg.settings import Settings, load_settings

_PACKAGE = Path(__file__).resolve().parent


def ontology_dir(settings: Settings | None = None) -> Path:
    """Directory that holds ``equipoise.ttl`` and ``shapes.ttl``.

    Example:
        >>> (ontology_dir() / "equipoise.ttl").exists()
        True
    """
    settings = settings or load_settings()
    return _find("ontology", settings.ontology_dir, "equipoise.ttl")


def data_dir(settings: Settings | None = None) -> Path:
    """Directory that holds the shipped datasets, one Turtle file each.

    Example:
        >>> (data_dir() / "cases.ttl").exists()
        True
    """
    settings = settings or load_settings()
    return _find("data", settings.data_dir, "cases.ttl")


def default_store_dir() -> Path:
    """The store's place when neither ``--store`` nor ``KG_STORE`` names one."""
    import platformdirs

    return Path(platformdirs.user_data_dir("equipoise", appauthor=False)) / "store"


def _find(kind: str, setting: str, witness: str) -> Path:
    places = [Path(setting)] if setting else [_PACKAGE / "_bundled" / kind, _PACKAGE.parent / kind]
    for place in places:
        if (place / witness).exists():
            return place
    tried = ", ".join(str(place) for place in places)
    raise StoreError(f"{kind} files not found: no {witness} in {tried}")
