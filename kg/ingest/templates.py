"""Writing empty tables to fill in: CSV with three example rows, or a workbook with explanations.

A workbook has one sheet to fill in, one that explains each column, and one with the values that
its drop-down lists offer.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError
from kg.ingest.columns import TABLES, Column, Table, table_named
from kg.ingest.terms import KINDS, SCHEMES

if TYPE_CHECKING:
    from kg.store import GraphStore

LISTED: Final = ("status", "role", "organisation-type", "source-kind", "country", "principle",
                 "technology", "target")
"""Kinds whose values a workbook lists."""
ONE_VALUE: Final = frozenset({"status", "source-kind"})
"""Kinds of which a cell holds one, so that a drop-down list fits."""
_ROWS: Final = 5_000
_WIDE: Final = frozenset({"title", "summary", "organisations", "supports", "undermines", "upholds",
                          "violates", "outcome", "principles", "rationale", "note", "url",
                          "source_url", "source_title"})


def write_template(path: Path, *, table: str = "", store: GraphStore | None = None) -> Table:
    """Write an empty table with three example rows.

    Args:
        path: ``.csv`` or ``.xlsx``; its name tells the table (``cases.xlsx``) when ``table`` is
            empty.
        table: ``cases``, ``frameworks`` or ``links``.
        store: Where the values of the drop-down lists come from; without one they are left out.

    Returns:
        The table written.

    Raises:
        InputError: The name tells no table or no format, or the file cannot be written.
    """
    chosen = _filled(table_named(table) if table else _by_name(path))
    extension = path.suffix.lower()
    if extension not in (".csv", ".xlsx"):
        raise InputError(f"a template is .csv or .xlsx, not {extension or 'without extension'!r}")
    try:
        if extension == ".csv":
            _write_csv(path, chosen)
        else:
            _write_workbook(path, chosen, values(store) if store is not None else {})
    except OSError as error:
        raise InputError(f"it cannot be written: {error.strerror}", file=str(path)) from error
    return chosen


def values(store: GraphStore) -> dict[str, list[tuple[str, str]]]:
    """Per kind the ids and labels that cells may name, sorted by id."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in LISTED:
        if kind in SCHEMES:
            member = f"?s skos:inScheme <https://w3id.org/equipoise/id/scheme/{kind}>"
        elif kind == "principle":
            member = "?s skos:inScheme <https://w3id.org/equipoise/id/framework/pivot>"
        else:
            classes = " ".join(f"<{iri}>" for iri in KINDS[kind])
            member = f"?s a ?k VALUES ?k {{ {classes} }}"
        rows = store.query(
            f"SELECT DISTINCT ?s ?l {{ {member} . ?s skos:prefLabel ?l FILTER(LANG(?l) = 'en') }}"
        )
        pairs = {
            row["s"].value.rsplit("/", 1)[-1]: row["l"].value
            for row in rows  # type: ignore[union-attr]
        }
        found[kind] = sorted(pairs.items(), key=lambda pair: _natural(pair[0]))
    return found


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (1_000, part) for part in text.split("."))


def _by_name(path: Path) -> Table:
    stem = path.stem.lower()
    for name, table in TABLES.items():
        if name in stem or name.rstrip("s") in stem:
            return table
    raise InputError(
        f"the name {path.name!r} tells no table; call it cases, frameworks or links, or add "
        "--table"
    )


def _examples(table: Table) -> list[list[str]]:
    return [[column.examples[number] for column in table.columns] for number in range(3)]


def _filled(table: Table) -> Table:
    """The table without columns that only programs write."""
    kept = tuple(
        column for column in table.columns
        if any(column.examples) or column.name in ("note", "end_year", "attributed_to")
    )
    return Table(table.name, table.row, kept)


def _write_csv(path: Path, table: Table) -> None:
    # A byte order mark makes Excel read the file as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(_examples(table))


