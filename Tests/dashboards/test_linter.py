"""The rules of github.com/grafana/dashboard-linter (docs/index.md, lint/rules.go), restated: the linter is a Go program
that cannot be installed here. What they do not ask of these dashboards stands in dashboards/.lint, with the reason.

Not restated: target-logql-rule and target-logql-auto-rule (no query is LogQL).
"""

import copy
import re
import subprocess

import pytest
import yaml

from conftest import DASHBOARDS, NAMES, dashboard, panels

EXCLUSIONS = yaml.safe_load((DASHBOARDS / ".lint").read_text())["exclusions"]
# Of the list that panel-units-rule takes from Grafana's packages/grafana-data/src/valueFormats/categories.ts.
UNITS = {"none", "short", "percent", "percentunit", "bytes", "decbytes", "Bps", "binBps", "s", "ms", "dtdurations",
         "ops", "opm", "reqps", "cps", "cpm", "bool_yes_no"}
SELECTOR = re.compile(r"\b(?:kube_ha_\w+|process_\w+)\b(\{[^{}]*\})?")


def variables(found, kind=None):
    return [item for item in found["templating"]["list"] if kind in (None, item["type"])]


def targets(found):
    return [(panel, target) for panel in panels(found) for target in panel["targets"]]


def template_datasource(found):
    """The data source is a variable named `datasource`, labelled `Data source`."""
    names = [(item["name"], item["label"]) for item in variables(found, "datasource")]
    if names != [("datasource", "Data source")]:
        yield None, f"variables of type datasource: {names}"


def _has_variable(name):
    def rule(found):
        one = next((item for item in variables(found) if item["name"] == name), None)
        if not one:
            yield None, f"no variable {name}"
            return
        wanted = {"type": "query", "label": name.capitalize(), "multi": True, "allValue": ".+"}
        for key, value in wanted.items():
            if one.get(key) != value:
                yield None, f"variable {name}: {key} is {one.get(key)!r}, not {value!r}"
        if one["datasource"]["uid"] != "${datasource}":
            yield None, f"variable {name}: another data source"
    rule.__doc__ = f"There is a variable `{name}` to choose several of, or all."
    return rule


def template_label_promql(found):
    """Variables that ask Prometheus do so with one of its functions (their PromQL: test_queries.py)."""
    for item in variables(found, "query"):
        if not re.fullmatch(r"(label_values|label_names|metrics|query_result)\(.+\)", item["query"]):
            yield None, f"variable {item['name']}: {item['query']}"


def template_on_time_change_reload(found):
    """Variables are asked for anew when the time range changes."""
    for item in variables(found, "query"):
        if item["refresh"] != 2:
            yield None, f"variable {item['name']}: refresh {item['refresh']}"


def panel_datasource(found):
    """Panels, and here queries and variables too, use the variable as their data source."""
    places = [(panel, panel) for panel in panels(found)] + targets(found)
    places += [(None, item) for item in variables(found, "query")]
    for panel, place in places:
        if place.get("datasource") != {"type": "prometheus", "uid": "${datasource}"}:
            yield panel, f"data source {place.get('datasource')}"


def panel_title_description(found):
    """Panels have a title and a description."""
    for panel in panels(found):
        if not panel.get("title") or not panel.get("description"):
            yield panel, "no title or no description"


def panel_units(found):
    """Panels, and here columns of numbers too, have a unit that Grafana knows."""
    for panel in panels(found):
        units = [panel["fieldConfig"]["defaults"].get("unit")]
        units += [item["value"] for override in panel["fieldConfig"]["overrides"] for item in override["properties"]
                  if item["id"] == "unit"]
        for unit in units:
            if unit not in UNITS:
                yield panel, f"unit {unit}"


def panel_no_targets(found):
    """Panels ask something."""
    for panel in panels(found):
        if not panel.get("targets"):
            yield panel, "no targets"


def target_promql(found):
    """Queries are PromQL: promtool reads them as rules."""
    rules = [{"record": "x", "expr": plain(target["expr"])} for _, target in targets(found)]
    # One group a query: promtool takes two rules of one name for a fault.
    text = yaml.safe_dump({"groups": [{"name": str(index), "rules": [rule]} for index, rule in enumerate(rules)]})
    told = subprocess.run(["promtool", "check", "rules", "--lint=none", "/dev/stdin"], input=text, capture_output=True,
                          text=True, check=False)
    if told.returncode:
        yield None, told.stderr


def plain(expression):
    """The query with a value for each of Grafana's own variables."""
    for name, value in (("__rate_interval", "4m"), ("__range_s", "3600"), ("__range", "1h")):
        expression = expression.replace(f"${name}", value)
    return expression


def target_rate_interval(found):
    """A rate is one over `$__rate_interval`."""
    for panel, target in targets(found):
        for interval in re.findall(r"\bi?rate\([^\[\]]*\[([^\]]*)\]", target["expr"]):
            if interval != "$__rate_interval":
                yield panel, f"rate over {interval}"


