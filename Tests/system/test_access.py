"""Who is let in: TLS, client certificates, passwords and bearer tokens, with curl and Prometheus as clients."""

import base64
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.parse
import urllib.request

import pytest

from certificates import Authority
from conftest import DEADLINE, FIXTURES, Exporter, Running, wait_for
from simulator import Simulator

# bcrypt of "U*U" at cost 5, a test vector of crypt_blowfish.
USERS = "basic_auth_users:\n  ann: $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n"
PATHS = ["/", "/metrics", "/api/v1/report", "/report", "/nothing", "/debug/pprof/", "/metrics/"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("access") / "ca")


@pytest.fixture(scope="module")
def server_certificate(authority):
    return authority.issue("server")


class Served(Exporter):
    """The exporter over a recording, behind a web configuration. Health is read over a plain address of its own."""

    def __init__(self, program, configuration, *arguments):
        super().__init__(program, "--from", str(FIXTURES / "three-zone-healthy"), "--web.config.file",
                         str(configuration), *arguments, ready=False)


def curl(*arguments):
    """What curl prints of an answer, and its exit code: 000 and not 0 where there is none."""
    done = subprocess.run(
        ["curl", "--silent", "--max-time", str(DEADLINE), "--output", os.devnull, "--write-out", "%{http_code}",
         *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout


def write(folder, text, name="web.yml"):
    file = folder / name
    file.write_text(text)
    return file


def tls(certificate, more=""):
    return f"tls_server_config:\n  cert_file: {certificate.file}\n  key_file: {certificate.key}\n{more}"


def test_strangers_get_nothing(program, tmp_path):
    served = Served(program, write(tmp_path, USERS))
    try:
        for path in PATHS:
            for method in ("GET", "HEAD", "POST"):
                status, headers, body = served.get(path, method)
                assert status == 401 and headers["WWW-Authenticate"] == "Basic"
                assert body in (b"", b"unauthorized\n")
            assert curl("--user", "ann:wrong", served.url + path) == (0, "401")
        assert curl("--user", "ann:U*U", served.url + "/metrics") == (0, "200")
        assert served.get("/livez")[0] == 200
        wait_for(lambda: served.get("/readyz")[0] == 200, "readiness without a password")
        said = "\n".join(served.lines) + served.get(
            "/metrics", Authorization="Basic " + base64.b64encode(b"ann:U*U").decode())[2].decode()
        assert "U*U" not in said and "$2a$" not in said
    finally:
        assert served.stop() == 0


def test_wrong_passwords_do_not_stop_the_server(program, tmp_path):
    """Cost 10 takes some 80 ms each: a hundred at once, and the one who is known is answered."""
    hashed = "basic_auth_users:\n  ann: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG\n" + \
        USERS.splitlines()[1].replace("ann", "bob") + "\n"
    served = Served(program, write(tmp_path, hashed))
    try:
        assert curl("--user", "bob:U*U", served.url + "/metrics") == (0, "200")
        codes = []

        def guess(number):
            codes.append(curl("--user", f"ann:guess{number}", served.url + "/metrics")[1])

        guessing = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
        for thread in guessing:
            thread.start()
        for _ in range(5):
            assert curl("--user", "bob:U*U", served.url + "/metrics") == (0, "200")
            assert curl(served.url + "/livez") == (0, "200")
        for thread in guessing:
            thread.join(DEADLINE)
        assert set(codes) <= {"401", "429"} and "401" in codes
    finally:
        assert served.stop() == 0


def test_tls_and_client_certificates(program, tmp_path, authority, server_certificate):
    client = authority.issue("prometheus")
    stranger = Authority(tmp_path / "other").issue("stranger")
    verified = f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {authority.file}\n"
    served = Served(program, write(tmp_path, tls(server_certificate, verified)),
                    "--web.probe-listen-address", "127.0.0.1:0")
    url = f"https://{served.address}"
    try:
        ca = ("--cacert", authority.file)
        assert curl(*ca, "--cert", client.file, "--key", client.key, url + "/metrics") == (0, "200")
        for refused in (ca, (*ca, "--cert", stranger.file, "--key", stranger.key)):
            for path in PATHS + ["/livez"]:
                code, status = curl(*refused, url + path)
                assert code != 0 and status == "000"
        # Plain HTTP to the TLS port is no answer either.
        assert curl(served.url + "/metrics")[0] != 0
        probes = wait_for(lambda: served.find(r"listening for probes.*(127\.0\.0\.1:[1-9]\d*)"), "the probe address")[1]
        assert curl(f"http://{probes}/livez") == (0, "200")
        assert curl(f"http://{probes}/metrics") == (0, "404")
        version = subprocess.run(
            ["curl", "--silent", "--http2", *map(str, ca), "--cert", str(client.file), "--key", str(client.key),
             "--output", os.devnull, "--write-out", "%{http_version}", url + "/livez"], capture_output=True, text=True)
        assert version.stdout == "1.1"
    finally:
        assert served.stop() == 0


def test_only_allowed_names_enter(program, tmp_path, authority, server_certificate):
    client = authority.issue("prometheus")
    verified = f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {authority.file}\n"
    for names, is_allowed in (("[localhost]", True), ("['127.0.0.1']", True), ("[elsewhere.example.com]", False)):
        configuration = write(tmp_path, tls(server_certificate, f"{verified}  client_allowed_sans: {names}\n"))
        served = Served(program, configuration)
        try:
            answer = curl("--cacert", authority.file, "--cert", client.file, "--key", client.key,
                          f"https://{served.address}/metrics")
            assert (answer == (0, "200")) == is_allowed, answer
        finally:
            assert served.stop() == 0


def serial(address, authority):
    """The serial number that the server presents."""
    context = ssl.create_default_context(cafile=str(authority.file))
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=DEADLINE) as plain:
        with context.wrap_socket(plain, server_hostname=host) as encrypted:
            return encrypted.getpeercert()["serialNumber"]


def test_files_are_read_anew(program, tmp_path, authority, server_certificate):
    first, second = server_certificate, authority.issue("second")
    for name, source in (("cert.pem", first.file), ("key.pem", first.key)):
        shutil.copy(source, tmp_path / name)
    text = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
    configuration = write(tmp_path, text)
    served = Served(program, configuration)

    def scrape(*arguments):
        return curl("--cacert", authority.file, *arguments, f"https://{served.address}/metrics")

    def reloaded():
        context = ssl.create_default_context(cafile=str(authority.file))
        with urllib.request.urlopen(f"https://{served.address}/metrics", context=context, timeout=DEADLINE) as answer:
            lines = answer.read().decode().splitlines()
        return [line.split()[1] for line in lines
                if line.startswith("kube_ha_exporter_web_config_last_reload_successful ")]

    try:
        old = serial(served.address, authority)
        assert reloaded() == ["1"]
        # A certificate without its key: what was there stays, and shows.
        shutil.copy(second.file, tmp_path / "cert.pem")
        wait_for(lambda: reloaded() == ["0"], "the broken pair to show")
        assert serial(served.address, authority) == old
        shutil.copy(second.key, tmp_path / "key.pem")
        wait_for(lambda: serial(served.address, authority) != old, "the new certificate")
        wait_for(lambda: reloaded() == ["1"], "the metric to say so")
        # A broken file keeps the old one, too.
        configuration.write_text(text + "nonsense: 1\n")
        wait_for(lambda: reloaded() == ["0"], "the broken file to show")
        assert served.find(r"cannot be used.*unknown key")
        configuration.write_text(text + USERS)
        wait_for(lambda: scrape() == (0, "401"), "passwords to be asked for")
        assert scrape("--user", "ann:U*U") == (0, "200")
        # The way a Secret is mounted: a link to a folder that is replaced as a whole.
        configuration.write_text(text)
        wait_for(lambda: scrape() == (0, "200"), "passwords not to be asked for any more")
    finally:
        assert served.stop() == 0


@pytest.mark.parametrize("text, said", [
    ("nonsense: 1\n", "unknown key"),
    ("tls_server_config:\n  cert_file: gone.pem\n  key_file: gone.pem\n", "gone.pem"),
    ("basic_auth_users: {ann: swordfish}\n", "basic_auth_users.ann"),
])
def test_a_bad_file_ends_the_start_with_one_line(program, tmp_path, text, said):
    done = subprocess.run(
        [program, "serve", "--from", str(FIXTURES / "three-zone-healthy"), "--web.listen-address", "127.0.0.1:0",
         "--web.config.file", str(write(tmp_path, text))], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 64
    assert said in done.stderr and "swordfish" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture
def asking(program, tmp_path):
    """An exporter that asks a simulated API server about tokens."""
    simulator = Simulator(
        tmp_path, "--review-token", "good=prometheus", "--review-token", "poor=nobody", "--review-allowed", "prometheus")
    served = Exporter(program, "--kubeconfig", str(simulator.kubeconfig), "--auth", "kubernetes")
    yield simulator, served
    assert served.stop() == 0
    simulator.stop()


def test_tokens_are_checked_by_the_api_server(asking):
    simulator, served = asking
    for path in PATHS:
        assert served.get(path)[0] == 401
        assert served.get(path, Authorization="Bearer unknown")[0] == 401
        assert served.get(path, Authorization="Bearer poor")[0] == 403
    status, _, body = served.get("/metrics", Authorization="Bearer good")
    assert status == 200 and b"kube_ha_area_status" in body
    assert served.get("/livez")[0] == 200
    said = "\n".join(served.lines) + body.decode()
    assert "poor" not in said and "unknown" not in [word for line in served.lines for word in line.split("=")]
    # The API server's silence shuts nobody out who was let in within the last hour.
    simulator.fault("POST", fault="internal-error")
    assert served.get("/metrics", Authorization="Bearer good")[0] == 200
    assert served.get("/metrics", Authorization="Bearer unknown too")[0] in (401, 503)


def test_tokens_need_a_live_cluster(program):
    done = subprocess.run(
        [program, "serve", "--from", str(FIXTURES / "three-zone-healthy"), "--auth", "kubernetes"],
        capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 64 and "live cluster" in done.stderr


PROMETHEUS = """
scrape_configs:
  - job_name: kube-ha-exporter
    scrape_interval: 1s
    scrape_timeout: 1s
    scheme: https
    tls_config:
      ca_file: {ca}
      cert_file: {cert}
      key_file: {key}
    basic_auth:
      username: ann
      password: U*U
    static_configs:
      - targets: ["{address}"]
"""


def test_prometheus_enters_with_certificate_and_password(program, tmp_path, authority, server_certificate):
    client = authority.issue("prometheus")
    verified = f"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {authority.file}\n"
    served = Served(program, write(tmp_path, tls(server_certificate, verified) + USERS))
    configuration = write(tmp_path, PROMETHEUS.format(
        ca=authority.file, cert=client.file, key=client.key, address=served.address), "prometheus.yml")
    prometheus = Running([
        shutil.which("prometheus"), f"--config.file={configuration}", f"--storage.tsdb.path={tmp_path}/data",
        "--web.listen-address=127.0.0.1:0", "--log.level=debug"])
    try:
        address = wait_for(lambda: prometheus.find(r"127\.0\.0\.1:([1-9]\d*)"), "Prometheus to listen")[0]

        def up():
            url = f"http://{address}/api/v1/query?" + urllib.parse.urlencode({"query": "up == 1"})
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]["result"]

        wait_for(up, "a scrape with certificate and password")
    finally:
        prometheus.stop()
        assert served.stop() == 0
