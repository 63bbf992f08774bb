"""Areas 8 nodes, 9 disruption_budgets and 17 deployment."""

from fractions import Fraction

from cluster import blocks_drain
from recording import condition, meta, quantity, seconds
from selection import selects

PRESSURE = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
ROLES = ("control-plane", "etcd", "worker")
RESOURCES = ("cpu", "memory", "pods")


def allocatable(node, resource):
    unit = Fraction(1, 1000) if resource == "cpu" else 1
    value = node.allocatable.get(resource)
    # Allocatable cannot be more than it is: rounded down.
    return 0 if value is None else int(quantity(value) / unit)


def to_place(cluster, resource):
    """Requests that have to find a place: of pods on candidates, on nodes not Ready, and of the unschedulable.
    Pods of tainted pools would go to no candidate, and placeholders give way: neither counts."""
    return sum(p.request(resource) for p in cluster.pods
               if not p.terminal and not p.terminating and not p.daemon and not p.mirror and not p.placeholder
               and (p.unschedulable
                    or (p.node is not None and (p.node.candidate or (not p.node.ready and not p.node.pool)))))


def room(cluster, left, resource):
    """Allocatable of the candidates left, less the requests of their DaemonSet and mirror pods.
    Interpretation: a terminating DaemonSet pod still takes its room, a finished one does not."""
    names = {n.name for n in left}
    fixed = sum(p.request(resource) for p in cluster.pods
                if p.node_name in names and not p.terminal and (p.daemon or p.mirror) and not p.placeholder)
    return sum(allocatable(n, resource) for n in left) - fixed


def ratio(wanted, given):
    if given <= 0:
        return float("inf") if wanted > 0 else 0.0
    return wanted / given


def nodes(cluster, out):
    for role in ROLES:
        own = [n for n in cluster.node_list if n.role == role]
        if own:
            out.add("kube_ha_nodes", len(own), role)
            out.add("kube_ha_nodes_ready", sum(n.ready for n in own), role)
            out.add("kube_ha_nodes_usable", sum(n.usable for n in own), role)
    leases = {meta(lease)["name"]: lease for lease in cluster.recording.all("nodeleases")}
    for node in cluster.node_list:
        out.add("kube_ha_node_ready", int(node.ready), node.name, node.zone)
        out.add("kube_ha_node_usable", int(node.usable), node.name, node.zone)
        out.add("kube_ha_node_not_ready_seconds", not_ready_seconds(cluster, node), node.name, node.zone)
        out.add("kube_ha_node_lease_age_seconds", lease_age(cluster, leases.get(node.name)), node.name, node.zone)
        for kind in PRESSURE:
            entry = condition(node.thing, kind)
            if entry is not None and entry["status"] in ("True", "False"):
                out.add("kube_ha_node_pressure", int(entry["status"] == "True"), node.name, kind)
        here = [p for p in cluster.pods if p.node_name == node.name and not p.terminal]
        out.add("kube_ha_pods_on_unready_nodes", 0 if node.ready else len(here), node.name)
    for namespace in sorted({p.namespace for p in cluster.pods}):
        here = [p for p in cluster.pods if p.namespace == namespace]
        out.add("kube_ha_pods_unschedulable", sum(p.unschedulable for p in here), namespace)
        out.add("kube_ha_pods_stuck_terminating", sum(stuck(cluster, p) for p in here), namespace)
    candidates = [n for n in cluster.node_list if n.candidate]
    if len(candidates) >= 2:
        for resource in RESOURCES:
            # Interpretation: of candidates with equally much allocatable the first by name is lost.
            lost = max(candidates, key=lambda n: allocatable(n, resource))
            left = [n for n in candidates if n is not lost]
            out.add("kube_ha_node_loss_capacity_ratio",
                    ratio(to_place(cluster, resource), room(cluster, left, resource)), resource)


def not_ready_seconds(cluster, node):
    if node.ready:
        return 0
    since = (node.ready_condition or {}).get("lastTransitionTime")
    # Interpretation: absent where no Ready condition says since when; never negative.
    return None if since is None else max(0, cluster.now - seconds(since))


def lease_age(cluster, lease):
    renewed = ((lease or {}).get("spec") or {}).get("renewTime")
    return None if renewed is None else max(Fraction(0), cluster.now - seconds(renewed))


def stuck(cluster, pod):
    return pod.terminating and cluster.now - seconds(meta(pod.thing)["deletionTimestamp"]) > 120


def blocking(cluster):
    """Pods whose eviction would be refused now, by node name."""
    found = {}
    for pod in cluster.pods:
        mine = [b for b in cluster.budgets if b.namespace == pod.namespace and selects(b.selector, pod.labels)]
        if blocks_drain(pod, mine):
            found.setdefault(pod.node_name, []).append(pod)
    return found


def disruption_budgets(cluster, out):
    for budget in cluster.budgets:
        name = (budget.namespace, budget.name)
        out.add("kube_ha_pdb_disruptions_allowed", budget.allowed, *name)
        out.add("kube_ha_pdb_current_healthy", budget.current, *name)
        out.add("kube_ha_pdb_desired_healthy", budget.wanted, *name)
        out.add("kube_ha_pdb_expected_pods", budget.expected, *name)
        out.add("kube_ha_pdb_status_stale", int(budget.stale), *name)
        out.add("kube_ha_pdb_sync_failed", int(budget.sync_failed), *name)
        out.add("kube_ha_pdb_blocks_drain", int(budget.blocks), *name)
        # Source workloads*, but no workload_type: taken as all five kinds.
        out.add("kube_ha_pdb_never_allows_disruption", int(budget.never_allows), *name)
        out.add("kube_ha_pdb_matches_no_pods", int(not budget.pods), *name)
        out.add("kube_ha_pdb_overlapping_pods", len(overlapping(cluster, budget)), *name)
    for workload in cluster.workload_list:
        if workload.kind != "daemonset":
            out.add("kube_ha_workload_pdb_covered", covered(cluster, workload), *workload.id)
    held = blocking(cluster)
    # The family does not have the source nodes: without it, the nodes that pods name.
    names = set(cluster.nodes) if cluster.recording.ok("nodes") else {p.node_name for p in cluster.pods if p.node_name}
    for name in sorted(names):
        out.add("kube_ha_node_drain_blocking_pods", len(held.get(name, [])), name)


def overlapping(cluster, budget):
    others = [b for b in cluster.budgets if b.namespace == budget.namespace and b is not budget]
    return [p for p in budget.pods if p.phase == "Running" and not p.terminating
            and any(selects(b.selector, p.labels) for b in others)]


def covered(cluster, workload):
    own = [b for b in cluster.budgets if b.namespace == workload.namespace]
    if workload.template_labels is not None:
        return int(any(selects(b.selector, workload.template_labels) for b in own))
    if not workload.pods:
        return None
    return int(any(all(selects(b.selector, p.labels) for p in workload.pods) for b in own))


def topology(cluster):
    """Interpretation: a cluster whose nodes carry no zone is single_zone."""
    if len(cluster.node_list) == 1:
        return "single_node"
    if len({n.region for n in cluster.node_list if n.region}) > 1:
        return "multi_region"
    return "multi_zone" if len(cluster.zones) > 1 else "single_zone"


def deployment(cluster, out):
    if cluster.node_list:
        out.add("kube_ha_cluster_topology_info", 1, topology(cluster))
    out.add("kube_ha_cluster_single_node", int(len(cluster.node_list) == 1))
