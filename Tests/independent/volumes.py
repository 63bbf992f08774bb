"""What persistent volumes are bound to."""

from recording import meta
from selection import is_zone_key, term_matches


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


ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")


def volume_zones(cluster, volume):
    """Zones of those nodes; if none match, the values of its zone keys, an empty one being none. Without node affinity
    those of its zone label, which the scheduler obeys (pkg/scheduler/framework/plugins/volumezone/volume_zone.go):
    a__b are two (LabelZonesToSet in component-helpers). None where nothing tells."""
    nodes = volume_nodes(cluster, volume)
    if nodes is None:
        for name in ZONE_LABELS:
            told = (meta(volume).get("labels") or {}).get(name)
            if told:
                return {zone for zone in told.split("__") if zone}
        return None
    if nodes:
        return {cluster.nodes[name].zone for name in nodes if cluster.nodes[name].zone}
    return {value for term in terms(volume) for entry in term.get("matchExpressions") or []
            if is_zone_key(entry["key"]) and entry["operator"] == "In" for value in entry.get("values") or [] if value}


def named_nodes(volume):
    """The nodes that its affinity names, by host name or by name, whether they exist or not; None where a term names
    none."""
    found = set()
    for term in terms(volume) or []:
        own = [set(e.get("values") or []) for e in (term.get("matchExpressions") or []) + (term.get("matchFields") or [])
               if e["key"] in ("kubernetes.io/hostname", "metadata.name") and e["operator"] == "In"]
        if not own:
            return None
        found |= set.intersection(*own)
    return found or None
