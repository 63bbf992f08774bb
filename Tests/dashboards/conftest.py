"""The dashboards, and a Prometheus that has scraped a cluster through the outage of a zone."""

import json
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = ROOT / "dashboards"
sys.path[:0] = [str(DASHBOARDS), str(ROOT / "Tests" / "system")]

from programs import built  # noqa: E402 (after the folders it is found in)

NAMES = sorted(path.stem for path in DASHBOARDS.glob("*.json"))


def dashboard(name):
    """A dashboard as it is committed."""
    return json.loads((DASHBOARDS / f"{name}.json").read_text())


def panels(found):
    """The panels of a dashboard that show something."""
    return [panel for panel in found["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="session")
def program():
    return built("KUBE_HA_EXPORTER")


@pytest.fixture(scope="session")
def outage(program, tmp_path_factory):
    """A zone that is lost and comes back, as Prometheus saw it."""
    from outage import ZoneOutage

    running = ZoneOutage(program, built("CLUSTER_SIMULATOR"), tmp_path_factory.mktemp("outage"))
    try:
        running.play()
        yield running
    finally:
        running.stop()
