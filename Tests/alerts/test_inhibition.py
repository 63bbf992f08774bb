"""What mutes what, by a real Alertmanager with the committed file."""

import pytest

from alertmanager import Alertmanager
from programs import wait_for
from promtool import selected


@pytest.fixture
def alertmanager(tmp_path):
    running = Alertmanager(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def alert(rules, alerts):
    """Makes the labels of an alert as the rules do: by rule, object and cause, each (kind, namespace, name)."""
    def make(rule, found, cause=None, severity=None):
        known, = (other for other in rules if other.name == rule)
        name, = (name for name, other in alerts.items() if selected(other, known.name, known.area))
        labels = {"alertname": name, "rule": rule, "area": known.area, "severity": severity or known.severity}
        for prefix, what in (("", found), ("cause_", cause or found)):
            labels.update({f"{prefix}{label}": value for label, value in zip(("kind", "namespace", "name"), what) if value})
        return labels
    return make


def muted(alertmanager, *sent):
    """Those that are muted, in order, once all were received."""
    alertmanager.send(*sent)
    wait_for(lambda: len(alertmanager.states()) == len(sent) or None, "all alerts to be received")
    return [labels for labels in sent if alertmanager.states()[tuple(sorted(labels.items()))]]


NODE, ZONE, WEB = ("Node", "", "worker-1"), ("Zone", "", "zone-a"), ("Deployment", "shop", "web")


def test_a_node_mutes_warnings_that_follow_from_it(alertmanager, alert):
    deficit = alert("workload-deficit", WEB, NODE)
    other = alert("workload-deficit", ("Deployment", "shop", "api"), ("Node", "", "worker-2"))
    own = alert("workload-deficit", ("Deployment", "shop", "job"))
    assert muted(alertmanager, alert("node-not-ready", NODE), deficit, other, own) == [deficit]


# A severity that --rules-config gives the node too.
@pytest.mark.parametrize("rule", ["node-not-ready", "master-not-ready"])
@pytest.mark.parametrize("severity", ["warning", "critical"])
def test_a_node_never_mutes_what_is_critical(alertmanager, alert, rule, severity):
    assert muted(alertmanager, alert(rule, NODE, severity=severity), alert("workload-down", WEB, NODE),
                 alert("cluster-dns-down", ("Service", "kube-system", "kube-dns"), NODE),
                 alert("etcd-no-tolerance", ("EtcdCluster", "", "main"), NODE)) == []


def test_an_outage_of_a_zone_is_one_group(alertmanager, alert):
    sent = [alert("zone-lost", ZONE), *(alert("node-not-ready", ("Node", "", f"n{number}"), ZONE) for number in range(10)),
            *(alert("workload-down", ("Deployment", "shop", f"w{number}"), ZONE) for number in range(20)),
            *(alert("workload-deficit", ("Deployment", "shop", f"d{number}"), ZONE) for number in range(20))]
    assert muted(alertmanager, *sent) == sent[1:]
    (labels, found, _), = alertmanager.groups()
    assert labels == {"cause_kind": "Zone", "cause_name": "zone-a"} and len(found) == 51


def test_a_zone_does_not_mute_an_outage_of_the_control_plane(alertmanager, alert):
    member = alert("etcd-member-unhealthy", ("EtcdMember", "", "cp-1"), ZONE)
    assert muted(alertmanager, alert("zone-lost", ZONE), alert("etcd-quorum-lost", ("EtcdCluster", "", "main"), ZONE),
                 alert("apiserver-none-serving", ("Cluster", "", ""), ZONE), member) == [member]


def test_a_zone_called_a_warning_mutes_nothing_critical(alertmanager, alert):
    deficit = alert("workload-deficit", WEB, ZONE)
    assert muted(alertmanager, alert("zone-lost", ZONE, severity="warning"), deficit,
                 alert("workload-down", ("Deployment", "shop", "api"), ZONE)) == [deficit]


def test_a_stalled_control_plane_mutes_what_may_be_old(alertmanager, alert):
    etcd = ("EtcdCluster", "", "main")
    down = alert("workload-down", WEB, etcd)
    assert muted(alertmanager, alert("etcd-quorum-lost", etcd), alert("apiserver-none-serving", ("Cluster", "", ""), etcd),
                 alert("cluster-writes-stalled", ("Cluster", "", ""), etcd), down) == [down]


def test_the_exporters_own_alerts_mute_nothing(alertmanager, alert, alerts):
    own = [{"alertname": name, **found["labels"]} for name, found in alerts.items() if "labels" in found]
    assert len(own) == 8
    assert muted(alertmanager, *own, alert("apiserver-none-serving", ("Cluster", "", "")), alert("workload-down", WEB)) == []


def test_nobody_is_told_of_the_gate(alertmanager, alert):
    muted(alertmanager, {"alertname": "KubeHAMaintenanceUnsafe", "severity": "none"}, alert("workload-down", WEB))
    (_, found, _), = alertmanager.groups()
    assert [labels["alertname"] for labels in found] == ["KubeHAWorkloadDown"]
