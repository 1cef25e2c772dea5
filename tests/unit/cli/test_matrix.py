"""Tables of counts fit a terminal, and are whole everywhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.cli import matrix
from kg.cli.matrix import emit_matrix

COLS = [(f"principle-{n}", f"A principle with the number {n}") for n in range(28)]
CELLS = [["0", "7"] * 14 + ["9"], ["1"] * 28 + ["1"]]


def emitted(output: Path | None = None) -> None:
    emit_matrix("goal × principle", ["1 One", "2 Two"], COLS, CELLS, last="cases", output=output)


def test_a_narrow_terminal_gets_letters_and_a_legend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(matrix.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(matrix.shutil, "get_terminal_size", lambda *_: os.terminal_size((120, 24)))
    emitted()
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 120 for line in lines)
    assert lines[0].split()[3:] == [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "cases"]
    assert lines[1].split()[2:6] == ["·", "7", "·", "7"]
    assert "A A principle with the number 0" in "\n".join(lines[3:])
    assert "AB A principle with the number 27" in "\n".join(lines[3:])


def test_a_pipe_and_a_file_get_every_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emitted()
    piped = capsys.readouterr().out
    emitted(tmp_path / "table.txt")
    assert piped == (tmp_path / "table.txt").read_text(encoding="utf-8")
    assert "principle-27" in piped.splitlines()[0]
    assert piped.splitlines()[1].split()[2:4] == ["0", "7"]
