"""The page as people see it: in light and dark, narrow and wide, by keyboard and screen reader, with hostile names."""

import gzip
import json
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import FIXTURES, NARROW, ZONE, Exporter

PAGES = ["/?refresh=off", "/node/worker-00006?refresh=off", "/zone/zone-a?refresh=off",
         "/application/ess/matrix-stack?refresh=off", "/?refresh=off&severity=warning&area=ingress&namespace=shop",
         "/?severity=bad", "/node/no-such-node"]
# What axe 4.12 says of `<meta http-equiv="refresh">`: that it is there. The page may have it, since a link on it stops it
# before anything is lost (WCAG 2.2, 2.2.1 «Turn off»); everything else is asked of the page with it too.
RELOADING = {"rules": {"meta-refresh": {"enabled": False}}}


def violations(page, **options):
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{item['id']}: {node['html']} {node['failureSummary']}" for item in found for node in item["nodes"]]


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(degraded, tab, scheme):
    for path in PAGES:
        page = tab(degraded.url + path, scheme)
        if "bad" in path or "no-such" in path:
            page.told.clear()  # Chromium itself tells that the status is not 200.
        assert violations(page) == [], path
    assert violations(tab(f"{degraded.url}/", scheme), **RELOADING) == []


def test_axe_finds_the_reload(degraded, tab):
    """The rule that is left out above is the one rule that says something."""
    assert [line.split(":")[0] for line in violations(tab(f"{degraded.url}/"))] == ["meta-refresh"]


def test_the_colours_follow_the_scheme(degraded, tab):
    def background(scheme):
        return tab(f"{degraded.url}/", scheme).evaluate("getComputedStyle(document.body).backgroundColor")

    assert background("light") == "rgb(255, 255, 255)"
    assert background("dark") != background("light")


def test_it_fits_a_narrow_window(degraded, tab):
    """320 pixels: a phone, and a window of 1,280 at 400 % (WCAG 2.2, 1.4.10)."""
    for path in PAGES[:5]:
        page = tab(degraded.url + path, size=NARROW)
        assert not scrolls_sideways(page), path


def test_the_keyboard_reaches_everything(degraded, tab):
    page = tab(f"{degraded.url}/?refresh=off")
    wanted = page.evaluate(
        "[...document.querySelectorAll('a,button,input:not([type=hidden]),select,summary')]"
        ".filter(element => element.checkVisibility({contentVisibilityAuto: true}) || element.matches('.skip'))"
        ".forEach((element, number) => element.dataset.number = number) || document.querySelectorAll('[data-number]').length")
    assert wanted > 50
    reached = []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).left") == "16px"
    for _ in range(2 * wanted):
        number = page.evaluate("document.activeElement.dataset.number ?? null")
        if number is not None:
            reached.append(int(number))
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    assert reached == list(range(wanted)), "each once, in the order in which they are read"


