"""Outages of the simulated cluster, as a Prometheus with the committed rules and an Alertmanager with the committed routes
see them. The rules are a copy in which alerts wait and go on for seconds."""

import copy
import json
import re
import time
import urllib.request

import pytest

import promtool
from alertmanager import Alertmanager, Receiver
from programs import DEADLINE, Exporter, Prometheus, wait_for

ZONE = "zone-b"
GATE = "KubeHAMaintenanceUnsafe"
# The times that the committed alerts wait.
WAITS = ["1m", "2m", "5m", "10m", "15m"]


def hasty(groups):
    """The groups with short times: longer than it takes to notice a lost node, so that causes are known by then, and in the
    order of the committed ones, so that what mutes others comes before them and outlasts them."""
    groups = copy.deepcopy(groups)
    for group in groups:
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = f"{8 + WAITS.index(rule['for']) * 3}s"
            if "keep_firing_for" in rule:
                rule["keep_firing_for"] = "6s" if promtool.seconds(rule["keep_firing_for"]) == 600 else "2s"
    return groups


class Demo(Exporter):
    """The demo, to which nothing happens but what it is told. A lost node is noticed after 4 s."""

    command = "demo"

    def __init__(self, program, rules):
        super().__init__(program, "--no-story", "--pace", "6s", "--interval", "1s", "--rules-config", rules)
        self.server = wait_for(lambda: self.find(r"cluster of .* is at (http://\S+)"), "the address of the cluster")[1]

    def fault(self, method, **body):
        """POST begins a fault, DELETE ends all."""
        request = urllib.request.Request(
            f"{self.server}/simulator/faults", method=method, data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=DEADLINE):
            pass

    def worker(self):
        """The name of a worker that runs pods, in another zone than the one that is lost."""
        told = self.get("/metrics", Accept="text/plain")[2].decode()
        return next(name for name, zone in re.findall(r'kube_ha_node_ready\{node="(worker-[^"]+)",topology_zone="([^"]+)"', told)
                    if zone != ZONE)


class Watched:
    """The demo, watched: `firing()` are the alerts that Prometheus says fire, but for the gate."""

    def __init__(self, simulator, healthy_rules, folder):
        self.started = []
        self.demo = self._start(Demo(simulator, healthy_rules))
        self.receiver = self._start(Receiver())
        self.alertmanager = self._start(Alertmanager(folder, self.receiver))
        rules = folder / "rules.yaml"
        rules.write_text(json.dumps({"groups": hasty(promtool.groups())}))
        self.prometheus = self._start(Prometheus(
            folder, rule_files=[str(rules)],
            alerting={"alertmanagers": [{"static_configs": [{"targets": [self.alertmanager.address]}]}]},
            scrape_configs=[{"job_name": "kube-ha-exporter", "honor_labels": True,
                             "static_configs": [{"targets": [self.demo.address]}]}]))
        wait_for(lambda: self.prometheus.ask('sum(kube_ha:area_status{status!="unknown"} == 1) > 10'), "areas to be known")
        wait_for(lambda: not self.firing() or None, "a quiet beginning")

    def _start(self, running):
        self.started.append(running)
        return running

    def firing(self, **labels):
        """The labels of each alert that fires, with these labels."""
        found = [entry["metric"] for entry in self.prometheus.ask(f'ALERTS{{alertstate="firing", alertname!="{GATE}"}}')]
        return [metric for metric in found if labels.items() <= metric.items()]

    def told(self, **labels):
        """The notifications about the group with these labels."""
        return [told for told in list(self.receiver.notifications) if labels.items() <= told["groupLabels"].items()]

    def wait_for_end(self, **labels):
        """Waits until nothing fires, and the group with these labels was told to be resolved."""
        wait_for(lambda: not self.firing() or None, "all alerts to end")
        wait_for(lambda: [told for told in self.told(**labels) if told["status"] == "resolved"], f"{labels} to be resolved")

    def stop(self):
        for running in reversed(self.started):
            running.stop()


@pytest.fixture(scope="module")
def watched(simulator, healthy_rules, tmp_path_factory):
    running = Watched(simulator, healthy_rules, tmp_path_factory.mktemp("outages"))
    yield running
    running.stop()


