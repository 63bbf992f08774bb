"""Connections that fail: one clear line in the log for the cluster, not one a retry or a resource; the right state of the
sources, in the metrics and in /readyz; and back to normal by itself once the server is there.
"""

import json
import socket
import ssl
import threading

import pytest

from certificates import Authority
from conftest import DEADLINE, Exporter, wait_for
from etcd_members import free_ports
from simulator import Simulator, wait_for_samples

# Probes of single instances go by what the cluster tells of them, which it does not while it cannot be read.
PROBED = {"apiserver", "apiservermetrics", "etcd"}
ATTEMPTS = 3
# Where the simulated API servers are, one for each master.
MASTERS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("trusted") / "ca")


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.issue("server", addresses=MASTERS)


def kubeconfig(folder, server, authority=None, token=None):
    """A kubeconfig for one cluster; JSON is YAML too."""
    file = folder / "own-kubeconfig"
    cluster = {"server": server, **({"certificate-authority": str(authority.file)} if authority else {})}
    file.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "own",
        "clusters": [{"name": "own", "cluster": cluster}],
        "users": [{"name": "own", "user": {"token": token} if token else {}}],
        "contexts": [{"name": "own", "context": {"cluster": "own", "user": "own"}}]}))
    return str(file)


@pytest.fixture
def start(program):
    """Starts the exporter, which need not become ready; and ends it."""
    running = []

    def begin(file, *flags):
        running.append(Exporter(program, "--kubeconfig", file, "--interval", "1s", *flags, ready=False))
        return running[-1]

    yield begin
    for each in running:
        assert each.stop() == 0, "\n".join(each.lines)


@pytest.fixture
def simulate(tmp_path):
    """Starts a simulated cluster on a port; and ends it."""
    running = []

    def begin(port=0, certificate=None, authority=None):
        tls = ["--certificate", str(certificate.file), "--key", str(certificate.key),
               "--certificate-authority", str(authority.file)] if certificate else []
        running.append(Simulator(tmp_path, "--listen", f"127.0.0.1:{port}", *tls))
        return running[-1]

    yield begin
    for each in running:
        each.stop()


def warnings(exporter):
    return [line for line in exporter.lines if "level=warning" in line and "is not https" not in line]


def attempts(samples):
    """How often each source has failed."""
    return samples.by("source", "kube_ha_exporter_source_errors_total", stage="list")


def expect_failure(exporter, state, *words):
    """Every source that is read fails so, again and again, with one line in the log that says why."""
    def failed(samples):
        counts = attempts(samples)
        others = {source: found for source, found in samples.states().items() if source not in PROBED}
        return counts and set(others.values()) == {state} and set(counts) == set(others) \
            and min(counts.values()) >= ATTEMPTS

    samples = wait_for_samples(exporter, failed, f"every source to be {state} after {ATTEMPTS} attempts")
    lines = warnings(exporter)
    assert len(lines) == 1, "\n".join(lines)
    assert f"are {state}: " in lines[0]
    for word in words:
        assert word in lines[0], lines[0]
    # Nothing is known but that no API server serves, if so: no other area is judged, no family of the cluster is there.
    assert set(samples.by("rule", "kube_ha_finding")) <= {"apiserver-none-serving", "apiserver-not-ready"}
    judged = {area for area in samples.by("area", "kube_ha_area_status")
              if samples.area(area) not in ("unknown", "not_applicable")}
    assert judged <= {"control_plane"}, judged
    assert samples.area("nodes") == "unknown"
    assert samples.value("kube_ha_zones") is None and samples.raised("node-not-ready") is None
    assert samples.value("kube_ha_exporter_source_up", source="nodes") == 0
    status, _, body = exporter.get("/readyz")
    assert status == 503 and f"nodes: {state}\n" in body.decode()
    assert exporter.get("/livez")[0] == 200
    return samples


def expect_recovery(exporter, *meanwhile):
    """All is read, and one more line says so. Between two servers on a port there may be a line that none is there."""
    samples = wait_for_samples(
        exporter, lambda s: {f for source, f in s.states().items() if source not in PROBED} == {"ok"}, "all to be ok")
    assert samples.value("kube_ha_nodes_ready", role="worker") == 3
    wait_for(lambda: exporter.get("/readyz")[0] == 200, "/readyz to answer 200")
    wait_for(lambda: exporter.find("all sources are ok"), "the line that all is well")
    collections = samples.value("kube_ha_exporter_collections_total")
    wait_for_samples(exporter, lambda s: s.value("kube_ha_exporter_collections_total") > collections + 2, "more rounds")
    assert len([line for line in exporter.lines if "sources are ok" in line]) == 1
    more = [line for line in warnings(exporter)[1:] if not any(word in line for word in meanwhile)]
    assert more == [] and len(warnings(exporter)) <= 2, "\n".join(warnings(exporter))


def port_of(cluster):
    return int(cluster.server.rsplit(":", 1)[1])


def test_connection_refused(start, simulate, authority, certificate, tmp_path):
    port, = free_ports(1)
    exporter = start(kubeconfig(tmp_path, f"https://127.0.0.1:{port}", authority))
    expect_failure(exporter, "unreachable", f"cannot connect to 127.0.0.1:{port}: Connection refused")
    simulate(port, certificate, authority)
    expect_recovery(exporter)


