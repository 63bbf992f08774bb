"""Every query of every panel and variable, asked of a real Prometheus that has scraped the demo's cluster through the
outage of a zone: answered without an error, empty only where that is meant, and the same with two replicas as with one."""

import re

import pytest

from conftest import NAMES, dashboard, panels
from renderer import grafana

# Clusters as outage.py names them: one replica, two that serve, two that elect a leader, and no label `cluster`.
CLUSTERS = ("one", "two", "elected", "")
APPLICATION = {"namespace": "team-001", "application": "app-0001"}

# Panels, or columns of tables, that are empty while a zone of the demo is lost, and why that is right.
EMPTY = {
    "application/Outages measured/Last one took": "the other zones go on serving: no outage has ended",
    "workloads/Ingresses and routes with a part down": "each Service behind them has endpoints in another zone",
    "control-plane/API servers' certificates": "the demo serves plain HTTP",
    "control-plane/etcd members' certificates": "the demo serves plain HTTP",
    "exporter/Client certificates": "the demo serves plain HTTP",
    "exporter/Sources not ok": "all sources are well: the zone's API server is not the only one",
    "nodes/Volumes held by nodes": "the demo attaches no volumes",
    "nodes/Pressure": "a node that is lost tells no pressure, the others have none",
    "workloads/Skew beyond its limit": "spread is not judged while replicas are missing",
    "workloads/Rollouts": "nothing is rolled out",
    "workloads/Autoscalers at their maximum": "the demo has none at its maximum",
}
# What depends on the moment, replica by replica, and is compared by its labels alone: times, rates, sizes.
OF_THE_MOMENT = {"s", "bytes", "Bps", "ops", "opm", "reqps"}


def view(outage, cluster, at, found):
    """What is looked at: from the start of the scrapes until then."""
    variables = {"cluster": cluster, **APPLICATION}
    for item in found["templating"]["list"]:
        if item.get("includeAll"):
            variables[item["name"]] = item["allValue"]
    return grafana.View(outage.start, at, variables, rate_interval="10s")


def asked(outage, panel, target, seen, instant=False):
    """What Prometheus answers to a query of a panel: an error fails. What looks at 30 days, at a point a minute, looks at
    10 seconds, at a point a second: the cluster is no older than a minute."""
    expression = target["expr"]
    if panel.get("timeFrom"):
        panel = {**panel, "timeFrom": None}
        seen = grafana.View(seen.end - 10, seen.end, seen.variables, seen.rate_interval)
        expression = expression.replace(":1m]", ":1s]")
    expression = grafana.interpolated(expression, seen, panel)
    if instant or target.get("instant"):
        return outage.prometheus.ask(expression, time=seen.end)
    return outage.prometheus.ask(expression, start=seen.start, end=seen.end, step=1)


def column(panel, target):
    """The title of a query's column of a table; without one, the panel's."""
    if panel["type"] != "table" or len(panel["targets"]) == 1:
        return panel["title"]
    names = next(item for item in panel["transformations"] if item["id"] == "organize")["options"]["renameByName"]
    return f"{panel['title']}/{names['Value #' + target['refId']]}"


@pytest.mark.parametrize("cluster, moment", [
    ("one", "before"), ("one", "during"), ("one", "after"), ("two", "during"), ("elected", "handed_over"), ("", "during")])
@pytest.mark.parametrize("name", NAMES)
def test_every_query_is_answered(name, cluster, moment, outage):
    found = dashboard(name)
    empty = set()
    for panel in panels(found):
        for target in panel["targets"]:
            if not asked(outage, panel, target, view(outage, cluster, getattr(outage, moment), found)):
                empty.add(f"{name}/{column(panel, target)}")
    if moment in ("during", "handed_over"):
        meant = {place for place in EMPTY if place.startswith(f"{name}/")}
        assert {place for place in empty if place not in meant and place.rsplit("/", 1)[0] not in meant} == set()


