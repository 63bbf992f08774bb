"""Unit tests of alerting rules, run by promtool: what to feed, and what must fire when."""

import functools
import json
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "kube-ha-exporter.rules.yaml"
INTERVAL = 30  # seconds between two samples, and between two evaluations


@functools.cache
def groups():
    """The groups of the committed file."""
    return yaml.load(RULES.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["groups"]


def alerts():
    """The alerting rules by their names."""
    return {rule["alert"]: rule for group in groups() for rule in group["rules"] if "alert" in rule}


def seconds(text):
    """The seconds of a duration of Prometheus: 1m30s."""
    return sum(int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
               for number, unit in re.findall(r"(\d+)([smhd])", text or ""))


def labelled(name, labels):
    """A series by its name and labels."""
    return name + "{" + ", ".join(f'{label}="{value}"' for label, value in labels.items()) + "}"


def series(name, values, /, **labels):
    """A series that is fed: values in promtool's notation, one an interval."""
    return {"series": labelled(name, labels), "values": values}


def steps(duration):
    """Of how many intervals a duration is."""
    return duration // INTERVAL


class Case:
    """Series, and what must hold at times in seconds."""

    def __init__(self, name, *fed):
        self.name, self.fed, self.asked = name, list(fed), []

    def expect(self, at, expression, *results):
        """At that time the expression must have these results and no others: (labels, value)."""
        self.asked.append({
            "expr": expression, "eval_time": f"{at}s",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in results]})
        return self

    def count(self, at, alert, number):
        """At that time so many alerts of that name must fire."""
        results = [("{}", number)] if number else []
        return self.expect(at, f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})', *results)

    def quiet(self, at, *but):
        """At that time no alert may fire, or be about to, but these."""
        names = "|".join(but)
        return self.expect(at, f'count by (alertname) (ALERTS{{alertname!~"{names}"}})' if but else "count(ALERTS)")

    def text(self):
        return {"name": self.name, "interval": f"{INTERVAL}s", "input_series": self.fed, "promql_expr_test": self.asked}


def run(folder, *cases):
    """Lets promtool judge; fails with what it says."""
    (folder / "rules.yaml").write_text(RULES.read_text())
    test = folder / "test.yaml"
    # JSON is YAML too.
    test.write_text(json.dumps({
        "rule_files": ["rules.yaml"], "evaluation_interval": f"{INTERVAL}s",
        "group_eval_order": [group["name"] for group in groups()], "tests": [case.text() for case in cases]}))
    told = subprocess.run(["promtool", "test", "rules", str(test)], capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0, (told.stdout + told.stderr)[:20_000]


def selected(alert, rule, area):
    """Whether findings of the rule raise the alert."""
    found = re.fullmatch(r'kube_ha:finding_with_cause\{(.*), severity!="info"\}', alert["expr"])
    if not found:
        return False
    labels = {"rule": rule, "area": area}
    for label, operator, pattern in re.findall(r'(\w+)(=~|!~|=)"([^"]*)"', found[1]):
        matches = re.fullmatch(pattern, labels[label]) is not None
        if matches == (operator == "!~"):
            return False
    return True
