from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from kg.errors import InputError, PayloadTooLarge, WriteForbidden
from kg.ingest import fetching
from kg.ingest.documents import TEXT_LIMIT, decode, document_text, read_document

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: list[list[str]], *, extra: bytes = b"") -> bytes:
    """A PDF made by hand: one list of lines per page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    font = 3
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for lines in pages:
        shown = b" T* ".join(f"({line}) Tj".encode("latin-1") for line in lines)
        content = b"BT /F1 11 Tf 14 TL 50 780 Td " + shown + b" ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 %d 0 R >> >> >>" % (len(objects), font)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(
        b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, extra, start)
    )
    return out.getvalue()


def docx(*paragraphs: str, prefix: str = "") -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    source = f'{prefix}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", source)
    return out.getvalue()


def test_pdf_pages_and_lines_become_running_text() -> None:
    data = pdf([["Clean water is a", "right for all of the peo-", "ple."], ["Second page."]])
    found = document_text(data, "pdf")
    assert found.text == "Clean water is a right for all of the people.\n\nSecond page."
    assert found.pages == (found.text.index("Second"),)


def test_a_hundred_pages_take_under_three_seconds() -> None:
    line = "The policy asks that artificial intelligence be fair, safe and transparent for all."
    data = pdf([[line] * 45] * 100)
    start = time.perf_counter()
    found = document_text(data, "pdf")
    assert time.perf_counter() - start < 3
    assert len(found.pages) == 99
    assert found.text.count("transparent") == 4_500


def test_an_encrypted_pdf_is_named_as_such() -> None:
    secret = b"<" + b"41" * 32 + b">"
    extra = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -4 >> /ID [<00> <00>]" % (
        secret,
        secret,
    )
    with pytest.raises(InputError, match="encrypted"):
        document_text(pdf([["Secret"]], extra=extra), "pdf")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\nnonsense", b"\x00" * 100])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="PDF"):
        document_text(data, "pdf")


def test_a_pdf_without_text_asks_for_ocr() -> None:
    with pytest.raises(InputError, match="OCR"):
        document_text(pdf([[" "]]), "pdf")


def test_word_paragraphs() -> None:
    found = document_text(docx("First &amp; foremost.", "", "Second."), "docx")
    assert found.text == "First & foremost.\n\nSecond."


@pytest.mark.parametrize(
    "data",
    [
        b"not a zip",
        docx("x", prefix='<!DOCTYPE d [<!ENTITY e "boom">]>'),
        docx("<broken"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    ],
)
def test_broken_or_dangerous_word_files_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        document_text(data, "docx")


def test_a_zip_bomb_is_refused() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as stream,
    ):
        for _ in range(210):
            stream.write(b" " * (1 << 20))
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(PayloadTooLarge):
        document_text(out.getvalue(), "docx")


def test_html_keeps_what_a_reader_sees() -> None:
    page = (
        b"<html><head><title>A &lt; B</title><style>p{}</style></head><body><h1>Head</h1>"
        b"<p>One<br>two</p><script>var x = '<p>no</p>';</script><ul><li>a<li>b</ul>"
        b"<noscript>hidden</noscript><p>Last &eacute;"
    )
    found = document_text(page, "html")
    assert found.title == "A < B"
    assert found.text.split() == ["Head", "One", "two", "a", "b", "Last", "é"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfwater", "water"),
        ("wässrig".encode("utf-16"), "wässrig"),
        ("wässrig – €".encode("cp1252"), "wässrig – €"),
        ('<meta charset="iso-8859-2">ł'.encode("iso-8859-2"), '<meta charset="iso-8859-2">ł'),
    ],
)
def test_encodings_are_told(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    "data", [b"GIF89a\x00\x01\x02", bytes(range(256)) * 4, b'<meta charset="klingon">\xff']
)
def test_binary_is_not_text(data: bytes) -> None:
    with pytest.raises(InputError):
        decode(data)


def test_files_are_read_by_their_ending(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Title\n\nText", encoding="utf-8")
    assert read_document(tmp_path / "a.md").format == "markdown"
    with pytest.raises(InputError, match=r"cannot read \.exe"):
        read_document(tmp_path / "a.exe")
    with pytest.raises(InputError, match="cannot be read"):
        read_document(tmp_path / "none.txt")
    (tmp_path / "big.txt").write_bytes(b"word " * (TEXT_LIMIT // 5 + 1))
    with pytest.raises(PayloadTooLarge):
        read_document(tmp_path / "big.txt")


@pytest.mark.parametrize(
    ("url", "allow", "error"),
    [
        ("http://127.0.0.1/x", "127.0.0.1", WriteForbidden),
        ("http://[::1]/x", "::1", WriteForbidden),
        ("http://169.254.169.254/latest", "169.254.169.254", WriteForbidden),
        ("http://localhost:8000/", "localhost", WriteForbidden),
        ("http://10.1.2.3/", "", WriteForbidden),
        ("ftp://example.org/x", "example.org", InputError),
        ("file:///etc/passwd", "", InputError),
        ("http://example.org:99999/", "example.org", InputError),
    ],
)
def test_addresses_inside_are_never_fetched(url: str, allow: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetching.fetch_document(url, allow)
