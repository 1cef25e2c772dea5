"""ZIP archives with the same bytes for the same content, and rows as CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, Self

EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Archive:
    """A ZIP archive being written; entries are streamed."""

    def __init__(self, out: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        """Write a whole file."""
        self._zip.writestr(self._entry(name), data)

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Write a file piece by piece."""
        with self._zip.open(self._entry(name), "w", force_zip64=True) as stream:
            yield stream  # type: ignore[misc]  # a binary stream in all but its declared class

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry


def write_csv(
    out: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> int:
    r"""Write rows as CSV (RFC 4180, UTF-8, LF); gives their number.

    Example:
        >>> out = io.BytesIO()
        >>> write_csv(out, ["a"], [{"a": "yes, no"}])
        1
        >>> out.getvalue().decode().splitlines()
        ['a', '"yes, no"']
    """
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
        count += 1
    text.flush()
    text.detach()
    return count


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value
