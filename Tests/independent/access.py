"""Areas 13 network_policies and 14 rbac."""

from recording import key, meta
from selection import selects

CAPABILITIES = {
    # capability: (verbs, group, resources); nodes and volumes are of the cluster.
    "delete_nodes": (("delete", "deletecollection"), "", ("nodes",)),
    "evict_pods": (("create",), "", ("pods/eviction",)),
    "delete_pods": (("delete", "deletecollection"), "", ("pods",)),
    "delete_disruption_budgets": (("delete", "deletecollection"), "policy", ("poddisruptionbudgets",)),
    "delete_workloads": (("delete", "deletecollection"), "apps",
                         ("deployments", "statefulsets", "daemonsets", "replicasets")),
    "delete_volumes": (("delete", "deletecollection"), "", ("persistentvolumeclaims", "persistentvolumes")),
}
CLUSTER_SCOPED = ("nodes", "persistentvolumes")
NAMES = ("delete_nodes", "drain_nodes", "evict_pods", "delete_pods", "delete_disruption_budgets",
         "delete_workloads", "delete_volumes")
KINDS = ("User", "Group", "ServiceAccount")


def policy_types(policy):
    """As the API server defaults them: Ingress always, Egress where there is an egress rule."""
    given = policy["spec"].get("policyTypes")
    if given:
        return given
    return ["Ingress"] + (["Egress"] if policy["spec"].get("egress") else [])


def judged_pods(cluster):
    return [p for p in cluster.pods if p.phase == "Running" and not p.spec.get("hostNetwork")]


def unprotected(cluster, direction):
    policies = [p for p in cluster.recording.all("networkpolicies") if direction.capitalize() in policy_types(p)]
    return [p for p in judged_pods(cluster) if not any(
        meta(n)["namespace"] == p.namespace and selects(n["spec"].get("podSelector") or {}, p.labels)
        for n in policies)]


def network_policies(cluster, out):
    policies = cluster.recording.all("networkpolicies")
    for thing in cluster.recording.all("namespaces"):
        name = meta(thing)["name"]
        out.add("kube_ha_namespace_network_policies", sum(meta(p)["namespace"] == name for p in policies), name)
    # Interpretation: every namespace that has a pod, 0 included, as the other families by namespace.
    for direction in ("ingress", "egress"):
        bare = unprotected(cluster, direction)
        for name in sorted({p.namespace for p in cluster.pods}):
            out.add("kube_ha_namespace_pods_unprotected", sum(p.namespace == name for p in bare), name, direction)


ACCOUNTS = "system:serviceaccounts:"
ANYBODY = {("Group", "system:authenticated"), ("Group", "system:unauthenticated"), ("Group", "system:serviceaccounts"),
           ("User", "system:anonymous")}


def anybody(kind, name):
    """Whether a right given to it is given to anybody: everybody is in these groups, see
    apiserver/pkg/authentication/user/user.go and MakeGroupNames in authentication/serviceaccount/util.go."""
    return (kind, name) in ANYBODY or (kind == "Group" and name.startswith(ACCOUNTS))


def subject(entry, namespace_of_binding):
    """Its identity, or None where it is left out. namespace_of_binding: None of a cluster-wide one."""
    kind, name = entry["kind"], entry["name"]
    namespace = entry.get("namespace", "") if kind == "ServiceAccount" else ""
    # The user name of a ServiceAccount is that ServiceAccount (SplitUsername in the same file).
    parts = name.split(":")
    if kind == "User" and len(parts) == 4 and parts[:2] == ["system", "serviceaccount"] and parts[2] and parts[3]:
        kind, namespace, name = "ServiceAccount", parts[2], parts[3]
    if (kind, name) == ("Group", "kubeadm:cluster-admins") or (kind == "ServiceAccount" and namespace == "kube-system"):
        return None
    if kind == "Group" and name.startswith(ACCOUNTS):
        # Interpretation: the accounts of kube-system are the system's own as a group too.
        own = name[len(ACCOUNTS):]
        return None if own in ("kube-system", namespace_of_binding) else (kind, "", name)
    if name.startswith("system:") and not anybody(kind, name):
        return None
    return (kind, namespace, name)


def everything(rule):
    return all("*" in (rule.get(part) or []) for part in ("verbs", "apiGroups", "resources")) and not rule.get(
        "resourceNames")


def resource_matches(given, wanted):
    """ResourceMatches in pkg/apis/rbac/v1/evaluation_helpers.go: a star for the subresource is unknown to it."""
    _, _, sub = wanted.partition("/")
    return given in ("*", wanted) or (bool(sub) and given == "*/" + sub)


def allows(rule, verb, group, resource):
    if rule.get("resourceNames") and verb in ("create", "deletecollection"):
        return False
    return (any(v in ("*", verb) for v in rule.get("verbs") or [])
            and any(g in ("*", group) for g in rule.get("apiGroups") or [])
            and any(resource_matches(r, resource) for r in rule.get("resources") or []))


def grants(cluster):
    """(subject, rules, cluster-wide, name of the role) of every binding to a role that is there."""
    record, found = cluster.recording, []
    cluster_roles = {meta(r)["name"]: r.get("rules") or [] for r in record.all("clusterroles")}
    roles = {key(r): r.get("rules") or [] for r in record.all("roles")}
    for source, wide in (("clusterrolebindings", True), ("rolebindings", False)):
        for binding in record.all(source):
            named = binding["roleRef"]
            if named["kind"] == "ClusterRole":
                rules = cluster_roles.get(named["name"])
            else:
                rules = None if wide else roles.get((meta(binding)["namespace"], named["name"]))
            for entry in binding.get("subjects") or []:
                who = subject(entry, None if wide else meta(binding)["namespace"])
                if rules is not None and who is not None:
                    found.append((who, rules, wide, named["name"]))
    return found


def admins(cluster):
    return {who for who, rules, wide, role in grants(cluster)
            if wide and (role == "cluster-admin" or any(everything(r) for r in rules))}


def holders(cluster):
    """Subjects by capability. What is of the cluster is granted by a cluster-wide binding only, as Kubernetes does."""
    found = {name: set() for name in NAMES}
    patchers = set()
    for who, rules, wide, _ in grants(cluster):
        def can(verbs, group, resources):
            return any(allows(rule, verb, group, resource) for rule in rules for verb in verbs
                       for resource in resources if wide or resource not in CLUSTER_SCOPED)
        for name, asked in CAPABILITIES.items():
            if can(*asked):
                found[name].add(who)
        if can(("patch", "update"), "", ("nodes",)):
            patchers.add(who)
    found["drain_nodes"] = patchers & found["evict_pods"]
    return found


def rbac(cluster, out):
    own = admins(cluster)
    for kind in KINDS:
        out.add("kube_ha_rbac_cluster_admin_subjects", sum(who[0] == kind for who in own), kind)
    for name, who in holders(cluster).items():
        out.add("kube_ha_rbac_disruptive_subjects", len(who), name)
