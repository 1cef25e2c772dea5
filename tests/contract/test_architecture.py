"""The floor plan holds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "kg"
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_nobody_inside_imports_the_package_root() -> None:
    rooms = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    guilty = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                guilty += [f"{path.name}: import kg" for name in node.names if name.name == "kg"]
            elif isinstance(node, ast.ImportFrom) and node.module == "kg" and node.level == 0:
                guilty += [
                    f"{path.name}: from kg import {name.name}"
                    for name in node.names
                    if name.name not in rooms
                ]
    # The version belongs to the root alone, and the package root itself reaches its own rooms.
    assert not [line for line in guilty if not line.startswith("__init__")]


def test_rooms_have_names_of_the_domain() -> None:
    assert not [path for path in modules() if path.stem in VAGUE or path.parent.name in VAGUE]


def test_rooms_stay_small() -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350
    }
    assert not large


def test_importing_the_package_is_light() -> None:
    heavy = ["flask", "click", "networkx", "scipy", "numpy", "rdflib", "pyoxigraph", "openpyxl"]
    code = f"import sys, kg; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_imports_no_heavy_library() -> None:
    heavy = ["flask", "networkx", "scipy", "numpy", "rdflib", "pyoxigraph", "openpyxl"]
    code = (
        "import sys\nsys.argv = ['kg', '--help']\nfrom kg.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
