"""Reports in other languages: catalogues complete, no sentence left in English, data marked."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from messages import OTHERS, fields, messages, said, written

from kg import vocabulary as v
from kg.analysis.gap_context import Choices
from kg.analysis.gaps import gaps
from kg.analysis.scope import Scope
from kg.errors import InputError
from kg.export.raster import png_of
from kg.projection import Filters, Projection
from kg.report import catalogue
from kg.report.building import build_report
from kg.report.catalogue import LOCALES, Entry, read_entries
from kg.report.document import Figure, ReportModel, shown
from kg.report.findings import frameworks_of
from kg.report.foreign import bare, foreign, pieces
from kg.report.formats import REPORT_FORMATS
from kg.report.gap_sentences import sentence
from kg.report.language import ENGLISH, LANGUAGES, language
from kg.report.options import ReportOptions
from kg.report.writing_pdf import _Source
from kg.store import GraphStore

PSEUDO = "qps"
BEGIN, END = "⟦", "⟧"


@pytest.fixture(scope="module", params=OTHERS)
def translated(request: pytest.FixtureRequest, shipped: GraphStore) -> ReportModel:
    """The report of the shipped graph in each other language."""
    return build_report(shipped, ReportOptions(lang=request.param))


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A language in which every sentence is its English in brackets."""
    header = f"Content-Type: text/plain; charset=UTF-8\nLanguage: {PSEUDO}\n"
    header += "Plural-Forms: nplurals=2; plural=(n != 1);\n"
    entries = {
        (one, many): (
            files,
            Entry(one, many, {place: f"{BEGIN}{text}{END}" for place, text in
                              enumerate((one, many) if many else (one,))}),
        )
        for (one, many), files in messages().items()
    }
    (tmp_path / f"{PSEUDO}.po").write_text(written(header, entries), encoding="utf-8")
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path)
    monkeypatch.setattr("kg.report.language.LANGUAGES", (*LANGUAGES, PSEUDO))
    yield PSEUDO
    language.cache_clear()


def entries_of(code: str) -> dict[tuple[str, str], Entry]:
    return {
        (entry.message, entry.plural): entry for entry in read_entries(LOCALES / f"{code}.po")[1:]
    }


def file_of(model: ReportModel, name: str) -> bytes:
    out = io.BytesIO()
    REPORT_FORMATS[name].write(model, out)
    return out.getvalue()


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_has_a_translation_and_no_translation_is_dead(code: str) -> None:
    entries, wanted = entries_of(code), messages()
    assert set(entries) == set(wanted)
    assert len(entries) > 600
    forms = {len(entry.translations) for (_, many), entry in entries.items() if many}
    assert forms == {2}
    empty = [key for key, entry in entries.items() if not all(entry.translations.values())]
    assert empty == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_is_as_its_tool_writes_it(code: str) -> None:
    path = LOCALES / f"{code}.po"
    header, *_ = read_entries(path)
    entries = entries_of(code)
    kept = {key: (files, entries[key]) for key, files in messages().items()}
    assert path.read_text(encoding="utf-8") == written(header.translations[0], kept)


@pytest.mark.parametrize("code", OTHERS)
def test_placeholders_match(code: str) -> None:
    for (one, many), entry in entries_of(code).items():
        wanted = fields(many or one)
        for place, text in entry.translations.items():
            # A singular may say the number in a word of its own: "une cible".
            free = {"{count}", "{number}", "{number:,}"} if many and place == 0 else set()
            assert set(fields(text)) - free == set(wanted) - free, (one, text)
            assert set(fields(text)) <= set(wanted), (one, text)


def test_every_sentence_is_given_the_values_it_holds() -> None:
    for item in said():
        names = {re.sub(r"[{}]|:.*", "", field) for field in fields(item.plural or item.message)}
        assert item.given is None or item.given | {"number"} == names | {"number"}, item


