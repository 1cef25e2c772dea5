"""The declared columns."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ingest.columns import TABLES, Table, folded, table_named

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "tables.md"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_heading_means_two_columns(table: Table) -> None:
    names = {column.name for column in table.columns}
    claims = Counter(
        folded(alias)
        for column in table.columns
        for alias in set(column.aliases)
        if folded(alias) not in names
    )
    assert [alias for alias, count in claims.items() if count > 1] == []
    assert all(table.headings()[name] == name for name in names)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_is_explained_and_documented(table: Table) -> None:
    text = DOCS.read_text(encoding="utf-8")
    section = text.split(f"\n## The {table.name} table\n", 1)[1].split("\n## ", 1)[0]
    for column in table.columns:
        assert column.help.endswith((".", ")", "]")), column.name
        rows = [line for line in section.splitlines() if line.startswith(f"| `{column.name}` |")]
        assert rows, f"docs/reference/tables.md does not list {table.name}.{column.name}"
        assert column.help.replace("|", "\\|") in rows[0]
        for choice in column.choices:
            assert choice in rows[0]


def test_headings_are_folded() -> None:
    assert folded(" Type of Publisher* ") == "type_of_publisher"


def test_unknown_table() -> None:
    with pytest.raises(InputError, match="cases, frameworks, links"):
        table_named("projects")
