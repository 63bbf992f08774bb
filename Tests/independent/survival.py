"""Area 18 survival: hosts, applications, what goes with a node or zone, and what a drain would meet."""

from collections import Counter

import ingress
from cluster import labels, refused
from nodes import allocatable
from recording import key, meta
from selection import admits, required_terms, selects, term_matches, tolerates
from services import all_services, dns_service
from volumes import pod_volumes, volume_nodes, volume_zones

APPLICATION = ("app.kubernetes.io/part-of", "app.kubernetes.io/instance")
COMPONENT = "app.kubernetes.io/component"
OBSTACLES = ("refused", "outage", "single_replica", "no_room", "pinned", "bare_pod")
RESOURCES = ("cpu", "memory", "pods")


def wanted(w):
    """Replicas wanted. Interpretation: where nobody says, as many as there are pods to be."""
    return w.desired if w.desired is not None else sum(not p.terminal and not p.terminating for p in w.pods)


def judged(cluster):
    return [w for w in cluster.workload_list if w.kind != "daemonset" and wanted(w) > 0]


def label_sets(w):
    """The workload's own labels, then its template's. Interpretation: without a template those of a pod."""
    own = labels(w.thing) if w.thing is not None else {}
    return [own, w.template_labels if w.template_labels is not None else w.pods[0].labels if w.pods else {}]


def application(w):
    for own in label_sets(w):
        for name in APPLICATION:
            if own.get(name):
                return own[name]
    return None


def component(w):
    return next((own[COMPONENT] for own in label_sets(w) if COMPONENT in own), "")


def places(w, of):
    return {of(p) for p in w.healthy}


def on_node(w):
    """The one node that holds every healthy pod."""
    names = places(w, lambda p: p.node_name)
    return next(iter(names)) if len(names) == 1 else None


def in_zone(w):
    """The one zone; None where there are several, "" where that is not known."""
    zones = places(w, lambda p: p.zone)
    if len(zones - {""}) > 1 or not zones:
        return None
    return "" if "" in zones else next(iter(zones))


class Backend:
    """Where the ready endpoints of a Service are. Interpretation: an endpoint that names neither node nor target is on
    no node, so that no loss takes the last endpoint of its Service; one whose target is not known may be on any."""

    def __init__(self, service):
        self.service, ready = service, service.ready
        self.ready = len(ready)
        self.outside = any(e.node == "" and not e.target for e in ready)
        self.node = self._only([e.node for e in ready])
        self.zone = self._only([e.zone for e in ready])

    def _only(self, names):
        known = set(names) - {""}
        if not names or len(known) > 1:
            return None
        if "" in names:
            return None if self.outside else ""
        return next(iter(known))


def backend(cluster, name):
    if not hasattr(cluster, "backends"):
        cluster.backends = {}
    if name not in cluster.backends:
        service = all_services(cluster).get(name)
        cluster.backends[name] = Backend(service) if service is not None and service.judged else None
    return cluster.backends[name]


def listeners(cluster, route):
    """Host names of the listeners that a route is attached to."""
    gateways, found = {key(g): g for g in cluster.recording.all("gateways")}, []
    for reference in route["spec"].get("parentRefs") or []:
        if reference.get("kind", "Gateway") != "Gateway":
            continue
        parent = gateways.get((reference.get("namespace") or meta(route)["namespace"], reference["name"]))
        for one in (parent["spec"].get("listeners") or []) if parent else []:
            if reference.get("sectionName") in (None, one["name"]) and reference.get("port") in (None, one.get("port")):
                found.append(one.get("hostname") or "*")
    return found


def paths(ingress_rule):
    return (ingress_rule.get("http") or {}).get("paths") or []


def hosts(cluster):
    """{(namespace, host): Services}. Interpretation: a default backend stands behind every host of its Ingress, and
    behind * where no rule is; so does a rule without host."""
    found = {}
    for thing in cluster.recording.all("ingresses"):
        counted, namespace = ingress.backends(cluster, thing), meta(thing)["namespace"]
        default = ((thing["spec"].get("defaultBackend") or {}).get("service") or {}).get("name")
        entries = [(r.get("host") or "*", [(p["backend"].get("service") or {}).get("name") for p in paths(r)])
                   for r in thing["spec"].get("rules") or []]
        if not entries and default:
            entries = [("*", [])]
        for host, names in entries:
            own = found.setdefault((namespace, host), set())
            own |= {(namespace, name) for name in names + [default] if name in counted}
    for route in cluster.recording.all("httproutes"):
        sent = ingress.route_backends(cluster, route)
        for host in set(route["spec"].get("hostnames") or listeners(cluster, route) or ["*"]):
            found.setdefault((meta(route)["namespace"], host), set()).update(sent)
    return found


