"""Outages of the simulated cluster, as a Prometheus with the committed rules and an Alertmanager with the committed routes
see them. The rules are a copy in which alerts wait and go on for seconds.

The cluster is read twice: as cluster `one` by the demo's own exporter, as cluster `two` by a pair that elects its leader by
a Lease. In each outage the leader of the pair is killed while alerts fire.
"""

import copy
import json
import re
import time

import pytest

import promtool
from alertmanager import Alertmanager, Receiver
from demo import Demo
from programs import Prometheus, wait_for
from replicas import Pair
from simulator import Samples

ZONE = "zone-b"
CLUSTERS = ("one", "two")
# All alerts but the gate.
ALERTS = 'alertname!="KubeHAMaintenanceUnsafe"'
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


class Watched:
    """The demo's cluster, those who read it, and what their metrics raise.

    Nothing happens to the cluster but what it is told; a lost node is noticed after 4 s.
    """

    def __init__(self, program, simulator, healthy_rules, folder):
        self.started = []
        judged = ("--interval", "1s", "--rules-config", healthy_rules)
        self.demo = self._start(Demo(simulator, "--no-story", "--pace", "6s", *judged))
        self.pair = self._start(
            Pair(program, folder / "targets.json", *self.demo.reading(folder), *judged, cluster="two"))
        self.receiver = self._start(Receiver())
        self.alertmanager = self._start(Alertmanager(folder, self.receiver))
        rules = folder / "rules.yaml"
        rules.write_text(json.dumps({"groups": hasty(promtool.groups())}))
        self.prometheus = self._start(Prometheus(
            folder, rule_files=[str(rules)],
            alerting={"alertmanagers": [{"static_configs": [{"targets": [self.alertmanager.address]}]}]},
            scrape_configs=[{"job_name": "kube-ha-exporter", "honor_labels": True,
                             "static_configs": [{"targets": [self.demo.address], "labels": {"cluster": "one"}}],
                             "file_sd_configs": self.pair.scraped()}]))
        known = 'count by (cluster) (kube_ha:area_status{status!="unknown"} == 1) > 10'
        wait_for(lambda: len(self.prometheus.ask(known)) == len(CLUSTERS), "areas to be known")
        wait_for(lambda: not self.firing() or None, "a quiet beginning")

    def _start(self, running):
        self.started.append(running)
        return running

    def worker(self):
        """The name of a worker that runs pods, in another zone than the one that is lost."""
        found = re.findall(r'kube_ha_node_ready\{node="(worker-[^"]+)",topology_zone="([^"]+)"', self.demo.text())
        return next(name for name, zone in found if zone != ZONE)

    def firing(self, **labels):
        """The labels of each alert that fires, with these labels."""
        found = [entry["metric"] for entry in self.prometheus.ask(f'ALERTS{{alertstate="firing", {ALERTS}}}')]
        return [metric for metric in found if labels.items() <= metric.items()]

    def told(self, **labels):
        """The notifications about the group with these labels."""
        return [told for told in list(self.receiver.notifications) if labels.items() <= told["groupLabels"].items()]

    def kill_leader(self):
        """The leader of the pair is killed while alerts fire; returns once the other one's metrics were judged five times.

        No alert ends by it, begins anew, or fires twice.
        """
        since = time.time()
        self.pair.kill_leader()
        leads = f'kube_ha_exporter_leader{{instance="{self.pair.leader.address}"}}'
        wait_for(lambda: self.prometheus.ask(f"sum_over_time({leads}[1m]) > 5"), "the new leader to be scraped")
        assert self.broken(since) == []

    def broken(self, since):
        """The alerts that fired at that time and not at each second since, those that began anew, and those that fired
        twice."""
        span = {"start": since, "end": time.time(), "step": 1}

        def asked(query):
            return {tuple(sorted(item for item in series["metric"].items() if item[0] not in ("__name__", "alertstate"))):
                    series["values"] for series in self.prometheus.ask(query, **span)}
        # An alert that becomes firing later has no value at the beginning.
        firing = {labels: values for labels, values in asked(f'ALERTS{{alertstate="firing", {ALERTS}}}').items()
                  if float(values[0][0]) - since < 0.5}
        assert firing
        seconds = int(span["end"] - since) + 1
        ended = [labels for labels, values in firing.items() if len(values) < seconds]
        begun = asked(f"ALERTS_FOR_STATE{{{ALERTS}}}")
        anew = [labels for labels in firing if len({value for _, value in begun[labels]}) > 1]
        twice = asked("count by (cluster, alertname, rule, kind, namespace, name)"
                      f'(ALERTS{{alertstate="firing", {ALERTS}}}) > 1')
        return [*ended, *anew, *twice]

    def alike(self):
        """Whether the pair raises what the one replica raises."""
        one, two = ({tuple(sorted(item for item in labels.items() if item[0] != "cluster"))
                     for labels in self.firing(cluster=cluster)} for cluster in CLUSTERS)
        return one and one == two

    def resolved(self):
        """The alerts of which somebody was told that they are over."""
        return [alert["labels"] for told in list(self.receiver.notifications) for alert in told["alerts"]
                if alert["status"] == "resolved"]

    def end(self):
        """Ends the outage; waits until nothing fires, and each group that was told of is resolved."""
        assert self.resolved() == []
        self.demo.fault("DELETE")
        wait_for(lambda: not self.firing() or None, "all alerts to end")
        wait_for(lambda: self.receiver.groups("resolved") == self.receiver.groups(), "each group to be resolved")

    def stop(self):
        for running in reversed(self.started):
            running.stop()


