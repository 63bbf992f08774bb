"""The words of the contract over a recording: zones, roles, healthy pods, workloads, loss."""

from fractions import Fraction

from recording import ceiling, condition, is_true, key, meta, quantity
from selection import ZONE_KEYS, admits, selects
from volumes import shared_volumes, volume_zones

BUILT_IN = {"deployment": "deployments", "replicaset": "replicasets", "replicationcontroller": "replicationcontrollers",
            "statefulset": "statefulsets", "daemonset": "daemonsets"}
STOPS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicationController"}
REGION_KEYS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
ROLE = "node-role.kubernetes.io/"


def labels(thing):
    return meta(thing).get("labels") or {}


def annotations(thing):
    return meta(thing).get("annotations") or {}


def controller(thing):
    for owner in meta(thing).get("ownerReferences") or []:
        if owner.get("controller"):
            return owner
    return None


def first(names, values):
    for name in names:
        if values.get(name):
            return values[name]
    return ""


class Node:
    def __init__(self, thing):
        self.thing, self.name = thing, meta(thing)["name"]
        self.zone, self.region = first(ZONE_KEYS, labels(thing)), first(REGION_KEYS, labels(thing))
        own = labels(thing)
        if ROLE + "control-plane" in own or ROLE + "master" in own:
            self.role = "control-plane"
        else:
            self.role = "etcd" if ROLE + "etcd" in own else "worker"
        self.ready_condition = condition(thing, "Ready")
        self.ready = is_true(thing, "Ready")
        # Interpretation: a node that never posted a Ready condition is not "Unknown" for its pods.
        self.unknown = self.ready_condition is not None and self.ready_condition["status"] == "Unknown"
        self.cordoned = bool(thing["spec"].get("unschedulable"))
        self.usable = self.ready and not self.cordoned and not meta(thing).get("deletionTimestamp")
        hard = [t for t in thing["spec"].get("taints") or [] if t["effect"] in ("NoSchedule", "NoExecute")]
        self.candidate = self.usable and not hard
        # A pool of its own, besides what the control plane taints a node with for its conditions
        # (well_known_taints.go in k8s.io/api/core/v1).
        self.pool = any(not t["key"].startswith("node.kubernetes.io/") for t in hard)
        self.addresses = {a["address"] for a in thing["status"].get("addresses") or []}
        self.allocatable = thing["status"].get("allocatable") or {}


class Pod:
    def __init__(self, thing, cluster):
        self.thing, self.spec = thing, thing["spec"]
        self.namespace, self.name = key(thing)
        self.labels, self.uid = labels(thing), meta(thing).get("uid")
        self.phase = (thing.get("status") or {}).get("phase", "")
        self.terminal = self.phase in ("Succeeded", "Failed")
        self.terminating = bool(meta(thing).get("deletionTimestamp"))
        self.node_name = self.spec.get("nodeName") or ""
        self.node = cluster.nodes.get(self.node_name)
        self.ready = is_true(thing, "Ready")
        self.healthy = (self.phase == "Running" and self.ready and not self.terminating
                        and self.node is not None and not self.node.unknown)
        owner = self.owner = controller(thing)
        self.mirror = ("kubernetes.io/config.mirror" in annotations(thing)
                       or (owner is not None and owner["kind"] == "Node")
                       or (self.namespace == "kube-system" and self.labels.get("tier") == "control-plane"))
        self.bare = owner is None and not self.mirror
        # cluster-autoscaler's FAQ on overprovisioning: pods of negative priority keep room free for others.
        self.placeholder = (self.spec.get("priority") or 0) < 0
        self.daemon = owner is not None and owner["kind"] == "DaemonSet"
        scheduled = condition(thing, "PodScheduled")
        self.unschedulable = (not self.node_name and not self.terminal and scheduled is not None
                              and scheduled["status"] == "False" and scheduled.get("reason") == "Unschedulable")
        self.zone = self.node.zone if self.node else ""
        self.claims = [v["persistentVolumeClaim"]["claimName"] for v in self.spec.get("volumes") or []
                       if v.get("persistentVolumeClaim")]
        # A generic ephemeral volume has a claim named pod-volume.
        self.claims += [self.name + "-" + v["name"] for v in self.spec.get("volumes") or [] if v.get("ephemeral")]

    def request(self, resource):
        """Of cpu in milli, of memory in bytes, of pods 1."""
        if resource == "pods":
            return 1
        unit = Fraction(1, 1000) if resource == "cpu" else 1

        def asked(part):
            wanted = ((part.get("resources") or {}).get("requests") or {}).get(resource)
            if wanted is None:  # the API server defaults requests to limits
                wanted = ((part.get("resources") or {}).get("limits") or {}).get(resource)
            return ceiling(quantity(wanted), unit) if wanted is not None else 0

        status = self.thing.get("status") or {}
        known = {c["name"]: c for c in (status.get("containerStatuses") or [])
                 + (status.get("initContainerStatuses") or [])}
        resize = condition(self.thing, "PodResizePending")

        def counted(part):
            """determineContainerReqs in k8s.io/component-helpers/resource/helpers.go: while a container is resized in
            place the most of spec, actual and allocated, without the spec where that is infeasible."""
            reported = known.get(part["name"]) or {}
            if reported.get("resources") is None:
                return asked(part)
            allocated = (reported.get("allocatedResources") or {}).get(resource)
            actual = (reported["resources"].get("requests") or {}).get(resource)
            amounts = [ceiling(quantity(amount), unit) for amount in (allocated, actual) if amount is not None]
            if resize is None or resize.get("reason") != "Infeasible":
                amounts.append(asked(part))
            return max(amounts, default=0)

        running, peak = 0, 0
        for part in self.spec.get("initContainers") or []:
            if part.get("restartPolicy") == "Always":
                running += counted(part)
                peak = max(peak, running)
            else:
                peak = max(peak, running + asked(part))
        total = max(running + sum(counted(part) for part in self.spec.get("containers") or []), peak)
        of_pod = (self.spec.get("resources") or {})
        if resource in (of_pod.get("requests") or {}) or resource in (of_pod.get("limits") or {}):
            total = asked(self.spec)
        overhead = (self.spec.get("overhead") or {}).get(resource)
        return total + (ceiling(quantity(overhead), unit) if overhead is not None else 0)


