"""Areas 3 replicas, 4 rollouts and 5 daemonsets."""

from cluster import BUILT_IN, controller, share
from recording import condition, is_true, meta, seconds
from selection import admits

# What the DaemonSet controller adds to the tolerations of its pods (AddOrUpdateDaemonPodTolerations in
# pkg/controller/daemon/util/daemonset_util.go): not-ready and unreachable with NoExecute alone.
DAEMON_TOLERATIONS = [{"key": "node.kubernetes.io/" + name, "operator": "Exists", "effect": effect}
                      for effect, names in (("NoExecute", ("not-ready", "unreachable")),
                                            ("NoSchedule", ("disk-pressure", "memory-pressure", "pid-pressure",
                                                            "unschedulable")))
                      for name in names]


def replica_failure(workload):
    """Without the source replicasets a Deployment is judged by its own condition, which its controller copies."""
    own = [workload.thing] if workload.thing is not None else []
    return any(is_true(thing, "ReplicaFailure") for thing in own + workload.sets)


def kinds_shown(cluster):
    present = {w.kind for w in cluster.workload_list}
    return sorted(present | {kind for kind, source in BUILT_IN.items() if cluster.recording.ok(source)})


def replicas(cluster, out):
    for w in cluster.workload_list:
        out.add("kube_ha_workload_replicas_desired", w.desired, *w.id)
        # Interpretation: pods owned directly by a foreign kind have no controller's status: absent as well.
        out.add("kube_ha_workload_replicas_ready", w.ready, *w.id)
        out.add("kube_ha_workload_replicas_available", w.available, *w.id)
        out.add("kube_ha_workload_replicas_deficit", w.deficit, *w.id)
        if w.kind not in ("statefulset", "daemonset") and w.desired is not None:
            out.add("kube_ha_workload_replica_failure", int(replica_failure(w)), *w.id)
        # A recording is one observation: nothing was measured yet.
        if w.desired:
            out.add("kube_ha_workload_unavailable_seconds_total", 0, *w.id)
            out.add("kube_ha_workload_outages_total", 0, *w.id)
    for kind in kinds_shown(cluster):
        own = [w for w in cluster.workload_list if w.kind == kind]
        out.add("kube_ha_workloads", len(own), kind)
        out.add("kube_ha_workloads_deficient", sum((w.deficit or 0) > 0 for w in own), kind)
        out.add("kube_ha_workloads_single_replica", sum(w.desired == 1 for w in own), kind)
        if kind in BUILT_IN or any(w.desired is not None for w in own):
            out.add("kube_ha_workloads_observed_seconds_total", 0, kind)
    for namespace in sorted({p.namespace for p in cluster.pods if p.bare}):
        out.add("kube_ha_pods_without_controller",
                sum(p.bare for p in cluster.pods if p.namespace == namespace), namespace)


def generation_behind(workload):
    return (workload.thing.get("status") or {}).get("observedGeneration", 0) < meta(workload.thing).get("generation", 0)


def strategy(workload):
    spec = workload.thing["spec"]
    own = spec.get("strategy") if workload.kind == "deployment" else spec.get("updateStrategy")
    return own or {}


def in_progress(cluster, w):
    """Whether a rollout goes on; None for kinds that roll nothing out."""
    if w.thing is None or w.kind not in ("deployment", "statefulset", "daemonset"):
        return None
    if generation_behind(w):
        return True
    spec, status = w.thing["spec"], w.thing.get("status") or {}
    updated = status.get("updatedReplicas", 0)
    if w.kind == "deployment":
        # The reason becomes NewReplicaSetAvailable when the new pods are available, and stays (syncRolloutStatus in
        # pkg/controller/deployment/progress.go).
        progress = condition(w.thing, "Progressing")
        settling = (progress is not None and progress.get("reason") != "NewReplicaSetAvailable"
                    and status.get("availableReplicas", 0) < updated)
        return not spec.get("paused") and (updated < w.desired or status.get("replicas", 0) > updated or settling)
    if strategy(w).get("type", "RollingUpdate") == "OnDelete":
        return False
    if w.kind == "statefulset":
        partition = (strategy(w).get("rollingUpdate") or {}).get("partition") or 0
        if status.get("updateRevision") == status.get("currentRevision"):
            return False
        return updated < w.desired - partition or (
            partition == 0 and status.get("readyReplicas", 0) < w.desired and has_young_pod(cluster, w))
    # Interpretation: the nodes not Ready that its template admits are taken off the desired ones, and a DaemonSet with
    # its first revision rolls nothing out.
    wanted = w.desired - nodes_not_ready(cluster, w)
    return status.get("updatedNumberScheduled", 0) < wanted or (
        status.get("numberAvailable", 0) < wanted and rollback_revisions(cluster, w) > 0 and has_young_pod(cluster, w))