@pytest.fixture(scope="module")
def watched(program, simulator, healthy_rules, tmp_path_factory):
    running = Watched(program, simulator, healthy_rules, tmp_path_factory.mktemp("outages"))
    yield running
    running.stop()


@pytest.fixture
def outage(watched):
    """Begins a fault; ended by the test, or here. Both replicas of the pair are there at its beginning."""
    if not watched.pair.standby:
        watched.pair.complete()
    watched.receiver.notifications.clear()
    yield lambda **fault: watched.demo.fault("POST", **fault)
    watched.demo.fault("DELETE")


def groups(kind, name):
    """The labels of the group with that cause, of each cluster."""
    return [{"cause_kind": kind, "cause_name": name, "cluster": cluster} for cluster in CLUSTERS]


def causes(found):
    """The causes of alerts."""
    return {(labels.get("cause_kind"), labels.get("cause_name")) for labels in found}


def test_the_loss_of_a_node_is_told_once_and_ends(watched, outage):
    node = watched.worker()
    outage(fault="node-lost", name=node)
    for group in groups("Node", node):
        told = wait_for(lambda: watched.told(**group), "the notification")[0]
        found, = (alert for alert in told["alerts"] if alert["labels"]["rule"] == "node-not-ready")
        assert found["labels"]["alertname"] == "KubeHANodesDegraded" and found["labels"]["severity"] == "warning"
        assert f"Node {node}: A node is not Ready." in found["annotations"]["summary"]
        assert found["annotations"]["runbook_url"].endswith("/runbook.md#node-not-ready")
    watched.kill_leader()
    wait_for(watched.alike, "the pair to raise what one raises")
    # All that follows is in these groups, and nothing in another.
    assert causes(watched.firing()) == {("Node", node)}
    # Whatever is critical is told though the node is known.
    states = watched.alertmanager.states()
    assert not [labels for labels, is_muted in states.items() if is_muted and ("severity", "critical") in labels]
    watched.end()
    assert watched.receiver.groups() == {tuple(group.items()) for group in groups("Node", node)}


def test_the_outage_of_a_zone_is_one_group_and_ends(watched, outage):
    outage(fault="zone-lost", name=ZONE)
    for group in groups("Zone", ZONE):
        wait_for(lambda: [told for told in watched.told(**group) for alert in told["alerts"]
                          if alert["labels"]["alertname"] == "KubeHAZoneLost"], "the notification of the lost zone")
        # Its four nodes, what ran there, and its API server and member of etcd.
        wait_for(lambda: len(watched.firing(**group)) > 5 or None, "what follows")
        lost, = watched.firing(alertname="KubeHAZoneLost", **group)
        assert lost["severity"] == "critical"
    watched.kill_leader()
    wait_for(watched.alike, "the pair to raise what one raises")
    for group in groups("Zone", ZONE):
        (_, alerts, muted), = (found for found in watched.alertmanager.groups() if found[0] == group)
        shown = {labels["rule"] for labels in alerts if labels not in muted}
        assert {labels["rule"] for labels in muted} >= {"node-not-ready"}
        assert "zone-lost" in shown and shown <= {"zone-lost", "etcd-no-tolerance"}, shown
    watched.end()
    # Neither another group, nor a burst of what was muted at the end.
    assert watched.receiver.groups() == {tuple(group.items()) for group in groups("Zone", ZONE)}
    told = {alert["labels"]["rule"] for told in watched.told() for alert in told["alerts"] if alert["status"] == "firing"}
    assert told <= {"zone-lost", "etcd-no-tolerance"}, told


def test_the_loss_of_quorum_fires_for_as_long_as_it_lasts(watched, outage):
    outage(fault="etcd-quorum-lost")
    critical = ["KubeHAEtcdQuorumLost", "KubeHAAPIServerNoneServing"]
    for cluster in CLUSTERS:
        for alert in critical:
            wait_for(lambda: watched.firing(alertname=alert, severity="critical", cluster=cluster), f"{alert}, {cluster}")
    since = time.time()
    # No lease can be written: the standby serves without it, and nobody can be started in the leader's place.
    watched.kill_leader()
    begun = Samples(watched.pair.leader).value("kube_ha_exporter_collections_total")
    wait_for(lambda: Samples(watched.pair.leader).value("kube_ha_exporter_collections_total") > begun + 20,
             "twenty collections more")
    for cluster in CLUSTERS:
        frozen = f'kube_ha:area_status{{area="nodes", status="unknown", cluster="{cluster}"}} == 1'
        wait_for(lambda: watched.prometheus.ask(frozen), "areas to be unknown")
    assert [labels for labels in watched.broken(since) if dict(labels)["alertname"] in critical] == []
    for cluster in CLUSTERS:
        told = {alert["labels"]["alertname"] for told in watched.told(cluster=cluster) for alert in told["alerts"]}
        assert set(critical) <= told
    assert [labels for labels in watched.resolved() if labels["alertname"] in critical] == []
    watched.demo.fault("DELETE")
    wait_for(lambda: not watched.firing() or None, "the end of the outage")
