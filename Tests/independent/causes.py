"""What explains each finding in the end: the root cause of kube_ha_finding_cause, a second time."""

import extension
import ingress
from nodes import stuck
from recording import meta
from rules_access import selected
from selection import selects
from services import all_services
from storage import phase
from volumes import claims, named_nodes, pod_volumes, volume_nodes, volume_zones
from workloads import replica_failure, stuck as rollout_is_stuck

CONTROL = ("etcd-quorum-lost", "etcd-no-leader", "etcd-alarm", "apiserver-none-serving", "apiserver-requests-failing",
           "cluster-writes-stalled", "leader-lease-expired")
FREEZING = tuple(rule for rule in CONTROL if rule != "etcd-alarm")
MANAGER = ("Lease", "kube-system", "kube-controller-manager")


class Causes:
    def __init__(self, cluster, found, frozen_areas):
        self.cluster, self.found, self.frozen_areas = cluster, found, frozen_areas
        self.stall = self.stalled()

    def root(self, area, rule, thing):
        """Root cause of the finding of the rule about a (kind, namespace, name): itself where nothing explains it."""
        if rule in CONTROL:
            return self.of_control(rule, thing) or thing
        if self.stall and area in self.frozen_areas:
            return self.stall
        judge = {
            "workload-down": self.of_workload, "workload-never-up": self.of_workload,
            "workload-deficit": self.of_workload, "rollout-stuck": self.of_workload,
            "statefulset-held-by-dead-node": self.of_held, "workload-single-node": self.of_crowded,
            "service-without-endpoints": self.of_service, "cluster-dns-down": self.of_service,
            "cluster-dns-single-node": self.of_spread, "ingress-backend-unavailable": self.of_ingress,
            "httproute-backend-unavailable": self.of_route, "webhook-no-endpoints": self.of_webhook,
            "webhook-blocks-pods": self.of_webhook, "webhook-single-endpoint": self.of_webhook,
            "apiservice-unavailable": self.of_apiservice, "pdb-exhausted": self.of_budget,
            "ingress-controller-single": self.of_controller, "pods-unschedulable": self.of_unschedulable,
            "pod-stuck-terminating": self.of_stuck_pod, "node-not-ready": self.of_node,
            "master-not-ready": self.of_node, "apiserver-not-ready": self.of_apiserver,
            "etcd-member-unhealthy": self.of_member, "etcd-no-tolerance": self.of_etcd,
        }.get(rule)
        return (judge(thing) if judge else None) or thing

    # the control plane

    def stalled(self):
        """The finding that stands for the stalled control plane, with what explains it."""
        for rule in FREEZING:
            for thing in sorted(self.found.get(rule, ())):
                if rule != "leader-lease-expired" or thing == MANAGER:
                    return self.of_control(rule, thing) or thing
        return None

    def of_control(self, rule, thing):
        earlier = CONTROL[:CONTROL.index(rule)]
        if rule == "apiserver-none-serving":
            earlier = earlier[:2]
        for other in earlier:
            for cause in sorted(self.found.get(other, ())):
                return (self.of_etcd(cause) if cause[0] == "EtcdCluster" else None) or cause
        return self.of_etcd(thing) if thing[0] == "EtcdCluster" else None

    def of_etcd(self, _):
        own = self.cluster.control.etcd
        lost = bool(self.found.get("etcd-quorum-lost"))
        missing = [m for m in own.voters if not (m.alive if lost else m.healthy)]
        roots = {self.down_node(own.node_of(m)) for m in missing}
        if len(missing) == 1:
            return roots.pop() or ("EtcdMember", "", missing[0].name)
        return roots.pop() if len(roots) == 1 else None

    def of_member(self, thing):
        own = self.cluster.control.etcd
        for member in own.members:
            if member.name == thing[2]:
                node = self.down_node(own.node_of(member))
                if node or not member.alive or not self.found.get("etcd-quorum-lost"):
                    return node
                return self.of_etcd(None) or ("EtcdCluster", "", "main")
        return None

    def of_apiserver(self, thing):
        control = self.cluster.control
        node = self.down_node(control.node_of(thing[2]))
        if node or thing[2] not in control.etcd_ready or control.etcd_ready[thing[2]]:
            return node
        if any(self.found.get(rule) for rule in CONTROL[:2]):
            return self.of_etcd(None) or ("EtcdCluster", "", "main")
        return None

    def down_node(self, node):
        """A node that is not Ready, by its zone where that is lost; none while what is written of nodes is old."""
        frozen = any(self.found.get(rule) for rule in FREEZING[:-1]) or MANAGER in self.found.get(FREEZING[-1], ())
        return self.node_root(node.name) if node is not None and not node.ready and not frozen else None

    # nodes and zones

    def zone_root(self, zone):
        thing = ("Zone", "", zone)
        return thing if any(thing in self.found.get(r, ()) for r in ("zone-lost", "zone-degraded")) else None

    def node_root(self, name):
        return self.of_node(("Node", "", name)) or ("Node", "", name)

    def of_node(self, thing):
        node = self.cluster.nodes.get(thing[2])
        return self.zone_root(node.zone) if node is not None and not node.ready else None

    def is_down(self, pod):
        return bool(pod.node_name) and (pod.node is None or not pod.node.ready)

    # workloads

    def workload(self, thing):
        return next((w for w in self.cluster.workload_list
                     if (w.kind_name, w.namespace, w.name) == thing and (w.deficit or 0) > 0), None)

    def stranded(self, w):
        counts = {}
        for pod in w.pods:
            if not pod.terminal and self.is_down(pod):
                counts[pod.node_name] = counts.get(pod.node_name, 0) + 1
        return counts

    def most(self, counts):
        return self.node_root(min(counts, key=lambda name: (-counts[name], name))) if counts else None

    def explained(self, w):
        counts = self.stranded(w)
        if sum(counts.values()) >= w.deficit:
            return self.most(counts)
        known = claims(self.cluster)
        waiting = sorted(name for p in w.pods if not p.terminal and not p.healthy for name in p.claims
                         if (w.namespace, name) in known and phase(known[(w.namespace, name)]) != "Bound")
        if waiting:
            return ("PersistentVolumeClaim", w.namespace, waiting[0])
        return (w.kind_name, w.namespace, w.name) if replica_failure(w) or rollout_is_stuck(self.cluster, w) else None

    def of_workload(self, thing):
        w = self.workload(thing)
        return self.explained(w) if w else None

    def of_held(self, thing):
        w = self.workload(thing)
        return self.most(self.stranded(w)) if w else None

    of_crowded = of_held

    # Services and what asks them

    def first(self, workloads):
        """One that is explained before one that is not, then by name."""
        told = [(self.explained(w), w) for w in workloads]
        if not told:
            return None
        root, w = min(told, key=lambda pair: (pair[0] is None, pair[1].name, pair[1].kind_name))
        return root or (w.kind_name, w.namespace, w.name)

    def behind(self, name):
        service = all_services(self.cluster).get(name)
        return [w for w in selected(self.cluster, service) if (w.deficit or 0) > 0] if service else []

    def of_service(self, thing):
        return self.first(w for w in self.behind(thing[1:]) if w.available == 0)

    def of_spread(self, thing):
        return self.first(w for w in self.behind(thing[1:]) if sum(self.stranded(w).values()) >= w.deficit)

    def of_backends(self, names):
        known, told = all_services(self.cluster), []
        for name in names:
            service = known.get(name)
            if service is None or (service.type != "ExternalName" and not service.ready):
                thing = ("Service", *name)
                told.append((self.of_service(thing), thing))
        if not told:
            return None
        root, thing = min(told, key=lambda pair: (pair[0] is None, pair[1]))
        return root or thing

    def named(self, source, thing):
        return next(t for t in self.cluster.recording.all(source) if (meta(t).get("namespace", ""), meta(t)["name"]) == thing[1:])

    def of_ingress(self, thing):
        return self.of_backends((thing[1], name) for name in ingress.backends(
            self.cluster, self.named("ingresses", thing)))

    def of_route(self, thing):
        return self.of_backends(ingress.route_backends(self.cluster, self.named("httproutes", thing)))

    def of_webhook(self, thing):
        return self.of_backends(h.service for h in extension.webhooks(self.cluster)
                                if tuple(h.object[:3]) == thing and h.service)

    def of_apiservice(self, thing):
        service = self.named("apiservices", thing)["spec"]["service"]
        return self.of_backends([(service["namespace"], service["name"])])

    def of_controller(self, thing):
        own = ingress.controllers(self.cluster, ingress.classes(self.cluster)[thing[2]])
        return self.first(w for w in own if (w.deficit or 0) > 0)

    def of_budget(self, thing):
        budget = next(b for b in self.cluster.budgets if (b.namespace, b.name) == thing[1:])
        return self.first(w for w in self.cluster.workload_list if w.namespace == thing[1] and (w.deficit or 0) > 0
                          and w.template_labels is not None and selects(budget.selector, w.template_labels))

    # pods

    def of_unschedulable(self, thing):
        roots = {self.of_waiting(p) for p in self.cluster.pods if p.namespace == thing[1] and p.unschedulable}
        return roots.pop() if len(roots) == 1 else None

    def of_waiting(self, pod):
        w = pod.workload
        root = self.explained(w) if w is not None and (w.deficit or 0) > 0 else None
        return root or next(filter(None, (self.of_volume(v) for v in pod_volumes(self.cluster, pod))), None)

    def of_volume(self, volume):
        nodes = volume_nodes(self.cluster, volume)
        only = nodes or named_nodes(volume) or set()
        if nodes is not None and len(only) == 1:
            node = self.cluster.nodes.get(next(iter(only)))
            return None if node is not None and node.usable else self.node_root(next(iter(only)))
        zones = volume_zones(self.cluster, volume) or set()
        if len(zones) != 1:
            return None
        zone = next(iter(zones))
        own = [n for n in self.cluster.node_list if n.zone == zone]
        return ("Zone", "", zone) if not own or not all(n.usable for n in own) else None

    def of_stuck_pod(self, thing):
        pod = next(p for p in self.cluster.pods if (p.namespace, p.name) == thing[1:] and stuck(self.cluster, p))
        return self.node_root(pod.node_name) if self.is_down(pod) else None
