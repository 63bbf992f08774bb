"""What persistent volumes are bound to."""

from recording import meta
from selection import ZONE_KEYS, term_matches


def claims(cluster):
    if not hasattr(cluster, "claims"):
        cluster.claims = {(meta(c)["namespace"], meta(c)["name"]): c
                          for c in cluster.recording.all("persistentvolumeclaims")}
        cluster.volumes = {meta(v)["name"]: v for v in cluster.recording.all("persistentvolumes")}
    return cluster.claims


def bound_volume(cluster, claim):
    """The volume of a Bound claim."""
    if claim is None or (claim.get("status") or {}).get("phase") != "Bound":
        return None
    return cluster.volumes.get(claim["spec"].get("volumeName"))


def pod_volumes(cluster, pod):
    known = claims(cluster)
    found = [bound_volume(cluster, known.get((pod.namespace, name))) for name in pod.claims]
    return [volume for volume in found if volume is not None]


def shared_volumes(cluster, workload):
    """Volumes of the bound claims that the template itself names: all its pods share them."""
    known = claims(cluster)
    named = [] if workload.template is None else (workload.template.get("spec") or {}).get("volumes") or []
    names = [v["persistentVolumeClaim"]["claimName"] for v in named if v.get("persistentVolumeClaim")]
    found = [bound_volume(cluster, known.get((workload.namespace, name))) for name in names]
    return [volume for volume in found if volume is not None]


def terms(volume):
    required = (volume["spec"].get("nodeAffinity") or {}).get("required")
    return None if required is None else required.get("nodeSelectorTerms") or []


def volume_nodes(cluster, volume):
    """Nodes that its required node affinity matches; None without one."""
    wanted = terms(volume)
    if wanted is None:
        return None
    return {n.name for n in cluster.node_list
            if any(term_matches(t, n.name, meta(n.thing).get("labels") or {}) for t in wanted)}


def volume_zones(cluster, volume):
    """Zones of those nodes; if none match, the values of any key ending in /zone; without node affinity those of the
    zone label, which the scheduler obeys (volume_zone.go); None without either."""
    nodes = volume_nodes(cluster, volume)
    if nodes is None:
        for name in ZONE_KEYS:
            zones = ((meta(volume).get("labels") or {}).get(name) or "").split("__")
            if all(zones):  # LabelZonesToSet refuses an empty zone, and the label is passed over
                return set(zones)
        return None
    if nodes:
        return {cluster.nodes[name].zone for name in nodes if cluster.nodes[name].zone}
    return {value for term in terms(volume) for entry in term.get("matchExpressions") or []
            if entry["key"].endswith("/zone") and entry["operator"] == "In" for value in entry.get("values") or []
            if value}


def named_nodes(term):
    """The nodes that a term names by itself: metadata.name, the hostname, or the key of a driver of local volumes."""
    own = [e for e in (term.get("matchExpressions") or []) + (term.get("matchFields") or []) if e["operator"] == "In"
           and (e["key"] == "metadata.name" or e["key"].endswith(("kubernetes.io/hostname", "/node", "/nodename")))]
    return min((set(e.get("values") or []) for e in own), key=len, default=None)