@pytest.mark.parametrize("code", OTHERS)
def test_translations_follow_the_typography_of_their_language(code: str) -> None:
    for entry in entries_of(code).values():
        for text in entry.translations.values():
            assert not re.search("[“”\"']", text), text
            assert "  " not in text
            assert not re.search(r"\d %|\} %", text), text
            if code == "fr":
                assert not re.search(r"(?<!\u00a0)[;?!»]", text), text
                assert not re.search(r"(?<![\u00a0\d{a-z_]):(?![,.\dg]*[fg,]?\})", text), text
                assert not re.search("«(?!\u00a0)", text), text


def test_numbers_dates_and_lists() -> None:
    fr, es = language("fr"), language("es")
    assert fr.number(1234567.5, ",.1f") == "1\u00a0234\u00a0567,5"
    assert es.number(1234.5, ",.1f") == "1234,5"
    assert es.number(12345, ",") == "12\u00a0345"
    assert [shown(0.1234, "share", say) for say in (ENGLISH, fr, es)] == [
        "12.3\u00a0%", "12,3\u00a0%", "12,3\u00a0%",
    ]
    assert shown(0.00001, "p", fr) == "<\u00a00,001"
    assert [say.date("2026-12-01") for say in (ENGLISH, fr, es)] == [
        "2026-12-01", "1er décembre 2026", "1 de diciembre de 2026",
    ]
    assert fr.listed(["a", "b", "c"]) == "a, b et c"
    assert es.listed(["Privacidad", foreign("Inclusión")]) == f"Privacidad e {foreign('Inclusión')}"
    assert es.listed(["agua", "hielo"]) == "agua y hielo"
    # Years and codes are no quantities.
    assert fr("begun in the years {first} to {last}", first=2010, last=2025).count("2010") == 1


def test_plurals_go_by_the_language() -> None:
    forms = ("{number:,} link", "{number:,} links")
    assert [language("fr").count(*forms, number) for number in (0, 1, 2)] == [
        "0 lien", "1 lien", "2 liens",
    ]
    assert [language("es").count(*forms, number) for number in (0, 1, 2)] == [
        "0 enlaces", "1 enlace", "2 enlaces",
    ]


def test_a_broken_catalogue_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text('msgid "a"\nmsgstr "b\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_entries(path)


def test_long_and_escaped_texts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "xx.po"
    path.write_text(
        '# a comment\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        '#, fuzzy\nmsgid ""\n"one "\n"two \\"three\\""\nmsgstr "un "\n"deux"\n', encoding="utf-8"
    )
    assert catalogue.catalogue(path).gettext('one two "three"') == "un deux"


def test_marks_of_data() -> None:
    text = f"7.3 {foreign('Energy')} × {foreign('Fair' + foreign('ness'))}"
    assert bare(text) == "7.3 Energy × Fairness"
    assert [piece for piece, data in pieces(text) if data] == ["Energy", "Fairness"]
    assert bare("\ufdd0 stray") == " stray"


@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices(filters=Filters(years=(2023, 2024))),
        Choices(baseline=f"{v.DATASET}cases"),
        Choices(scope=Scope(out=frozenset({f"{v.SDG}1.1", f"{v.SDG}2"}),
                            relevant=frozenset({f"{v.SDG}14.3", f"{v.SDG}14"}), name="s")),
    ],
)
def test_gaps_are_told_as_the_analysis_tells_them(shipped: GraphStore, choices: Choices) -> None:
    projection = Projection.open(shipped)
    report, frameworks = gaps(projection, choices), frameworks_of(projection)
    told = [*report.gaps, *report.within_chance]
    assert len({gap.kind for gap in told}) > 10
    for gap in told:
        assert sentence(gap, frameworks, ENGLISH) == gap.explanation


