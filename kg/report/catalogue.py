"""Catalogues of translated sentences: gettext ``.po`` files, read as they stand.

A ``.po`` file is what translators and their tools write. It is packed in memory into the binary
form that :mod:`gettext` reads, so there is no compiled file to build, ship or forget. Lookup and
plural rules are those of the standard library.
"""

from __future__ import annotations

import ast
import gettext
import io
import struct
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from kg.errors import InputError

LOCALES: Final = Path(__file__).with_name("locales")
_MAGIC: Final = 0x950412DE


@dataclass
class Entry:
    """One message of a catalogue.

    Attributes:
        message: The English sentence.
        plural: Its English plural, or empty.
        translations: One, or one per plural form; empty where there is none yet.
    """

    message: str = ""
    plural: str = ""
    translations: dict[int, str] = field(default_factory=dict)


def read_entries(path: Path) -> list[Entry]:
    """The entries of a ``.po`` file in order, its header first.

    Raises:
        InputError: A line that is none of the format, with its number.
    """
    entries: list[Entry] = []
    parts: dict[str, str] = {}
    keyword = ""

    def finish() -> None:
        if "msgid" in parts:
            found = {
                int(name[7:-1] or 0) if name != "msgstr" else 0: text
                for name, text in parts.items()
                if name.startswith("msgstr")
            }
            entries.append(Entry(parts["msgid"], parts.get("msgid_plural", ""), found))
        parts.clear()

    lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        name, _, text = line.partition(" ")
        if line.startswith('"'):
            name, text = keyword, line
        elif name == "msgid":
            finish()
        try:
            value = ast.literal_eval(text)
        except (SyntaxError, ValueError) as error:
            raise InputError(f"{path.name}, line {number}: not a line of a .po file") from error
        parts[name] = parts.get(name, "") + value
        keyword = name
    finish()
    return entries


@cache
def catalogue(path: Path) -> gettext.NullTranslations:
    """The translations of a ``.po`` file. Cost: some milliseconds, once a process."""
    packed: dict[bytes, bytes] = {}
    for entry in read_entries(path):
        key = f"{entry.message}\0{entry.plural}" if entry.plural else entry.message
        forms = [entry.translations[place] for place in sorted(entry.translations)]
        if all(forms):
            packed[key.encode()] = "\0".join(forms).encode()
    return gettext.GNUTranslations(io.BytesIO(_binary(packed)))


def _binary(messages: dict[bytes, bytes]) -> bytes:
    """Messages in the layout of a ``.mo`` file (GNU gettext manual, section 10.3)."""
    keys = sorted(messages)
    start = 7 * 4 + 16 * len(keys)
    tables: list[int] = []
    body = b""
    for texts in (keys, [messages[key] for key in keys]):
        for text in texts:
            tables += [len(text), start + len(body)]
            body += text + b"\0"
    head = (_MAGIC, 0, len(keys), 28, 28 + 8 * len(keys), 0, 28 + 16 * len(keys))
    return struct.pack(f"<7I{len(tables)}I", *head, *tables) + body