def test_server_that_goes_away(start, simulate, authority, certificate, tmp_path):
    """What was read is given until it is stale; one line tells of what is read, and the API servers are down."""
    first = simulate(0, certificate, authority)
    port = port_of(first)
    exporter = start(kubeconfig(tmp_path, first.server, authority))
    wait_for_samples(exporter, lambda s: set(s.states().values()) <= {"ok", "disabled", "absent"}, "all to be read")
    first.process.kill()
    # Only those that are read all the time fail within the time of a test: the others are listed once a minute.
    samples = wait_for_samples(
        exporter, lambda s: s.by("source", "kube_ha_exporter_source_errors_total", stage="watch").get("nodes", 0)
        >= ATTEMPTS, "nodes to be watched in vain")
    assert samples.states()["nodes"] in ("ok", "failing")
    assert samples.value("kube_ha_nodes_ready", role="worker") == 3

    def about_what_is_read():
        return [line for line in warnings(exporter) if "source apiserver" not in line]

    lines = wait_for(about_what_is_read, "a line about what is read")
    assert " fail: cannot connect to" in lines[0] or " fail: connection lost" in lines[0], lines[0]
    simulate(port, certificate, authority)
    wait_for(lambda: exporter.find("nodes, .* are ok|all sources are ok"), "the line that all is well")
    # However the reason changed meanwhile, it is one outage.
    assert len(about_what_is_read()) == 1, "\n".join(warnings(exporter))
    assert len(warnings(exporter)) <= 2, "\n".join(warnings(exporter))


def test_name_that_does_not_resolve(start, tmp_path):
    exporter = start(kubeconfig(tmp_path, "https://nonexistent.invalid:6443"))
    expect_failure(exporter, "unreachable", "cannot resolve nonexistent.invalid")


def test_wrong_authority(start, simulate, authority, certificate, tmp_path):
    stranger = Authority(tmp_path / "stranger", "stranger")
    first = simulate(certificate=stranger.issue("server"), authority=stranger)
    port = port_of(first)
    exporter = start(kubeconfig(tmp_path, first.server, authority))
    expect_failure(exporter, "unreachable", f"TLS with 127.0.0.1:{port} failed", "certificate")
    first.stop()
    simulate(port, certificate, authority)
    expect_recovery(exporter, "cannot connect to")


def test_expired_certificate(start, simulate, authority, certificate, tmp_path):
    expired = authority.issue("expired", days=1, since=-2 * 86_400)
    first = simulate(certificate=expired, authority=authority)
    port = port_of(first)
    exporter = start(kubeconfig(tmp_path, first.server, authority))
    expect_failure(exporter, "unreachable", f"TLS with 127.0.0.1:{port} failed", "certificate has expired")
    first.stop()
    simulate(port, certificate, authority)
    expect_recovery(exporter, "cannot connect to")


def test_instances_that_are_not_trusted_are_not_down(start, simulate, authority, tmp_path):
    """They are there, and it is we who do not trust them: no API server is missing, and that one is expired is told."""
    expired = authority.issue("expired", days=1, since=-2 * 86_400)
    server = simulate(certificate=expired, authority=authority).server
    exporter = start(kubeconfig(tmp_path, server, authority), "--probe.endpoint", server)
    samples = wait_for_samples(
        exporter, lambda s: s.states()["apiserver"] == "unreachable" and s.states()["nodes"] == "unreachable",
        "API servers to be unreachable")
    assert samples.raised("apiserver-none-serving") is None and samples.found("apiserver-none-serving") == []
    assert samples.by("apiserver", "kube_ha_apiserver_ready") == {}
    wait_for(lambda: exporter.find("are unreachable: TLS with 127.0.0.1:"), "a line that says so")


def test_wrong_token(start, simulate, authority, certificate, tmp_path):
    cluster = simulate(0, certificate, authority)
    context = ssl.create_default_context(cafile=str(authority.file))
    cluster.fault("POST", context, fault="token-expired", token="mistaken")
    exporter = start(kubeconfig(tmp_path, cluster.server, authority, token="mistaken"))
    expect_failure(exporter, "unauthorized", "401", "Unauthorized")
    assert not any("mistaken" in line for line in exporter.lines), "a token is in the log"
    cluster.fault("DELETE", context)
    expect_recovery(exporter)


class Hanging:
    """A server that takes connections and requests and never answers."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(128)
        self.port = self.listener.getsockname()[1]
        self.connections = []
        self.thread = threading.Thread(target=self._take, daemon=True)
        self.thread.start()

    def _take(self):
        while True:
            try:
                self.connections.append(self.listener.accept()[0])
            except OSError:
                return

    def stop(self):
        # Wakes the thread in accept, which close alone does not.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(DEADLINE)
        self.listener.close()
        for connection in self.connections:
            connection.close()


def test_server_that_hangs(start, simulate, tmp_path):
    hanging = Hanging()
    exporter = start(kubeconfig(tmp_path, f"http://127.0.0.1:{hanging.port}"), "--request-timeout", "1s")
    expect_failure(exporter, "unreachable", "the API server took the request and did not answer in time")
    assert len(hanging.connections) > ATTEMPTS
    hanging.stop()
    simulate(hanging.port)
    wait_for_samples(exporter, lambda s: s.states()["nodes"] == "ok", "nodes to be read")
