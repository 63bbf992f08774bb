"""Area 12 zones, with what would be lost with a zone or a node."""

from cluster import surviving
from nodes import RESOURCES, ROLES, ratio, room, to_place
from selection import is_zone_key, selects, zone_requirement
from services import all_services
from volumes import pod_volumes, volume_zones


def skew_limit(workload):
    if workload.template is None:
        return None
    limits = [c.get("maxSkew", 1) for c in workload.spec.get("topologySpreadConstraints") or []
              if is_zone_key(c["topologyKey"]) and c.get("whenUnsatisfiable") == "DoNotSchedule"
              and selects(c.get("labelSelector"), workload.template_labels)]
    return min(limits) if limits else None


def skew(cluster, workload):
    eligible = cluster.eligible_zones(workload)
    if len(eligible) < 2:
        return None
    counts = [sum(p.zone == zone for p in workload.healthy) for zone in eligible]
    return max(counts) - min(counts)


def placement(cluster, out):
    for w in cluster.workload_list:
        if w.kind == "daemonset":
            continue
        healthy = w.healthy
        if cluster.uses_zones():
            out.add("kube_ha_workload_zones", len({p.zone for p in healthy if p.zone}), *w.id)
        out.add("kube_ha_workload_nodes", len({p.node_name for p in healthy}), *w.id)
        out.add("kube_ha_workload_eligible_zones", len(cluster.eligible_zones(w)), *w.id)
        out.add("kube_ha_workload_zone_skew", skew(cluster, w), *w.id)
        out.add("kube_ha_workload_zone_skew_limit", skew_limit(w), *w.id)
        out.add("kube_ha_workload_replicas_surviving_zone_loss", surviving([p.zone for p in healthy]), *w.id)
        out.add("kube_ha_workload_replicas_surviving_node_loss", surviving([p.node_name for p in healthy]), *w.id)


def zones(cluster, out):
    out.add("kube_ha_zones", len(cluster.zones))
    out.add("kube_ha_zones_expected", len({n.zone for n in cluster.node_list if n.zone and n.ready}))
    out.add("kube_ha_regions", len({n.region for n in cluster.node_list if n.region}))
    out.add("kube_ha_nodes_without_zone", sum(not n.zone for n in cluster.node_list))
    for zone, region in sorted({(n.zone, n.region) for n in cluster.node_list if n.zone}):
        own = [n for n in cluster.node_list if (n.zone, n.region) == (zone, region)]
        names = {n.name for n in own}
        out.add("kube_ha_zone_nodes", len(own), zone, region)
        out.add("kube_ha_zone_nodes_ready", sum(n.ready for n in own), zone, region)
        out.add("kube_ha_zone_nodes_usable", sum(n.usable for n in own), zone, region)
        out.add("kube_ha_zone_healthy_pods",
                sum(p.healthy and p.node_name in names for p in cluster.pods), zone, region)
    for role in ROLES:
        own = [n for n in cluster.node_list if n.role == role and n.zone]
        if own:
            counts = [sum(n.usable for n in own if n.zone == zone) for zone in {n.zone for n in own}]
            out.add("kube_ha_node_zone_skew", max(counts) - min(counts), role)
    placement(cluster, out)
    for zone in cluster.zones:
        zone_loss(cluster, out, zone)
    for node in cluster.node_list:
        lost = [w for w in judged(cluster) if w.healthy and all(p.node_name == node.name for p in w.healthy)]
        out.add("kube_ha_node_loss_workloads_unavailable", len(lost), node.name)
        out.add("kube_ha_node_loss_pdbs_violated",
                len(violated(cluster, lambda p: p.node_name == node.name)), node.name)


def judged(cluster):
    return [w for w in cluster.workload_list if w.kind != "daemonset"]


def violated(cluster, there):
    """Budgets with a healthy pod there whose healthy pods left are fewer than desiredHealthy.
    Interpretation: «DaemonSets left out» leaves out workloads; a budget over DaemonSet pods is judged."""
    found = []
    for budget in cluster.budgets:
        healthy = [p for p in budget.pods if p.healthy]
        left = [p for p in healthy if not there(p)]
        if len(left) < len(healthy) and len(left) < budget.wanted:
            found.append(budget)
    return found


def pinned_zones(cluster, pod):
    """The zones that its bound volumes and its own zone requirements leave, None where neither speaks."""
    allowed = zone_requirement(pod.spec, cluster.node_list)
    for volume in pod_volumes(cluster, pod):
        reach = volume_zones(cluster, volume)
        if reach:
            allowed = set(reach) if allowed is None else allowed & reach
    return allowed


def zone_loss(cluster, out, zone):
    lost, degraded = 0, 0
    for w in judged(cluster):
        here = sum(p.zone == zone for p in w.healthy)
        lost += here > 0 and here == len(w.healthy)
        degraded += 0 < here < len(w.healthy)
    out.add("kube_ha_zone_loss_workloads_unavailable", lost, zone)
    out.add("kube_ha_zone_loss_workloads_degraded", degraded, zone)
    out.add("kube_ha_zone_loss_pdbs_violated", len(violated(cluster, lambda p: p.zone == zone)), zone)
    all_services(cluster)
    without = [s for s in cluster.judged_services if s.ready and all(e.zone == zone for e in s.ready)]
    out.add("kube_ha_zone_loss_services_without_endpoints", len(without), zone)
    out.add("kube_ha_zone_loss_apiservers_left", cluster.control.apiservers_left(zone), zone)
    pinned = [p for p in cluster.pods if p.healthy and not p.daemon and pinned_zones(cluster, p) == {zone}]
    out.add("kube_ha_zone_loss_pods_pinned", len(pinned), zone)
    candidates = [n for n in cluster.node_list if n.candidate]
    if len(candidates) >= 2:
        left = [n for n in candidates if n.zone != zone]
        for resource in RESOURCES:
            out.add("kube_ha_zone_loss_capacity_ratio",
                    ratio(to_place(cluster, resource), room(cluster, left, resource)), zone, resource)
