"""Measures one exporter beside one simulated cluster; see Tests/scale/run."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from measured import Exporter, Simulator, Stopwatch
from memory_limit import Cgroup, read_ahead, smallest_limit

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCALE = ROOT / "Tests/scale"

# The targets by number of pods; the other figures have none.
TARGETS = {
    "anonymous memory after it, MB": {20_000: 16, 150_000: 64},
    "smallest memory limit, MB": {20_000: 24, 150_000: 96},
    "first complete exposition / curl": {20_000: 1.3, 150_000: 1.3},
    "CPU to it, s": {20_000: 0.6},
    "collection, ms": {20_000: 300, 150_000: 300},
    "scrape with gzip, ms": {20_000: 2, 150_000: 2},
    "scrape without, ms": {20_000: 10, 150_000: 10},
    "% of a core at 100 events/s": {20_000: 1, 150_000: 1},
}
# Seconds over which the CPU of watch events is counted, and as long without events: two intervals.
WINDOW = 30
CHURN = 20


def curl_floor(server, folder):
    """Seconds that curl takes for the same lists: pages of 500, one after the other over one connection of HTTP/1.1, by
    which the exporter lists too."""
    pages = subprocess.run(
        [SCALE / "pages.py", server, folder / "ca/ca.pem", "all"], stdout=subprocess.PIPE, text=True, check=True).stdout
    (folder / "pages").write_text(pages.replace("\nhttp2\n", "\nhttp1.1\n"))
    watch = Stopwatch()
    done = subprocess.run(["curl", "--config", folder / "pages"], stdout=subprocess.PIPE, text=True, check=True)
    seconds = watch.seconds
    lines = [line.split() for line in done.stdout.splitlines()]
    if any(line[1] != "200" for line in lines):
        sys.exit("scale: curl did not get a page")
    return seconds, sum(int(line[3]) for line in lines) / 1e6


def measure(exporter, simulator, curl_seconds, found):
    """One run of the exporter, from its start; adds what was measured to `found`."""
    def add(name, value):
        found.setdefault(name, []).append(value)

    add("first complete exposition, s", exporter.first_seconds)
    add("first complete exposition / curl", exporter.first_seconds / curl_seconds)
    add("CPU to it, s", exporter.first_cpu)
    add("anonymous memory after it, MB", exporter.memory("RssAnon"))
    add("peak of anonymous memory, first list, MB", exporter.take_peak())
    add("resident memory, MB", exporter.memory("VmRSS"))
    for encoding, name in (("gzip", "with gzip"), ("identity", "without")):
        seconds, size = exporter.scrape(encoding)
        add(f"scrape {name}, ms", seconds * 1e3)
        add(f"bytes {name}, MB", size / 1e6)
    exporter.relist(simulator)
    add("peak of anonymous memory, relist, MB", exporter.take_peak())
    idle = exporter.cpu_over(WINDOW)[0]
    simulator.set_churn(CHURN)
    cpu, events = exporter.cpu_over(WINDOW)
    simulator.set_churn(0)
    add("events/s meanwhile", events / WINDOW)
    per_thousand = max(0, cpu - idle) / events * 1_000
    add("CPU of 1,000 watch events, ms", per_thousand * 1e3)
    add("% of a core at 100 events/s", per_thousand / 10 * 100)
    add("CPU of 30 s without events, ms", idle * 1e3)
    values = exporter.values()
    add("series", values["kube_ha_exporter_series"])
    add("collection, ms", values["kube_ha_exporter_collection_duration_seconds"] * 1e3)
    for name, value in values.items():
        if name.startswith("kube_ha_exporter_collection_area_duration_seconds{"):
            add("area " + name.split('"')[1] + ", ms", value * 1e3)
    add("anonymous memory at the end, MB", exporter.memory("RssAnon"))


def show(nodes, pods, found):
    print(f"\n{nodes:,} nodes, {pods:,} pods: medians of {len(found['series'])} runs\n")
    print("| | median | least | most | target |\n|---|---|---|---|---|")
    # Areas below a millisecond say nothing.
    areas = sorted((name for name in found if name.startswith("area ") and statistics.median(found[name]) >= 1),
                   key=lambda name: -statistics.median(found[name]))
    for name in [*(name for name in found if not name.startswith("area ")), *areas]:
        values = found[name]
        target = TARGETS.get(name, {}).get(pods, "")
        print(f"| {name} | {statistics.median(values):,.4g} | {min(values):,.4g} | {max(values):,.4g} | {target} |"
              .replace("e+0", "e"))


def measure_size(options, nodes, pods):
    found = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Simulator(options.simulator, folder, nodes, pods) as simulator:
            for _ in range(options.runs):
                seconds, megabytes = curl_floor(simulator.server, folder)
                found.setdefault("curl of the same lists, s", []).append(seconds)
                found.setdefault("lists, MB", []).append(megabytes)
                with Exporter(options.exporter, simulator.flags, folder) as exporter:
                    exporter.wait_until_complete()
                    if exporter.values()['kube_ha_exporter_source_objects{source="pods"}'] < pods:
                        sys.exit("scale: not all pods were read")
                    measure(exporter, simulator, seconds, found)
            if options.limit and (cgroup := Cgroup.make()):
                with cgroup, read_ahead(folder, options.read_ahead) as kilobytes:
                    if kilobytes:
                        found["read-ahead of the disk, KB"] = [kilobytes]
                    limit = smallest_limit(options.exporter, simulator.flags, folder, cgroup)
                    found["smallest memory limit, MB"] = [limit]
            elif options.limit:
                print("scale: no memory cgroup can be made here, so the smallest limit was not searched", file=sys.stderr)
    show(nodes, pods, found)


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GB, Linux {os.uname().release}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="400/20000,5000/150000", help="nodes/pods, separated by commas")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-limit", dest="limit", action="store_false", help="do not search the smallest memory limit")
    parser.add_argument("--read-ahead", type=int, metavar="KB",
                        help="set the disk to it while the memory limit is searched (Linux: 128)")
    parser.add_argument("--exporter", default=ROOT / ".build/release/kube-ha-exporter")
    parser.add_argument("--simulator", default=ROOT / ".build/release/cluster-simulator")
    options = parser.parse_args()
    for program in (options.exporter, options.simulator):
        if not os.access(program, os.X_OK):
            sys.exit(f"scale: no program {program}: build it first (release)")
    print(f"{machine()}; load {os.getloadavg()[0]:.1f} at the start")
    for size in options.sizes.split(","):
        nodes, pods = map(int, size.split("/"))
        measure_size(options, nodes, pods)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
