"""Rules of areas 3 replicas, 4 rollouts and 9 disruption_budgets."""

from findings import WORKLOADS, rule
from nodes import blocking, covered, overlapping, stuck
from recording import condition
from selection import plain, selects
from services import all_services
from workloads import in_progress, max_unavailable, nodes_not_ready, replica_failure, stuck as rollout_is_stuck

def objects(workloads):
    return [(w.kind_name, w.namespace, w.name, w.thing) for w in workloads]


# 3 replicas

def served(cluster, w):
    """Whether a Service selects its pods."""
    all_services(cluster)
    own = w.template_labels
    for service in cluster.services.values():
        if service.namespace == w.namespace and service.type != "ExternalName":
            labels = [own] if own is not None else [p.labels for p in w.pods]
            if any(plain(service.selector, one) for one in labels):
                return True
    return False


def was_up(w):
    """One observation shows it for a Deployment alone: a ReplicaSet of it has once been complete.
    Everything else that is not up has not been seen up."""
    progress = condition(w.thing, "Progressing") if w.kind == "deployment" else None
    return progress is not None and progress.get("reason") == "NewReplicaSetAvailable"


def none_available(cluster):
    return [w for w in cluster.workload_list if w.kind != "daemonset" and (w.desired or 0) > 0 and w.available == 0
            and not placeholder(w)]


def placeholder(w):
    """Its pods have a priority below 0: that others push them out is what they are for."""
    live = [p for p in w.pods if not p.terminal]
    return bool(live) and all(p.placeholder for p in live)


@rule("replicas", "workload-down", "critical", *WORKLOADS, "services")
def down(cluster):
    return objects(w for w in none_available(cluster)
                   if was_up(w) and (served(cluster, w) or w.namespace == "kube-system"))


@rule("replicas", "workload-never-up", "warning", *WORKLOADS, "services")
def never_up(cluster):
    return objects(w for w in none_available(cluster)
                   if not was_up(w) or not (served(cluster, w) or w.namespace == "kube-system"))


@rule("replicas", "workload-deficit", "warning", *WORKLOADS, "nodes", "pods")
def deficit(cluster):
    """Literally also where workload-down or workload-never-up is raised."""
    return objects(w for w in cluster.workload_list if w.desired is not None and lacking(cluster, w) and not placeholder(w))


def lacking(cluster, w):
    spare = 0
    if in_progress(cluster, w) and not rollout_is_stuck(cluster, w):
        spare = max_unavailable(w) or 0
    if w.kind == "daemonset":
        spare += nodes_not_ready(cluster, w)
    return w.available < w.desired - spare


@rule("replicas", "workload-cannot-create-pods", "warning", "deployments", "replicasets", "replicationcontrollers")
def cannot_create(cluster):
    return objects(w for w in cluster.workload_list if w.kind not in ("statefulset", "daemonset")
                   and replica_failure(w))


@rule("replicas", "statefulset-held-by-dead-node", "critical", "statefulsets", "pods", "nodes")
def held(cluster):
    return objects(w for w in cluster.workload_list if w.kind == "statefulset" and any(
        stuck(cluster, p) and p.node is not None and not p.node.ready for p in w.pods))


@rule("replicas", "workload-single-replica", "info", *WORKLOADS)
def single_replica(cluster):
    return objects(w for w in cluster.workload_list if w.kind != "daemonset" and w.desired == 1)


@rule("replicas", "bare-pod", "info", "pods")
def bare(cluster):
    return [("Pod", p.namespace, p.name, p.thing) for p in cluster.pods if p.bare]


# 9 disruption_budgets

def budget_objects(budgets):
    return [("PodDisruptionBudget", b.namespace, b.name, b.thing) for b in budgets]


def obstructs(cluster, b):
    return (b.never_allows and b.base >= 2) or b.sync_failed or bool(overlapping(cluster, b))


@rule("disruption_budgets", "pdb-blocks-drain", "warning", "poddisruptionbudgets", "pods", *WORKLOADS)
def blocks(cluster):
    return budget_objects(b for b in cluster.budgets if obstructs(cluster, b))


@rule("disruption_budgets", "pdb-matches-nothing", "warning", "poddisruptionbudgets", "pods", *WORKLOADS)
def matches_nothing(cluster):
    def idle(b):
        return any(w.namespace == b.namespace and w.desired == 0 and w.template_labels is not None
                   and selects(b.selector, w.template_labels) for w in cluster.workload_list)
    return budget_objects(b for b in cluster.budgets if not b.pods and not idle(b))


@rule("disruption_budgets", "pdb-single-replica", "info", "poddisruptionbudgets", "pods", *WORKLOADS)
def single(cluster):
    return budget_objects(b for b in cluster.budgets if b.never_allows and b.base < 2)


@rule("disruption_budgets", "pdb-exhausted", "info", "poddisruptionbudgets", "pods", *WORKLOADS)
def exhausted(cluster):
    return budget_objects(b for b in cluster.budgets if b.blocks and not b.never_allows and not obstructs(cluster, b))


@rule("disruption_budgets", "workload-without-budget", "info", "poddisruptionbudgets", *WORKLOADS)
def without_budget(cluster):
    return objects(w for w in cluster.workload_list if w.kind != "daemonset" and (w.desired or 0) >= 2
                   and covered(cluster, w) == 0)


@rule("disruption_budgets", "drain-stalled", "warning", "poddisruptionbudgets", "pods", "nodes")
def drain_stalled(cluster):
    held_by = blocking(cluster)
    return [("Node", "", n.name, n.thing) for n in cluster.node_list if n.cordoned and held_by.get(n.name)]
