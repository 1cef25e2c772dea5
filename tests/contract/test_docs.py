"""The documentation tells the truth: links lead somewhere, examples run, lists are complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

import kg.errors
from kg.errors import KGError
from kg.settings import Settings
from kg.web import create_app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = [
    *PAGES,
    *(path for path in (ROOT / "README.md", ROOT / "data" / "README.md") if path.exists()),
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
PROTOCOL = (
    "/api/",
    "/sparql",
    "/graphs",
    "/id/",
    "/sdg/",
    "/dataset/",
    "/ontology",
    "/reconcile",
    "/healthz",
    "/readyz",
    "/metrics",
    "/.well-known/",
)


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors(text: str) -> set[str]:
    found = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower())
        found.add(words.replace(" ", "-"))
    return found


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in [*LINK.findall(without_code(text)), *IMAGE.findall(without_code(text))]:
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        assert place.exists(), f"{target} leads nowhere"
        assert place.is_relative_to(ROOT), f"{target} leads out of the repository"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place.read_text(encoding="utf-8")), (
                f"{target}: no such heading"
            )


def test_index_lists_every_page() -> None:
    index = DOCS / "README.md"
    listed = {
        (DOCS / target.partition("#")[0]).resolve()
        for target in LINK.findall(index.read_text(encoding="utf-8"))
        if not target.startswith("http")
    }
    missing = [str(path.relative_to(DOCS)) for path in PAGES if path not in listed | {index}]
    # Decisions are listed as a folder; each is named in its own heading.
    assert [name for name in missing if not name.startswith("decisions/")] == []
    assert all(path.exists() for path in listed)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_has_one_title_and_no_trailing_space(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert (
        len(re.findall(r"^# ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)) == 1
    )
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)


# Errors


def tree(cls: type[KGError] = KGError) -> Iterator[type[KGError]]:
    yield cls
    for child in cls.__subclasses__():
        if child.__module__ == "kg.errors":
            yield from tree(child)


@pytest.mark.parametrize("cls", list(tree()), ids=lambda cls: cls.__name__)
def test_every_error_is_in_the_reference(cls: type[KGError]) -> None:
    text = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    row = f"| [`{cls.slug}`](#{cls.slug}) | `{cls.__name__}` | {cls.exit_code} | {cls.status} |"
    assert row in text
    assert re.search(rf"^## {cls.slug}$", text, re.MULTILINE)


def test_no_error_in_the_reference_is_gone() -> None:
    text = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| \[`[a-z-]+`\].*?\| `(\w+)` \|", text, re.MULTILINE))
    assert named == {cls.__name__ for cls in tree()}
    assert all(hasattr(kg.errors, name) for name in named)


# HTTP


@pytest.fixture(scope="module")
def app(shipped_store: Path) -> Flask:
    return create_app(Settings(store=str(shipped_store)))


def headings() -> dict[str, tuple[set[str], str]]:
    """Path to methods and text below, from docs/reference/http.md."""
    text = (DOCS / "reference" / "http.md").read_text(encoding="utf-8")
    found = re.findall(r"^### ([A-Z, ]+) (/\S*)$(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    return {path: (set(methods.split(", ")), body) for methods, path, body in found}


def routes(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        if path.startswith(PROTOCOL):
            found.setdefault(path, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_is_in_the_reference_and_no_other(app: Flask) -> None:
    documented, existing = headings(), routes(app)
    assert set(existing) - set(documented) == set(), "not in the reference"
    assert set(documented) - set(existing) == set(), "in the reference, and gone"
    for path, methods in existing.items():
        if path != "/sparql":  # answers the other methods only to refuse them
            assert documented[path][0] == methods, path


def test_every_parameter_is_in_the_reference(app: Flask) -> None:
    description: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    shared = (DOCS / "reference" / "http.md").read_text(encoding="utf-8")
    filters = set(
        re.findall(
            r"`(\w+)`", re.findall(r"take\s+the\s+filters (.*?) \(see", shared, re.DOTALL)[0]
        )
    )
    documented = headings()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            given = {item["name"] for item in operation.get("parameters", [])}
            named = set(re.findall(r"`([\w-]+)`", documented[path][1]))
            assert given - named - (filters | {"format"}) == set(), path


# Python


@pytest.fixture(scope="module")
def service(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join(timeout=10)


def test_every_python_block_runs(service: str, shipped_store: Path, tmp_path: Path) -> None:
    text = (DOCS / "how-to" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 8
    script = "\n".join([f"service = {service!r}", *blocks])
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", script],
        env={**os.environ, "KG_STORE": str(shipped_store)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 20
