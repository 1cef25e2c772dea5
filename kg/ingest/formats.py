"""Telling what a file is, by its extension and its first bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kg.errors import InputError, ParseError

if TYPE_CHECKING:
    import pyoxigraph as ox

Kind = Literal["rdf", "csv", "xlsx"]

RDF_EXTENSIONS: Final = {
    "ttl": "ttl",
    "turtle": "ttl",
    "trig": "trig",
    "nt": "nt",
    "ntriples": "nt",
    "nq": "nq",
    "nquads": "nq",
    "n3": "n3",
    "rdf": "rdf",
    "xml": "rdf",
    "owl": "rdf",
    "jsonld": "jsonld",
    "json-ld": "jsonld",
    "json": "jsonld",
}
"""File extension → the extension Oxigraph knows the format by."""
TABLE_EXTENSIONS: Final[dict[str, Kind]] = {
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
}
ACCEPTED: Final = (
    "Turtle (.ttl), TriG (.trig), N-Triples (.nt), N-Quads (.nq), N3 (.n3), RDF/XML (.rdf .xml "
    ".owl), JSON-LD (.jsonld .json), CSV (.csv .tsv) and Excel (.xlsx)"
)
_HEAD: Final = 8192
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file is.

    Args:
        kind: ``rdf``, ``csv`` or ``xlsx``.
        extension: For RDF, the extension Oxigraph knows the format by.
    """

    kind: Kind
    extension: str = ""

    @property
    def rdf(self) -> ox.RdfFormat:
        """Oxigraph's format object."""
        import pyoxigraph as ox

        found = ox.RdfFormat.from_extension(self.extension)
        assert found is not None
        return found


def detect(path: Path) -> FileFormat:
    """What a file is.

    The extension decides, unless the content is plainly something else (an Excel workbook named
    ``.csv``); without a known extension the content decides.

    Raises:
        InputError: There is no such file, it is empty, or nothing that can be imported.

    Example:
        >>> detect(Path("data/cases.ttl")).extension  # doctest: +SKIP
        'ttl'
    """
    name = path.name
    head = _read_head(path)
    if head.startswith(_OLD_EXCEL):
        raise InputError(
            "this is the old Excel format (.xls); save it as .xlsx or CSV and try again", file=name
        )
    if head.startswith(b"\x1f\x8b"):
        raise InputError("this is compressed with gzip; unpack it and try again", file=name)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    extension = path.suffix.removeprefix(".").lower()
    if extension in RDF_EXTENSIONS:
        _refuse_binary(head, name)
        return FileFormat("rdf", RDF_EXTENSIONS[extension])
    if extension in TABLE_EXTENSIONS:
        if TABLE_EXTENSIONS[extension] == "xlsx":
            raise InputError("this is no Excel workbook (it is not a zip archive)", file=name)
        _refuse_binary(head, name)
        return FileFormat("csv")
    _refuse_binary(head, name)
    return _by_content(head, name)


def _read_head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except FileNotFoundError:
        raise InputError("there is no such file", file=str(path)) from None
    except IsADirectoryError:
        raise InputError("this is a directory; name the files in it", file=str(path)) from None
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}", file=str(path)) from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise InputError("the file is empty", file=path.name)
    return head


def _zipped(path: Path) -> FileFormat:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise InputError(f"a broken zip archive: {error}", file=path.name) from error
    if "xl/workbook.xml" in names or any(name.startswith("xl/") for name in names):
        return FileFormat("xlsx")
    if "content.xml" in names:
        raise InputError(
            "this is an OpenDocument sheet; save it as .xlsx or CSV and try again", file=path.name
        )
    raise InputError("a zip archive that is no Excel workbook; unpack it first", file=path.name)


def _refuse_binary(head: bytes, name: str) -> None:
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse_nul(head, 1, name)


def refuse_nul(piece: bytes, line: int, name: str) -> None:
    """Refuse a piece of a file that holds a NUL byte, which no text does.

    Args:
        piece: Bytes out of the file.
        line: Line that the piece begins in.
        name: Name of the file.

    Raises:
        ParseError: It does; names the line.
    """
    at = piece.find(b"\0")
    if at >= 0:
        raise ParseError(
            f"a NUL byte: this is a binary file, or a damaged one; {ACCEPTED} can be imported",
            file=name,
            line=line + piece.count(b"\n", 0, at),
        )


def _by_content(head: bytes, name: str) -> FileFormat:
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if re.match(r"<\?xml|<rdf:RDF|<!DOCTYPE rdf", text):
        return FileFormat("rdf", "rdf")
    if text[:1] in "{[" and '"@' in text:
        return FileFormat("rdf", "jsonld")
    lines = [line for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    first = lines[0] if lines else ""
    if re.match(r"(@prefix|@base|prefix|base)\b", first, re.IGNORECASE):
        graphs = re.search(r"[^\s]\s*\{\s*$", text, re.MULTILINE)
        return FileFormat("rdf", "trig" if graphs else "ttl")
    if re.match(r"(<[^>]*>|_:\S+)\s+<[^>]*>\s+.*\s<[^>]*>\s*\.\s*$", first) and re.match(
        r"(<[^>]*>|_:\S+)\s+<[^>]*>\s+(<[^>]*>|_:\S+|\".*)\s+<[^>]*>\s*\.\s*$", first
    ):
        return FileFormat("rdf", "nq")
    if re.match(r"(<[^>]*>|_:\S+)\s+(<[^>]*>|a)\s", first):
        return FileFormat("rdf", "ttl")
    if any(mark in first for mark in ",;\t"):
        return FileFormat("csv")
    raise InputError(
        f"cannot tell what this file is from its name or its content; {ACCEPTED} can be imported",
        file=name,
    )
