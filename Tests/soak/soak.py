"""Runs two exporters that elect a leader, and one alone, against a simulated cluster under churn and faults, and judges
all they say.

    Tests/soak/run [SECONDS [SEED]]    20 minutes and the day's number by default
"""

import os
import pathlib
import signal
import sys
import tempfile
import threading
import time

import disks
import judge
import memory
import schedule
import truth
from simulated import Cluster
from replica import FAKETIME, Replica

# Seconds within which all must be well again once nothing is wrong: what was forbidden is asked for again after minutes.
PATIENCE = 460
MEMORY = 20 * 1024  # KiB of anonymous memory that no process may pass; 13 MB were measured
FLAGS = [
    "--leader-elect", "--leader-elect-lease-duration", "3s", "--leader-elect-renew-deadline", "2s",
    "--leader-elect-retry-period", "300ms", "--leader-elect-resource-namespace", "monitoring", "--interval", "1s",
    "--stale-after", "2m"]
# While one of these lasts no lease can be written, or not by all, and both replicas may serve.
LEASELESS = judge.DELAYING | {"apiserver-lost", "master-lost", "zone-lost", "etcd-member-lost", "etcd-member-hangs"}


class Soak:
    def __init__(self, programs, folder, length, seed):
        self.exporter, simulator = programs
        self.folder, self.length = folder, length
        self.faults, self.quiet = schedule.plan(seed, length)
        for fault in self.faults:
            fault.began = fault.ended = None
        self.cluster = Cluster(simulator, folder, seed)
        self.disk = disks.SmallDisk(folder / "disk")
        self.replicas = [
            Replica(name, self.exporter, [*self.cluster.flags, *FLAGS], folder, self.disk.path / f"{name}.log")
            for name in "ab"]
        # Beside the two, one without election that only the cluster's faults meet: its counters never begin anew, and its
        # memory is told over the whole length.
        self.steady = Replica(
            "steady", self.exporter, [*self.cluster.flags, "--interval", "1s", "--stale-after", "2m"], folder,
            folder / "steady.log")
        self.all = [*self.replicas, self.steady]
        self.lock, self.is_over = threading.Lock(), False
        self.problems, self.skipped, self.captures = [], [], []
        self.scrapes = self.failed_scrapes = self.confirmed = self.well = 0
        self.collections = {}
        self.memory = memory.Samples()
        # Of each replica the times between which it led without a break.
        self.leads = {replica.name: [] for replica in self.all}
        self.last = {}

    def problem(self, text):
        with self.lock:
            self.problems.append(text)
        print(f"{time.monotonic() - self.begin:7.1f}  WRONG {text}", flush=True)

    def say(self, text):
        print(f"{time.monotonic() - self.begin:7.1f}  {text}", flush=True)

    # Scraping

    def scrape_all_the_time(self, replica):
        counters, round = judge.Counters(), 0
        while not self.is_over:
            round += 1
            accept = judge.OPEN if round % 2 else judge.TEXT
            try:
                self.scrape(replica, counters, accept, round)
            except (OSError, EOFError):
                self.failed_scrapes += 1
            except Exception as error:
                self.problem(f"{replica.name}: the judge failed: {type(error).__name__}: {error}")
            time.sleep(0.4)

    def scrape(self, replica, counters, accept, round):
        start, begun = replica.starts, time.monotonic()
        body = replica.scrape(accept)
        if start != replica.starts:
            return
        replica.has_answered = True
        self.scrapes += 1
        try:
            said = judge.Said(body, accept)
        except (ValueError, KeyError) as error:
            return self.problem(f"{replica.name}: not well formed: {error}: {body[:200]!r}")
        wrong = [f"{name} is given twice" for name in said.twice]
        if accept == judge.TEXT and round % 40 == 0:
            wrong += filter(None, [judge.promtool(body)])
        wrong += judge.contradictions(said)
        wrong += counters.fallen(said, start)
        # As of when the question was put: what was answered can be no newer.
        for untruth in judge.untruths(said, replica, self.faults, begun) if said.leads else []:
            if untruth:
                wrong.append(untruth)
            else:
                self.confirmed += 1
        for text in wrong:
            self.problem(f"{replica.name}: {text}")
        self.well += said.is_well
        self.last[replica.name] = said
        key = ("kube_ha_exporter_collections_total", frozenset())
        self.collections[replica.name, start] = said.values.get(key, 0)
        self.memory.add(replica, start, begun)
        self.note_leader(replica, start, said, begun)

    def note_leader(self, replica, start, said, at):
        spells = self.leads[replica.name]
        if said.leads and spells and spells[-1][2] == start:
            spells[-1][1] = at
        elif said.leads:
            spells.append([at, at, start])
        elif spells:
            # The next spell is another one.
            spells[-1][2] = None

    def check_leaders(self):
        """No two replicas served at one time while a lease could be written."""
        for first, last, _ in self.leads["a"]:
            for other_first, other_last, _ in self.leads["b"]:
                begin, end = max(first, other_first), min(last, other_last)
                if begin < end and not any(
                        fault.kind in LEASELESS and fault.began and fault.began - 1 < end
                        and (fault.ended or end) + 45 > begin for fault in self.faults):
                    self.problem(f"both replicas served from {begin - self.begin:.1f} to {end - self.begin:.1f}")

    # Faults

    def begin_fault(self, fault):
        self.say(f"begins: {fault}")
        if fault.is_cluster:
            if fault.kind in schedule.FOLLOWED_BY_CUT:
                self.cluster.begin(fault)
                cut = {name: value for name, value in fault.members.items() if name == "resource"}
                self.cluster.begin(schedule.Fault("watches-cut", 0, 0, **cut))
            else:
                self.cluster.begin(fault)
        else:
            self.disturb(fault, self.replicas[fault.members["replica"]])
        fault.began = time.monotonic()

    def disturb(self, fault, replica):
        match fault.kind:
            case "kill":
                replica.end(signal.SIGKILL)
            case "terminate":
                # One that was started just now has no handler yet, and SIGTERM ends it.
                fine = [0] if replica.has_answered else [0, -signal.SIGTERM]
                status = replica.end() if replica.is_running else 0
                if status not in fine:
                    self.problem(f"{replica.name}: ended with {status} at SIGTERM")
            case "pause" if replica.is_running:
                replica.pause()
            case "descriptors" if replica.is_running:
                replica.flood()
            case "clock":
                replica.step_clock(fault.members["seconds"])
            case "log-disk-full":
                self.disk.fill()
            case "log-unwritable":
                replica.end(signal.SIGKILL)
                replica.start(has_clock=replica.name == "b", log="/dev/full")
            case "capture-disk-full" | "capture-disk-read-only":
                # Beside everything else: where the API server hangs, each of its requests waits.
                self.captures.append(threading.Thread(target=self.capture, args=[fault.kind == "capture-disk-full"]))
                self.captures[-1].start()

    def capture(self, is_full):
        for text in self.disk.capture(self.exporter, self.cluster.flags, is_full):
            self.problem(text)

    def end_fault(self, fault):
        if fault.kind in schedule.ONCE:
            fault.ended = fault.began
            return
        self.say(f"ends:   {fault}")
        if fault.is_cluster:
            # The same fault may have begun twice: it lasts until the last of them ends.
            if not any(other is not fault and other.began and not other.ended and other.body == fault.body
                       for other in self.faults if other.is_cluster):
                self.cluster.end(fault)
        else:
            self.mend(fault, self.replicas[fault.members["replica"]])
        fault.ended = time.monotonic()

    def mend(self, fault, replica):
        match fault.kind:
            case "kill" | "terminate" if not replica.is_running:
                replica.start(has_clock=replica.name == "b")
            case "pause":
                replica.resume()
            case "descriptors":
                replica.end_flood()
            case "clock":
                replica.step_clock(0)
            case "log-disk-full":
                self.disk.free()
            case "log-unwritable":
                replica.end(signal.SIGKILL)
                replica.start(has_clock=replica.name == "b")

    def expect_running(self):
        """A replica that nobody ended must run."""
        for replica in self.all:
            ended = any(fault.kind in ("kill", "terminate") and fault.began and not fault.ended
                        and self.replicas[fault.members["replica"]] is replica for fault in self.faults)
            if not ended and not replica.is_running:
                self.problem(f"{replica.name}: ended by itself with {replica.process.returncode}: {replica.tail()}")
                replica.start(has_clock=replica.name == "b")

    # The course

    def run(self):
        self.begin = time.monotonic()
        for replica in self.all:
            replica.start(has_clock=replica.name == "b")
        scrapers = [threading.Thread(target=self.scrape_all_the_time, args=[replica]) for replica in self.all]
        for scraper in scrapers:
            scraper.start()
        try:
            self.wait_until_well("at the start")
            # The times of the plan count from here.
            self.begin = time.monotonic()
            self.cluster.set_churn(3)
            self.go_through_faults()
            self.cluster.control("DELETE", "faults")
            self.disk.free()
            self.wait_until_well("at the end")
            self.cluster.set_churn(0)
            for text in truth.differences(self.exporter, self.cluster, self.replicas, self.steady, self.folder):
                self.problem(text)
        finally:
            self.is_over = True
            for thread in [*scrapers, *self.captures]:
                thread.join()
        self.check_leaders()

    def go_through_faults(self):
        moments = sorted([(fault.begin, 1, place) for place, fault in enumerate(self.faults)]
                         + [(fault.end, 2, place) for place, fault in enumerate(self.faults)]
                         + [(at, 0, None) for at in self.quiet])
        # How much later than planned: what was forbidden is tried again after five minutes.
        late = 0
        for at, what, place in moments:
            if what == 1 and at + late > self.length:
                continue
            if what == 2 and not self.faults[place].began:
                continue
            while (left := at + late - (time.monotonic() - self.begin)) > 0:
                time.sleep(min(0.5, left))
                self.expect_running()
            if what == 0:
                self.wait_until_well("after a batch of faults")
                late = max(late, time.monotonic() - self.begin - at)
            elif what == 1:
                self.begin_fault(self.faults[place])
            else:
                self.end_fault(self.faults[place])

    def wait_until_well(self, when):
        end = time.monotonic() + PATIENCE
        self.last = {}
        while time.monotonic() < end:
            self.expect_running()
            well = {name for name, said in list(self.last.items()) if said.is_well}
            if "steady" in well and len(well) == 2:
                return self.say(f"all is well {when}")
            time.sleep(0.2)
        for name, said in self.last.items():
            told = {source: state for source, state in said.states.items() if state not in ("ok", "absent", "disabled")}
            areas = {area: status for area, status in said.areas.items() if status in ("unknown", "critical")}
            raised = sorted({dict(labels)["rule"] for (name, labels), _ in said.values.items()
                             if name == "kube_ha_finding"})
            self.problem(f"{name}: not well {PATIENCE} s later, {when}: leads {said.leads}, {told}, {areas}, {raised}")

    def summary(self):
        kinds = {}
        for fault in self.faults:
            if fault.began:
                kinds[fault.kind] = kinds.get(fault.kind, 0) + 1
        print(f"\ncollections: {sum(self.collections.values()):.0f} by {len(self.collections)} processes")
        print(f"scrapes: {self.scrapes} judged, {self.failed_scrapes} without an answer, {self.well} of a leader that was well")
        print(f"faults: {sum(kinds.values())}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
        print(f"faults that were told in time: {self.confirmed} times")
        print(f"wrong: {len(self.problems) or 'nothing'}")
        for line in self.memory.summary("steady"):
            print(line)
        for text in self.skipped:
            print(f"left out: {text}")


def main(arguments):
    length = int(arguments[0]) if arguments else 1200
    seed = int(arguments[1]) if len(arguments) > 1 else int(time.strftime("%Y%m%d"))
    programs = [os.environ["KUBE_HA_EXPORTER"], os.environ["CLUSTER_SIMULATOR"]]
    print(f"{length} s with seed {seed}; again: Tests/soak/run {length} {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        soak = Soak(programs, pathlib.Path(name), length, seed)
        if not FAKETIME:
            soak.skipped.append("the clock is not stepped: faketime is not installed")
        if not soak.disk.is_mounted:
            soak.skipped.append("no disk is full or read-only: a tmpfs cannot be mounted here, that needs root")
        try:
            soak.run()
        finally:
            if soak.memory.peak > MEMORY:
                soak.problem(f"{soak.memory.peak} KiB of anonymous memory, more than {MEMORY}")
            for replica in soak.all:
                if replica.is_running:
                    replica.end(signal.SIGKILL)
            soak.cluster.stop()
            soak.disk.close()
            soak.summary()
    return 1 if soak.problems or not soak.confirmed or not soak.well else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
