"""Counting rows in results as they are serialised, without parsing them."""

from __future__ import annotations


class RowCounter:
    r"""Counts the rows of a serialised result, chunk by chunk, exactly.

    Args:
        form: ``json``, ``xml``, ``csv``, ``tsv``, ``ntriples`` or ``nquads``; other formats
            cannot be counted and give ``None``.

    Example:
        >>> counter = RowCounter("csv")
        >>> counter.feed(b'a,b\r\n1,"two\r\nlines"\r\n'); counter.rows
        1
    """

    def __init__(self, form: str) -> None:
        self._form = form
        self._count = 0
        self._rest = self._structure = b""
        self._quoted = False
        self._any = False

    @property
    def rows(self) -> int | None:
        """Rows so far."""
        match self._form:
            case "csv" | "tsv":
                return max(0, self._count - 1)
            case "json":
                return self._count + 1 if self._any else 0
            case "xml" | "ntriples" | "nquads":
                return self._count
            case _:
                return None

    def feed(self, chunk: bytes) -> None:
        """Count what a chunk holds."""
        match self._form:
            case "tsv" | "ntriples" | "nquads":
                self._count += chunk.count(b"\n")
            case "csv":
                self._feed_csv(chunk)
            case "xml":
                data = self._rest + chunk
                self._count += data.count(b"<result>")
                self._rest = data[-7:]
            case "json":
                self._feed_json(chunk)
            case _:
                return

    def _feed_csv(self, chunk: bytes) -> None:
        parts = chunk.split(b'"')
        inside = self._quoted
        for part in parts:
            if not inside:
                self._count += part.count(b"\n")
            inside = not inside
        self._quoted = not inside

    def _feed_json(self, chunk: bytes) -> None:
        data = self._rest + chunk
        # A backslash at the end belongs to what comes next.
        tail = len(data) - len(data.rstrip(b"\\"))
        keep = 1 if tail % 2 else 0
        self._rest, data = (data[-1:], data[:-1]) if keep else (b"", data)
        if b"\\" in data:
            data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = data.split(b'"')
        outside = parts[1 if self._quoted else 0 :: 2]
        structure = self._structure + b'"'.join(outside)
        self._quoted ^= len(parts) % 2 == 0
        self._structure = b"" if self._quoted else structure[-2:]
        self._any = self._any or b"[{" in structure
        self._count += structure.count(b"},{")
