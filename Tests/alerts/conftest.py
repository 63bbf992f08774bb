"""The alerting rules: the files under deploy/prometheus, when each alert fires, and what a real Prometheus and
Alertmanager make of the demo's outages."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "Tests" / folder) for folder in ("system", "deploy")]

import promtool  # noqa: E402 (programs and references are found from here on)
import references  # noqa: E402
from programs import built  # noqa: E402

DEPLOY = ROOT / "deploy"
FIXTURES = ROOT / "Tests" / "Fixtures"


@pytest.fixture(scope="session")
def program():
    return built("KUBE_HA_EXPORTER")


@pytest.fixture(scope="session")
def simulator():
    return built("CLUSTER_SIMULATOR")


@pytest.fixture(scope="session")
def rules(program):
    """The rules of the program."""
    return references.rules(program)


@pytest.fixture(scope="session")
def alerts():
    """The alerting rules of Prometheus by their names."""
    return promtool.alerts()


@pytest.fixture(scope="session")
def healthy_rules(tmp_path_factory):
    """A file for --rules-config without the one rule that the demo's cluster always breaks: a client of it uses an API that
    goes away."""
    file = tmp_path_factory.mktemp("rules") / "rules.yaml"
    file.write_text("rules: {deprecated-api-requested: {enabled: false}}")
    return str(file)
