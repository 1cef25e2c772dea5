"""The report and the graph page in a real browser: accessible, self-contained, usable."""

from __future__ import annotations

from typing import Any

import pytest

from kg.export import Selection, export
from kg.projection import Filters, Projection
from kg.report.building import build_report
from kg.report.formats import REPORT_FORMATS
from kg.report.options import ReportOptions
from kg.store import GraphStore

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(shipped: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One country's report: every kind of block, and short enough for a full audit."""
    country = Projection.open(shipped).resolve("country", "AE")
    model = build_report(shipped, ReportOptions(filters=Filters(countries=(country,))))
    path = tmp_path_factory.mktemp("report") / "report.html"
    with path.open("wb") as out:
        REPORT_FORMATS["html"].write(model, out)
    return path.as_uri()


@pytest.fixture(scope="module")
def graph(shipped: GraphStore, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("graph") / "graph.html"
    with path.open("wb") as out:
        export(shipped, "html", out, Selection(graph="concepts"))
    return path.as_uri()


def visited(browser: Any, address: str, width: int = 1280) -> Any:
    """Open a file, not a page of the site."""
    root, browser.root = browser.root, ""
    try:
        return browser.open(address, width)
    finally:
        browser.root = root


@pytest.mark.parametrize("page", ["report", "graph"])
def test_nothing_leaves_the_file(
    browser: Any, request: pytest.FixtureRequest, page: str
) -> None:
    address = request.getfixturevalue(page)
    visit = visited(browser, address)
    assert set(visit.requests) <= {address}
    assert visit.complaints == []


@pytest.mark.parametrize("page", ["report", "graph"])
def test_axe_finds_nothing_serious(
    browser: Any, request: pytest.FixtureRequest, axe: str, page: str
) -> None:
    visited(browser, request.getfixturevalue(page))
    # A report is a long page: its audit takes some ten seconds on a free machine.
    browser.driver.set_script_timeout(180)
    assert browser.audit(axe) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_report_never_scrolls_sideways(browser: Any, report: str, width: int) -> None:
    visited(browser, report, width)
    wide = browser.run(
        "const room = document.documentElement.clientWidth;"
        "return [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, pre') &&"
        " e.getBoundingClientRect().right > room + 1).map(e => e.outerHTML).slice(0, 3)"
    )
    assert wide == []
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_a_number_leads_to_its_cases(browser: Any, report: str) -> None:
    visited(browser, report)
    text = browser.run(
        "const link = document.querySelector('#matrix-positive-table a');"
        "const row = document.getElementById(link.getAttribute('href').slice(1));"
        "return [link.textContent, row.querySelectorAll('td:last-child a').length];"
    )
    assert int(text[0]) == text[1]


def test_finding_a_node_shows_its_neighbours(browser: Any, graph: str) -> None:
    visited(browser, graph)
    browser.run(
        "const find = document.getElementById('find'); find.value = 'Transparency';"
        "find.dispatchEvent(new Event('input'));"
    )
    assert browser.run("return document.querySelector('#about h2').textContent") == "Transparency"
    faint = browser.run("return document.querySelectorAll('[data-n].faint').length")
    ties = browser.run("return document.querySelectorAll('#about li').length")
    assert faint > 0
    assert ties > 10
    browser.run("document.getElementById('reset').click()")
    assert browser.run("return document.querySelectorAll('.faint').length") == 0


def test_kinds_can_be_switched_off(browser: Any, graph: str) -> None:
    visited(browser, graph)
    browser.run("document.querySelector('#kinds input[value=technology]').click()")
    hidden = browser.run(
        "return [...document.querySelectorAll('[data-n]')]"
        ".filter(g => g.style.display === 'none').length"
    )
    assert hidden > 10
