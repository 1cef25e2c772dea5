"""Which sentences the report says, and what its catalogues make of them.

Run as a program, it brings the catalogues up to date with the code: new sentences are added
without a translation, dead ones are dropped, and translations stay.
"""

from __future__ import annotations

import ast
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from kg.report.catalogue import LOCALES, Entry, read_entries
from kg.report.language import LANGUAGES

SOURCES = Path(LOCALES).parent
OTHERS = LANGUAGES[1:]


@dataclass(frozen=True)
class Said:
    """A sentence in the code: where, its plural or an empty string, and the values it is given.

    ``given`` is ``None`` where it is only marked, or where values come in a mapping.
    """

    message: str
    plural: str
    place: str
    given: frozenset[str] | None


def said() -> list[Said]:
    """Every sentence of the report, in the order of files and lines."""
    found = []
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (forms := _forms(node)):
                place = f"kg/report/{path.name}:{node.lineno}"
                found.append(Said(*forms, place, _given(node)))
    return sorted(found, key=lambda item: (item.place.split(":")[0], int(item.place.split(":")[1])))


def _forms(call: ast.Call) -> tuple[str, str] | None:
    """The sentence of ``say(…)``, ``say.count(…)``, ``message(…)`` and ``plural(…)``."""
    target = call.func
    name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    of = getattr(target, "value", None)
    owner = of.id if isinstance(of, ast.Name) else getattr(of, "attr", "")
    wanted = 0
    if name in ("say", "_say", "message"):
        wanted = 1
    elif name == "plural" or (name == "count" and owner in ("say", "_say")):
        wanted = 2
    texts = [arg.value for arg in call.args[:wanted] if isinstance(arg, ast.Constant)]
    if not wanted or len(texts) != wanted or not all(isinstance(text, str) for text in texts):
        return None
    return (str(texts[0]), str(texts[1]) if wanted == 2 else "")


def _given(call: ast.Call) -> frozenset[str] | None:
    target = call.func
    name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    if name in ("message", "plural") or any(word.arg is None for word in call.keywords):
        return None
    names = {word.arg for word in call.keywords if word.arg}
    return frozenset(names | ({"number"} if name == "count" else set()))


def messages() -> dict[tuple[str, str], list[str]]:
    """Each sentence once, with the files that say it."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in said():
        files = found.setdefault((item.message, item.plural), [])
        file = item.place.split(":")[0]
        if file not in files:
            files.append(file)
    return found


def fields(sentence: str) -> list[str]:
    """The placeholders of a sentence with their formats, sorted: ``{cases:,}``."""
    return sorted(
        f"{{{name}{':' + spec if spec else ''}}}"
        for _, name, spec, _ in string.Formatter().parse(sentence)
        if name is not None
    )


def written(header: str, entries: dict[tuple[str, str], tuple[list[str], Entry | None]]) -> str:
    """A catalogue as text."""
    blocks = [f'msgid ""\nmsgstr ""\n{_quoted_lines(header)}']
    for (one, many), (files, entry) in entries.items():
        lines = [f"#: {file}" for file in files]
        lines.append(f"msgid {_quoted(one)}")
        translations = entry.translations if entry else {}
        if many:
            lines.append(f"msgid_plural {_quoted(many)}")
            lines += [f"msgstr[{n}] {_quoted(translations.get(n, ''))}" for n in range(2)]
        else:
            lines.append(f"msgstr {_quoted(translations.get(0, ''))}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _quoted_lines(text: str) -> str:
    return "\n".join(_quoted(line) for line in text.splitlines(keepends=True))


def update(path: Path) -> int:
    """Bring one catalogue up to date; gives the number of sentences without a translation."""
    header, *known = read_entries(path)
    kept = {(entry.message, entry.plural): entry for entry in known}
    entries = {key: (files, kept.get(key)) for key, files in messages().items()}
    path.write_text(written(header.translations[0], entries), encoding="utf-8")
    return sum(
        entry is None or not all(entry.translations.values()) for _, entry in entries.values()
    )


if __name__ == "__main__":
    for code in OTHERS:
        missing = update(LOCALES / f"{code}.po")
        sys.stdout.write(f"{code}.po: {missing} sentences to translate\n")
