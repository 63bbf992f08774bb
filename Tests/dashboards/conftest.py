"""The dashboards, and a Prometheus that has scraped a cluster through the outage of a zone."""

import json
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = ROOT / "dashboards"
sys.path[:0] = [str(DASHBOARDS), str(ROOT / "Tests" / "system")]

NAMES = sorted(path.stem for path in DASHBOARDS.glob("*.json"))


def dashboard(name):
    """A dashboard as it is committed."""
    return json.loads((DASHBOARDS / f"{name}.json").read_text())


def panels(found):
    """The panels of a dashboard that show something."""
    return [panel for panel in found["panels"] if panel["type"] != "row"]


def executable(variable):
    """The program that an environment variable names."""
    path = os.environ.get(variable)
    if not path or not os.access(path, os.X_OK):
        pytest.fail(f"{variable} must name the built program: run Tests/run")
    return path


@pytest.fixture(scope="session")
def program():
    return executable("KUBE_HA_EXPORTER")


@pytest.fixture(scope="session")
def outage(program, tmp_path_factory):
    """A zone that is lost and comes back, as Prometheus saw it."""
    from outage import ZoneOutage

    running = ZoneOutage(program, executable("CLUSTER_SIMULATOR"), tmp_path_factory.mktemp("outage"))
    try:
        running.play()
        yield running
    finally:
        running.stop()
