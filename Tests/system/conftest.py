"""The program under test, started as a user starts it."""

import os
import pathlib

import pytest

from programs import DEADLINE, Exporter, Running, wait_for  # noqa: F401 (tests import them from here)

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("KUBE_HA_EXPORTER")
    if not path or not os.access(path, os.X_OK):
        pytest.fail("KUBE_HA_EXPORTER must name the built program: run Tests/run")
    return path


@pytest.fixture(scope="session", params=["three-zone-healthy", "three-zone-degraded"])
def exporter(request, program):
    running = Exporter(program, "--from", str(FIXTURES / request.param))
    running.recording = FIXTURES / request.param
    yield running
    assert running.stop() == 0, "SIGTERM ends it with exit code 0:\n" + "\n".join(running.lines)
