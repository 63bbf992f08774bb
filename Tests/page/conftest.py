"""The page in a real Chromium: of the demo's cluster before and while a zone is out, and of recordings."""

import json
import os
import pathlib
import shutil
import sys
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "system"))

from programs import DEADLINE, Exporter, built, wait_for  # noqa: E402 (after the folder it is found in)

FIXTURES = ROOT / "Tests" / "Fixtures"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


ZONE = "zone-b"


class Demo(Exporter):
    """The demo, an exporter and its simulated cluster in one process, to which nothing happens by itself."""

    command = "demo"

    def __init__(self, simulator, *arguments):
        super().__init__(simulator, *(arguments or ("--no-story", "--pace", "6s")), "--interval", "1s")
        self.server = wait_for(lambda: self.find(r"cluster of .* is at (http://\S+)"), "the address of the cluster")[1]
        self.report_until(lambda report: report["summary"]["critical"] == 0 and answer(report, "zone_loss") != "unknown",
                          "a cluster that is seen whole")

    def report(self):
        return json.loads(self.get("/api/v1/report")[2])

    def report_until(self, condition, what):
        """The first report for which the condition holds."""
        return wait_for(lambda: (lambda report: report if condition(report) else None)(self.report()), what)

    def lose_zone(self):
        self._faults("POST", {"fault": "zone-lost", "name": ZONE})
        self.report_until(
            lambda report: any(cause["cause"]["object"] == {"kind": "Zone", "namespace": "", "name": ZONE}
                               and len(cause["consequences"]) > 5 for cause in report["causes"]),
            "the lost zone and what it explains")

    def _faults(self, method, body=None):
        request = urllib.request.Request(
            f"{self.server}/simulator/faults", method=method, data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=DEADLINE):
            pass


def answer(report, subject):
    """The answer of a line of the headline."""
    return next((line["answer"] for line in report["headline"] if line["subject"] == subject), None)


@pytest.fixture(scope="session")
def program():
    return built("KUBE_HA_EXPORTER")


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "chromium is not installed: run Tests/run"
    with sync_playwright() as playwright:
        # Containers give no user namespaces to make a sandbox of, and little memory to share.
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@pytest.fixture
def tab(browser):
    """Opens tabs of which nothing may be reported to the console."""
    contexts = []

    def open_tab(url, scheme="light", size=WIDE, scripts=True):
        context = browser.new_context(color_scheme=scheme, viewport=size, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.told = []
        page.on("console", lambda message: page.told.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.told.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.told.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("requestfailed", lambda request: page.told.append(f"failed: {request.url}"))
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(url)
        return page

    yield open_tab
    for context in contexts:
        for page in context.pages:
            assert page.told == [], f"{page.url} says nothing on the console"
        context.close()


@pytest.fixture(scope="session")
def degraded(program):
    """A recorded cluster of which a node, a master and much else is missing."""
    running = Exporter(program, "--from", str(FIXTURES / "three-zone-degraded"))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


@pytest.fixture(scope="session")
def demo():
    running = Demo(built("CLUSTER_SIMULATOR"))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)
