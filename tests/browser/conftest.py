"""A real browser on a real server: headless Chromium against the application on a free port."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from kg.settings import Settings
from kg.web import create_app

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--force-prefers-reduced-motion",
)


@dataclass
class Visit:
    """What happened while a page was opened."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Browser:
    """Chromium with what the tests ask of it; widths are CSS pixels."""

    PHONE = 360

    def __init__(self, driver: Any, root: str) -> None:
        self.driver, self.root = driver, root

    def open(self, path: str, width: int = 1280) -> Visit:
        """Open a page and wait until it is loaded."""
        self.resize(width)
        self._logs()
        self.driver.get(self.root + path)
        return self._logs()

    def follow(self, element: Any, keys: str = "") -> None:
        """Click an element, or press keys in it, and wait until the next page is loaded."""
        from selenium.webdriver.support.ui import WebDriverWait

        self.run("window.isLeft = true")
        if keys:
            element.send_keys(keys)
        else:
            element.click()
        WebDriverWait(self.driver, 20).until(
            lambda _: self.run("return !window.isLeft && document.readyState === 'complete'")
        )

    def resize(self, width: int) -> None:
        """The width of the page, in CSS pixels."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript in the page."""
        return self.driver.execute_script(script, *arguments)

    def audit(self, axe: str) -> list[str]:
        """Serious and critical findings of axe-core."""
        if not self.run("return typeof axe === 'object'"):
            self.run(axe)
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations'], "
            "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
            ".then(done, error => done({violations: [{impact: 'critical', id: String(error),"
            " nodes: []}]}));"
        )
        return [
            f"{item['id']}: {node['target']} {node.get('failureSummary', '')}"
            for item in found["violations"]
            if item["impact"] in {"serious", "critical"}
            for node in item["nodes"] or [{"target": ""}]
        ]

    def _logs(self) -> Visit:
        visit = Visit()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                visit.requests.append(message["params"]["request"]["url"])
        for entry in self.driver.get_log("browser"):
            visit.complaints.append(f"{entry['level']} {entry['message']}")
        return visit


@pytest.fixture(scope="session")
def site(shipped_store: Path) -> Iterator[str]:
    """Address of the application serving the shipped graph."""
    app = create_app(Settings(store=str(shipped_store)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver_path = shutil.which("chromedriver")
    if not chromium or not driver_path:
        pytest.skip("Chromium and ChromeDriver are not installed; .ci/run installs both")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(driver_path))
    driver.set_script_timeout(30)
    driver.set_page_load_timeout(30)
    yield Browser(driver, site)
    driver.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    import axe_core_python

    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
