"""Rules of area 18 survival, and the rules about practice that came with it."""

import ingress
import survival
from cluster import share
from findings import WEBHOOKS, WORKLOADS, rule
from recording import key, meta
from rules_cluster import zone_lost
from rules_workloads import served
from selection import selects
from services import all_services
from workloads import max_unavailable

ROUTES = ("ingresses", "services", "endpointslices", *WORKLOADS)


def served_hosts(cluster):
    """{Service: hosts}"""
    found = {}
    for (namespace, host), names in survival.hosts(cluster).items():
        for name in names:
            found.setdefault(name, set()).add(host)
    return found


def stood_behind(cluster, name):
    """Replicas wanted behind a Service. Interpretation: of one that no template matches the pods that it selects."""
    service = all_services(cluster)[name]
    own = survival.behind(cluster, service)
    if own:
        return sum(w.desired or 0 for w in own), own
    pods = [p for p in cluster.pods if service.selector and p.namespace == service.namespace and not p.terminal
            and not p.terminating and all(p.labels.get(k) == v for k, v in service.selector.items())]
    return len(pods), []


def backends(cluster):
    """(Service, backend, replicas wanted, workloads) of each Service behind a host."""
    if not survival.known_routes(cluster):
        return None
    found = []
    for name in served_hosts(cluster):
        own = survival.backend(cluster, name)
        if own is not None:
            found.append((own.service, own, *stood_behind(cluster, name)))
    return found


def told(entries):
    return [("Service", s.namespace, s.name, s.thing) for s in entries]


def several_usable(cluster):
    return sum(n.usable for n in cluster.node_list) > 1


@rule("survival", "host-lost-with-node", "warning", *ROUTES, "nodes")
def with_node(cluster):
    found = backends(cluster)
    if found is None or zone_lost(cluster):
        return None
    return told(s for s, own, want, _ in found if want >= 2 and own.node in cluster.nodes and several_usable(cluster))


@rule("survival", "host-lost-with-zone", "warning", *ROUTES, "nodes")
def with_zone(cluster):
    found = backends(cluster)
    if found is None or zone_lost(cluster):
        return None
    lost = []
    for service, own, want, workloads in found:
        if want < 2 or own.zone not in cluster.zones or own.node in cluster.nodes and several_usable(cluster):
            continue
        if len(set().union(*(cluster.eligible_zones(w) for w in workloads))) > 1:
            lost.append(service)
    return told(lost)


@rule("survival", "host-single-replica", "info", *ROUTES)
def single(cluster):
    found = backends(cluster)
    return None if found is None else told(s for s, _, want, _ in found if want == 1)


@rule("survival", "application-single-points", "info", *WORKLOADS, "pods", "nodes")
def single_points(cluster):
    if not several_usable(cluster):
        return []
    names = {(w.namespace, survival.application(w)) for w in survival.judged(cluster)
             if survival.application(w) and survival.on_node(w)}
    return [("Application", *name) for name in names]


# Practice


@rule("replicas", "workload-without-readiness-probe", "info", *WORKLOADS, "services")
def without_probe(cluster):
    return [(w.kind_name, w.namespace, w.name, w.thing) for w in cluster.workload_list
            if w.template is not None and w.desired != 0 and served(cluster, w)
            and any(not c.get("readinessProbe") for c in w.template["spec"].get("containers") or [])]


@rule("rollouts", "rollout-volume-deadlock", "info", "deployments", "persistentvolumeclaims", "nodes")
def deadlock(cluster):
    known, found = {key(c): c for c in cluster.recording.all("persistentvolumeclaims")}, []
    for w in cluster.workload_list:
        if w.kind != "deployment" or not w.desired or max_unavailable(w) != 0:
            continue
        names = [(v.get("persistentVolumeClaim") or {}).get("claimName") for v in w.spec.get("volumes") or []]
        modes = [known[(w.namespace, n)]["spec"].get("accessModes") for n in names if (w.namespace, n) in known]
        if any(m == ["ReadWriteOncePod"] or several_usable(cluster) and m and set(m) <= {
                "ReadWriteOnce", "ReadWriteOncePod"} for m in modes):
            found.append(("Deployment", w.namespace, w.name, w.thing))
    return found


@rule("disruption_budgets", "pdb-blocks-at-autoscaler-minimum", "warning", "poddisruptionbudgets", "pods", *WORKLOADS,
      "horizontalpodautoscalers")
def at_minimum(cluster):
    found = []
    for scaler in cluster.recording.all("horizontalpodautoscalers"):
        target, least = scaler["spec"]["scaleTargetRef"], scaler["spec"].get("minReplicas", 1)
        w = cluster.workloads.get((meta(scaler)["namespace"], target["name"], target["kind"].lower()))
        if w is None or least < 2 or w.template_labels is None:
            continue
        for budget in cluster.budgets:
            if budget.namespace != w.namespace or not selects(budget.selector, w.template_labels):
                continue
            if not budget.has_pods or budget.never_allows or budget.sync_failed:
                continue
            whole = max(0, budget.base - survival.wanted(w)) + least
            most, some = budget.spec.get("maxUnavailable"), budget.spec.get("minAvailable")
            needs = whole - share(most, whole, True) if most is not None else share(some, whole, True) if some is not None else 0
            if needs >= whole:
                found.append(("PodDisruptionBudget", budget.namespace, budget.name, budget.thing))
    return found


def webhooks(cluster):
    for source in WEBHOOKS:
        kind = "MutatingWebhookConfiguration" if source.startswith("mutating") else "ValidatingWebhookConfiguration"
        for thing in cluster.recording.all(source):
            for hook in thing.get("webhooks") or []:
                if hook.get("failurePolicy") != "Ignore":
                    yield kind, thing, hook


def writes(hook, group, names, scope):
    """Whether a rule matches CREATE or UPDATE of one of the resources."""
    def has(words, *wanted):
        return "*" in words or any(w in words for w in wanted)
    for entry in hook.get("rules") or []:
        resources = entry.get("resources") or []
        if (has(entry.get("operations") or [], "CREATE", "UPDATE") and has(entry.get("apiGroups") or [], group)
                and has(entry.get("apiVersions") or [], "v1") and entry.get("scope", "*") in ("*", scope)
                and ("*" in resources or "*/*" in resources or any(name in resources for name in names))):
            return True
    return False


@rule("extension_points", "webhook-blocks-heartbeats", "warning", *WEBHOOKS, "namespaces", "nodes")
def heartbeats(cluster):
    """Interpretation: no webhook of the recordings has an objectSelector for nodes or leases."""
    spaces = {meta(n)["name"]: (meta(n).get("labels") or {}) for n in cluster.recording.all("namespaces")}
    found = set()
    for kind, thing, hook in webhooks(cluster):
        if hook.get("matchConditions") or hook.get("objectSelector"):
            continue
        taken = [n for n in ("kube-system", "kube-node-lease")
                 if n in spaces and selects(hook.get("namespaceSelector") or {}, spaces[n])]
        if (writes(hook, "", ("nodes", "nodes/status", "nodes/*", "*/status"), "Cluster")
                or taken and writes(hook, "coordination.k8s.io", ("leases", "leases/*"), "Namespaced")):
            found.add((kind, "", meta(thing)["name"]))
    return found


@rule("extension_points", "webhook-slow", "info", *WEBHOOKS)
def slow(cluster):
    return {(kind, "", meta(thing)["name"]) for kind, thing, hook in webhooks(cluster)
            if hook.get("timeoutSeconds", 10) > 15}
