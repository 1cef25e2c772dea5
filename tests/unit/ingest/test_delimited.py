"""CSV files as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ParseError
from kg.ingest.delimited import read_rows, sniff

ROWS = [["id", "title", "summary"], ["1", "Café; bar", "a,b"], ["2", "Zürich", ""]]


def _written(path: Path, delimiter: str, encoding: str) -> Path:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in ROWS]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_spelling_reads_the_same(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = _written(tmp_path / "t.csv", delimiter, encoding)
    dialect, findings = sniff(path)
    assert [row for _, row in read_rows(path, dialect)] == ROWS
    assert [item.severity for item in findings] == (["warning"] if encoding == "cp1252" else [])


def test_excels_own_hint_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=|\nid|title\n1|One, two; three\n")
    dialect, _ = sniff(path)
    assert list(read_rows(path, dialect)) == [
        (2, ["id", "title"]),
        (3, ["1", "One, two; three"]),
    ]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,title\n1,"two\nlines"\n\n4,Four\n')
    dialect, _ = sniff(path)
    assert [(number, row[:1]) for number, row in read_rows(path, dialect)] == [
        (1, ["id"]),
        (2, ["1"]),
        (3, []),
        (4, ["4"]),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('id,title\n1,"never closed\n2,b\n', "row 2.*never ends"),
        ('id,title\n1,"a"b\n', "row 2.*write inner quotes twice"),
    ],
)
def test_broken_quotes_name_the_row(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    dialect, _ = sniff(path)
    with pytest.raises(ParseError, match=message):
        list(read_rows(path, dialect))


def test_what_is_in_no_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,title\n1,ok\n2,\x81\xff\n")
    with pytest.raises(ParseError, match=r"t\.csv:3:"):
        sniff(path)


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.csv"
    with path.open("w") as stream:
        stream.write("id,title,summary\n")
        for number in range(120_000):
            stream.write(f"c{number},Title {number},{'words ' * 20}\n")
    assert path.stat().st_size > 16_000_000
    tracemalloc.start()
    dialect, _ = sniff(path)
    assert sum(1 for _ in read_rows(path, dialect)) == 120_001
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000


@pytest.mark.parametrize("letters", ["Title", "Caf\xe9"])
def test_a_nul_byte_is_named_however_deep_it_lies(tmp_path: Path, letters: str) -> None:
    """Beyond the first megabyte, and in files that are not UTF-8."""
    path = tmp_path / "t.csv"
    rows = "".join(f"{number},{letters}\n" for number in range(200_000))
    path.write_bytes(("id,title\n" + rows + "x,a\0b\n").encode("cp1252"))
    assert path.stat().st_size > 2 << 20
    with pytest.raises(ParseError, match="a NUL byte") as caught:
        sniff(path)
    assert caught.value.line == 200_002
