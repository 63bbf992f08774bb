"""Rules of areas 1 control_plane, 2 etcd, 8 nodes, 12 zones and 17 deployment."""

from control import lag, leader_leases, lease_expired
from findings import WORKLOADS, rule
from nodes import PRESSURE, RESOURCES, allocatable, lease_age, ratio, room, stuck, to_place
from recording import is_true, meta, seconds
from selection import admits, zone_requirement
from storage import node_bound
from volumes import shared_volumes
from workloads import in_progress
from zones import judged, skew, skew_limit

CLUSTER = ("Cluster", "", "")
SPREAD = (*WORKLOADS, "pods", "nodes")


# 1 control_plane

@rule("control_plane", "apiserver-none-serving", "critical", "apiserver")
def none_serving(cluster):
    return [CLUSTER] if cluster.control.ready and not cluster.control.serving else []


@rule("control_plane", "cluster-writes-stalled", "critical", "leases")
def writes_stalled(cluster):
    return []  # no lease has been seen to change in a recording


@rule("control_plane", "leader-lease-expired", "critical", "leases")
def expired(cluster):
    return [("Lease", "kube-system", name, lease) for name, lease, age in leader_leases(cluster)
            if lease_expired(lease, age)]


@rule("control_plane", "certificate-expiring", "critical", "apiserver")
def expiring(cluster):
    return []  # recordings hold no certificate


@rule("control_plane", "certificate-expiring-soon", "warning", "apiserver")
def expiring_soon(cluster):
    return []


@rule("control_plane", "master-not-ready", "warning", "nodes")
def master_not_ready(cluster):
    return [("Node", "", n.name, n.thing) for n in cluster.control.nodes if not n.ready]


@rule("control_plane", "apiserver-missing", "warning", "apiserver", "endpointslices")
def apiserver_missing(cluster):
    return [CLUSTER] if len(cluster.control.serving) < len(cluster.control.slice_addresses) else []


@rule("control_plane", "apiserver-not-ready", "warning", "apiserver")
def apiserver_not_ready(cluster):
    """Interpretation: an instance that is ready but whose etcd check fails is not serving, so not ready."""
    return [("APIServer", "", i) for i in cluster.control.ready if i not in cluster.control.serving]


@rule("control_plane", "control-plane-single-node", "warning", "nodes")
def single_master(cluster):
    """Not raised on a cluster of one node: it could not have closed the gap."""
    return [CLUSTER] if len(cluster.control.nodes) == 1 and len(cluster.node_list) > 1 else []


@rule("control_plane", "control-plane-single-zone", "warning", "nodes")
def single_zone_masters(cluster):
    ready = [n for n in cluster.control.nodes if n.ready]
    one = len(ready) > 1 and all(n.zone for n in ready) and len({n.zone for n in ready}) == 1
    return [CLUSTER] if one and len(cluster.zones) > 1 else []


# 2 etcd

def main(condition):
    return [("EtcdCluster", "", "main")] if condition else []


def rows(cluster, wanted):
    return [("EtcdMember", "", m.name) for m in cluster.control.etcd.members if wanted(m)]


@rule("etcd", "etcd-quorum-lost", "critical", "etcd")
def quorum_lost(cluster):
    own = cluster.control.etcd
    return main(own.members and len(own.healthy_voters) < own.quorum)


@rule("etcd", "etcd-no-leader", "critical", "etcd")
def no_leader(cluster):
    return main(cluster.control.etcd.members and cluster.control.etcd.leader is None)


@rule("etcd", "etcd-alarm", "critical", "etcd")
def alarm(cluster):
    raised = {number for number, _ in cluster.control.etcd.alarms or set()}
    return rows(cluster, lambda m: m.id in raised)


@rule("etcd", "etcd-no-tolerance", "critical", "etcd")
def no_tolerance(cluster):
    own = cluster.control.etcd
    return main(len(own.voters) >= 3 and len(own.healthy_voters) < len(own.voters)
                and len(own.healthy_voters) == own.quorum)


@rule("etcd", "etcd-member-unhealthy", "warning", "etcd")
def member_unhealthy(cluster):
    return rows(cluster, lambda m: not m.healthy)


@rule("etcd", "etcd-two-members", "warning", "etcd")
def two_members(cluster):
    return main(len(cluster.control.etcd.voters) == 2)


@rule("etcd", "etcd-even-members", "warning", "etcd")
def even_members(cluster):
    """Two members have a rule of their own."""
    voters = len(cluster.control.etcd.voters)
    return main(voters > 2 and voters % 2 == 0)


@rule("etcd", "etcd-raft-lag", "warning", "etcd")
def raft_lag(cluster):
    """The contract gives no threshold: 1000 entries are taken."""
    own = cluster.control.etcd
    leader = next((m for m in own.members if m.id == own.leader), None)
    return rows(cluster, lambda m: (lag(leader, m) or 0) > 1000)


@rule("etcd", "etcd-quota-near", "warning", "etcd")
def quota_near(cluster):
    """The contract gives no threshold: 80 % of the quota are taken."""
    def near(member):
        status = member.status or {}
        quota = int(status.get("dbSizeQuota", 0))
        return quota > 0 and int(status.get("dbSize", 0)) > 0.8 * quota
    return rows(cluster, near)


# 8 nodes

@rule("nodes", "node-not-ready", "warning", "nodes")
def node_not_ready(cluster):
    """Literally every node, a master too, although master-not-ready names it as well."""
    return [("Node", "", n.name, n.thing) for n in cluster.node_list if not n.ready]


