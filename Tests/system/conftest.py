"""The program under test, started as a user starts it."""

import pathlib

import pytest

from programs import DEADLINE, Exporter, Running, built, wait_for  # noqa: F401 (tests import them from here)

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"


@pytest.fixture(scope="session")
def program():
    return built("KUBE_HA_EXPORTER")


@pytest.fixture(scope="session")
def simulator():
    return built("CLUSTER_SIMULATOR")


@pytest.fixture(scope="session", params=["three-zone-healthy", "three-zone-degraded"])
def exporter(request, program):
    running = Exporter(program, "--from", str(FIXTURES / request.param))
    running.recording = FIXTURES / request.param
    yield running
    assert running.stop() == 0, "SIGTERM ends it with exit code 0:\n" + "\n".join(running.lines)
