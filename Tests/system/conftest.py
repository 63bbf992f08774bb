"""The program under test, started as a user starts it."""

import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"
DEADLINE = 60  # seconds that a condition may take on a loaded machine; never a measure of anything


def wait_for(condition, what, deadline=DEADLINE):
    """Returns the first true value of the condition; fails with what was waited for."""
    end = time.monotonic() + deadline
    last = None
    while time.monotonic() < end:
        try:
            last = condition()
            if last:
                return last
        except (OSError, urllib.error.URLError) as error:
            last = error
        time.sleep(0.05)
    raise AssertionError(f"waited {deadline} s for {what}; last: {last!r}")


class Running:
    """A program whose output is kept, line by line."""

    def __init__(self, arguments, **options):
        self.lines = []
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def find(self, pattern):
        for line in list(self.lines):
            match = re.search(pattern, line)
            if match:
                return match
        if self.process.poll() is not None:
            raise AssertionError("the program has ended:\n" + "\n".join(self.lines))
        return None

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        self.reader.join(DEADLINE)
        return self.process.returncode


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("KUBE_HA_EXPORTER")
    if not path or not os.access(path, os.X_OK):
        pytest.fail("KUBE_HA_EXPORTER must name the built program: run Tests/run")
    return path


class Exporter(Running):
    """kube-ha-exporter serving on an ephemeral loopback port; `ready=False` for one that need not become ready."""

    command = "serve"

    def __init__(self, program, *arguments, ready=True):
        super().__init__([program, self.command, "--web.listen-address", "127.0.0.1:0", *arguments])
        self.address = wait_for(
            lambda: self.find(r"listening.*(127\.0\.0\.1:[1-9]\d*)"), "the address that it listens on")[1]
        self.url = f"http://{self.address}"
        if ready:
            wait_for(lambda: self.get("/readyz")[0] == 200 or None, "/readyz to answer 200")

    def get(self, path, method="GET", **headers):
        request = urllib.request.Request(
            self.url + path, method=method, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


@pytest.fixture(scope="session", params=["three-zone-healthy", "three-zone-degraded"])
def exporter(request, program):
    running = Exporter(program, "--from", str(FIXTURES / request.param))
    running.recording = FIXTURES / request.param
    yield running
    assert running.stop() == 0, "SIGTERM ends it with exit code 0:\n" + "\n".join(running.lines)
