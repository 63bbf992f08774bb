"""Two replicas that elect a leader by a Lease of the simulator: one serves the cluster's families, nobody falls silent."""

import copy
import json
import pathlib
import signal
import socket
import socketserver
import threading
import time

import pytest
import yaml

from programs import Exporter, Prometheus, wait_for
from replicas import ELECTION, Pair, serves, wait_until_serves
from simulator import Samples, Simulator

# Seconds from one collection to the next.
INTERVAL = 5
TIMES = (*ELECTION, "--interval", f"{INTERVAL}s")
RULES = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "kube-ha-exporter.rules.yaml"


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


class Relay(socketserver.ThreadingTCPServer):
    """Stands before a replica. Once `kills` is set it kills the replica in the middle of its next answer."""

    daemon_threads = True

    def __init__(self, replica):
        super().__init__(("127.0.0.1", 0), Passing)
        self.replica, self.kills = replica, threading.Event()
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Either side may go away at any time."""


class Passing(socketserver.BaseRequestHandler):
    def handle(self):
        host, port = self.server.replica.address.split(":")
        with socket.create_connection((host, int(port))) as replica:
            threading.Thread(target=self.ask, args=(replica,), daemon=True).start()
            while answer := replica.recv(4096):
                self.request.sendall(answer)
                if self.server.kills.is_set():
                    self.server.replica.process.kill()
                    return

    def ask(self, replica):
        try:
            while asked := self.request.recv(4096):
                replica.sendall(asked)
        except OSError:
            pass


@pytest.fixture
def watched(program, simulator_process, tmp_path):
    """A pair that is scraped through relays, and a Prometheus with the committed rules; of the alerts it has the one that
    nobody leads, which waits six leases here: (pair, {replica: its relay}, Prometheus)."""
    groups = copy.deepcopy(yaml.safe_load(RULES.read_text())["groups"])
    for group in groups:
        group["rules"] = [{**rule, "for": "18s"} if "alert" in rule else rule for rule in group["rules"]
                          if rule.get("alert", "KubeHAExporterNoLeader") == "KubeHAExporterNoLeader"]
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps({"groups": groups}))
    relays = {}

    def before(replica):
        return relays.setdefault(replica, Relay(replica)).address

    pair = Pair(program, tmp_path / "targets.json", "--kubeconfig", str(simulator_process.kubeconfig),
                "--interval", f"{INTERVAL}s",
                address=before)
    prometheus = Prometheus(tmp_path, rule_files=[str(rules)], scrape_configs=[{
        "job_name": "kube-ha-exporter", "honor_labels": True, "file_sd_configs": pair.scraped()}])
    yield pair, relays, prometheus
    prometheus.stop()
    pair.stop()


def kill_again_and_again(pair, relays, prometheus):
    """Three times the leader is killed in the middle of a scrape, and the standby takes over. Returns the time range."""
    wait_for(lambda: prometheus.ask('count(kube_ha:area_status) > 0 and count(kube_ha:findings) > 0'), "the rules to record")
    start = time.time()
    for _ in range(3):
        killed = pair.leader.process
        relays[pair.leader].kills.set()
        wait_for(lambda: killed.poll() is not None, "a scrape in which the leader is killed")
        pair.kill_leader()
        pair.complete()
        scraped = f'kube_ha_exporter_leader{{instance="{relays[pair.leader].address}"}} == 1'
        wait_for(lambda: prometheus.ask(scraped), "the new leader to be scraped")
    return {"start": start, "end": time.time(), "step": 1}


def without_gap(series, span):
    """The series that were there at the beginning and not at each second since."""
    seconds = int(span["end"] - span["start"]) + 1
    return [found["metric"] for found in series
            if float(found["values"][0][0]) - span["start"] < 0.5 and len(found["values"]) < seconds]


def test_the_standby_takes_over_again_and_again(watched):
    """No series is doubled; what the rules record has no gap; counters begin again at 0; no alert that nobody leads."""
    span = kill_again_and_again(*watched)
    prometheus = watched[-1]
    families = '{__name__=~"kube_ha_.+", __name__!~"kube_ha_exporter_.+"}'
    doubled = f'count without (instance) (label_replace({families}, "family", "$1", "__name__", "(.+)")) > 1'
    assert prometheus.ask(doubled, **span) == [], "two replicas served at one time"
    # The gate for maintenance is closed while nobody leads.
    recorded = prometheus.ask('{__name__=~"kube_ha:.+", __name__!="kube_ha:maintenance_safe"}', **span)
    assert len({found["metric"]["__name__"] for found in recorded}) >= 5
    assert without_gap(recorded, span) == []
    counters = prometheus.ask('max without (instance) (label_replace({__name__=~"kube_ha_.+_total", '
                              '__name__!~"kube_ha_exporter_.+"}, "family", "$1", "__name__", "(.+)"))', **span)
    falls = [(found["metric"]["family"], float(value), at - last) for found in counters for (last, before), (at, value)
             in zip(found["values"], found["values"][1:]) if float(value) < float(before)]
    fell = {family for family, *_ in falls}
    # From 0: what is seen first may be a collection later, and counts from the one before the hand-over.
    wrong = [fall for fall in falls if fall[1] > fall[2] + INTERVAL]
    assert "kube_ha_workloads_observed_seconds_total" in fell and wrong == []
    assert prometheus.ask('ALERTS{alertname="KubeHAExporterNoLeader", alertstate="firing"}', **span) == []


def test_refused_writes_leave_no_gap(watched, simulator_process):
    """The same while no Lease can be written: several may serve, and the rules merge them."""
    pair, relays, prometheus = watched
    simulator_process.fault("POST", fault="writes-frozen")
    wait_for(lambda: pair.leader.find("without the lease"), "the leader to go on")
    span = kill_again_and_again(pair, relays, prometheus)
    status = prometheus.ask("kube_ha:area_status", **span)
    assert status and without_gap(status, span) == []
    assert prometheus.ask("count by (area, status) (kube_ha:area_status) > 1", **span) == []
    assert prometheus.ask('ALERTS{alertname="KubeHAExporterNoLeader", alertstate="firing"}', **span) == []


def test_a_clean_shutdown_gives_the_lease_up(replica):
    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()
    assert not serves(standby)
    assert leader.stop() == 0
    assert any("released the leader lease" in line for line in leader.lines)
    wait_until_serves(standby, "the standby to lead")


def test_both_say_who_leads(replica):
    leader = replica()
    wait_until_serves(leader, "the first replica to lead")
    standby = replica()

    def told(exporter):
        return json.loads(exporter.get("/api/v1/report")[2])["leadership"]
    wait_for(lambda: told(standby).get("holder"), "the standby to see who leads")
    holder = told(leader)["holder"]
    assert told(leader) == {"role": "leads", "holder": holder}
    assert told(standby) == {"role": "waits", "holder": holder}
    assert b"This replica leads" in leader.get("/")[2]
    assert f"{holder} holds the lease".encode() in standby.get("/")[2]


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
    wait_for(lambda: leader.find("without the lease, as others may"), "the leader to go on without the lease")
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
    wait_for(lambda: leader.find("without the lease, as others may"), "the leader to go on")
    assert serves(leader)
    leader.process.kill()
    wait_until_serves(standby, "the standby to serve without the lease")
    simulator_process.fault("DELETE")
    wait_for(lambda: standby.find("this replica is the leader and serves"), "the standby to get the lease")
    assert serves(standby)
