"""The program against a simulated cluster, each a process of its own: lists and watches over a socket."""

import json
import pathlib
import subprocess

import prometheus_client.parser as text
import pytest

from conftest import Exporter, wait_for
from simulator import Simulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    running = Simulator(
        tmp_path_factory.mktemp("live"), "--nodes", "12", "--pods", "240", "--pod-bytes", "4800")
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


@pytest.fixture(scope="module")
def live(program, simulator):
    running = Exporter(
        program, "--kubeconfig", str(simulator.kubeconfig), "--interval", "1s",
        "--etcd.endpoints", ",".join(simulator.addresses["etcd"]),
        *(flag for url in simulator.addresses["apiServers"] for flag in ("--probe.endpoint", url)))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def samples(live):
    body = live.get("/metrics", Accept="text/plain")[2].decode()
    return {(s.name, frozenset(s.labels.items())): s.value
            for family in text.text_string_to_metric_families(body) for s in family.samples}


def value(live, name, **labels):
    return samples(live).get((name, frozenset(labels.items())))


def test_everything_is_read(live):
    found = samples(live)
    states = {dict(labels)["source"]: dict(labels)["state"] for (name, labels), v in found.items()
              if name == "kube_ha_exporter_source_state" and v == 1}
    assert {source: state for source, state in states.items() if state != "ok"} == {}
    assert found[("kube_ha_exporter_source_objects", frozenset({("source", "nodes")}))] == 12
    assert found[("kube_ha_exporter_source_objects", frozenset({("source", "pods")}))] == 240
    assert found[("kube_ha_zones", frozenset())] == 3


def test_the_control_plane_is_asked(live):
    wait_for(lambda: value(live, "kube_ha_etcd_members_healthy", etcd_cluster="main") == 3 or None, "three members")
    assert value(live, "kube_ha_etcd_failure_tolerance", etcd_cluster="main") == 1
    # Three instances, and the configured server in front of them, which is always asked.
    ready = [v for (name, _), v in samples(live).items() if name == "kube_ha_apiserver_ready"]
    assert ready == [1, 1, 1, 1]
    assert value(live, "kube_ha_apiserver_versions") == 1


def test_a_watch_brings_what_changes(live, simulator):
    assert value(live, "kube_ha_nodes_cordoned") == 0
    name = next(dict(labels)["node"] for name, labels in samples(live) if name == "kube_ha_node_usable")
    simulator.fault("POST", fault="cordoned", name=name)
    wait_for(lambda: value(live, "kube_ha_nodes_cordoned") == 1 or None, "the node to be cordoned")
    simulator.fault("DELETE")
    wait_for(lambda: value(live, "kube_ha_nodes_cordoned") == 0 or None, "the node to be usable again")


def test_a_member_that_is_lost_is_found(live, simulator):
    simulator.fault("POST", fault="etcd-member-lost", name="cp-3")
    wait_for(lambda: value(live, "kube_ha_etcd_members_healthy", etcd_cluster="main") == 2 or None, "the lost member")
    assert value(live, "kube_ha_etcd_failure_tolerance", etcd_cluster="main") == 0
    simulator.fault("DELETE")
    wait_for(lambda: value(live, "kube_ha_etcd_members_healthy", etcd_cluster="main") == 3 or None, "its return")


def report(program, kubeconfig, *arguments):
    return subprocess.run([program, "report", "--kubeconfig", str(kubeconfig), "--output", "json", *arguments],
                          capture_output=True, text=True, timeout=120, check=False)


def found(done):
    """The rules that a report raised."""
    return {finding["rule"] for finding in json.loads(done.stdout)["findings"]}


def test_a_report_of_the_live_cluster(program, simulator):
    done = report(program, str(simulator.kubeconfig), "--fail-on", "never",
                  "--etcd.endpoints", ",".join(simulator.addresses["etcd"]),
                  *(flag for url in simulator.addresses["apiServers"] for flag in ("--probe.endpoint", url)))
    assert done.returncode == 0, done.stderr
    areas = json.loads(done.stdout)["areas"]
    assert len(areas) >= 17
    assert all(not area["unknown_sources"] for area in areas)


def test_a_report_says_what_it_may_not_read(program, simulator):
    simulator.fault("POST", fault="forbidden", resource="pods")
    try:
        done = report(program, str(simulator.kubeconfig), "--fail-on", "never")
    finally:
        simulator.fault("DELETE")
    assert done.returncode == 2, done.stderr
    unknown = {tuple(source.values()) for area in json.loads(done.stdout)["areas"] for source in area["unknown_sources"]}
    assert ("pods", "forbidden") in unknown


def test_a_namespace_that_is_not_there_is_no_healthy_cluster(program, simulator):
    """Its lists are empty, and so would be all findings."""
    done = report(program, str(simulator.kubeconfig), "--fail-on", "never", "--namespaces", "kube-system,kube-sistem")
    assert done.returncode == 2 and not done.stdout
    assert done.stderr == 'kube-ha-exporter: --namespaces "kube-sistem": the cluster has no such namespace\n'


def test_a_report_of_a_server_that_is_not_there(program, simulator, tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    text = pathlib.Path(simulator.kubeconfig).read_text()
    kubeconfig.write_text(text.replace(simulator.addresses["server"], "http://127.0.0.1:1"))
    done = report(program, kubeconfig)
    # Nobody serves: that is what there is to report, and never 0.
    assert done.returncode == 1
    assert "apiserver-none-serving" in found(done)
    assert "cannot read http://127.0.0.1:1: cannot connect to 127.0.0.1" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("fault", ["etcd-quorum-lost", "etcd-members-silent", "apiservers-lost"])
def test_a_report_in_an_outage_is_never_well(program, simulator, fault):
    simulator.fault("POST", fault=fault)
    try:
        done = report(program, simulator.kubeconfig, "--wait", "5s")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "apiserver-none-serving" in found(done)
    finally:
        simulator.fault("DELETE")
    wait_for(lambda: "apiserver-none-serving" not in found(report(program, simulator.kubeconfig)),
             "the end of the outage")
