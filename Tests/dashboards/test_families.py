"""The families and labels that dashboards name are those of the program."""

import re
import subprocess

import pytest
import yaml

from conftest import NAMES, ROOT, dashboard, panels

# What a target has of its own: `cluster` by relabeling or as an external label, the others by the scrape.
OF_TARGETS = {"cluster", "job", "instance"}
# A family by its name, or under its own and that under which it is recorded.
SELECTOR = re.compile(r'(?:\b(kube_ha_\w+|process_\w+)\b(?:\{([^{}]*)\})?|\{__name__=~"(\w+)\|kube_ha:\w+", ([^{}]*)\})')


@pytest.fixture(scope="module")
def families(program):
    """{family's name: its labels}, as `metrics` prints them."""
    told = subprocess.run([program, "metrics"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in told.splitlines() if "\t" in line and not line.startswith("#")]
    return {row[0]: set(filter(None, row[2].split(","))) for row in rows}


def expressions(found):
    """Queries of panels and variables."""
    yield from (target["expr"] for panel in panels(found) for target in panel["targets"])
    yield from (item["query"] for item in found["templating"]["list"] if item["type"] == "query")


def selectors(expression):
    """[(family, its matchers)]"""
    return [(found[0] or found[2], found[1] or found[3]) for found in SELECTOR.findall(expression)]


@pytest.mark.parametrize("name", NAMES)
def test_every_family_exists(name, families):
    used = {family for expression in expressions(dashboard(name)) for family, _ in selectors(expression)}
    assert used and used - families.keys() == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_family_is_selected_by_labels_it_has(name, families):
    for expression in expressions(dashboard(name)):
        for family, matchers in selectors(expression):
            labels = set(re.findall(r"(\w+)\s*[=!]~?\s*\"", matchers))
            assert labels <= families[family] | OF_TARGETS, (family, labels)


def test_the_readme_tells_the_families_of_the_program(families):
    """What is checked against here is what people read."""
    assert set(re.findall(r"^\| `(kube_ha_\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)) <= families.keys()


def rules():
    """The rules of deploy/prometheus, recording and alerting."""
    text = (ROOT / "deploy" / "prometheus" / "kube-ha-exporter.rules.yaml").read_text()
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def test_what_is_read_as_recorded_is_recorded():
    """It is read under two names, so that a name that nothing records would never be missed."""
    from generator.promql import RECORDED

    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert {family.replace("kube_ha_", "kube_ha:", 1) for family in RECORDED} <= recorded


def test_every_family_of_the_rules_exists(families):
    used = {family for rule in rules() for family in re.findall(r"\bkube_ha_\w+", rule["expr"])}
    assert used and used - families.keys() == set()