class Workload:
    """desired, ready, available are None where unknown."""

    def __init__(self, namespace, name, kind, thing=None):
        self.namespace, self.name, self.kind, self.thing = namespace, name, kind, thing
        self.pods, self.sets, self.foreign_kind = [], [], kind
        self.desired = self.ready = self.available = None
        self.template = None
        if thing is None:
            return
        spec, status = thing["spec"], thing.get("status") or {}
        self.template = spec.get("template")
        if kind == "daemonset":
            self.desired = status.get("desiredNumberScheduled", 0)
            self.ready, self.available = status.get("numberReady", 0), status.get("numberAvailable", 0)
        else:
            self.desired = 1 if spec.get("replicas") is None else spec["replicas"]
            self.ready, self.available = status.get("readyReplicas", 0), status.get("availableReplicas", 0)

    @property
    def id(self):
        return (self.namespace, self.name, self.kind)

    @property
    def kind_name(self):
        """The Kind as Kubernetes writes it."""
        names = {kind.lower(): kind for kind in STOPS | {"ReplicaSet"}}
        return names.get(self.kind) or self.foreign_kind

    @property
    def healthy(self):
        return [pod for pod in self.pods if pod.healthy]

    @property
    def deficit(self):
        return None if self.desired is None else max(0, self.desired - self.available)

    @property
    def spec(self):
        """The pod spec that places it. Interpretation: without a template that of one of its pods."""
        if self.template is not None:
            return self.template.get("spec") or {}
        return self.pods[0].spec if self.pods else None

    @property
    def template_labels(self):
        return None if self.template is None else (self.template.get("metadata") or {}).get("labels") or {}


