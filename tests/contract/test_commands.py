"""Commands keep their promises: each is listed, explained, exemplified, and documented in full."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from kg.cli.examples import EXAMPLES
from kg.cli.group import COMMANDS, group

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference" / "commands.md"
OPTION = re.compile(r"`(--[a-z][a-z-]*)")
POLICY = """The ministry publishes every algorithm that decides on welfare; people may appeal.
Farmers get early warnings of drought by machine learning on satellite images.
Personal data stay private and are deleted after a year.
"""
PASSAGES = """id,text,sdg,label
1,Vaccines reach every village and fewer mothers die in childbirth.,3,1
2,Solar power and cleaner stoves bring energy to homes.,7,1
3,The court fined the firm for late accounts.,7,0
4,Fish stocks recover where trawling has ended.,14,1
5,The museum opens on Sundays.,14,0
6,Girls finish school and become teachers.,4,1
"""


def command(name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def leaves(name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and its subcommands, by full name."""
    found = command(name)
    yield name, found
    if isinstance(found, click.Group):
        for inner, sub in found.commands.items():
            yield f"{name} {inner}", sub


def options(found: click.Command) -> set[str]:
    return {
        name
        for parameter in found.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    }


def all_options(name: str) -> set[str]:
    return set().union(*(options(found) for _, found in leaves(name)))


def section(name: str) -> str:
    text = REFERENCE.read_text(encoding="utf-8")
    found = re.search(rf"^## kg {name}$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"docs/reference/commands.md has no heading '## kg {name}'"
    return found[1]


def test_help_lists_every_command() -> None:
    printed = CliRunner().invoke(group, ["--help"]).output
    for name, (_, text) in COMMANDS.items():
        assert re.search(rf"^  {name} ", printed, re.MULTILINE), name
        assert text.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_explains_itself(name: str) -> None:
    for path, found in leaves(name):
        assert found.help, path
        assert len(found.help.splitlines()[0]) > 10, path
        assert "\\b" not in found.help, f"{path}: a raw \\b is printed as it stands"
        for parameter in found.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"kg {path} {parameter.opts[-1]} says nothing"
    printed = CliRunner().invoke(command(name), ["--help"]).output
    assert EXAMPLES[name]
    for example in EXAMPLES[name]:
        assert f"  {example}\n" in printed


def test_examples_are_of_commands_that_exist() -> None:
    assert list(EXAMPLES) == sorted(EXAMPLES, key=list(EXAMPLES).index)
    assert set(EXAMPLES) == set(COMMANDS)
    for name, listed in EXAMPLES.items():
        assert all(example.split()[:2] == ["kg", name] for example in listed)


def test_examples_run_in_their_order(
    shipped_store: Path, scratch_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("KG_")]:
        monkeypatch.delenv(name)
    (folder / "policy.txt").write_text(POLICY, encoding="utf-8")
    (folder / "passages.csv").write_text(PASSAGES, encoding="utf-8")
    runner = CliRunner()
    for name, listed in EXAMPLES.items():
        if name == "serve":
            continue  # does not end by itself; the tests of the server start it
        for example in listed:
            # "kg init" builds the default store; the others work on a copy of the shipped one.
            default = tmp_path / "built" if name == "init" else scratch_store
            monkeypatch.setenv("KG_STORE", str(default))
            done = runner.invoke(group, shlex.split(example)[1:])
            assert done.exit_code == 0, f"{example}\n{done.output}\n{done.exception!r}"
            assert done.output.strip() or "-o" in example, example
    written = {path.name for path in folder.iterdir()}
    assert {"violations.csv", "coverage.csv", "gaps.json", "report.html", "energy.gexf"} <= written


def test_reference_has_every_command_in_order() -> None:
    headings = re.findall(r"^## kg (.+)$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_reference_names_every_option_and_no_other(name: str) -> None:
    text = section(name)
    documented = set(OPTION.findall(text))
    existing = all_options(name) | {"--help"}
    assert all_options(name) - {"--help"} - documented == set(), "not in the reference"
    assert documented - existing == set(), "in the reference, and gone"


@pytest.mark.parametrize("name", COMMANDS)
def test_reference_shows_usage_and_the_examples(name: str) -> None:
    text = section(name)
    assert f"```text\nkg {name}" in text
    for example in EXAMPLES[name]:
        assert example in text, example


@pytest.mark.parametrize("name", COMMANDS)
def test_reference_names_every_subcommand(name: str) -> None:
    found: Any = command(name)
    if isinstance(found, click.Group):
        for inner in found.commands:
            assert f"`kg {name} {inner}`" in section(name)
