"""Areas 10 storage and 11 storage_classes."""

from cluster import annotations
from recording import key, meta
from volumes import claims, named_nodes, pod_volumes, terms, volume_nodes, volume_zones

PHASES = ("Pending", "Bound", "Lost")
VOLUME_PHASES = ("Pending", "Available", "Bound", "Released", "Failed")
DEFAULTS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


def phase(thing):
    return (thing.get("status") or {}).get("phase", "Pending")


def class_name(claim):
    given = claim["spec"].get("storageClassName")
    return annotations(claim).get("volume.beta.kubernetes.io/storage-class", "") if given is None else given


def classes(cluster):
    return {meta(c)["name"]: c for c in cluster.recording.all("storageclasses")}


def is_default(thing):
    return any(annotations(thing).get(name) == "true" for name in DEFAULTS)


def unbound(cluster):
    """Claims that are not Bound and should be. A live pod is one that has neither finished nor is going."""
    named = {(p.namespace, name) for p in cluster.pods if not p.terminal and not p.terminating for name in p.claims}
    found = []
    for claim in cluster.recording.all("persistentvolumeclaims"):
        kind = classes(cluster).get(class_name(claim), {})
        waits = kind.get("volumeBindingMode") == "WaitForFirstConsumer"
        if phase(claim) != "Bound" and not (waits and key(claim) not in named):
            found.append(claim)
    return found


def workload_volumes(cluster, w):
    return {meta(v)["name"]: v for p in w.pods for v in pod_volumes(cluster, p)}.values()


def zone_bound(cluster, volume):
    zones = volume_zones(cluster, volume)
    return zones is not None and len(zones) == 1


def node_bound(cluster, volume):
    """One node alone can attach it; where none matches, its affinity names one, which is gone."""
    nodes = volume_nodes(cluster, volume)
    if nodes is None or nodes:
        return nodes is not None and len(nodes) == 1
    named = [named_nodes(term) for term in terms(volume)]
    return None not in named and len(set().union(*named)) == 1


def storage(cluster, out):
    record = cluster.recording
    own = list(claims(cluster).values())
    for namespace in sorted({meta(c)["namespace"] for c in own}):
        for one in PHASES:
            out.add("kube_ha_persistentvolumeclaims",
                    sum(meta(c)["namespace"] == namespace and phase(c) == one for c in own), namespace, one)
    for one in VOLUME_PHASES:
        out.add("kube_ha_persistentvolumes", sum(phase(v) == one for v in record.all("persistentvolumes")), one)
    for claim in unbound(cluster):
        out.add("kube_ha_persistentvolumeclaim_unbound", 1, *key(claim), class_name(claim), phase(claim))
    for w in cluster.workload_list:
        # Interpretation: every workload, a DaemonSet too, 0 where it has none.
        mounted = workload_volumes(cluster, w)
        out.add("kube_ha_workload_zone_bound_volumes", sum(zone_bound(cluster, v) for v in mounted), *w.id)
        out.add("kube_ha_workload_node_bound_volumes", sum(node_bound(cluster, v) for v in mounted), *w.id)
    attachments = record.all("volumeattachments")
    held = {a["spec"]["nodeName"] for a in attachments}
    for name in sorted(set(cluster.nodes) | held):
        here = [a for a in attachments if a["spec"]["nodeName"] == name]
        status = [a.get("status") or {} for a in here]
        out.add("kube_ha_volume_attachment_errors",
                sum(bool(s.get("attachError") or s.get("detachError")) for s in status), name)
        node = cluster.nodes.get(name)
        lost = node is None or not node.ready
        out.add("kube_ha_volume_attachments_on_unready_nodes",
                sum(bool(s.get("attached")) for s in status) if lost else 0, name)


def storage_classes(cluster, out):
    known = cluster.recording.all("storageclasses")
    out.add("kube_ha_storageclasses", len(known))
    out.add("kube_ha_storageclasses_default", sum(is_default(c) for c in known))
    for thing in known:
        name, mode = meta(thing)["name"], thing.get("volumeBindingMode") or "Immediate"
        out.add("kube_ha_storageclass_info", 1, name, thing["provisioner"], mode,
                thing.get("reclaimPolicy") or "Delete", "true" if thing.get("allowVolumeExpansion") else "false")
        out.add("kube_ha_storageclass_immediate_binding", int(mode == "Immediate"), name)