class Cluster:
    def __init__(self, recording):
        self.recording, self.now = recording, recording.now
        self.nodes = {meta(n)["name"]: Node(n) for n in recording.all("nodes")}
        self.node_list = [self.nodes[name] for name in sorted(self.nodes)]
        self.zones = sorted({n.zone for n in self.node_list if n.zone})
        self.pods = [Pod(p, self) for p in recording.all("pods")]
        self.pod_by_uid = {p.uid: p for p in self.pods}
        self._workloads()
        self.budgets = [Budget(b, self) for b in recording.all("poddisruptionbudgets")]

    def _workloads(self):
        record, self.workloads, by_uid = self.recording, {}, {}

        def add(workload):
            self.workloads[workload.id] = workload
            return workload

        for kind in ("deployment", "statefulset", "daemonset", "replicationcontroller"):
            for thing in record.all(BUILT_IN[kind]):
                by_uid[meta(thing).get("uid")] = add(Workload(*key(thing), kind, thing))
        for thing in record.all("replicasets"):
            owner, (namespace, name) = controller(thing), key(thing)
            if owner is None:
                by_uid[meta(thing)["uid"]] = add(Workload(namespace, name, "replicaset", thing))
            elif owner["kind"] == "Deployment":
                # Interpretation: a ReplicaSet whose Deployment is not known belongs to nothing that is published.
                parent = by_uid.get(owner["uid"])
                if parent is not None:
                    parent.sets.append(thing)
                    by_uid[meta(thing)["uid"]] = parent
            else:
                kind = owner["kind"].lower()
                workload = self.workloads.get((namespace, owner["name"], kind))
                if workload is None:
                    workload = add(Workload(namespace, owner["name"], kind))
                    workload.foreign_kind = owner["kind"]
                    workload.desired = workload.ready = workload.available = 0
                part = Workload(namespace, name, kind, thing)
                workload.desired += part.desired
                workload.ready += part.ready
                workload.available += part.available
                if workload.template is None or part.desired > 0:
                    workload.template = part.template
                workload.sets.append(thing)
                by_uid[meta(thing)["uid"]] = workload
        known = set(STOPS) | {"ReplicaSet"}
        for pod in self.pods:
            pod.workload = None
            if pod.owner is None:
                continue
            workload = by_uid.get(pod.owner["uid"])
            if (workload is None and pod.owner["kind"] not in known | {"Job", "CronJob", "Node"}
                    and pod.spec.get("restartPolicy", "Always") == "Always" and not pod.mirror and not pod.terminal):
                identity = (pod.namespace, pod.owner["name"], pod.owner["kind"].lower())
                workload = self.workloads.get(identity) or add(Workload(*identity))
                workload.foreign_kind = pod.owner["kind"]
            if workload is not None:
                pod.workload = workload
                workload.pods.append(pod)
        self.workload_list = [self.workloads[i] for i in sorted(self.workloads)]

    def node_of(self, name):
        return self.nodes.get(name)

    def eligible_zones(self, workload):
        spec = workload.spec
        if spec is None:
            return set()
        zones = {n.zone for n in self.node_list if n.zone and n.usable and admits(spec, n.thing)}
        for volume in shared_volumes(self, workload):
            reach = volume_zones(self, volume)
            if reach is not None and len(reach) == 1:
                zones &= reach
        return zones

    def uses_zones(self):
        return bool(self.zones)


def surviving(places):
    """What is left after the loss of the worst place; None where a place is unknown; 0 of nothing."""
    if not places:
        return 0
    if any(not place for place in places):
        return None
    return len(places) - max(places.count(place) for place in set(places))


def share(value, whole, up):
    """An int-or-string resolved on whole, a percentage rounded up or down."""
    if isinstance(value, str) and value.endswith("%"):
        scaled = int(value[:-1]) * whole
        return -(-scaled // 100) if up else scaled // 100
    return int(value)


class Budget:
    def __init__(self, thing, cluster):
        self.thing, self.spec, self.status = thing, thing["spec"], thing.get("status") or {}
        self.namespace, self.name = key(thing)
        # policy/v1: an empty selector selects all, a missing one none.
        self.selector = self.spec.get("selector")
        self.pods = [p for p in cluster.pods if p.namespace == self.namespace and selects(self.selector, p.labels)]
        self.expected, self.allowed = self.status.get("expectedPods", 0), self.status.get("disruptionsAllowed", 0)
        self.current, self.wanted = self.status.get("currentHealthy", 0), self.status.get("desiredHealthy", 0)
        self.stale = self.status.get("observedGeneration", 0) < meta(thing).get("generation", 0)
        allowed = condition(thing, "DisruptionAllowed")
        self.sync_failed = (allowed is not None and allowed["status"] == "False"
                            and allowed.get("reason") == "SyncFailed")
        self.blocks = self.expected > 0 and self.allowed <= 0
        self.always_allow = self.spec.get("unhealthyPodEvictionPolicy") == "AlwaysAllow"

    @property
    def base(self):
        """N, on which the budget is resolved."""
        minimum = self.spec.get("minAvailable")
        whole = self.expected
        if isinstance(minimum, int):
            owners = {p.workload.id: p.workload for p in self.pods if p.workload is not None}
            whole = max(whole, sum(w.desired for w in owners.values() if w.desired is not None))
        return whole

    @property
    def never_allows(self):
        if self.expected <= 0:
            return False
        most, least, whole = self.spec.get("maxUnavailable"), self.spec.get("minAvailable"), self.base
        if most is not None:
            return share(most, whole, True) == 0
        return least is not None and share(least, whole, True) >= whole


def blocks_drain(pod, budgets):
    """Whether the eviction of the pod would be refused now; budgets are those that select it."""
    if not pod.node_name or pod.phase != "Running" or pod.terminating or pod.mirror or pod.daemon or not budgets:
        return False
    if len(budgets) >= 2:
        return True
    budget = budgets[0]
    refused = budget.stale or budget.allowed <= 0
    if pod.ready:
        return refused
    if budget.always_allow or budget.current >= budget.wanted > 0:
        return False
    return refused
