"""Documents to text: plain text, Markdown, HTML, DOCX and PDF.

Only the words are carried in: no script, link or macro of a document is followed or run. PDFs are
read with PDFium; DOCX and HTML with the standard library. Every format has a size limit, so a
small file that unpacks into a large one is refused.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from kg.errors import InputError, PayloadTooLarge

if TYPE_CHECKING:
    import pypdfium2

SUFFIXES: Final = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""Formats by file name ending."""
BYTES_LIMIT: Final = 100 * 1024 * 1024
TEXT_LIMIT: Final = 20_000_000
_WORDPROCESSING: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCX_PART_LIMIT: Final = 200 * 1024 * 1024
_CHARSET: Final = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]{2,40})""", re.IGNORECASE
)
_BLOCK_NAMES: Final = """
p div section article header footer main aside nav li ul ol dl dt dd tr table caption h1 h2 h3 h4 h5
h6 blockquote pre figure figcaption form fieldset hr br
"""
_BLOCKS: Final = frozenset(_BLOCK_NAMES.split())
_SILENT: Final = frozenset(
    {"script", "style", "template", "noscript", "svg", "head", "iframe", "object"}
)
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr"})


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of a document.

    Args:
        text: Its words.
        format: ``text``, ``markdown``, ``html``, ``docx`` or ``pdf``.
        pages: Offset at which each page after the first begins; empty where there are no pages.
        title: Title the document gives itself, or empty.
    """

    text: str
    format: str
    pages: tuple[int, ...] = ()
    title: str = ""


def read_document(path: Path) -> DocumentText:
    """The text of a file, by its ending.

    Raises:
        InputError: No such file, an unknown format, binary content where text is expected, or a
            broken or encrypted document.
        PayloadTooLarge: The file, or what it unpacks to, is over the limit.

    Cost: a PDF takes about 5 ms per page.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(sorted(SUFFIXES))
        raise InputError(
            f"cannot read {path.suffix or 'this'} files; known are {known}", file=str(path)
        )
    try:
        size = path.stat().st_size
        if size > BYTES_LIMIT:
            raise PayloadTooLarge(
                f"{path} has {size:,} bytes, more than the {BYTES_LIMIT:,} allowed"
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from error
    return document_text(data, kind, name=str(path))


def document_text(data: bytes, kind: str, *, name: str = "document") -> DocumentText:
    """The text of a document in memory.

    Args:
        data: Its bytes.
        kind: One of the values of :data:`SUFFIXES`.
        name: What to call it in errors.

    Raises:
        InputError: Binary content where text is expected, or a broken or encrypted document.
        PayloadTooLarge: More text than allowed.

    Example:
        >>> document_text(b"<p>Clean &amp; safe<script>x()</script></p>", "html").text
        'Clean & safe'
    """
    if kind == "pdf":
        found = _pdf(data, name)
    elif kind == "docx":
        found = _docx(data, name)
    elif kind == "html":
        found = _html(decode(data, name), kind)
    else:
        found = DocumentText(decode(data, name), kind)
    if len(found.text) > TEXT_LIMIT:
        raise PayloadTooLarge(
            f"{name} holds {len(found.text):,} characters, more than the {TEXT_LIMIT:,} allowed"
        )
    return found


def decode(data: bytes, name: str = "document") -> str:
    """Bytes as text: UTF-8 or UTF-16 by their mark, the charset HTML declares, or Windows-1252.

    Raises:
        InputError: It is not text.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _decoded(data, encoding, name)
    if b"\x00" in data[:65_536]:
        raise InputError("is binary, not text", file=name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(data[:4_096])
        encoding = declared.group(1).decode("ascii") if declared else "cp1252"
    text = _decoded(data, encoding, name)
    strange = sum(char < " " and char not in "\t\n\r\f" for char in text[:65_536])
    if strange * 50 > len(text[:65_536]):
        raise InputError("is binary, not text", file=name)
    return text


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding, errors="replace")
    except LookupError:
        raise InputError(f"declares the unknown character set {encoding}", file=name) from None


