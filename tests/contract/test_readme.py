"""The README tells the truth: its examples run, its promises about itself hold."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", TEXT, re.DOTALL)
SET_UP = [body for kind, body in BLOCKS if kind == "sh" and "python3 -m venv" in body]
SHELL = [body for kind, body in BLOCKS if kind == "sh" and "python3 -m venv" not in body]
PYTHON = [body for kind, body in BLOCKS if kind == "python"]


def run(command: list[str], store: Path) -> str:
    bin_dir = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "KG_STORE": str(store),
        "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_length_and_set_up_lines() -> None:
    assert len(TEXT.splitlines()) <= 150
    assert len(SET_UP) == 2
    assert all(len(body.strip().splitlines()) == 1 for body in SET_UP)
    assert "kg serve" in "\n".join(TEXT.splitlines()[:25])
    assert "pytest" in SET_UP[1]


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("body", SHELL, ids=lambda body: body.split()[1])
def test_shell_example_runs(body: str, shipped_store: Path) -> None:
    printed = run(["bash", "-euo", "pipefail", "-c", body], shipped_store)
    if "gaps" in body:
        assert json.loads(printed)["gaps"]
    else:
        assert len(printed.splitlines()) == 6


@pytest.mark.parametrize("body", PYTHON, ids=["python"])
def test_python_example_runs(body: str, shipped_store: Path) -> None:
    printed = run([sys.executable, "-c", body], shipped_store).splitlines()
    assert re.fullmatch(r"\d+ cases", printed[0])
    assert len(printed) == 4
