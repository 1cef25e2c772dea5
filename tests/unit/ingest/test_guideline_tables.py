"""Tables of guideline documents as people really keep them: they import as they are, and the
counts per principle and region come out exactly.

The expectations are made while the cells are written, from the meaning that a curator would give
them; nothing of the product is asked.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from asking import GRAPH, values

from kg.analysis.coverage import coverage
from kg.ingest.carrying import ImportOptions, import_files
from kg.projection import Filters, Projection
from kg.store import GraphStore

COLUMNS = ["id", "title", "publisher", "publisher_type", "country", "year", "url", "binding",
           "principles"]
PRINCIPLES = {
    "accountability": ["Accountability", "ACCOUNTABILITY", "Accountability/Liability"],
    "autonomy": ["Autonomy", "freedom", "Freedom/Autonomy/Democratic Values"],
    "beneficence": ["Beneficence", "Non-maleficence", "beneficence/non-maleficence"],
    "childrens-rights": ["Children's rights", "childrens rights", "Childrens_Rights",
                         "Children’s Rights", "childrensrights"],
    "cooperation": ["Cooperation", "Fair competition", "open source"],
    "diversity-inclusion": ["Diversity and inclusion", "Diversity & Inclusion",
                            "diversity_inclusion", "Diversity/Inclusion/Pluralism/Accessibility"],
    "fairness": ["Fairness", "Non-discrimination", "Justice/Equity/Fairness/Non-discrimination"],
    "human-centeredness": ["Human-centredness", "Human-centeredness", "human centeredness",
                           "HUMAN_CENTEREDNESS"],
    "human-formation-education": ["Human formation and education", "Human Formation/Education",
                                  "human_formation_education", "Education"],
    "human-rights": ["Human rights", "Dignity/Human Rights", "human_rights", "HumanRights"],
    "intellectual-property": ["Intellectual property", "Intellectual Property", "copyright"],
    "labor-rights": ["Labour rights", "Labor Rights", "labor_rights", "LABOR-RIGHTS"],
    "privacy": ["Privacy", "PRIVACY", "data protection", "https://w3id.org/equipoise/id/principle/privacy"],
    "reliability-safety": ["Reliability and safety", "Reliability & Safety", "reliability_safety",
                           "Reliability/Safety/Security/Trustworthiness"],
    "sustainability": ["Sustainability", "sustainability "],
    "transparency": ["Transparency", "Explainability", "Transparency/Explainability/Auditability"],
    "truthfulness": ["Truthfulness", "truthfulness", "honesty"],
}
"""Pivot id → other ways to write it."""
_AMERICA = ("001", "019", "021")
_EAST_ASIA = ("001", "142", "030")
COUNTRIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "US": (_AMERICA, ("US", "USA", "usa", "United States", "United States of America", "U.S.",
                      "the United States")),
    "GB": (("001", "150", "154"), ("GB", "GBR", "UK", "U.K.", "United Kingdom", "England",
                                   "Great Britain")),
    "KR": (_EAST_ASIA, ("KR", "KOR", "South Korea", "Korea, Republic of", "Republic of Korea")),
    "RU": (("001", "150", "151"), ("RU", "RUS", "Russia", "Russian Federation")),
    "CZ": (("001", "150", "151"), ("CZ", "CZE", "Czech Republic", "Czechia")),
    "HK": (_EAST_ASIA, ("HK", "HKG", "Hong Kong", "Hong Kong SAR", "Hong Kong (China)")),
    "VA": (("001", "150", "039"), ("VA", "VAT", "Vatican", "Vatican City", "Holy See")),
    "CN": (_EAST_ASIA, ("CN", "CHN", "China", "People's Republic of China", "PRC")),
    "DE": (("001", "150", "155"), ("DE", "DEU", "Germany", "germany", "Deutschland")),
    "BR": (("001", "019", "419", "005"), ("BR", "BRA", "Brazil", "Brasil")),
    "AE": (("001", "142", "145"), ("AE", "ARE", "UAE", "United Arab Emirates")),
    "XZ": (("001",), ("XZ", "International", "Global", "Worldwide", "European Union", "EU",
                      "worldwide", "Supranational")),
}
NO_COUNTRY = ("", "", "n/a", "-", "unknown", "Atlantis", "various planets")
YEARS: dict[Any, str] = {
    "": "", "n.d.": "", "n/a": "", "2019": "2019", "2019.0": "2019", 2018: "2018", 2017.0: "2017",
    "2018-2019": "", "c. 2016": "2016", "May 2020": "2020", "2018-05-03": "2018",
    "forthcoming": "", "03/05/2021": "2021",
}
BINDINGS: dict[Any, str] = {
    "": "", "yes": "true", "no": "false", "TRUE": "true", "False": "false", "0": "false",
    "1": "true", "non-binding": "false", "Non-Binding": "false", "legally binding": "true",
    "soft law": "false", "Voluntary": "false", "not legally binding": "false", "partly": "",
    "hard law": "true", "n/a": "", "recommendation?": "", "Binding (statute)": "true",
}
ADDRESSES = {
    "": "", "https://example.org/a.pdf": "https://example.org/a.pdf",
    "www.example.org/b": "https://www.example.org/b", "example.org": "https://example.org",
    "https://example.org/AI principles.pdf": "https://example.org/AI%20principles.pdf",
    " https://example.org/c ": "https://example.org/c", "not online": "", "principles.pdf": "",
    "https://example.org/x (accessed 2019)": "", "HTTPS://example.org/d": "https://example.org/d",
    "http://example.org/x?a=1;b=2": "http://example.org/x?a=1;b=2", "n/a": "",
}
TYPES = [
    "government", "Governmental agency", "Governmental agencies", "Government Institution/Agency",
    "igo", "Intergovernmental", "IGO/supra-national", "academia", "Academic institution",
    "private corporation", "Companies", "Private sector", "NGO", "CSO/NGO", "Non-profit",
    "Professional association", "Think tank", "Religious organisation", "Trade union", "Mixed",
    "Public-private partnership", "government; company", "", "other", "n/a",
]
PUBLISHERS = [
    "", "Google", "Google LLC", "Google Inc.", "google", "Microsoft; IBM", "OECD",
    "Organisation for Economic Co-operation and Development (OECD)", "UNESCO", "Mïnistère d’Été",
    "Ministry of Health, Labour and Welfare", "Department for Culture, Media & Sport",
    "Johnson, Smith and Partners, LLP", "Body of 1", "Body of 2\nBody of 3", "AT&amp;T", "百度",
    'The "Good AI" Council', "Ministry of\nJustice", "Church of England",
]
TITLES = [
    "AI principles", "AI principles", 'The "ethics" of AI', "Éthique de l’IA : principes, règles",
    "人工智能伦理规范", "A title\nover two lines", "Responsible AI; a charter", "Why? & how | AI",
]


@dataclass
class Expected:
    """What a curator would count."""

    documents: int = 0
    principles: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    facts: dict[str, Counter[str]] = field(
        default_factory=lambda: {"year": Counter(), "binding": Counter(), "url": Counter()}
    )


def _documents(seed: int, rows: int) -> tuple[list[list[Any]], Expected]:
    draw = random.Random(seed)
    table, expected = [], Expected(documents=rows)
    separators = draw.choice([[";"], [","], ["|"], ["; "], [", "], [" ; ", ";"], [" | "], ["\n"],
                              ["; ", ", ", "|"]])
    spelling = draw.choice(["ids", "any", "any"])
    for number in range(rows):
        chosen = draw.sample(sorted(PRINCIPLES), draw.choice([0, 1, 2, 3, 5, 9, 17]))
        written = [
            name if spelling == "ids" else draw.choice([name, *PRINCIPLES[name]])
            for name in chosen
        ]
        if written and draw.random() < 0.1:
            written.append(written[0])
        cell = draw.choice(separators).join(written) if written else draw.choice(["", "-", "none"])
        codes = draw.sample(sorted(COUNTRIES), draw.choice([0, 1, 1, 1, 1, 2, 3]))
        names = [draw.choice(COUNTRIES[code][1]) for code in codes]
        plain = [name for name in names if "," not in name]
        mark = draw.choice(["; ", ";", "|", " | ", ", ", "/", " and "])
        if len(plain) < len(names) or any("and" in name for name in names):
            mark = "; "
        country = mark.join(names) if names else draw.choice(NO_COUNTRY)
        year, binding = draw.choice(list(YEARS)), draw.choice(list(BINDINGS))
        address = draw.choice(list(ADDRESSES))
        table.append([
            draw.choice([number + 1, f"doc-{number}", f"Doc {number}/{seed}", f"指南-{number}"]),
            draw.choice(TITLES), draw.choice(PUBLISHERS), draw.choice(TYPES), country, year,
            address, binding, cell,
        ])
        expected.principles.update(chosen)
        regions = {region for code in codes for region in COUNTRIES[code][0]}
        expected.pairs.update((name, region) for name in chosen for region in regions)
        for fact, value in (("year", YEARS[year]), ("binding", BINDINGS[binding]),
                            ("url", ADDRESSES[address])):
            if value:
                expected.facts[fact][value] += 1
    return table, expected


def _write_csv(path: Path, table: list[list[Any]], draw: random.Random) -> Path:
    extra = draw.random() < 0.5
    header = [*COLUMNS, "Original title", "summary_en", "notes1", "title_original"]
    order = list(range(len(header)))
    if draw.random() < 0.5:
        draw.shuffle(order)
    if not extra:
        order = [index for index in order if index < len(COLUMNS)]
    encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16"])
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.writer(stream, delimiter=draw.choice([",", ";", "\t"]))
        writer.writerow([header[index] for index in order])
        for row in table:
            full = [*row, "x; y", "zwei, drei", "4", "ü"]
            writer.writerow([full[index] for index in order])
    return path


def _write_xlsx(path: Path, table: list[list[Any]], draw: random.Random) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Guidelines"
    if draw.random() < 0.5:
        sheet.append(["Our collection of guidelines"])
        sheet.merge_cells("A1:C1")
    sheet.append([*(name.replace("_", " ").title() for name in COLUMNS), "Comment of the editor"])
    for row in table:
        sheet.append([*(None if cell == "" else cell for cell in row), "seen"])
    book.save(path)
    return path


@pytest.mark.parametrize("seed", range(8))
def test_two_hundred_documents_count_exactly(
    store: GraphStore, tmp_path: Path, seed: int
) -> None:
    table, expected = _documents(seed, 200)
    draw = random.Random(seed)
    written = (
        _write_xlsx(tmp_path / "guides.xlsx", table, draw)
        if seed % 3 == 2
        else _write_csv(tmp_path / "guides.csv", table, draw)
    )
    report = import_files(store, [written], ImportOptions(dataset="guides"))
    assert not report.findings.failed
    assert report.files[0].taken == 200
    counted = coverage(
        Projection.open(store),
        "principle",
        "region",
        unit="framework",
        filters=Filters(datasets=(f"{GRAPH}guides",)),
    )
    assert counted.total_units == expected.documents
    totals = {
        member.notation: int(total)
        for member, total in zip(counted.rows, counted.row_totals, strict=True)
    }
    assert totals == {name: expected.principles[name] for name in PRINCIPLES}
    pairs = {
        (row.notation, col.notation): int(counted.cells[i, j])
        for i, row in enumerate(counted.rows)
        for j, col in enumerate(counted.cols)
        if counted.cells[i, j]
    }
    assert pairs == dict(expected.pairs)
    for fact, predicate in (("year", "eq:year"), ("binding", "eq:binding"),
                            ("url", "schema:url")):
        found = Counter(
            value
            for (value,) in values(
                store,
                f"SELECT ?v {{ GRAPH <{GRAPH}guides> {{ ?d a eq:PrincipleFramework ; "
                f"{predicate} ?v }} }}",
            )
        )
        assert found == expected.facts[fact], fact
