"""One of the two exporters of a soak: it is ended, stopped and started again, and keeps its address and its log file."""

import glob
import gzip
import http.client
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)


# What a process may have open: what it needs for itself in a cluster of three masters, and not much more.
DESCRIPTORS = 160


def limit_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Replica:
    def __init__(self, name, program, arguments, folder, log):
        self.name, self.port, self.log = name, free_port(), log
        self.command = [program, "serve", "--web.listen-address", f"127.0.0.1:{self.port}", *arguments]
        self.clock = folder / f"clock-{name}"
        self.clock.write_text("+0")
        # How often it was started; what is counted begins anew each time.
        self.starts = 0
        # Until when, on the monotonic clock, what it says may be of before it was disturbed.
        self.disturbed_until = 0
        self.is_paused = False
        self.process = None
        self.connections = []

    def start(self, has_clock=False, log=None):
        """Starts it; with a wall clock of its own where it is to be stepped (the monotonic one is never touched)."""
        environment, before = dict(os.environ), []
        if has_clock and FAKETIME:
            environment |= {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            # The library adds to the environment of the first process that loads it, before main, which Swift takes for
            # the end of the arguments; env is that process.
            before = ["env"]
        with open(log or self.log, "ab") as output:
            self.process = subprocess.Popen(
                [*before, *self.command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output,
                preexec_fn=limit_descriptors)
        self.starts += 1
        self.has_answered = False
        self.disturb(10)

    def disturb(self, seconds):
        self.disturbed_until = max(self.disturbed_until, time.monotonic() + seconds)

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, number=signal.SIGTERM):
        """Ends it and returns its exit status; a paused one goes on first."""
        self.resume()
        self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "none within 30 s"

    def pause(self):
        self.is_paused = True
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        if self.is_paused:
            self.is_paused = False
            self.disturb(10)
            self.process.send_signal(signal.SIGCONT)

    def step_clock(self, seconds):
        """Sets its wall clock that many seconds beside the true one."""
        self.clock.write_text(f"{seconds:+d}")

    def flood(self):
        """Opens more connections than it has descriptors, from many addresses, and holds them."""
        for number in range(2 * DESCRIPTORS):
            connection = socket.socket()
            connection.settimeout(0.2)
            try:
                connection.bind((f"127.0.1.{1 + number % 100}", 0))
                connection.connect(("127.0.0.1", self.port))
                connection.sendall(b"GET /metrics HTTP/1.1\r\n")
                self.connections.append(connection)
            except OSError:
                connection.close()

    def end_flood(self):
        for connection in self.connections:
            connection.close()
        self.connections = []

    def memory(self):
        """Its anonymous memory in KiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1])
        raise OSError("no RssAnon")

    def scrape(self, accept, timeout=5):
        """The answer to one scrape with gzip, as Prometheus asks; raises OSError where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", "/metrics", headers={"Accept": accept, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise OSError(f"answered {answer.status}")
            return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
        except http.client.HTTPException as error:
            raise OSError(f"{type(error).__name__}: {error}") from None
        finally:
            connection.close()

    def tail(self):
        """The end of its log."""
        return self.log.read_bytes()[-2000:].decode(errors="replace") if self.log.exists() else ""