def visible(page: bytes) -> Iterator[str]:
    """Texts of a page with its attributes that are read; data and code left out."""
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(page, etree.HTMLParser(encoding="utf-8"))
    blocks = {"p", "li", "td", "th", "h1", "h2", "h3", "caption", "figcaption", "text", "title",
              "desc", "a"}

    def texts(node: Any) -> Iterator[str]:
        if node.tag in ("style", "code") or node.get("lang") == "en":
            return
        yield node.text or ""
        for child in node:
            if child.tag not in blocks or child.tag == "a":
                yield from texts(child)
            yield child.tail or ""

    for node in root.iter():
        if node.tag in blocks and node.tag != "a" and node.get("lang") != "en":
            yield "".join(texts(node))
        yield from (node.get(name, "") for name in ("title", "aria-label", "alt"))


def outside_brackets(text: str) -> str:
    kept, depth = "", 0
    for char in text:
        depth += (char == BEGIN) - (char == END)
        kept += char if not depth and char not in (BEGIN, END) else ""
    assert not depth, text
    return kept


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"level": "target", "counting": "fractional", "links": "all"},
        {"filters": Filters(years=(2023, 2024)), "baseline": f"{v.DATASET}cases"},
        {"filters": Filters(years=(1801, 1802))},
    ],
)
def test_no_fixed_sentence_stays_in_english(
    shipped: GraphStore, pseudo: str, options: dict[str, Any]
) -> None:
    model = build_report(shipped, ReportOptions(lang=pseudo, **options))
    codes = re.compile(
        r"\bq\b|\b[CS]\d+\b|\br\d{6,}\b|\bsha256:[0-9a-f]{64}\b|\d+\.[a-d]\b"
        r"|\bCC(0| BY(-SA|-NC)?) \d\.\d"
    )
    texts = list(visible(file_of(model, "html")))
    left = {codes.sub("", outside_brackets(text)) for text in texts}
    assert {text for text in left if re.search(r"[^\W\d_]", text)} == set()
    assert sum(BEGIN in text for text in texts) > 300


def test_no_writer_has_words_of_its_own(shipped: GraphStore, pseudo: str) -> None:
    limits = Filters(years=(2023, 2024))
    model = build_report(shipped, ReportOptions(lang=pseudo, filters=limits, author="A. Writer"))
    book = openpyxl.load_workbook(io.BytesIO(file_of(model, "xlsx")))
    about, columns = book.worksheets[:2]
    heads = [row[0].value for row in about.iter_rows()] + [cell.value for cell in columns[1]]
    for name in [*book.sheetnames, *filter(None, heads)]:
        assert name.startswith(BEGIN), name
    office = zipfile.ZipFile(io.BytesIO(file_of(model, "docx"))).read("word/document.xml").decode()
    texts = (file_of(model, "md").decode(), office, _Source(model).text())
    for text in texts:
        assert f"{BEGIN}Figure{END} 1." in text
        assert not re.search("(Figure|Table) [0-9]", text)
    for text in texts[1:]:
        assert f"{BEGIN}Contents{END}" in text


def test_numbers_are_the_same_in_every_language(
    translated: ReportModel, model: ReportModel
) -> None:
    for mine, theirs in zip(translated.tables(), model.tables(), strict=True):
        assert mine.id == theirs.id
        assert [c.key for c in mine.columns] == [c.key for c in theirs.columns]
        # Rows of equal rank come in the order of their labels, which differ.
        numbers = [
            Counter(
                tuple((cell.href, None if isinstance(cell.value, str) else cell.value)
                      for cell in row)
                for row in table.rows
            )
            for table in (mine, theirs)
        ]
        assert numbers[0] == numbers[1], mine.id
    assert set(translated.anchors()) == set(model.anchors())


def test_goals_principles_and_regions_are_called_as_the_graph_has_it(
    translated: ReportModel, shipped: GraphStore
) -> None:
    known = {
        row[0].value: row[1].value  # type: ignore[index, union-attr]
        for row in shipped.query(
            "SELECT ?s ?l { ?s skos:prefLabel ?l "
            f"FILTER(lang(?l) = '{translated.lang}') }}"
        )
    }
    tables = {table.id: table for table in translated.tables()}
    goals = [str(row[0].value) for row in tables["matrix-positive-table"].rows]
    assert goals == [f"{code} {known[f'{v.SDG}{code}']}" for code in range(1, 18)]
    columns = {column.label for column in tables["matrix-positive-table"].columns[1:]}
    assert columns <= set(known.values())
    assert len(columns) == 17
    places = [0, next(place for place, column in enumerate(tables["cases"].columns)
                      if column.key == "status")]
    for name, place in zip(("regions-table", "cases"), places, strict=True):
        told = {str(row[place].value) for row in tables[name].rows} - {""}
        assert told <= set(known.values()), told - set(known.values())
        assert len(told) > 3


