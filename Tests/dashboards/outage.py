"""The demo's cluster through the outage of a zone, and a Prometheus that scrapes those who read it: as cluster `one` the
demo's own exporter, as cluster `two` it and another one that serves too, and the first without a label `cluster`."""

import json
import pathlib
import re
import time
import urllib.request

from programs import DEADLINE, Exporter, Prometheus, wait_for

# What it records is what the dashboards read beside the families themselves.
RULES = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "kube-ha-exporter.rules.yaml"
ZONE = "zone-b"
# Most workloads of the demo's cluster belong to no application: here each is one by itself.
JUDGED = ("--interval", "1s", "--application-label", "app.kubernetes.io/name")
# How many of the targets serve the cluster's families: one, two, and the first once more.
SERVING = 4
KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{{name: demo, cluster: {{server: "{server}"}}}}]
users: [{{name: demo, user: {{}}}}]
contexts: [{{name: demo, context: {{cluster: demo, user: demo}}}}]
current-context: demo
"""


class Demo(Exporter):
    """The demo, which can be told what is to happen."""

    command = "demo"

    def __init__(self, program, *arguments):
        super().__init__(program, *JUDGED, *arguments)
        self.server = wait_for(lambda: self.find(r"cluster of .* is at (http://\S+)"), "the address of the cluster")[1]

    def fault(self, method, **body):
        """POST begins a fault, DELETE ends all."""
        request = urllib.request.Request(
            f"{self.server}/simulator/faults", method=method, data=json.dumps(body).encode() if body else None)
        with urllib.request.urlopen(request, timeout=DEADLINE):
            pass


class ZoneOutage:
    """What was started; `before`, `during` and `after` are times, each when nothing was changing.

    `arguments` are those of the demo. By default nothing happens by itself, and a lost node is noticed after 4 s.
    """

    def __init__(self, program, simulator, folder, *arguments):
        self.programs = []
        self.demo = self._started(Demo(simulator, *(arguments or ("--no-story", "--pace", "6s"))))
        kubeconfig = pathlib.Path(folder) / "kubeconfig"
        kubeconfig.write_text(KUBECONFIG.format(server=self.demo.server))
        metrics = wait_for(self._told, "the demo's etcd members and API servers")
        reading = (
            "--kubeconfig", str(kubeconfig), *JUDGED,
            "--etcd.endpoints", ",".join(re.findall(r'kube_ha_etcd_member_info\{.*client_url="([^"]+)"', metrics)),
            *(flag for host in re.findall(r'kube_ha_apiserver_ready\{apiserver="([^"]+)"', metrics)
              # What stands in front of all instances is none of them.
              for flag in ("--probe.endpoint", f"http://{host}") if host not in self.demo.server))
        second = self._started(Exporter(program, *reading))
        job = {"job_name": "kube-ha-exporter", "honor_labels": True, "static_configs": [
            {"targets": [self.demo.address], "labels": {"cluster": "one"}},
            {"targets": [self.demo.address, second.address], "labels": {"cluster": "two"}},
            {"targets": [self.demo.address]}]}
        self.prometheus = self._started(Prometheus(pathlib.Path(folder), scrape_configs=[job], rule_files=[str(RULES)]))
        self.start = time.time()

    def _started(self, running):
        self.programs.append(running)
        return running

    def _told(self):
        """The demo's metrics, once all members of etcd are known."""
        text = self.demo.get("/metrics", Accept="text/plain")[2].decode()
        return text if 'kube_ha_etcd_members_healthy{etcd_cluster="main"} 3' in text else None

    def play(self):
        """Everything is healthy; the zone is lost; it is back."""
        self.before = self._moment(ready=4, tolerance=1)
        self.demo.fault("POST", fault="zone-lost", name=ZONE)
        self.during = self._moment(ready=0, tolerance=0)
        self.demo.fault("DELETE")
        self.after = self._moment(ready=4, tolerance=1)

    def _moment(self, ready, tolerance):
        """The time at which Prometheus has seen from every target what is said, and all of them tell the same findings."""
        def reached():
            at = time.time()

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
        """Whether each cluster told the same number of findings for 12 s: some look back 10."""
        told = "(sum by (cluster) (kube_ha_findings)[12s:1s])"
        return not self.prometheus.ask(f"changes{told} != 0 or count_over_time{told} < 12", time=at)

    def stop(self):
        """Ends all programs, the last started first."""
        for running in reversed(self.programs):
            running.stop()
