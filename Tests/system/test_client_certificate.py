"""When the certificate that the exporter shows to API servers expires, and that there is none with a token."""

import json

import pytest

from certificates import Authority
from conftest import Exporter
from simulator import Simulator, wait_for_samples

EXPIRY = "kube_ha_exporter_client_certificate_expiry_timestamp_seconds"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory, authority):
    certificate = authority.issue("server", addresses=("127.0.0.1", "127.0.0.2", "127.0.0.3"))
    running = Simulator(
        tmp_path_factory.mktemp("simulator"), "--certificate", str(certificate.file), "--key", str(certificate.key),
        "--certificate-authority", str(authority.file))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


@pytest.mark.parametrize("kind", ["certificate", "token"])
def test_expiry_of_our_certificate(program, simulator, authority, tmp_path, kind):
    client = authority.issue("exporter", days=77)
    # A chain: the exporter's own certificate is the first.
    chain = tmp_path / "chain.pem"
    chain.write_bytes(client.file.read_bytes() + authority.file.read_bytes())
    user = {"token": "any"} if kind == "token" else {"client-certificate": str(chain), "client-key": str(client.key)}
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "own",
        "clusters": [{"name": "own", "cluster": {
            "server": simulator.server, "certificate-authority": str(authority.file)}}],
        "users": [{"name": "own", "user": user}],
        "contexts": [{"name": "own", "context": {"cluster": "own", "user": "own"}}]}))
    running = Exporter(program, "--kubeconfig", str(file), "--interval", "1s")
    try:
        samples = wait_for_samples(
            running, lambda s: s.by("apiserver", "kube_ha_apiserver_ready") and s.states()["apiserver"] == "ok",
            "API servers to be asked")
        wanted = {} if kind == "token" else {"apiserver": client.expiry}
        assert samples.by("source", EXPIRY) == wanted
    finally:
        assert running.stop() == 0, "\n".join(running.lines)