def known_routes(cluster):
    return cluster.recording.states.get("httproutes") in ("ok", "absent")


def lost_with(place, found, side):
    """How many of the backends go with a place."""
    return sum(getattr(b, side) == place for b in found)


def add_hosts(cluster, out):
    gaps, degraded = {"node": False, "zone": False}, {"node": Counter(), "zone": Counter()}
    for name, services in hosts(cluster).items():
        there = [b for b in (backend(cluster, s) for s in services) if b is not None and b.ready]
        out.add("kube_ha_host_backends", len(services), *name)
        out.add("kube_ha_host_backends_available", len(there), *name)
        for side in ("node", "zone"):
            at = [getattr(b, side) for b in there]
            gaps[side] |= "" in at
            degraded[side].update({place for place in at if place})
            worst = max(Counter(place for place in at if place).values(), default=0)
            known = "" not in at and (side == "node" or cluster.uses_zones())
            out.add(f"kube_ha_host_backends_surviving_{side}_loss", len(there) - worst if known else None, *name)
    services = [backend(cluster, (s.namespace, s.name)) for s in cluster.judged_services]
    unknown = any(b.node == "" for b in services)
    for node in cluster.node_list:
        out.add("kube_ha_node_loss_services_without_endpoints",
                None if unknown else sum(b.node == node.name for b in services), node.name)
        out.add("kube_ha_node_loss_hosts_degraded", None if gaps["node"] else degraded["node"][node.name], node.name)
    for zone in cluster.zones:
        out.add("kube_ha_zone_loss_hosts_degraded", None if gaps["zone"] else degraded["zone"][zone], zone)


def add_applications(cluster, out):
    members = {}
    for w in cluster.workload_list:
        name = application(w)
        if name is not None:
            out.add("kube_ha_workload_application_info", 1, *w.id, name, component(w))
            own = members.setdefault((w.namespace, name), [])
            if w in judged(cluster):
                own.append(w)
    degraded, unknown = {"node": Counter(), "zone": Counter()}, False
    for name, own in members.items():
        out.add("kube_ha_application_workloads", len(own), *name)
        none = sum(w.available == 0 if w.available is not None else not w.healthy for w in own)
        out.add("kube_ha_application_workloads_unavailable", none, *name)
        out.add("kube_ha_application_single_points", sum(on_node(w) is not None for w in own), *name)
        by_node = Counter(on_node(w) for w in own if on_node(w))
        by_zone = Counter(in_zone(w) for w in own if in_zone(w))
        gap = any(in_zone(w) == "" for w in own)
        unknown |= gap
        out.add("kube_ha_application_node_loss_workloads_unavailable", max(by_node.values(), default=0), *name)
        out.add("kube_ha_application_zone_loss_workloads_unavailable",
                None if gap or not cluster.uses_zones() else max(by_zone.values(), default=0), *name)
        degraded["node"].update(set(by_node))
        degraded["zone"].update(set(by_zone))
    for node in cluster.node_list:
        out.add("kube_ha_node_loss_applications_degraded", degraded["node"][node.name], node.name)
    for zone in cluster.zones:
        out.add("kube_ha_zone_loss_applications_degraded", None if unknown else degraded["zone"][zone], zone)


# Drains


def placeholder(pod):
    return (pod.spec.get("priority") or 0) < 0


def moved(pod):
    """Interpretation: what is terminating goes by itself."""
    return not pod.terminal and not pod.terminating and not pod.mirror and not pod.daemon


def free(cluster, node):
    """What is left of a node, by resource; placeholders are pushed out."""
    here = [p for p in cluster.pods if p.node is node and not p.terminal and not placeholder(p)]
    return {r: allocatable(node, r) - sum(p.request(r) for p in here) for r in RESOURCES}


def constrained(cluster, pod):
    """Nodes that its nodeSelector, required affinity and bound volumes admit: where a volume's affinity matches no node,
    by its zones."""
    found, terms = [], required_terms(pod.spec.get("affinity"))
    for node in cluster.node_list:
        own = labels(node.thing)
        if any(own.get(name) != value for name, value in (pod.spec.get("nodeSelector") or {}).items()):
            continue
        if terms is not None and not any(term_matches(t, node.name, own) for t in terms):
            continue
        def attaches(volume):
            nodes, zones = volume_nodes(cluster, volume), volume_zones(cluster, volume)
            return node.name in nodes if nodes else not zones or node.zone in zones
        if all(attaches(v) for v in pod_volumes(cluster, pod)):
            found.append(node)
    return found


def is_constrained(cluster, pod):
    return bool(pod.spec.get("nodeSelector") or required_terms(pod.spec.get("affinity")) is not None
                or any(volume_zones(cluster, v) for v in pod_volumes(cluster, pod)))


