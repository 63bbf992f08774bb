#!/usr/bin/env python3
"""Measures the program itself: size, libraries, time to listening, memory at rest, and instructions of one report.

    Tests/scale/binary.py [kube-ha-exporter]

Takes the release build unless another program is named. Tests/system/test_binary.py bounds what is not noise.
"""

import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDING = ROOT / "Tests/Fixtures/three-zone-healthy"


def stripped_megabytes(program):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["strip", "-o", file.name, program], check=True)
        return pathlib.Path(file.name).stat().st_size / 2**20


def libraries(program):
    """The shared libraries that the program itself asks for, without their versions."""
    told = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
    return sorted(re.sub(r"\.so.*", "", name) for name in re.findall(r"\(NEEDED\).*\[(.*)\]", told))


def all_libraries(program):
    """Those that are loaded in the end: theirs too."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return sorted({line.split()[0] for line in told.splitlines() if ".so" in line})


class Serving:
    """The program serving a recording of 9 nodes on a free port."""

    def __init__(self, program):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [program, "serve", "--from", RECORDING, "--web.listen-address", f"127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if self.process.poll() is not None or time.perf_counter() > start + 60:
                    raise RuntimeError(f"{program} does not listen") from None
                time.sleep(0.001)
        self.seconds = time.perf_counter() - start
        self.url = f"http://127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def anonymous_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def idle_megabytes(program):
    """Anonymous memory once the cluster was judged and nobody asks."""
    with Serving(program) as serving:
        end = time.monotonic() + 60
        while subprocess.run(["curl", "-sf", "--noproxy", "*", "-o", "/dev/null", serving.url + "/readyz"]).returncode:
            if time.monotonic() > end:
                raise RuntimeError("never ready")
            time.sleep(0.05)
        return serving.anonymous_megabytes()


def instructions(program):
    """Instructions of `report` over the recording, as callgrind counts them: reading, judging, printing.

    Counted in a stripped copy: Debian 12's valgrind ends at some of what the compiler writes as DWARF 5.
    """
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "kube-ha-exporter"
        subprocess.run(["strip", "-o", stripped, program], check=True)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", stripped, "report", "--from", RECORDING],
            cwd=folder, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found:
        raise RuntimeError(f"callgrind ended with {done.returncode}: {done.stderr[-1000:]}")
    return int(found[1])


def start_up(program):
    """Median milliseconds from the start to the first connection taken, of eleven."""
    seconds = []
    for _ in range(11):
        with Serving(program) as serving:
            seconds.append(serving.seconds)
    return statistics.median(seconds) * 1e3


def main(program):
    print(f"{stripped_megabytes(program):.1f} MB stripped")
    print(f"{start_up(program):.0f} ms to listening (median of 11)")
    print(f"{idle_megabytes(program):.1f} MB anonymous at rest (target: 8)")
    print(f"{instructions(program) / 1e6:,.0f} million instructions for a report of 9 nodes")
    print(f"asks for {', '.join(libraries(program))}")
    print(f"loads {len(all_libraries(program))} libraries: {', '.join(all_libraries(program))}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else ROOT / ".build/release/kube-ha-exporter")
