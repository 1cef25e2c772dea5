"""Settings: every option an operator can set, with its default and its help.

The environment is read here and nowhere else. A setting ``query_timeout`` is read from
``KG_QUERY_TIMEOUT``; command-line options override the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, get_type_hints

from kg.errors import InputError

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, frozen.

    Example:
        >>> Settings(query_timeout=5.0).query_timeout
        5.0
    """

    # Where things are
    store: str = _setting(
        "",
        "Directory of the embedded store, or https://host/sparql of a "
        "remote engine. Empty: the platform's data directory.",
    )
    ontology_dir: str = _setting("", "Directory of the ontology files. Empty: those shipped.")
    data_dir: str = _setting("", "Directory of the shipped data. Empty: those shipped.")
    base_url: str = _setting(
        "", "Public address of the service, for links in answers. Empty: taken from the request."
    )
    # Serving
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on.")
    workers: int = _setting(2, "Web worker processes.")
    default_graph: str = _setting(
        "union", "Default graph of queries: union of all graphs, or strict."
    )
    # Who may write
    token: str = _setting("", "Bearer token with write scope. Empty: nobody may write.")
    open_writes: bool = _setting(False, "Allow writing without a token (loopback only).")
    # Limits
    query_timeout: float = _setting(30.0, "Seconds a query may run.")
    query_memory: int = _setting(
        1024, "Megabytes of address space a query process may take on top of the store."
    )
    query_rows: int = _setting(0, "Rows a result may have; 0 means no limit.")
    query_bytes: int = _setting(0, "Bytes a serialised result may have; 0 means no limit.")
    query_processes: int = _setting(
        2, "Query processes per web worker; as many again for queries that run over a second."
    )
    query_queue: int = _setting(64, "Queries that may wait per web worker before 503 is answered.")
    update_timeout: float = _setting(120.0, "Seconds an update or upload may run.")
    update_memory: int = _setting(
        2048, "Megabytes of address space an update or upload may take on top of the store."
    )
    cache_megabytes: int = _setting(32, "Megabytes of answers kept in memory per web worker.")
    request_bytes: int = _setting(
        64 * 1024 * 1024,
        "Bytes a request body may have; uploads that wait may have four times as many together.",
    )
    query_text: int = _setting(1024 * 1024, "Bytes the text of a query may have.")
    service_allow: str = _setting(
        "", "Comma-separated hosts that SERVICE, LOAD and fetches may reach. Empty: none."
    )
    service_timeout: float = _setting(10.0, "Seconds a host that a query reaches may take.")
    metrics_dir: str = _setting(
        "", "Directory in which web workers share their counters. Empty: each counts for itself."
    )
    # Linking
    link_embeddings: str = _setting(
        "off", "Whether the web service links with sentence embeddings: on (slower) or off."
    )
    link_characters: int = _setting(1_000_000, "Characters a text sent for linking may have.")
    # Writing to the store
    lock_timeout: float = _setting(60.0, "Seconds a writer waits for another writer.")
    keep_revisions: int = _setting(10, "Published revisions kept for comparison.")

    def with_(self, **changes: Any) -> Settings:
        """A copy with some settings changed; ``None`` means unchanged."""
        return replace(self, **{k: v for k, v in changes.items() if v is not None})


def environment_name(setting: str) -> str:
    """The environment variable that sets ``setting``.

    Example:
        >>> environment_name("query_timeout")
        'KG_QUERY_TIMEOUT'
    """
    return f"KG_{setting.upper()}"


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that make :func:`load_settings` give the same settings in another process.

    Example:
        >>> as_environment(Settings(open_writes=True))["KG_OPEN_WRITES"]
        'true'
    """
    found = {}
    for item in fields(Settings):
        value = getattr(settings, item.name)
        found[environment_name(item.name)] = (
            str(value).lower() if isinstance(value, bool) else str(value)
        )
    return found


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Args:
        environ: The variables to read; the process environment when left out.

    Raises:
        InputError: A variable does not hold a value of its setting's type.

    Example:
        >>> load_settings({"KG_PORT": "9000"}).port
        9000
    """
    environ = os.environ if environ is None else environ
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = environment_name(item.name)
        if name in environ:
            values[item.name] = _convert(name, environ[name], hints[item.name])
    return Settings(**values)


def _convert(name: str, text: str, kind: type) -> object:
    try:
        if kind is bool:
            lowered = text.strip().lower()
            if lowered not in _TRUE | _FALSE:
                raise ValueError(text)
            return lowered in _TRUE
        return kind(text)
    except ValueError as error:
        raise InputError(f"{name} must be {kind.__name__}, not {text!r}") from error
