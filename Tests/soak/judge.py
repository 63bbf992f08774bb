"""Whether an exposition is well formed, counts forwards and says no more than can be known."""

import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "independent"))

import findings
import prometheus_client.openmetrics.parser as openmetrics
import prometheus_client.parser as text
import table

FAMILIES = table.families()
REQUIRED = {area: findings.required(area, FAMILIES) for area in table.AREAS}
UNKNOWING = {"ok", "failing", "absent", "disabled"}
TEXT = "text/plain;version=0.0.4"
OPEN = "application/openmetrics-text;version=1.0.0"

# Areas that cannot be ok while a fault lasts, and the seconds after which that must be seen. Node losses are told by the
# node's condition, which the simulated cluster changes after 40 s; a freeze of writes by leases that are not renewed;
# what a probe finds within its 5 s where something hangs.
AREAS = {
    "node-lost": (("nodes",), 60), "zone-lost": (("nodes", "zones", "control_plane"), 60),
    "master-lost": (("control_plane",), 60), "apiserver-lost": (("control_plane",), 15),
    "apiservers-lost": (("control_plane",), 15), "hang": (("control_plane",), 25),
    "etcd-member-lost": (("etcd",), 15), "etcd-member-hangs": (("etcd",), 25), "etcd-quorum-lost": (("etcd",), 25),
    "etcd-members-silent": (("etcd",), 25), "etcd-alarm": (("etcd",), 15),
    "writes-frozen": (("control_plane", "replicas", "nodes"), 100),
}
# Faults that everything is lost by: not even a warning will do.
WHOLE = {"apiservers-lost", "etcd-quorum-lost", "etcd-members-silent"}
# Faults by which a source cannot be read, once its watch was cut; leases of nodes are listed once a minute.
READING = {"internal-error": 75, "too-many-requests": 75, "garbage": 75, "forbidden": 75, "token-expired": 75}
# While one of these lasts, changes of the cluster arrive late or not at all.
DELAYING = {*READING, "hang", "watches-silent", "watches-cut", "watches-expired", "compaction", "etcd-restored",
            "apiservers-lost", "etcd-quorum-lost", "etcd-members-silent", "writes-frozen"}
TOLD_BY_WATCHES = {"node-lost", "zone-lost", "master-lost"}
# A watch that says nothing is opened anew after 90 s, a source that fails is tried again after at most 30.
DELAY = 130
SOURCES = {"pods": "pods", "nodes": "nodes", "deployments.apps": "deployments", "replicasets.apps": "replicasets",
           "endpointslices.discovery.k8s.io": "endpointslices", "leases.coordination.k8s.io": "leases",
           "services": "services", "poddisruptionbudgets.policy": "poddisruptionbudgets"}


class Said:
    """One exposition, read."""

    def __init__(self, body, accept):
        read = openmetrics if accept == OPEN else text
        self.values, self.counters, self.twice = {}, {}, []
        for family in read.text_string_to_metric_families(body.decode()):
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                if key in self.values:
                    self.twice.append(sample.name)
                self.values[key] = sample.value
                if family.type == "counter":
                    self.counters[key] = sample.value
        self.areas = self._one_hot("kube_ha_area_status", "area", "status")
        self.states = self._one_hot("kube_ha_exporter_source_state", "source", "state")
        self.names = {name for name, _ in self.values}
        self.leads = self.values.get(("kube_ha_exporter_leader", frozenset())) == 1

    def _one_hot(self, name, label, value):
        return {dict(labels)[label]: dict(labels)[value]
                for (found, labels), number in self.values.items() if found == name and number == 1}

    @property
    def is_well(self):
        """Whether it serves, knows everything and finds nothing critical."""
        return (self.leads and set(self.states.values()) <= {"ok", "absent", "disabled"}
                and "unknown" not in self.areas.values() and "critical" not in self.areas.values())


def promtool(body):
    """What promtool finds wrong with an exposition in the text format."""
    done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True)
    return (done.stdout + done.stderr).decode() if done.returncode else ""


def contradictions(said):
    """What it says although it says itself that it cannot know it (SIGNALS, "Unknown is neither zero nor healthy")."""
    unknown = {source for source, state in said.states.items() if state not in UNKNOWING}
    for name in said.names:
        family = FAMILIES.get(name)
        if family is None:
            yield f"{name} is not in signals.tsv"
        elif name.startswith("kube_ha_") and not name.startswith("kube_ha_exporter_"):
            for source in unknown.intersection(family.sources):
                yield f"{name} is given though {source} is {said.states[source]}"
    # What is known to fail is still given, but its area is not known.
    blind = unknown | {source for source, state in said.states.items() if state == "failing"}
    for area, status in said.areas.items():
        if status in ("ok", "warning") and (found := REQUIRED[area] & blind):
            yield f"{area} is {status} though {', '.join(sorted(found))} cannot be read"
    for source in blind:
        if said.values.get(("kube_ha_exporter_source_up", frozenset({("source", source)}))) != 0:
            yield f"{source} is up though it is {said.states[source]}"
    if said.leads != bool(said.areas):
        yield f"leader is {said.leads:d} and {len(said.areas)} areas are served"


def untruths(said, replica, faults, now):
    """What it says is well though a fault lasts that it must have seen by now. Yields what is said, or None for each
    fault that it is right about."""
    delays = [fault.ended or now for fault in faults if fault.kind in DELAYING and fault.began is not None]
    for fault in faults:
        if fault.began is None or fault.ended is not None:
            continue
        begin = max(fault.began, replica.disturbed_until)
        if fault.kind in TOLD_BY_WATCHES:
            begin = max([begin, *(end + DELAY for end in delays)])
        if fault.kind in AREAS:
            areas, seconds = AREAS[fault.kind]
            if now < begin + seconds:
                continue
            refused = {"ok", "warning"} if fault.kind in WHOLE else {"ok"}
            for area in areas:
                yield (f"{area} is {said.areas[area]} {now - fault.began:.0f} s after {fault}"
                       if said.areas.get(area) in refused else None)
        elif fault.kind == "cordoned" and now >= max([begin + 15, *(end + DELAY for end in delays)]):
            count = said.values.get(("kube_ha_nodes_cordoned", frozenset()))
            yield f"{count:.0f} nodes are cordoned after {fault}" if count == 0 else None
        elif fault.kind in READING and now >= begin + READING[fault.kind]:
            named = fault.members.get("resource")
            for source in [SOURCES[named]] if named else SOURCES.values():
                yield (f"{source} is ok {now - fault.began:.0f} s after {fault}" if said.states.get(source) == "ok"
                       else None)


class Counters:
    """The counters of one replica, which never go back but where it started anew or took over."""

    def __init__(self):
        self.last, self.start, self.led = {}, None, False

    def fallen(self, said, start):
        """The counters that are below what was given last."""
        if start != self.start:
            self.last = {}
        # At a take-over what is counted of the cluster begins anew, what the process counts of itself does not.
        elif said.leads and not self.led:
            self.last = {key: value for key, value in self.last.items()
                         if key[0].startswith(("kube_ha_exporter_", "process_"))}
        self.start, self.led = start, said.leads
        fallen = [f"{key[0]}{dict(key[1])} went from {self.last[key]:.0f} to {value:.0f}"
                  for key, value in said.counters.items() if value < self.last.get(key, 0)]
        self.last |= said.counters
        return fallen