def _write_workbook(
    path: Path, table: Table, known: dict[str, list[tuple[str, str]]]
) -> None:
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = table.name
    sheet.append([column.name for column in table.columns])
    for row in _examples(table):
        sheet.append(row)
    bold = Font(name="Calibri", size=11, bold=True)
    for index, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, index)
        head.font = bold
        head.fill = PatternFill("solid", fgColor="FFF2CC" if column.required else "E7EEF7")
        letter = get_column_letter(index)
        longest = max(len(column.name), *map(len, column.examples))
        sheet.column_dimensions[letter].width = (
            40 if column.name in _WIDE else min(max(longest + 3, 14), 40)
        )
        # Text format keeps 7.10 from becoming 7.1 and 3.4 from becoming a date, in every row.
        sheet.column_dimensions[letter].number_format = "@"
        for number in range(1, 200):
            cell = sheet.cell(number, index)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    for number, row in enumerate(_examples(table), start=2):
        lines = max(
            -(-len(text) * 1.15 // sheet.column_dimensions[get_column_letter(index)].width)
            for index, text in enumerate(row, start=1)
        )
        sheet.row_dimensions[number].height = 15 * max(lines, 1)
    sheet.page_setup.orientation = "landscape"
    lists = _write_lists(book, known)
    _add_drop_downs(sheet, table, lists)
    _write_help(book, table)
    book.active = 0
    book.save(path)


def _write_help(book: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet("help", 1)
    sheet.append([f"Each row of the sheet {table.name!r} is {table.row}. Replace the examples."])
    sheet.append([])
    sheet.append(["Field", "Needed", "What goes in", "Values", "Example"])
    for cell in sheet[3]:
        cell.font = Font(name="Calibri", size=11, bold=True)
    for column in table.columns:
        example = next((text for text in column.examples if text), "")
        sheet.append(
            [column.name, "yes" if column.required else "no", column.help,
             values_told(column), example]
        )
    for letter, width in zip("ABCDE", (20, 9, 80, 40, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"


def values_told(column: Column) -> str:
    """What a column's cells may hold, in a few words.

    Example:
        >>> from kg.ingest.columns import CASES
        >>> values_told(CASES.column("verified")), values_told(CASES.column("status"))
        ('yes, no', 'a status: id, label or IRI')
    """
    if column.choices:
        return ", ".join(column.choices)
    if column.vocabulary == "target":
        return "SDG targets and goals: code, label or IRI"
    if column.vocabulary == "organisation":
        return "names of organisations; new ones are added"
    if column.vocabulary:
        name = column.vocabulary.replace("-", " ")
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}: id, label or IRI"
    return {"year": "a year, 1900 to 2100", "url": "web addresses", "decimal": "0 to 1",
            "boolean": "yes, no"}.get(column.type, "text")


def _write_lists(
    book: Any, known: dict[str, list[tuple[str, str]]]
) -> dict[str, str]:
    """Write a sheet with the known values; per kind the range of its ids."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    if not known:
        return {}
    sheet = book.create_sheet("lists")
    ranges: dict[str, str] = {}
    for index, (kind, pairs) in enumerate(known.items()):
        left = 2 * index + 1
        sheet.cell(1, left, f"{kind} id").font = Font(bold=True)
        sheet.cell(1, left + 1, f"{kind} label").font = Font(bold=True)
        for number, (identifier, label) in enumerate(pairs, start=2):
            cell = sheet.cell(number, left, identifier)
            cell.number_format = "@"
            sheet.cell(number, left + 1, label)
        letter = get_column_letter(left)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[get_column_letter(left + 1)].width = 34
        if pairs:
            ranges[kind] = f"lists!${letter}$2:${letter}${len(pairs) + 1}"
    return ranges


def _add_drop_downs(sheet: Any, table: Table, lists: dict[str, str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for index, column in enumerate(table.columns, start=1):
        strict = bool(column.choices) or column.vocabulary in ONE_VALUE
        if column.choices:
            formula = f'"{",".join(column.choices)}"'
        elif column.vocabulary in lists:
            formula = lists[column.vocabulary]
        else:
            continue
        offered = DataValidation(
            type="list", formula1=formula, allow_blank=True, showErrorMessage=strict
        )
        offered.errorStyle = "warning"
        offered.promptTitle, offered.prompt = column.name[:32], column.help[:250]
        offered.showInputMessage = True
        letter = get_column_letter(index)
        offered.add(f"{letter}2:{letter}{_ROWS}")
        sheet.add_data_validation(offered)