def pinned(cluster, pod, node):
    for volume in pod_volumes(cluster, pod):
        reach = volume_nodes(cluster, volume)
        if reach is not None and len(reach) == 1:
            return True
    return is_constrained(cluster, pod) and len(cluster.node_list) > 1 and constrained(cluster, pod) == [node]


def takes(cluster, pod):
    """Usable nodes that admit the pod."""
    def tolerated(node):
        hard = [t for t in node.thing["spec"].get("taints") or [] if t["effect"] in ("NoSchedule", "NoExecute")]
        return all(tolerates(pod.spec.get("tolerations"), t) for t in hard)
    return [n for n in constrained(cluster, pod) if n.usable and tolerated(n)]


def fits(pod, room):
    """What is not requested fits everywhere, but for the pod itself."""
    return room["pods"] >= 1 and all(not pod.request(r) or pod.request(r) <= room[r] for r in ("cpu", "memory"))


def without_room(cluster, rooms, pods, node):
    """One fits nowhere else; or those with the same nodes or some of these, or all of them, need more than their nodes have
    left."""
    groups = {}
    for pod in pods:
        names = tuple(n.name for n in takes(cluster, pod))
        if not any(fits(pod, rooms[name]) for name in names if name != node.name):
            return True
        groups.setdefault(names, []).append(pod)
    everything = {name for names in groups for name in names}
    for names in [*groups, everything]:
        own = [pod for other, some in groups.items() if set(other) <= set(names) for pod in some]
        left = [rooms[name] for name in names if name != node.name]
        if any(sum(p.request(r) for p in own) > sum(max(0, room[r]) for room in left) for r in RESOURCES):
            return True
    return False


def in_turns(cluster, w):
    """Whether a budget has its healthy pods evicted in turns: one that wants some healthy, the only one of each of them,
    and with no healthy pod of anything else."""
    def budgets(pod):
        return [b for b in cluster.budgets if b.namespace == pod.namespace and selects(b.selector, pod.labels)]
    found = {tuple(b.name for b in budgets(pod)) for pod in w.healthy}
    if len(found) != 1 or len(next(iter(found))) != 1:
        return False
    budget = budgets(w.healthy[0])[0]
    return (budget.wanted > 0 and not budget.stale and not budget.sync_failed
            and all(pod in w.healthy for pod in budget.pods if pod.healthy))


def obstacles(cluster, rooms, node):
    pods = [p for p in cluster.pods if p.node is node and moved(p)]
    found = set()
    for pod in pods:
        mine = [b for b in cluster.budgets if b.namespace == pod.namespace and selects(b.selector, pod.labels)]
        if refused(pod, mine):
            found.add("refused")
        if pod.bare:
            found.add("bare_pod")
    needing = [p for p in pods if not placeholder(p)]
    if any(pinned(cluster, p, node) for p in needing):
        found.add("pinned")
    if without_room(cluster, rooms, needing, node):
        found.add("no_room")
    for w in judged(cluster):
        if on_node(w) == node.name and not all(placeholder(p) for p in w.pods if not p.terminal):
            if wanted(w) < 2:
                found.add("single_replica")
            elif not in_turns(cluster, w):
                found.add("outage")
    return found


def safe(found):
    return not found & {"refused", "outage", "pinned", "bare_pod", "no_room"}


def drains(cluster):
    """{node: obstacles}"""
    if not hasattr(cluster, "drains"):
        rooms = {n.name: free(cluster, n) for n in cluster.node_list}
        cluster.drains = {n.name: obstacles(cluster, rooms, n) for n in cluster.node_list}
    return cluster.drains


def add_drains(cluster, out):
    for name, found in drains(cluster).items():
        for one in OBSTACLES:
            out.add("kube_ha_node_drain_obstacle", int(one in found), name, one)
        out.add("kube_ha_node_drain_safe", int(safe(found)), name)
    out.add("kube_ha_nodes_drain_safe", sum(safe(found) for found in drains(cluster).values()))


# The answers


def quorum_lost(cluster, gone):
    own = cluster.control.etcd
    if not own.members or len(own.healthy_voters) < own.quorum:
        return False
    left = [m for m in own.healthy_voters if own.node_of(m) is None or not gone(own.node_of(m))]
    return len(left) < own.quorum


def last_api_server(cluster, gone):
    at = [cluster.control.node_of(i) for i in cluster.control.serving]
    return bool(at) and all(node is not None and gone(node) for node in at)


