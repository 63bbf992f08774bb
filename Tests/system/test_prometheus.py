"""A real Prometheus scrapes the program and gives its values back through its HTTP API."""

import prometheus_client.parser as text
import pytest

from programs import Prometheus, wait_for


@pytest.fixture(scope="module")
def prometheus(exporter, tmp_path_factory):
    running = Prometheus(tmp_path_factory.mktemp("prometheus"), scrape_configs=[{
        "job_name": "kube-ha-exporter", "honor_labels": True, "static_configs": [{"targets": [exporter.address]}]}])
    wait_for(lambda: running.ask('up{job="kube-ha-exporter"} == 1') or None, "the first successful scrape")
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