@pytest.mark.parametrize("place", EMPTY)
def test_what_is_meant_to_be_empty_is(place, outage):
    name, title = place.split("/", 1)
    found = dashboard(name)
    for panel in panels(found):
        for target in panel["targets"]:
            if title in (panel["title"], column(panel, target)):
                assert asked(outage, panel, target, view(outage, "one", outage.during, found)) == []
    assert title in {title for panel in panels(found) for target in panel["targets"]
                     for title in (panel["title"], column(panel, target))}


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_variable_has_values(name, cluster, outage):
    found = dashboard(name)
    seen = view(outage, cluster, outage.during, found)
    for item in found["templating"]["list"]:
        if item["type"] != "query":
            continue
        family, label = re.fullmatch(r"label_values\((.+), (\w+)\)", item["query"]).groups()
        values = outage.prometheus.api(f"label/{label}/values", **{
            "match[]": grafana.interpolated(family, seen), "start": seen.start, "end": seen.end})
        if item["name"] == "cluster":
            assert values == ["elected", "one", "two"]
        else:
            assert values and set(seen.variables.get(item["name"], "").split()) <= {*values, ".+"}


def of_the_moment(panel, target):
    """Whether the query's values are times, rates or sizes."""
    title = column(panel, target).rsplit("/", 1)[-1]
    return grafana.overridden(panel, title).get("unit") in OF_THE_MOMENT


@pytest.mark.parametrize("replicas", ["two", "elected"])
@pytest.mark.parametrize("moment", ["before", "during", "handed_over", "after"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "exporter"])
def test_two_replicas_tell_what_one_tells(name, moment, replicas, outage):
    """The dashboard about the replicas is left out: it tells them apart."""
    found = dashboard(name)
    for panel in panels(found):
        for target in panel["targets"]:
            told = []
            for cluster in ("one", replicas):
                seen = view(outage, cluster, getattr(outage, moment), found)
                # The last values: replicas collect at different moments, and see a change one after the other.
                answer = asked(outage, panel, target, seen, instant=True)
                told.append({tuple(sorted(series["metric"].items())): float(series["value"][1]) for series in answer})
            same = (set(told[0]) == set(told[1]) if of_the_moment(panel, target)
                    # A per cent is how much a database may have grown between two collections; no count is so large.
                    else told[0] == pytest.approx(told[1], rel=0.01, nan_ok=True))
            assert same, f"{panel['title']}: {target['expr']}: {told}"


def test_a_query_that_does_not_merge_replicas_is_seen(outage):
    """What the test above would find."""
    def nodes(cluster):
        return outage.prometheus.ask(f'sum(kube_ha_nodes{{cluster="{cluster}"}})', time=outage.during)[0]["value"][1]
    assert (nodes("one"), nodes("two")) == ("12", "24")


def stats(name, outage, moment, cluster="one"):
    """{a stat panel's title: what it shows}"""
    found = dashboard(name)
    result = {}
    for panel in panels(found):
        if panel["type"] == "stat":
            answer = asked(outage, panel, panel["targets"][0], view(outage, cluster, getattr(outage, moment), found))
            value = float(answer[0]["value"][1]) if answer else None
            result[panel["title"]] = grafana.shown(value, panel["fieldConfig"]["defaults"])
    return result


def test_the_overview_tells_the_outage(outage):
    before, during, after = (stats("overview", outage, moment) for moment in ("before", "during", "after"))
    lost = {"Nodes not Ready": "4", "Zones lost": "1", "API servers not serving": "1", "etcd members unhealthy": "1"}
    for title, count in lost.items():
        assert (before[title].text, before[title].colour) == ("0", "green")
        assert (during[title].text, during[title].colour) == (count, "red")
        assert after[title].text == "0"
    assert before["Critical right now"].text == "0" and int(during["Critical right now"].text) >= 2
    # With a master gone, another one cannot be lost: etcd would have no quorum.
    assert (before["… loss of any master"].text, during["… loss of any master"].text) == ("yes", "no")


def test_an_answer_that_is_not_there_is_unknown(outage):
    """As in a cluster of which nothing was ever scraped."""
    for name in NAMES:
        for title, what in stats(name, outage, "during", cluster="none").items():
            assert what.text in ("unknown", "too little seen") and what.colour != "green", title


def test_availability_needs_an_observed_month(outage):
    """The demo has run for a minute: of 30 days that is too little, of the last seconds it is all."""
    found = dashboard("application")
    panel = next(panel for panel in panels(found) if panel["title"] == "Availability")
    seen, target = view(outage, "one", outage.during, found), panel["targets"][0]
    month = grafana.interpolated(target["expr"], seen, panel)
    assert "[2592000s:1m]" in month and outage.prometheus.ask(month, time=seen.end) == []
    answer, = asked(outage, panel, target, seen)
    # Its other zones go on serving.
    assert float(answer["value"][1]) == 1