def controllers_lost(cluster, gone):
    """Of classes that Ingresses use and whose controller carries the requests. Interpretation: only ingress-nginx and its
    like are among the recordings; those of clouds are left out by name."""
    used = {ingress.class_of(cluster, i) for i in cluster.recording.all("ingresses")}
    for name, thing in ingress.classes(cluster).items():
        if name not in used or thing["spec"].get("controller", "").startswith("ingress.k8s.aws"):
            continue
        told = ingress.controller_pods(cluster, thing)
        if told and told[0] and all(gone(p.node) for p in told[0]):
            return True
    return False


def behind(cluster, service):
    """Workloads whose template a Service selects."""
    return [w for w in cluster.workload_list if w.namespace == service.namespace and w.template_labels is not None
            and service.selector and all(w.template_labels.get(k) == v for k, v in service.selector.items())]


def breaks(cluster, side, place):
    """Whether the loss of a node or zone breaks what is meant to survive it. Nothing in the recordings is exempt."""
    def gone(node):
        return (node.name if side == "node" else node.zone) == place
    if quorum_lost(cluster, gone) or last_api_server(cluster, gone) or controllers_lost(cluster, gone):
        return True
    lost = [s for s in cluster.judged_services
            if getattr(backend(cluster, (s.namespace, s.name)), side) == place]
    if dns_service(cluster) in lost:
        return True
    served = {name for names in hosts(cluster).values() for name in names}
    if any((s.namespace, s.name) in served or sum(w.desired or 0 for w in behind(cluster, s)) >= 2 for s in lost):
        return True
    whole = on_node if side == "node" else in_zone
    return any(wanted(w) >= 2 and whole(w) == place for w in judged(cluster))


def answers(cluster, unknown):
    """{event: 0 or 1}. unknown: whether an area is."""
    found = {}
    serving = [n for n in cluster.node_list if n.role != "control-plane"]
    masters = [n for n in cluster.node_list if n.role == "control-plane"]
    loss = ["replicas", "services", "ingress", "nodes"]
    etcd_nodes = ["etcd"] if any(n.role == "etcd" for n in cluster.node_list) else []
    events = {
        "node_loss": ("node", [n.name for n in serving] if len(cluster.node_list) > 1 else [], loss + etcd_nodes),
        "zone_loss": ("zone", cluster.zones if len(cluster.zones) > 1 else [],
                      loss + ["control_plane", "etcd", "zones"]),
        "control_plane_node_loss": ("node", [n.name for n in masters], loss + ["control_plane", "etcd"]),
    }
    for event, (side, cases, areas) in events.items():
        served = event == "node_loss" or cluster.recording.states.get("apiserver") in ("ok", "absent", "disabled")
        if not cases or not served or any(unknown(a) for a in areas) or not cluster.recording.ok("pods") or not known_routes(cluster):
            continue
        found[event] = int(not any(breaks(cluster, side, place) for place in cases))
    usable = [n for n in cluster.node_list if n.usable]
    needed = ["pods", "nodes", "poddisruptionbudgets", "persistentvolumeclaims", "persistentvolumes", "deployments",
              "statefulsets", "daemonsets", "replicasets", "replicationcontrollers"]
    if usable and all(cluster.recording.ok(s) for s in needed) and not any(
            unknown(a) for a in ("replicas", "nodes", "disruption_budgets", "storage")):
        found["node_drain"] = int(all(safe(drains(cluster)[n.name]) for n in usable))
    return found


HINDERING = {"node-not-ready", "master-not-ready", "apiserver-missing", "apiserver-not-ready", "etcd-member-unhealthy",
             "etcd-two-members", "zone-missing", "drain-stalled", "cluster-dns-down", "webhook-blocks-pods"}


def maintenance(cluster, rules, raised, unknown, applicable):
    """1, 0, or None where it cannot be told."""
    if any(unknown(a) for a in ("control_plane", "etcd", "nodes")):
        return None
    area = {r.name: r.area for r in rules}
    if any(name not in raised for name in HINDERING if applicable(area[name])):
        return None
    critical = {r.name for r in rules if r.severity == "critical"
                and r.area in ("control_plane", "etcd", "nodes", "zones")}
    found = any(raised.get(name) for name in HINDERING | critical)
    return int(not found and not any(n.cordoned for n in cluster.node_list))


def survival(cluster, out):
    import findings
    all_services(cluster)
    add_applications(cluster, out)
    add_hosts(cluster, out)
    add_drains(cluster, out)
    raised = findings.judge(cluster)

    def unknown(area):
        return findings.is_unknown(cluster, area, out.families, raised)

    for event, value in answers(cluster, unknown).items():
        out.add("kube_ha_survives", value, event)
    out.add("kube_ha_maintenance_safe", maintenance(
        cluster, findings.RULES, raised, unknown,
        lambda area: findings.status(cluster, area, out.families, raised) != "not_applicable"))
