"""The programs that are measured, each a process of its own."""

import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/system"))

from certificates import Authority

TICKS = os.sysconf("SC_CLK_TCK")
DEADLINE = 300  # seconds that anything may take; never a measure
LIMITED = 60  # the same under a memory limit: a program that reads its own code again and again ends nowhere


class Stopwatch:
    def __init__(self):
        self.start = time.perf_counter()

    @property
    def seconds(self):
        return time.perf_counter() - self.start


class Simulator:
    """A simulated cluster with pods of 4.8 KB, over TLS."""

    def __init__(self, program, folder, nodes, pods):
        authority = Authority(folder / "ca")
        served = authority.issue("server", addresses=[f"127.0.0.{number}" for number in range(1, 10)])
        self.process = subprocess.Popen(
            [program, "--nodes", str(nodes), "--pods", str(pods), "--pod-bytes", "4800", "--certificate",
             str(served.file), "--key", str(served.key), "--certificate-authority", str(authority.file),
             "--write-kubeconfig", str(folder / "kubeconfig")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("scale: the simulator ended")
        self.server = json.loads(line)["server"].rstrip("/")
        self.flags = ["--kubeconfig", str(folder / "kubeconfig")]
        self.context = ssl.create_default_context(cafile=str(authority.file))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def post(self, route, **body):
        request = urllib.request.Request(f"{self.server}/simulator/{route}", data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=DEADLINE, context=self.context):
            pass

    def set_churn(self, rate):
        self.post("churn", perSecond=rate)


class Exporter:
    """An exporter from its start on; where a cgroup is given, in it from its first instruction."""

    def __init__(self, program, flags, folder, cgroup=None):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.log = folder / "exporter.log"
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        self.watch = Stopwatch()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [program, "serve", "--web.listen-address", f"127.0.0.1:{self.port}", *flags], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=cgroup.enter if cgroup else None)
        self.deadline = LIMITED if cgroup else DEADLINE
        self.peak, self.is_over = 0, False
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.sampler.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over = True
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.sampler.join()

    def _sample(self):
        while not self.is_over:
            try:
                self.peak = max(self.peak, self.memory("RssAnon"))
            except OSError:
                return
            time.sleep(0.02)

    def take_peak(self):
        """The most anonymous memory since this was last asked, in MB, looked at 50 times a second."""
        peak, self.peak = self.peak, 0
        return peak

    def memory(self, field):
        """A field of /proc/PID/status in MB."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise OSError(f"no {field}")

    @property
    def cpu(self):
        """Seconds of CPU since its start."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def _is_ready(self):
        """Whether /readyz answers 200: every source was read and a collection is done."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False

    # Each look is a connection, which the exporter pays for: 100 a second were an eighth of its CPU.
    def wait_until(self, condition, what, pause=0.03):
        end = time.monotonic() + self.deadline
        while not condition():
            if self.process.poll() is not None:
                raise ChildProcessError(f"the exporter ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            if time.monotonic() > end:
                raise TimeoutError(f"waited {self.deadline} s for {what}: {self.log.read_text()[-2000:]}")
            time.sleep(pause)

    def wait_until_complete(self):
        """Waits for the first complete exposition; sets the seconds and the CPU that it took."""
        self.wait_until(self._is_ready, "/readyz to answer 200")
        self.scrape("gzip", 1)
        self.first_seconds, self.first_cpu = self.watch.seconds, self.cpu

    def scrape(self, encoding, count=11):
        """The median seconds of some scrapes by curl, and the bytes that came."""
        found = []
        for _ in range(count):
            done = subprocess.run(
                ["curl", "--noproxy", "*", "-sSf", "--max-time", str(self.deadline), "-o", "/dev/null", "-H", f"Accept-Encoding: {encoding}", "-w",
                 "%{time_total} %{size_download}", self.url], stdout=subprocess.PIPE, text=True, check=True)
            seconds, size = done.stdout.split()
            found.append((float(seconds), int(size)))
        return sorted(found)[count // 2]

    def values(self):
        """What the exporter says of itself, by series."""
        with urllib.request.urlopen(self.url, timeout=DEADLINE) as answer:
            lines = (line.decode() for line in answer)
            return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                    for line in lines if line.startswith(("kube_ha_exporter_", "process_"))}

    def sum(self, family):
        return sum(value for name, value in self.values().items() if name.startswith(family + "{"))

    def relist(self, simulator):
        """Lets all watches expire from a version that is compacted away, and waits until every list was read anew."""
        lists = self._lists()
        self.take_peak()
        simulator.post("faults", fault="compaction")
        simulator.post("faults", fault="watches-expired")
        self.wait_until(lambda: self._lists()["pods"] > lists["pods"], "the pods to be listed anew", 2)

    def _lists(self):
        family = 'kube_ha_exporter_source_relists_total{source="'
        return {name[len(family):-2]: value for name, value in self.values().items() if name.startswith(family)}

    def cpu_over(self, seconds):
        """Seconds of CPU, and watch events, within a time."""
        events, cpu = self.sum("kube_ha_exporter_source_events_total"), self.cpu
        time.sleep(seconds)
        cpu = self.cpu - cpu
        return cpu, self.sum("kube_ha_exporter_source_events_total") - events