def test_there_is_a_heading_for_each_part(degraded, tab):
    page = tab(f"{degraded.url}/")
    levels = [int(level) for level in page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].map(heading => heading.tagName[1])")]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), "none is left out"
    assert page.locator("table:not(:has(caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0


def test_it_works_without_scripts_and_loads_nothing(degraded, tab):
    page = tab(f"{degraded.url}/", scripts=False)
    assert page.asked == [f"{degraded.url}/"]
    page.locator("select[name=severity]").select_option("warning")
    page.locator("select[name=area]").select_option("ingress")
    page.get_by_label("Namespace").fill("shop")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**/?*namespace=shop*")
    cells = page.locator("#findings tbody tr td:nth-child(2)").all_inner_texts()
    assert cells and set(cells) == {"warning"}
    assert all(" shop/" in name for name in page.locator("#findings tbody tr th").all_inner_texts())
    page.get_by_role("link", name="clear").click()
    page.wait_for_url(f"{degraded.url}/#findings")
    assert page.locator("#findings tbody tr").count() == 50


def test_the_losses_are_ordered_by_links(degraded, tab):
    page = tab(f"{degraded.url}/?refresh=off")
    table = page.locator("table", has_text="Losses by node")
    for title, column, descending in [("Workloads", 7, True), ("Node", 0, False)]:
        table.get_by_role("link", name=title, exact=True).click()
        page.wait_for_url("**sort=*#losses")
        head = table.locator("th[aria-sort]")
        assert head.inner_text() == title
        assert head.get_attribute("aria-sort") == ("descending" if descending else "ascending")
        texts = table.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
        values = [int(text.split()[0].replace(",", "")) for text in texts] if column else texts
        assert values == sorted(values, reverse=descending)


def test_it_is_loaded_again_unless_told_otherwise(degraded, tab):
    page = tab(f"{degraded.url}/?refresh=5")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"
    page.wait_for_event("load", timeout=60_000)
    page.get_by_role("link", name="stop").click()
    page.wait_for_url("**/?refresh=off")
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    assert page.get_by_role("link", name="zone-a", exact=True).first.get_attribute("href").endswith("?refresh=off")


def test_every_link_leads_somewhere(degraded, tab):
    page = tab(f"{degraded.url}/?refresh=off")
    links = set(page.evaluate("[...document.links].map(link => link.getAttribute('href'))"))
    assert {"/metrics", "/livez", "/readyz", "/api/v1/report"} <= links
    for link in links:
        path, _, fragment = link.partition("#")
        if path:
            assert degraded.get(path)[0] == 200, link
        elif fragment:
            assert page.locator(f"[id='{fragment}']").count() == 1, link


def test_answers_are_compressed_and_told_apart(degraded):
    for path in ["/", "/zone/zone-a", "/api/v1/report"]:
        status, headers, plain = degraded.get(path)
        assert status == 200 and headers["ETag"] and headers["Cache-Control"] == "no-cache"
        _, packed_headers, packed = degraded.get(path, Accept_Encoding="gzip")
        assert packed_headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == plain
        assert degraded.get(path, If_None_Match=headers["ETag"])[0] == 304
        assert degraded.get(path, If_None_Match='"other"')[0] == 200
        assert len(plain) < 300_000 or path == "/api/v1/report"


def test_the_api_tells_what_the_program_prints(degraded, program):
    import subprocess
    told = subprocess.run([program, "report", "--from", FIXTURES / "three-zone-degraded", "--output", "json"],
                          capture_output=True, timeout=60)
    assert json.loads(degraded.get("/api/v1/report")[2]) == json.loads(told.stdout)


def test_a_file_stands_alone(program, tab, tmp_path):
    import subprocess
    told = subprocess.run([program, "report", "--from", FIXTURES / "three-zone-degraded", "--output", "html"],
                          capture_output=True, timeout=60)
    file = tmp_path / "report.html"
    file.write_bytes(told.stdout)
    page = tab(file.as_uri())
    assert violations(page) == []
    assert page.locator("h1").inner_text() == "Host down now: broken.example.com"
    assert all(link.startswith("#") for link in page.evaluate("[...document.links].map(link => link.getAttribute('href'))"))
    assert page.locator("form, meta[http-equiv=refresh]").count() == 0


HOSTILE = ["<script>alert(1)</script>", "\u202egnihton\u202c", "n" * 253, "a\nb\r\nc", "\"'><img src=x onerror=alert(1)>",
           "%3Cb%3E&amp;", "\u0000\u001b[2J", "שלום"]


def test_hostile_names_are_only_names(program, tab, tmp_path):
    recording = tmp_path / "recording"
    shutil.copytree(FIXTURES / "three-zone-degraded", recording)
    path = next(recording.rglob("gateway.networking.k8s.io_v1_httproutes.json"))
    routes = json.loads(path.read_text())
    pattern = json.dumps(next(item for item in routes["items"] if item["spec"].get("hostnames")))
    for number, name in enumerate(HOSTILE):
        item = json.loads(pattern)
        item["metadata"].update(name=name, uid=f"00000000-0000-4000-8000-{number:012}")
        item["spec"]["hostnames"] = [name]
        item["spec"]["parentRefs"] = [{"name": name, "namespace": name}]
        item["spec"]["rules"] = [{"backendRefs": [{"name": name, "port": 80}]}]
        routes["items"].append(item)
    path.write_text(json.dumps(routes))
    running = Exporter(program, "--from", str(recording))
    try:
        for size in [NARROW, {"width": 1280, "height": 900}]:
            page = tab(f"{running.url}/?refresh=off&area=ingress", size=size)
            text = page.locator("main").inner_text()
            for name in HOSTILE[0], HOSTILE[2], HOSTILE[4], HOSTILE[7]:
                assert name in text
            assert not any(character in page.content() for character in "\u202e\u202c\u001b")
            assert page.locator("script, img").count() == 0
            assert not scrolls_sideways(page)
            assert violations(page) == []
    finally:
        assert running.stop() == 0


def test_the_first_screen_says_who_is_at_risk_and_why(demo, tab):
    def first_screen(page):
        """What can be read without scrolling."""
        return page.evaluate(
            "[...document.querySelectorAll('h1,p,li,td,th,h2')].filter(element => {"
            "const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight;"
            "}).map(element => element.innerText).join('\\n')")

    before = first_screen(tab(f"{demo.url}/?refresh=off"))
    assert "Works" in before and "Not working now" in before and "Would be lost next" in before
    demo.lose_zone()
    during = tab(f"{demo.url}/?refresh=off")
    text = first_screen(during)
    assert ZONE in during.locator("h1").inner_text()
    assert "because of" in text.lower() or "explains" in text.lower()
    assert during.locator(".tiles .bad").count() == 4
    assert violations(during) == []
