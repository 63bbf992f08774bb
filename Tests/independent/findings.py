"""Findings and the status of areas. Rules register themselves by importing their modules."""

from cluster import BUILT_IN, annotations
from table import AREAS

RULES = []
OPTIONAL = {
    "control_plane": {"pods", "apiserver", "etcd"},
    "nodes": {"nodeleases"},
    "services": {"nodes"},
    "ingress": {"gateways", "gatewayclasses", "httproutes", "pods"},
    "storage": {"volumeattachments", "storageclasses"},
    "zones": {"services", "poddisruptionbudgets", "persistentvolumes"},
    # SIGNALS, «Upgrade preflight»: absent, never unknown.
    "upgrades": {"apiservermetrics"},
}
FROZEN = ("replicas", "rollouts", "daemonsets", "services", "ingress", "nodes", "disruption_budgets", "storage", "zones",
          "survival")
LIMIT = 2000
STATUSES = ("ok", "warning", "critical", "unknown", "not_applicable")
WORKLOADS = tuple(sorted(BUILT_IN.values()))
WEBHOOKS = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")


class Rule:
    def __init__(self, area, name, severity, sources, find):
        self.area, self.name, self.severity, self.sources, self.find = area, name, severity, sources, find


def rule(area, name, severity, *sources):
    """A rule: a generator of (kind, namespace, name[, object that may opt out])."""
    def register(find):
        RULES.append(Rule(area, name, severity, sources, find))
        return find
    return register


def ignored(name, entry):
    thing = entry[3] if len(entry) > 3 else None
    if thing is None:
        return False
    listed = [part.strip() for part in annotations(thing).get("kube-ha-exporter/ignore", "").split(",")]
    return name in listed or "*" in listed


def judge(cluster):
    """What every rule found; worked out once."""
    import rules_cluster  # noqa: F401  registers rules
    import rules_workloads  # noqa: F401
    import rules_access  # noqa: F401  after those whose findings it asks for
    import rules_survival  # noqa: F401
    if not hasattr(cluster, "findings"):
        evaluate(cluster)
    return cluster.findings


def evaluate(cluster):
    """{rule name: set of objects}, without the rules that could not be evaluated."""
    found = {}
    cluster.findings = found
    for entry in RULES:
        if all(cluster.recording.ok(source) for source in entry.sources):
            result = entry.find(cluster)
            if result is None:
                continue
            found[entry.name] = {r[:3] for r in result if not ignored(entry.name, r)}
    return found


def required(area, families):
    sources = set()
    for family in families.values():
        if family.area != area:
            continue
        for source in family.sources:
            sources |= set({"workloads*": WORKLOADS, "webhookconfigurations*": WEBHOOKS, "httproutes*": ("httproutes",)}.get(source, (source,)))
    return sources - OPTIONAL.get(area, set())


def managed(cluster):
    return cluster.recording.ok("nodes") and not cluster.control.nodes


def status(cluster, area, families, found):
    states = [cluster.recording.states.get(s, "not_synced") for s in required(area, families)]
    if all(state in ("absent", "disabled") for state in states):
        return "not_applicable"
    if area in ("control_plane", "etcd") and managed(cluster):
        return "not_applicable"
    if area == "etcd" and nothing_of_etcd(cluster):
        return "not_applicable"
    raised = {r.severity for r in RULES if r.area == area and found.get(r.name)}
    if "critical" in raised:
        return "critical"
    if any(state not in ("ok", "absent", "disabled") for state in states):
        return "unknown"
    if "warning" in raised:
        return "warning"
    return "unknown" if area in FROZEN and frozen(found) else "ok"


def is_unknown(cluster, area, families, found):
    """Whether nothing can be said of an area, be it critical or not."""
    states = [cluster.recording.states.get(s, "not_synced") for s in required(area, families)]
    now = status(cluster, area, families, found)
    return now != "not_applicable" and (now == "unknown" or area in FROZEN and frozen(found) or any(
        state not in ("ok", "absent", "disabled") for state in states))


def nothing_of_etcd(cluster):
    """Neither member, etcd pod nor etcd-role node, and pods and nodes can be seen."""
    from control import etcd_pods
    record = cluster.recording
    return (record.ok("pods") and record.ok("nodes") and not cluster.control.etcd.members
            and not etcd_pods(cluster) and all(n.role != "etcd" for n in cluster.node_list))


def frozen(found):
    lease = ("Lease", "kube-system", "kube-controller-manager")
    return bool(found.get("cluster-writes-stalled")) or lease in found.get("leader-lease-expired", ())


def samples(cluster, out, areas):
    from causes import Causes  # after the rules, which it asks
    found, given, series = judge(cluster), {}, []
    causes = Causes(cluster, found, FROZEN)
    for entry in RULES:
        if entry.area not in areas or entry.name not in found:
            continue
        named = (("area", entry.area), ("rule", entry.name), ("severity", entry.severity))
        given[("kube_ha_findings", named)] = len(found[entry.name])
        for kind, namespace, name in found[entry.name] if entry.severity != "info" else ():
            order = (entry.severity != "critical", AREAS.index(entry.area), entry.name, namespace, name, kind)
            about = (("kind", kind), ("namespace", namespace), ("name", name))
            root = causes.root(entry.area, entry.name, (kind, namespace, name))
            names = tuple(zip(("cause_kind", "cause_namespace", "cause_name"), root))
            series.append((order, named + about, named[:2] + about + names))
    for _, pairs, caused in sorted(series)[:LIMIT]:
        given[("kube_ha_finding", pairs)] = 1
        given[("kube_ha_finding_cause", caused)] = 1
    if list(areas) == AREAS:
        given[("kube_ha_findings_not_listed", ())] = max(0, len(series) - LIMIT)
    for area in AREAS:
        if area in areas:
            now = status(cluster, area, out.families, found)
            for one in STATUSES:
                given[("kube_ha_area_status", (("area", area), ("status", one)))] = int(one == now)
    return given