@rule("nodes", "node-heartbeat-stale", "warning", "nodes", "nodeleases")
def heartbeat_stale(cluster):
    ages = {meta(lease)["name"]: lease_age(cluster, lease) for lease in cluster.recording.all("nodeleases")}
    return [("Node", "", n.name, n.thing) for n in cluster.node_list if n.ready and (ages.get(n.name) or 0) > 90]


@rule("nodes", "node-pressure", "warning", "nodes")
def pressure(cluster):
    return [("Node", "", n.name, n.thing) for n in cluster.node_list if any(is_true(n.thing, c) for c in PRESSURE)]


@rule("nodes", "pods-unschedulable", "warning", "pods")
def unschedulable(cluster):
    """Interpretation: one finding a namespace, as its family has it, routed by the label namespace."""
    return [("Namespace", name, name) for name in {p.namespace for p in cluster.pods if p.unschedulable and not p.placeholder}]


@rule("nodes", "pod-stuck-terminating", "warning", "pods")
def stuck_terminating(cluster):
    return [("Pod", p.namespace, p.name, p.thing) for p in cluster.pods if stuck(cluster, p)]


@rule("nodes", "node-loss-capacity", "info", "nodes", "pods")
def loss_capacity(cluster):
    """One finding for the cluster, over whichever resources."""
    candidates = [n for n in cluster.node_list if n.candidate]
    if len(candidates) < 2:
        return []

    def over(resource):
        lost = max(candidates, key=lambda n: allocatable(n, resource))
        return ratio(to_place(cluster, resource), room(cluster, [n for n in candidates if n is not lost], resource)) > 1
    return [CLUSTER] if any(over(resource) for resource in RESOURCES) else []


# 12 zones

def of_zone(cluster, zone):
    """The nodes that tell whether it is lost: not those being deleted, nor new ones that were never seen Ready."""
    return [n for n in cluster.node_list if n.zone == zone and not meta(n.thing).get("deletionTimestamp")
            and (n.ready or cluster.now - seconds(meta(n.thing)["creationTimestamp"]) > 600)]


@rule("zones", "zone-lost", "critical", "nodes")
def zone_lost(cluster):
    return [("Zone", "", z) for z in cluster.zones
            if of_zone(cluster, z) and not any(n.ready for n in of_zone(cluster, z))]


@rule("zones", "zone-degraded", "critical", "nodes")
def zone_degraded(cluster):
    """Read as: the nodes that are not Ready are over half of the zone's, and at least 3. Not where the zone is lost."""
    found = []
    for zone in cluster.zones:
        own = of_zone(cluster, zone)
        bad = sum(not n.ready for n in own)
        if 3 <= bad < len(own) and 2 * bad > len(own):
            found.append(("Zone", "", zone))
    return found


@rule("zones", "zone-missing", "warning", "nodes")
def zone_missing(cluster):
    return []  # one observation: as many are expected as are there


def spread(find):
    """Spread rules are not evaluated while a zone is lost, and find nothing on a single node."""
    def judge(cluster):
        if zone_lost(cluster):
            return None
        if len(cluster.node_list) < 2:
            return []
        return [(w.kind_name, w.namespace, w.name, w.thing) for w in judged(cluster) if find(cluster, w)]
    return judge


@rule("zones", "workload-single-zone", "warning", *SPREAD)
@spread
def single_zone(cluster, w):
    zones = {p.zone for p in w.healthy}
    return len(w.healthy) >= 2 and len(zones) == 1 and "" not in zones and len(cluster.eligible_zones(w)) > 1


def pinned_to(cluster, w):
    if w.spec is None:
        return None
    allowed = zone_requirement(w.spec, cluster.node_list)
    return next(iter(allowed)) if allowed is not None and len(allowed) == 1 else None


@rule("zones", "workload-zone-pinned", "warning", *SPREAD)
@spread
def zone_pinned(cluster, w):
    here = pinned_to(cluster, w)
    if len(w.healthy) < 2 or here is None or len(cluster.zones) < 2:
        return False
    siblings = [o for o in judged(cluster) if o.kind == "statefulset" and o.namespace == w.namespace and o is not w]
    return not (w.kind == "statefulset" and any(pinned_to(cluster, o) not in (None, here) for o in siblings))


@rule("zones", "workload-single-node", "warning", *SPREAD)
@spread
def single_node(cluster, w):
    if len(w.healthy) < 2 or len({p.node_name for p in w.healthy}) != 1:
        return False
    if any(node_bound(cluster, v) for v in shared_volumes(cluster, w)):
        return False
    return sum(n.usable and admits(w.spec, n.thing) for n in cluster.node_list) > 1


@rule("zones", "workload-zone-skew", "warning", *SPREAD)
@spread
def zone_skew(cluster, w):
    limit, now = skew_limit(w), skew(cluster, w)
    return (limit is not None and now is not None and now > limit and now >= 2
            and w.deficit == 0 and not in_progress(cluster, w))


@rule("zones", "cluster-without-zones", "info", "nodes")
def without_zones(cluster):
    return [CLUSTER] if len(cluster.node_list) > 1 and not cluster.zones else []


@rule("zones", "node-without-zone", "info", "nodes")
def node_without_zone(cluster):
    return [("Node", "", n.name, n.thing) for n in cluster.node_list if cluster.zones and not n.zone]


# 17 deployment

@rule("deployment", "single-node-cluster", "info", "nodes")
def single_node_cluster(cluster):
    return [CLUSTER] if len(cluster.node_list) == 1 else []
