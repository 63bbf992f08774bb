"""The dashboards are what the generator writes, and what Grafana 9 and later read."""

import json
import re

import pytest

from conftest import DASHBOARDS, NAMES, ROOT, dashboard, panels

# Core panels of Grafana 9.
TYPES = {"row", "stat", "table", "timeseries", "state-timeline", "bargauge"}


def test_all_are_there():
    assert NAMES == ["application", "control-plane", "exporter", "nodes", "overview", "survival", "workloads"]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_the_generator_writes(name):
    import write
    assert (DASHBOARDS / f"{name}.json").read_text() == write.text(name), "run .venv/bin/python dashboards/write.py"


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_provisioned(name):
    found = dashboard(name)
    assert found["schemaVersion"] == 36
    # Asked for on import only: a provisioned dashboard with them shows nothing.
    assert "__inputs" not in found and "__requires" not in found and "${DS_" not in json.dumps(found)
    # Grafana gives these itself; a uid is from 8 to 40 characters.
    assert "id" not in found and "version" not in found
    assert found["uid"] == f"kube-ha-{name}" and 8 <= len(found["uid"]) <= 40
    assert {panel["type"] for panel in found["panels"]} <= TYPES


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_where_it_is_kept(name):
    """A client-side apply writes the whole ConfigMap into an annotation, and annotations may take 256 KiB in all."""
    assert len((DASHBOARDS / f"{name}.json").read_bytes()) < 240 * 1024


def test_uids_and_titles_are_unique():
    for key in ("uid", "title"):
        assert len({dashboard(name)[key] for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_panels_do_not_overlap(name):
    taken = {}
    for panel in dashboard(name)["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            assert cell not in taken, f"{panel['title']} over {taken[cell]}"
            taken[cell] = panel["title"]


@pytest.mark.parametrize("name", NAMES)
def test_no_panel_leaves_a_gap_beside_it(name):
    found = dashboard(name)["panels"]
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in found)
    area = sum(panel["gridPos"]["w"] * panel["gridPos"]["h"] for panel in found)
    assert area == 24 * bottom


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_unique(name):
    found = dashboard(name)
    numbers = [panel["id"] for panel in found["panels"]]
    assert sorted(set(numbers)) == sorted(numbers)
    titles = [panel["title"] for panel in panels(found)]
    assert sorted(set(titles)) == sorted(titles)
    for panel in panels(found):
        references = [target["refId"] for target in panel["targets"]]
        assert references == [chr(ord("A") + index) for index in range(len(references))]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_looks_like_it(name):
    """A number that is not there is neither 0 nor green."""
    for panel in panels(dashboard(name)):
        if panel["type"] != "stat":
            continue
        absent, = [item["options"] for item in panel["fieldConfig"]["defaults"]["mappings"] if item["type"] == "special"]
        assert absent["match"] == "null+nan" and absent["result"]["text"] and absent["result"]["color"] != "green"
        assert "vector(0)" not in panel["targets"][0]["expr"], panel["title"]


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    found = dashboard(name)
    uids = {dashboard(other)["uid"]: dashboard(other) for other in NAMES}
    urls = re.findall(r'"url": "([^"]+)"', json.dumps(found))
    assert urls
    variables = {variable["name"] for variable in found["templating"]["list"]}
    for url in urls:
        for used in re.findall(r"\$\{(\w+)(?::\w+)?\}", url):
            assert used in variables or used.startswith("__"), url
        if url.startswith("/d/"):
            uid, parameters = re.fullmatch(r"/d/([^?]+)\?(.*)", url).groups()
            assert uid in uids
            known = {variable["name"] for variable in uids[uid]["templating"]["list"]}
            assert set(re.findall(r"var-(\w+)=", parameters)) <= known
    others, = [link for link in found["links"] if link["type"] == "dashboards"]
    assert set(others["tags"]) <= set(found["tags"]) and others["includeVars"] and others["keepTime"]


def test_the_runbook_has_each_rule_that_a_table_may_name():
    """Rules are linked as RUNBOOK#rule: the runbook's headings are their names."""
    rules = set(re.findall(r"^\| \[`([a-z0-9-]+)`\]", (ROOT / "deploy" / "reference.md").read_text(), re.MULTILINE))
    headings = set(re.findall(r"^### ([a-z0-9-]+)$", (ROOT / "deploy" / "runbook.md").read_text(), re.MULTILINE))
    assert rules and rules <= headings
