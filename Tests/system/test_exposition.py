"""What /metrics answers, read by those who will read it."""

import gzip
import shutil
import subprocess
import sys

import prometheus_client.openmetrics.parser as openmetrics
import prometheus_client.parser as text
import pytest

from conftest import FIXTURES, ROOT, Exporter

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# What Prometheus 2.42 and 3 send.
PROMETHEUS_2 = ("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
PROMETHEUS_3 = ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
                "text/plain;version=0.0.4;q=0.2,*/*;q=0.1")


def series(families):
    found = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"twice: {key}"
            found[key] = sample.value
    return found


def cluster_only(found):
    """Without what is about the program itself, which moves between two scrapes."""
    return {key: value for key, value in found.items()
            if not key[0].startswith(("kube_ha_exporter_", "process_"))}


def test_text_format_is_what_the_parser_reads(exporter):
    status, headers, body = exporter.get("/metrics", Accept="text/plain;version=0.0.4")
    assert status == 200 and headers["Content-Type"] == TEXT
    found = series(text.text_string_to_metric_families(body.decode()))
    assert len(cluster_only(found)) > 500
    assert found[("kube_ha_zones", frozenset())] == 3


def test_openmetrics_is_what_the_strict_parser_reads(exporter):
    status, headers, body = exporter.get("/metrics", Accept=PROMETHEUS_2)
    assert status == 200 and headers["Content-Type"] == OPEN
    assert body.endswith(b"# EOF\n")
    found = cluster_only(series(openmetrics.text_string_to_metric_families(body.decode())))
    plain = exporter.get("/metrics", Accept="text/plain")[2].decode()
    assert found == cluster_only(series(text.text_string_to_metric_families(plain)))


def test_prometheus_3_gets_openmetrics_with_escaping(exporter):
    headers = exporter.get("/metrics", Accept=PROMETHEUS_3)[1]
    assert headers["Content-Type"].startswith(OPEN)
    assert "escaping=" in headers["Content-Type"]


@pytest.mark.parametrize("accept", [PROMETHEUS_2, "text/plain"])
def test_gzip_holds_the_same(exporter, accept):
    _, headers, packed = exporter.get("/metrics", Accept=accept, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    _, headers, plain = exporter.get("/metrics", Accept=accept, Accept_Encoding="identity")
    assert headers["Content-Encoding"] is None
    read = openmetrics if accept == PROMETHEUS_2 else text
    both = [cluster_only(series(read.text_string_to_metric_families(body.decode())))
            for body in (gzip.decompress(packed), plain)]
    assert both[0] == both[1]


def test_nothing_acceptable_is_406(exporter):
    assert exporter.get("/metrics", Accept_Encoding="identity;q=0, gzip;q=0")[0] == 406


def test_head_has_the_headers_of_get_and_no_body(exporter):
    status, headers, body = exporter.get("/metrics", method="HEAD", Accept="text/plain")
    assert (status, headers["Content-Type"], body) == (200, TEXT, b"")


def test_other_methods_and_paths(exporter):
    status, headers, _ = exporter.get("/metrics", method="POST")
    assert status == 405 and set(headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}
    assert exporter.get("/nothing-here")[0] == 404
    status, headers, body = exporter.get("/")
    assert status == 200 and headers["Content-Type"].startswith("text/html") and b"/metrics" in body
    assert exporter.get("/livez")[0] == 200


def test_a_client_that_asks_for_http2_gets_each_answer(exporter):
    """curl --http2 asks for an upgrade with each request, as Java's client does; each is answered over HTTP/1.1."""
    told = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--http2", "--max-time", "60", "-w", "%{stderr}%{http_code} %{http_version}\n",
         exporter.url + "/livez", exporter.url + "/metrics"], capture_output=True, text=True)
    assert told.stderr == "200 1.1\n" * 2
    assert "kube_ha_exporter_build_info" in told.stdout


def test_promtool_finds_nothing_to_complain_about(exporter):
    body = exporter.get("/metrics", Accept="text/plain")[2]
    told = subprocess.run([shutil.which("promtool"), "check", "metrics"], input=body, capture_output=True)
    assert (told.returncode, told.stderr.decode(), told.stdout.decode()) == (0, "", "")


def agrees_with_the_independent_check(exporter, recording, tmp_path):
    """The values of every area and every finding against a second reading, of the recording's .json alone."""
    file = tmp_path / "metrics.txt"
    file.write_bytes(exporter.get("/metrics", Accept="text/plain")[2])
    told = subprocess.run(
        [sys.executable, ROOT / "Tests/independent/expected.py", recording, "--findings",
         "--compare", file], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_sample_agrees_with_the_independent_check(exporter, tmp_path):
    agrees_with_the_independent_check(exporter, exporter.recording, tmp_path)


def test_the_reported_cases_agree_with_the_independent_check(program, tmp_path):
    recording = FIXTURES / "reported-cases"
    running = Exporter(program, "--from", str(recording))
    try:
        agrees_with_the_independent_check(running, recording, tmp_path)
    finally:
        assert running.stop() == 0
