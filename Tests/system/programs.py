"""Programs as a user starts them: the exporter, a Prometheus that scrapes it; and waiting for what they do."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

DEADLINE = 60  # seconds that a condition may take on a loaded machine; never a measure of anything


def built(variable):
    """The path of a program that was built, by the environment variable that names it."""
    path = os.environ.get(variable)
    if not path or not os.access(path, os.X_OK):
        pytest.fail(f"{variable} must name the built program: run Tests/run")
    return path


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


class Exporter(Running):
    """kube-ha-exporter serving on an ephemeral loopback port; `ready=False` for one that need not become ready."""

    command = "serve"

    def __init__(self, program, *arguments, ready=True):
        super().__init__([program, self.command, "--web.listen-address", "127.0.0.1:0", *arguments])
        self.address = wait_for(
            lambda: self.find(r"listening(?! for probes).*(127\.0\.0\.1:[1-9]\d*)"), "the address that it listens on")[1]
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


class Prometheus(Running):
    """A Prometheus on an ephemeral loopback port that scrapes and evaluates every second.

    `configuration`: members of its configuration file beside `global`, such as `scrape_configs` and `rule_files`.
    """

    def __init__(self, folder, **configuration):
        file = folder / "prometheus.yml"
        every = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        # JSON is YAML too.
        file.write_text(json.dumps({"global": every, **configuration}))
        super().__init__([
            shutil.which("prometheus"), f"--config.file={file}", f"--storage.tsdb.path={folder}/data",
            "--web.listen-address=127.0.0.1:0", "--log.level=debug"])
        self.url = "http://" + wait_for(lambda: self.find(r"127\.0\.0\.1:[1-9]\d*"), "Prometheus to listen")[0]
        wait_for(self._is_ready, "Prometheus to be ready")

    def _is_ready(self):
        with urllib.request.urlopen(f"{self.url}/-/ready", timeout=DEADLINE) as answer:
            return answer.status == 200

    def ask(self, query, **parameters):
        """The result of an instant query; of a range query where `start`, `end` and `step` are given."""
        kind = "query_range" if "step" in parameters else "query"
        return self.api(kind, query=query, **parameters)["result"]

    def api(self, path, **parameters):
        """The data that a path of the HTTP API answers; fails with the error that it names."""
        url = f"{self.url}/api/v1/{path}?" + urllib.parse.urlencode(parameters, doseq=True)
        try:
            with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {parameters}: {error.read().decode(errors='replace')}") from None
