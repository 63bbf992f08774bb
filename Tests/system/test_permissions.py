"""The program with the rights of deploy/kubernetes and no others, as an API server's authorizer would enforce them."""

import http.client
import http.server
import json
import re
import threading
import urllib.parse

import pytest
import yaml

from conftest import DEADLINE, ROOT, Exporter
from simulator import Simulator, wait_for_samples

ROLE = yaml.safe_load((ROOT / "deploy/kubernetes/base/cluster-role.yaml").read_text())["rules"]
RESOURCE = re.compile(r"/(?:api|apis/(?P<group>[^/]+))/[^/]+/(?:namespaces/[^/]+/)?(?P<resource>[^/]+)(?P<name>/.*)?")


def attributes(target):
    """What a GET asks for, as the API server's RequestInfo has it: (group, resource, verb) or (path, verb)."""
    url = urllib.parse.urlsplit(target)
    found = RESOURCE.fullmatch(url.path)
    if not found:
        return (url.path, "get")
    watches = urllib.parse.parse_qs(url.query).get("watch") in (["true"], ["1"])
    verb = "watch" if watches else "get" if found["name"] else "list"
    return (found["group"] or "", found["resource"], verb)


def granted(rules):
    """The attributes that rules without wildcards allow."""
    return {key for rule in rules for verb in rule["verbs"] for key in [
        *((group, resource, verb) for group in rule.get("apiGroups", []) for resource in rule.get("resources", [])),
        *((path, verb) for path in rule.get("nonResourceURLs", []))]}


class Authorizer(http.server.ThreadingHTTPServer):
    """Stands before an API server and answers 403 to what the rules do not allow."""

    daemon_threads = True

    def __init__(self, server, rules):
        super().__init__(("127.0.0.1", 0), Forwarder)
        self.upstream = urllib.parse.urlsplit(server).netloc
        self.allowed = granted(rules)
        self.asked, self.refused = set(), set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A watch ends when either side goes away."""


class Forwarder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        key = attributes(self.path)
        self.server.asked.add(key)
        if key not in self.server.allowed:
            self.server.refused.add(key)
            body = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden",
                               "message": f"{key} is forbidden", "code": 403}).encode()
            self.send_response(403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        connection = http.client.HTTPConnection(self.server.upstream, timeout=DEADLINE)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() in ("accept", "authorization")}
            connection.request("GET", self.path, headers=headers)
            answer = connection.getresponse()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"] or "application/octet-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while part := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        finally:
            connection.close()

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    running = Simulator(tmp_path_factory.mktemp("permissions"))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def serving(program, simulator, rules, folder, done):
    """The samples once they are as they should be, and the authorizer that stood before."""
    authorizer = Authorizer(simulator.server, rules)
    server = f"http://127.0.0.1:{authorizer.server_port}"
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(simulator.kubeconfig.read_text().replace(simulator.server, server))
    # Named, since those that the cluster tells of are asked past the authorizer.
    exporter = Exporter(program, "--kubeconfig", str(kubeconfig), "--interval", "1s", "--probe.endpoint", server)
    try:
        return wait_for_samples(exporter, lambda samples: done(samples, authorizer), "the sources"), authorizer
    finally:
        exporter.stop()
        authorizer.shutdown()
        authorizer.server_close()


# Asked for once an hour; only the component upgrade-preflight grants it, and without it nothing is unknown.
PREFLIGHT = ("/metrics", "get")


def test_the_cluster_role_is_enough_and_all_of_it_is_used(program, simulator, tmp_path):
    """A source is ok with it or does not exist; each right was made use of; nothing was refused."""
    samples, authorizer = serving(
        program, simulator, ROLE, tmp_path, lambda _, authorizer: authorizer.asked >= authorizer.allowed)
    assert authorizer.refused <= {PREFLIGHT}
    assert authorizer.asked - {PREFLIGHT} == authorizer.allowed
    assert [source for source, state in samples.states().items() if state == "forbidden"] == []


@pytest.mark.parametrize("resource, source", [("pods", "pods"), ("leases", "leases"), ("ingresses", "ingresses")])
def test_a_right_that_is_taken_away_is_told(resource, source, program, simulator, tmp_path):
    rules = [{**rule, "resources": [name for name in rule.get("resources", []) if name != resource]} for rule in ROLE]
    samples, authorizer = serving(
        program, simulator, rules, tmp_path, lambda samples, _: samples.states().get(source) == "forbidden")
    assert {key[1] for key in authorizer.refused - {PREFLIGHT}} == {resource}
    assert samples.states()["nodes"] == "ok"
