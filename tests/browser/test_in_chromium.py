"""Every kind of page in a browser: quiet, self-contained, accessible, and usable on a phone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser

QUERY = quote("SELECT ?case ?goal { ?case eq:supports ?goal } ORDER BY ?case LIMIT 20")
PAGES = [
    "/",
    "/?rows=region&cols=status&polarity=negative",
    "/gaps",
    "/cases",
    "/frameworks",
    "/crosswalk",
    "/network",
    "/sdg",
    "/technologies",
    "/search?q=privacy",
    "/id/case/sensetime-ethnic-profiling-allegations",
    "/id/framework/sensetime-2021",
    "/id/principle/privacy",
    "/id/principle/sensetime-2021-human-centric",
    "/sdg/10",
    "/sdg/7.3",
    "/id/technology/computer-vision",
    "/id/organisation/sensetime",
    "/id/claim/entity-list-2019",
    "/id/document/sensetime-ai-ethics-for-balanced-development-2021",
    "/dataset/cases",
    "/ontology",
    "/datasets",
    "/api",
    "/sparql",
    f"/sparql?query={QUERY}&format=html",
    "/link",
    "/id/case/there-is-none",
]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_quiet_selfcontained_accessible_and_narrow(
    browser: Any, site: str, axe: str, path: str
) -> None:
    visit = browser.open(path)
    assert browser.run("return document.querySelectorAll('h1').length") == 1
    assert browser.run("return document.documentElement.lang") == "en"
    missing = path.endswith("there-is-none")
    assert [text for text in visit.complaints if not (missing and "404" in text)] == []
    foreign = [url for url in visit.requests if not url.startswith((site, "data:"))]
    assert visit.requests
    assert foreign == []
    assert browser.audit(axe) == []
    browser.resize(browser.PHONE)
    wide = browser.run(
        "return [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, pre,"
        " .hidden, .skip')).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"
    )
    assert browser.run("return document.documentElement.scrollWidth") <= browser.PHONE, wide


@pytest.mark.parametrize("query", ["", "?polarity=negative&cols=status", "?rows=technology"])
def test_a_cell_leads_to_as_many_cases_as_it_counts(browser: Any, query: str) -> None:
    browser.open(f"/{query}")
    cells: list[Any] = browser.driver.find_elements(
        "css selector", "table.matrix tbody tr:not(.total) td:not(.total) a"
    )
    assert cells
    cell = max(cells[:80], key=lambda cell: int(cell.text))
    count = int(cell.text)
    browser.follow(cell)
    heading = browser.driver.find_element("css selector", "h1").text
    assert heading == f"{count} case{'' if count == 1 else 's'}"
    assert len(browser.driver.find_elements("css selector", "li.case")) == min(count, 100)


def test_a_case_page_shows_links_with_evidence_and_leads_to_its_sources(browser: Any) -> None:
    browser.open("/id/case/sensetime-ethnic-profiling-allegations")
    links: list[Any] = browser.driver.find_elements("css selector", "article.link")
    assert len(links) >= 6
    for link in links:
        assert link.find_element("css selector", "h3 a").text
        assert "objects." in link.text
        source = link.find_element("css selector", ".sources a[href^='#']")
        target = source.get_attribute("href").rsplit("#", 1)[-1]
        assert browser.driver.find_element("id", target).text
    first = links[0].find_element("css selector", ".sources a[href^='#']")
    first.click()
    assert browser.driver.current_url.endswith(first.get_attribute("href").rsplit("#", 1)[-1])


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Any) -> None:
    from selenium.webdriver import ActionChains, Keys

    browser.open("/")
    seen = []
    for _ in range(24):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        here = browser.run(
            "const e = document.activeElement, s = getComputedStyle(e), r = "
            "e.getBoundingClientRect(); return {tag: e.tagName, text: e.textContent.trim().slice("
            "0, 40), outline: s.outlineStyle, width: parseFloat(s.outlineWidth), seen: r.left >= 0"
            " && r.right <= innerWidth + 1 && r.width > 0, href: e.getAttribute('href')}"
        )
        assert here["outline"] != "none", here
        assert here["width"] >= 2, here
        assert here["seen"], here
        seen.append(here)
    assert seen[0]["href"] == "#main"
    assert {"A", "INPUT", "SELECT", "BUTTON"} <= {here["tag"] for here in seen}


def test_filters_of_the_case_list_work(browser: Any) -> None:
    from selenium.webdriver.support.ui import Select

    browser.open("/cases")
    choice = Select(browser.driver.find_element("css selector", "select[name=goal]"))
    option = next(o for o in choice.options if o.text.startswith("10 "))
    name = option.text
    expected = int(re.findall(r"\((\d+)\)$", name)[0])
    choice.select_by_visible_text(name)
    browser.follow(browser.driver.find_element("css selector", "form.filters button"))
    heading = browser.driver.find_element("css selector", "h1").text
    assert heading == f"{expected} cases"
    chosen = Select(browser.driver.find_element("css selector", "select[name=goal]"))
    assert chosen.first_selected_option.text == name


def test_search_from_the_header_finds_things(browser: Any) -> None:
    from selenium.webdriver import Keys

    browser.open("/")
    field = browser.driver.find_element("id", "site-search")
    field.send_keys("federated learning")
    browser.follow(field, Keys.ENTER)
    first = browser.driver.find_element("css selector", "tbody th a")
    assert first.text == "Federated learning"
    browser.follow(first)
    assert browser.driver.current_url.endswith("/id/technology/federated-learning")


def test_a_gap_can_be_checked_by_its_query(browser: Any) -> None:
    browser.open("/gaps")
    gap = browser.driver.find_element("css selector", "ol.gaps > li")
    observed = int(gap.find_element("css selector", ".figures b").text)
    gap.find_element("css selector", "summary").click()
    browser.follow(gap.find_element("link text", "Run it"))
    cells = browser.driver.find_elements("css selector", "#results td")
    assert [cell.text for cell in cells] == [str(observed)]


def test_pages_print_without_navigation(browser: Any) -> None:
    browser.open("/id/case/sensetime-ethnic-profiling-allegations")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = browser.run(
        "return ['header.site', 'form'].every(s => [...document.querySelectorAll(s)]"
        ".every(e => e.getClientRects().length === 0))"
    )
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert hidden