class _Reader(HTMLParser):
    """Collects visible text; blocks become lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self._silent: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "title":
            self._in_title = True
        elif tag in _SILENT:
            self._silent.append(tag)
        elif tag == "body":
            self._silent.clear()
        if tag in _BLOCKS and not self._silent:
            self.parts.append("\n" if tag in ("br", "li", "tr") else "\n\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _BLOCKS and not self._silent:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag in self._silent:
            while self._silent.pop() != tag:
                pass
        if tag in _BLOCKS - _VOID and not self._silent:
            self.parts.append("\n\n" if tag not in ("li", "tr") else "\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._silent:
            self.parts.append(data)


def _html(source: str, kind: str) -> DocumentText:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    lines = [
        re.sub(r"[ \t\r\f\v\u00a0]+", " ", line).strip()
        for line in "".join(reader.parts).split("\n")
    ]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return DocumentText(text, kind, title=" ".join("".join(reader.title).split()))


def _docx(data: bytes, name: str) -> DocumentText:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > _DOCX_PART_LIMIT:
                raise PayloadTooLarge(f"{name} unpacks to {part.file_size:,} bytes, too many")
            with archive.open(part) as stream:
                source = stream.read(_DOCX_PART_LIMIT + 1)
        if b"<!DOCTYPE" in source[:4_096] or b"<!ENTITY" in source:
            raise InputError("declares XML entities, which a Word document never needs", file=name)
        root = ET.fromstring(source)  # noqa: S314 - entities were refused above
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError) as error:
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise InputError(
                "is an encrypted or pre-2007 Word file; save it as .docx", file=name
            ) from error
        raise InputError("is not a Word document (.docx)", file=name) from error
    except ET.ParseError as error:
        raise InputError(f"is a broken Word document: {error}", file=name) from error
    paragraphs = [_paragraph(node) for node in root.iter(f"{_WORDPROCESSING}p")]
    return DocumentText("\n\n".join(p for p in paragraphs if p), "docx")


def _paragraph(node: Any) -> str:
    parts: list[str] = []
    for child in node.iter():
        if child.tag == f"{_WORDPROCESSING}t":
            parts.append(child.text or "")
        elif child.tag == f"{_WORDPROCESSING}tab":
            parts.append("\t")
        elif child.tag == f"{_WORDPROCESSING}br":
            parts.append("\n")
    return "".join(parts).strip()


def _pdf(data: bytes, name: str) -> DocumentText:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise InputError("is encrypted; remove the password first", file=name) from error
        raise InputError("is not a PDF that can be read", file=name) from error
    try:
        return _pdf_text(document, name)
    except pypdfium2.PdfiumError as error:
        raise InputError(f"is a broken PDF: {error}", file=name) from error
    finally:
        document.close()


def _pdf_text(document: pypdfium2.PdfDocument, name: str) -> DocumentText:
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        text = _flowing(textpage.get_text_bounded())
        textpage.close()
        page.close()
        if number:
            parts.append("\n\n")
            length += 2
            starts.append(length)
        parts.append(text)
        length += len(text)
        if length > TEXT_LIMIT:
            raise PayloadTooLarge(f"{name} holds more than {TEXT_LIMIT:,} characters")
    text = "".join(parts)
    if not text.strip():
        raise InputError("has no text layer (a scan?); run it through OCR first", file=name)
    title = str(document.get_metadata_dict().get("Title") or "").strip()
    return DocumentText(text, "pdf", tuple(starts), title)


def _flowing(text: str) -> str:
    """A page's lines joined into running text: hyphenated words whole, paragraphs apart."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # PDFium joins a word broken at a line's end and marks the place
    text = re.sub(r"[\x02\ufffe\u00ad]\n?", "", text)
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    text = re.sub(r"(?<![.!?:;\n])\n(?!\s*(?:[-*\u2022]|\d+[.)])\s|\n)", " ", text)
    return text.replace("\x00", " ").strip()
