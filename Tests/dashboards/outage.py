"""The demo's cluster through the outage of a zone, and a Prometheus that scrapes those who read it: as cluster `one` the
demo's own exporter, as cluster `two` it and another one that serves too, as cluster `elected` a pair that elects its leader
by a Lease, and the first without a label `cluster`."""

import pathlib
import time

from demo import Demo
from programs import Exporter, Prometheus, wait_for
from replicas import Pair

# What it records is what the dashboards read beside the families themselves.
RULES = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "kube-ha-exporter.rules.yaml"
ZONE = "zone-b"
# Most workloads of the demo's cluster belong to no application: here each is one by itself.
JUDGED = ("--interval", "1s", "--application-label", "app.kubernetes.io/name")
# How many of the targets serve the cluster's families: one, two, the leader of the pair, and the first once more.
SERVING = 5


class ZoneOutage:
    """What was started; `before`, `during`, `handed_over` and `after` are times, each when nothing was changing.

    `arguments` are those of the demo. By default nothing happens by itself, and a lost node is noticed after 4 s.
    """

    def __init__(self, program, simulator, folder, *arguments):
        self.programs = []
        folder = pathlib.Path(folder)
        self.demo = self._started(Demo(simulator, *JUDGED, *(arguments or ("--no-story", "--pace", "6s"))))
        reading = (*self.demo.reading(folder), *JUDGED)
        second = self._started(Exporter(program, *reading))
        self.pair = self._started(Pair(program, folder / "targets.json", *reading, cluster="elected"))
        job = {"job_name": "kube-ha-exporter", "honor_labels": True, "file_sd_configs": self.pair.scraped(),
               "static_configs": [{"targets": [self.demo.address], "labels": {"cluster": "one"}},
                                  {"targets": [self.demo.address, second.address], "labels": {"cluster": "two"}},
                                  {"targets": [self.demo.address]}]}
        self.prometheus = self._started(Prometheus(folder, scrape_configs=[job], rule_files=[str(RULES)]))
        self.start = time.time()

    def _started(self, running):
        self.programs.append(running)
        return running

    def play(self):
        """Everything is healthy; the zone is lost; the leader is killed meanwhile; the zone is back."""
        self.before = self._moment(ready=4, tolerance=1)
        self.demo.fault("POST", fault="zone-lost", name=ZONE)
        self.during = self._moment(ready=0, tolerance=0)
        self.pair.kill_leader()
        self.pair.complete()
        self.handed_over = self._moment(ready=0, tolerance=0)
        self.demo.fault("DELETE")
        self.after = self._moment(ready=4, tolerance=1)

    def _moment(self, ready, tolerance):
        """The time at which Prometheus has seen from every target what is said, and all of them tell the same findings."""
        begin = time.time()

        def reached():
            # A scrape takes at most 1 s, and is stored under the time of its start: later questions about this time find
            # what these find.
            at = time.time() - 1
            if at < begin:
                return None

            def all_targets(query):
                return len(self.prometheus.ask(query, time=at)) == SERVING
            same = self.prometheus.ask(
                f"count by (rule, kind, namespace, name) (kube_ha_finding) != {SERVING}"
                f" or count by (area, rule) (kube_ha_findings) != {SERVING}", time=at)
            return at if not same and all_targets(
                f'sum without (topology_region) (kube_ha_zone_nodes_ready{{topology_zone="{ZONE}"}}) == {ready}'
            ) and all_targets(f"kube_ha_etcd_failure_tolerance == {tolerance}") and self._is_quiet(at) else None
        return wait_for(reached, f"{ready} Ready nodes in {ZONE}")

    def _is_quiet(self, at):
        """Whether what each cluster tells did not change for 12 s: some look back 10. One scrape that failed is no change;
        more are a hand-over. And whether each observed its workloads for 90 % of the last 10 s, without which the
        dashboards show no availability: beside other programs, collections of 1 s come late."""
        told = "(max by (cluster, rule) (kube_ha_findings)[12s:1s])"
        observed = "increase(max by (cluster, workload_type) (kube_ha_workloads_observed_seconds_total)[10s:1s])"
        return not self.prometheus.ask(
            f"changes{told} != 0 or count_over_time{told} < 11 or {observed} < 9", time=at)

    def stop(self):
        """Ends all programs, the last started first."""
        for running in reversed(self.programs):
            running.stop()