@pytest.fixture
def outage(watched):
    """Begins a fault; ended by the test, or here."""
    watched.receiver.notifications.clear()
    yield lambda **fault: watched.demo.fault("POST", **fault)
    watched.demo.fault("DELETE")


def causes(found):
    """The causes of alerts."""
    return {(labels.get("cause_kind"), labels.get("cause_name")) for labels in found}


def test_the_loss_of_a_node_is_told_once_and_ends(watched, outage):
    node = watched.demo.worker()
    outage(fault="node-lost", name=node)
    group = {"cause_kind": "Node", "cause_name": node}
    told = wait_for(lambda: watched.told(**group), "the notification")[0]
    found, = (alert for alert in told["alerts"] if alert["labels"]["rule"] == "node-not-ready")
    assert found["labels"]["alertname"] == "KubeHANodesDegraded" and found["labels"]["severity"] == "warning"
    assert f"Node {node}: A node is not Ready." in found["annotations"]["summary"]
    assert found["annotations"]["runbook_url"].endswith("/runbook.md#node-not-ready")
    # All that follows is in this group, and nothing in another.
    assert causes(watched.firing()) == {("Node", node)}
    # Whatever is critical is told though the node is known.
    states = watched.alertmanager.states()
    assert not [labels for labels, is_muted in states.items() if is_muted and ("severity", "critical") in labels]
    watched.demo.fault("DELETE")
    watched.wait_for_end(**group)
    assert watched.receiver.groups() == {tuple(group.items())}


def test_the_outage_of_a_zone_is_one_group_and_ends(watched, outage):
    outage(fault="zone-lost", name=ZONE)
    group = {"cause_kind": "Zone", "cause_name": ZONE}
    wait_for(lambda: [told for told in watched.told(**group) for alert in told["alerts"]
                      if alert["labels"]["alertname"] == "KubeHAZoneLost"], "the notification of the lost zone")
    # Its four nodes, what ran there, and its API server and member of etcd.
    wait_for(lambda: len(watched.firing(**group)) > 5 or None, "what follows")
    lost, = watched.firing(alertname="KubeHAZoneLost")
    assert lost["severity"] == "critical"
    (_, alerts, muted), = (found for found in watched.alertmanager.groups() if found[0] == group)
    shown = {labels["rule"] for labels in alerts if labels not in muted}
    assert {labels["rule"] for labels in muted} >= {"node-not-ready"}
    assert "zone-lost" in shown and shown <= {"zone-lost", "etcd-no-tolerance"}, shown
    watched.demo.fault("DELETE")
    watched.wait_for_end(**group)
    # Neither another group, nor a burst of what was muted at the end.
    assert watched.receiver.groups() == {tuple(group.items())}
    told = {alert["labels"]["rule"] for told in watched.told(**group) for alert in told["alerts"]
            if alert["status"] == "firing"}
    assert told <= {"zone-lost", "etcd-no-tolerance"}, told


def without_gap(watched, alert, since):
    """Whether the alert fired at each second since then."""
    values = watched.prometheus.ask(f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})', start=since,
                                    end=time.time(), step=1)
    return len(values) == 1 and len(values[0]["values"]) >= int(time.time() - since)


def test_the_loss_of_quorum_fires_for_as_long_as_it_lasts(watched, outage):
    outage(fault="etcd-quorum-lost")
    critical = ["KubeHAEtcdQuorumLost", "KubeHAAPIServerNoneServing"]
    for alert in critical:
        wait_for(lambda: watched.firing(alertname=alert, severity="critical"), alert)
    since = time.time()
    begun = float(watched.prometheus.ask("kube_ha_exporter_collections_total")[0]["value"][1])
    wait_for(lambda: watched.prometheus.ask(f"kube_ha_exporter_collections_total > {begun + 20}"), "twenty collections more")
    wait_for(lambda: watched.prometheus.ask('kube_ha:area_status{area="nodes", status="unknown"} == 1'), "areas to be unknown")
    assert [alert for alert in critical if not without_gap(watched, alert, since)] == []
    told = {alert["labels"]["alertname"] for told in watched.told() if told["status"] == "firing" for alert in told["alerts"]}
    assert set(critical) <= told
    watched.demo.fault("DELETE")
    wait_for(lambda: not watched.firing() or None, "the end of the outage")
