"""Two replicas that elect a leader by a Lease of the simulator: one serves the cluster's families, nobody falls silent."""

import json
import signal
import time

import pytest

from programs import Exporter, Prometheus, wait_for
from simulator import Samples, Simulator

TIMES = (
    "--leader-elect", "--leader-elect-lease-duration", "3s", "--leader-elect-renew-deadline", "2s",
    "--leader-elect-retry-period", "300ms", "--leader-elect-resource-namespace", "monitoring", "--interval", "5s")
# SIGNALS, «Two replicas»: how recording rules read the families of two replicas.
RULE = (
    "max without (instance, pod, container, job) ({0}) or "
    "(max without (instance, pod, container, job) (last_over_time({0}[5m])) "
    "unless on () (max (kube_ha_exporter_leader) == 1))")


@pytest.fixture
def simulator_process(tmp_path):
    running = Simulator(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def replica(program, simulator_process):
    """Starts a replica that has read the cluster."""
    started = []

    def start(*flags):
        exporter = Exporter(program, "--kubeconfig", str(simulator_process.kubeconfig), *TIMES, *flags)
        started.append(exporter)
        return exporter
    yield start
    for exporter in started:
        if exporter.process.poll() is None:
            exporter.process.send_signal(signal.SIGCONT)
            exporter.process.kill()
            exporter.process.wait()


def serves(exporter):
    """Whether it serves the cluster's families; what it says of itself must say the same."""
    samples = Samples(exporter)
    has = any(name == "kube_ha_area_status" for name, _ in samples)
    assert samples.value("kube_ha_exporter_leader") == (1 if has else 0), exporter.lines[-5:]
    return has


def wait_until_serves(exporter, what):
    wait_for(lambda: serves(exporter) or None, what)


def test_the_standby_takes_over_again_and_again(replica, tmp_path):
    """Killed in the middle of scrapes: no series is doubled, what the rules record has no gap, and somebody leads again."""
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps({"groups": [{"name": "two replicas", "rules": [
        {"record": "recorded_area_status", "expr": RULE.format("kube_ha_area_status")}]}]}))
    targets = tmp_path / "targets.json"

    def scrape(*exporters):
        targets.write_text(json.dumps([{"targets": [exporter.address for exporter in exporters]}]))

    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()
    assert not serves(standby)
    scrape(leader, standby)
    prometheus = Prometheus(tmp_path, rule_files=[str(rules)], scrape_configs=[{
        "job_name": "kube-ha-exporter", "honor_labels": True, "file_sd_configs": [
            {"files": [str(targets)], "refresh_interval": "1s"}]}])
    try:
        wait_for(lambda: prometheus.ask("recorded_area_status") or None, "the rule to record")
        start = time.time()
        for _ in range(3):
            leader.process.kill()
            leader.process.wait()
            wait_until_serves(standby, "the standby to take over")
            leader, standby = standby, replica()
            scrape(leader, standby)
            assert serves(leader) and not serves(standby)
        wait_for(lambda: prometheus.ask("sum(up) == 2") or None, "both to be scraped")
        over = {"start": start, "end": time.time(), "step": "1s"}
        doubled = prometheus.ask("max(count by (area, status) (kube_ha_area_status)) > 1", **over)
        assert doubled == [], "two replicas served at one time"
        recorded = prometheus.ask('count(recorded_area_status{area="nodes"})', **over)
        times = [at for series in recorded for at, _ in series["values"]]
        assert len(recorded) == 1 and {value for _, value in recorded[0]["values"]} == {"5"}, recorded
        assert max(b - a for a, b in zip(times, times[1:])) == 1, "what is recorded has a gap"
    finally:
        prometheus.stop()


def test_a_clean_shutdown_gives_the_lease_up(replica):
    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()
    assert not serves(standby)
    assert leader.stop() == 0
    assert any("released the leader lease" in line for line in leader.lines)
    wait_until_serves(standby, "the standby to lead")


def test_a_stopped_leader_serves_nothing_before_it_has_read_the_lease(replica):
    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()
    leader.process.send_signal(signal.SIGSTOP)
    wait_until_serves(standby, "the standby to take over")
    leader.process.send_signal(signal.SIGCONT)
    assert not serves(leader), "the first scrape after SIGCONT"
    wait_for(lambda: leader.find("another replica is the leader"), "the former leader to see who leads")
    assert not serves(leader) and serves(standby)


@pytest.mark.parametrize("count", [1, 2])
def test_the_outage_of_etcd_is_told_by_all_that_are_left(replica, simulator_process, count):
    """The critical finding of the outage appears and stays, although no lease can be written."""
    etcd = ("--etcd.endpoints", ",".join(simulator_process.addresses["etcd"]))
    leader = replica(*etcd)
    wait_until_serves(leader, "the first replica to lead")
    standby = replica(*etcd) if count == 2 else None
    simulator_process.fault("POST", fault="etcd-quorum-lost")
    wait_for(lambda: Samples(leader).raised("etcd-quorum-lost") or None, "the finding")
    wait_for(lambda: leader.find("API server takes no writes"), "the leader to go on without the lease")
    # Longer than the lease: all the time there.
    end = time.monotonic() + 6
    while time.monotonic() < end:
        assert Samples(leader).raised("etcd-quorum-lost") == 1
    if standby:
        leader.process.kill()
        wait_for(lambda: Samples(standby).raised("etcd-quorum-lost") or None, "the standby to tell it")
    last = standby or leader
    simulator_process.fault("DELETE")
    wait_for(lambda: last.find("this replica is the leader and serves.*") and serves(last) or None, "the lease to be written")


def test_refused_writes_silence_nobody(replica, simulator_process):
    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()
    simulator_process.fault("POST", fault="writes-frozen")
    wait_for(lambda: leader.find("without the lease: the API server takes no writes"), "the leader to go on")
    assert serves(leader)
    leader.process.kill()
    wait_until_serves(standby, "the standby to serve without the lease")
    simulator_process.fault("DELETE")
    wait_for(lambda: standby.find("this replica is the leader and serves"), "the standby to get the lease")
    assert serves(standby)
