"""Settings are data: each has a default, a help text, a variable and a line in the reference."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.settings import Settings, environment_name, load_settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_setting_is_documented(item: object) -> None:
    name = item.name  # type: ignore[attr-defined]
    assert item.metadata["help"].endswith(".")  # type: ignore[attr-defined]
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"## `{environment_name(name)}`" in text


def test_reference_names_no_setting_that_is_gone() -> None:
    known = {environment_name(item.name) for item in fields(Settings)}
    text = REFERENCE.read_text(encoding="utf-8")
    named = {line[4:-1] for line in text.splitlines() if line.startswith("## `KG_")}
    assert named == known


def test_environment_is_read_and_checked() -> None:
    assert load_settings({"KG_PORT": "81", "KG_OPEN_WRITES": "yes"}).open_writes is True
    with pytest.raises(InputError, match="KG_PORT"):
        load_settings({"KG_PORT": "many"})
    with pytest.raises(InputError, match="KG_OPEN_WRITES"):
        load_settings({"KG_OPEN_WRITES": "perhaps"})