def has_young_pod(cluster, w):
    """Whether a pod of the update revision was created within 10 minutes."""
    wanted = update_revision(cluster, w)
    return wanted is not None and any(
        p.labels.get("controller-revision-hash") == wanted
        and cluster.now - seconds(meta(p.thing)["creationTimestamp"]) <= 600 for p in w.pods)


def nodes_not_ready(cluster, w):
    spec = dict(w.spec)
    spec["tolerations"] = (spec.get("tolerations") or []) + DAEMON_TOLERATIONS
    return sum(not n.ready and admits(spec, n.thing) for n in cluster.node_list)


def update_revision(cluster, w):
    """The label value controller-revision-hash of pods of the newest revision, and where it comes from."""
    if w.kind == "statefulset":
        return (w.thing.get("status") or {}).get("updateRevision")
    own = [r for r in cluster.recording.all("controllerrevisions")
           if (controller(r) or {}).get("uid") == meta(w.thing).get("uid")]
    newest = max(own, key=lambda r: r["revision"], default=None)
    return (meta(newest).get("labels") or {}).get("controller-revision-hash") if newest else None


def stuck(cluster, w):
    """Deployment: Progressing=False. Others: in progress, and no pod of the update revision created or become
    Ready for 10 minutes. Interpretation: without such a pod there was none for 10 minutes."""
    going = in_progress(cluster, w)
    if going is None:
        return None
    if w.kind == "deployment":
        progress = condition(w.thing, "Progressing")
        return progress is not None and progress["status"] == "False"
    if not going:
        return False
    wanted, latest = update_revision(cluster, w), None
    for pod in w.pods:
        if pod.labels.get("controller-revision-hash") != wanted:
            continue
        times = [seconds(meta(pod.thing)["creationTimestamp"])]
        ready = condition(pod.thing, "Ready")
        if ready is not None and ready["status"] == "True" and ready.get("lastTransitionTime"):
            times.append(seconds(ready["lastTransitionTime"]))
        latest = max(times + ([latest] if latest is not None else []))
    return latest is None or cluster.now - latest > 600


def max_unavailable(w):
    if w.thing is None or w.kind not in ("deployment", "statefulset", "daemonset"):
        return None
    own = strategy(w)
    kind, rolling = own.get("type", "RollingUpdate"), own.get("rollingUpdate") or {}
    if w.kind == "deployment":
        if kind == "Recreate":
            return w.desired
        down = share(rolling.get("maxUnavailable", "25%"), w.desired, False)
        surge = share(rolling.get("maxSurge", "25%"), w.desired, True)
        # Kubernetes never lets more go than there are (MaxUnavailable of the deployment controller).
        return min(1 if down == 0 and surge == 0 else down, w.desired)
    if kind == "OnDelete":
        return None
    if w.kind == "statefulset":
        # getStatefulSetMaxUnavailable in pkg/controller/statefulset/stateful_set_utils.go
        return max(1, share(rolling.get("maxUnavailable", 1), w.desired, False))
    return share(rolling.get("maxUnavailable", 1), w.desired, True)


def rollback_revisions(cluster, w):
    """Old ReplicaSets, or ControllerRevisions other than the current one."""
    if w.kind == "deployment":
        return max(0, len(w.sets) - 1)
    own = [r for r in cluster.recording.all("controllerrevisions")
           if (controller(r) or {}).get("uid") == meta(w.thing).get("uid")]
    return max(0, len(own) - 1)


def rollouts(cluster, out):
    for w in cluster.workload_list:
        if w.thing is None or w.kind not in ("deployment", "statefulset", "daemonset"):
            continue
        out.add("kube_ha_workload_rollout_in_progress", int(in_progress(cluster, w)), *w.id)
        out.add("kube_ha_workload_rollout_stuck", int(stuck(cluster, w)), *w.id)
        if w.kind == "deployment":
            # Interpretation: only Deployments can be paused; no series for the others.
            out.add("kube_ha_workload_rollout_paused", int(bool(w.thing["spec"].get("paused"))), *w.id)
        out.add("kube_ha_workload_rollback_revisions", rollback_revisions(cluster, w), *w.id)
        out.add("kube_ha_workload_max_unavailable_replicas", max_unavailable(w), *w.id)


def daemonsets(cluster, out):
    for w in cluster.workload_list:
        if w.kind != "daemonset":
            continue
        status, name = w.thing.get("status") or {}, (w.namespace, w.name)
        out.add("kube_ha_daemonset_nodes_desired", w.desired, *name)
        out.add("kube_ha_daemonset_nodes_ready", w.ready, *name)
        # Interpretation: numberUnavailable as published, which is desired - available.
        out.add("kube_ha_daemonset_nodes_unavailable", status.get("numberUnavailable", 0), *name)
        out.add("kube_ha_daemonset_nodes_misscheduled", status.get("numberMisscheduled", 0), *name)
        out.add("kube_ha_daemonset_coverage_ratio", w.ready / w.desired if w.desired else None, *name)