def test_targets_technologies_and_countries_are_called_as_the_graph_has_it(
    translated: ReportModel, shipped: GraphStore
) -> None:
    rows: Any = shipped.query(
        "SELECT ?l { VALUES ?k { sdgo:Target eq:Technology eq:Country } ?x a ?k ; "
        f"skos:prefLabel ?l FILTER(lang(?l) IN ('en', '{translated.lang}')) }}"
    )
    labels = [row[0] for row in rows]
    known = {label.value for label in labels if label.language == translated.lang}
    english = {label.value for label in labels if label.language == "en"}
    page = file_of(translated, "html").decode()
    marked = {unescape(text) for text in re.findall('<span lang="en">([^<]*)</span>', page)}
    assert len(marked) > 100
    assert not marked & english
    cases = next(table for table in translated.tables() if table.id == "cases")
    place = next(n for n, column in enumerate(cases.columns) if column.key == "where")
    lists = [str(row[place].value).split(", ") for row in cases.rows if row[place].value]
    assert {name for names in lists for name in names} <= known
    first = {"fr": ["Bolivie", "Brésil", "Colombie", "Équateur"],
             "es": ["Bolivia", "Brasil", "Colombia", "Ecuador"]}  # fmt: skip
    assert first[translated.lang] in [names[:4] for names in lists]


def test_data_stay_in_their_language_and_say_so(translated: ReportModel) -> None:
    page = file_of(translated, "html").decode()
    assert f'<html lang="{translated.lang}">' in page
    titles = {str(row[1].value) for row in
              next(table for table in translated.tables() if table.id == "cases").rows}
    assert all(title == foreign(title) for title in titles)
    assert page.count('<span lang="en">') > 1000
    figures = [block for section in translated.sections for block in section.blocks
               if isinstance(block, Figure)]
    grid = next(figure for figure in figures if figure.id == "crosswalk")
    assert 'lang="en"' in grid.svg
    assert png_of(grid.svg)


@pytest.mark.parametrize("name", [name for name in REPORT_FORMATS if name != "pdf"])
def test_no_mark_reaches_a_file(translated: ReportModel, name: str) -> None:
    data = file_of(translated, name)
    parts = [data]
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = [archive.read(item) for item in archive.namelist() if not item.endswith(".png")]
    for part in parts:
        assert "\ufdd0".encode() not in part
        assert "\ufdd1".encode() not in part


def test_no_mark_reaches_the_typesetter(translated: ReportModel) -> None:
    # The PDF itself is compressed, where three bytes may be any three bytes.
    source = _Source(translated).text()
    assert 'text(lang: "en", ' in source
    assert not {"\ufdd0", "\ufdd1"} & set(source)


def test_office_files_name_their_language(translated: ReportModel) -> None:
    code = translated.lang
    document = zipfile.ZipFile(io.BytesIO(file_of(translated, "docx")))
    named = re.compile(rf"<dc:language[^>]*>{code}</dc:language>".encode())
    assert named.search(document.read("docProps/core.xml"))
    styles = document.read("word/styles.xml").decode()
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]*)"', styles)) == {f"{code}-{code.upper()}"}
    assert b'<w:lang w:val="en-US"/>' in document.read("word/document.xml")
    workbook = zipfile.ZipFile(io.BytesIO(file_of(translated, "xlsx")))
    assert named.search(workbook.read("docProps/core.xml"))


def test_a_pdf_names_its_language(translated: ReportModel) -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(file_of(translated, "pdf")))
    assert reader.trailer["/Root"]["/Lang"] == translated.lang
