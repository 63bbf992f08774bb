"""The demo: what happens to its cluster shows in the metrics, in the order of its story."""

import re
import subprocess

import prometheus_client.parser as text
import pytest

from conftest import wait_for
from demo import Demo


@pytest.fixture
def demo(simulator):
    running = Demo(simulator, "--pace", "3s", "--interval", "1s")
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def value(demo, name, **labels):
    found = {(s.name, frozenset(s.labels.items())): s.value
             for family in text.text_string_to_metric_families(demo.text()) for s in family.samples}
    return found.get((name, frozenset(labels.items())))


def ready_nodes(demo, zone):
    """Of a zone, all roles together, as text: 0 counts as something to wait for too."""
    found = [s.value for family in text.text_string_to_metric_families(demo.text()) for s in family.samples
             if s.name == "kube_ha_zone_nodes_ready" and s.labels["topology_zone"] == zone]
    return str(int(sum(found))) if found else None


def test_the_story_shows(demo):
    assert demo.find(r"^A simulated cluster of 12 nodes in 3 zones is at http://127\.0\.0\.1:\d+$")
    assert demo.find(r"^Open http://127\.0\.0\.1:\d+/ or scrape http://127\.0\.0\.1:\d+/metrics$")
    workers = ("kube_ha_nodes_ready", {"role": "worker"})
    assert value(demo, workers[0], **workers[1]) == 9
    assert value(demo, "kube_ha_etcd_failure_tolerance", etcd_cluster="main") == 1

    # Of the chat suite every part is a single replica, and one node takes the host of its homeserver along.
    points = "kube_ha_application_single_points"
    wait_for(lambda: value(demo, points, namespace="chat", application="matrix-stack") == 9 or None, "the suite")
    assert value(demo, points, namespace="shop", application="shop") == 0
    wait_for(lambda: value(demo, "kube_ha_survives", event="node_loss") == 0 or None, "the headline")

    rollout = wait_for(lambda: demo.find(r"^Deployment (\S+)/(\S+) is rolled out"), "the rollout")
    labels = {"namespace": rollout[1], "workload_type": "deployment", "workload": rollout[2]}
    wait_for(lambda: value(demo, "kube_ha_workload_rollout_in_progress", **labels) == 1 or None, "it to show")

    wait_for(lambda: demo.find(r"^Node \S+ loses power"), "the node to be lost")
    wait_for(lambda: value(demo, workers[0], **workers[1]) == 8 or None, "it to show")
    wait_for(lambda: demo.find(r"^Node \S+ is back"), "the node to be back")
    wait_for(lambda: value(demo, workers[0], **workers[1]) == 9 or None, "it to show")

    zone = wait_for(lambda: demo.find(r"^(zone-\S+) loses power"), "the zone to be lost")[1]
    wait_for(lambda: value(demo, "kube_ha_etcd_failure_tolerance", etcd_cluster="main") == 0 or None, "etcd to show it")
    wait_for(lambda: ready_nodes(demo, zone) == "0" or None, "the nodes to show it")
    wait_for(lambda: demo.find(r"^zone-\S+ is back"), "the zone to be back")
    wait_for(lambda: value(demo, "kube_ha_etcd_failure_tolerance", etcd_cluster="main") == 1 or None, "etcd to show it")
    wait_for(lambda: ready_nodes(demo, zone) == "4" or None, "the nodes to show it")

    # It begins again.
    wait_for(lambda: sum(bool(re.search("^Everything is healthy", line)) for line in list(demo.lines)) == 2 or None, "round two")


def test_a_pace_that_is_none_is_refused(simulator):
    done = subprocess.run([simulator, "demo", "--pace", "soon"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 64
    assert "pace" in done.stderr and "soon" in done.stderr and done.stderr.count("\n") == 1
