"""A real Prometheus scrapes the program and gives its values back through its HTTP API."""

import json
import shutil
import urllib.parse
import urllib.request

import prometheus_client.parser as text
import pytest

from conftest import Running, wait_for

CONFIGURATION = """
scrape_configs:
  - job_name: kube-ha-exporter
    honor_labels: true
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs:
      - targets: ["{address}"]
"""


@pytest.fixture(scope="module")
def prometheus(exporter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    configuration = folder / "prometheus.yml"
    configuration.write_text(CONFIGURATION.format(address=exporter.address))
    running = Running([
        shutil.which("prometheus"), f"--config.file={configuration}", f"--storage.tsdb.path={folder}/data",
        "--web.listen-address=127.0.0.1:0", "--log.level=debug"])
    address = wait_for(lambda: running.find(r"127\.0\.0\.1:([1-9]\d*)"), "Prometheus to listen")[0]

    def ask(query):
        url = f"http://{address}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)["data"]["result"]

    running.ask = ask
    wait_for(lambda: ask('up{job="kube-ha-exporter"} == 1') or None, "the first successful scrape")
    yield running
    running.stop()


def test_the_scrape_is_complete(prometheus, exporter):
    body = exporter.get("/metrics", Accept="text/plain")[2].decode()
    wanted = {}
    for family in text.text_string_to_metric_families(body):
        for sample in family.samples:
            if sample.name.startswith("kube_ha_") and not sample.name.startswith("kube_ha_exporter_"):
                wanted[(sample.name, frozenset(sample.labels.items()))] = sample.value
    got = {}
    for entry in prometheus.ask('{__name__=~"kube_ha_.*", __name__!~"kube_ha_exporter_.*"}'):
        labels = dict(entry["metric"])
        name = labels.pop("__name__")
        for own in ("job", "instance"):
            labels.pop(own, None)
        got[(name, frozenset((k, v) for k, v in labels.items()))] = float(entry["value"][1])
    # Prometheus drops labels with an empty value: the same series for it.
    wanted = {(name, frozenset((k, v) for k, v in labels if v)): value for (name, labels), value in wanted.items()}
    assert got == wanted


def test_types_and_help_are_known(prometheus):
    assert prometheus.ask('count({__name__=~"kube_ha_.*"}) > 500')
    assert prometheus.ask("kube_ha_exporter_build_info")[0]["value"][1] == "1"