def _has_matcher(label):
    def rule(found):
        for panel, target in targets(found):
            for matchers in SELECTOR.findall(target["expr"]):
                if not re.search(rf'[{{ ,]{label}=~"\${label}"', matchers):
                    yield panel, f"no matcher of {label} in {target['expr']}"
    rule.__doc__ = f"Each selector has the matcher `{label}=~\"${label}\"`."
    return rule


def target_counter_agg(found):
    """A counter is only read through rate, irate or increase."""
    for panel, target in targets(found):
        for at in re.finditer(r"\w+_total\b", target["expr"]):
            before, after = target["expr"][:at.start()], target["expr"][at.end():]
            if not re.search(r"\b(rate|irate|increase)\($", before) or not re.match(r"(\{[^{}]*\})?\[", after):
                yield panel, f"{at[0]} as it is"


def uneditable_dashboard(found):
    """A dashboard that is provisioned is not edited where it is shown."""
    if found["editable"]:
        yield None, "editable"


RULES = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": _has_variable("job"),
    "template-instance-rule": _has_variable("instance"),
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-promql-rule": target_promql,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": _has_matcher("job"),
    "target-instance-rule": _has_matcher("instance"),
    "target-counter-agg-rule": target_counter_agg,
    "uneditable-dashboard-rule": uneditable_dashboard,
}


def faults(rule, found):
    """[(panel's title or None, what is wrong)], and which entries of .lint excuse some."""
    entries = [item for item in EXCLUSIONS.get(rule, {}).get("entries", []) if item["dashboard"] == found["title"]]
    left, used = [], []
    for panel, what in RULES[rule](found):
        title = panel["title"] if panel else None
        excuse = next((item for item in entries if item.get("panel", title) == title), None)
        if excuse:
            used.append(excuse)
        else:
            left.append((title, what))
    return left, used


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rule", RULES)
def test_a_dashboard_keeps_the_rule(rule, name):
    assert faults(rule, dashboard(name))[0] == []


@pytest.mark.parametrize("rule", EXCLUSIONS)
def test_an_exclusion_has_a_reason_and_is_needed(rule):
    assert len(EXCLUSIONS[rule]["reason"].split()) > 10
    used = [item for name in NAMES for item in faults(rule, dashboard(name))[1]]
    assert [item for item in EXCLUSIONS[rule]["entries"] if item not in used] == []


def changed(change):
    """The dashboard about the exporter, to which no exclusion is made, with a fault."""
    found = copy.deepcopy(dashboard("exporter"))
    change(found, {item["name"]: item for item in found["templating"]["list"]}, panels(found))
    return found


@pytest.mark.parametrize("rule, change", [
    ("template-datasource-rule", lambda found, names, shown: names["datasource"].update(label="Prometheus")),
    ("template-job-rule", lambda found, names, shown: found["templating"]["list"].remove(names["job"])),
    ("template-instance-rule", lambda found, names, shown: names["instance"].update(multi=False)),
    ("template-label-promql-rule", lambda found, names, shown: names["job"].update(query="values(x, job)")),
    ("template-on-time-change-reload-rule", lambda found, names, shown: names["job"].update(refresh=1)),
    ("panel-datasource-rule", lambda found, names, shown: shown[0]["datasource"].update(uid="prometheus")),
    ("panel-title-description-rule", lambda found, names, shown: shown[0].pop("description")),
    ("panel-units-rule", lambda found, names, shown: shown[0]["fieldConfig"]["defaults"].update(unit="furlongs")),
    ("panel-no-targets-rule", lambda found, names, shown: shown[0].update(targets=[])),
    ("target-promql-rule", lambda found, names, shown: shown[0]["targets"][0].update(expr="sum(")),
    ("target-rate-interval-rule", lambda found, names, shown: shown[0]["targets"][0].update(
        expr="rate(kube_ha_exporter_collections_total[5m])")),
    ("target-job-rule", lambda found, names, shown: shown[0]["targets"][0].update(
        expr='kube_ha_exporter_series{instance=~"$instance"}')),
    ("target-instance-rule", lambda found, names, shown: shown[0]["targets"][0].update(expr="kube_ha_exporter_series")),
    ("target-counter-agg-rule", lambda found, names, shown: shown[0]["targets"][0].update(
        expr="max(kube_ha_exporter_collections_total)")),
    ("uneditable-dashboard-rule", lambda found, names, shown: found.update(editable=True)),
])
def test_the_rule_sees(rule, change):
    assert faults(rule, dashboard("exporter"))[0] == []
    assert faults(rule, changed(change))[0] != []


def test_each_rule_is_seen_to_fail():
    marks = next(mark for mark in test_the_rule_sees.pytestmark if mark.name == "parametrize")
    assert [rule for rule, _ in marks.args[1]] == list(RULES)
