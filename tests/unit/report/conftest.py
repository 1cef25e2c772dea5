"""A report of the shipped graph, and a small one made of awkward texts."""

from __future__ import annotations

import pytest

from kg.export.drawing import Canvas
from kg.report.building import build_report
from kg.report.document import (
    Cell,
    Code,
    Column,
    Figure,
    Heading,
    Items,
    ReportModel,
    Section,
    Span,
    Table,
    linked,
    paragraph,
)
from kg.store import GraphStore

AWKWARD = (
    """quotes "a" 'b' `c`""",
    "<b>bold</b> & ]]> <!-- x -->",
    "line one\nline two",
    "\x00\x0b control \ufffe",
    "العدالة 公平 👩🏽‍⚕️ \u202eabc\u202c",
    "#set page() #panic() $x$ _a_ *b* [c](d) | pipe \\ backslash",
    "=1+1",
    "+49 30 1234",
    "-5 below",
    "@mention",
    "word " * 2000,
    "https://example.org/<x>|y",
)


@pytest.fixture(scope="session")
def model(shipped: GraphStore) -> ReportModel:
    """The report of the shipped graph with plain options."""
    return build_report(shipped)


@pytest.fixture
def awkward() -> ReportModel:
    """Every kind of block, full of awkward texts."""
    canvas = Canvas(120, 60, AWKWARD[1], AWKWARD[3])
    canvas.text(5, 30, AWKWARD[4])
    canvas.rect(0, 0, 20, 20, fill=canvas.hatch("h"), title=AWKWARD[0])
    texts = Table(
        "texts-table",
        AWKWARD[1],
        (Column("text", "Text"), Column("n", "Number", "int"), Column("share", "Share", "share"),
         Column("q", "q", "p"), Column("rich", "Rich")),
        tuple(
            (Cell(text, "https://example.org/a?b=<c>&d"), Cell(n), Cell(n / 20), Cell(None),
             linked(Span("C1", "#row-1"), Span(text, "javascript:alert(1)")))
            for n, text in enumerate(AWKWARD)
        ),
        shade=("n",),
        note=AWKWARD[2],
        anchors=tuple(f"row-{n}" for n in range(len(AWKWARD))),
    )
    hidden = Table("hidden", "Only in workbooks", (Column("a", "A"),), ((Cell("x"),),),
                   workbook_only=True)
    return ReportModel(
        title=AWKWARD[1],
        subtitle=AWKWARD[0],
        author=AWKWARD[4],
        lang="en",
        date="2026-01-02",
        created="2026-01-02T03:04:05.678+00:00",
        meta={"Command": AWKWARD[5]},
        sections=(
            Section(
                "summary",
                AWKWARD[5],
                (
                    paragraph("See ", Span(AWKWARD[1], "#texts-table", strong=True), AWKWARD[2]),
                    Heading(AWKWARD[4], "sub"),
                    Items(tuple((Span(text),) for text in AWKWARD[:6]), ordered=True),
                    Items(((Span("one"),),)),
                    Code("```\n" + AWKWARD[5]),
                    Figure("picture", canvas.svg(), AWKWARD[0], AWKWARD[1]),
                    texts,
                    hidden,
                ),
            ),
        ),
        findings={"text": AWKWARD[3]},
    )
